// grouped_gemm_repack of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target lavapipe
// 241 lines, 26 memory accesses, 4224 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> next: array<u32>;
@group(0) @binding(6) var<storage, read_write> scale: array<u32>;
var<workgroup> row: array<f32, 1024>;
var<workgroup> scratch: array<u32, 32>;
var<private> bits_ff800000 = 0xff800000u;

fn to_i32(x: f32) -> i32 {
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(32)
fn grouped_gemm_repack(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  let t0 = bn * 128 + (t & 3) * 2;
  let t1 = bn * 64 + (t & 3);
  let t2 = bn * 1024 + (t & 3) * 8;
  let t3 = (params.M + 7) >> 3u;
  let t4 = bm * 96 + (t >> 2u) * 4;
  let t5 = bm * 8 + (t >> 2u);
  let t6 = t5 < params.M;
  let t7 = min(t5, max(params.M - 1, 0)) * 2;
  let t8 = (t >> 2u) * 128 + (t & 3) * 2;
  for (var j = 0; j < 128; j += 8) {
    let t9 = t0 + j;
    let t10 = t9 < 130;
    let t11 = min(t1 + (j >> 1u), 64);
    let t12 = bias[t11];
    var acc_0 = bitcast<f32>(select(0u, t12.x, t10));
    var acc_1 = bitcast<f32>(select(0u, t12.y, t10));
    let t13 = t9 < 136;
    let t14 = t2 + (j >> 3u) * 64;
    for (var g = 0; g < 2 + none; g++) {
      var d_0 = 0; var d_1 = 0;
      let t15 = t14 + g * 1088;
      let t16 = t4 + t3 * g * 96;
      for (var k = 0; k < 4; k++) {
        let t17 = t15 + k;
        let t18 = select(0u, w[select(0, t17 + 32, t13)], t13);
        let t19 = t16 + k;
        let t20 = q[t19 + 64];
        let t21 = select(0u, w[select(0, t17, t13)], t13);
        let t22 = q[t19];
        let t23 = q[t19 + 32];
        let t24 = (countOneBits(t18 & t20) << 3u) + (countOneBits(t21 & t22) + (countOneBits(t21 & t23) << 1u));
        let t25 = (countOneBits(t18 & t22) << 1u) + ((countOneBits(t18 & t23) + countOneBits(t21 & t20)) << 2u);
        d_0 += i32(t24 - t25);
        let t26 = select(0u, w[select(0, t17 + 36, t13)], t13);
        let t27 = select(0u, w[select(0, t17 + 4, t13)], t13);
        let t28 = (countOneBits(t20 & t26) << 3u) + (countOneBits(t22 & t27) + (countOneBits(t23 & t27) << 1u));
        let t29 = (countOneBits(t22 & t26) << 1u) + ((countOneBits(t23 & t26) + countOneBits(t20 & t27)) << 2u);
        d_1 += i32(t28 - t29);
      }
      let v19 = bitcast<f32>(select(0u, s[t7 + g], t6));
      let t30 = sw[t11 + g * 65];
      acc_0 = fma(f32(d_0), v19 * bitcast<f32>(select(0u, t30.x, t10)), acc_0);
      acc_1 = fma(f32(d_1), v19 * bitcast<f32>(select(0u, t30.y, t10)), acc_1);
    }
    let t31 = t8 + j;
    row[t31] = max(acc_0, 0f);
    row[t31 + 1] = max(acc_1, 0f);
  }
  workgroupBarrier();
  var v = array<f32, 32>();
  for (var s_1 = 0; s_1 < 8 + none; s_1++) {
    let t32 = t * 32 + s_1 * 4;
    v[s_1 * 4] = row[t32];
    v[s_1 * 4 + 1] = row[t32 + 1];
    v[s_1 * 4 + 2] = row[t32 + 2];
    v[s_1 * 4 + 3] = row[t32 + 3];
  }
  var v29 = bitcast<f32>(bits_ff800000);
  v29 = max(v29, abs(v[0]));
  v29 = max(v29, abs(v[1]));
  v29 = max(v29, abs(v[2]));
  v29 = max(v29, abs(v[3]));
  v29 = max(v29, abs(v[4]));
  v29 = max(v29, abs(v[5]));
  v29 = max(v29, abs(v[6]));
  v29 = max(v29, abs(v[7]));
  v29 = max(v29, abs(v[8]));
  v29 = max(v29, abs(v[9]));
  v29 = max(v29, abs(v[10]));
  v29 = max(v29, abs(v[11]));
  v29 = max(v29, abs(v[12]));
  v29 = max(v29, abs(v[13]));
  v29 = max(v29, abs(v[14]));
  v29 = max(v29, abs(v[15]));
  v29 = max(v29, abs(v[16]));
  v29 = max(v29, abs(v[17]));
  v29 = max(v29, abs(v[18]));
  v29 = max(v29, abs(v[19]));
  v29 = max(v29, abs(v[20]));
  v29 = max(v29, abs(v[21]));
  v29 = max(v29, abs(v[22]));
  v29 = max(v29, abs(v[23]));
  v29 = max(v29, abs(v[24]));
  v29 = max(v29, abs(v[25]));
  v29 = max(v29, abs(v[26]));
  v29 = max(v29, abs(v[27]));
  v29 = max(v29, abs(v[28]));
  v29 = max(v29, abs(v[29]));
  v29 = max(v29, abs(v[30]));
  v29 = max(v29, abs(v[31]));
  scratch[t] = bitcast<u32>(v29);
  workgroupBarrier();
  let t33 = (t >> 2u) * 4;
  let t34 = max(bitcast<f32>(scratch[t33 + 2]), max(bitcast<f32>(scratch[t33]), bitcast<f32>(scratch[t33 + 1])));
  let v29_1 = max(bitcast<f32>(scratch[t33 + 3]), t34);
  let s_1 = max(v29_1 / 7f, 0.00001f);
  let t35 = bm * 128 + t + bn * t3 * 128;
  let t36 = bn * 4 + (t & 3);
  let t37 = t6 & (t36 < 4);
  let t38 = t6 & (t36 < 5);
  let t39 = encode(bitcast<u32>(min(max(round(v[31] / s_1), -7f), 7f)));
  let t40 = encode(bitcast<u32>(min(max(round(v[30] / s_1), -7f), 7f)));
  let t41 = encode(bitcast<u32>(min(max(round(v[29] / s_1), -7f), 7f)));
  let t42 = encode(bitcast<u32>(min(max(round(v[28] / s_1), -7f), 7f)));
  let t43 = encode(bitcast<u32>(min(max(round(v[27] / s_1), -7f), 7f)));
  let t44 = encode(bitcast<u32>(min(max(round(v[26] / s_1), -7f), 7f)));
  let t45 = encode(bitcast<u32>(min(max(round(v[25] / s_1), -7f), 7f)));
  let t46 = encode(bitcast<u32>(min(max(round(v[24] / s_1), -7f), 7f)));
  let t47 = encode(bitcast<u32>(min(max(round(v[23] / s_1), -7f), 7f)));
  let t48 = encode(bitcast<u32>(min(max(round(v[22] / s_1), -7f), 7f)));
  let t49 = encode(bitcast<u32>(min(max(round(v[21] / s_1), -7f), 7f)));
  let t50 = encode(bitcast<u32>(min(max(round(v[20] / s_1), -7f), 7f)));
  let t51 = encode(bitcast<u32>(min(max(round(v[19] / s_1), -7f), 7f)));
  let t52 = encode(bitcast<u32>(min(max(round(v[18] / s_1), -7f), 7f)));
  let t53 = encode(bitcast<u32>(min(max(round(v[17] / s_1), -7f), 7f)));
  let t54 = encode(bitcast<u32>(min(max(round(v[16] / s_1), -7f), 7f)));
  let t55 = encode(bitcast<u32>(min(max(round(v[15] / s_1), -7f), 7f)));
  let t56 = encode(bitcast<u32>(min(max(round(v[14] / s_1), -7f), 7f)));
  let t57 = encode(bitcast<u32>(min(max(round(v[13] / s_1), -7f), 7f)));
  let t58 = encode(bitcast<u32>(min(max(round(v[12] / s_1), -7f), 7f)));
  let t59 = encode(bitcast<u32>(min(max(round(v[11] / s_1), -7f), 7f)));
  let t60 = encode(bitcast<u32>(min(max(round(v[10] / s_1), -7f), 7f)));
  let t61 = encode(bitcast<u32>(min(max(round(v[9] / s_1), -7f), 7f)));
  let t62 = encode(bitcast<u32>(min(max(round(v[8] / s_1), -7f), 7f)));
  let t63 = encode(bitcast<u32>(min(max(round(v[7] / s_1), -7f), 7f)));
  let t64 = encode(bitcast<u32>(min(max(round(v[6] / s_1), -7f), 7f)));
  let t65 = encode(bitcast<u32>(min(max(round(v[5] / s_1), -7f), 7f)));
  let t66 = encode(bitcast<u32>(min(max(round(v[4] / s_1), -7f), 7f)));
  let t67 = encode(bitcast<u32>(min(max(round(v[3] / s_1), -7f), 7f)));
  let t68 = encode(bitcast<u32>(min(max(round(v[2] / s_1), -7f), 7f)));
  let t69 = encode(bitcast<u32>(min(max(round(v[0] / s_1), -7f), 7f)));
  let t70 = encode(bitcast<u32>(min(max(round(v[1] / s_1), -7f), 7f)));
  let t71 = select(0u, (t68 & 1u) << 2u, t37) | (select(0u, t69 & 1u, t38) | select(0u, (t70 & 1u) << 1u, t38));
  let t72 = select(0u, (t66 & 1u) << 4u, t37) | (select(0u, (t67 & 1u) << 3u, t37) | t71);
  let t73 = select(0u, (t64 & 1u) << 6u, t37) | (select(0u, (t65 & 1u) << 5u, t37) | t72);
  let t74 = select(0u, (t62 & 1u) << 8u, t37) | (select(0u, (t63 & 1u) << 7u, t37) | t73);
  let t75 = select(0u, (t60 & 1u) << 10u, t37) | (select(0u, (t61 & 1u) << 9u, t37) | t74);
  let t76 = select(0u, (t58 & 1u) << 12u, t37) | (select(0u, (t59 & 1u) << 11u, t37) | t75);
  let t77 = select(0u, (t56 & 1u) << 14u, t37) | (select(0u, (t57 & 1u) << 13u, t37) | t76);
  let t78 = select(0u, (t54 & 1u) << 16u, t37) | (select(0u, (t55 & 1u) << 15u, t37) | t77);
  let t79 = select(0u, (t52 & 1u) << 18u, t37) | (select(0u, (t53 & 1u) << 17u, t37) | t78);
  let t80 = select(0u, (t50 & 1u) << 20u, t37) | (select(0u, (t51 & 1u) << 19u, t37) | t79);
  let t81 = select(0u, (t48 & 1u) << 22u, t37) | (select(0u, (t49 & 1u) << 21u, t37) | t80);
  let t82 = select(0u, (t46 & 1u) << 24u, t37) | (select(0u, (t47 & 1u) << 23u, t37) | t81);
  let t83 = select(0u, (t44 & 1u) << 26u, t37) | (select(0u, (t45 & 1u) << 25u, t37) | t82);
  let t84 = select(0u, (t42 & 1u) << 28u, t37) | (select(0u, (t43 & 1u) << 27u, t37) | t83);
  let t85 = select(0u, (t40 & 1u) << 30u, t37) | (select(0u, (t41 & 1u) << 29u, t37) | t84);
  next[t35] = select(0u, t39 << 31u, t37) | t85;
  let t86 = select(0u, (t68 << 1u) & 4u, t37) | (select(0u, (t69 >> 1u) & 1u, t38) | select(0u, t70 & 2u, t38));
  let t87 = select(0u, (t66 << 3u) & 16u, t37) | (select(0u, (t67 << 2u) & 8u, t37) | t86);
  let t88 = select(0u, (t64 << 5u) & 64u, t37) | (select(0u, (t65 << 4u) & 32u, t37) | t87);
  let t89 = select(0u, (t62 << 7u) & 0x100u, t37) | (select(0u, (t63 << 6u) & 128u, t37) | t88);
  let t90 = select(0u, (t60 << 9u) & 0x400u, t37) | (select(0u, (t61 << 8u) & 0x200u, t37) | t89);
  let t91 = select(0u, (t58 << 11u) & 0x1000u, t37) | (select(0u, (t59 << 10u) & 0x800u, t37) | t90);
  let t92 = select(0u, (t56 << 13u) & 0x4000u, t37) | (select(0u, (t57 << 12u) & 0x2000u, t37) | t91);
  let t93 = select(0u, (t54 << 15u) & 0x10000u, t37) | (select(0u, (t55 << 14u) & 0x8000u, t37) | t92);
  let t94 = select(0u, (t52 << 17u) & 0x40000u, t37) | (select(0u, (t53 << 16u) & 0x20000u, t37) | t93);
  let t95 = select(0u, (t50 << 19u) & 0x100000u, t37) | (select(0u, (t51 << 18u) & 0x80000u, t37) | t94);
  let t96 = select(0u, (t48 << 21u) & 0x400000u, t37) | (select(0u, (t49 << 20u) & 0x200000u, t37) | t95);
  let t97 = select(0u, (t46 << 23u) & 0x1000000u, t37) | (select(0u, (t47 << 22u) & 0x800000u, t37) | t96);
  let t98 = select(0u, (t44 << 25u) & 0x4000000u, t37) | (select(0u, (t45 << 24u) & 0x2000000u, t37) | t97);
  let t99 = select(0u, (t42 << 27u) & 0x10000000u, t37) | (select(0u, (t43 << 26u) & 0x8000000u, t37) | t98);
  let t100 = select(0u, (t40 << 29u) & 0x40000000u, t37) | (select(0u, (t41 << 28u) & 0x20000000u, t37) | t99);
  next[t35 + 32] = select(0u, (t39 << 30u) & 0x80000000u, t37) | t100;
  let t101 = select(0u, (t69 >> 2u) & 1u, t38) | select(0u, (t70 >> 1u) & 2u, t38);
  let t102 = select(0u, (t67 << 1u) & 8u, t37) | (select(0u, t68 & 4u, t37) | t101);
  let t103 = select(0u, (t65 << 3u) & 32u, t37) | (select(0u, (t66 << 2u) & 16u, t37) | t102);
  let t104 = select(0u, (t63 << 5u) & 128u, t37) | (select(0u, (t64 << 4u) & 64u, t37) | t103);
  let t105 = select(0u, (t61 << 7u) & 0x200u, t37) | (select(0u, (t62 << 6u) & 0x100u, t37) | t104);
  let t106 = select(0u, (t59 << 9u) & 0x800u, t37) | (select(0u, (t60 << 8u) & 0x400u, t37) | t105);
  let t107 = select(0u, (t57 << 11u) & 0x2000u, t37) | (select(0u, (t58 << 10u) & 0x1000u, t37) | t106);
  let t108 = select(0u, (t55 << 13u) & 0x8000u, t37) | (select(0u, (t56 << 12u) & 0x4000u, t37) | t107);
  let t109 = select(0u, (t53 << 15u) & 0x20000u, t37) | (select(0u, (t54 << 14u) & 0x10000u, t37) | t108);
  let t110 = select(0u, (t51 << 17u) & 0x80000u, t37) | (select(0u, (t52 << 16u) & 0x40000u, t37) | t109);
  let t111 = select(0u, (t49 << 19u) & 0x200000u, t37) | (select(0u, (t50 << 18u) & 0x100000u, t37) | t110);
  let t112 = select(0u, (t47 << 21u) & 0x800000u, t37) | (select(0u, (t48 << 20u) & 0x400000u, t37) | t111);
  let t113 = select(0u, (t45 << 23u) & 0x2000000u, t37) | (select(0u, (t46 << 22u) & 0x1000000u, t37) | t112);
  let t114 = select(0u, (t43 << 25u) & 0x8000000u, t37) | (select(0u, (t44 << 24u) & 0x4000000u, t37) | t113);
  let t115 = select(0u, (t41 << 27u) & 0x20000000u, t37) | (select(0u, (t42 << 26u) & 0x10000000u, t37) | t114);
  next[t35 + 64] = select(0u, (t39 << 29u) & 0x80000000u, t37) | (select(0u, (t40 << 28u) & 0x40000000u, t37) | t115);
  let t116 = select(0u, (t69 >> 3u) & 1u, t38) | select(0u, (t70 >> 2u) & 2u, t38);
  let t117 = select(0u, t67 & 8u, t37) | (select(0u, (t68 >> 1u) & 4u, t37) | t116);
  let t118 = select(0u, (t65 << 2u) & 32u, t37) | (select(0u, (t66 << 1u) & 16u, t37) | t117);
  let t119 = select(0u, (t63 << 4u) & 128u, t37) | (select(0u, (t64 << 3u) & 64u, t37) | t118);
  let t120 = select(0u, (t61 << 6u) & 0x200u, t37) | (select(0u, (t62 << 5u) & 0x100u, t37) | t119);
  let t121 = select(0u, (t59 << 8u) & 0x800u, t37) | (select(0u, (t60 << 7u) & 0x400u, t37) | t120);
  let t122 = select(0u, (t57 << 10u) & 0x2000u, t37) | (select(0u, (t58 << 9u) & 0x1000u, t37) | t121);
  let t123 = select(0u, (t55 << 12u) & 0x8000u, t37) | (select(0u, (t56 << 11u) & 0x4000u, t37) | t122);
  let t124 = select(0u, (t53 << 14u) & 0x20000u, t37) | (select(0u, (t54 << 13u) & 0x10000u, t37) | t123);
  let t125 = select(0u, (t51 << 16u) & 0x80000u, t37) | (select(0u, (t52 << 15u) & 0x40000u, t37) | t124);
  let t126 = select(0u, (t49 << 18u) & 0x200000u, t37) | (select(0u, (t50 << 17u) & 0x100000u, t37) | t125);
  let t127 = select(0u, (t47 << 20u) & 0x800000u, t37) | (select(0u, (t48 << 19u) & 0x400000u, t37) | t126);
  let t128 = select(0u, (t45 << 22u) & 0x2000000u, t37) | (select(0u, (t46 << 21u) & 0x1000000u, t37) | t127);
  let t129 = select(0u, (t43 << 24u) & 0x8000000u, t37) | (select(0u, (t44 << 23u) & 0x4000000u, t37) | t128);
  let t130 = select(0u, (t41 << 26u) & 0x20000000u, t37) | (select(0u, (t42 << 25u) & 0x10000000u, t37) | t129);
  next[t35 + 96] = select(0u, (t39 << 28u) & 0x80000000u, t37) | (select(0u, (t40 << 27u) & 0x40000000u, t37) | t130);
  if ((t & 3) == 0) {
    if (t6) {
      scale[bn + bm * 16 + (t >> 2u) * 2] = bitcast<u32>(s_1);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = bitcast<f32>(min(x & 0x7fffffffu, 0x4f000000u) | (x & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x & 0x7fffffffu) >= 0x7f800001u));
  return u32(min(max(i32(t1), -8), 7));
}
