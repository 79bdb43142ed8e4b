// partial of split_k S = 8, BM = 16, BN = 64; target lavapipe
// 132 lines, 20 memory accesses, 5120 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u) * 8u) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + frame[groups.x >> 31u];
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
  let t6 = params.K * min(t3, max(params.M - 1, 0));
  let t7 = max(params.K - 1, 0);
  let t8 = bn * 64 + (t & 15) * 4;
  let t9 = max(params.N - 1, 0);
  let t10 = (t >> 4u) * 64;
  let t11 = (t & 15) * 4;
  for (var k = t1 * 16; k < t2; k += 16) {
    let t12 = t5 + k;
    for (var s_1 = 0; s_1 < 2 + none; s_1++) {
      let t13 = t * 4 + s_1 * 2;
      let t14 = t12 + s_1 * 2;
      sa[t13] = bitcast<f32>(select(0u, a[t6 + min(t7, t14)], t4 & (t14 < params.K)));
      sa[t13 + 1] = bitcast<f32>(select(0u, a[t6 + min(t7, t14 + 1)], t4 & (t14 + 1 < params.K)));
    }
    let t15 = (t >> 4u) + k;
    for (var s_1 = 0; s_1 < 8 + none; s_1++) {
      let t16 = t * 4 + ((s_1 >> 1u) * 256 + (s_1 & 1) * 2);
      let t17 = t15 + (s_1 >> 1u) * 4;
      let t18 = t17 < params.K;
      let t19 = t8 + (s_1 & 1) * 2;
      let t20 = params.N * min(t7, t17);
      sb[t16] = bitcast<f32>(select(0u, b[min(t9, t19) + t20], t18 & (t19 < params.N)));
      let t21 = select(0u, b[t20 + min(t9, t19 + 1)], t18 & (t19 + 1 < params.N));
      sb[t16 + 1] = bitcast<f32>(t21);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16 + none; k_1++) {
      let t22 = t10 + k_1;
      let t23 = sa[t22];
      let t24 = t11 + k_1 * 64;
      let t25 = sb[t24];
      acc_0 += t23 * t25;
      let t26 = sb[t24 + 1];
      acc_1 += t23 * t26;
      let t27 = sb[t24 + 2];
      acc_2 += t23 * t27;
      let t28 = sb[t24 + 3];
      acc_3 += t23 * t28;
      let t29 = sa[t22 + 16];
      acc_4 += t25 * t29;
      acc_5 += t26 * t29;
      acc_6 += t27 * t29;
      acc_7 += t28 * t29;
      let t30 = sa[t22 + 32];
      acc_8 += t25 * t30;
      acc_9 += t26 * t30;
      acc_10 += t27 * t30;
      acc_11 += t28 * t30;
      let t31 = sa[t22 + 48];
      acc_12 += t25 * t31;
      acc_13 += t26 * t31;
      acc_14 += t27 * t31;
      acc_15 += t28 * t31;
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
  let t32 = t8 < params.N;
  let t33 = bm * 16 + (t >> 4u) * 4;
  let t34 = bn * 64 + (t & 15) * 4 + params.M * params.N * s + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  let t35 = t8 + 1 < params.N;
  let t36 = t8 + 2 < params.N;
  let t37 = t8 + 3 < params.N;
  for (var s_1 = 0; s_1 < 4 + none; s_1++) {
    let t38 = t33 + s_1 < params.M;
    let t39 = t34 + params.N * s_1;
    if (t32 & t38) {
      part[t39] = bitcast<u32>(acc[s_1 * 4]);
    }
    if (t35 & t38) {
      part[t39 + 1] = bitcast<u32>(acc[s_1 * 4 + 1]);
    }
    if (t36 & t38) {
      part[t39 + 2] = bitcast<u32>(acc[s_1 * 4 + 2]);
    }
    if (t37 & t38) {
      part[t39 + 3] = bitcast<u32>(acc[s_1 * 4 + 3]);
    }
  }
}
