// pack_activations of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target lavapipe
// 250 lines, 16 memory accesses, 128 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  let g = i32(block % 2u);
  let bm = i32(block / 2u);
  var v = array<f32, 32>();
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = g * 64 + (t & 3) * 16;
  let t3 = min(t0, max(params.M - 1, 0)) * 75;
  for (var s_1 = 0; s_1 < 16; s_1++) {
    let t4 = t2 + s_1;
    let t5 = t1 & (t4 < 75);
    let t6 = x[t3 + min(t4, 74)];
    v[s_1 * 2] = bitcast<f32>(select(0u, t6.x, t5));
    v[s_1 * 2 + 1] = bitcast<f32>(select(0u, t6.y, t5));
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
  let t7 = (t >> 2u) * 4;
  let t8 = max(bitcast<f32>(scratch[t7 + 2]), max(bitcast<f32>(scratch[t7]), bitcast<f32>(scratch[t7 + 1])));
  let v8_1 = max(bitcast<f32>(scratch[t7 + 3]), t8);
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
  let t9 = bm * 96 + t + g * ((params.M + 7) >> 3u) * 96;
  let t10 = g * 4 + (t & 3);
  let t11 = t1 & (t10 < 4);
  let t12 = u32(min(max(codes_31, -4), 3));
  let t13 = u32(min(max(codes_30, -4), 3));
  let t14 = u32(min(max(codes_29, -4), 3));
  let t15 = u32(min(max(codes_28, -4), 3));
  let t16 = u32(min(max(codes_27, -4), 3));
  let t17 = u32(min(max(codes_26, -4), 3));
  let t18 = u32(min(max(codes_25, -4), 3));
  let t19 = u32(min(max(codes_24, -4), 3));
  let t20 = u32(min(max(codes_23, -4), 3));
  let t21 = u32(min(max(codes_22, -4), 3));
  let t22 = t1 & (t10 < 5);
  let t23 = u32(min(max(codes_21, -4), 3));
  let t24 = u32(min(max(codes_20, -4), 3));
  let t25 = u32(min(max(codes_19, -4), 3));
  let t26 = u32(min(max(codes_18, -4), 3));
  let t27 = u32(min(max(codes_17, -4), 3));
  let t28 = u32(min(max(codes_16, -4), 3));
  let t29 = u32(min(max(codes_15, -4), 3));
  let t30 = u32(min(max(codes_14, -4), 3));
  let t31 = u32(min(max(codes_13, -4), 3));
  let t32 = u32(min(max(codes_12, -4), 3));
  let t33 = u32(min(max(codes_11, -4), 3));
  let t34 = u32(min(max(codes_10, -4), 3));
  let t35 = u32(min(max(codes_9, -4), 3));
  let t36 = u32(min(max(codes_8, -4), 3));
  let t37 = u32(min(max(codes_7, -4), 3));
  let t38 = u32(min(max(codes_6, -4), 3));
  let t39 = u32(min(max(codes_5, -4), 3));
  let t40 = u32(min(max(codes_4, -4), 3));
  let t41 = u32(min(max(codes_3, -4), 3));
  let t42 = u32(min(max(codes_2, -4), 3));
  let t43 = u32(min(max(codes_0, -4), 3));
  let t44 = u32(min(max(codes_1, -4), 3));
  let t45 = select(0u, (t42 & 1u) << 2u, t22) | (select(0u, t43 & 1u, t22) | select(0u, (t44 & 1u) << 1u, t22));
  let t46 = select(0u, (t40 & 1u) << 4u, t22) | (select(0u, (t41 & 1u) << 3u, t22) | t45);
  let t47 = select(0u, (t38 & 1u) << 6u, t22) | (select(0u, (t39 & 1u) << 5u, t22) | t46);
  let t48 = select(0u, (t36 & 1u) << 8u, t22) | (select(0u, (t37 & 1u) << 7u, t22) | t47);
  let t49 = select(0u, (t34 & 1u) << 10u, t22) | (select(0u, (t35 & 1u) << 9u, t22) | t48);
  let t50 = select(0u, (t32 & 1u) << 12u, t22) | (select(0u, (t33 & 1u) << 11u, t22) | t49);
  let t51 = select(0u, (t30 & 1u) << 14u, t22) | (select(0u, (t31 & 1u) << 13u, t22) | t50);
  let t52 = select(0u, (t28 & 1u) << 16u, t22) | (select(0u, (t29 & 1u) << 15u, t22) | t51);
  let t53 = select(0u, (t26 & 1u) << 18u, t22) | (select(0u, (t27 & 1u) << 17u, t22) | t52);
  let t54 = select(0u, (t24 & 1u) << 20u, t22) | (select(0u, (t25 & 1u) << 19u, t22) | t53);
  let t55 = select(0u, (t21 & 1u) << 22u, t11) | (select(0u, (t23 & 1u) << 21u, t22) | t54);
  let t56 = select(0u, (t19 & 1u) << 24u, t11) | (select(0u, (t20 & 1u) << 23u, t11) | t55);
  let t57 = select(0u, (t17 & 1u) << 26u, t11) | (select(0u, (t18 & 1u) << 25u, t11) | t56);
  let t58 = select(0u, (t15 & 1u) << 28u, t11) | (select(0u, (t16 & 1u) << 27u, t11) | t57);
  let t59 = select(0u, (t13 & 1u) << 30u, t11) | (select(0u, (t14 & 1u) << 29u, t11) | t58);
  q[t9] = select(0u, t12 << 31u, t11) | t59;
  let t60 = select(0u, ((t42 >> 1u) & 1u) << 2u, t22) | (select(0u, (t43 >> 1u) & 1u, t22) | select(0u, t44 & 2u, t22));
  let t61 = select(0u, ((t40 >> 1u) & 1u) << 4u, t22) | (select(0u, ((t41 >> 1u) & 1u) << 3u, t22) | t60);
  let t62 = select(0u, ((t38 >> 1u) & 1u) << 6u, t22) | (select(0u, ((t39 >> 1u) & 1u) << 5u, t22) | t61);
  let t63 = select(0u, ((t36 >> 1u) & 1u) << 8u, t22) | (select(0u, ((t37 >> 1u) & 1u) << 7u, t22) | t62);
  let t64 = select(0u, ((t34 >> 1u) & 1u) << 10u, t22) | (select(0u, ((t35 >> 1u) & 1u) << 9u, t22) | t63);
  let t65 = select(0u, ((t32 >> 1u) & 1u) << 12u, t22) | (select(0u, ((t33 >> 1u) & 1u) << 11u, t22) | t64);
  let t66 = select(0u, ((t30 >> 1u) & 1u) << 14u, t22) | (select(0u, ((t31 >> 1u) & 1u) << 13u, t22) | t65);
  let t67 = select(0u, ((t28 >> 1u) & 1u) << 16u, t22) | (select(0u, ((t29 >> 1u) & 1u) << 15u, t22) | t66);
  let t68 = select(0u, ((t26 >> 1u) & 1u) << 18u, t22) | (select(0u, ((t27 >> 1u) & 1u) << 17u, t22) | t67);
  let t69 = select(0u, ((t24 >> 1u) & 1u) << 20u, t22) | (select(0u, ((t25 >> 1u) & 1u) << 19u, t22) | t68);
  let t70 = select(0u, ((t21 >> 1u) & 1u) << 22u, t11) | (select(0u, ((t23 >> 1u) & 1u) << 21u, t22) | t69);
  let t71 = select(0u, ((t19 >> 1u) & 1u) << 24u, t11) | (select(0u, ((t20 >> 1u) & 1u) << 23u, t11) | t70);
  let t72 = select(0u, ((t17 >> 1u) & 1u) << 26u, t11) | (select(0u, ((t18 >> 1u) & 1u) << 25u, t11) | t71);
  let t73 = select(0u, ((t15 >> 1u) & 1u) << 28u, t11) | (select(0u, ((t16 >> 1u) & 1u) << 27u, t11) | t72);
  let t74 = select(0u, ((t13 >> 1u) & 1u) << 30u, t11) | (select(0u, ((t14 >> 1u) & 1u) << 29u, t11) | t73);
  q[t9 + 32] = select(0u, (t12 >> 1u) << 31u, t11) | t74;
  let t75 = select(0u, (t43 >> 2u) & 1u, t22) | select(0u, ((t44 >> 2u) & 1u) << 1u, t22);
  let t76 = select(0u, ((t41 >> 2u) & 1u) << 3u, t22) | (select(0u, t42 & 4u, t22) | t75);
  let t77 = select(0u, ((t39 >> 2u) & 1u) << 5u, t22) | (select(0u, ((t40 >> 2u) & 1u) << 4u, t22) | t76);
  let t78 = select(0u, ((t37 >> 2u) & 1u) << 7u, t22) | (select(0u, ((t38 >> 2u) & 1u) << 6u, t22) | t77);
  let t79 = select(0u, ((t35 >> 2u) & 1u) << 9u, t22) | (select(0u, ((t36 >> 2u) & 1u) << 8u, t22) | t78);
  let t80 = select(0u, ((t33 >> 2u) & 1u) << 11u, t22) | (select(0u, ((t34 >> 2u) & 1u) << 10u, t22) | t79);
  let t81 = select(0u, ((t31 >> 2u) & 1u) << 13u, t22) | (select(0u, ((t32 >> 2u) & 1u) << 12u, t22) | t80);
  let t82 = select(0u, ((t29 >> 2u) & 1u) << 15u, t22) | (select(0u, ((t30 >> 2u) & 1u) << 14u, t22) | t81);
  let t83 = select(0u, ((t27 >> 2u) & 1u) << 17u, t22) | (select(0u, ((t28 >> 2u) & 1u) << 16u, t22) | t82);
  let t84 = select(0u, ((t25 >> 2u) & 1u) << 19u, t22) | (select(0u, ((t26 >> 2u) & 1u) << 18u, t22) | t83);
  let t85 = select(0u, ((t23 >> 2u) & 1u) << 21u, t22) | (select(0u, ((t24 >> 2u) & 1u) << 20u, t22) | t84);
  let t86 = select(0u, ((t20 >> 2u) & 1u) << 23u, t11) | (select(0u, ((t21 >> 2u) & 1u) << 22u, t11) | t85);
  let t87 = select(0u, ((t18 >> 2u) & 1u) << 25u, t11) | (select(0u, ((t19 >> 2u) & 1u) << 24u, t11) | t86);
  let t88 = select(0u, ((t16 >> 2u) & 1u) << 27u, t11) | (select(0u, ((t17 >> 2u) & 1u) << 26u, t11) | t87);
  let t89 = select(0u, ((t14 >> 2u) & 1u) << 29u, t11) | (select(0u, ((t15 >> 2u) & 1u) << 28u, t11) | t88);
  q[t9 + 64] = select(0u, (t12 >> 2u) << 31u, t11) | (select(0u, ((t13 >> 2u) & 1u) << 30u, t11) | t89);
  let t90 = (t & 3) == 0;
  let t91 = g + bm * 16 + (t >> 2u) * 2;
  if (t90) {
    if (t1) {
      s[t91] = bitcast<u32>(s_1);
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
  let v23_1 = i32(scratch[t7]) + i32(scratch[t7 + 1]) + i32(scratch[t7 + 2]) + i32(scratch[t7 + 3]);
  if (t90) {
    if (t1) {
      sum[t91] = u32(v23_1);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
