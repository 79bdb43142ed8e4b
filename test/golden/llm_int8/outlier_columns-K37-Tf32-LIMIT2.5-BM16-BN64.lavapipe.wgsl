// outlier_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 188 lines, 31 memory accesses, 2564 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> list: array<u32>;
@group(0) @binding(2) var<storage, read> count: array<u32>;
@group(0) @binding(3) var<storage, read> v: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> s23: array<f32, 128>;
var<workgroup> s24: array<f32, 512>;
var<workgroup> scratch: array<u32, 1>;

@compute @workgroup_size(64)
fn outlier_columns(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 63) >> 6u));
  if (t == 0) {
    scratch[0] = count[0];
  }
  let found = workgroupUniformLoad(&scratch[0]);
  if (i32(found) == 0) {
    return;
  }
  var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
  var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
  var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
  let t0 = (t & 3) * 2;
  let t1 = bm * 16 + (t >> 2u);
  let t2 = t1 < params.M;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t1, t3) * 37;
  let t5 = bn * 64 + (t & 15) * 4;
  let t6 = max(params.N - 1, 0);
  let t7 = (t >> 4u) * 32;
  let t8 = (t & 15) * 4;
  for (var h = 0; h < i32(found); h += 8) {
    var v26 = array<i32, 2>();
    let t9 = (t >> 4u) + h;
    v26[0] = i32(select(0u, list[min(t9, 36)], (t9 < 37)));
    v26[1] = i32(select(0u, list[min(t9 + 4, 36)], (t9 < 33)));
    let t10 = t0 + h;
    let t11 = i32(select(0u, list[min(t10, 36)], (t10 < 38)));
    s23[t * 2] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t11, 36), 0)], t2)), (t11 >= 0) & (t11 < 37));
    let t12 = i32(select(0u, list[min(t10 + 1, 36)], (t10 < 36)));
    s23[t * 2 + 1] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t12, 36), 0)], t2)), (t12 >= 0) & (t12 < 37));
    for (var s = 0; s < 4 + none; s++) {
      let t13 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t14 = v26[s >> 1u];
      let t15 = (t14 >= 0) & (t14 < 37);
      let t16 = t5 + (s & 1) * 2;
      let t17 = params.N * max(min(t14, 36), 0);
      let t18 = bitcast<f32>(select(0u, v[min(t6, t16) + t17], (t16 < params.N)));
      s24[t13] = select(0f, t18, t15);
      let t19 = bitcast<f32>(select(0u, v[min(t6, t16 + 1) + t17], (t16 + 1 < params.N)));
      s24[t13 + 1] = select(0f, t19, t15);
    }
    workgroupBarrier();
    storageBarrier();
    var v18_0 = sum_0;
    var v18_1 = sum_1;
    var v18_2 = sum_2;
    var v18_3 = sum_3;
    var v18_4 = sum_4;
    var v18_5 = sum_5;
    var v18_6 = sum_6;
    var v18_7 = sum_7;
    var v18_8 = sum_8;
    var v18_9 = sum_9;
    var v18_10 = sum_10;
    var v18_11 = sum_11;
    var v18_12 = sum_12;
    var v18_13 = sum_13;
    var v18_14 = sum_14;
    var v18_15 = sum_15;
    let t20 = min(i32(found) + -h, 8);
    for (var k = 0; k < 8 + none; k++) {
      let t21 = k < t20;
      let t22 = t7 + k;
      let t23 = s23[t22];
      let t24 = t8 + k * 64;
      let t25 = s24[t24];
      v18_0 += select(0f, t23 * t25, t21);
      let t26 = s24[t24 + 1];
      v18_1 += select(0f, t23 * t26, t21);
      let t27 = s24[t24 + 2];
      v18_2 += select(0f, t23 * t27, t21);
      let t28 = s24[t24 + 3];
      v18_3 += select(0f, t23 * t28, t21);
      let t29 = s23[t22 + 8];
      v18_4 += select(0f, t25 * t29, t21);
      v18_5 += select(0f, t26 * t29, t21);
      v18_6 += select(0f, t27 * t29, t21);
      v18_7 += select(0f, t28 * t29, t21);
      let t30 = s23[t22 + 16];
      v18_8 += select(0f, t25 * t30, t21);
      v18_9 += select(0f, t26 * t30, t21);
      v18_10 += select(0f, t27 * t30, t21);
      v18_11 += select(0f, t28 * t30, t21);
      let t31 = s23[t22 + 24];
      v18_12 += select(0f, t25 * t31, t21);
      v18_13 += select(0f, t26 * t31, t21);
      v18_14 += select(0f, t27 * t31, t21);
      v18_15 += select(0f, t28 * t31, t21);
    }
    workgroupBarrier();
    storageBarrier();
    sum_0 = v18_0;
    sum_1 = v18_1;
    sum_2 = v18_2;
    sum_3 = v18_3;
    sum_4 = v18_4;
    sum_5 = v18_5;
    sum_6 = v18_6;
    sum_7 = v18_7;
    sum_8 = v18_8;
    sum_9 = v18_9;
    sum_10 = v18_10;
    sum_11 = v18_11;
    sum_12 = v18_12;
    sum_13 = v18_13;
    sum_14 = v18_14;
    sum_15 = v18_15;
  }
  var v22 = array<f32, 16>(); var sum = array<f32, 16>();
  sum[0] = sum_0;
  sum[1] = sum_1;
  sum[2] = sum_2;
  sum[3] = sum_3;
  sum[4] = sum_4;
  sum[5] = sum_5;
  sum[6] = sum_6;
  sum[7] = sum_7;
  sum[8] = sum_8;
  sum[9] = sum_9;
  sum[10] = sum_10;
  sum[11] = sum_11;
  sum[12] = sum_12;
  sum[13] = sum_13;
  sum[14] = sum_14;
  sum[15] = sum_15;
  let t32 = t5 < params.N;
  let t33 = bm * 16 + (t >> 4u) * 4;
  let t34 = min(t5, t6);
  let t35 = t5 + 1 < params.N;
  let t36 = min(t6, t5 + 1);
  let t37 = t5 + 2 < params.N;
  let t38 = min(t6, t5 + 2);
  let t39 = t5 + 3 < params.N;
  let t40 = min(t6, t5 + 3);
  for (var s = 0; s < 4 + none; s++) {
    let t41 = t33 + s;
    let t42 = t41 < params.M;
    let t43 = params.N * min(t3, t41);
    v22[s * 4] = bitcast<f32>(select(0u, y[t34 + t43], t32 & t42)) + sum[s * 4];
    v22[s * 4 + 1] = bitcast<f32>(select(0u, y[t36 + t43], t35 & t42)) + sum[s * 4 + 1];
    v22[s * 4 + 2] = bitcast<f32>(select(0u, y[t38 + t43], t37 & t42)) + sum[s * 4 + 2];
    v22[s * 4 + 3] = bitcast<f32>(select(0u, y[t40 + t43], t39 & t42)) + sum[s * 4 + 3];
  }
  let t44 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  for (var s = 0; s < 4 + none; s++) {
    let t45 = t33 + s < params.M;
    let t46 = t44 + params.N * s;
    if (t32 & t45) {
      y[t46] = bitcast<u32>(v22[s * 4]);
    }
    if (t35 & t45) {
      y[t46 + 1] = bitcast<u32>(v22[s * 4 + 1]);
    }
    if (t37 & t45) {
      y[t46 + 2] = bitcast<u32>(v22[s * 4 + 2]);
    }
    if (t39 & t45) {
      y[t46 + 3] = bitcast<u32>(v22[s * 4 + 3]);
    }
  }
}
