// gemm_f16_u3 N = 1, K = 37; target base
// 240 lines, 83 memory accesses, 12288 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f32, 1024>;
var<workgroup> sb: array<f32, 2048>;

fn round_f16(x: f32) -> f32 {
  return unpack2x16float(pack_f16(x)).x;
}

fn pack_f16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);
  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);
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
  let t14 = unpack2x16float(select(0u, scale[0], t13)).x;
  let t15 = (t >> 3u) * 128 + (t & 7) * 4;
  let t16 = (t >> 3u) * 2;
  let t17 = (t >> 3u) * 128;
  let t18 = (t & 7) * 8;
  for (var k = 0; k < 37; k += 32) {
    let t19 = t2 + k;
    let t20 = t19 < 40;
    let t21 = t1 & t20;
    let t22 = min(t19, 36) >> 1u;
    sa[t * 8] = unpack2x16float((select(0u, a[t5 + t22], t21) >> u32(t7)) & 0xffffu).x;
    let t23 = min(t19 + 1, 36);
    let t24 = t23 >> 1u;
    let t25 = t23 & 1;
    let t26 = t6 + t25;
    let t27 = (select(0u, a[t5 + (t24 + (t26 >> 1u))], t21) >> u32((t26 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 1] = unpack2x16float(t27).x;
    let t28 = min(t19 + 2, 36) >> 1u;
    sa[t * 8 + 2] = unpack2x16float((select(0u, a[t5 + t28], t21) >> u32(t7)) & 0xffffu).x;
    let t29 = min(t19 + 3, 36);
    let t30 = t29 >> 1u;
    let t31 = t29 & 1;
    let t32 = t6 + t31;
    let t33 = (select(0u, a[t5 + (t30 + (t32 >> 1u))], t21) >> u32((t32 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 3] = unpack2x16float(t33).x;
    let t34 = min(t19 + 4, 36) >> 1u;
    sa[t * 8 + 4] = unpack2x16float((select(0u, a[t5 + t34], t21) >> u32(t7)) & 0xffffu).x;
    let t35 = t19 < 32;
    let t36 = t1 & t35;
    let t37 = min(t19 + 5, 36);
    let t38 = t37 >> 1u;
    let t39 = t37 & 1;
    let t40 = t6 + t39;
    let t41 = (select(0u, a[t5 + (t38 + (t40 >> 1u))], t36) >> u32((t40 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 5] = unpack2x16float(t41).x;
    let t42 = min(t19 + 6, 36) >> 1u;
    sa[t * 8 + 6] = unpack2x16float((select(0u, a[t5 + t42], t36) >> u32(t7)) & 0xffffu).x;
    let t43 = min(t19 + 7, 36);
    let t44 = t43 >> 1u;
    let t45 = t43 & 1;
    let t46 = t6 + t45;
    let t47 = (select(0u, a[t5 + (t44 + (t46 >> 1u))], t36) >> u32((t46 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 7] = unpack2x16float(t47).x;
    let t48 = t20 & t8;
    sa[t * 8 + 512] = unpack2x16float((select(0u, a[t10 + t22], t48) >> u32(t12)) & 0xffffu).x;
    let t49 = t11 + t25;
    let t50 = (select(0u, a[t10 + (t24 + (t49 >> 1u))], t48) >> u32((t49 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 513] = unpack2x16float(t50).x;
    sa[t * 8 + 514] = unpack2x16float((select(0u, a[t10 + t28], t48) >> u32(t12)) & 0xffffu).x;
    let t51 = t11 + t31;
    let t52 = (select(0u, a[t10 + (t30 + (t51 >> 1u))], t48) >> u32((t51 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 515] = unpack2x16float(t52).x;
    sa[t * 8 + 516] = unpack2x16float((select(0u, a[t10 + t34], t48) >> u32(t12)) & 0xffffu).x;
    let t53 = t35 & t8;
    let t54 = t11 + t39;
    let t55 = (select(0u, a[t10 + (t38 + (t54 >> 1u))], t53) >> u32((t54 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 517] = unpack2x16float(t55).x;
    sa[t * 8 + 518] = unpack2x16float((select(0u, a[t10 + t42], t53) >> u32(t12)) & 0xffffu).x;
    let t56 = t11 + t45;
    let t57 = (select(0u, a[t10 + (t44 + (t56 >> 1u))], t53) >> u32((t56 & 1) * 16)) & 0xffffu;
    sa[t * 8 + 519] = unpack2x16float(t57).x;
    let s_0 = t14;
    let s_1 = 0f;
    let s_2 = 0f;
    let s_3 = 0f;
    let s_4 = 0f;
    let s_5 = 0f;
    let s_6 = 0f;
    let s_7 = 0f;
    let t58 = t16 + k;
    let t59 = min(t58, 36);
    let t60 = (b[(t59 >> 5u) * 192 + ((t59 >> 1u) & 15) * 8] >> u32(((t59 >> 4u) & 1) * 16)) & 7u;
    sb[t15] = round_f16(round_f16(f32(select(1u, t60, t13 & (t58 < 38))) - 4f) * s_0);
    let t61 = round_f16(s_1 * -3f);
    sb[t15 + 1] = t61;
    let t62 = round_f16(s_2 * -3f);
    sb[t15 + 2] = t62;
    let t63 = round_f16(s_3 * -3f);
    sb[t15 + 3] = t63;
    let t64 = min(t58 + 1, 36);
    let t65 = (b[(t64 >> 5u) * 192 + ((t64 >> 1u) & 15) * 8] >> u32(((t64 >> 4u) & 1) * 16 + (t64 & 1) * 12)) & 7u;
    sb[t15 + 64] = round_f16(s_0 * round_f16(f32(select(1u, t65, t13 & (t58 < 36))) - 4f));
    sb[t15 + 65] = t61;
    sb[t15 + 66] = t62;
    sb[t15 + 67] = t63;
    let t66 = round_f16(s_4 * -3f);
    sb[t15 + 32] = t66;
    let t67 = round_f16(s_5 * -3f);
    sb[t15 + 33] = t67;
    let t68 = round_f16(s_6 * -3f);
    sb[t15 + 34] = t68;
    let t69 = round_f16(s_7 * -3f);
    sb[t15 + 35] = t69;
    sb[t15 + 96] = t66;
    sb[t15 + 97] = t67;
    sb[t15 + 98] = t68;
    sb[t15 + 99] = t69;
    let t70 = min(t58 + 16, 36);
    let t71 = (b[(t70 >> 5u) * 192 + ((t70 >> 1u) & 15) * 8] >> u32(((t70 >> 4u) & 1) * 16)) & 7u;
    sb[t15 + 1024] = round_f16(s_0 * round_f16(f32(select(1u, t71, t13 & (t58 < 22))) - 4f));
    sb[t15 + 1025] = t61;
    sb[t15 + 1026] = t62;
    sb[t15 + 1027] = t63;
    let t72 = min(t58 + 17, 36);
    let t73 = (b[(t72 >> 5u) * 192 + ((t72 >> 1u) & 15) * 8] >> u32(((t72 >> 4u) & 1) * 16 + (t72 & 1) * 12)) & 7u;
    sb[t15 + 1088] = round_f16(s_0 * round_f16(f32(select(1u, t73, t13 & (t58 < 20))) - 4f));
    sb[t15 + 1089] = t61;
    sb[t15 + 1090] = t62;
    sb[t15 + 1091] = t63;
    sb[t15 + 1056] = t66;
    sb[t15 + 1057] = t67;
    sb[t15 + 1058] = t68;
    sb[t15 + 1059] = t69;
    sb[t15 + 1120] = t66;
    sb[t15 + 1121] = t67;
    sb[t15 + 1122] = t68;
    sb[t15 + 1123] = t69;
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t74 = t17 + k_1;
      let t75 = sa[t74];
      let t76 = t18 + k_1 * 64;
      let t77 = sb[t76];
      acc_0 += t75 * t77;
      let t78 = sb[t76 + 1];
      acc_1 += t75 * t78;
      let t79 = sb[t76 + 2];
      acc_2 += t75 * t79;
      let t80 = sb[t76 + 3];
      acc_3 += t75 * t80;
      let t81 = sb[t76 + 4];
      acc_4 += t75 * t81;
      let t82 = sb[t76 + 5];
      acc_5 += t75 * t82;
      let t83 = sb[t76 + 6];
      acc_6 += t75 * t83;
      let t84 = sb[t76 + 7];
      acc_7 += t75 * t84;
      let t85 = sa[t74 + 32];
      acc_8 += t77 * t85;
      acc_9 += t78 * t85;
      acc_10 += t79 * t85;
      acc_11 += t80 * t85;
      acc_12 += t81 * t85;
      acc_13 += t82 * t85;
      acc_14 += t83 * t85;
      acc_15 += t84 * t85;
      let t86 = sa[t74 + 64];
      acc_16 += t77 * t86;
      acc_17 += t78 * t86;
      acc_18 += t79 * t86;
      acc_19 += t80 * t86;
      acc_20 += t81 * t86;
      acc_21 += t82 * t86;
      acc_22 += t83 * t86;
      acc_23 += t84 * t86;
      let t87 = sa[t74 + 96];
      acc_24 += t77 * t87;
      acc_25 += t78 * t87;
      acc_26 += t79 * t87;
      acc_27 += t80 * t87;
      acc_28 += t81 * t87;
      acc_29 += t82 * t87;
      acc_30 += t83 * t87;
      acc_31 += t84 * t87;
    }
    workgroupBarrier();
  }
  let t88 = bm * 16 + (t >> 3u) * 2;
  let t89 = (params.M + 1) >> 1u;
  let t90 = bm * 32 + (t >> 3u) * 4;
  if (t13 & (t88 < t89)) {
    let t91 = select(0u, encode(bitcast<u32>(acc_8)) << 16u, t13 & (t90 + 1 < params.M));
    c[t88] = select(0u, encode(bitcast<u32>(acc_0)), t13 & (t90 < params.M)) | t91;
  }
  if (t13 & (t88 + 1 < t89)) {
    let t92 = select(0u, encode(bitcast<u32>(acc_16)), t13 & (t90 + 2 < params.M));
    let t93 = select(0u, encode(bitcast<u32>(acc_24)) << 16u, t13 & (t90 + 3 < params.M));
    c[t88 + 1] = t92 | t93;
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
