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
var<workgroup> s4: array<f16, 1024>;
var<workgroup> s5: array<f16, 2048>;

fn to_f32(x: u32) -> f32 {
  return f32(x >> 16u) * 65536f + f32(x & 0xffffu);
}

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
  var v7_0 = 0f; var v7_1 = 0f; var v7_2 = 0f; var v7_3 = 0f; var v7_4 = 0f; var v7_5 = 0f;
  var v7_6 = 0f; var v7_7 = 0f; var v7_8 = 0f; var v7_9 = 0f; var v7_10 = 0f; var v7_11 = 0f;
  var v7_12 = 0f; var v7_13 = 0f; var v7_14 = 0f; var v7_15 = 0f; var v7_16 = 0f; var v7_17 = 0f;
  var v7_18 = 0f; var v7_19 = 0f; var v7_20 = 0f; var v7_21 = 0f; var v7_22 = 0f; var v7_23 = 0f;
  var v7_24 = 0f; var v7_25 = 0f; var v7_26 = 0f; var v7_27 = 0f; var v7_28 = 0f; var v7_29 = 0f;
  var v7_30 = 0f; var v7_31 = 0f;
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
    s4[t * 8] = f16(unpack2x16float(t19).x);
    s4[t * 8 + 1] = f16(unpack2x16float(t19).y);
    let t20 = select(0u, t18.y, t1);
    s4[t * 8 + 2] = f16(unpack2x16float(t20).x);
    s4[t * 8 + 3] = f16(unpack2x16float(t20).y);
    let t21 = select(0u, t18.z, t1);
    s4[t * 8 + 4] = f16(unpack2x16float(t21).x);
    s4[t * 8 + 5] = f16(unpack2x16float(t21).y);
    let t22 = select(0u, t18.w, t1);
    s4[t * 8 + 6] = f16(unpack2x16float(t22).x);
    s4[t * 8 + 7] = f16(unpack2x16float(t22).y);
    let t23 = a[t5 + (k >> 3u)];
    let t24 = select(0u, t23.x, t4);
    s4[t * 8 + 512] = f16(unpack2x16float(t24).x);
    s4[t * 8 + 513] = f16(unpack2x16float(t24).y);
    let t25 = select(0u, t23.y, t4);
    s4[t * 8 + 514] = f16(unpack2x16float(t25).x);
    s4[t * 8 + 515] = f16(unpack2x16float(t25).y);
    let t26 = select(0u, t23.z, t4);
    s4[t * 8 + 516] = f16(unpack2x16float(t26).x);
    s4[t * 8 + 517] = f16(unpack2x16float(t26).y);
    let t27 = select(0u, t23.w, t4);
    s4[t * 8 + 518] = f16(unpack2x16float(t27).x);
    s4[t * 8 + 519] = f16(unpack2x16float(t27).y);
    let v12_0 = t7;
    let v12_1 = t8;
    let v12_2 = t9;
    let v12_3 = t10;
    let v12_4 = t11;
    let v12_5 = t12;
    let v12_6 = t13;
    let v12_7 = t14;
    let t28 = t + (k >> 5u) * 192;
    let t29 = b[t28];
    s5[t15] = f16(bitcast<f32>(encode(t29.x & 31u) | ((t29.x >> 5u) << 31u))) * v12_0;
    let t30 = bitcast<f32>(encode((t29.x >> 6u) & 31u) | ((t29.x >> 11u) << 31u));
    s5[t15 + 1] = f16(t30) * v12_1;
    let t31 = bitcast<f32>(encode((t29.x >> 12u) & 31u) | ((t29.x >> 17u) << 31u));
    s5[t15 + 2] = f16(t31) * v12_2;
    let t32 = bitcast<f32>(encode((t29.x >> 18u) & 31u) | ((t29.x >> 23u) << 31u));
    s5[t15 + 3] = f16(t32) * v12_3;
    let t33 = bitcast<f32>(encode((t29.x >> 24u) & 31u) | ((t29.x >> 29u) << 31u));
    s5[t15 + 4] = f16(t33) * v12_4;
    let t34 = (t29.x >> 30u) | ((t29.y & 7u) << 2u);
    let t35 = select((((t29.x >> 30u) << 21u) | ((t29.y & 7u) << 23u)) + 0x3e000000u, bitcast<u32>(f32(t34) * 0.0625f), (t34 < 4u));
    s5[t15 + 5] = f16(bitcast<f32>(t35 | ((t29.y >> 3u) << 31u))) * v12_5;
    let t36 = bitcast<f32>(encode((t29.y >> 4u) & 31u) | ((t29.y >> 9u) << 31u));
    s5[t15 + 6] = f16(t36) * v12_6;
    let t37 = bitcast<f32>(encode((t29.y >> 10u) & 31u) | ((t29.y >> 15u) << 31u));
    s5[t15 + 7] = f16(t37) * v12_7;
    let t38 = bitcast<f32>(encode((t29.y >> 16u) & 31u) | ((t29.y >> 21u) << 31u));
    s5[t15 + 64] = v12_0 * f16(t38);
    let t39 = bitcast<f32>(encode((t29.y >> 22u) & 31u) | ((t29.y >> 27u) << 31u));
    s5[t15 + 65] = v12_1 * f16(t39);
    let t40 = b[t28 + 64];
    let t41 = (t29.y >> 28u) | ((t40.x & 1u) << 4u);
    let t42 = select((((t29.y >> 28u) << 21u) | ((t40.x & 1u) << 25u)) + 0x3e000000u, bitcast<u32>(f32(t41) * 0.0625f), (t41 < 4u));
    s5[t15 + 66] = v12_2 * f16(bitcast<f32>(t42 | ((t40.x >> 1u) << 31u)));
    let t43 = bitcast<f32>(encode((t40.x >> 2u) & 31u) | ((t40.x >> 7u) << 31u));
    s5[t15 + 67] = v12_3 * f16(t43);
    let t44 = bitcast<f32>(encode((t40.x >> 8u) & 31u) | ((t40.x >> 13u) << 31u));
    s5[t15 + 68] = v12_4 * f16(t44);
    let t45 = bitcast<f32>(encode((t40.x >> 14u) & 31u) | ((t40.x >> 19u) << 31u));
    s5[t15 + 69] = v12_5 * f16(t45);
    let t46 = bitcast<f32>(encode((t40.x >> 20u) & 31u) | ((t40.x >> 25u) << 31u));
    s5[t15 + 70] = v12_6 * f16(t46);
    let t47 = bitcast<f32>(encode((t40.x >> 26u) & 31u) | (t40.x & 0x80000000u));
    s5[t15 + 71] = v12_7 * f16(t47);
    s5[t15 + 128] = v12_0 * f16(bitcast<f32>(encode(t40.y & 31u) | ((t40.y >> 5u) << 31u)));
    let t48 = bitcast<f32>(encode((t40.y >> 6u) & 31u) | ((t40.y >> 11u) << 31u));
    s5[t15 + 129] = v12_1 * f16(t48);
    let t49 = bitcast<f32>(encode((t40.y >> 12u) & 31u) | ((t40.y >> 17u) << 31u));
    s5[t15 + 130] = v12_2 * f16(t49);
    let t50 = bitcast<f32>(encode((t40.y >> 18u) & 31u) | ((t40.y >> 23u) << 31u));
    s5[t15 + 131] = v12_3 * f16(t50);
    let t51 = bitcast<f32>(encode((t40.y >> 24u) & 31u) | ((t40.y >> 29u) << 31u));
    s5[t15 + 132] = v12_4 * f16(t51);
    let t52 = b[t28 + 128];
    let t53 = (t40.y >> 30u) | ((t52.x & 7u) << 2u);
    let t54 = select((((t40.y >> 30u) << 21u) | ((t52.x & 7u) << 23u)) + 0x3e000000u, bitcast<u32>(f32(t53) * 0.0625f), (t53 < 4u));
    s5[t15 + 133] = v12_5 * f16(bitcast<f32>(t54 | ((t52.x >> 3u) << 31u)));
    let t55 = bitcast<f32>(encode((t52.x >> 4u) & 31u) | ((t52.x >> 9u) << 31u));
    s5[t15 + 134] = v12_6 * f16(t55);
    let t56 = bitcast<f32>(encode((t52.x >> 10u) & 31u) | ((t52.x >> 15u) << 31u));
    s5[t15 + 135] = v12_7 * f16(t56);
    let t57 = bitcast<f32>(encode((t52.x >> 16u) & 31u) | ((t52.x >> 21u) << 31u));
    s5[t15 + 192] = v12_0 * f16(t57);
    let t58 = bitcast<f32>(encode((t52.x >> 22u) & 31u) | ((t52.x >> 27u) << 31u));
    s5[t15 + 193] = v12_1 * f16(t58);
    let t59 = (t52.x >> 28u) | ((t52.y & 1u) << 4u);
    let t60 = select((((t52.x >> 28u) << 21u) | ((t52.y & 1u) << 25u)) + 0x3e000000u, bitcast<u32>(f32(t59) * 0.0625f), (t59 < 4u));
    s5[t15 + 194] = v12_2 * f16(bitcast<f32>(t60 | ((t52.y >> 1u) << 31u)));
    let t61 = bitcast<f32>(encode((t52.y >> 2u) & 31u) | ((t52.y >> 7u) << 31u));
    s5[t15 + 195] = v12_3 * f16(t61);
    let t62 = bitcast<f32>(encode((t52.y >> 8u) & 31u) | ((t52.y >> 13u) << 31u));
    s5[t15 + 196] = v12_4 * f16(t62);
    let t63 = bitcast<f32>(encode((t52.y >> 14u) & 31u) | ((t52.y >> 19u) << 31u));
    s5[t15 + 197] = v12_5 * f16(t63);
    let t64 = bitcast<f32>(encode((t52.y >> 20u) & 31u) | ((t52.y >> 25u) << 31u));
    s5[t15 + 198] = v12_6 * f16(t64);
    let t65 = bitcast<f32>(encode((t52.y >> 26u) & 31u) | (t52.y & 0x80000000u));
    s5[t15 + 199] = v12_7 * f16(t65);
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t66 = t16 + k_1;
      let t67 = s4[t66];
      let t68 = t17 + k_1 * 64;
      let t69 = s5[t68];
      v7_0 += f32(t67) * f32(t69);
      let t70 = s5[t68 + 1];
      v7_1 += f32(t67) * f32(t70);
      let t71 = s5[t68 + 2];
      v7_2 += f32(t67) * f32(t71);
      let t72 = s5[t68 + 3];
      v7_3 += f32(t67) * f32(t72);
      let t73 = s5[t68 + 4];
      v7_4 += f32(t67) * f32(t73);
      let t74 = s5[t68 + 5];
      v7_5 += f32(t67) * f32(t74);
      let t75 = s5[t68 + 6];
      v7_6 += f32(t67) * f32(t75);
      let t76 = s5[t68 + 7];
      v7_7 += f32(t67) * f32(t76);
      let t77 = s4[t66 + 32];
      v7_8 += f32(t69) * f32(t77);
      v7_9 += f32(t70) * f32(t77);
      v7_10 += f32(t71) * f32(t77);
      v7_11 += f32(t72) * f32(t77);
      v7_12 += f32(t73) * f32(t77);
      v7_13 += f32(t74) * f32(t77);
      v7_14 += f32(t75) * f32(t77);
      v7_15 += f32(t76) * f32(t77);
      let t78 = s4[t66 + 64];
      v7_16 += f32(t69) * f32(t78);
      v7_17 += f32(t70) * f32(t78);
      v7_18 += f32(t71) * f32(t78);
      v7_19 += f32(t72) * f32(t78);
      v7_20 += f32(t73) * f32(t78);
      v7_21 += f32(t74) * f32(t78);
      v7_22 += f32(t75) * f32(t78);
      v7_23 += f32(t76) * f32(t78);
      let t79 = s4[t66 + 96];
      v7_24 += f32(t69) * f32(t79);
      v7_25 += f32(t70) * f32(t79);
      v7_26 += f32(t71) * f32(t79);
      v7_27 += f32(t72) * f32(t79);
      v7_28 += f32(t73) * f32(t79);
      v7_29 += f32(t74) * f32(t79);
      v7_30 += f32(t75) * f32(t79);
      v7_31 += f32(t76) * f32(t79);
    }
    workgroupBarrier();
  }
  let t80 = bm * 32 + (t >> 3u) * 4;
  if (t80 < params.M) {
    let t81 = (t & 7) * 4 + min(t2, t80) * 32;
    c[t81] = encode_1(bitcast<u32>(v7_0)) | (encode_1(bitcast<u32>(v7_1)) << 16u);
    c[t81 + 1] = encode_1(bitcast<u32>(v7_2)) | (encode_1(bitcast<u32>(v7_3)) << 16u);
    c[t81 + 2] = encode_1(bitcast<u32>(v7_4)) | (encode_1(bitcast<u32>(v7_5)) << 16u);
    c[t81 + 3] = encode_1(bitcast<u32>(v7_6)) | (encode_1(bitcast<u32>(v7_7)) << 16u);
  }
  if (t80 + 1 < params.M) {
    let t82 = (t & 7) * 4 + min(t2, t80 + 1) * 32;
    c[t82] = encode_1(bitcast<u32>(v7_8)) | (encode_1(bitcast<u32>(v7_9)) << 16u);
    c[t82 + 1] = encode_1(bitcast<u32>(v7_10)) | (encode_1(bitcast<u32>(v7_11)) << 16u);
    c[t82 + 2] = encode_1(bitcast<u32>(v7_12)) | (encode_1(bitcast<u32>(v7_13)) << 16u);
    c[t82 + 3] = encode_1(bitcast<u32>(v7_14)) | (encode_1(bitcast<u32>(v7_15)) << 16u);
  }
  if (t80 + 2 < params.M) {
    let t83 = (t & 7) * 4 + min(t2, t80 + 2) * 32;
    c[t83] = encode_1(bitcast<u32>(v7_16)) | (encode_1(bitcast<u32>(v7_17)) << 16u);
    c[t83 + 1] = encode_1(bitcast<u32>(v7_18)) | (encode_1(bitcast<u32>(v7_19)) << 16u);
    c[t83 + 2] = encode_1(bitcast<u32>(v7_20)) | (encode_1(bitcast<u32>(v7_21)) << 16u);
    c[t83 + 3] = encode_1(bitcast<u32>(v7_22)) | (encode_1(bitcast<u32>(v7_23)) << 16u);
  }
  if (t80 + 3 < params.M) {
    let t84 = (t & 7) * 4 + min(t2, t80 + 3) * 32;
    c[t84] = encode_1(bitcast<u32>(v7_24)) | (encode_1(bitcast<u32>(v7_25)) << 16u);
    c[t84 + 1] = encode_1(bitcast<u32>(v7_26)) | (encode_1(bitcast<u32>(v7_27)) << 16u);
    c[t84 + 2] = encode_1(bitcast<u32>(v7_28)) | (encode_1(bitcast<u32>(v7_29)) << 16u);
    c[t84 + 3] = encode_1(bitcast<u32>(v7_30)) | (encode_1(bitcast<u32>(v7_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  return select((x << 21u) + 0x3e000000u, bitcast<u32>(to_f32(x) * 0.0625f), (x < 4u));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
