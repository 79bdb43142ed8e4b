// pack_activations of flexq_gemm N = 64, K = 256; target lavapipe
// 302 lines, 20 memory accesses, 128 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> q: array<u32>;
@group(0) @binding(2) var<storage, read_write> s: array<u32>;
@group(0) @binding(3) var<storage, read_write> sum: array<u32>;
var<workgroup> scratch: array<u32, 32>;
var<private> bits_ff800000 = 0xff800000u;

fn to_i32(x: f32) -> i32 {
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(32)
fn pack_activations(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let g = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var v = array<f32, 32>();
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = g * 32 + (t & 3) * 8 + min(t0, max(params.M - 1, 0)) * 64;
  for (var s_1 = 0; s_1 < 4 + none; s_1++) {
    let t3 = t2 + s_1 * 2;
    let t4 = x[t3];
    v[s_1 * 8] = bitcast<f32>(select(0u, t4.x, t1));
    v[s_1 * 8 + 1] = bitcast<f32>(select(0u, t4.y, t1));
    v[s_1 * 8 + 2] = bitcast<f32>(select(0u, t4.z, t1));
    v[s_1 * 8 + 3] = bitcast<f32>(select(0u, t4.w, t1));
    let t5 = x[t3 + 1];
    v[s_1 * 8 + 4] = bitcast<f32>(select(0u, t5.x, t1));
    v[s_1 * 8 + 5] = bitcast<f32>(select(0u, t5.y, t1));
    v[s_1 * 8 + 6] = bitcast<f32>(select(0u, t5.z, t1));
    v[s_1 * 8 + 7] = bitcast<f32>(select(0u, t5.w, t1));
  }
  var v8 = bitcast<f32>(bits_ff800000);
  v8 = max(v8, abs(v[0]));
  v8 = max(v8, abs(v[1]));
  v8 = max(v8, abs(v[2]));
  v8 = max(v8, abs(v[3]));
  v8 = max(v8, abs(v[4]));
  v8 = max(v8, abs(v[5]));
  v8 = max(v8, abs(v[6]));
  v8 = max(v8, abs(v[7]));
  v8 = max(v8, abs(v[8]));
  v8 = max(v8, abs(v[9]));
  v8 = max(v8, abs(v[10]));
  v8 = max(v8, abs(v[11]));
  v8 = max(v8, abs(v[12]));
  v8 = max(v8, abs(v[13]));
  v8 = max(v8, abs(v[14]));
  v8 = max(v8, abs(v[15]));
  v8 = max(v8, abs(v[16]));
  v8 = max(v8, abs(v[17]));
  v8 = max(v8, abs(v[18]));
  v8 = max(v8, abs(v[19]));
  v8 = max(v8, abs(v[20]));
  v8 = max(v8, abs(v[21]));
  v8 = max(v8, abs(v[22]));
  v8 = max(v8, abs(v[23]));
  v8 = max(v8, abs(v[24]));
  v8 = max(v8, abs(v[25]));
  v8 = max(v8, abs(v[26]));
  v8 = max(v8, abs(v[27]));
  v8 = max(v8, abs(v[28]));
  v8 = max(v8, abs(v[29]));
  v8 = max(v8, abs(v[30]));
  v8 = max(v8, abs(v[31]));
  scratch[t] = bitcast<u32>(v8);
  workgroupBarrier();
  let t6 = (t >> 2u) * 4;
  let t7 = max(bitcast<f32>(scratch[t6 + 2]), max(bitcast<f32>(scratch[t6]), bitcast<f32>(scratch[t6 + 1])));
  let v8_1 = max(bitcast<f32>(scratch[t6 + 3]), t7);
  let s_1 = max(v8_1 / 31f, 0.00001f);
  let codes_0 = decode(bitcast<u32>(min(max(round(v[0] / s_1), -31f), 31f)));
  let codes_1 = decode(bitcast<u32>(min(max(round(v[1] / s_1), -31f), 31f)));
  let codes_2 = decode(bitcast<u32>(min(max(round(v[2] / s_1), -31f), 31f)));
  let codes_3 = decode(bitcast<u32>(min(max(round(v[3] / s_1), -31f), 31f)));
  let codes_4 = decode(bitcast<u32>(min(max(round(v[4] / s_1), -31f), 31f)));
  let codes_5 = decode(bitcast<u32>(min(max(round(v[5] / s_1), -31f), 31f)));
  let codes_6 = decode(bitcast<u32>(min(max(round(v[6] / s_1), -31f), 31f)));
  let codes_7 = decode(bitcast<u32>(min(max(round(v[7] / s_1), -31f), 31f)));
  let codes_8 = decode(bitcast<u32>(min(max(round(v[8] / s_1), -31f), 31f)));
  let codes_9 = decode(bitcast<u32>(min(max(round(v[9] / s_1), -31f), 31f)));
  let codes_10 = decode(bitcast<u32>(min(max(round(v[10] / s_1), -31f), 31f)));
  let codes_11 = decode(bitcast<u32>(min(max(round(v[11] / s_1), -31f), 31f)));
  let codes_12 = decode(bitcast<u32>(min(max(round(v[12] / s_1), -31f), 31f)));
  let codes_13 = decode(bitcast<u32>(min(max(round(v[13] / s_1), -31f), 31f)));
  let codes_14 = decode(bitcast<u32>(min(max(round(v[14] / s_1), -31f), 31f)));
  let codes_15 = decode(bitcast<u32>(min(max(round(v[15] / s_1), -31f), 31f)));
  let codes_16 = decode(bitcast<u32>(min(max(round(v[16] / s_1), -31f), 31f)));
  let codes_17 = decode(bitcast<u32>(min(max(round(v[17] / s_1), -31f), 31f)));
  let codes_18 = decode(bitcast<u32>(min(max(round(v[18] / s_1), -31f), 31f)));
  let codes_19 = decode(bitcast<u32>(min(max(round(v[19] / s_1), -31f), 31f)));
  let codes_20 = decode(bitcast<u32>(min(max(round(v[20] / s_1), -31f), 31f)));
  let codes_21 = decode(bitcast<u32>(min(max(round(v[21] / s_1), -31f), 31f)));
  let codes_22 = decode(bitcast<u32>(min(max(round(v[22] / s_1), -31f), 31f)));
  let codes_23 = decode(bitcast<u32>(min(max(round(v[23] / s_1), -31f), 31f)));
  let codes_24 = decode(bitcast<u32>(min(max(round(v[24] / s_1), -31f), 31f)));
  let codes_25 = decode(bitcast<u32>(min(max(round(v[25] / s_1), -31f), 31f)));
  let codes_26 = decode(bitcast<u32>(min(max(round(v[26] / s_1), -31f), 31f)));
  let codes_27 = decode(bitcast<u32>(min(max(round(v[27] / s_1), -31f), 31f)));
  let codes_28 = decode(bitcast<u32>(min(max(round(v[28] / s_1), -31f), 31f)));
  let codes_29 = decode(bitcast<u32>(min(max(round(v[29] / s_1), -31f), 31f)));
  let codes_30 = decode(bitcast<u32>(min(max(round(v[30] / s_1), -31f), 31f)));
  let codes_31 = decode(bitcast<u32>(min(max(round(v[31] / s_1), -31f), 31f)));
  let t8 = bm * 192 + t + g * ((params.M + 7) >> 3u) * 192;
  let t9 = u32(min(max(codes_31, -32), 31));
  let t10 = u32(min(max(codes_30, -32), 31));
  let t11 = u32(min(max(codes_29, -32), 31));
  let t12 = u32(min(max(codes_28, -32), 31));
  let t13 = u32(min(max(codes_27, -32), 31));
  let t14 = u32(min(max(codes_26, -32), 31));
  let t15 = u32(min(max(codes_25, -32), 31));
  let t16 = u32(min(max(codes_24, -32), 31));
  let t17 = u32(min(max(codes_23, -32), 31));
  let t18 = u32(min(max(codes_22, -32), 31));
  let t19 = u32(min(max(codes_21, -32), 31));
  let t20 = u32(min(max(codes_20, -32), 31));
  let t21 = u32(min(max(codes_19, -32), 31));
  let t22 = u32(min(max(codes_18, -32), 31));
  let t23 = u32(min(max(codes_17, -32), 31));
  let t24 = u32(min(max(codes_16, -32), 31));
  let t25 = u32(min(max(codes_15, -32), 31));
  let t26 = u32(min(max(codes_14, -32), 31));
  let t27 = u32(min(max(codes_13, -32), 31));
  let t28 = u32(min(max(codes_12, -32), 31));
  let t29 = u32(min(max(codes_11, -32), 31));
  let t30 = u32(min(max(codes_10, -32), 31));
  let t31 = u32(min(max(codes_9, -32), 31));
  let t32 = u32(min(max(codes_8, -32), 31));
  let t33 = u32(min(max(codes_7, -32), 31));
  let t34 = u32(min(max(codes_6, -32), 31));
  let t35 = u32(min(max(codes_5, -32), 31));
  let t36 = u32(min(max(codes_4, -32), 31));
  let t37 = u32(min(max(codes_3, -32), 31));
  let t38 = u32(min(max(codes_2, -32), 31));
  let t39 = u32(min(max(codes_0, -32), 31));
  let t40 = u32(min(max(codes_1, -32), 31));
  let t41 = select(0u, (t38 & 1u) << 2u, t1) | (select(0u, t39 & 1u, t1) | select(0u, (t40 & 1u) << 1u, t1));
  let t42 = select(0u, (t36 & 1u) << 4u, t1) | (select(0u, (t37 & 1u) << 3u, t1) | t41);
  let t43 = select(0u, (t34 & 1u) << 6u, t1) | (select(0u, (t35 & 1u) << 5u, t1) | t42);
  let t44 = select(0u, (t32 & 1u) << 8u, t1) | (select(0u, (t33 & 1u) << 7u, t1) | t43);
  let t45 = select(0u, (t30 & 1u) << 10u, t1) | (select(0u, (t31 & 1u) << 9u, t1) | t44);
  let t46 = select(0u, (t28 & 1u) << 12u, t1) | (select(0u, (t29 & 1u) << 11u, t1) | t45);
  let t47 = select(0u, (t26 & 1u) << 14u, t1) | (select(0u, (t27 & 1u) << 13u, t1) | t46);
  let t48 = select(0u, (t24 & 1u) << 16u, t1) | (select(0u, (t25 & 1u) << 15u, t1) | t47);
  let t49 = select(0u, (t22 & 1u) << 18u, t1) | (select(0u, (t23 & 1u) << 17u, t1) | t48);
  let t50 = select(0u, (t20 & 1u) << 20u, t1) | (select(0u, (t21 & 1u) << 19u, t1) | t49);
  let t51 = select(0u, (t18 & 1u) << 22u, t1) | (select(0u, (t19 & 1u) << 21u, t1) | t50);
  let t52 = select(0u, (t16 & 1u) << 24u, t1) | (select(0u, (t17 & 1u) << 23u, t1) | t51);
  let t53 = select(0u, (t14 & 1u) << 26u, t1) | (select(0u, (t15 & 1u) << 25u, t1) | t52);
  let t54 = select(0u, (t12 & 1u) << 28u, t1) | (select(0u, (t13 & 1u) << 27u, t1) | t53);
  let t55 = select(0u, (t10 & 1u) << 30u, t1) | (select(0u, (t11 & 1u) << 29u, t1) | t54);
  q[t8] = select(0u, t9 << 31u, t1) | t55;
  let t56 = select(0u, (t38 << 1u) & 4u, t1) | (select(0u, (t39 >> 1u) & 1u, t1) | select(0u, t40 & 2u, t1));
  let t57 = select(0u, (t36 << 3u) & 16u, t1) | (select(0u, (t37 << 2u) & 8u, t1) | t56);
  let t58 = select(0u, (t34 << 5u) & 64u, t1) | (select(0u, (t35 << 4u) & 32u, t1) | t57);
  let t59 = select(0u, (t32 << 7u) & 0x100u, t1) | (select(0u, (t33 << 6u) & 128u, t1) | t58);
  let t60 = select(0u, (t30 << 9u) & 0x400u, t1) | (select(0u, (t31 << 8u) & 0x200u, t1) | t59);
  let t61 = select(0u, (t28 << 11u) & 0x1000u, t1) | (select(0u, (t29 << 10u) & 0x800u, t1) | t60);
  let t62 = select(0u, (t26 << 13u) & 0x4000u, t1) | (select(0u, (t27 << 12u) & 0x2000u, t1) | t61);
  let t63 = select(0u, (t24 << 15u) & 0x10000u, t1) | (select(0u, (t25 << 14u) & 0x8000u, t1) | t62);
  let t64 = select(0u, (t22 << 17u) & 0x40000u, t1) | (select(0u, (t23 << 16u) & 0x20000u, t1) | t63);
  let t65 = select(0u, (t20 << 19u) & 0x100000u, t1) | (select(0u, (t21 << 18u) & 0x80000u, t1) | t64);
  let t66 = select(0u, (t18 << 21u) & 0x400000u, t1) | (select(0u, (t19 << 20u) & 0x200000u, t1) | t65);
  let t67 = select(0u, (t16 << 23u) & 0x1000000u, t1) | (select(0u, (t17 << 22u) & 0x800000u, t1) | t66);
  let t68 = select(0u, (t14 << 25u) & 0x4000000u, t1) | (select(0u, (t15 << 24u) & 0x2000000u, t1) | t67);
  let t69 = select(0u, (t12 << 27u) & 0x10000000u, t1) | (select(0u, (t13 << 26u) & 0x8000000u, t1) | t68);
  let t70 = select(0u, (t10 << 29u) & 0x40000000u, t1) | (select(0u, (t11 << 28u) & 0x20000000u, t1) | t69);
  q[t8 + 32] = select(0u, (t9 << 30u) & 0x80000000u, t1) | t70;
  let t71 = select(0u, (t39 >> 2u) & 1u, t1) | select(0u, (t40 >> 1u) & 2u, t1);
  let t72 = select(0u, (t37 << 1u) & 8u, t1) | (select(0u, t38 & 4u, t1) | t71);
  let t73 = select(0u, (t35 << 3u) & 32u, t1) | (select(0u, (t36 << 2u) & 16u, t1) | t72);
  let t74 = select(0u, (t33 << 5u) & 128u, t1) | (select(0u, (t34 << 4u) & 64u, t1) | t73);
  let t75 = select(0u, (t31 << 7u) & 0x200u, t1) | (select(0u, (t32 << 6u) & 0x100u, t1) | t74);
  let t76 = select(0u, (t29 << 9u) & 0x800u, t1) | (select(0u, (t30 << 8u) & 0x400u, t1) | t75);
  let t77 = select(0u, (t27 << 11u) & 0x2000u, t1) | (select(0u, (t28 << 10u) & 0x1000u, t1) | t76);
  let t78 = select(0u, (t25 << 13u) & 0x8000u, t1) | (select(0u, (t26 << 12u) & 0x4000u, t1) | t77);
  let t79 = select(0u, (t23 << 15u) & 0x20000u, t1) | (select(0u, (t24 << 14u) & 0x10000u, t1) | t78);
  let t80 = select(0u, (t21 << 17u) & 0x80000u, t1) | (select(0u, (t22 << 16u) & 0x40000u, t1) | t79);
  let t81 = select(0u, (t19 << 19u) & 0x200000u, t1) | (select(0u, (t20 << 18u) & 0x100000u, t1) | t80);
  let t82 = select(0u, (t17 << 21u) & 0x800000u, t1) | (select(0u, (t18 << 20u) & 0x400000u, t1) | t81);
  let t83 = select(0u, (t15 << 23u) & 0x2000000u, t1) | (select(0u, (t16 << 22u) & 0x1000000u, t1) | t82);
  let t84 = select(0u, (t13 << 25u) & 0x8000000u, t1) | (select(0u, (t14 << 24u) & 0x4000000u, t1) | t83);
  let t85 = select(0u, (t11 << 27u) & 0x20000000u, t1) | (select(0u, (t12 << 26u) & 0x10000000u, t1) | t84);
  q[t8 + 64] = select(0u, (t9 << 29u) & 0x80000000u, t1) | (select(0u, (t10 << 28u) & 0x40000000u, t1) | t85);
  let t86 = select(0u, (t39 >> 3u) & 1u, t1) | select(0u, (t40 >> 2u) & 2u, t1);
  let t87 = select(0u, t37 & 8u, t1) | (select(0u, (t38 >> 1u) & 4u, t1) | t86);
  let t88 = select(0u, (t35 << 2u) & 32u, t1) | (select(0u, (t36 << 1u) & 16u, t1) | t87);
  let t89 = select(0u, (t33 << 4u) & 128u, t1) | (select(0u, (t34 << 3u) & 64u, t1) | t88);
  let t90 = select(0u, (t31 << 6u) & 0x200u, t1) | (select(0u, (t32 << 5u) & 0x100u, t1) | t89);
  let t91 = select(0u, (t29 << 8u) & 0x800u, t1) | (select(0u, (t30 << 7u) & 0x400u, t1) | t90);
  let t92 = select(0u, (t27 << 10u) & 0x2000u, t1) | (select(0u, (t28 << 9u) & 0x1000u, t1) | t91);
  let t93 = select(0u, (t25 << 12u) & 0x8000u, t1) | (select(0u, (t26 << 11u) & 0x4000u, t1) | t92);
  let t94 = select(0u, (t23 << 14u) & 0x20000u, t1) | (select(0u, (t24 << 13u) & 0x10000u, t1) | t93);
  let t95 = select(0u, (t21 << 16u) & 0x80000u, t1) | (select(0u, (t22 << 15u) & 0x40000u, t1) | t94);
  let t96 = select(0u, (t19 << 18u) & 0x200000u, t1) | (select(0u, (t20 << 17u) & 0x100000u, t1) | t95);
  let t97 = select(0u, (t17 << 20u) & 0x800000u, t1) | (select(0u, (t18 << 19u) & 0x400000u, t1) | t96);
  let t98 = select(0u, (t15 << 22u) & 0x2000000u, t1) | (select(0u, (t16 << 21u) & 0x1000000u, t1) | t97);
  let t99 = select(0u, (t13 << 24u) & 0x8000000u, t1) | (select(0u, (t14 << 23u) & 0x4000000u, t1) | t98);
  let t100 = select(0u, (t11 << 26u) & 0x20000000u, t1) | (select(0u, (t12 << 25u) & 0x10000000u, t1) | t99);
  q[t8 + 96] = select(0u, (t9 << 28u) & 0x80000000u, t1) | (select(0u, (t10 << 27u) & 0x40000000u, t1) | t100);
  let t101 = select(0u, (t39 >> 4u) & 1u, t1) | select(0u, (t40 >> 3u) & 2u, t1);
  let t102 = select(0u, (t37 >> 1u) & 8u, t1) | (select(0u, (t38 >> 2u) & 4u, t1) | t101);
  let t103 = select(0u, (t35 << 1u) & 32u, t1) | (select(0u, t36 & 16u, t1) | t102);
  let t104 = select(0u, (t33 << 3u) & 128u, t1) | (select(0u, (t34 << 2u) & 64u, t1) | t103);
  let t105 = select(0u, (t31 << 5u) & 0x200u, t1) | (select(0u, (t32 << 4u) & 0x100u, t1) | t104);
  let t106 = select(0u, (t29 << 7u) & 0x800u, t1) | (select(0u, (t30 << 6u) & 0x400u, t1) | t105);
  let t107 = select(0u, (t27 << 9u) & 0x2000u, t1) | (select(0u, (t28 << 8u) & 0x1000u, t1) | t106);
  let t108 = select(0u, (t25 << 11u) & 0x8000u, t1) | (select(0u, (t26 << 10u) & 0x4000u, t1) | t107);
  let t109 = select(0u, (t23 << 13u) & 0x20000u, t1) | (select(0u, (t24 << 12u) & 0x10000u, t1) | t108);
  let t110 = select(0u, (t21 << 15u) & 0x80000u, t1) | (select(0u, (t22 << 14u) & 0x40000u, t1) | t109);
  let t111 = select(0u, (t19 << 17u) & 0x200000u, t1) | (select(0u, (t20 << 16u) & 0x100000u, t1) | t110);
  let t112 = select(0u, (t17 << 19u) & 0x800000u, t1) | (select(0u, (t18 << 18u) & 0x400000u, t1) | t111);
  let t113 = select(0u, (t15 << 21u) & 0x2000000u, t1) | (select(0u, (t16 << 20u) & 0x1000000u, t1) | t112);
  let t114 = select(0u, (t13 << 23u) & 0x8000000u, t1) | (select(0u, (t14 << 22u) & 0x4000000u, t1) | t113);
  let t115 = select(0u, (t11 << 25u) & 0x20000000u, t1) | (select(0u, (t12 << 24u) & 0x10000000u, t1) | t114);
  q[t8 + 128] = select(0u, (t9 << 27u) & 0x80000000u, t1) | (select(0u, (t10 << 26u) & 0x40000000u, t1) | t115);
  let t116 = select(0u, (t39 >> 5u) & 1u, t1) | select(0u, (t40 >> 4u) & 2u, t1);
  let t117 = select(0u, (t37 >> 2u) & 8u, t1) | (select(0u, (t38 >> 3u) & 4u, t1) | t116);
  let t118 = select(0u, t35 & 32u, t1) | (select(0u, (t36 >> 1u) & 16u, t1) | t117);
  let t119 = select(0u, (t33 << 2u) & 128u, t1) | (select(0u, (t34 << 1u) & 64u, t1) | t118);
  let t120 = select(0u, (t31 << 4u) & 0x200u, t1) | (select(0u, (t32 << 3u) & 0x100u, t1) | t119);
  let t121 = select(0u, (t29 << 6u) & 0x800u, t1) | (select(0u, (t30 << 5u) & 0x400u, t1) | t120);
  let t122 = select(0u, (t27 << 8u) & 0x2000u, t1) | (select(0u, (t28 << 7u) & 0x1000u, t1) | t121);
  let t123 = select(0u, (t25 << 10u) & 0x8000u, t1) | (select(0u, (t26 << 9u) & 0x4000u, t1) | t122);
  let t124 = select(0u, (t23 << 12u) & 0x20000u, t1) | (select(0u, (t24 << 11u) & 0x10000u, t1) | t123);
  let t125 = select(0u, (t21 << 14u) & 0x80000u, t1) | (select(0u, (t22 << 13u) & 0x40000u, t1) | t124);
  let t126 = select(0u, (t19 << 16u) & 0x200000u, t1) | (select(0u, (t20 << 15u) & 0x100000u, t1) | t125);
  let t127 = select(0u, (t17 << 18u) & 0x800000u, t1) | (select(0u, (t18 << 17u) & 0x400000u, t1) | t126);
  let t128 = select(0u, (t15 << 20u) & 0x2000000u, t1) | (select(0u, (t16 << 19u) & 0x1000000u, t1) | t127);
  let t129 = select(0u, (t13 << 22u) & 0x8000000u, t1) | (select(0u, (t14 << 21u) & 0x4000000u, t1) | t128);
  let t130 = select(0u, (t11 << 24u) & 0x20000000u, t1) | (select(0u, (t12 << 23u) & 0x10000000u, t1) | t129);
  q[t8 + 160] = select(0u, (t9 << 26u) & 0x80000000u, t1) | (select(0u, (t10 << 25u) & 0x40000000u, t1) | t130);
  let t131 = (t & 3) == 0;
  let t132 = g + bm * 16 + (t >> 2u) * 2;
  if (t131) {
    if (t1) {
      s[t132] = bitcast<u32>(s_1);
    }
  }
  var v23 = 0;
  v23 = codes_0 + v23;
  v23 = codes_1 + v23;
  v23 = codes_2 + v23;
  v23 = codes_3 + v23;
  v23 = codes_4 + v23;
  v23 = codes_5 + v23;
  v23 = codes_6 + v23;
  v23 = codes_7 + v23;
  v23 = codes_8 + v23;
  v23 = codes_9 + v23;
  v23 = codes_10 + v23;
  v23 = codes_11 + v23;
  v23 = codes_12 + v23;
  v23 = codes_13 + v23;
  v23 = codes_14 + v23;
  v23 = codes_15 + v23;
  v23 = codes_16 + v23;
  v23 = codes_17 + v23;
  v23 = codes_18 + v23;
  v23 = codes_19 + v23;
  v23 = codes_20 + v23;
  v23 = codes_21 + v23;
  v23 = codes_22 + v23;
  v23 = codes_23 + v23;
  v23 = codes_24 + v23;
  v23 = codes_25 + v23;
  v23 = codes_26 + v23;
  v23 = codes_27 + v23;
  v23 = codes_28 + v23;
  v23 = codes_29 + v23;
  v23 = codes_30 + v23;
  v23 = codes_31 + v23;
  workgroupBarrier();
  scratch[t] = u32(v23);
  workgroupBarrier();
  let v23_1 = i32(scratch[t6]) + i32(scratch[t6 + 1]) + i32(scratch[t6 + 2]) + i32(scratch[t6 + 3]);
  if (t131) {
    if (t1) {
      sum[t132] = u32(v23_1);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
