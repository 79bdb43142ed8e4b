// gemm_f16_u3 N = 128, K = 128; target f16
// 219 lines, 83 memory accesses, 6144 bytes of workgroup memory
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
    let t26 = bitcast<u32>(bitcast<vec2<f16>>((t25 & 0x1c0007u) ^ 0x5c006400u) - vec2<f16>(1028h, 260h));
    sb[t7] = bitcast<vec2<f16>>(t26).x * s_0;
    let t27 = bitcast<u32>(bitcast<vec2<f16>>((t25 & 0xe00038u) ^ 0x50005800u) - vec2<f16>(132h, 36h));
    sb[t7 + 1] = bitcast<vec2<f16>>(t27).x * s_1;
    let t28 = (bitcast<vec2<f16>>((t25 & 0x1c0u) ^ 0x4c00u) - vec2<f16>(20h, 0h)).x;
    sb[t7 + 2] = t28 * s_2;
    let t29 = bitcast<u32>(bitcast<vec2<f16>>(((t25 >> 8u) & 0x7000eu) ^ 0x64006000u) - vec2<f16>(516h, 1028h));
    sb[t7 + 3] = bitcast<vec2<f16>>(t29).x * s_3;
    let t30 = bitcast<u32>(bitcast<vec2<f16>>(((t25 >> 8u) & 0x380070u) ^ 0x58005400u) - vec2<f16>(68h, 132h));
    sb[t7 + 64] = s_0 * bitcast<vec2<f16>>(t30).x;
    let t31 = (bitcast<vec2<f16>>(((t25 >> 8u) & 0xc00380u) ^ 0x4c004800u) - vec2<f16>(12h, 20h)).x;
    sb[t7 + 65] = s_1 * t31;
    sb[t7 + 66] = s_2 * bitcast<vec2<f16>>(t26).y;
    sb[t7 + 67] = s_3 * bitcast<vec2<f16>>(t27).y;
    sb[t7 + 32] = bitcast<vec2<f16>>(t29).y * s_4;
    sb[t7 + 33] = bitcast<vec2<f16>>(t30).y * s_5;
    let t32 = b[t24 + 64];
    let t33 = (bitcast<vec2<f16>>(((t25 >> 30u) | ((t32 & 1u) << 2u)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t7 + 34] = t33 * s_6;
    let t34 = bitcast<u32>(bitcast<vec2<f16>>((t32 & 0x7000eu) ^ 0x64006000u) - vec2<f16>(516h, 1028h));
    sb[t7 + 35] = bitcast<vec2<f16>>(t34).x * s_7;
    let t35 = bitcast<u32>(bitcast<vec2<f16>>((t32 & 0x380070u) ^ 0x58005400u) - vec2<f16>(68h, 132h));
    sb[t7 + 96] = s_4 * bitcast<vec2<f16>>(t35).x;
    let t36 = bitcast<u32>(bitcast<vec2<f16>>((t32 & 0x1c00380u) ^ 0x4c004800u) - vec2<f16>(12h, 20h));
    sb[t7 + 97] = s_5 * bitcast<vec2<f16>>(t36).x;
    let t37 = bitcast<u32>(bitcast<vec2<f16>>(((t32 >> 8u) & 0xe001cu) ^ 0x60005c00u) - vec2<f16>(260h, 516h));
    sb[t7 + 98] = s_6 * bitcast<vec2<f16>>(t37).x;
    let t38 = bitcast<u32>(bitcast<vec2<f16>>(((t32 >> 8u) & 0x7000e0u) ^ 0x54005000u) - vec2<f16>(36h, 68h));
    sb[t7 + 99] = s_7 * bitcast<vec2<f16>>(t38).x;
    sb[t7 + 1024] = s_0 * bitcast<vec2<f16>>(t34).y;
    sb[t7 + 1025] = s_1 * bitcast<vec2<f16>>(t35).y;
    sb[t7 + 1026] = s_2 * bitcast<vec2<f16>>(t36).y;
    sb[t7 + 1027] = s_3 * bitcast<vec2<f16>>(t37).y;
    sb[t7 + 1088] = s_0 * bitcast<vec2<f16>>(t38).y;
    let t39 = b[t24 + 128];
    let t40 = (bitcast<vec2<f16>>(((t32 >> 31u) | ((t39 & 3u) << 1u)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t7 + 1089] = s_1 * t40;
    let t41 = bitcast<u32>(bitcast<vec2<f16>>((t39 & 0xe001cu) ^ 0x60005c00u) - vec2<f16>(260h, 516h));
    sb[t7 + 1090] = s_2 * bitcast<vec2<f16>>(t41).x;
    let t42 = bitcast<u32>(bitcast<vec2<f16>>((t39 & 0x7000e0u) ^ 0x54005000u) - vec2<f16>(36h, 68h));
    sb[t7 + 1091] = s_3 * bitcast<vec2<f16>>(t42).x;
    let t43 = bitcast<u32>(bitcast<vec2<f16>>(((t39 >> 8u) & 0x1c0007u) ^ 0x5c006400u) - vec2<f16>(1028h, 260h));
    sb[t7 + 1056] = s_4 * bitcast<vec2<f16>>(t43).x;
    let t44 = bitcast<u32>(bitcast<vec2<f16>>(((t39 >> 8u) & 0xe00038u) ^ 0x50005800u) - vec2<f16>(132h, 36h));
    sb[t7 + 1057] = s_5 * bitcast<vec2<f16>>(t44).x;
    let t45 = (bitcast<vec2<f16>>(((t39 >> 8u) & 0x1c0u) ^ 0x4c00u) - vec2<f16>(20h, 0h)).x;
    sb[t7 + 1058] = s_6 * t45;
    sb[t7 + 1059] = s_7 * bitcast<vec2<f16>>(t41).y;
    sb[t7 + 1120] = s_4 * bitcast<vec2<f16>>(t42).y;
    let t46 = (bitcast<vec2<f16>>((t39 & 0x3800000u) ^ 0x48000000u) - vec2<f16>(0h, 12h)).y;
    sb[t7 + 1121] = s_5 * t46;
    sb[t7 + 1122] = s_6 * bitcast<vec2<f16>>(t43).y;
    sb[t7 + 1123] = s_7 * bitcast<vec2<f16>>(t44).y;
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t47 = t9 + k_1;
      let t48 = sa[t47];
      let t49 = t10 + k_1 * 64;
      let t50 = sb[t49];
      acc_0 += f32(t48) * f32(t50);
      let t51 = sb[t49 + 1];
      acc_1 += f32(t48) * f32(t51);
      let t52 = sb[t49 + 2];
      acc_2 += f32(t48) * f32(t52);
      let t53 = sb[t49 + 3];
      acc_3 += f32(t48) * f32(t53);
      let t54 = sb[t49 + 4];
      acc_4 += f32(t48) * f32(t54);
      let t55 = sb[t49 + 5];
      acc_5 += f32(t48) * f32(t55);
      let t56 = sb[t49 + 6];
      acc_6 += f32(t48) * f32(t56);
      let t57 = sb[t49 + 7];
      acc_7 += f32(t48) * f32(t57);
      let t58 = sa[t47 + 32];
      acc_8 += f32(t50) * f32(t58);
      acc_9 += f32(t51) * f32(t58);
      acc_10 += f32(t52) * f32(t58);
      acc_11 += f32(t53) * f32(t58);
      acc_12 += f32(t54) * f32(t58);
      acc_13 += f32(t55) * f32(t58);
      acc_14 += f32(t56) * f32(t58);
      acc_15 += f32(t57) * f32(t58);
      let t59 = sa[t47 + 64];
      acc_16 += f32(t50) * f32(t59);
      acc_17 += f32(t51) * f32(t59);
      acc_18 += f32(t52) * f32(t59);
      acc_19 += f32(t53) * f32(t59);
      acc_20 += f32(t54) * f32(t59);
      acc_21 += f32(t55) * f32(t59);
      acc_22 += f32(t56) * f32(t59);
      acc_23 += f32(t57) * f32(t59);
      let t60 = sa[t47 + 96];
      acc_24 += f32(t50) * f32(t60);
      acc_25 += f32(t51) * f32(t60);
      acc_26 += f32(t52) * f32(t60);
      acc_27 += f32(t53) * f32(t60);
      acc_28 += f32(t54) * f32(t60);
      acc_29 += f32(t55) * f32(t60);
      acc_30 += f32(t56) * f32(t60);
      acc_31 += f32(t57) * f32(t60);
    }
    workgroupBarrier();
  }
  let t61 = bm * 32 + (t >> 3u) * 4;
  let t62 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  if (t61 < params.M) {
    c[t62] = encode(bitcast<u32>(acc_0)) | (encode(bitcast<u32>(acc_1)) << 16u);
    c[t62 + 1] = encode(bitcast<u32>(acc_2)) | (encode(bitcast<u32>(acc_3)) << 16u);
    c[t62 + 2] = encode(bitcast<u32>(acc_4)) | (encode(bitcast<u32>(acc_5)) << 16u);
    c[t62 + 3] = encode(bitcast<u32>(acc_6)) | (encode(bitcast<u32>(acc_7)) << 16u);
  }
  if (t61 + 1 < params.M) {
    c[t62 + 64] = encode(bitcast<u32>(acc_8)) | (encode(bitcast<u32>(acc_9)) << 16u);
    c[t62 + 65] = encode(bitcast<u32>(acc_10)) | (encode(bitcast<u32>(acc_11)) << 16u);
    c[t62 + 66] = encode(bitcast<u32>(acc_12)) | (encode(bitcast<u32>(acc_13)) << 16u);
    c[t62 + 67] = encode(bitcast<u32>(acc_14)) | (encode(bitcast<u32>(acc_15)) << 16u);
  }
  if (t61 + 2 < params.M) {
    c[t62 + 128] = encode(bitcast<u32>(acc_16)) | (encode(bitcast<u32>(acc_17)) << 16u);
    c[t62 + 129] = encode(bitcast<u32>(acc_18)) | (encode(bitcast<u32>(acc_19)) << 16u);
    c[t62 + 130] = encode(bitcast<u32>(acc_20)) | (encode(bitcast<u32>(acc_21)) << 16u);
    c[t62 + 131] = encode(bitcast<u32>(acc_22)) | (encode(bitcast<u32>(acc_23)) << 16u);
  }
  if (t61 + 3 < params.M) {
    c[t62 + 192] = encode(bitcast<u32>(acc_24)) | (encode(bitcast<u32>(acc_25)) << 16u);
    c[t62 + 193] = encode(bitcast<u32>(acc_26)) | (encode(bitcast<u32>(acc_27)) << 16u);
    c[t62 + 194] = encode(bitcast<u32>(acc_28)) | (encode(bitcast<u32>(acc_29)) << 16u);
    c[t62 + 195] = encode(bitcast<u32>(acc_30)) | (encode(bitcast<u32>(acc_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
