// gemm_f32 with its defaults; target base
// 168 lines, 56 memory accesses, 4096 bytes of workgroup memory
struct Params {
  M: i32,
  K: i32,
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f32, 512>;
var<workgroup> sb: array<f32, 512>;

@compute @workgroup_size(64)
fn gemm_f32(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % u32((params.N + 31) >> 5u));
  let bm = i32(block / u32((params.N + 31) >> 5u));
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = (t & 3) * 4;
  let t3 = max(params.K - 1, 0);
  let t4 = max(params.M - 1, 0);
  let t5 = params.K * min(t0, t4);
  let t6 = t0 + 16 < params.M;
  let t7 = params.K * min(t4, t0 + 16);
  let t8 = bn * 32 + (t & 7) * 4;
  let t9 = t8 < params.N;
  let t10 = max(params.N - 1, 0);
  let t11 = min(t8, t10);
  let t12 = t8 + 1 < params.N;
  let t13 = min(t10, t8 + 1);
  let t14 = t8 + 2 < params.N;
  let t15 = min(t10, t8 + 2);
  let t16 = t8 + 3 < params.N;
  let t17 = min(t10, t8 + 3);
  let t18 = (t >> 3u) * 64;
  let t19 = (t & 7) * 4;
  for (var k = 0; k < params.K; k += 16) {
    let t20 = t2 + k;
    let t21 = t20 < params.K;
    let t22 = min(t20, t3);
    sa[t * 4] = bitcast<f32>(select(0u, a[t5 + t22], t1 & t21));
    let t23 = t20 + 1 < params.K;
    let t24 = min(t3, t20 + 1);
    sa[t * 4 + 1] = bitcast<f32>(select(0u, a[t5 + t24], t1 & t23));
    let t25 = t20 + 2 < params.K;
    let t26 = min(t3, t20 + 2);
    sa[t * 4 + 2] = bitcast<f32>(select(0u, a[t5 + t26], t1 & t25));
    let t27 = t20 + 3 < params.K;
    let t28 = min(t3, t20 + 3);
    sa[t * 4 + 3] = bitcast<f32>(select(0u, a[t5 + t28], t1 & t27));
    sa[t * 4 + 256] = bitcast<f32>(select(0u, a[t7 + t22], t21 & t6));
    sa[t * 4 + 257] = bitcast<f32>(select(0u, a[t7 + t24], t23 & t6));
    sa[t * 4 + 258] = bitcast<f32>(select(0u, a[t7 + t26], t25 & t6));
    sa[t * 4 + 259] = bitcast<f32>(select(0u, a[t7 + t28], t27 & t6));
    let t29 = (t >> 3u) + k;
    let t30 = t29 < params.K;
    let t31 = params.N * min(t3, t29);
    sb[t * 4] = bitcast<f32>(select(0u, b[t11 + t31], t30 & t9));
    sb[t * 4 + 1] = bitcast<f32>(select(0u, b[t13 + t31], t30 & t12));
    sb[t * 4 + 2] = bitcast<f32>(select(0u, b[t15 + t31], t30 & t14));
    sb[t * 4 + 3] = bitcast<f32>(select(0u, b[t17 + t31], t30 & t16));
    let t32 = t29 + 8 < params.K;
    let t33 = params.N * min(t3, t29 + 8);
    sb[t * 4 + 256] = bitcast<f32>(select(0u, b[t11 + t33], t9 & t32));
    sb[t * 4 + 257] = bitcast<f32>(select(0u, b[t13 + t33], t12 & t32));
    sb[t * 4 + 258] = bitcast<f32>(select(0u, b[t15 + t33], t14 & t32));
    sb[t * 4 + 259] = bitcast<f32>(select(0u, b[t17 + t33], t16 & t32));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t34 = t18 + k_1;
      let t35 = sa[t34];
      let t36 = t19 + k_1 * 32;
      let t37 = sb[t36];
      acc_0 += t35 * t37;
      let t38 = sb[t36 + 1];
      acc_1 += t35 * t38;
      let t39 = sb[t36 + 2];
      acc_2 += t35 * t39;
      let t40 = sb[t36 + 3];
      acc_3 += t35 * t40;
      let t41 = sa[t34 + 16];
      acc_4 += t37 * t41;
      acc_5 += t38 * t41;
      acc_6 += t39 * t41;
      acc_7 += t40 * t41;
      let t42 = sa[t34 + 32];
      acc_8 += t37 * t42;
      acc_9 += t38 * t42;
      acc_10 += t39 * t42;
      acc_11 += t40 * t42;
      let t43 = sa[t34 + 48];
      acc_12 += t37 * t43;
      acc_13 += t38 * t43;
      acc_14 += t39 * t43;
      acc_15 += t40 * t43;
    }
    workgroupBarrier();
  }
  let t44 = bm * 32 + (t >> 3u) * 4;
  let t45 = t44 < params.M;
  let t46 = params.N * (t >> 3u);
  let t47 = bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t46 * 4;
  if (t9 & t45) {
    c[t47] = bitcast<u32>(acc_0);
  }
  if (t12 & t45) {
    c[t47 + 1] = bitcast<u32>(acc_1);
  }
  if (t14 & t45) {
    c[t47 + 2] = bitcast<u32>(acc_2);
  }
  if (t16 & t45) {
    c[t47 + 3] = bitcast<u32>(acc_3);
  }
  let t48 = t44 + 1 < params.M;
  let t49 = params.N + bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t46 * 4;
  if (t9 & t48) {
    c[t49] = bitcast<u32>(acc_4);
  }
  if (t12 & t48) {
    c[t49 + 1] = bitcast<u32>(acc_5);
  }
  if (t14 & t48) {
    c[t49 + 2] = bitcast<u32>(acc_6);
  }
  if (t16 & t48) {
    c[t49 + 3] = bitcast<u32>(acc_7);
  }
  let t50 = t44 + 2 < params.M;
  let t51 = params.N * 2 + bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t46 * 4;
  if (t9 & t50) {
    c[t51] = bitcast<u32>(acc_8);
  }
  if (t12 & t50) {
    c[t51 + 1] = bitcast<u32>(acc_9);
  }
  if (t14 & t50) {
    c[t51 + 2] = bitcast<u32>(acc_10);
  }
  if (t16 & t50) {
    c[t51 + 3] = bitcast<u32>(acc_11);
  }
  let t52 = t44 + 3 < params.M;
  let t53 = params.N * 3 + bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t46 * 4;
  if (t9 & t52) {
    c[t53] = bitcast<u32>(acc_12);
  }
  if (t12 & t52) {
    c[t53 + 1] = bitcast<u32>(acc_13);
  }
  if (t14 & t52) {
    c[t53 + 2] = bitcast<u32>(acc_14);
  }
  if (t16 & t52) {
    c[t53 + 3] = bitcast<u32>(acc_15);
  }
}
