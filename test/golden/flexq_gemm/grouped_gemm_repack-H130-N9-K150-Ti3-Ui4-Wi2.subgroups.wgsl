// grouped_gemm_repack of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target subgroups
// 264 lines, 49 memory accesses, 4096 bytes of workgroup memory
enable subgroups;

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
var<private> bits_ff800000 = 0xff800000u;

fn to_i32(x: f32) -> i32 {
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(32)
fn grouped_gemm_repack(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % 2u);
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
    for (var g = 0; g < 2; g++) {
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
  let v_0 = row[t * 32];
  let v_1 = row[t * 32 + 1];
  let v_2 = row[t * 32 + 2];
  let v_3 = row[t * 32 + 3];
  let v_4 = row[t * 32 + 4];
  let v_5 = row[t * 32 + 5];
  let v_6 = row[t * 32 + 6];
  let v_7 = row[t * 32 + 7];
  let v_8 = row[t * 32 + 8];
  let v_9 = row[t * 32 + 9];
  let v_10 = row[t * 32 + 10];
  let v_11 = row[t * 32 + 11];
  let v_12 = row[t * 32 + 12];
  let v_13 = row[t * 32 + 13];
  let v_14 = row[t * 32 + 14];
  let v_15 = row[t * 32 + 15];
  let v_16 = row[t * 32 + 16];
  let v_17 = row[t * 32 + 17];
  let v_18 = row[t * 32 + 18];
  let v_19 = row[t * 32 + 19];
  let v_20 = row[t * 32 + 20];
  let v_21 = row[t * 32 + 21];
  let v_22 = row[t * 32 + 22];
  let v_23 = row[t * 32 + 23];
  let v_24 = row[t * 32 + 24];
  let v_25 = row[t * 32 + 25];
  let v_26 = row[t * 32 + 26];
  let v_27 = row[t * 32 + 27];
  let v_28 = row[t * 32 + 28];
  let v_29 = row[t * 32 + 29];
  let v_30 = row[t * 32 + 30];
  let v_31 = row[t * 32 + 31];
  var v29 = bitcast<f32>(bits_ff800000);
  v29 = max(v29, abs(v_0));
  v29 = max(v29, abs(v_1));
  v29 = max(v29, abs(v_2));
  v29 = max(v29, abs(v_3));
  v29 = max(v29, abs(v_4));
  v29 = max(v29, abs(v_5));
  v29 = max(v29, abs(v_6));
  v29 = max(v29, abs(v_7));
  v29 = max(v29, abs(v_8));
  v29 = max(v29, abs(v_9));
  v29 = max(v29, abs(v_10));
  v29 = max(v29, abs(v_11));
  v29 = max(v29, abs(v_12));
  v29 = max(v29, abs(v_13));
  v29 = max(v29, abs(v_14));
  v29 = max(v29, abs(v_15));
  v29 = max(v29, abs(v_16));
  v29 = max(v29, abs(v_17));
  v29 = max(v29, abs(v_18));
  v29 = max(v29, abs(v_19));
  v29 = max(v29, abs(v_20));
  v29 = max(v29, abs(v_21));
  v29 = max(v29, abs(v_22));
  v29 = max(v29, abs(v_23));
  v29 = max(v29, abs(v_24));
  v29 = max(v29, abs(v_25));
  v29 = max(v29, abs(v_26));
  v29 = max(v29, abs(v_27));
  v29 = max(v29, abs(v_28));
  v29 = max(v29, abs(v_29));
  v29 = max(v29, abs(v_30));
  v29 = max(v29, abs(v_31));
  let other = subgroupShuffleXor(v29, 1u);
  v29 = max(v29, other);
  let other_1 = subgroupShuffleXor(v29, 2u);
  v29 = max(v29, other_1);
  let s_1 = max(v29 / 7f, 0.00001f);
  let t32 = bm * 128 + t + bn * t3 * 128;
  let t33 = bn * 4 + (t & 3);
  let t34 = t6 & (t33 < 4);
  let t35 = t6 & (t33 < 5);
  let t36 = encode(bitcast<u32>(min(max(round(v_31 / s_1), -7f), 7f)));
  let t37 = encode(bitcast<u32>(min(max(round(v_30 / s_1), -7f), 7f)));
  let t38 = encode(bitcast<u32>(min(max(round(v_29 / s_1), -7f), 7f)));
  let t39 = encode(bitcast<u32>(min(max(round(v_28 / s_1), -7f), 7f)));
  let t40 = encode(bitcast<u32>(min(max(round(v_27 / s_1), -7f), 7f)));
  let t41 = encode(bitcast<u32>(min(max(round(v_26 / s_1), -7f), 7f)));
  let t42 = encode(bitcast<u32>(min(max(round(v_25 / s_1), -7f), 7f)));
  let t43 = encode(bitcast<u32>(min(max(round(v_24 / s_1), -7f), 7f)));
  let t44 = encode(bitcast<u32>(min(max(round(v_23 / s_1), -7f), 7f)));
  let t45 = encode(bitcast<u32>(min(max(round(v_22 / s_1), -7f), 7f)));
  let t46 = encode(bitcast<u32>(min(max(round(v_21 / s_1), -7f), 7f)));
  let t47 = encode(bitcast<u32>(min(max(round(v_20 / s_1), -7f), 7f)));
  let t48 = encode(bitcast<u32>(min(max(round(v_19 / s_1), -7f), 7f)));
  let t49 = encode(bitcast<u32>(min(max(round(v_18 / s_1), -7f), 7f)));
  let t50 = encode(bitcast<u32>(min(max(round(v_17 / s_1), -7f), 7f)));
  let t51 = encode(bitcast<u32>(min(max(round(v_16 / s_1), -7f), 7f)));
  let t52 = encode(bitcast<u32>(min(max(round(v_15 / s_1), -7f), 7f)));
  let t53 = encode(bitcast<u32>(min(max(round(v_14 / s_1), -7f), 7f)));
  let t54 = encode(bitcast<u32>(min(max(round(v_13 / s_1), -7f), 7f)));
  let t55 = encode(bitcast<u32>(min(max(round(v_12 / s_1), -7f), 7f)));
  let t56 = encode(bitcast<u32>(min(max(round(v_11 / s_1), -7f), 7f)));
  let t57 = encode(bitcast<u32>(min(max(round(v_10 / s_1), -7f), 7f)));
  let t58 = encode(bitcast<u32>(min(max(round(v_9 / s_1), -7f), 7f)));
  let t59 = encode(bitcast<u32>(min(max(round(v_8 / s_1), -7f), 7f)));
  let t60 = encode(bitcast<u32>(min(max(round(v_7 / s_1), -7f), 7f)));
  let t61 = encode(bitcast<u32>(min(max(round(v_6 / s_1), -7f), 7f)));
  let t62 = encode(bitcast<u32>(min(max(round(v_5 / s_1), -7f), 7f)));
  let t63 = encode(bitcast<u32>(min(max(round(v_4 / s_1), -7f), 7f)));
  let t64 = encode(bitcast<u32>(min(max(round(v_3 / s_1), -7f), 7f)));
  let t65 = encode(bitcast<u32>(min(max(round(v_2 / s_1), -7f), 7f)));
  let t66 = encode(bitcast<u32>(min(max(round(v_0 / s_1), -7f), 7f)));
  let t67 = encode(bitcast<u32>(min(max(round(v_1 / s_1), -7f), 7f)));
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
  let t83 = select(0u, (t65 << 1u) & 4u, t34) | (select(0u, (t66 >> 1u) & 1u, t35) | select(0u, t67 & 2u, t35));
  let t84 = select(0u, (t63 << 3u) & 16u, t34) | (select(0u, (t64 << 2u) & 8u, t34) | t83);
  let t85 = select(0u, (t61 << 5u) & 64u, t34) | (select(0u, (t62 << 4u) & 32u, t34) | t84);
  let t86 = select(0u, (t59 << 7u) & 0x100u, t34) | (select(0u, (t60 << 6u) & 128u, t34) | t85);
  let t87 = select(0u, (t57 << 9u) & 0x400u, t34) | (select(0u, (t58 << 8u) & 0x200u, t34) | t86);
  let t88 = select(0u, (t55 << 11u) & 0x1000u, t34) | (select(0u, (t56 << 10u) & 0x800u, t34) | t87);
  let t89 = select(0u, (t53 << 13u) & 0x4000u, t34) | (select(0u, (t54 << 12u) & 0x2000u, t34) | t88);
  let t90 = select(0u, (t51 << 15u) & 0x10000u, t34) | (select(0u, (t52 << 14u) & 0x8000u, t34) | t89);
  let t91 = select(0u, (t49 << 17u) & 0x40000u, t34) | (select(0u, (t50 << 16u) & 0x20000u, t34) | t90);
  let t92 = select(0u, (t47 << 19u) & 0x100000u, t34) | (select(0u, (t48 << 18u) & 0x80000u, t34) | t91);
  let t93 = select(0u, (t45 << 21u) & 0x400000u, t34) | (select(0u, (t46 << 20u) & 0x200000u, t34) | t92);
  let t94 = select(0u, (t43 << 23u) & 0x1000000u, t34) | (select(0u, (t44 << 22u) & 0x800000u, t34) | t93);
  let t95 = select(0u, (t41 << 25u) & 0x4000000u, t34) | (select(0u, (t42 << 24u) & 0x2000000u, t34) | t94);
  let t96 = select(0u, (t39 << 27u) & 0x10000000u, t34) | (select(0u, (t40 << 26u) & 0x8000000u, t34) | t95);
  let t97 = select(0u, (t37 << 29u) & 0x40000000u, t34) | (select(0u, (t38 << 28u) & 0x20000000u, t34) | t96);
  next[t32 + 32] = select(0u, (t36 << 30u) & 0x80000000u, t34) | t97;
  let t98 = select(0u, (t66 >> 2u) & 1u, t35) | select(0u, (t67 >> 1u) & 2u, t35);
  let t99 = select(0u, (t64 << 1u) & 8u, t34) | (select(0u, t65 & 4u, t34) | t98);
  let t100 = select(0u, (t62 << 3u) & 32u, t34) | (select(0u, (t63 << 2u) & 16u, t34) | t99);
  let t101 = select(0u, (t60 << 5u) & 128u, t34) | (select(0u, (t61 << 4u) & 64u, t34) | t100);
  let t102 = select(0u, (t58 << 7u) & 0x200u, t34) | (select(0u, (t59 << 6u) & 0x100u, t34) | t101);
  let t103 = select(0u, (t56 << 9u) & 0x800u, t34) | (select(0u, (t57 << 8u) & 0x400u, t34) | t102);
  let t104 = select(0u, (t54 << 11u) & 0x2000u, t34) | (select(0u, (t55 << 10u) & 0x1000u, t34) | t103);
  let t105 = select(0u, (t52 << 13u) & 0x8000u, t34) | (select(0u, (t53 << 12u) & 0x4000u, t34) | t104);
  let t106 = select(0u, (t50 << 15u) & 0x20000u, t34) | (select(0u, (t51 << 14u) & 0x10000u, t34) | t105);
  let t107 = select(0u, (t48 << 17u) & 0x80000u, t34) | (select(0u, (t49 << 16u) & 0x40000u, t34) | t106);
  let t108 = select(0u, (t46 << 19u) & 0x200000u, t34) | (select(0u, (t47 << 18u) & 0x100000u, t34) | t107);
  let t109 = select(0u, (t44 << 21u) & 0x800000u, t34) | (select(0u, (t45 << 20u) & 0x400000u, t34) | t108);
  let t110 = select(0u, (t42 << 23u) & 0x2000000u, t34) | (select(0u, (t43 << 22u) & 0x1000000u, t34) | t109);
  let t111 = select(0u, (t40 << 25u) & 0x8000000u, t34) | (select(0u, (t41 << 24u) & 0x4000000u, t34) | t110);
  let t112 = select(0u, (t38 << 27u) & 0x20000000u, t34) | (select(0u, (t39 << 26u) & 0x10000000u, t34) | t111);
  next[t32 + 64] = select(0u, (t36 << 29u) & 0x80000000u, t34) | (select(0u, (t37 << 28u) & 0x40000000u, t34) | t112);
  let t113 = select(0u, (t66 >> 3u) & 1u, t35) | select(0u, (t67 >> 2u) & 2u, t35);
  let t114 = select(0u, t64 & 8u, t34) | (select(0u, (t65 >> 1u) & 4u, t34) | t113);
  let t115 = select(0u, (t62 << 2u) & 32u, t34) | (select(0u, (t63 << 1u) & 16u, t34) | t114);
  let t116 = select(0u, (t60 << 4u) & 128u, t34) | (select(0u, (t61 << 3u) & 64u, t34) | t115);
  let t117 = select(0u, (t58 << 6u) & 0x200u, t34) | (select(0u, (t59 << 5u) & 0x100u, t34) | t116);
  let t118 = select(0u, (t56 << 8u) & 0x800u, t34) | (select(0u, (t57 << 7u) & 0x400u, t34) | t117);
  let t119 = select(0u, (t54 << 10u) & 0x2000u, t34) | (select(0u, (t55 << 9u) & 0x1000u, t34) | t118);
  let t120 = select(0u, (t52 << 12u) & 0x8000u, t34) | (select(0u, (t53 << 11u) & 0x4000u, t34) | t119);
  let t121 = select(0u, (t50 << 14u) & 0x20000u, t34) | (select(0u, (t51 << 13u) & 0x10000u, t34) | t120);
  let t122 = select(0u, (t48 << 16u) & 0x80000u, t34) | (select(0u, (t49 << 15u) & 0x40000u, t34) | t121);
  let t123 = select(0u, (t46 << 18u) & 0x200000u, t34) | (select(0u, (t47 << 17u) & 0x100000u, t34) | t122);
  let t124 = select(0u, (t44 << 20u) & 0x800000u, t34) | (select(0u, (t45 << 19u) & 0x400000u, t34) | t123);
  let t125 = select(0u, (t42 << 22u) & 0x2000000u, t34) | (select(0u, (t43 << 21u) & 0x1000000u, t34) | t124);
  let t126 = select(0u, (t40 << 24u) & 0x8000000u, t34) | (select(0u, (t41 << 23u) & 0x4000000u, t34) | t125);
  let t127 = select(0u, (t38 << 26u) & 0x20000000u, t34) | (select(0u, (t39 << 25u) & 0x10000000u, t34) | t126);
  next[t32 + 96] = select(0u, (t36 << 28u) & 0x80000000u, t34) | (select(0u, (t37 << 27u) & 0x40000000u, t34) | t127);
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
