// partial of split_k with its defaults; target lavapipe
// 135 lines, 20 memory accesses, 4096 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u) * 4u) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 31) >> 5u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 31) >> 5u) % u32((params.M + 31) >> 5u));
  let s = i32(block / (u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)));
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = (((params.K + 3) >> 2u) + 15) >> 4u;
  let t1 = s * t0;
  let t2 = min(params.K, t0 * 16 + t1 * 16);
  let t3 = bm * 32 + (t >> 2u);
  let t4 = (t & 3) * 4;
  let t5 = max(params.K - 1, 0);
  let t6 = max(params.M - 1, 0);
  let t7 = bn * 32 + (t & 7) * 4;
  let t8 = max(params.N - 1, 0);
  let t9 = (t >> 3u) * 64;
  let t10 = (t & 7) * 4;
  for (var k = t1 * 16; k < t2; k += 16) {
    let t11 = t4 + k;
    for (var s_1 = 0; s_1 < 4 + none; s_1++) {
      let t12 = t * 4 + ((s_1 >> 1u) * 256 + (s_1 & 1) * 2);
      let t13 = t3 + (s_1 >> 1u) * 16;
      let t14 = t13 < params.M;
      let t15 = t11 + (s_1 & 1) * 2;
      let t16 = params.K * min(t6, t13);
      sa[t12] = bitcast<f32>(select(0u, a[min(t5, t15) + t16], t14 & (t15 < params.K)));
      let t17 = select(0u, a[t16 + min(t5, t15 + 1)], t14 & (t15 + 1 < params.K));
      sa[t12 + 1] = bitcast<f32>(t17);
    }
    let t18 = (t >> 3u) + k;
    for (var s_1 = 0; s_1 < 4 + none; s_1++) {
      let t19 = t * 4 + ((s_1 >> 1u) * 256 + (s_1 & 1) * 2);
      let t20 = t18 + (s_1 >> 1u) * 8;
      let t21 = t20 < params.K;
      let t22 = t7 + (s_1 & 1) * 2;
      let t23 = params.N * min(t5, t20);
      sb[t19] = bitcast<f32>(select(0u, b[min(t8, t22) + t23], t21 & (t22 < params.N)));
      let t24 = select(0u, b[t23 + min(t8, t22 + 1)], t21 & (t22 + 1 < params.N));
      sb[t19 + 1] = bitcast<f32>(t24);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 16 + none; k_1++) {
      let t25 = t9 + k_1;
      let t26 = sa[t25];
      let t27 = t10 + k_1 * 32;
      let t28 = sb[t27];
      acc_0 += t26 * t28;
      let t29 = sb[t27 + 1];
      acc_1 += t26 * t29;
      let t30 = sb[t27 + 2];
      acc_2 += t26 * t30;
      let t31 = sb[t27 + 3];
      acc_3 += t26 * t31;
      let t32 = sa[t25 + 16];
      acc_4 += t28 * t32;
      acc_5 += t29 * t32;
      acc_6 += t30 * t32;
      acc_7 += t31 * t32;
      let t33 = sa[t25 + 32];
      acc_8 += t28 * t33;
      acc_9 += t29 * t33;
      acc_10 += t30 * t33;
      acc_11 += t31 * t33;
      let t34 = sa[t25 + 48];
      acc_12 += t28 * t34;
      acc_13 += t29 * t34;
      acc_14 += t30 * t34;
      acc_15 += t31 * t34;
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
  let t35 = t7 < params.N;
  let t36 = bm * 32 + (t >> 3u) * 4;
  let t37 = bn * 32 + (t & 7) * 4 + params.M * params.N * s + params.N * bm * 32 + params.N * (t >> 3u) * 4;
  let t38 = t7 + 1 < params.N;
  let t39 = t7 + 2 < params.N;
  let t40 = t7 + 3 < params.N;
  for (var s_1 = 0; s_1 < 4 + none; s_1++) {
    let t41 = t36 + s_1 < params.M;
    let t42 = t37 + params.N * s_1;
    if (t35 & t41) {
      part[t42] = bitcast<u32>(acc[s_1 * 4]);
    }
    if (t38 & t41) {
      part[t42 + 1] = bitcast<u32>(acc[s_1 * 4 + 1]);
    }
    if (t39 & t41) {
      part[t42 + 2] = bitcast<u32>(acc[s_1 * 4 + 2]);
    }
    if (t40 & t41) {
      part[t42 + 3] = bitcast<u32>(acc[s_1 * 4 + 3]);
    }
  }
}
