// gemm_f32 BM = 16, BN = 64, BK = 8; target lavapipe
// 124 lines, 20 memory accesses, 2560 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + frame[groups.x >> 31u];
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
  let t6 = max(params.N - 1, 0);
  let t7 = (t >> 4u) * 32;
  let t8 = (t & 15) * 4;
  for (var k = 0; k < params.K; k += 8) {
    let t9 = t2 + k;
    sa[t * 2] = bitcast<f32>(select(0u, a[t4 + min(t9, t3)], t1 & (t9 < params.K)));
    sa[t * 2 + 1] = bitcast<f32>(select(0u, a[t4 + min(t3, t9 + 1)], t1 & (t9 + 1 < params.K)));
    let t10 = (t >> 4u) + k;
    for (var s = 0; s < 4 + none; s++) {
      let t11 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t12 = t10 + (s >> 1u) * 4;
      let t13 = t12 < params.K;
      let t14 = t5 + (s & 1) * 2;
      let t15 = params.N * min(t3, t12);
      sb[t11] = bitcast<f32>(select(0u, b[min(t6, t14) + t15], t13 & (t14 < params.N)));
      let t16 = select(0u, b[t15 + min(t6, t14 + 1)], t13 & (t14 + 1 < params.N));
      sb[t11 + 1] = bitcast<f32>(t16);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 8 + none; k_1++) {
      let t17 = t7 + k_1;
      let t18 = sa[t17];
      let t19 = t8 + k_1 * 64;
      let t20 = sb[t19];
      acc_0 += t18 * t20;
      let t21 = sb[t19 + 1];
      acc_1 += t18 * t21;
      let t22 = sb[t19 + 2];
      acc_2 += t18 * t22;
      let t23 = sb[t19 + 3];
      acc_3 += t18 * t23;
      let t24 = sa[t17 + 8];
      acc_4 += t20 * t24;
      acc_5 += t21 * t24;
      acc_6 += t22 * t24;
      acc_7 += t23 * t24;
      let t25 = sa[t17 + 16];
      acc_8 += t20 * t25;
      acc_9 += t21 * t25;
      acc_10 += t22 * t25;
      acc_11 += t23 * t25;
      let t26 = sa[t17 + 24];
      acc_12 += t20 * t26;
      acc_13 += t21 * t26;
      acc_14 += t22 * t26;
      acc_15 += t23 * t26;
    }
    workgroupBarrier();
  }
  var acc = array<f32, 16>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  acc[8] = acc_8;
  acc[9] = acc_9;
  acc[10] = acc_10;
  acc[11] = acc_11;
  acc[12] = acc_12;
  acc[13] = acc_13;
  acc[14] = acc_14;
  acc[15] = acc_15;
  let t27 = t5 < params.N;
  let t28 = bm * 16 + (t >> 4u) * 4;
  let t29 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  let t30 = t5 + 1 < params.N;
  let t31 = t5 + 2 < params.N;
  let t32 = t5 + 3 < params.N;
  for (var s = 0; s < 4 + none; s++) {
    let t33 = t28 + s < params.M;
    let t34 = t29 + params.N * s;
    if (t27 & t33) {
      c[t34] = bitcast<u32>(acc[s * 4]);
    }
    if (t30 & t33) {
      c[t34 + 1] = bitcast<u32>(acc[s * 4 + 1]);
    }
    if (t31 & t33) {
      c[t34 + 2] = bitcast<u32>(acc[s * 4 + 2]);
    }
    if (t32 & t33) {
      c[t34 + 3] = bitcast<u32>(acc[s * 4 + 3]);
    }
  }
}
