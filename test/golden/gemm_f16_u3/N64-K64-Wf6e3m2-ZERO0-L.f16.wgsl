// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target f16
// 248 lines, 82 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
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
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 3) + min(t0, t2) * 8;
  let t4 = t0 + 16 < params.M;
  let t5 = (t & 3) + min(t2, t0 + 16) * 8;
  let t6 = scale[t & 7];
  let t7 = f16(unpack2x16float(t6.x).x);
  let t8 = f16(unpack2x16float(t6.x).y);
  let t9 = f16(unpack2x16float(t6.y).x);
  let t10 = f16(unpack2x16float(t6.y).y);
  let t11 = f16(unpack2x16float(t6.z).x);
  let t12 = f16(unpack2x16float(t6.z).y);
  let t13 = f16(unpack2x16float(t6.w).x);
  let t14 = f16(unpack2x16float(t6.w).y);
  let t15 = (t >> 3u) * 256 + (t & 7) * 8;
  let t16 = (t >> 3u) * 128;
  let t17 = (t & 7) * 8;
  for (var k = 0; k < 64; k += 32) {
    let t18 = a[t3 + (k >> 3u)];
    let t19 = select(0u, t18.x, t1);
    sa[t * 8] = f16(unpack2x16float(t19).x);
    sa[t * 8 + 1] = f16(unpack2x16float(t19).y);
    let t20 = select(0u, t18.y, t1);
    sa[t * 8 + 2] = f16(unpack2x16float(t20).x);
    sa[t * 8 + 3] = f16(unpack2x16float(t20).y);
    let t21 = select(0u, t18.z, t1);
    sa[t * 8 + 4] = f16(unpack2x16float(t21).x);
    sa[t * 8 + 5] = f16(unpack2x16float(t21).y);
    let t22 = select(0u, t18.w, t1);
    sa[t * 8 + 6] = f16(unpack2x16float(t22).x);
    sa[t * 8 + 7] = f16(unpack2x16float(t22).y);
    let t23 = a[t5 + (k >> 3u)];
    let t24 = select(0u, t23.x, t4);
    sa[t * 8 + 512] = f16(unpack2x16float(t24).x);
    sa[t * 8 + 513] = f16(unpack2x16float(t24).y);
    let t25 = select(0u, t23.y, t4);
    sa[t * 8 + 514] = f16(unpack2x16float(t25).x);
    sa[t * 8 + 515] = f16(unpack2x16float(t25).y);
    let t26 = select(0u, t23.z, t4);
    sa[t * 8 + 516] = f16(unpack2x16float(t26).x);
    sa[t * 8 + 517] = f16(unpack2x16float(t26).y);
    let t27 = select(0u, t23.w, t4);
    sa[t * 8 + 518] = f16(unpack2x16float(t27).x);
    sa[t * 8 + 519] = f16(unpack2x16float(t27).y);
    let s_0 = t7;
    let s_1 = t8;
    let s_2 = t9;
    let s_3 = t10;
    let s_4 = t11;
    let s_5 = t12;
    let s_6 = t13;
    let s_7 = t14;
    let t28 = t + (k >> 5u) * 192;
    let t29 = b[t28];
    let t30 = bitcast<f32>(((t29.x & 31u) << 21u) + 0x3e000000u);
    let t31 = ((t29.x << 26u) & 0x80000000u) | bitcast<u32>(min(t30, fma(t30, 2f, -0.25f)));
    sb[t15] = f16(bitcast<f32>(t31)) * s_0;
    let t32 = bitcast<f32>(((t29.x << 20u) & 0x80000000u) | encode(t29.x << 15u));
    sb[t15 + 1] = f16(t32) * s_1;
    let t33 = bitcast<f32>(((t29.x << 14u) & 0x80000000u) | encode(t29.x << 9u));
    sb[t15 + 2] = f16(t33) * s_2;
    let t34 = bitcast<f32>(((t29.x << 8u) & 0x80000000u) | encode(t29.x << 3u));
    sb[t15 + 3] = f16(t34) * s_3;
    let t35 = bitcast<f32>(((t29.x << 2u) & 0x80000000u) | encode(t29.x >> 3u));
    sb[t15 + 4] = f16(t35) * s_4;
    let t36 = (((t29.x >> 9u) & 0x600000u) | ((t29.y & 7u) << 23u)) + 0x3e000000u;
    let t37 = bitcast<f32>(t36);
    let t38 = ((t29.y << 28u) & 0x80000000u) | bitcast<u32>(min(t37, fma(t37, 2f, -0.25f)));
    sb[t15 + 5] = f16(bitcast<f32>(t38)) * s_5;
    let t39 = bitcast<f32>(((t29.y << 22u) & 0x80000000u) | encode(t29.y << 17u));
    sb[t15 + 6] = f16(t39) * s_6;
    let t40 = bitcast<f32>(((t29.y << 16u) & 0x80000000u) | encode(t29.y << 11u));
    sb[t15 + 7] = f16(t40) * s_7;
    let t41 = bitcast<f32>(((t29.y << 10u) & 0x80000000u) | encode(t29.y << 5u));
    sb[t15 + 64] = s_0 * f16(t41);
    let t42 = bitcast<f32>(((t29.y << 4u) & 0x80000000u) | encode(t29.y >> 1u));
    sb[t15 + 65] = s_1 * f16(t42);
    let t43 = b[t28 + 64];
    let t44 = (((t29.y >> 7u) & 0x1e00000u) | ((t43.x & 1u) << 25u)) + 0x3e000000u;
    let t45 = bitcast<f32>(t44);
    let t46 = ((t43.x << 30u) & 0x80000000u) | bitcast<u32>(min(t45, fma(t45, 2f, -0.25f)));
    sb[t15 + 66] = s_2 * f16(bitcast<f32>(t46));
    let t47 = bitcast<f32>(((t43.x << 24u) & 0x80000000u) | encode(t43.x << 19u));
    sb[t15 + 67] = s_3 * f16(t47);
    let t48 = bitcast<f32>(((t43.x << 18u) & 0x80000000u) | encode(t43.x << 13u));
    sb[t15 + 68] = s_4 * f16(t48);
    let t49 = bitcast<f32>(((t43.x << 12u) & 0x80000000u) | encode(t43.x << 7u));
    sb[t15 + 69] = s_5 * f16(t49);
    let t50 = bitcast<f32>(((t43.x << 6u) & 0x80000000u) | encode(t43.x << 1u));
    sb[t15 + 70] = s_6 * f16(t50);
    sb[t15 + 71] = s_7 * f16(bitcast<f32>((t43.x & 0x80000000u) | encode(t43.x >> 5u)));
    let t51 = bitcast<f32>(((t43.y & 31u) << 21u) + 0x3e000000u);
    let t52 = ((t43.y << 26u) & 0x80000000u) | bitcast<u32>(min(t51, fma(t51, 2f, -0.25f)));
    sb[t15 + 128] = s_0 * f16(bitcast<f32>(t52));
    let t53 = bitcast<f32>(((t43.y << 20u) & 0x80000000u) | encode(t43.y << 15u));
    sb[t15 + 129] = s_1 * f16(t53);
    let t54 = bitcast<f32>(((t43.y << 14u) & 0x80000000u) | encode(t43.y << 9u));
    sb[t15 + 130] = s_2 * f16(t54);
    let t55 = bitcast<f32>(((t43.y << 8u) & 0x80000000u) | encode(t43.y << 3u));
    sb[t15 + 131] = s_3 * f16(t55);
    let t56 = bitcast<f32>(((t43.y << 2u) & 0x80000000u) | encode(t43.y >> 3u));
    sb[t15 + 132] = s_4 * f16(t56);
    let t57 = b[t28 + 128];
    let t58 = (((t43.y >> 9u) & 0x600000u) | ((t57.x & 7u) << 23u)) + 0x3e000000u;
    let t59 = bitcast<f32>(t58);
    let t60 = ((t57.x << 28u) & 0x80000000u) | bitcast<u32>(min(t59, fma(t59, 2f, -0.25f)));
    sb[t15 + 133] = s_5 * f16(bitcast<f32>(t60));
    let t61 = bitcast<f32>(((t57.x << 22u) & 0x80000000u) | encode(t57.x << 17u));
    sb[t15 + 134] = s_6 * f16(t61);
    let t62 = bitcast<f32>(((t57.x << 16u) & 0x80000000u) | encode(t57.x << 11u));
    sb[t15 + 135] = s_7 * f16(t62);
    let t63 = bitcast<f32>(((t57.x << 10u) & 0x80000000u) | encode(t57.x << 5u));
    sb[t15 + 192] = s_0 * f16(t63);
    let t64 = bitcast<f32>(((t57.x << 4u) & 0x80000000u) | encode(t57.x >> 1u));
    sb[t15 + 193] = s_1 * f16(t64);
    let t65 = (((t57.x >> 7u) & 0x1e00000u) | ((t57.y & 1u) << 25u)) + 0x3e000000u;
    let t66 = bitcast<f32>(t65);
    let t67 = ((t57.y << 30u) & 0x80000000u) | bitcast<u32>(min(t66, fma(t66, 2f, -0.25f)));
    sb[t15 + 194] = s_2 * f16(bitcast<f32>(t67));
    let t68 = bitcast<f32>(((t57.y << 24u) & 0x80000000u) | encode(t57.y << 19u));
    sb[t15 + 195] = s_3 * f16(t68);
    let t69 = bitcast<f32>(((t57.y << 18u) & 0x80000000u) | encode(t57.y << 13u));
    sb[t15 + 196] = s_4 * f16(t69);
    let t70 = bitcast<f32>(((t57.y << 12u) & 0x80000000u) | encode(t57.y << 7u));
    sb[t15 + 197] = s_5 * f16(t70);
    let t71 = bitcast<f32>(((t57.y << 6u) & 0x80000000u) | encode(t57.y << 1u));
    sb[t15 + 198] = s_6 * f16(t71);
    sb[t15 + 199] = s_7 * f16(bitcast<f32>((t57.y & 0x80000000u) | encode(t57.y >> 5u)));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t72 = t16 + k_1;
      let t73 = sa[t72];
      let t74 = t17 + k_1 * 64;
      let t75 = sb[t74];
      acc_0 += f32(t73) * f32(t75);
      let t76 = sb[t74 + 1];
      acc_1 += f32(t73) * f32(t76);
      let t77 = sb[t74 + 2];
      acc_2 += f32(t73) * f32(t77);
      let t78 = sb[t74 + 3];
      acc_3 += f32(t73) * f32(t78);
      let t79 = sb[t74 + 4];
      acc_4 += f32(t73) * f32(t79);
      let t80 = sb[t74 + 5];
      acc_5 += f32(t73) * f32(t80);
      let t81 = sb[t74 + 6];
      acc_6 += f32(t73) * f32(t81);
      let t82 = sb[t74 + 7];
      acc_7 += f32(t73) * f32(t82);
      let t83 = sa[t72 + 32];
      acc_8 += f32(t75) * f32(t83);
      acc_9 += f32(t76) * f32(t83);
      acc_10 += f32(t77) * f32(t83);
      acc_11 += f32(t78) * f32(t83);
      acc_12 += f32(t79) * f32(t83);
      acc_13 += f32(t80) * f32(t83);
      acc_14 += f32(t81) * f32(t83);
      acc_15 += f32(t82) * f32(t83);
      let t84 = sa[t72 + 64];
      acc_16 += f32(t75) * f32(t84);
      acc_17 += f32(t76) * f32(t84);
      acc_18 += f32(t77) * f32(t84);
      acc_19 += f32(t78) * f32(t84);
      acc_20 += f32(t79) * f32(t84);
      acc_21 += f32(t80) * f32(t84);
      acc_22 += f32(t81) * f32(t84);
      acc_23 += f32(t82) * f32(t84);
      let t85 = sa[t72 + 96];
      acc_24 += f32(t75) * f32(t85);
      acc_25 += f32(t76) * f32(t85);
      acc_26 += f32(t77) * f32(t85);
      acc_27 += f32(t78) * f32(t85);
      acc_28 += f32(t79) * f32(t85);
      acc_29 += f32(t80) * f32(t85);
      acc_30 += f32(t81) * f32(t85);
      acc_31 += f32(t82) * f32(t85);
    }
    workgroupBarrier();
  }
  let t86 = bm * 32 + (t >> 3u) * 4;
  let t87 = bm * 1024 + (t >> 3u) * 128 + (t & 7) * 4;
  if (t86 < params.M) {
    c[t87] = encode_1(bitcast<u32>(acc_0)) | (encode_1(bitcast<u32>(acc_1)) << 16u);
    c[t87 + 1] = encode_1(bitcast<u32>(acc_2)) | (encode_1(bitcast<u32>(acc_3)) << 16u);
    c[t87 + 2] = encode_1(bitcast<u32>(acc_4)) | (encode_1(bitcast<u32>(acc_5)) << 16u);
    c[t87 + 3] = encode_1(bitcast<u32>(acc_6)) | (encode_1(bitcast<u32>(acc_7)) << 16u);
  }
  if (t86 + 1 < params.M) {
    c[t87 + 32] = encode_1(bitcast<u32>(acc_8)) | (encode_1(bitcast<u32>(acc_9)) << 16u);
    c[t87 + 33] = encode_1(bitcast<u32>(acc_10)) | (encode_1(bitcast<u32>(acc_11)) << 16u);
    c[t87 + 34] = encode_1(bitcast<u32>(acc_12)) | (encode_1(bitcast<u32>(acc_13)) << 16u);
    c[t87 + 35] = encode_1(bitcast<u32>(acc_14)) | (encode_1(bitcast<u32>(acc_15)) << 16u);
  }
  if (t86 + 2 < params.M) {
    c[t87 + 64] = encode_1(bitcast<u32>(acc_16)) | (encode_1(bitcast<u32>(acc_17)) << 16u);
    c[t87 + 65] = encode_1(bitcast<u32>(acc_18)) | (encode_1(bitcast<u32>(acc_19)) << 16u);
    c[t87 + 66] = encode_1(bitcast<u32>(acc_20)) | (encode_1(bitcast<u32>(acc_21)) << 16u);
    c[t87 + 67] = encode_1(bitcast<u32>(acc_22)) | (encode_1(bitcast<u32>(acc_23)) << 16u);
  }
  if (t86 + 3 < params.M) {
    c[t87 + 96] = encode_1(bitcast<u32>(acc_24)) | (encode_1(bitcast<u32>(acc_25)) << 16u);
    c[t87 + 97] = encode_1(bitcast<u32>(acc_26)) | (encode_1(bitcast<u32>(acc_27)) << 16u);
    c[t87 + 98] = encode_1(bitcast<u32>(acc_28)) | (encode_1(bitcast<u32>(acc_29)) << 16u);
    c[t87 + 99] = encode_1(bitcast<u32>(acc_30)) | (encode_1(bitcast<u32>(acc_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = bitcast<f32>((x & 0x3e00000u) + 0x3e000000u);
  return bitcast<u32>(min(t0, fma(t0, 2f, -0.25f)));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
