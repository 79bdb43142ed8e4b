// outlier_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 163 lines, 26 memory accesses, 2564 bytes of workgroup memory
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
  let t6 = max(params.N - 1, 0);
  let t7 = (t & 15) * 4;
  let t8 = (t >> 4u) * 32;
  for (var h = 0; h < i32(found); h += 8) {
    var v26 = array<i32, 2>();
    let t9 = (t >> 4u) + h;
    v26[0] = i32(select(0u, list[min(t9, 36)], (t9 < 37)));
    v26[1] = i32(select(0u, list[min(t9 + 4, 36)], (t9 < 33)));
    let t10 = t0 + h;
    for (var s = 0; s < 2; s++) {
      let t11 = t10 + s;
      let t12 = i32(select(0u, list[min(t11, 36)], (t11 < 37)));
      s23[t * 2 + s] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t12, 36), 0)], t2)), (t12 >= 0) & (t12 < 37));
    }
    for (var s = 0; s < 4; s++) {
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
    var v18 = array<f32, 16>();
    v18[0] = sum[0];
    v18[1] = sum[1];
    v18[2] = sum[2];
    v18[3] = sum[3];
    v18[4] = sum[4];
    v18[5] = sum[5];
    v18[6] = sum[6];
    v18[7] = sum[7];
    v18[8] = sum[8];
    v18[9] = sum[9];
    v18[10] = sum[10];
    v18[11] = sum[11];
    v18[12] = sum[12];
    v18[13] = sum[13];
    v18[14] = sum[14];
    v18[15] = sum[15];
    let t20 = min(i32(found) + -h, 8);
    for (var k = 0; k < 8; k++) {
      let t21 = k < t20;
      let t22 = t7 + k * 64;
      let t23 = t8 + k;
      for (var s = 0; s < 2; s++) {
        let t24 = s24[t22];
        let t25 = t23 + s * 16;
        let t26 = s23[t25];
        v18[s * 8] += select(0f, t24 * t26, t21);
        let t27 = s24[t22 + 1];
        v18[s * 8 + 1] += select(0f, t27 * t26, t21);
        let t28 = s24[t22 + 2];
        v18[s * 8 + 2] += select(0f, t28 * t26, t21);
        let t29 = s24[t22 + 3];
        v18[s * 8 + 3] += select(0f, t29 * t26, t21);
        let t30 = s23[t25 + 8];
        v18[s * 8 + 4] += select(0f, t24 * t30, t21);
        v18[s * 8 + 5] += select(0f, t27 * t30, t21);
        v18[s * 8 + 6] += select(0f, t28 * t30, t21);
        v18[s * 8 + 7] += select(0f, t29 * t30, t21);
      }
    }
    workgroupBarrier();
    storageBarrier();
    sum[0] = v18[0];
    sum[1] = v18[1];
    sum[2] = v18[2];
    sum[3] = v18[3];
    sum[4] = v18[4];
    sum[5] = v18[5];
    sum[6] = v18[6];
    sum[7] = v18[7];
    sum[8] = v18[8];
    sum[9] = v18[9];
    sum[10] = v18[10];
    sum[11] = v18[11];
    sum[12] = v18[12];
    sum[13] = v18[13];
    sum[14] = v18[14];
    sum[15] = v18[15];
  }
  var v22 = array<f32, 16>();
  let t31 = t5 < params.N;
  let t32 = bm * 16 + (t >> 4u) * 4;
  let t33 = min(t5, t6);
  let t34 = t5 + 1 < params.N;
  let t35 = min(t6, t5 + 1);
  let t36 = t5 + 2 < params.N;
  let t37 = min(t6, t5 + 2);
  let t38 = t5 + 3 < params.N;
  let t39 = min(t6, t5 + 3);
  for (var s = 0; s < 4; s++) {
    let t40 = t32 + s;
    let t41 = t40 < params.M;
    let t42 = params.N * min(t3, t40);
    v22[s * 4] = bitcast<f32>(select(0u, y[t33 + t42], t31 & t41)) + sum[s * 4];
    v22[s * 4 + 1] = bitcast<f32>(select(0u, y[t35 + t42], t34 & t41)) + sum[s * 4 + 1];
    v22[s * 4 + 2] = bitcast<f32>(select(0u, y[t37 + t42], t36 & t41)) + sum[s * 4 + 2];
    v22[s * 4 + 3] = bitcast<f32>(select(0u, y[t39 + t42], t38 & t41)) + sum[s * 4 + 3];
  }
  let t43 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  for (var s = 0; s < 4; s++) {
    let t44 = t32 + s < params.M;
    let t45 = t43 + params.N * s;
    if (t31 & t44) {
      y[t45] = bitcast<u32>(v22[s * 4]);
    }
    if (t34 & t44) {
      y[t45 + 1] = bitcast<u32>(v22[s * 4 + 1]);
    }
    if (t36 & t44) {
      y[t45 + 2] = bitcast<u32>(v22[s * 4 + 2]);
    }
    if (t38 & t44) {
      y[t45 + 3] = bitcast<u32>(v22[s * 4 + 3]);
    }
  }
}
