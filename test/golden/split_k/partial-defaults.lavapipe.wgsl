// partial of split_k with its defaults; target lavapipe
// 145 lines, 32 memory accesses, 4096 bytes of workgroup memory
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
  var acc = array<f32, 16>();
  let t0 = (((params.K + 3) >> 2u) + 15) >> 4u;
  let t1 = s * t0;
  let t2 = min(params.K, t0 * 16 + t1 * 16);
  let t3 = (t & 3) * 4;
  let t4 = bm * 32 + (t >> 2u);
  let t5 = max(params.K - 1, 0);
  let t6 = max(params.M - 1, 0);
  let t7 = bn * 32 + (t & 7) * 4;
  let t8 = t7 < params.N;
  let t9 = max(params.N - 1, 0);
  let t10 = min(t7, t9);
  let t11 = t7 + 1 < params.N;
  let t12 = min(t9, t7 + 1);
  let t13 = t7 + 2 < params.N;
  let t14 = min(t9, t7 + 2);
  let t15 = t7 + 3 < params.N;
  let t16 = min(t9, t7 + 3);
  let t17 = (t >> 3u) * 64;
  let t18 = (t & 7) * 4;
  for (var k = t1 * 16; k < t2; k += 16) {
    let t19 = t3 + k;
    let t20 = t19 < params.K;
    let t21 = min(t19, t5);
    let t22 = t19 + 1 < params.K;
    let t23 = min(t5, t19 + 1);
    let t24 = t19 + 2 < params.K;
    let t25 = min(t5, t19 + 2);
    let t26 = t19 + 3 < params.K;
    let t27 = min(t5, t19 + 3);
    for (var s_1 = 0; s_1 < 2; s_1++) {
      let t28 = t * 4 + s_1 * 256;
      let t29 = t4 + s_1 * 16;
      let t30 = t29 < params.M;
      let t31 = params.K * min(t6, t29);
      sa[t28] = bitcast<f32>(select(0u, a[t21 + t31], t20 & t30));
      sa[t28 + 1] = bitcast<f32>(select(0u, a[t23 + t31], t22 & t30));
      sa[t28 + 2] = bitcast<f32>(select(0u, a[t25 + t31], t24 & t30));
      sa[t28 + 3] = bitcast<f32>(select(0u, a[t27 + t31], t26 & t30));
    }
    let t32 = (t >> 3u) + k;
    for (var s_1 = 0; s_1 < 2; s_1++) {
      let t33 = t * 4 + s_1 * 256;
      let t34 = t32 + s_1 * 8;
      let t35 = t34 < params.K;
      let t36 = params.N * min(t5, t34);
      sb[t33] = bitcast<f32>(select(0u, b[t10 + t36], t8 & t35));
      sb[t33 + 1] = bitcast<f32>(select(0u, b[t12 + t36], t11 & t35));
      sb[t33 + 2] = bitcast<f32>(select(0u, b[t14 + t36], t13 & t35));
      sb[t33 + 3] = bitcast<f32>(select(0u, b[t16 + t36], t15 & t35));
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t37 = t17 + k_1;
      let t38 = sa[t37];
      let t39 = t18 + k_1 * 32;
      let t40 = sb[t39];
      acc[0] += t38 * t40;
      let t41 = sb[t39 + 1];
      acc[1] += t38 * t41;
      let t42 = sb[t39 + 2];
      acc[2] += t38 * t42;
      let t43 = sb[t39 + 3];
      acc[3] += t38 * t43;
      let t44 = sa[t37 + 16];
      acc[4] += t40 * t44;
      acc[5] += t41 * t44;
      acc[6] += t42 * t44;
      acc[7] += t43 * t44;
      let t45 = sa[t37 + 32];
      acc[8] += t40 * t45;
      acc[9] += t41 * t45;
      acc[10] += t42 * t45;
      acc[11] += t43 * t45;
      let t46 = sa[t37 + 48];
      acc[12] += t40 * t46;
      acc[13] += t41 * t46;
      acc[14] += t42 * t46;
      acc[15] += t43 * t46;
    }
    workgroupBarrier();
  }
  let t47 = bm * 32 + (t >> 3u) * 4;
  let t48 = params.M * params.N * s;
  let t49 = params.N * (t >> 3u);
  let t50 = bn * 32 + (t & 7) * 4 + t48 + params.N * bm * 32 + t49 * 4;
  let t51 = params.N + bn * 32 + (t & 7) * 4 + t48 + params.N * bm * 32 + t49 * 4;
  for (var s_1 = 0; s_1 < 2; s_1++) {
    let t52 = t47 + s_1 * 2;
    let t53 = t52 < params.M;
    let t54 = params.N * s_1 * 2;
    let t55 = t50 + t54;
    if (t8 & t53) {
      part[t55] = bitcast<u32>(acc[s_1 * 8]);
    }
    if (t11 & t53) {
      part[t55 + 1] = bitcast<u32>(acc[s_1 * 8 + 1]);
    }
    if (t13 & t53) {
      part[t55 + 2] = bitcast<u32>(acc[s_1 * 8 + 2]);
    }
    if (t15 & t53) {
      part[t55 + 3] = bitcast<u32>(acc[s_1 * 8 + 3]);
    }
    let t56 = t52 + 1 < params.M;
    let t57 = t51 + t54;
    if (t8 & t56) {
      part[t57] = bitcast<u32>(acc[s_1 * 8 + 4]);
    }
    if (t11 & t56) {
      part[t57 + 1] = bitcast<u32>(acc[s_1 * 8 + 5]);
    }
    if (t13 & t56) {
      part[t57 + 2] = bitcast<u32>(acc[s_1 * 8 + 6]);
    }
    if (t15 & t56) {
      part[t57 + 3] = bitcast<u32>(acc[s_1 * 8 + 7]);
    }
  }
}
