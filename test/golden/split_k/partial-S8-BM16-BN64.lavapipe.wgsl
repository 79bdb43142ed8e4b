// partial of split_k S = 8, BM = 16, BN = 64; target lavapipe
// 132 lines, 32 memory accesses, 5120 bytes of workgroup memory
struct Params {
  M: i32,
  K: i32,
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> part: array<u32>;
var<workgroup> sa: array<f32, 256>;
var<workgroup> sb: array<f32, 1024>;

@compute @workgroup_size(64)
fn partial_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u) * 8u) { return; }
  let bn = i32(block % u32((params.N + 63) >> 6u));
  let bm = i32(block / u32((params.N + 63) >> 6u) % u32((params.M + 15) >> 4u));
  let s = i32(block / (u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)));
  var acc = array<f32, 16>();
  let t0 = (((params.K + 7) >> 3u) + 15) >> 4u;
  let t1 = s * t0;
  let t2 = min(params.K, t0 * 16 + t1 * 16);
  let t3 = bm * 16 + (t >> 2u);
  let t4 = t3 < params.M;
  let t5 = (t & 3) * 4;
  let t6 = max(params.K - 1, 0);
  let t7 = params.K * min(t3, max(params.M - 1, 0));
  let t8 = bn * 64 + (t & 15) * 4;
  let t9 = t8 < params.N;
  let t10 = max(params.N - 1, 0);
  let t11 = min(t8, t10);
  let t12 = t8 + 1 < params.N;
  let t13 = min(t10, t8 + 1);
  let t14 = t8 + 2 < params.N;
  let t15 = min(t10, t8 + 2);
  let t16 = t8 + 3 < params.N;
  let t17 = min(t10, t8 + 3);
  let t18 = (t >> 4u) * 64;
  let t19 = (t & 15) * 4;
  for (var k = t1 * 16; k < t2; k += 16) {
    let t20 = t5 + k;
    sa[t * 4] = bitcast<f32>(select(0u, a[t7 + min(t20, t6)], t4 & (t20 < params.K)));
    sa[t * 4 + 1] = bitcast<f32>(select(0u, a[t7 + min(t6, t20 + 1)], t4 & (t20 + 1 < params.K)));
    sa[t * 4 + 2] = bitcast<f32>(select(0u, a[t7 + min(t6, t20 + 2)], t4 & (t20 + 2 < params.K)));
    sa[t * 4 + 3] = bitcast<f32>(select(0u, a[t7 + min(t6, t20 + 3)], t4 & (t20 + 3 < params.K)));
    let t21 = (t >> 4u) + k;
    for (var s_1 = 0; s_1 < 4; s_1++) {
      let t22 = t * 4 + s_1 * 256;
      let t23 = t21 + s_1 * 4;
      let t24 = t23 < params.K;
      let t25 = params.N * min(t6, t23);
      sb[t22] = bitcast<f32>(select(0u, b[t11 + t25], t9 & t24));
      sb[t22 + 1] = bitcast<f32>(select(0u, b[t13 + t25], t12 & t24));
      sb[t22 + 2] = bitcast<f32>(select(0u, b[t15 + t25], t14 & t24));
      sb[t22 + 3] = bitcast<f32>(select(0u, b[t17 + t25], t16 & t24));
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t26 = t18 + k_1;
      let t27 = sa[t26];
      let t28 = t19 + k_1 * 64;
      let t29 = sb[t28];
      acc[0] += t27 * t29;
      let t30 = sb[t28 + 1];
      acc[1] += t27 * t30;
      let t31 = sb[t28 + 2];
      acc[2] += t27 * t31;
      let t32 = sb[t28 + 3];
      acc[3] += t27 * t32;
      let t33 = sa[t26 + 16];
      acc[4] += t29 * t33;
      acc[5] += t30 * t33;
      acc[6] += t31 * t33;
      acc[7] += t32 * t33;
      let t34 = sa[t26 + 32];
      acc[8] += t29 * t34;
      acc[9] += t30 * t34;
      acc[10] += t31 * t34;
      acc[11] += t32 * t34;
      let t35 = sa[t26 + 48];
      acc[12] += t29 * t35;
      acc[13] += t30 * t35;
      acc[14] += t31 * t35;
      acc[15] += t32 * t35;
    }
    workgroupBarrier();
  }
  let t36 = bm * 16 + (t >> 4u) * 4;
  let t37 = params.M * params.N * s;
  let t38 = params.N * (t >> 4u);
  let t39 = bn * 64 + (t & 15) * 4 + t37 + params.N * bm * 16 + t38 * 4;
  let t40 = params.N + bn * 64 + (t & 15) * 4 + t37 + params.N * bm * 16 + t38 * 4;
  for (var s_1 = 0; s_1 < 2; s_1++) {
    let t41 = t36 + s_1 * 2;
    let t42 = t41 < params.M;
    let t43 = params.N * s_1 * 2;
    let t44 = t39 + t43;
    if (t9 & t42) {
      part[t44] = bitcast<u32>(acc[s_1 * 8]);
    }
    if (t12 & t42) {
      part[t44 + 1] = bitcast<u32>(acc[s_1 * 8 + 1]);
    }
    if (t14 & t42) {
      part[t44 + 2] = bitcast<u32>(acc[s_1 * 8 + 2]);
    }
    if (t16 & t42) {
      part[t44 + 3] = bitcast<u32>(acc[s_1 * 8 + 3]);
    }
    let t45 = t41 + 1 < params.M;
    let t46 = t40 + t43;
    if (t9 & t45) {
      part[t46] = bitcast<u32>(acc[s_1 * 8 + 4]);
    }
    if (t12 & t45) {
      part[t46 + 1] = bitcast<u32>(acc[s_1 * 8 + 5]);
    }
    if (t14 & t45) {
      part[t46 + 2] = bitcast<u32>(acc[s_1 * 8 + 6]);
    }
    if (t16 & t45) {
      part[t46 + 3] = bitcast<u32>(acc[s_1 * 8 + 7]);
    }
  }
}
