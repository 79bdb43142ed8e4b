// gemm_f32 BM = 16, BN = 64, BK = 8; target base
// 151 lines, 44 memory accesses, 2560 bytes of workgroup memory
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
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
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
    let t19 = t18 < params.K;
    let t20 = params.N * min(t3, t18);
    sb[t * 4] = bitcast<f32>(select(0u, b[t8 + t20], t19 & t6));
    sb[t * 4 + 1] = bitcast<f32>(select(0u, b[t10 + t20], t19 & t9));
    sb[t * 4 + 2] = bitcast<f32>(select(0u, b[t12 + t20], t19 & t11));
    sb[t * 4 + 3] = bitcast<f32>(select(0u, b[t14 + t20], t19 & t13));
    let t21 = t18 + 4 < params.K;
    let t22 = params.N * min(t3, t18 + 4);
    sb[t * 4 + 256] = bitcast<f32>(select(0u, b[t8 + t22], t6 & t21));
    sb[t * 4 + 257] = bitcast<f32>(select(0u, b[t10 + t22], t9 & t21));
    sb[t * 4 + 258] = bitcast<f32>(select(0u, b[t12 + t22], t11 & t21));
    sb[t * 4 + 259] = bitcast<f32>(select(0u, b[t14 + t22], t13 & t21));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 8; k_1++) {
      let t23 = t15 + k_1;
      let t24 = sa[t23];
      let t25 = t16 + k_1 * 64;
      let t26 = sb[t25];
      acc_0 += t24 * t26;
      let t27 = sb[t25 + 1];
      acc_1 += t24 * t27;
      let t28 = sb[t25 + 2];
      acc_2 += t24 * t28;
      let t29 = sb[t25 + 3];
      acc_3 += t24 * t29;
      let t30 = sa[t23 + 8];
      acc_4 += t26 * t30;
      acc_5 += t27 * t30;
      acc_6 += t28 * t30;
      acc_7 += t29 * t30;
      let t31 = sa[t23 + 16];
      acc_8 += t26 * t31;
      acc_9 += t27 * t31;
      acc_10 += t28 * t31;
      acc_11 += t29 * t31;
      let t32 = sa[t23 + 24];
      acc_12 += t26 * t32;
      acc_13 += t27 * t32;
      acc_14 += t28 * t32;
      acc_15 += t29 * t32;
    }
    workgroupBarrier();
  }
  let t33 = bm * 16 + (t >> 4u) * 4;
  let t34 = t33 < params.M;
  let t35 = params.N * (t >> 4u);
  let t36 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t35 * 4;
  if (t6 & t34) {
    c[t36] = bitcast<u32>(acc_0);
  }
  if (t9 & t34) {
    c[t36 + 1] = bitcast<u32>(acc_1);
  }
  if (t11 & t34) {
    c[t36 + 2] = bitcast<u32>(acc_2);
  }
  if (t13 & t34) {
    c[t36 + 3] = bitcast<u32>(acc_3);
  }
  let t37 = t33 + 1 < params.M;
  let t38 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t35 * 4;
  if (t6 & t37) {
    c[t38] = bitcast<u32>(acc_4);
  }
  if (t9 & t37) {
    c[t38 + 1] = bitcast<u32>(acc_5);
  }
  if (t11 & t37) {
    c[t38 + 2] = bitcast<u32>(acc_6);
  }
  if (t13 & t37) {
    c[t38 + 3] = bitcast<u32>(acc_7);
  }
  let t39 = t33 + 2 < params.M;
  let t40 = params.N * 2 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t35 * 4;
  if (t6 & t39) {
    c[t40] = bitcast<u32>(acc_8);
  }
  if (t9 & t39) {
    c[t40 + 1] = bitcast<u32>(acc_9);
  }
  if (t11 & t39) {
    c[t40 + 2] = bitcast<u32>(acc_10);
  }
  if (t13 & t39) {
    c[t40 + 3] = bitcast<u32>(acc_11);
  }
  let t41 = t33 + 3 < params.M;
  let t42 = params.N * 3 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t35 * 4;
  if (t6 & t41) {
    c[t42] = bitcast<u32>(acc_12);
  }
  if (t9 & t41) {
    c[t42 + 1] = bitcast<u32>(acc_13);
  }
  if (t11 & t41) {
    c[t42 + 2] = bitcast<u32>(acc_14);
  }
  if (t13 & t41) {
    c[t42 + 3] = bitcast<u32>(acc_15);
  }
}
