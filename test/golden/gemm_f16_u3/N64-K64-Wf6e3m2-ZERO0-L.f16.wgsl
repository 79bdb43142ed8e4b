// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target f16
// 241 lines, 82 memory accesses, 6144 bytes of workgroup memory
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
    sb[t15] = f16(bitcast<f32>(encode(t29.x & 31u) | ((t29.x >> 5u) << 31u))) * s_0;
    let t30 = bitcast<f32>(encode((t29.x >> 6u) & 31u) | ((t29.x >> 11u) << 31u));
    sb[t15 + 1] = f16(t30) * s_1;
    let t31 = bitcast<f32>(encode((t29.x >> 12u) & 31u) | ((t29.x >> 17u) << 31u));
    sb[t15 + 2] = f16(t31) * s_2;
    let t32 = bitcast<f32>(encode((t29.x >> 18u) & 31u) | ((t29.x >> 23u) << 31u));
    sb[t15 + 3] = f16(t32) * s_3;
    let t33 = bitcast<f32>(encode((t29.x >> 24u) & 31u) | ((t29.x >> 29u) << 31u));
    sb[t15 + 4] = f16(t33) * s_4;
    let t34 = (t29.x >> 30u) | ((t29.y & 7u) << 2u);
    let t35 = select((((t29.x >> 30u) << 21u) | ((t29.y & 7u) << 23u)) + 0x3e000000u, bitcast<u32>(f32(t34) * 0.0625f), (t34 < 4u));
    sb[t15 + 5] = f16(bitcast<f32>(t35 | ((t29.y >> 3u) << 31u))) * s_5;
    let t36 = bitcast<f32>(encode((t29.y >> 4u) & 31u) | ((t29.y >> 9u) << 31u));
    sb[t15 + 6] = f16(t36) * s_6;
    let t37 = bitcast<f32>(encode((t29.y >> 10u) & 31u) | ((t29.y >> 15u) << 31u));
    sb[t15 + 7] = f16(t37) * s_7;
    let t38 = bitcast<f32>(encode((t29.y >> 16u) & 31u) | ((t29.y >> 21u) << 31u));
    sb[t15 + 64] = s_0 * f16(t38);
    let t39 = bitcast<f32>(encode((t29.y >> 22u) & 31u) | ((t29.y >> 27u) << 31u));
    sb[t15 + 65] = s_1 * f16(t39);
    let t40 = b[t28 + 64];
    let t41 = (t29.y >> 28u) | ((t40.x & 1u) << 4u);
    let t42 = select((((t29.y >> 28u) << 21u) | ((t40.x & 1u) << 25u)) + 0x3e000000u, bitcast<u32>(f32(t41) * 0.0625f), (t41 < 4u));
    sb[t15 + 66] = s_2 * f16(bitcast<f32>(t42 | ((t40.x >> 1u) << 31u)));
    let t43 = bitcast<f32>(encode((t40.x >> 2u) & 31u) | ((t40.x >> 7u) << 31u));
    sb[t15 + 67] = s_3 * f16(t43);
    let t44 = bitcast<f32>(encode((t40.x >> 8u) & 31u) | ((t40.x >> 13u) << 31u));
    sb[t15 + 68] = s_4 * f16(t44);
    let t45 = bitcast<f32>(encode((t40.x >> 14u) & 31u) | ((t40.x >> 19u) << 31u));
    sb[t15 + 69] = s_5 * f16(t45);
    let t46 = bitcast<f32>(encode((t40.x >> 20u) & 31u) | ((t40.x >> 25u) << 31u));
    sb[t15 + 70] = s_6 * f16(t46);
    let t47 = bitcast<f32>(encode((t40.x >> 26u) & 31u) | (t40.x & 0x80000000u));
    sb[t15 + 71] = s_7 * f16(t47);
    sb[t15 + 128] = s_0 * f16(bitcast<f32>(encode(t40.y & 31u) | ((t40.y >> 5u) << 31u)));
    let t48 = bitcast<f32>(encode((t40.y >> 6u) & 31u) | ((t40.y >> 11u) << 31u));
    sb[t15 + 129] = s_1 * f16(t48);
    let t49 = bitcast<f32>(encode((t40.y >> 12u) & 31u) | ((t40.y >> 17u) << 31u));
    sb[t15 + 130] = s_2 * f16(t49);
    let t50 = bitcast<f32>(encode((t40.y >> 18u) & 31u) | ((t40.y >> 23u) << 31u));
    sb[t15 + 131] = s_3 * f16(t50);
    let t51 = bitcast<f32>(encode((t40.y >> 24u) & 31u) | ((t40.y >> 29u) << 31u));
    sb[t15 + 132] = s_4 * f16(t51);
    let t52 = b[t28 + 128];
    let t53 = (t40.y >> 30u) | ((t52.x & 7u) << 2u);
    let t54 = select((((t40.y >> 30u) << 21u) | ((t52.x & 7u) << 23u)) + 0x3e000000u, bitcast<u32>(f32(t53) * 0.0625f), (t53 < 4u));
    sb[t15 + 133] = s_5 * f16(bitcast<f32>(t54 | ((t52.x >> 3u) << 31u)));
    let t55 = bitcast<f32>(encode((t52.x >> 4u) & 31u) | ((t52.x >> 9u) << 31u));
    sb[t15 + 134] = s_6 * f16(t55);
    let t56 = bitcast<f32>(encode((t52.x >> 10u) & 31u) | ((t52.x >> 15u) << 31u));
    sb[t15 + 135] = s_7 * f16(t56);
    let t57 = bitcast<f32>(encode((t52.x >> 16u) & 31u) | ((t52.x >> 21u) << 31u));
    sb[t15 + 192] = s_0 * f16(t57);
    let t58 = bitcast<f32>(encode((t52.x >> 22u) & 31u) | ((t52.x >> 27u) << 31u));
    sb[t15 + 193] = s_1 * f16(t58);
    let t59 = (t52.x >> 28u) | ((t52.y & 1u) << 4u);
    let t60 = select((((t52.x >> 28u) << 21u) | ((t52.y & 1u) << 25u)) + 0x3e000000u, bitcast<u32>(f32(t59) * 0.0625f), (t59 < 4u));
    sb[t15 + 194] = s_2 * f16(bitcast<f32>(t60 | ((t52.y >> 1u) << 31u)));
    let t61 = bitcast<f32>(encode((t52.y >> 2u) & 31u) | ((t52.y >> 7u) << 31u));
    sb[t15 + 195] = s_3 * f16(t61);
    let t62 = bitcast<f32>(encode((t52.y >> 8u) & 31u) | ((t52.y >> 13u) << 31u));
    sb[t15 + 196] = s_4 * f16(t62);
    let t63 = bitcast<f32>(encode((t52.y >> 14u) & 31u) | ((t52.y >> 19u) << 31u));
    sb[t15 + 197] = s_5 * f16(t63);
    let t64 = bitcast<f32>(encode((t52.y >> 20u) & 31u) | ((t52.y >> 25u) << 31u));
    sb[t15 + 198] = s_6 * f16(t64);
    let t65 = bitcast<f32>(encode((t52.y >> 26u) & 31u) | (t52.y & 0x80000000u));
    sb[t15 + 199] = s_7 * f16(t65);
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t66 = t16 + k_1;
      let t67 = sa[t66];
      let t68 = t17 + k_1 * 64;
      let t69 = sb[t68];
      acc_0 += f32(t67) * f32(t69);
      let t70 = sb[t68 + 1];
      acc_1 += f32(t67) * f32(t70);
      let t71 = sb[t68 + 2];
      acc_2 += f32(t67) * f32(t71);
      let t72 = sb[t68 + 3];
      acc_3 += f32(t67) * f32(t72);
      let t73 = sb[t68 + 4];
      acc_4 += f32(t67) * f32(t73);
      let t74 = sb[t68 + 5];
      acc_5 += f32(t67) * f32(t74);
      let t75 = sb[t68 + 6];
      acc_6 += f32(t67) * f32(t75);
      let t76 = sb[t68 + 7];
      acc_7 += f32(t67) * f32(t76);
      let t77 = sa[t66 + 32];
      acc_8 += f32(t69) * f32(t77);
      acc_9 += f32(t70) * f32(t77);
      acc_10 += f32(t71) * f32(t77);
      acc_11 += f32(t72) * f32(t77);
      acc_12 += f32(t73) * f32(t77);
      acc_13 += f32(t74) * f32(t77);
      acc_14 += f32(t75) * f32(t77);
      acc_15 += f32(t76) * f32(t77);
      let t78 = sa[t66 + 64];
      acc_16 += f32(t69) * f32(t78);
      acc_17 += f32(t70) * f32(t78);
      acc_18 += f32(t71) * f32(t78);
      acc_19 += f32(t72) * f32(t78);
      acc_20 += f32(t73) * f32(t78);
      acc_21 += f32(t74) * f32(t78);
      acc_22 += f32(t75) * f32(t78);
      acc_23 += f32(t76) * f32(t78);
      let t79 = sa[t66 + 96];
      acc_24 += f32(t69) * f32(t79);
      acc_25 += f32(t70) * f32(t79);
      acc_26 += f32(t71) * f32(t79);
      acc_27 += f32(t72) * f32(t79);
      acc_28 += f32(t73) * f32(t79);
      acc_29 += f32(t74) * f32(t79);
      acc_30 += f32(t75) * f32(t79);
      acc_31 += f32(t76) * f32(t79);
    }
    workgroupBarrier();
  }
  let t80 = bm * 32 + (t >> 3u) * 4;
  let t81 = bm * 1024 + (t >> 3u) * 128 + (t & 7) * 4;
  if (t80 < params.M) {
    c[t81] = encode_1(bitcast<u32>(acc_0)) | (encode_1(bitcast<u32>(acc_1)) << 16u);
    c[t81 + 1] = encode_1(bitcast<u32>(acc_2)) | (encode_1(bitcast<u32>(acc_3)) << 16u);
    c[t81 + 2] = encode_1(bitcast<u32>(acc_4)) | (encode_1(bitcast<u32>(acc_5)) << 16u);
    c[t81 + 3] = encode_1(bitcast<u32>(acc_6)) | (encode_1(bitcast<u32>(acc_7)) << 16u);
  }
  if (t80 + 1 < params.M) {
    c[t81 + 32] = encode_1(bitcast<u32>(acc_8)) | (encode_1(bitcast<u32>(acc_9)) << 16u);
    c[t81 + 33] = encode_1(bitcast<u32>(acc_10)) | (encode_1(bitcast<u32>(acc_11)) << 16u);
    c[t81 + 34] = encode_1(bitcast<u32>(acc_12)) | (encode_1(bitcast<u32>(acc_13)) << 16u);
    c[t81 + 35] = encode_1(bitcast<u32>(acc_14)) | (encode_1(bitcast<u32>(acc_15)) << 16u);
  }
  if (t80 + 2 < params.M) {
    c[t81 + 64] = encode_1(bitcast<u32>(acc_16)) | (encode_1(bitcast<u32>(acc_17)) << 16u);
    c[t81 + 65] = encode_1(bitcast<u32>(acc_18)) | (encode_1(bitcast<u32>(acc_19)) << 16u);
    c[t81 + 66] = encode_1(bitcast<u32>(acc_20)) | (encode_1(bitcast<u32>(acc_21)) << 16u);
    c[t81 + 67] = encode_1(bitcast<u32>(acc_22)) | (encode_1(bitcast<u32>(acc_23)) << 16u);
  }
  if (t80 + 3 < params.M) {
    c[t81 + 96] = encode_1(bitcast<u32>(acc_24)) | (encode_1(bitcast<u32>(acc_25)) << 16u);
    c[t81 + 97] = encode_1(bitcast<u32>(acc_26)) | (encode_1(bitcast<u32>(acc_27)) << 16u);
    c[t81 + 98] = encode_1(bitcast<u32>(acc_28)) | (encode_1(bitcast<u32>(acc_29)) << 16u);
    c[t81 + 99] = encode_1(bitcast<u32>(acc_30)) | (encode_1(bitcast<u32>(acc_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  return select((x << 21u) + 0x3e000000u, bitcast<u32>(f32(x) * 0.0625f), (x < 4u));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
