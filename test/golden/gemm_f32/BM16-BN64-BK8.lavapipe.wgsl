// gemm_f32 BM = 16, BN = 64, BK = 8; target lavapipe
// 125 lines, 28 memory accesses, 2560 bytes of workgroup memory
struct Params {
  M: i32,
  K: i32,
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f32, 128>;
var<workgroup> sb: array<f32, 512>;

@compute @workgroup_size(64)
fn gemm_f32(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % u32((params.N + 63) >> 6u));
  let bm = i32(block / u32((params.N + 63) >> 6u));
  var acc = array<f32, 16>();
  let t0 = bm * 16 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = (t & 3) * 2;
  let t3 = max(params.K - 1, 0);
  let t4 = params.K * min(t0, max(params.M - 1, 0));
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
  for (var k = 0; k < params.K; k += 8) {
    let t17 = t2 + k;
    sa[t * 2] = bitcast<f32>(select(0u, a[t4 + min(t17, t3)], t1 & (t17 < params.K)));
    sa[t * 2 + 1] = bitcast<f32>(select(0u, a[t4 + min(t3, t17 + 1)], t1 & (t17 + 1 < params.K)));
    let t18 = (t >> 4u) + k;
    for (var s = 0; s < 2; s++) {
      let t19 = t * 4 + s * 256;
      let t20 = t18 + s * 4;
      let t21 = t20 < params.K;
      let t22 = params.N * min(t3, t20);
      sb[t19] = bitcast<f32>(select(0u, b[t8 + t22], t6 & t21));
      sb[t19 + 1] = bitcast<f32>(select(0u, b[t10 + t22], t9 & t21));
      sb[t19 + 2] = bitcast<f32>(select(0u, b[t12 + t22], t11 & t21));
      sb[t19 + 3] = bitcast<f32>(select(0u, b[t14 + t22], t13 & t21));
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 8; k_1++) {
      let t23 = t15 + k_1;
      let t24 = sa[t23];
      let t25 = t16 + k_1 * 64;
      let t26 = sb[t25];
      acc[0] += t24 * t26;
      let t27 = sb[t25 + 1];
      acc[1] += t24 * t27;
      let t28 = sb[t25 + 2];
      acc[2] += t24 * t28;
      let t29 = sb[t25 + 3];
      acc[3] += t24 * t29;
      let t30 = sa[t23 + 8];
      acc[4] += t26 * t30;
      acc[5] += t27 * t30;
      acc[6] += t28 * t30;
      acc[7] += t29 * t30;
      let t31 = sa[t23 + 16];
      acc[8] += t26 * t31;
      acc[9] += t27 * t31;
      acc[10] += t28 * t31;
      acc[11] += t29 * t31;
      let t32 = sa[t23 + 24];
      acc[12] += t26 * t32;
      acc[13] += t27 * t32;
      acc[14] += t28 * t32;
      acc[15] += t29 * t32;
    }
    workgroupBarrier();
  }
  let t33 = bm * 16 + (t >> 4u) * 4;
  let t34 = params.N * (t >> 4u);
  let t35 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t34 * 4;
  let t36 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t34 * 4;
  for (var s = 0; s < 2; s++) {
    let t37 = t33 + s * 2;
    let t38 = t37 < params.M;
    let t39 = params.N * s * 2;
    let t40 = t35 + t39;
    if (t6 & t38) {
      c[t40] = bitcast<u32>(acc[s * 8]);
    }
    if (t9 & t38) {
      c[t40 + 1] = bitcast<u32>(acc[s * 8 + 1]);
    }
    if (t11 & t38) {
      c[t40 + 2] = bitcast<u32>(acc[s * 8 + 2]);
    }
    if (t13 & t38) {
      c[t40 + 3] = bitcast<u32>(acc[s * 8 + 3]);
    }
    let t41 = t37 + 1 < params.M;
    let t42 = t36 + t39;
    if (t6 & t41) {
      c[t42] = bitcast<u32>(acc[s * 8 + 4]);
    }
    if (t9 & t41) {
      c[t42 + 1] = bitcast<u32>(acc[s * 8 + 5]);
    }
    if (t11 & t41) {
      c[t42 + 2] = bitcast<u32>(acc[s * 8 + 6]);
    }
    if (t13 & t41) {
      c[t42 + 3] = bitcast<u32>(acc[s * 8 + 7]);
    }
  }
}
