// gemm_f16_u3 N = 1, K = 37; target lavapipe
// 144 lines, 24 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f16, 1024>;
var<workgroup> sb: array<f16, 2048>;

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bm = i32(block) + frame[groups.x >> 31u];
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = (t & 3) * 8;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) == 0;
  let t4 = f16(unpack2x16float(select(0u, scale[0], t3)).x);
  let t5 = (t >> 3u) * 128 + (t & 7) * 4;
  let t6 = (t >> 3u) * 2;
  let t7 = (t >> 3u) * 128;
  let t8 = (t & 7) * 8;
  for (var k = 0; k < 37; k += 32) {
    let t9 = t1 + k;
    for (var s = 0; s < 8 + none; s++) {
      let t10 = t * 8 + ((s >> 2u) * 512 + (s & 3) * 2);
      let t11 = t0 + (s >> 2u) * 16;
      let t12 = t11 < params.M;
      let t13 = t9 + (s & 3) * 2;
      let t14 = min(t2, t11);
      let t15 = t14 >> 1u;
      let t16 = t14 & 1;
      let t17 = select(0u, a[t14 * 18 + t15 + (min(t13, 36) >> 1u)], t12 & (t13 < 38));
      sa[t10] = f16(unpack2x16float((t17 >> u32(t16 * 16)) & 0xffffu).x);
      let t18 = min(t13 + 1, 36);
      let t19 = t16 + (t18 & 1);
      let t20 = select(0u, a[t14 * 18 + t15 + (t18 >> 1u) + (t19 >> 1u)], t12 & (t13 < 36));
      sa[t10 + 1] = f16(unpack2x16float((t20 >> u32((t19 & 1) * 16)) & 0xffffu).x);
    }
    var s = array<f16, 8>();
    s[0] = t4;
    let t21 = t6 + k;
    for (var s_1 = 0; s_1 < 8 + none; s_1++) {
      let t22 = (s_1 >> 1u) & 1;
      let t23 = t5 + ((s_1 >> 2u) * 1024 + t22 * 32 + (s_1 & 1) * 64);
      let t24 = t21 + ((s_1 >> 2u) * 16 + (s_1 & 1));
      let t25 = min(t24, 36);
      let t26 = t22 * 4;
      let t27 = (b[(t25 >> 5u) * 192 + ((t25 >> 1u) & 15) * 8] >> u32(((t25 >> 4u) & 1) * 16 + (t25 & 1) * 12)) & 7u;
      let t28 = select(1u, t27, (t24 < 37) & ((t & 7) + t22 * 8 == 0)) ^ 0x5c006400u;
      sb[t23] = (bitcast<vec2<f16>>(t28) - vec2<f16>(1028h, 260h)).x * s[t26];
      sb[t23 + 1] = s[t26 + 1] * -3h;
      sb[t23 + 2] = s[t26 + 2] * -3h;
      sb[t23 + 3] = s[t26 + 3] * -3h;
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t29 = t7 + k_1;
      let t30 = sa[t29];
      let t31 = t8 + k_1 * 64;
      let t32 = sb[t31];
      acc_0 += f32(t30) * f32(t32);
      let t33 = sb[t31 + 1];
      acc_1 += f32(t30) * f32(t33);
      let t34 = sb[t31 + 2];
      acc_2 += f32(t30) * f32(t34);
      let t35 = sb[t31 + 3];
      acc_3 += f32(t30) * f32(t35);
      let t36 = sb[t31 + 4];
      acc_4 += f32(t30) * f32(t36);
      let t37 = sb[t31 + 5];
      acc_5 += f32(t30) * f32(t37);
      let t38 = sb[t31 + 6];
      acc_6 += f32(t30) * f32(t38);
      let t39 = sb[t31 + 7];
      acc_7 += f32(t30) * f32(t39);
      let t40 = sa[t29 + 32];
      acc_8 += f32(t32) * f32(t40);
      acc_9 += f32(t33) * f32(t40);
      acc_10 += f32(t34) * f32(t40);
      acc_11 += f32(t35) * f32(t40);
      acc_12 += f32(t36) * f32(t40);
      acc_13 += f32(t37) * f32(t40);
      acc_14 += f32(t38) * f32(t40);
      acc_15 += f32(t39) * f32(t40);
      let t41 = sa[t29 + 64];
      acc_16 += f32(t32) * f32(t41);
      acc_17 += f32(t33) * f32(t41);
      acc_18 += f32(t34) * f32(t41);
      acc_19 += f32(t35) * f32(t41);
      acc_20 += f32(t36) * f32(t41);
      acc_21 += f32(t37) * f32(t41);
      acc_22 += f32(t38) * f32(t41);
      acc_23 += f32(t39) * f32(t41);
      let t42 = sa[t29 + 96];
      acc_24 += f32(t32) * f32(t42);
      acc_25 += f32(t33) * f32(t42);
      acc_26 += f32(t34) * f32(t42);
      acc_27 += f32(t35) * f32(t42);
      acc_28 += f32(t36) * f32(t42);
      acc_29 += f32(t37) * f32(t42);
      acc_30 += f32(t38) * f32(t42);
      acc_31 += f32(t39) * f32(t42);
    }
    workgroupBarrier();
  }
  let t43 = bm * 16 + (t >> 3u) * 2;
  let t44 = (params.M + 1) >> 1u;
  let t45 = bm * 32 + (t >> 3u) * 4;
  if (t3 & (t43 < t44)) {
    let t46 = select(0u, encode(bitcast<u32>(acc_8)) << 16u, t3 & (t45 + 1 < params.M));
    c[t43] = select(0u, encode(bitcast<u32>(acc_0)), t3 & (t45 < params.M)) | t46;
  }
  if (t3 & (t43 + 1 < t44)) {
    let t47 = select(0u, encode(bitcast<u32>(acc_16)), t3 & (t45 + 2 < params.M));
    let t48 = select(0u, encode(bitcast<u32>(acc_24)) << 16u, t3 & (t45 + 3 < params.M));
    c[t43 + 1] = t47 | t48;
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
