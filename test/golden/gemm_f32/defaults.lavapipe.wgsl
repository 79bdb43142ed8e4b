// gemm_f32 with its defaults; target lavapipe
// 140 lines, 32 memory accesses, 4096 bytes of workgroup memory
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
  var acc = array<f32, 16>();
  let t0 = (t & 3) * 4;
  let t1 = bm * 32 + (t >> 2u);
  let t2 = max(params.K - 1, 0);
  let t3 = max(params.M - 1, 0);
  let t4 = bn * 32 + (t & 7) * 4;
  let t5 = t4 < params.N;
  let t6 = max(params.N - 1, 0);
  let t7 = min(t4, t6);
  let t8 = t4 + 1 < params.N;
  let t9 = min(t6, t4 + 1);
  let t10 = t4 + 2 < params.N;
  let t11 = min(t6, t4 + 2);
  let t12 = t4 + 3 < params.N;
  let t13 = min(t6, t4 + 3);
  let t14 = (t >> 3u) * 64;
  let t15 = (t & 7) * 4;
  for (var k = 0; k < params.K; k += 16) {
    let t16 = t0 + k;
    let t17 = t16 < params.K;
    let t18 = min(t16, t2);
    let t19 = t16 + 1 < params.K;
    let t20 = min(t2, t16 + 1);
    let t21 = t16 + 2 < params.K;
    let t22 = min(t2, t16 + 2);
    let t23 = t16 + 3 < params.K;
    let t24 = min(t2, t16 + 3);
    for (var s = 0; s < 2; s++) {
      let t25 = t * 4 + s * 256;
      let t26 = t1 + s * 16;
      let t27 = t26 < params.M;
      let t28 = params.K * min(t3, t26);
      sa[t25] = bitcast<f32>(select(0u, a[t18 + t28], t17 & t27));
      sa[t25 + 1] = bitcast<f32>(select(0u, a[t20 + t28], t19 & t27));
      sa[t25 + 2] = bitcast<f32>(select(0u, a[t22 + t28], t21 & t27));
      sa[t25 + 3] = bitcast<f32>(select(0u, a[t24 + t28], t23 & t27));
    }
    let t29 = (t >> 3u) + k;
    for (var s = 0; s < 2; s++) {
      let t30 = t * 4 + s * 256;
      let t31 = t29 + s * 8;
      let t32 = t31 < params.K;
      let t33 = params.N * min(t2, t31);
      sb[t30] = bitcast<f32>(select(0u, b[t7 + t33], t5 & t32));
      sb[t30 + 1] = bitcast<f32>(select(0u, b[t9 + t33], t8 & t32));
      sb[t30 + 2] = bitcast<f32>(select(0u, b[t11 + t33], t10 & t32));
      sb[t30 + 3] = bitcast<f32>(select(0u, b[t13 + t33], t12 & t32));
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t34 = t14 + k_1;
      let t35 = sa[t34];
      let t36 = t15 + k_1 * 32;
      let t37 = sb[t36];
      acc[0] += t35 * t37;
      let t38 = sb[t36 + 1];
      acc[1] += t35 * t38;
      let t39 = sb[t36 + 2];
      acc[2] += t35 * t39;
      let t40 = sb[t36 + 3];
      acc[3] += t35 * t40;
      let t41 = sa[t34 + 16];
      acc[4] += t37 * t41;
      acc[5] += t38 * t41;
      acc[6] += t39 * t41;
      acc[7] += t40 * t41;
      let t42 = sa[t34 + 32];
      acc[8] += t37 * t42;
      acc[9] += t38 * t42;
      acc[10] += t39 * t42;
      acc[11] += t40 * t42;
      let t43 = sa[t34 + 48];
      acc[12] += t37 * t43;
      acc[13] += t38 * t43;
      acc[14] += t39 * t43;
      acc[15] += t40 * t43;
    }
    workgroupBarrier();
  }
  let t44 = bm * 32 + (t >> 3u) * 4;
  let t45 = params.N * (t >> 3u);
  let t46 = bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t45 * 4;
  let t47 = params.N + bn * 32 + (t & 7) * 4 + params.N * bm * 32 + t45 * 4;
  for (var s = 0; s < 2; s++) {
    let t48 = t44 + s * 2;
    let t49 = t48 < params.M;
    let t50 = params.N * s * 2;
    let t51 = t46 + t50;
    if (t5 & t49) {
      c[t51] = bitcast<u32>(acc[s * 8]);
    }
    if (t8 & t49) {
      c[t51 + 1] = bitcast<u32>(acc[s * 8 + 1]);
    }
    if (t10 & t49) {
      c[t51 + 2] = bitcast<u32>(acc[s * 8 + 2]);
    }
    if (t12 & t49) {
      c[t51 + 3] = bitcast<u32>(acc[s * 8 + 3]);
    }
    let t52 = t48 + 1 < params.M;
    let t53 = t47 + t50;
    if (t5 & t52) {
      c[t53] = bitcast<u32>(acc[s * 8 + 4]);
    }
    if (t8 & t52) {
      c[t53 + 1] = bitcast<u32>(acc[s * 8 + 5]);
    }
    if (t10 & t52) {
      c[t53 + 2] = bitcast<u32>(acc[s * 8 + 6]);
    }
    if (t12 & t52) {
      c[t53 + 3] = bitcast<u32>(acc[s * 8 + 7]);
    }
  }
}
