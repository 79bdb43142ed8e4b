// gemm_f16_u3 N = 100, K = 64, T = f32, W = b2, ZERO = 0, BM = 16, BN = 32, BK = 32, G = 32; target lavapipe
// 106 lines, 19 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f32, 512>;
var<workgroup> sb: array<f32, 1024>;

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 4u * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 4u) + frame[groups.x >> 31u];
  let bm = i32(block / 4u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f;
  let t0 = bm * 16 + (t >> 3u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 7) * 2;
  let t3 = bn * 8 + (t & 7);
  let t4 = t3 < 25;
  let t5 = min(t3, 24);
  let t6 = (t >> 3u) * 64 + (t & 7) * 4;
  let t7 = (t >> 3u) * 8 + (t5 >> 3u) * 64 + (t5 & 7);
  let t8 = (t >> 3u) * 64;
  let t9 = (t & 7) * 4;
  for (var k = 0; k < 64 + none; k += 32) {
    let t10 = t2 + (k >> 1u);
    for (var s = 0; s < 4 + none; s++) {
      let t11 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t12 = t0 + (s >> 1u) * 8;
      let t13 = t12 < params.M;
      let t14 = a[t10 + ((s & 1) + min(t1, t12) * 32)];
      sa[t11] = bitcast<f32>(select(0u, t14.x, t13));
      sa[t11 + 1] = bitcast<f32>(select(0u, t14.y, t13));
    }
    let t15 = scale[t5 + (k >> 5u) * 25];
    let s_0 = bitcast<f32>(select(0u, t15.x, t4));
    let s_1 = bitcast<f32>(select(0u, t15.y, t4));
    let s_2 = bitcast<f32>(select(0u, t15.z, t4));
    let s_3 = bitcast<f32>(select(0u, t15.w, t4));
    let t16 = b[t7 + (k >> 5u) * 256];
    for (var s = 0; s < 4 + none; s++) {
      let t17 = t6 + ((s >> 1u) * 512 + (s & 1) * 32);
      let t18 = bitcast<f32>((select(2u, (t16 >> u32(s * 8)) & 3u, t4) << 1u) ^ 0x4b000000u);
      sb[t17] = s_0 * (t18 - 8388611f);
      let t19 = (select(2u, (t16 >> u32(s * 8 + 2)) & 3u, t4) << 1u) ^ 0x4b000000u;
      sb[t17 + 1] = s_1 * (bitcast<f32>(t19) - 8388611f);
      let t20 = (select(2u, (t16 >> u32(s * 8 + 4)) & 3u, t4) << 1u) ^ 0x4b000000u;
      sb[t17 + 2] = s_2 * (bitcast<f32>(t20) - 8388611f);
      let t21 = (select(2u, (t16 >> u32(s * 8 + 6)) & 3u, t4) << 1u) ^ 0x4b000000u;
      sb[t17 + 3] = s_3 * (bitcast<f32>(t21) - 8388611f);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32 + none; k_1++) {
      let t22 = t8 + k_1;
      let t23 = sa[t22];
      let t24 = t9 + k_1 * 32;
      let t25 = sb[t24];
      acc_0 += t23 * t25;
      let t26 = sb[t24 + 1];
      acc_1 += t23 * t26;
      let t27 = sb[t24 + 2];
      acc_2 += t23 * t27;
      let t28 = sb[t24 + 3];
      acc_3 += t23 * t28;
      let t29 = sa[t22 + 32];
      acc_4 += t25 * t29;
      acc_5 += t26 * t29;
      acc_6 += t27 * t29;
      acc_7 += t28 * t29;
    }
    workgroupBarrier();
  }
  var acc = array<f32, 8>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  let t30 = bm * 16 + (t >> 3u) * 2;
  let t31 = bn * 32 + bm * 1600 + (t >> 3u) * 200 + (t & 7) * 4;
  for (var s = 0; s < 2 + none; s++) {
    if (t4 & (t30 + s < params.M)) {
      let t32 = t31 + s * 100;
      c[t32] = bitcast<u32>(acc[s * 4]);
      c[t32 + 1] = bitcast<u32>(acc[s * 4 + 1]);
      c[t32 + 2] = bitcast<u32>(acc[s * 4 + 2]);
      c[t32 + 3] = bitcast<u32>(acc[s * 4 + 3]);
    }
  }
}
