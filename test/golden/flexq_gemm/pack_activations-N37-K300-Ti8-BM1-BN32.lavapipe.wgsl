// pack_activations of flexq_gemm N = 37, K = 300, T = i8, BM = 1, BN = 32; target lavapipe
// 333 lines, 21 memory accesses, 128 bytes of workgroup memory
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
  if (block >= 3u * u32((params.M + 7) >> 3u)) { return; }
  let g = i32(block % 3u);
  let bm = i32(block / 3u);
  var v = array<f32, 32>();
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = g * 64 + (t & 3) * 16;
  let t3 = min(t0, max(params.M - 1, 0)) * 150;
  for (var s_1 = 0; s_1 < 16; s_1++) {
    let t4 = t2 + s_1;
    let t5 = t1 & (t4 < 150);
    let t6 = x[t3 + min(t4, 149)];
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
  let s_1 = max(v8_1 / 127f, 0.00001f);
  let codes_0 = decode(bitcast<u32>(min(max(round(v[0] / s_1), -127f), 127f)));
  let codes_1 = decode(bitcast<u32>(min(max(round(v[1] / s_1), -127f), 127f)));
  let codes_2 = decode(bitcast<u32>(min(max(round(v[2] / s_1), -127f), 127f)));
  let codes_3 = decode(bitcast<u32>(min(max(round(v[3] / s_1), -127f), 127f)));
  let codes_4 = decode(bitcast<u32>(min(max(round(v[4] / s_1), -127f), 127f)));
  let codes_5 = decode(bitcast<u32>(min(max(round(v[5] / s_1), -127f), 127f)));
  let codes_6 = decode(bitcast<u32>(min(max(round(v[6] / s_1), -127f), 127f)));
  let codes_7 = decode(bitcast<u32>(min(max(round(v[7] / s_1), -127f), 127f)));
  let codes_8 = decode(bitcast<u32>(min(max(round(v[8] / s_1), -127f), 127f)));
  let codes_9 = decode(bitcast<u32>(min(max(round(v[9] / s_1), -127f), 127f)));
  let codes_10 = decode(bitcast<u32>(min(max(round(v[10] / s_1), -127f), 127f)));
  let codes_11 = decode(bitcast<u32>(min(max(round(v[11] / s_1), -127f), 127f)));
  let codes_12 = decode(bitcast<u32>(min(max(round(v[12] / s_1), -127f), 127f)));
  let codes_13 = decode(bitcast<u32>(min(max(round(v[13] / s_1), -127f), 127f)));
  let codes_14 = decode(bitcast<u32>(min(max(round(v[14] / s_1), -127f), 127f)));
  let codes_15 = decode(bitcast<u32>(min(max(round(v[15] / s_1), -127f), 127f)));
  let codes_16 = decode(bitcast<u32>(min(max(round(v[16] / s_1), -127f), 127f)));
  let codes_17 = decode(bitcast<u32>(min(max(round(v[17] / s_1), -127f), 127f)));
  let codes_18 = decode(bitcast<u32>(min(max(round(v[18] / s_1), -127f), 127f)));
  let codes_19 = decode(bitcast<u32>(min(max(round(v[19] / s_1), -127f), 127f)));
  let codes_20 = decode(bitcast<u32>(min(max(round(v[20] / s_1), -127f), 127f)));
  let codes_21 = decode(bitcast<u32>(min(max(round(v[21] / s_1), -127f), 127f)));
  let codes_22 = decode(bitcast<u32>(min(max(round(v[22] / s_1), -127f), 127f)));
  let codes_23 = decode(bitcast<u32>(min(max(round(v[23] / s_1), -127f), 127f)));
  let codes_24 = decode(bitcast<u32>(min(max(round(v[24] / s_1), -127f), 127f)));
  let codes_25 = decode(bitcast<u32>(min(max(round(v[25] / s_1), -127f), 127f)));
  let codes_26 = decode(bitcast<u32>(min(max(round(v[26] / s_1), -127f), 127f)));
  let codes_27 = decode(bitcast<u32>(min(max(round(v[27] / s_1), -127f), 127f)));
  let codes_28 = decode(bitcast<u32>(min(max(round(v[28] / s_1), -127f), 127f)));
  let codes_29 = decode(bitcast<u32>(min(max(round(v[29] / s_1), -127f), 127f)));
  let codes_30 = decode(bitcast<u32>(min(max(round(v[30] / s_1), -127f), 127f)));
  let codes_31 = decode(bitcast<u32>(min(max(round(v[31] / s_1), -127f), 127f)));
  let t9 = (params.M + 7) >> 3u;
  if (t0 < t9 * 8) {
    let t10 = bm * 256 + t + g * t9 * 256;
    let t11 = g * 4 + (t & 3);
    let t12 = t1 & (t11 < 9);
    let t13 = u32(min(max(codes_31, -128), 127));
    let t14 = u32(min(max(codes_30, -128), 127));
    let t15 = u32(min(max(codes_29, -128), 127));
    let t16 = u32(min(max(codes_28, -128), 127));
    let t17 = u32(min(max(codes_27, -128), 127));
    let t18 = u32(min(max(codes_26, -128), 127));
    let t19 = u32(min(max(codes_25, -128), 127));
    let t20 = u32(min(max(codes_24, -128), 127));
    let t21 = u32(min(max(codes_23, -128), 127));
    let t22 = u32(min(max(codes_22, -128), 127));
    let t23 = u32(min(max(codes_21, -128), 127));
    let t24 = u32(min(max(codes_20, -128), 127));
    let t25 = u32(min(max(codes_19, -128), 127));
    let t26 = u32(min(max(codes_18, -128), 127));
    let t27 = u32(min(max(codes_17, -128), 127));
    let t28 = u32(min(max(codes_16, -128), 127));
    let t29 = u32(min(max(codes_15, -128), 127));
    let t30 = u32(min(max(codes_14, -128), 127));
    let t31 = u32(min(max(codes_13, -128), 127));
    let t32 = u32(min(max(codes_12, -128), 127));
    let t33 = t1 & (t11 < 10);
    let t34 = u32(min(max(codes_11, -128), 127));
    let t35 = u32(min(max(codes_10, -128), 127));
    let t36 = u32(min(max(codes_9, -128), 127));
    let t37 = u32(min(max(codes_8, -128), 127));
    let t38 = u32(min(max(codes_7, -128), 127));
    let t39 = u32(min(max(codes_6, -128), 127));
    let t40 = u32(min(max(codes_5, -128), 127));
    let t41 = u32(min(max(codes_4, -128), 127));
    let t42 = u32(min(max(codes_3, -128), 127));
    let t43 = u32(min(max(codes_2, -128), 127));
    let t44 = u32(min(max(codes_0, -128), 127));
    let t45 = u32(min(max(codes_1, -128), 127));
    let t46 = select(0u, (t43 & 1u) << 2u, t33) | (select(0u, t44 & 1u, t33) | select(0u, (t45 & 1u) << 1u, t33));
    let t47 = select(0u, (t41 & 1u) << 4u, t33) | (select(0u, (t42 & 1u) << 3u, t33) | t46);
    let t48 = select(0u, (t39 & 1u) << 6u, t33) | (select(0u, (t40 & 1u) << 5u, t33) | t47);
    let t49 = select(0u, (t37 & 1u) << 8u, t33) | (select(0u, (t38 & 1u) << 7u, t33) | t48);
    let t50 = select(0u, (t35 & 1u) << 10u, t33) | (select(0u, (t36 & 1u) << 9u, t33) | t49);
    let t51 = select(0u, (t32 & 1u) << 12u, t12) | (select(0u, (t34 & 1u) << 11u, t33) | t50);
    let t52 = select(0u, (t30 & 1u) << 14u, t12) | (select(0u, (t31 & 1u) << 13u, t12) | t51);
    let t53 = select(0u, (t28 & 1u) << 16u, t12) | (select(0u, (t29 & 1u) << 15u, t12) | t52);
    let t54 = select(0u, (t26 & 1u) << 18u, t12) | (select(0u, (t27 & 1u) << 17u, t12) | t53);
    let t55 = select(0u, (t24 & 1u) << 20u, t12) | (select(0u, (t25 & 1u) << 19u, t12) | t54);
    let t56 = select(0u, (t22 & 1u) << 22u, t12) | (select(0u, (t23 & 1u) << 21u, t12) | t55);
    let t57 = select(0u, (t20 & 1u) << 24u, t12) | (select(0u, (t21 & 1u) << 23u, t12) | t56);
    let t58 = select(0u, (t18 & 1u) << 26u, t12) | (select(0u, (t19 & 1u) << 25u, t12) | t57);
    let t59 = select(0u, (t16 & 1u) << 28u, t12) | (select(0u, (t17 & 1u) << 27u, t12) | t58);
    let t60 = select(0u, (t14 & 1u) << 30u, t12) | (select(0u, (t15 & 1u) << 29u, t12) | t59);
    q[t10] = select(0u, t13 << 31u, t12) | t60;
    let t61 = select(0u, ((t43 >> 1u) & 1u) << 2u, t33) | (select(0u, (t44 >> 1u) & 1u, t33) | select(0u, t45 & 2u, t33));
    let t62 = select(0u, ((t41 >> 1u) & 1u) << 4u, t33) | (select(0u, ((t42 >> 1u) & 1u) << 3u, t33) | t61);
    let t63 = select(0u, ((t39 >> 1u) & 1u) << 6u, t33) | (select(0u, ((t40 >> 1u) & 1u) << 5u, t33) | t62);
    let t64 = select(0u, ((t37 >> 1u) & 1u) << 8u, t33) | (select(0u, ((t38 >> 1u) & 1u) << 7u, t33) | t63);
    let t65 = select(0u, ((t35 >> 1u) & 1u) << 10u, t33) | (select(0u, ((t36 >> 1u) & 1u) << 9u, t33) | t64);
    let t66 = select(0u, ((t32 >> 1u) & 1u) << 12u, t12) | (select(0u, ((t34 >> 1u) & 1u) << 11u, t33) | t65);
    let t67 = select(0u, ((t30 >> 1u) & 1u) << 14u, t12) | (select(0u, ((t31 >> 1u) & 1u) << 13u, t12) | t66);
    let t68 = select(0u, ((t28 >> 1u) & 1u) << 16u, t12) | (select(0u, ((t29 >> 1u) & 1u) << 15u, t12) | t67);
    let t69 = select(0u, ((t26 >> 1u) & 1u) << 18u, t12) | (select(0u, ((t27 >> 1u) & 1u) << 17u, t12) | t68);
    let t70 = select(0u, ((t24 >> 1u) & 1u) << 20u, t12) | (select(0u, ((t25 >> 1u) & 1u) << 19u, t12) | t69);
    let t71 = select(0u, ((t22 >> 1u) & 1u) << 22u, t12) | (select(0u, ((t23 >> 1u) & 1u) << 21u, t12) | t70);
    let t72 = select(0u, ((t20 >> 1u) & 1u) << 24u, t12) | (select(0u, ((t21 >> 1u) & 1u) << 23u, t12) | t71);
    let t73 = select(0u, ((t18 >> 1u) & 1u) << 26u, t12) | (select(0u, ((t19 >> 1u) & 1u) << 25u, t12) | t72);
    let t74 = select(0u, ((t16 >> 1u) & 1u) << 28u, t12) | (select(0u, ((t17 >> 1u) & 1u) << 27u, t12) | t73);
    let t75 = select(0u, ((t14 >> 1u) & 1u) << 30u, t12) | (select(0u, ((t15 >> 1u) & 1u) << 29u, t12) | t74);
    q[t10 + 32] = select(0u, (t13 >> 1u) << 31u, t12) | t75;
    let t76 = select(0u, (t44 >> 2u) & 1u, t33) | select(0u, ((t45 >> 2u) & 1u) << 1u, t33);
    let t77 = select(0u, ((t42 >> 2u) & 1u) << 3u, t33) | (select(0u, t43 & 4u, t33) | t76);
    let t78 = select(0u, ((t40 >> 2u) & 1u) << 5u, t33) | (select(0u, ((t41 >> 2u) & 1u) << 4u, t33) | t77);
    let t79 = select(0u, ((t38 >> 2u) & 1u) << 7u, t33) | (select(0u, ((t39 >> 2u) & 1u) << 6u, t33) | t78);
    let t80 = select(0u, ((t36 >> 2u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 2u) & 1u) << 8u, t33) | t79);
    let t81 = select(0u, ((t34 >> 2u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 2u) & 1u) << 10u, t33) | t80);
    let t82 = select(0u, ((t31 >> 2u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 2u) & 1u) << 12u, t12) | t81);
    let t83 = select(0u, ((t29 >> 2u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 2u) & 1u) << 14u, t12) | t82);
    let t84 = select(0u, ((t27 >> 2u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 2u) & 1u) << 16u, t12) | t83);
    let t85 = select(0u, ((t25 >> 2u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 2u) & 1u) << 18u, t12) | t84);
    let t86 = select(0u, ((t23 >> 2u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 2u) & 1u) << 20u, t12) | t85);
    let t87 = select(0u, ((t21 >> 2u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 2u) & 1u) << 22u, t12) | t86);
    let t88 = select(0u, ((t19 >> 2u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 2u) & 1u) << 24u, t12) | t87);
    let t89 = select(0u, ((t17 >> 2u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 2u) & 1u) << 26u, t12) | t88);
    let t90 = select(0u, ((t15 >> 2u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 2u) & 1u) << 28u, t12) | t89);
    q[t10 + 64] = select(0u, (t13 >> 2u) << 31u, t12) | (select(0u, ((t14 >> 2u) & 1u) << 30u, t12) | t90);
    let t91 = select(0u, (t44 >> 3u) & 1u, t33) | select(0u, ((t45 >> 3u) & 1u) << 1u, t33);
    let t92 = select(0u, t42 & 8u, t33) | (select(0u, ((t43 >> 3u) & 1u) << 2u, t33) | t91);
    let t93 = select(0u, ((t40 >> 3u) & 1u) << 5u, t33) | (select(0u, ((t41 >> 3u) & 1u) << 4u, t33) | t92);
    let t94 = select(0u, ((t38 >> 3u) & 1u) << 7u, t33) | (select(0u, ((t39 >> 3u) & 1u) << 6u, t33) | t93);
    let t95 = select(0u, ((t36 >> 3u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 3u) & 1u) << 8u, t33) | t94);
    let t96 = select(0u, ((t34 >> 3u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 3u) & 1u) << 10u, t33) | t95);
    let t97 = select(0u, ((t31 >> 3u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 3u) & 1u) << 12u, t12) | t96);
    let t98 = select(0u, ((t29 >> 3u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 3u) & 1u) << 14u, t12) | t97);
    let t99 = select(0u, ((t27 >> 3u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 3u) & 1u) << 16u, t12) | t98);
    let t100 = select(0u, ((t25 >> 3u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 3u) & 1u) << 18u, t12) | t99);
    let t101 = select(0u, ((t23 >> 3u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 3u) & 1u) << 20u, t12) | t100);
    let t102 = select(0u, ((t21 >> 3u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 3u) & 1u) << 22u, t12) | t101);
    let t103 = select(0u, ((t19 >> 3u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 3u) & 1u) << 24u, t12) | t102);
    let t104 = select(0u, ((t17 >> 3u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 3u) & 1u) << 26u, t12) | t103);
    let t105 = select(0u, ((t15 >> 3u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 3u) & 1u) << 28u, t12) | t104);
    q[t10 + 96] = select(0u, (t13 >> 3u) << 31u, t12) | (select(0u, ((t14 >> 3u) & 1u) << 30u, t12) | t105);
    let t106 = select(0u, (t44 >> 4u) & 1u, t33) | select(0u, ((t45 >> 4u) & 1u) << 1u, t33);
    let t107 = select(0u, ((t42 >> 4u) & 1u) << 3u, t33) | (select(0u, ((t43 >> 4u) & 1u) << 2u, t33) | t106);
    let t108 = select(0u, ((t40 >> 4u) & 1u) << 5u, t33) | (select(0u, t41 & 16u, t33) | t107);
    let t109 = select(0u, ((t38 >> 4u) & 1u) << 7u, t33) | (select(0u, ((t39 >> 4u) & 1u) << 6u, t33) | t108);
    let t110 = select(0u, ((t36 >> 4u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 4u) & 1u) << 8u, t33) | t109);
    let t111 = select(0u, ((t34 >> 4u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 4u) & 1u) << 10u, t33) | t110);
    let t112 = select(0u, ((t31 >> 4u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 4u) & 1u) << 12u, t12) | t111);
    let t113 = select(0u, ((t29 >> 4u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 4u) & 1u) << 14u, t12) | t112);
    let t114 = select(0u, ((t27 >> 4u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 4u) & 1u) << 16u, t12) | t113);
    let t115 = select(0u, ((t25 >> 4u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 4u) & 1u) << 18u, t12) | t114);
    let t116 = select(0u, ((t23 >> 4u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 4u) & 1u) << 20u, t12) | t115);
    let t117 = select(0u, ((t21 >> 4u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 4u) & 1u) << 22u, t12) | t116);
    let t118 = select(0u, ((t19 >> 4u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 4u) & 1u) << 24u, t12) | t117);
    let t119 = select(0u, ((t17 >> 4u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 4u) & 1u) << 26u, t12) | t118);
    let t120 = select(0u, ((t15 >> 4u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 4u) & 1u) << 28u, t12) | t119);
    q[t10 + 128] = select(0u, (t13 >> 4u) << 31u, t12) | (select(0u, ((t14 >> 4u) & 1u) << 30u, t12) | t120);
    let t121 = select(0u, (t44 >> 5u) & 1u, t33) | select(0u, ((t45 >> 5u) & 1u) << 1u, t33);
    let t122 = select(0u, ((t42 >> 5u) & 1u) << 3u, t33) | (select(0u, ((t43 >> 5u) & 1u) << 2u, t33) | t121);
    let t123 = select(0u, t40 & 32u, t33) | (select(0u, ((t41 >> 5u) & 1u) << 4u, t33) | t122);
    let t124 = select(0u, ((t38 >> 5u) & 1u) << 7u, t33) | (select(0u, ((t39 >> 5u) & 1u) << 6u, t33) | t123);
    let t125 = select(0u, ((t36 >> 5u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 5u) & 1u) << 8u, t33) | t124);
    let t126 = select(0u, ((t34 >> 5u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 5u) & 1u) << 10u, t33) | t125);
    let t127 = select(0u, ((t31 >> 5u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 5u) & 1u) << 12u, t12) | t126);
    let t128 = select(0u, ((t29 >> 5u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 5u) & 1u) << 14u, t12) | t127);
    let t129 = select(0u, ((t27 >> 5u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 5u) & 1u) << 16u, t12) | t128);
    let t130 = select(0u, ((t25 >> 5u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 5u) & 1u) << 18u, t12) | t129);
    let t131 = select(0u, ((t23 >> 5u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 5u) & 1u) << 20u, t12) | t130);
    let t132 = select(0u, ((t21 >> 5u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 5u) & 1u) << 22u, t12) | t131);
    let t133 = select(0u, ((t19 >> 5u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 5u) & 1u) << 24u, t12) | t132);
    let t134 = select(0u, ((t17 >> 5u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 5u) & 1u) << 26u, t12) | t133);
    let t135 = select(0u, ((t15 >> 5u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 5u) & 1u) << 28u, t12) | t134);
    q[t10 + 160] = select(0u, (t13 >> 5u) << 31u, t12) | (select(0u, ((t14 >> 5u) & 1u) << 30u, t12) | t135);
    let t136 = select(0u, (t44 >> 6u) & 1u, t33) | select(0u, ((t45 >> 6u) & 1u) << 1u, t33);
    let t137 = select(0u, ((t42 >> 6u) & 1u) << 3u, t33) | (select(0u, ((t43 >> 6u) & 1u) << 2u, t33) | t136);
    let t138 = select(0u, ((t40 >> 6u) & 1u) << 5u, t33) | (select(0u, ((t41 >> 6u) & 1u) << 4u, t33) | t137);
    let t139 = select(0u, ((t38 >> 6u) & 1u) << 7u, t33) | (select(0u, t39 & 64u, t33) | t138);
    let t140 = select(0u, ((t36 >> 6u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 6u) & 1u) << 8u, t33) | t139);
    let t141 = select(0u, ((t34 >> 6u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 6u) & 1u) << 10u, t33) | t140);
    let t142 = select(0u, ((t31 >> 6u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 6u) & 1u) << 12u, t12) | t141);
    let t143 = select(0u, ((t29 >> 6u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 6u) & 1u) << 14u, t12) | t142);
    let t144 = select(0u, ((t27 >> 6u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 6u) & 1u) << 16u, t12) | t143);
    let t145 = select(0u, ((t25 >> 6u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 6u) & 1u) << 18u, t12) | t144);
    let t146 = select(0u, ((t23 >> 6u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 6u) & 1u) << 20u, t12) | t145);
    let t147 = select(0u, ((t21 >> 6u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 6u) & 1u) << 22u, t12) | t146);
    let t148 = select(0u, ((t19 >> 6u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 6u) & 1u) << 24u, t12) | t147);
    let t149 = select(0u, ((t17 >> 6u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 6u) & 1u) << 26u, t12) | t148);
    let t150 = select(0u, ((t15 >> 6u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 6u) & 1u) << 28u, t12) | t149);
    q[t10 + 192] = select(0u, (t13 >> 6u) << 31u, t12) | (select(0u, ((t14 >> 6u) & 1u) << 30u, t12) | t150);
    let t151 = select(0u, (t44 >> 7u) & 1u, t33) | select(0u, ((t45 >> 7u) & 1u) << 1u, t33);
    let t152 = select(0u, ((t42 >> 7u) & 1u) << 3u, t33) | (select(0u, ((t43 >> 7u) & 1u) << 2u, t33) | t151);
    let t153 = select(0u, ((t40 >> 7u) & 1u) << 5u, t33) | (select(0u, ((t41 >> 7u) & 1u) << 4u, t33) | t152);
    let t154 = select(0u, t38 & 128u, t33) | (select(0u, ((t39 >> 7u) & 1u) << 6u, t33) | t153);
    let t155 = select(0u, ((t36 >> 7u) & 1u) << 9u, t33) | (select(0u, ((t37 >> 7u) & 1u) << 8u, t33) | t154);
    let t156 = select(0u, ((t34 >> 7u) & 1u) << 11u, t33) | (select(0u, ((t35 >> 7u) & 1u) << 10u, t33) | t155);
    let t157 = select(0u, ((t31 >> 7u) & 1u) << 13u, t12) | (select(0u, ((t32 >> 7u) & 1u) << 12u, t12) | t156);
    let t158 = select(0u, ((t29 >> 7u) & 1u) << 15u, t12) | (select(0u, ((t30 >> 7u) & 1u) << 14u, t12) | t157);
    let t159 = select(0u, ((t27 >> 7u) & 1u) << 17u, t12) | (select(0u, ((t28 >> 7u) & 1u) << 16u, t12) | t158);
    let t160 = select(0u, ((t25 >> 7u) & 1u) << 19u, t12) | (select(0u, ((t26 >> 7u) & 1u) << 18u, t12) | t159);
    let t161 = select(0u, ((t23 >> 7u) & 1u) << 21u, t12) | (select(0u, ((t24 >> 7u) & 1u) << 20u, t12) | t160);
    let t162 = select(0u, ((t21 >> 7u) & 1u) << 23u, t12) | (select(0u, ((t22 >> 7u) & 1u) << 22u, t12) | t161);
    let t163 = select(0u, ((t19 >> 7u) & 1u) << 25u, t12) | (select(0u, ((t20 >> 7u) & 1u) << 24u, t12) | t162);
    let t164 = select(0u, ((t17 >> 7u) & 1u) << 27u, t12) | (select(0u, ((t18 >> 7u) & 1u) << 26u, t12) | t163);
    let t165 = select(0u, ((t15 >> 7u) & 1u) << 29u, t12) | (select(0u, ((t16 >> 7u) & 1u) << 28u, t12) | t164);
    q[t10 + 224] = select(0u, (t13 >> 7u) << 31u, t12) | (select(0u, ((t14 >> 7u) & 1u) << 30u, t12) | t165);
  }
  let t166 = (t & 3) == 0;
  let t167 = g + bm * 24 + (t >> 2u) * 3;
  if (t166) {
    if (t1) {
      s[t167] = bitcast<u32>(s_1);
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
  if (t166) {
    if (t1) {
      sum[t167] = u32(v23_1);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
