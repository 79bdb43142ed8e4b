// partial of split_k S = 8, BM = 16, BN = 64; target base
// 170 lines, 64 memory accesses, 5120 bytes of workgroup memory
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
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
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
    let t22 = t21 < params.K;
    let t23 = params.N * min(t6, t21);
    sb[t * 4] = bitcast<f32>(select(0u, b[t11 + t23], t22 & t9));
    sb[t * 4 + 1] = bitcast<f32>(select(0u, b[t13 + t23], t22 & t12));
    sb[t * 4 + 2] = bitcast<f32>(select(0u, b[t15 + t23], t22 & t14));
    sb[t * 4 + 3] = bitcast<f32>(select(0u, b[t17 + t23], t22 & t16));
    let t24 = t21 + 4 < params.K;
    let t25 = params.N * min(t6, t21 + 4);
    sb[t * 4 + 256] = bitcast<f32>(select(0u, b[t11 + t25], t9 & t24));
    sb[t * 4 + 257] = bitcast<f32>(select(0u, b[t13 + t25], t12 & t24));
    sb[t * 4 + 258] = bitcast<f32>(select(0u, b[t15 + t25], t14 & t24));
    sb[t * 4 + 259] = bitcast<f32>(select(0u, b[t17 + t25], t16 & t24));
    let t26 = t21 + 8 < params.K;
    let t27 = params.N * min(t6, t21 + 8);
    sb[t * 4 + 512] = bitcast<f32>(select(0u, b[t11 + t27], t9 & t26));
    sb[t * 4 + 513] = bitcast<f32>(select(0u, b[t13 + t27], t12 & t26));
    sb[t * 4 + 514] = bitcast<f32>(select(0u, b[t15 + t27], t14 & t26));
    sb[t * 4 + 515] = bitcast<f32>(select(0u, b[t17 + t27], t16 & t26));
    let t28 = t21 + 12 < params.K;
    let t29 = params.N * min(t6, t21 + 12);
    sb[t * 4 + 768] = bitcast<f32>(select(0u, b[t11 + t29], t9 & t28));
    sb[t * 4 + 769] = bitcast<f32>(select(0u, b[t13 + t29], t12 & t28));
    sb[t * 4 + 770] = bitcast<f32>(select(0u, b[t15 + t29], t14 & t28));
    sb[t * 4 + 771] = bitcast<f32>(select(0u, b[t17 + t29], t16 & t28));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t30 = t18 + k_1;
      let t31 = sa[t30];
      let t32 = t19 + k_1 * 64;
      let t33 = sb[t32];
      acc_0 += t31 * t33;
      let t34 = sb[t32 + 1];
      acc_1 += t31 * t34;
      let t35 = sb[t32 + 2];
      acc_2 += t31 * t35;
      let t36 = sb[t32 + 3];
      acc_3 += t31 * t36;
      let t37 = sa[t30 + 16];
      acc_4 += t33 * t37;
      acc_5 += t34 * t37;
      acc_6 += t35 * t37;
      acc_7 += t36 * t37;
      let t38 = sa[t30 + 32];
      acc_8 += t33 * t38;
      acc_9 += t34 * t38;
      acc_10 += t35 * t38;
      acc_11 += t36 * t38;
      let t39 = sa[t30 + 48];
      acc_12 += t33 * t39;
      acc_13 += t34 * t39;
      acc_14 += t35 * t39;
      acc_15 += t36 * t39;
    }
    workgroupBarrier();
  }
  let t40 = bm * 16 + (t >> 4u) * 4;
  let t41 = t40 < params.M;
  let t42 = params.M * params.N * s;
  let t43 = params.N * (t >> 4u);
  let t44 = bn * 64 + (t & 15) * 4 + t42 + params.N * bm * 16 + t43 * 4;
  if (t9 & t41) {
    part[t44] = bitcast<u32>(acc_0);
  }
  if (t12 & t41) {
    part[t44 + 1] = bitcast<u32>(acc_1);
  }
  if (t14 & t41) {
    part[t44 + 2] = bitcast<u32>(acc_2);
  }
  if (t16 & t41) {
    part[t44 + 3] = bitcast<u32>(acc_3);
  }
  let t45 = t40 + 1 < params.M;
  let t46 = params.N + bn * 64 + (t & 15) * 4 + t42 + params.N * bm * 16 + t43 * 4;
  if (t9 & t45) {
    part[t46] = bitcast<u32>(acc_4);
  }
  if (t12 & t45) {
    part[t46 + 1] = bitcast<u32>(acc_5);
  }
  if (t14 & t45) {
    part[t46 + 2] = bitcast<u32>(acc_6);
  }
  if (t16 & t45) {
    part[t46 + 3] = bitcast<u32>(acc_7);
  }
  let t47 = t40 + 2 < params.M;
  let t48 = params.N * 2 + bn * 64 + (t & 15) * 4 + t42 + params.N * bm * 16 + t43 * 4;
  if (t9 & t47) {
    part[t48] = bitcast<u32>(acc_8);
  }
  if (t12 & t47) {
    part[t48 + 1] = bitcast<u32>(acc_9);
  }
  if (t14 & t47) {
    part[t48 + 2] = bitcast<u32>(acc_10);
  }
  if (t16 & t47) {
    part[t48 + 3] = bitcast<u32>(acc_11);
  }
  let t49 = t40 + 3 < params.M;
  let t50 = params.N * 3 + bn * 64 + (t & 15) * 4 + t42 + params.N * bm * 16 + t43 * 4;
  if (t9 & t49) {
    part[t50] = bitcast<u32>(acc_12);
  }
  if (t12 & t49) {
    part[t50 + 1] = bitcast<u32>(acc_13);
  }
  if (t14 & t49) {
    part[t50 + 2] = bitcast<u32>(acc_14);
  }
  if (t16 & t49) {
    part[t50 + 3] = bitcast<u32>(acc_15);
  }
}
