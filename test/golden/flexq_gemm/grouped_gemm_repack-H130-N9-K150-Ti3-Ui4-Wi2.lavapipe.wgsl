// grouped_gemm_repack of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target lavapipe
// 235 lines, 22 memory accesses, 4224 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  let t0 = bn * 128 + (t & 3) * 2;
  let t1 = bn * 64 + (t & 3);
  let t2 = (params.M + 7) >> 3u;
  let t3 = bm * 96 + (t >> 2u) * 4;
  let t4 = bn * 1024 + (t & 3) * 8;
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
    let t13 = t4 + (j >> 3u) * 64;
    for (var g = 0; g < 2; g++) {
      var d = array<i32, 2>();
      let t14 = t3 + t2 * g * 96;
      let t15 = t13 + g * 1088;
      for (var k = 0; k < 4; k++) {
        let t16 = t14 + k;
        let t17 = q[t16 + 64];
        let t18 = t15 + k;
        let t19 = q[t16];
        let t20 = q[t16 + 32];
        for (var s_1 = 0; s_1 < 2; s_1++) {
          let t21 = t9 + s_1 < 136;
          let t22 = t18 + s_1 * 4;
          let t23 = select(0u, w[select(0, t22 + 32, t21)], t21);
          let t24 = select(0u, w[select(0, t22, t21)], t21);
          let t25 = (countOneBits(t17 & t23) << 3u) + (countOneBits(t19 & t24) + (countOneBits(t20 & t24) << 1u));
          let t26 = (countOneBits(t19 & t23) << 1u) + ((countOneBits(t20 & t23) + countOneBits(t17 & t24)) << 2u);
          d[s_1] += i32(t25 - t26);
        }
      }
      let v19 = bitcast<f32>(select(0u, s[t7 + g], t6));
      let t27 = sw[t11 + g * 65];
      acc_0 = fma(f32(d[0]), v19 * bitcast<f32>(select(0u, t27.x, t10)), acc_0);
      acc_1 = fma(f32(d[1]), v19 * bitcast<f32>(select(0u, t27.y, t10)), acc_1);
    }
    let t28 = t8 + j;
    row[t28] = max(acc_0, 0f);
    row[t28 + 1] = max(acc_1, 0f);
  }
  workgroupBarrier();
  var v = array<f32, 32>();
  for (var s_1 = 0; s_1 < 16; s_1++) {
    let t29 = t * 32 + s_1 * 2;
    v[s_1 * 2] = row[t29];
    v[s_1 * 2 + 1] = row[t29 + 1];
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
  let t30 = (t >> 2u) * 4;
  let t31 = max(bitcast<f32>(scratch[t30 + 2]), max(bitcast<f32>(scratch[t30]), bitcast<f32>(scratch[t30 + 1])));
  let v29_1 = max(bitcast<f32>(scratch[t30 + 3]), t31);
  let s_1 = max(v29_1 / 7f, 0.00001f);
  let t32 = bm * 128 + t + bn * t2 * 128;
  let t33 = bn * 4 + (t & 3);
  let t34 = t6 & (t33 < 4);
  let t35 = t6 & (t33 < 5);
  let t36 = encode(bitcast<u32>(min(max(round(v[31] / s_1), -7f), 7f)));
  let t37 = encode(bitcast<u32>(min(max(round(v[30] / s_1), -7f), 7f)));
  let t38 = encode(bitcast<u32>(min(max(round(v[29] / s_1), -7f), 7f)));
  let t39 = encode(bitcast<u32>(min(max(round(v[28] / s_1), -7f), 7f)));
  let t40 = encode(bitcast<u32>(min(max(round(v[27] / s_1), -7f), 7f)));
  let t41 = encode(bitcast<u32>(min(max(round(v[26] / s_1), -7f), 7f)));
  let t42 = encode(bitcast<u32>(min(max(round(v[25] / s_1), -7f), 7f)));
  let t43 = encode(bitcast<u32>(min(max(round(v[24] / s_1), -7f), 7f)));
  let t44 = encode(bitcast<u32>(min(max(round(v[23] / s_1), -7f), 7f)));
  let t45 = encode(bitcast<u32>(min(max(round(v[22] / s_1), -7f), 7f)));
  let t46 = encode(bitcast<u32>(min(max(round(v[21] / s_1), -7f), 7f)));
  let t47 = encode(bitcast<u32>(min(max(round(v[20] / s_1), -7f), 7f)));
  let t48 = encode(bitcast<u32>(min(max(round(v[19] / s_1), -7f), 7f)));
  let t49 = encode(bitcast<u32>(min(max(round(v[18] / s_1), -7f), 7f)));
  let t50 = encode(bitcast<u32>(min(max(round(v[17] / s_1), -7f), 7f)));
  let t51 = encode(bitcast<u32>(min(max(round(v[16] / s_1), -7f), 7f)));
  let t52 = encode(bitcast<u32>(min(max(round(v[15] / s_1), -7f), 7f)));
  let t53 = encode(bitcast<u32>(min(max(round(v[14] / s_1), -7f), 7f)));
  let t54 = encode(bitcast<u32>(min(max(round(v[13] / s_1), -7f), 7f)));
  let t55 = encode(bitcast<u32>(min(max(round(v[12] / s_1), -7f), 7f)));
  let t56 = encode(bitcast<u32>(min(max(round(v[11] / s_1), -7f), 7f)));
  let t57 = encode(bitcast<u32>(min(max(round(v[10] / s_1), -7f), 7f)));
  let t58 = encode(bitcast<u32>(min(max(round(v[9] / s_1), -7f), 7f)));
  let t59 = encode(bitcast<u32>(min(max(round(v[8] / s_1), -7f), 7f)));
  let t60 = encode(bitcast<u32>(min(max(round(v[7] / s_1), -7f), 7f)));
  let t61 = encode(bitcast<u32>(min(max(round(v[6] / s_1), -7f), 7f)));
  let t62 = encode(bitcast<u32>(min(max(round(v[5] / s_1), -7f), 7f)));
  let t63 = encode(bitcast<u32>(min(max(round(v[4] / s_1), -7f), 7f)));
  let t64 = encode(bitcast<u32>(min(max(round(v[3] / s_1), -7f), 7f)));
  let t65 = encode(bitcast<u32>(min(max(round(v[2] / s_1), -7f), 7f)));
  let t66 = encode(bitcast<u32>(min(max(round(v[0] / s_1), -7f), 7f)));
  let t67 = encode(bitcast<u32>(min(max(round(v[1] / s_1), -7f), 7f)));
  let t68 = select(0u, (t65 & 1u) << 2u, t34) | (select(0u, t66 & 1u, t35) | select(0u, (t67 & 1u) << 1u, t35));
  let t69 = select(0u, (t63 & 1u) << 4u, t34) | (select(0u, (t64 & 1u) << 3u, t34) | t68);
  let t70 = select(0u, (t61 & 1u) << 6u, t34) | (select(0u, (t62 & 1u) << 5u, t34) | t69);
  let t71 = select(0u, (t59 & 1u) << 8u, t34) | (select(0u, (t60 & 1u) << 7u, t34) | t70);
  let t72 = select(0u, (t57 & 1u) << 10u, t34) | (select(0u, (t58 & 1u) << 9u, t34) | t71);
  let t73 = select(0u, (t55 & 1u) << 12u, t34) | (select(0u, (t56 & 1u) << 11u, t34) | t72);
  let t74 = select(0u, (t53 & 1u) << 14u, t34) | (select(0u, (t54 & 1u) << 13u, t34) | t73);
  let t75 = select(0u, (t51 & 1u) << 16u, t34) | (select(0u, (t52 & 1u) << 15u, t34) | t74);
  let t76 = select(0u, (t49 & 1u) << 18u, t34) | (select(0u, (t50 & 1u) << 17u, t34) | t75);
  let t77 = select(0u, (t47 & 1u) << 20u, t34) | (select(0u, (t48 & 1u) << 19u, t34) | t76);
  let t78 = select(0u, (t45 & 1u) << 22u, t34) | (select(0u, (t46 & 1u) << 21u, t34) | t77);
  let t79 = select(0u, (t43 & 1u) << 24u, t34) | (select(0u, (t44 & 1u) << 23u, t34) | t78);
  let t80 = select(0u, (t41 & 1u) << 26u, t34) | (select(0u, (t42 & 1u) << 25u, t34) | t79);
  let t81 = select(0u, (t39 & 1u) << 28u, t34) | (select(0u, (t40 & 1u) << 27u, t34) | t80);
  let t82 = select(0u, (t37 & 1u) << 30u, t34) | (select(0u, (t38 & 1u) << 29u, t34) | t81);
  next[t32] = select(0u, t36 << 31u, t34) | t82;
  let t83 = select(0u, ((t65 >> 1u) & 1u) << 2u, t34) | (select(0u, (t66 >> 1u) & 1u, t35) | select(0u, t67 & 2u, t35));
  let t84 = select(0u, ((t63 >> 1u) & 1u) << 4u, t34) | (select(0u, ((t64 >> 1u) & 1u) << 3u, t34) | t83);
  let t85 = select(0u, ((t61 >> 1u) & 1u) << 6u, t34) | (select(0u, ((t62 >> 1u) & 1u) << 5u, t34) | t84);
  let t86 = select(0u, ((t59 >> 1u) & 1u) << 8u, t34) | (select(0u, ((t60 >> 1u) & 1u) << 7u, t34) | t85);
  let t87 = select(0u, ((t57 >> 1u) & 1u) << 10u, t34) | (select(0u, ((t58 >> 1u) & 1u) << 9u, t34) | t86);
  let t88 = select(0u, ((t55 >> 1u) & 1u) << 12u, t34) | (select(0u, ((t56 >> 1u) & 1u) << 11u, t34) | t87);
  let t89 = select(0u, ((t53 >> 1u) & 1u) << 14u, t34) | (select(0u, ((t54 >> 1u) & 1u) << 13u, t34) | t88);
  let t90 = select(0u, ((t51 >> 1u) & 1u) << 16u, t34) | (select(0u, ((t52 >> 1u) & 1u) << 15u, t34) | t89);
  let t91 = select(0u, ((t49 >> 1u) & 1u) << 18u, t34) | (select(0u, ((t50 >> 1u) & 1u) << 17u, t34) | t90);
  let t92 = select(0u, ((t47 >> 1u) & 1u) << 20u, t34) | (select(0u, ((t48 >> 1u) & 1u) << 19u, t34) | t91);
  let t93 = select(0u, ((t45 >> 1u) & 1u) << 22u, t34) | (select(0u, ((t46 >> 1u) & 1u) << 21u, t34) | t92);
  let t94 = select(0u, ((t43 >> 1u) & 1u) << 24u, t34) | (select(0u, ((t44 >> 1u) & 1u) << 23u, t34) | t93);
  let t95 = select(0u, ((t41 >> 1u) & 1u) << 26u, t34) | (select(0u, ((t42 >> 1u) & 1u) << 25u, t34) | t94);
  let t96 = select(0u, ((t39 >> 1u) & 1u) << 28u, t34) | (select(0u, ((t40 >> 1u) & 1u) << 27u, t34) | t95);
  let t97 = select(0u, ((t37 >> 1u) & 1u) << 30u, t34) | (select(0u, ((t38 >> 1u) & 1u) << 29u, t34) | t96);
  next[t32 + 32] = select(0u, (t36 >> 1u) << 31u, t34) | t97;
  let t98 = select(0u, (t66 >> 2u) & 1u, t35) | select(0u, ((t67 >> 2u) & 1u) << 1u, t35);
  let t99 = select(0u, ((t64 >> 2u) & 1u) << 3u, t34) | (select(0u, t65 & 4u, t34) | t98);
  let t100 = select(0u, ((t62 >> 2u) & 1u) << 5u, t34) | (select(0u, ((t63 >> 2u) & 1u) << 4u, t34) | t99);
  let t101 = select(0u, ((t60 >> 2u) & 1u) << 7u, t34) | (select(0u, ((t61 >> 2u) & 1u) << 6u, t34) | t100);
  let t102 = select(0u, ((t58 >> 2u) & 1u) << 9u, t34) | (select(0u, ((t59 >> 2u) & 1u) << 8u, t34) | t101);
  let t103 = select(0u, ((t56 >> 2u) & 1u) << 11u, t34) | (select(0u, ((t57 >> 2u) & 1u) << 10u, t34) | t102);
  let t104 = select(0u, ((t54 >> 2u) & 1u) << 13u, t34) | (select(0u, ((t55 >> 2u) & 1u) << 12u, t34) | t103);
  let t105 = select(0u, ((t52 >> 2u) & 1u) << 15u, t34) | (select(0u, ((t53 >> 2u) & 1u) << 14u, t34) | t104);
  let t106 = select(0u, ((t50 >> 2u) & 1u) << 17u, t34) | (select(0u, ((t51 >> 2u) & 1u) << 16u, t34) | t105);
  let t107 = select(0u, ((t48 >> 2u) & 1u) << 19u, t34) | (select(0u, ((t49 >> 2u) & 1u) << 18u, t34) | t106);
  let t108 = select(0u, ((t46 >> 2u) & 1u) << 21u, t34) | (select(0u, ((t47 >> 2u) & 1u) << 20u, t34) | t107);
  let t109 = select(0u, ((t44 >> 2u) & 1u) << 23u, t34) | (select(0u, ((t45 >> 2u) & 1u) << 22u, t34) | t108);
  let t110 = select(0u, ((t42 >> 2u) & 1u) << 25u, t34) | (select(0u, ((t43 >> 2u) & 1u) << 24u, t34) | t109);
  let t111 = select(0u, ((t40 >> 2u) & 1u) << 27u, t34) | (select(0u, ((t41 >> 2u) & 1u) << 26u, t34) | t110);
  let t112 = select(0u, ((t38 >> 2u) & 1u) << 29u, t34) | (select(0u, ((t39 >> 2u) & 1u) << 28u, t34) | t111);
  next[t32 + 64] = select(0u, (t36 >> 2u) << 31u, t34) | (select(0u, ((t37 >> 2u) & 1u) << 30u, t34) | t112);
  let t113 = select(0u, (t66 >> 3u) & 1u, t35) | select(0u, ((t67 >> 3u) & 1u) << 1u, t35);
  let t114 = select(0u, t64 & 8u, t34) | (select(0u, ((t65 >> 3u) & 1u) << 2u, t34) | t113);
  let t115 = select(0u, ((t62 >> 3u) & 1u) << 5u, t34) | (select(0u, ((t63 >> 3u) & 1u) << 4u, t34) | t114);
  let t116 = select(0u, ((t60 >> 3u) & 1u) << 7u, t34) | (select(0u, ((t61 >> 3u) & 1u) << 6u, t34) | t115);
  let t117 = select(0u, ((t58 >> 3u) & 1u) << 9u, t34) | (select(0u, ((t59 >> 3u) & 1u) << 8u, t34) | t116);
  let t118 = select(0u, ((t56 >> 3u) & 1u) << 11u, t34) | (select(0u, ((t57 >> 3u) & 1u) << 10u, t34) | t117);
  let t119 = select(0u, ((t54 >> 3u) & 1u) << 13u, t34) | (select(0u, ((t55 >> 3u) & 1u) << 12u, t34) | t118);
  let t120 = select(0u, ((t52 >> 3u) & 1u) << 15u, t34) | (select(0u, ((t53 >> 3u) & 1u) << 14u, t34) | t119);
  let t121 = select(0u, ((t50 >> 3u) & 1u) << 17u, t34) | (select(0u, ((t51 >> 3u) & 1u) << 16u, t34) | t120);
  let t122 = select(0u, ((t48 >> 3u) & 1u) << 19u, t34) | (select(0u, ((t49 >> 3u) & 1u) << 18u, t34) | t121);
  let t123 = select(0u, ((t46 >> 3u) & 1u) << 21u, t34) | (select(0u, ((t47 >> 3u) & 1u) << 20u, t34) | t122);
  let t124 = select(0u, ((t44 >> 3u) & 1u) << 23u, t34) | (select(0u, ((t45 >> 3u) & 1u) << 22u, t34) | t123);
  let t125 = select(0u, ((t42 >> 3u) & 1u) << 25u, t34) | (select(0u, ((t43 >> 3u) & 1u) << 24u, t34) | t124);
  let t126 = select(0u, ((t40 >> 3u) & 1u) << 27u, t34) | (select(0u, ((t41 >> 3u) & 1u) << 26u, t34) | t125);
  let t127 = select(0u, ((t38 >> 3u) & 1u) << 29u, t34) | (select(0u, ((t39 >> 3u) & 1u) << 28u, t34) | t126);
  next[t32 + 96] = select(0u, (t36 >> 3u) << 31u, t34) | (select(0u, ((t37 >> 3u) & 1u) << 30u, t34) | t127);
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
