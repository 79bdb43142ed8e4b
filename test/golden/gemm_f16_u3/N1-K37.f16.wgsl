// gemm_f16_u3 N = 1, K = 37; target f16
// 243 lines, 83 memory accesses, 6144 bytes of workgroup memory
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
  let t2 = (t & 3) * 8;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t0, t3);
  let t5 = t4 * 18 + (t4 >> 1u);
  let t6 = t4 & 1;
  let t7 = t6 * 16;
  let t8 = t0 + 16 < params.M;
  let t9 = min(t3, t0 + 16);
  let t10 = t9 * 18 + (t9 >> 1u);
  let t11 = t9 & 1;
  let t12 = t11 * 16;
  let t13 = (t & 7) == 0;
  let t14 = f16(unpack2x16float(select(0u, scale[0], t13)).x);
  let t15 = (t >> 3u) * 128 + (t & 7) * 4;
  let t16 = (t >> 3u) * 2;
  let t17 = (t >> 3u) * 128;
  let t18 = (t & 7) * 8;
  for (var k = 0; k < 37; k += 32) {
    let t19 = t2 + k;
    let t20 = t19 < 40;
    let t21 = t1 & t20;
    let t22 = min(t19, 36) >> 1u;
    let t23 = unpack2x16float((select(0u, a[t5 + t22], t21) >> u32(t7)) & 0xffffu).x;
    sa[t * 8] = f16(t23);
    let t24 = min(t19 + 1, 36);
    let t25 = t24 >> 1u;
    let t26 = t24 & 1;
    let t27 = t6 + t26;
    let t28 = (select(0u, a[t5 + (t25 + (t27 >> 1u))], t21) >> u32((t27 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 1] = f16(unpack2x16float(t28).x);
    let t29 = min(t19 + 2, 36) >> 1u;
    let t30 = unpack2x16float((select(0u, a[t5 + t29], t21) >> u32(t7)) & 0xffffu).x;
    sa[t * 8 + 2] = f16(t30);
    let t31 = min(t19 + 3, 36);
    let t32 = t31 >> 1u;
    let t33 = t31 & 1;
    let t34 = t6 + t33;
    let t35 = (select(0u, a[t5 + (t32 + (t34 >> 1u))], t21) >> u32((t34 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 3] = f16(unpack2x16float(t35).x);
    let t36 = min(t19 + 4, 36) >> 1u;
    let t37 = unpack2x16float((select(0u, a[t5 + t36], t21) >> u32(t7)) & 0xffffu).x;
    sa[t * 8 + 4] = f16(t37);
    let t38 = t19 < 32;
    let t39 = t1 & t38;
    let t40 = min(t19 + 5, 36);
    let t41 = t40 >> 1u;
    let t42 = t40 & 1;
    let t43 = t6 + t42;
    let t44 = (select(0u, a[t5 + (t41 + (t43 >> 1u))], t39) >> u32((t43 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 5] = f16(unpack2x16float(t44).x);
    let t45 = min(t19 + 6, 36) >> 1u;
    let t46 = unpack2x16float((select(0u, a[t5 + t45], t39) >> u32(t7)) & 0xffffu).x;
    sa[t * 8 + 6] = f16(t46);
    let t47 = min(t19 + 7, 36);
    let t48 = t47 >> 1u;
    let t49 = t47 & 1;
    let t50 = t6 + t49;
    let t51 = (select(0u, a[t5 + (t48 + (t50 >> 1u))], t39) >> u32((t50 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 7] = f16(unpack2x16float(t51).x);
    let t52 = t20 & t8;
    let t53 = unpack2x16float((select(0u, a[t10 + t22], t52) >> u32(t12)) & 0xffffu).x;
    sa[t * 8 + 512] = f16(t53);
    let t54 = t11 + t26;
    let t55 = (select(0u, a[t10 + (t25 + (t54 >> 1u))], t52) >> u32((t54 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 513] = f16(unpack2x16float(t55).x);
    let t56 = unpack2x16float((select(0u, a[t10 + t29], t52) >> u32(t12)) & 0xffffu).x;
    sa[t * 8 + 514] = f16(t56);
    let t57 = t11 + t33;
    let t58 = (select(0u, a[t10 + (t32 + (t57 >> 1u))], t52) >> u32((t57 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 515] = f16(unpack2x16float(t58).x);
    let t59 = unpack2x16float((select(0u, a[t10 + t36], t52) >> u32(t12)) & 0xffffu).x;
    sa[t * 8 + 516] = f16(t59);
    let t60 = t38 & t8;
    let t61 = t11 + t42;
    let t62 = (select(0u, a[t10 + (t41 + (t61 >> 1u))], t60) >> u32((t61 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 517] = f16(unpack2x16float(t62).x);
    let t63 = unpack2x16float((select(0u, a[t10 + t45], t60) >> u32(t12)) & 0xffffu).x;
    sa[t * 8 + 518] = f16(t63);
    let t64 = t11 + t49;
    let t65 = (select(0u, a[t10 + (t48 + (t64 >> 1u))], t60) >> u32((t64 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 519] = f16(unpack2x16float(t65).x);
    let s_0 = t14;
    let s_1 = 0h;
    let s_2 = 0h;
    let s_3 = 0h;
    let s_4 = 0h;
    let s_5 = 0h;
    let s_6 = 0h;
    let s_7 = 0h;
    let t66 = t16 + k;
    let t67 = min(t66, 36);
    let t68 = (b[(t67 >> 5u) * 192 + ((t67 >> 1u) & 15) * 8] >> u32(((t67 >> 4u) & 1) * 16)) & 7u;
    let t69 = (bitcast<vec2<f16>>(select(1u, t68, t13 & (t66 < 38)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t15] = t69 * s_0;
    let t70 = s_1 * -3h;
    sb[t15 + 1] = t70;
    let t71 = s_2 * -3h;
    sb[t15 + 2] = t71;
    let t72 = s_3 * -3h;
    sb[t15 + 3] = t72;
    let t73 = min(t66 + 1, 36);
    let t74 = (b[(t73 >> 5u) * 192 + ((t73 >> 1u) & 15) * 8] >> u32(((t73 >> 4u) & 1) * 16 + (t73 & 1) * 12)) & 7u;
    let t75 = (bitcast<vec2<f16>>(select(1u, t74, t13 & (t66 < 36)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t15 + 64] = s_0 * t75;
    sb[t15 + 65] = t70;
    sb[t15 + 66] = t71;
    sb[t15 + 67] = t72;
    let t76 = s_4 * -3h;
    sb[t15 + 32] = t76;
    let t77 = s_5 * -3h;
    sb[t15 + 33] = t77;
    let t78 = s_6 * -3h;
    sb[t15 + 34] = t78;
    let t79 = s_7 * -3h;
    sb[t15 + 35] = t79;
    sb[t15 + 96] = t76;
    sb[t15 + 97] = t77;
    sb[t15 + 98] = t78;
    sb[t15 + 99] = t79;
    let t80 = min(t66 + 16, 36);
    let t81 = (b[(t80 >> 5u) * 192 + ((t80 >> 1u) & 15) * 8] >> u32(((t80 >> 4u) & 1) * 16)) & 7u;
    let t82 = (bitcast<vec2<f16>>(select(1u, t81, t13 & (t66 < 22)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t15 + 1024] = s_0 * t82;
    sb[t15 + 1025] = t70;
    sb[t15 + 1026] = t71;
    sb[t15 + 1027] = t72;
    let t83 = min(t66 + 17, 36);
    let t84 = (b[(t83 >> 5u) * 192 + ((t83 >> 1u) & 15) * 8] >> u32(((t83 >> 4u) & 1) * 16 + (t83 & 1) * 12)) & 7u;
    let t85 = (bitcast<vec2<f16>>(select(1u, t84, t13 & (t66 < 20)) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
    sb[t15 + 1088] = s_0 * t85;
    sb[t15 + 1089] = t70;
    sb[t15 + 1090] = t71;
    sb[t15 + 1091] = t72;
    sb[t15 + 1056] = t76;
    sb[t15 + 1057] = t77;
    sb[t15 + 1058] = t78;
    sb[t15 + 1059] = t79;
    sb[t15 + 1120] = t76;
    sb[t15 + 1121] = t77;
    sb[t15 + 1122] = t78;
    sb[t15 + 1123] = t79;
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t86 = t17 + k_1;
      let t87 = sa[t86];
      let t88 = t18 + k_1 * 64;
      let t89 = sb[t88];
      acc_0 += f32(t87) * f32(t89);
      let t90 = sb[t88 + 1];
      acc_1 += f32(t87) * f32(t90);
      let t91 = sb[t88 + 2];
      acc_2 += f32(t87) * f32(t91);
      let t92 = sb[t88 + 3];
      acc_3 += f32(t87) * f32(t92);
      let t93 = sb[t88 + 4];
      acc_4 += f32(t87) * f32(t93);
      let t94 = sb[t88 + 5];
      acc_5 += f32(t87) * f32(t94);
      let t95 = sb[t88 + 6];
      acc_6 += f32(t87) * f32(t95);
      let t96 = sb[t88 + 7];
      acc_7 += f32(t87) * f32(t96);
      let t97 = sa[t86 + 32];
      acc_8 += f32(t89) * f32(t97);
      acc_9 += f32(t90) * f32(t97);
      acc_10 += f32(t91) * f32(t97);
      acc_11 += f32(t92) * f32(t97);
      acc_12 += f32(t93) * f32(t97);
      acc_13 += f32(t94) * f32(t97);
      acc_14 += f32(t95) * f32(t97);
      acc_15 += f32(t96) * f32(t97);
      let t98 = sa[t86 + 64];
      acc_16 += f32(t89) * f32(t98);
      acc_17 += f32(t90) * f32(t98);
      acc_18 += f32(t91) * f32(t98);
      acc_19 += f32(t92) * f32(t98);
      acc_20 += f32(t93) * f32(t98);
      acc_21 += f32(t94) * f32(t98);
      acc_22 += f32(t95) * f32(t98);
      acc_23 += f32(t96) * f32(t98);
      let t99 = sa[t86 + 96];
      acc_24 += f32(t89) * f32(t99);
      acc_25 += f32(t90) * f32(t99);
      acc_26 += f32(t91) * f32(t99);
      acc_27 += f32(t92) * f32(t99);
      acc_28 += f32(t93) * f32(t99);
      acc_29 += f32(t94) * f32(t99);
      acc_30 += f32(t95) * f32(t99);
      acc_31 += f32(t96) * f32(t99);
    }
    workgroupBarrier();
  }
  let t100 = bm * 16 + (t >> 3u) * 2;
  let t101 = (params.M + 1) >> 1u;
  let t102 = bm * 32 + (t >> 3u) * 4;
  if (t13 & (t100 < t101)) {
    let t103 = select(0u, encode(bitcast<u32>(acc_8)) << 16u, t13 & (t102 + 1 < params.M));
    c[t100] = select(0u, encode(bitcast<u32>(acc_0)), t13 & (t102 < params.M)) | t103;
  }
  if (t13 & (t100 + 1 < t101)) {
    let t104 = select(0u, encode(bitcast<u32>(acc_16)), t13 & (t102 + 2 < params.M));
    let t105 = select(0u, encode(bitcast<u32>(acc_24)) << 16u, t13 & (t102 + 3 < params.M));
    c[t100 + 1] = t104 | t105;
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
