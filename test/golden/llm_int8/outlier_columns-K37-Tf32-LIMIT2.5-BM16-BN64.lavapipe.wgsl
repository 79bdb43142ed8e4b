// outlier_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 190 lines, 43 memory accesses, 2564 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % u32((params.N + 63) >> 6u));
  let bm = i32(block / u32((params.N + 63) >> 6u));
  if (t == 0) {
    scratch[0] = count[0];
  }
  let found = workgroupUniformLoad(&scratch[0]);
  if (i32(found) == 0) {
    return;
  }
  var sum = array<f32, 16>();
  let t0 = (t & 3) * 2;
  let t1 = bm * 16 + (t >> 2u);
  let t2 = t1 < params.M;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t1, t3) * 37;
  let t5 = bn * 64 + (t & 15) * 4;
  let t6 = t5 < params.N;
  let t7 = max(params.N - 1, 0);
  let t8 = min(t5, t7);
  let t9 = t5 + 1 < params.N;
  let t10 = min(t7, t5 + 1);
  let t11 = t5 + 2 < params.N;
  let t12 = min(t7, t5 + 2);
  let t13 = t5 + 3 < params.N;
  let t14 = min(t7, t5 + 3);
  let t15 = (t >> 4u) * 32;
  let t16 = (t & 15) * 4;
  for (var h = 0; h < i32(found); h += 8) {
    var v26 = array<i32, 2>();
    let t17 = (t >> 4u) + h;
    v26[0] = i32(select(0u, list[min(t17, 36)], (t17 < 37)));
    v26[1] = i32(select(0u, list[min(t17 + 4, 36)], (t17 < 33)));
    let t18 = t0 + h;
    let t19 = i32(select(0u, list[min(t18, 36)], (t18 < 38)));
    s23[t * 2] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t19, 36), 0)], t2)), (t19 >= 0) & (t19 < 37));
    let t20 = i32(select(0u, list[min(t18 + 1, 36)], (t18 < 36)));
    s23[t * 2 + 1] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t20, 36), 0)], t2)), (t20 >= 0) & (t20 < 37));
    for (var s = 0; s < 2; s++) {
      let t21 = t * 4 + s * 256;
      let t22 = (v26[s] >= 0) & (v26[s] < 37);
      let t23 = params.N * max(min(v26[s], 36), 0);
      s24[t21] = select(0f, bitcast<f32>(select(0u, v[t8 + t23], t6)), t22);
      s24[t21 + 1] = select(0f, bitcast<f32>(select(0u, v[t10 + t23], t9)), t22);
      s24[t21 + 2] = select(0f, bitcast<f32>(select(0u, v[t12 + t23], t11)), t22);
      s24[t21 + 3] = select(0f, bitcast<f32>(select(0u, v[t14 + t23], t13)), t22);
    }
    workgroupBarrier();
    storageBarrier();
    var v18_0 = sum[0];
    var v18_1 = sum[1];
    var v18_2 = sum[2];
    var v18_3 = sum[3];
    var v18_4 = sum[4];
    var v18_5 = sum[5];
    var v18_6 = sum[6];
    var v18_7 = sum[7];
    var v18_8 = sum[8];
    var v18_9 = sum[9];
    var v18_10 = sum[10];
    var v18_11 = sum[11];
    var v18_12 = sum[12];
    var v18_13 = sum[13];
    var v18_14 = sum[14];
    var v18_15 = sum[15];
    let t24 = min(i32(found) + -h, 8);
    for (var k = 0; k < 8; k++) {
      let t25 = k < t24;
      let t26 = t15 + k;
      let t27 = s23[t26];
      let t28 = t16 + k * 64;
      let t29 = s24[t28];
      v18_0 += select(0f, t27 * t29, t25);
      let t30 = s24[t28 + 1];
      v18_1 += select(0f, t27 * t30, t25);
      let t31 = s24[t28 + 2];
      v18_2 += select(0f, t27 * t31, t25);
      let t32 = s24[t28 + 3];
      v18_3 += select(0f, t27 * t32, t25);
      let t33 = s23[t26 + 8];
      v18_4 += select(0f, t29 * t33, t25);
      v18_5 += select(0f, t30 * t33, t25);
      v18_6 += select(0f, t31 * t33, t25);
      v18_7 += select(0f, t32 * t33, t25);
      let t34 = s23[t26 + 16];
      v18_8 += select(0f, t29 * t34, t25);
      v18_9 += select(0f, t30 * t34, t25);
      v18_10 += select(0f, t31 * t34, t25);
      v18_11 += select(0f, t32 * t34, t25);
      let t35 = s23[t26 + 24];
      v18_12 += select(0f, t29 * t35, t25);
      v18_13 += select(0f, t30 * t35, t25);
      v18_14 += select(0f, t31 * t35, t25);
      v18_15 += select(0f, t32 * t35, t25);
    }
    workgroupBarrier();
    storageBarrier();
    sum[0] = v18_0;
    sum[1] = v18_1;
    sum[2] = v18_2;
    sum[3] = v18_3;
    sum[4] = v18_4;
    sum[5] = v18_5;
    sum[6] = v18_6;
    sum[7] = v18_7;
    sum[8] = v18_8;
    sum[9] = v18_9;
    sum[10] = v18_10;
    sum[11] = v18_11;
    sum[12] = v18_12;
    sum[13] = v18_13;
    sum[14] = v18_14;
    sum[15] = v18_15;
  }
  var v22 = array<f32, 16>();
  let t36 = bm * 16 + (t >> 4u) * 4;
  for (var s = 0; s < 2; s++) {
    let t37 = t36 + s * 2;
    let t38 = t37 < params.M;
    let t39 = params.N * min(t3, t37);
    v22[s * 8] = bitcast<f32>(select(0u, y[t8 + t39], t6 & t38)) + sum[s * 8];
    v22[s * 8 + 1] = bitcast<f32>(select(0u, y[t10 + t39], t9 & t38)) + sum[s * 8 + 1];
    v22[s * 8 + 2] = bitcast<f32>(select(0u, y[t12 + t39], t11 & t38)) + sum[s * 8 + 2];
    v22[s * 8 + 3] = bitcast<f32>(select(0u, y[t14 + t39], t13 & t38)) + sum[s * 8 + 3];
    let t40 = t37 + 1 < params.M;
    let t41 = params.N * min(t3, t37 + 1);
    v22[s * 8 + 4] = bitcast<f32>(select(0u, y[t8 + t41], t6 & t40)) + sum[s * 8 + 4];
    v22[s * 8 + 5] = bitcast<f32>(select(0u, y[t10 + t41], t9 & t40)) + sum[s * 8 + 5];
    v22[s * 8 + 6] = bitcast<f32>(select(0u, y[t12 + t41], t11 & t40)) + sum[s * 8 + 6];
    v22[s * 8 + 7] = bitcast<f32>(select(0u, y[t14 + t41], t13 & t40)) + sum[s * 8 + 7];
  }
  let t42 = params.N * (t >> 4u);
  let t43 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t42 * 4;
  let t44 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t42 * 4;
  for (var s = 0; s < 2; s++) {
    let t45 = t36 + s * 2;
    let t46 = t45 < params.M;
    let t47 = params.N * s * 2;
    let t48 = t43 + t47;
    if (t6 & t46) {
      y[t48] = bitcast<u32>(v22[s * 8]);
    }
    if (t9 & t46) {
      y[t48 + 1] = bitcast<u32>(v22[s * 8 + 1]);
    }
    if (t11 & t46) {
      y[t48 + 2] = bitcast<u32>(v22[s * 8 + 2]);
    }
    if (t13 & t46) {
      y[t48 + 3] = bitcast<u32>(v22[s * 8 + 3]);
    }
    let t49 = t45 + 1 < params.M;
    let t50 = t44 + t47;
    if (t6 & t49) {
      y[t50] = bitcast<u32>(v22[s * 8 + 4]);
    }
    if (t9 & t49) {
      y[t50 + 1] = bitcast<u32>(v22[s * 8 + 5]);
    }
    if (t11 & t49) {
      y[t50 + 2] = bitcast<u32>(v22[s * 8 + 6]);
    }
    if (t13 & t49) {
      y[t50 + 3] = bitcast<u32>(v22[s * 8 + 7]);
    }
  }
}
