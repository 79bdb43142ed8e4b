// gemm_f16_u3 N = 128, K = 128; target f16
// 200 lines, 83 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec2<u32>>;
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 3) + min(t0, t2) * 16;
  let t4 = t0 + 16 < params.M;
  let t5 = (t & 3) + min(t2, t0 + 16) * 16;
  let t6 = bn * 16 + (t & 7);
  let t7 = (t >> 3u) * 128 + (t & 7) * 4;
  let t8 = bn * 192 + t;
  let t9 = (t >> 3u) * 128;
  let t10 = (t & 7) * 8;
  for (var k = 0; k < 128; k += 32) {
    let t11 = a[t3 + (k >> 3u)];
    let t12 = select(0u, t11.x, t1);
    sa[t * 8] = f16(unpack2x16float(t12).x);
    sa[t * 8 + 1] = f16(unpack2x16float(t12).y);
    let t13 = select(0u, t11.y, t1);
    sa[t * 8 + 2] = f16(unpack2x16float(t13).x);
    sa[t * 8 + 3] = f16(unpack2x16float(t13).y);
    let t14 = select(0u, t11.z, t1);
    sa[t * 8 + 4] = f16(unpack2x16float(t14).x);
    sa[t * 8 + 5] = f16(unpack2x16float(t14).y);
    let t15 = select(0u, t11.w, t1);
    sa[t * 8 + 6] = f16(unpack2x16float(t15).x);
    sa[t * 8 + 7] = f16(unpack2x16float(t15).y);
    let t16 = a[t5 + (k >> 3u)];
    let t17 = select(0u, t16.x, t4);
    sa[t * 8 + 512] = f16(unpack2x16float(t17).x);
    sa[t * 8 + 513] = f16(unpack2x16float(t17).y);
    let t18 = select(0u, t16.y, t4);
    sa[t * 8 + 514] = f16(unpack2x16float(t18).x);
    sa[t * 8 + 515] = f16(unpack2x16float(t18).y);
    let t19 = select(0u, t16.z, t4);
    sa[t * 8 + 516] = f16(unpack2x16float(t19).x);
    sa[t * 8 + 517] = f16(unpack2x16float(t19).y);
    let t20 = select(0u, t16.w, t4);
    sa[t * 8 + 518] = f16(unpack2x16float(t20).x);
    sa[t * 8 + 519] = f16(unpack2x16float(t20).y);
    let t21 = t6 + (k >> 6u) * 32;
    let t22 = scale[t21];
    let s_0 = f16(unpack2x16float(t22.x).x);
    let s_1 = f16(unpack2x16float(t22.x).y);
    let s_2 = f16(unpack2x16float(t22.y).x);
    let s_3 = f16(unpack2x16float(t22.y).y);
    let t23 = scale[t21 + 8];
    let s_4 = f16(unpack2x16float(t23.x).x);
    let s_5 = f16(unpack2x16float(t23.x).y);
    let s_6 = f16(unpack2x16float(t23.y).x);
    let s_7 = f16(unpack2x16float(t23.y).y);
    let t24 = t8 + (k >> 5u) * 384;
    let t25 = b[t24];
    sb[t7] = (f16(t25 & 7u) - 4h) * s_0;
    sb[t7 + 1] = (f16((t25 >> 3u) & 7u) - 4h) * s_1;
    sb[t7 + 2] = (f16((t25 >> 6u) & 7u) - 4h) * s_2;
    sb[t7 + 3] = (f16((t25 >> 9u) & 7u) - 4h) * s_3;
    sb[t7 + 64] = s_0 * (f16((t25 >> 12u) & 7u) - 4h);
    sb[t7 + 65] = s_1 * (f16((t25 >> 15u) & 7u) - 4h);
    sb[t7 + 66] = s_2 * (f16((t25 >> 18u) & 7u) - 4h);
    sb[t7 + 67] = s_3 * (f16((t25 >> 21u) & 7u) - 4h);
    sb[t7 + 32] = (f16((t25 >> 24u) & 7u) - 4h) * s_4;
    sb[t7 + 33] = (f16((t25 >> 27u) & 7u) - 4h) * s_5;
    let t26 = b[t24 + 64];
    sb[t7 + 34] = (f16((t25 >> 30u) | ((t26 & 1u) << 2u)) - 4h) * s_6;
    sb[t7 + 35] = (f16((t26 >> 1u) & 7u) - 4h) * s_7;
    sb[t7 + 96] = s_4 * (f16((t26 >> 4u) & 7u) - 4h);
    sb[t7 + 97] = s_5 * (f16((t26 >> 7u) & 7u) - 4h);
    sb[t7 + 98] = s_6 * (f16((t26 >> 10u) & 7u) - 4h);
    sb[t7 + 99] = s_7 * (f16((t26 >> 13u) & 7u) - 4h);
    sb[t7 + 1024] = s_0 * (f16((t26 >> 16u) & 7u) - 4h);
    sb[t7 + 1025] = s_1 * (f16((t26 >> 19u) & 7u) - 4h);
    sb[t7 + 1026] = s_2 * (f16((t26 >> 22u) & 7u) - 4h);
    sb[t7 + 1027] = s_3 * (f16((t26 >> 25u) & 7u) - 4h);
    sb[t7 + 1088] = s_0 * (f16((t26 >> 28u) & 7u) - 4h);
    let t27 = b[t24 + 128];
    sb[t7 + 1089] = s_1 * (f16((t26 >> 31u) | ((t27 & 3u) << 1u)) - 4h);
    sb[t7 + 1090] = s_2 * (f16((t27 >> 2u) & 7u) - 4h);
    sb[t7 + 1091] = s_3 * (f16((t27 >> 5u) & 7u) - 4h);
    sb[t7 + 1056] = s_4 * (f16((t27 >> 8u) & 7u) - 4h);
    sb[t7 + 1057] = s_5 * (f16((t27 >> 11u) & 7u) - 4h);
    sb[t7 + 1058] = s_6 * (f16((t27 >> 14u) & 7u) - 4h);
    sb[t7 + 1059] = s_7 * (f16((t27 >> 17u) & 7u) - 4h);
    sb[t7 + 1120] = s_4 * (f16((t27 >> 20u) & 7u) - 4h);
    sb[t7 + 1121] = s_5 * (f16((t27 >> 23u) & 7u) - 4h);
    sb[t7 + 1122] = s_6 * (f16((t27 >> 26u) & 7u) - 4h);
    sb[t7 + 1123] = s_7 * (f16(t27 >> 29u) - 4h);
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t28 = t9 + k_1;
      let t29 = sa[t28];
      let t30 = t10 + k_1 * 64;
      let t31 = sb[t30];
      acc_0 += f32(t29) * f32(t31);
      let t32 = sb[t30 + 1];
      acc_1 += f32(t29) * f32(t32);
      let t33 = sb[t30 + 2];
      acc_2 += f32(t29) * f32(t33);
      let t34 = sb[t30 + 3];
      acc_3 += f32(t29) * f32(t34);
      let t35 = sb[t30 + 4];
      acc_4 += f32(t29) * f32(t35);
      let t36 = sb[t30 + 5];
      acc_5 += f32(t29) * f32(t36);
      let t37 = sb[t30 + 6];
      acc_6 += f32(t29) * f32(t37);
      let t38 = sb[t30 + 7];
      acc_7 += f32(t29) * f32(t38);
      let t39 = sa[t28 + 32];
      acc_8 += f32(t31) * f32(t39);
      acc_9 += f32(t32) * f32(t39);
      acc_10 += f32(t33) * f32(t39);
      acc_11 += f32(t34) * f32(t39);
      acc_12 += f32(t35) * f32(t39);
      acc_13 += f32(t36) * f32(t39);
      acc_14 += f32(t37) * f32(t39);
      acc_15 += f32(t38) * f32(t39);
      let t40 = sa[t28 + 64];
      acc_16 += f32(t31) * f32(t40);
      acc_17 += f32(t32) * f32(t40);
      acc_18 += f32(t33) * f32(t40);
      acc_19 += f32(t34) * f32(t40);
      acc_20 += f32(t35) * f32(t40);
      acc_21 += f32(t36) * f32(t40);
      acc_22 += f32(t37) * f32(t40);
      acc_23 += f32(t38) * f32(t40);
      let t41 = sa[t28 + 96];
      acc_24 += f32(t31) * f32(t41);
      acc_25 += f32(t32) * f32(t41);
      acc_26 += f32(t33) * f32(t41);
      acc_27 += f32(t34) * f32(t41);
      acc_28 += f32(t35) * f32(t41);
      acc_29 += f32(t36) * f32(t41);
      acc_30 += f32(t37) * f32(t41);
      acc_31 += f32(t38) * f32(t41);
    }
    workgroupBarrier();
  }
  let t42 = bm * 32 + (t >> 3u) * 4;
  let t43 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  if (t42 < params.M) {
    c[t43] = encode(bitcast<u32>(acc_0)) | (encode(bitcast<u32>(acc_1)) << 16u);
    c[t43 + 1] = encode(bitcast<u32>(acc_2)) | (encode(bitcast<u32>(acc_3)) << 16u);
    c[t43 + 2] = encode(bitcast<u32>(acc_4)) | (encode(bitcast<u32>(acc_5)) << 16u);
    c[t43 + 3] = encode(bitcast<u32>(acc_6)) | (encode(bitcast<u32>(acc_7)) << 16u);
  }
  if (t42 + 1 < params.M) {
    c[t43 + 64] = encode(bitcast<u32>(acc_8)) | (encode(bitcast<u32>(acc_9)) << 16u);
    c[t43 + 65] = encode(bitcast<u32>(acc_10)) | (encode(bitcast<u32>(acc_11)) << 16u);
    c[t43 + 66] = encode(bitcast<u32>(acc_12)) | (encode(bitcast<u32>(acc_13)) << 16u);
    c[t43 + 67] = encode(bitcast<u32>(acc_14)) | (encode(bitcast<u32>(acc_15)) << 16u);
  }
  if (t42 + 2 < params.M) {
    c[t43 + 128] = encode(bitcast<u32>(acc_16)) | (encode(bitcast<u32>(acc_17)) << 16u);
    c[t43 + 129] = encode(bitcast<u32>(acc_18)) | (encode(bitcast<u32>(acc_19)) << 16u);
    c[t43 + 130] = encode(bitcast<u32>(acc_20)) | (encode(bitcast<u32>(acc_21)) << 16u);
    c[t43 + 131] = encode(bitcast<u32>(acc_22)) | (encode(bitcast<u32>(acc_23)) << 16u);
  }
  if (t42 + 3 < params.M) {
    c[t43 + 192] = encode(bitcast<u32>(acc_24)) | (encode(bitcast<u32>(acc_25)) << 16u);
    c[t43 + 193] = encode(bitcast<u32>(acc_26)) | (encode(bitcast<u32>(acc_27)) << 16u);
    c[t43 + 194] = encode(bitcast<u32>(acc_28)) | (encode(bitcast<u32>(acc_29)) << 16u);
    c[t43 + 195] = encode(bitcast<u32>(acc_30)) | (encode(bitcast<u32>(acc_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
