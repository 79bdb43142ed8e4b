// pack_activations of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target lavapipe
// 258 lines, 17 memory accesses, 128 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
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
  let t2 = g * 32 + (t & 3) * 8;
  let t3 = g * 64 + (t & 3) * 16;
  let t4 = min(t0, max(params.M - 1, 0)) * 75;
  for (var s_1 = 0; s_1 < 8 + none; s_1++) {
    let t5 = t2 + s_1;
    let t6 = t1 & (t5 < 38);
    let t7 = t3 + s_1 * 2;
    let t8 = x[t4 + min(t7, 74)];
    v[s_1 * 4] = bitcast<f32>(select(0u, t8.x, t6));
    v[s_1 * 4 + 1] = bitcast<f32>(select(0u, t8.y, t6));
    let t9 = t1 & (t5 < 37);
    let t10 = x[t4 + min(t7 + 1, 74)];
    v[s_1 * 4 + 2] = bitcast<f32>(select(0u, t10.x, t9));
    v[s_1 * 4 + 3] = bitcast<f32>(select(0u, t10.y, t9));
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
  let t11 = (t >> 2u) * 4;
  let t12 = max(bitcast<f32>(scratch[t11 + 2]), max(bitcast<f32>(scratch[t11]), bitcast<f32>(scratch[t11 + 1])));
  let v8_1 = max(bitcast<f32>(scratch[t11 + 3]), t12);
  let s_1 = max(v8_1 / 3f, 0.00001f);
  let codes_0 = decode(bitcast<u32>(min(max(round(v[0] / s_1), -3f), 3f)));
  let codes_1 = decode(bitcast<u32>(min(max(round(v[1] / s_1), -3f), 3f)));
  let codes_2 = decode(bitcast<u32>(min(max(round(v[2] / s_1), -3f), 3f)));
  let codes_3 = decode(bitcast<u32>(min(max(round(v[3] / s_1), -3f), 3f)));
  let codes_4 = decode(bitcast<u32>(min(max(round(v[4] / s_1), -3f), 3f)));
  let codes_5 = decode(bitcast<u32>(min(max(round(v[5] / s_1), -3f), 3f)));
  let codes_6 = decode(bitcast<u32>(min(max(round(v[6] / s_1), -3f), 3f)));
  let codes_7 = decode(bitcast<u32>(min(max(round(v[7] / s_1), -3f), 3f)));
  let codes_8 = decode(bitcast<u32>(min(max(round(v[8] / s_1), -3f), 3f)));
  let codes_9 = decode(bitcast<u32>(min(max(round(v[9] / s_1), -3f), 3f)));
  let codes_10 = decode(bitcast<u32>(min(max(round(v[10] / s_1), -3f), 3f)));
  let codes_11 = decode(bitcast<u32>(min(max(round(v[11] / s_1), -3f), 3f)));
  let codes_12 = decode(bitcast<u32>(min(max(round(v[12] / s_1), -3f), 3f)));
  let codes_13 = decode(bitcast<u32>(min(max(round(v[13] / s_1), -3f), 3f)));
  let codes_14 = decode(bitcast<u32>(min(max(round(v[14] / s_1), -3f), 3f)));
  let codes_15 = decode(bitcast<u32>(min(max(round(v[15] / s_1), -3f), 3f)));
  let codes_16 = decode(bitcast<u32>(min(max(round(v[16] / s_1), -3f), 3f)));
  let codes_17 = decode(bitcast<u32>(min(max(round(v[17] / s_1), -3f), 3f)));
  let codes_18 = decode(bitcast<u32>(min(max(round(v[18] / s_1), -3f), 3f)));
  let codes_19 = decode(bitcast<u32>(min(max(round(v[19] / s_1), -3f), 3f)));
  let codes_20 = decode(bitcast<u32>(min(max(round(v[20] / s_1), -3f), 3f)));
  let codes_21 = decode(bitcast<u32>(min(max(round(v[21] / s_1), -3f), 3f)));
  let codes_22 = decode(bitcast<u32>(min(max(round(v[22] / s_1), -3f), 3f)));
  let codes_23 = decode(bitcast<u32>(min(max(round(v[23] / s_1), -3f), 3f)));
  let codes_24 = decode(bitcast<u32>(min(max(round(v[24] / s_1), -3f), 3f)));
  let codes_25 = decode(bitcast<u32>(min(max(round(v[25] / s_1), -3f), 3f)));
  let codes_26 = decode(bitcast<u32>(min(max(round(v[26] / s_1), -3f), 3f)));
  let codes_27 = decode(bitcast<u32>(min(max(round(v[27] / s_1), -3f), 3f)));
  let codes_28 = decode(bitcast<u32>(min(max(round(v[28] / s_1), -3f), 3f)));
  let codes_29 = decode(bitcast<u32>(min(max(round(v[29] / s_1), -3f), 3f)));
  let codes_30 = decode(bitcast<u32>(min(max(round(v[30] / s_1), -3f), 3f)));
  let codes_31 = decode(bitcast<u32>(min(max(round(v[31] / s_1), -3f), 3f)));
  let t13 = bm * 96 + t + g * ((params.M + 7) >> 3u) * 96;
  let t14 = g * 4 + (t & 3);
  let t15 = t1 & (t14 < 4);
  let t16 = u32(min(max(codes_31, -4), 3));
  let t17 = u32(min(max(codes_30, -4), 3));
  let t18 = u32(min(max(codes_29, -4), 3));
  let t19 = u32(min(max(codes_28, -4), 3));
  let t20 = u32(min(max(codes_27, -4), 3));
  let t21 = u32(min(max(codes_26, -4), 3));
  let t22 = u32(min(max(codes_25, -4), 3));
  let t23 = u32(min(max(codes_24, -4), 3));
  let t24 = u32(min(max(codes_23, -4), 3));
  let t25 = u32(min(max(codes_22, -4), 3));
  let t26 = t1 & (t14 < 5);
  let t27 = u32(min(max(codes_21, -4), 3));
  let t28 = u32(min(max(codes_20, -4), 3));
  let t29 = u32(min(max(codes_19, -4), 3));
  let t30 = u32(min(max(codes_18, -4), 3));
  let t31 = u32(min(max(codes_17, -4), 3));
  let t32 = u32(min(max(codes_16, -4), 3));
  let t33 = u32(min(max(codes_15, -4), 3));
  let t34 = u32(min(max(codes_14, -4), 3));
  let t35 = u32(min(max(codes_13, -4), 3));
  let t36 = u32(min(max(codes_12, -4), 3));
  let t37 = u32(min(max(codes_11, -4), 3));
  let t38 = u32(min(max(codes_10, -4), 3));
  let t39 = u32(min(max(codes_9, -4), 3));
  let t40 = u32(min(max(codes_8, -4), 3));
  let t41 = u32(min(max(codes_7, -4), 3));
  let t42 = u32(min(max(codes_6, -4), 3));
  let t43 = u32(min(max(codes_5, -4), 3));
  let t44 = u32(min(max(codes_4, -4), 3));
  let t45 = u32(min(max(codes_3, -4), 3));
  let t46 = u32(min(max(codes_2, -4), 3));
  let t47 = u32(min(max(codes_0, -4), 3));
  let t48 = u32(min(max(codes_1, -4), 3));
  let t49 = select(0u, (t46 & 1u) << 2u, t26) | (select(0u, t47 & 1u, t26) | select(0u, (t48 & 1u) << 1u, t26));
  let t50 = select(0u, (t44 & 1u) << 4u, t26) | (select(0u, (t45 & 1u) << 3u, t26) | t49);
  let t51 = select(0u, (t42 & 1u) << 6u, t26) | (select(0u, (t43 & 1u) << 5u, t26) | t50);
  let t52 = select(0u, (t40 & 1u) << 8u, t26) | (select(0u, (t41 & 1u) << 7u, t26) | t51);
  let t53 = select(0u, (t38 & 1u) << 10u, t26) | (select(0u, (t39 & 1u) << 9u, t26) | t52);
  let t54 = select(0u, (t36 & 1u) << 12u, t26) | (select(0u, (t37 & 1u) << 11u, t26) | t53);
  let t55 = select(0u, (t34 & 1u) << 14u, t26) | (select(0u, (t35 & 1u) << 13u, t26) | t54);
  let t56 = select(0u, (t32 & 1u) << 16u, t26) | (select(0u, (t33 & 1u) << 15u, t26) | t55);
  let t57 = select(0u, (t30 & 1u) << 18u, t26) | (select(0u, (t31 & 1u) << 17u, t26) | t56);
  let t58 = select(0u, (t28 & 1u) << 20u, t26) | (select(0u, (t29 & 1u) << 19u, t26) | t57);
  let t59 = select(0u, (t25 & 1u) << 22u, t15) | (select(0u, (t27 & 1u) << 21u, t26) | t58);
  let t60 = select(0u, (t23 & 1u) << 24u, t15) | (select(0u, (t24 & 1u) << 23u, t15) | t59);
  let t61 = select(0u, (t21 & 1u) << 26u, t15) | (select(0u, (t22 & 1u) << 25u, t15) | t60);
  let t62 = select(0u, (t19 & 1u) << 28u, t15) | (select(0u, (t20 & 1u) << 27u, t15) | t61);
  let t63 = select(0u, (t17 & 1u) << 30u, t15) | (select(0u, (t18 & 1u) << 29u, t15) | t62);
  q[t13] = select(0u, t16 << 31u, t15) | t63;
  let t64 = select(0u, (t46 << 1u) & 4u, t26) | (select(0u, (t47 >> 1u) & 1u, t26) | select(0u, t48 & 2u, t26));
  let t65 = select(0u, (t44 << 3u) & 16u, t26) | (select(0u, (t45 << 2u) & 8u, t26) | t64);
  let t66 = select(0u, (t42 << 5u) & 64u, t26) | (select(0u, (t43 << 4u) & 32u, t26) | t65);
  let t67 = select(0u, (t40 << 7u) & 0x100u, t26) | (select(0u, (t41 << 6u) & 128u, t26) | t66);
  let t68 = select(0u, (t38 << 9u) & 0x400u, t26) | (select(0u, (t39 << 8u) & 0x200u, t26) | t67);
  let t69 = select(0u, (t36 << 11u) & 0x1000u, t26) | (select(0u, (t37 << 10u) & 0x800u, t26) | t68);
  let t70 = select(0u, (t34 << 13u) & 0x4000u, t26) | (select(0u, (t35 << 12u) & 0x2000u, t26) | t69);
  let t71 = select(0u, (t32 << 15u) & 0x10000u, t26) | (select(0u, (t33 << 14u) & 0x8000u, t26) | t70);
  let t72 = select(0u, (t30 << 17u) & 0x40000u, t26) | (select(0u, (t31 << 16u) & 0x20000u, t26) | t71);
  let t73 = select(0u, (t28 << 19u) & 0x100000u, t26) | (select(0u, (t29 << 18u) & 0x80000u, t26) | t72);
  let t74 = select(0u, (t25 << 21u) & 0x400000u, t15) | (select(0u, (t27 << 20u) & 0x200000u, t26) | t73);
  let t75 = select(0u, (t23 << 23u) & 0x1000000u, t15) | (select(0u, (t24 << 22u) & 0x800000u, t15) | t74);
  let t76 = select(0u, (t21 << 25u) & 0x4000000u, t15) | (select(0u, (t22 << 24u) & 0x2000000u, t15) | t75);
  let t77 = select(0u, (t19 << 27u) & 0x10000000u, t15) | (select(0u, (t20 << 26u) & 0x8000000u, t15) | t76);
  let t78 = select(0u, (t17 << 29u) & 0x40000000u, t15) | (select(0u, (t18 << 28u) & 0x20000000u, t15) | t77);
  q[t13 + 32] = select(0u, (t16 << 30u) & 0x80000000u, t15) | t78;
  let t79 = select(0u, (t47 >> 2u) & 1u, t26) | select(0u, (t48 >> 1u) & 2u, t26);
  let t80 = select(0u, (t45 << 1u) & 8u, t26) | (select(0u, t46 & 4u, t26) | t79);
  let t81 = select(0u, (t43 << 3u) & 32u, t26) | (select(0u, (t44 << 2u) & 16u, t26) | t80);
  let t82 = select(0u, (t41 << 5u) & 128u, t26) | (select(0u, (t42 << 4u) & 64u, t26) | t81);
  let t83 = select(0u, (t39 << 7u) & 0x200u, t26) | (select(0u, (t40 << 6u) & 0x100u, t26) | t82);
  let t84 = select(0u, (t37 << 9u) & 0x800u, t26) | (select(0u, (t38 << 8u) & 0x400u, t26) | t83);
  let t85 = select(0u, (t35 << 11u) & 0x2000u, t26) | (select(0u, (t36 << 10u) & 0x1000u, t26) | t84);
  let t86 = select(0u, (t33 << 13u) & 0x8000u, t26) | (select(0u, (t34 << 12u) & 0x4000u, t26) | t85);
  let t87 = select(0u, (t31 << 15u) & 0x20000u, t26) | (select(0u, (t32 << 14u) & 0x10000u, t26) | t86);
  let t88 = select(0u, (t29 << 17u) & 0x80000u, t26) | (select(0u, (t30 << 16u) & 0x40000u, t26) | t87);
  let t89 = select(0u, (t27 << 19u) & 0x200000u, t26) | (select(0u, (t28 << 18u) & 0x100000u, t26) | t88);
  let t90 = select(0u, (t24 << 21u) & 0x800000u, t15) | (select(0u, (t25 << 20u) & 0x400000u, t15) | t89);
  let t91 = select(0u, (t22 << 23u) & 0x2000000u, t15) | (select(0u, (t23 << 22u) & 0x1000000u, t15) | t90);
  let t92 = select(0u, (t20 << 25u) & 0x8000000u, t15) | (select(0u, (t21 << 24u) & 0x4000000u, t15) | t91);
  let t93 = select(0u, (t18 << 27u) & 0x20000000u, t15) | (select(0u, (t19 << 26u) & 0x10000000u, t15) | t92);
  q[t13 + 64] = select(0u, (t16 << 29u) & 0x80000000u, t15) | (select(0u, (t17 << 28u) & 0x40000000u, t15) | t93);
  let t94 = (t & 3) == 0;
  let t95 = g + bm * 16 + (t >> 2u) * 2;
  if (t94) {
    if (t1) {
      s[t95] = bitcast<u32>(s_1);
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
  let v23_1 = i32(scratch[t11]) + i32(scratch[t11 + 1]) + i32(scratch[t11 + 2]) + i32(scratch[t11 + 3]);
  if (t94) {
    if (t1) {
      sum[t95] = u32(v23_1);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
