// partial of split_k with its defaults; target base
// 173 lines, 56 memory accesses, 4096 bytes of workgroup memory
struct Params {
  M: i32,
  K: i32,
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> part: array<u32>;
var<workgroup> sa: array<f32, 512>;
var<workgroup> sb: array<f32, 512>;

@compute @workgroup_size(64)
fn partial_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u) * 4u) { return; }
  let bn = i32(block % u32((params.N + 31) >> 5u));
  let bm = i32(block / u32((params.N + 31) >> 5u) % u32((params.M + 31) >> 5u));
  let s = i32(block / (u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)));
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = (((params.K + 3) >> 2u) + 15) >> 4u;
  let t1 = s * t0;
  let t2 = min(params.K, t0 * 16 + t1 * 16);
  let t3 = bm * 32 + (t >> 2u);
  let t4 = t3 < params.M;
  let t5 = (t & 3) * 4;
  let t6 = max(params.K - 1, 0);
  let t7 = max(params.M - 1, 0);
  let t8 = params.K * min(t3, t7);
  let t9 = t3 + 16 < params.M;
  let t10 = params.K * min(t7, t3 + 16);
  let t11 = bn * 32 + (t & 7) * 4;
  let t12 = t11 < params.N;
  let t13 = max(params.N - 1, 0);
  let t14 = min(t11, t13);
  let t15 = t11 + 1 < params.N;
  let t16 = min(t13, t11 + 1);
  let t17 = t11 + 2 < params.N;
  let t18 = min(t13, t11 + 2);
  let t19 = t11 + 3 < params.N;
  let t20 = min(t13, t11 + 3);
  let t21 = (t >> 3u) * 64;
  let t22 = (t & 7) * 4;
  for (var k = t1 * 16; k < t2; k += 16) {
    let t23 = t5 + k;
    let t24 = t23 < params.K;
    let t25 = min(t23, t6);
    sa[t * 4] = bitcast<f32>(select(0u, a[t8 + t25], t4 & t24));
    let t26 = t23 + 1 < params.K;
    let t27 = min(t6, t23 + 1);
    sa[t * 4 + 1] = bitcast<f32>(select(0u, a[t8 + t27], t4 & t26));
    let t28 = t23 + 2 < params.K;
    let t29 = min(t6, t23 + 2);
    sa[t * 4 + 2] = bitcast<f32>(select(0u, a[t8 + t29], t4 & t28));
    let t30 = t23 + 3 < params.K;
    let t31 = min(t6, t23 + 3);
    sa[t * 4 + 3] = bitcast<f32>(select(0u, a[t8 + t31], t4 & t30));
    sa[t * 4 + 256] = bitcast<f32>(select(0u, a[t10 + t25], t24 & t9));
    sa[t * 4 + 257] = bitcast<f32>(select(0u, a[t10 + t27], t26 & t9));
    sa[t * 4 + 258] = bitcast<f32>(select(0u, a[t10 + t29], t28 & t9));
    sa[t * 4 + 259] = bitcast<f32>(select(0u, a[t10 + t31], t30 & t9));
    let t32 = (t >> 3u) + k;
    let t33 = t32 < params.K;
    let t34 = params.N * min(t6, t32);
    sb[t * 4] = bitcast<f32>(select(0u, b[t14 + t34], t33 & t12));
    sb[t * 4 + 1] = bitcast<f32>(select(0u, b[t16 + t34], t33 & t15));
    sb[t * 4 + 2] = bitcast<f32>(select(0u, b[t18 + t34], t33 & t17));
    sb[t * 4 + 3] = bitcast<f32>(select(0u, b[t20 + t34], t33 & t19));
    let t35 = t32 + 8 < params.K;
    let t36 = params.N * min(t6, t32 + 8);
    sb[t * 4 + 256] = bitcast<f32>(select(0u, b[t14 + t36], t12 & t35));
    sb[t * 4 + 257] = bitcast<f32>(select(0u, b[t16 + t36], t15 & t35));
    sb[t * 4 + 258] = bitcast<f32>(select(0u, b[t18 + t36], t17 & t35));
    sb[t * 4 + 259] = bitcast<f32>(select(0u, b[t20 + t36], t19 & t35));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t37 = t21 + k_1;
      let t38 = sa[t37];
      let t39 = t22 + k_1 * 32;
      let t40 = sb[t39];
      acc_0 += t38 * t40;
      let t41 = sb[t39 + 1];
      acc_1 += t38 * t41;
      let t42 = sb[t39 + 2];
      acc_2 += t38 * t42;
      let t43 = sb[t39 + 3];
      acc_3 += t38 * t43;
      let t44 = sa[t37 + 16];
      acc_4 += t40 * t44;
      acc_5 += t41 * t44;
      acc_6 += t42 * t44;
      acc_7 += t43 * t44;
      let t45 = sa[t37 + 32];
      acc_8 += t40 * t45;
      acc_9 += t41 * t45;
      acc_10 += t42 * t45;
      acc_11 += t43 * t45;
      let t46 = sa[t37 + 48];
      acc_12 += t40 * t46;
      acc_13 += t41 * t46;
      acc_14 += t42 * t46;
      acc_15 += t43 * t46;
    }
    workgroupBarrier();
  }
  let t47 = bm * 32 + (t >> 3u) * 4;
  let t48 = t47 < params.M;
  let t49 = params.M * params.N * s;
  let t50 = params.N * (t >> 3u);
  let t51 = bn * 32 + (t & 7) * 4 + t49 + params.N * bm * 32 + t50 * 4;
  if (t12 & t48) {
    part[t51] = bitcast<u32>(acc_0);
  }
  if (t15 & t48) {
    part[t51 + 1] = bitcast<u32>(acc_1);
  }
  if (t17 & t48) {
    part[t51 + 2] = bitcast<u32>(acc_2);
  }
  if (t19 & t48) {
    part[t51 + 3] = bitcast<u32>(acc_3);
  }
  let t52 = t47 + 1 < params.M;
  let t53 = params.N + bn * 32 + (t & 7) * 4 + t49 + params.N * bm * 32 + t50 * 4;
  if (t12 & t52) {
    part[t53] = bitcast<u32>(acc_4);
  }
  if (t15 & t52) {
    part[t53 + 1] = bitcast<u32>(acc_5);
  }
  if (t17 & t52) {
    part[t53 + 2] = bitcast<u32>(acc_6);
  }
  if (t19 & t52) {
    part[t53 + 3] = bitcast<u32>(acc_7);
  }
  let t54 = t47 + 2 < params.M;
  let t55 = params.N * 2 + bn * 32 + (t & 7) * 4 + t49 + params.N * bm * 32 + t50 * 4;
  if (t12 & t54) {
    part[t55] = bitcast<u32>(acc_8);
  }
  if (t15 & t54) {
    part[t55 + 1] = bitcast<u32>(acc_9);
  }
  if (t17 & t54) {
    part[t55 + 2] = bitcast<u32>(acc_10);
  }
  if (t19 & t54) {
    part[t55 + 3] = bitcast<u32>(acc_11);
  }
  let t56 = t47 + 3 < params.M;
  let t57 = params.N * 3 + bn * 32 + (t & 7) * 4 + t49 + params.N * bm * 32 + t50 * 4;
  if (t12 & t56) {
    part[t57] = bitcast<u32>(acc_12);
  }
  if (t15 & t56) {
    part[t57 + 1] = bitcast<u32>(acc_13);
  }
  if (t17 & t56) {
    part[t57 + 2] = bitcast<u32>(acc_14);
  }
  if (t19 & t56) {
    part[t57 + 3] = bitcast<u32>(acc_15);
  }
}
