// pack_activations of flexq_gemm N = 64, K = 256; target subgroups
// 330 lines, 16 memory accesses, 0 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> q: array<u32>;
@group(0) @binding(2) var<storage, read_write> s: array<u32>;
@group(0) @binding(3) var<storage, read_write> sum: array<u32>;
var<private> bits_ff800000 = 0xff800000u;

fn to_i32(x: f32) -> i32 {
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(32)
fn pack_activations(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  let g = i32(block % 2u);
  let bm = i32(block / 2u);
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = g * 32 + (t & 3) * 8 + min(t0, max(params.M - 1, 0)) * 64;
  let t3 = x[t2];
  let v_0 = bitcast<f32>(select(0u, t3.x, t1));
  let v_1 = bitcast<f32>(select(0u, t3.y, t1));
  let v_2 = bitcast<f32>(select(0u, t3.z, t1));
  let v_3 = bitcast<f32>(select(0u, t3.w, t1));
  let t4 = x[t2 + 1];
  let v_4 = bitcast<f32>(select(0u, t4.x, t1));
  let v_5 = bitcast<f32>(select(0u, t4.y, t1));
  let v_6 = bitcast<f32>(select(0u, t4.z, t1));
  let v_7 = bitcast<f32>(select(0u, t4.w, t1));
  let t5 = x[t2 + 2];
  let v_8 = bitcast<f32>(select(0u, t5.x, t1));
  let v_9 = bitcast<f32>(select(0u, t5.y, t1));
  let v_10 = bitcast<f32>(select(0u, t5.z, t1));
  let v_11 = bitcast<f32>(select(0u, t5.w, t1));
  let t6 = x[t2 + 3];
  let v_12 = bitcast<f32>(select(0u, t6.x, t1));
  let v_13 = bitcast<f32>(select(0u, t6.y, t1));
  let v_14 = bitcast<f32>(select(0u, t6.z, t1));
  let v_15 = bitcast<f32>(select(0u, t6.w, t1));
  let t7 = x[t2 + 4];
  let v_16 = bitcast<f32>(select(0u, t7.x, t1));
  let v_17 = bitcast<f32>(select(0u, t7.y, t1));
  let v_18 = bitcast<f32>(select(0u, t7.z, t1));
  let v_19 = bitcast<f32>(select(0u, t7.w, t1));
  let t8 = x[t2 + 5];
  let v_20 = bitcast<f32>(select(0u, t8.x, t1));
  let v_21 = bitcast<f32>(select(0u, t8.y, t1));
  let v_22 = bitcast<f32>(select(0u, t8.z, t1));
  let v_23 = bitcast<f32>(select(0u, t8.w, t1));
  let t9 = x[t2 + 6];
  let v_24 = bitcast<f32>(select(0u, t9.x, t1));
  let v_25 = bitcast<f32>(select(0u, t9.y, t1));
  let v_26 = bitcast<f32>(select(0u, t9.z, t1));
  let v_27 = bitcast<f32>(select(0u, t9.w, t1));
  let t10 = x[t2 + 7];
  let v_28 = bitcast<f32>(select(0u, t10.x, t1));
  let v_29 = bitcast<f32>(select(0u, t10.y, t1));
  let v_30 = bitcast<f32>(select(0u, t10.z, t1));
  let v_31 = bitcast<f32>(select(0u, t10.w, t1));
  var v8 = bitcast<f32>(bits_ff800000);
  v8 = max(v8, abs(v_0));
  v8 = max(v8, abs(v_1));
  v8 = max(v8, abs(v_2));
  v8 = max(v8, abs(v_3));
  v8 = max(v8, abs(v_4));
  v8 = max(v8, abs(v_5));
  v8 = max(v8, abs(v_6));
  v8 = max(v8, abs(v_7));
  v8 = max(v8, abs(v_8));
  v8 = max(v8, abs(v_9));
  v8 = max(v8, abs(v_10));
  v8 = max(v8, abs(v_11));
  v8 = max(v8, abs(v_12));
  v8 = max(v8, abs(v_13));
  v8 = max(v8, abs(v_14));
  v8 = max(v8, abs(v_15));
  v8 = max(v8, abs(v_16));
  v8 = max(v8, abs(v_17));
  v8 = max(v8, abs(v_18));
  v8 = max(v8, abs(v_19));
  v8 = max(v8, abs(v_20));
  v8 = max(v8, abs(v_21));
  v8 = max(v8, abs(v_22));
  v8 = max(v8, abs(v_23));
  v8 = max(v8, abs(v_24));
  v8 = max(v8, abs(v_25));
  v8 = max(v8, abs(v_26));
  v8 = max(v8, abs(v_27));
  v8 = max(v8, abs(v_28));
  v8 = max(v8, abs(v_29));
  v8 = max(v8, abs(v_30));
  v8 = max(v8, abs(v_31));
  let other = subgroupShuffleXor(v8, 1u);
  v8 = max(v8, other);
  let other_1 = subgroupShuffleXor(v8, 2u);
  v8 = max(v8, other_1);
  let s_1 = max(v8 / 31f, 0.00001f);
  let codes_0 = decode(bitcast<u32>(min(max(round(v_0 / s_1), -31f), 31f)));
  let codes_1 = decode(bitcast<u32>(min(max(round(v_1 / s_1), -31f), 31f)));
  let codes_2 = decode(bitcast<u32>(min(max(round(v_2 / s_1), -31f), 31f)));
  let codes_3 = decode(bitcast<u32>(min(max(round(v_3 / s_1), -31f), 31f)));
  let codes_4 = decode(bitcast<u32>(min(max(round(v_4 / s_1), -31f), 31f)));
  let codes_5 = decode(bitcast<u32>(min(max(round(v_5 / s_1), -31f), 31f)));
  let codes_6 = decode(bitcast<u32>(min(max(round(v_6 / s_1), -31f), 31f)));
  let codes_7 = decode(bitcast<u32>(min(max(round(v_7 / s_1), -31f), 31f)));
  let codes_8 = decode(bitcast<u32>(min(max(round(v_8 / s_1), -31f), 31f)));
  let codes_9 = decode(bitcast<u32>(min(max(round(v_9 / s_1), -31f), 31f)));
  let codes_10 = decode(bitcast<u32>(min(max(round(v_10 / s_1), -31f), 31f)));
  let codes_11 = decode(bitcast<u32>(min(max(round(v_11 / s_1), -31f), 31f)));
  let codes_12 = decode(bitcast<u32>(min(max(round(v_12 / s_1), -31f), 31f)));
  let codes_13 = decode(bitcast<u32>(min(max(round(v_13 / s_1), -31f), 31f)));
  let codes_14 = decode(bitcast<u32>(min(max(round(v_14 / s_1), -31f), 31f)));
  let codes_15 = decode(bitcast<u32>(min(max(round(v_15 / s_1), -31f), 31f)));
  let codes_16 = decode(bitcast<u32>(min(max(round(v_16 / s_1), -31f), 31f)));
  let codes_17 = decode(bitcast<u32>(min(max(round(v_17 / s_1), -31f), 31f)));
  let codes_18 = decode(bitcast<u32>(min(max(round(v_18 / s_1), -31f), 31f)));
  let codes_19 = decode(bitcast<u32>(min(max(round(v_19 / s_1), -31f), 31f)));
  let codes_20 = decode(bitcast<u32>(min(max(round(v_20 / s_1), -31f), 31f)));
  let codes_21 = decode(bitcast<u32>(min(max(round(v_21 / s_1), -31f), 31f)));
  let codes_22 = decode(bitcast<u32>(min(max(round(v_22 / s_1), -31f), 31f)));
  let codes_23 = decode(bitcast<u32>(min(max(round(v_23 / s_1), -31f), 31f)));
  let codes_24 = decode(bitcast<u32>(min(max(round(v_24 / s_1), -31f), 31f)));
  let codes_25 = decode(bitcast<u32>(min(max(round(v_25 / s_1), -31f), 31f)));
  let codes_26 = decode(bitcast<u32>(min(max(round(v_26 / s_1), -31f), 31f)));
  let codes_27 = decode(bitcast<u32>(min(max(round(v_27 / s_1), -31f), 31f)));
  let codes_28 = decode(bitcast<u32>(min(max(round(v_28 / s_1), -31f), 31f)));
  let codes_29 = decode(bitcast<u32>(min(max(round(v_29 / s_1), -31f), 31f)));
  let codes_30 = decode(bitcast<u32>(min(max(round(v_30 / s_1), -31f), 31f)));
  let codes_31 = decode(bitcast<u32>(min(max(round(v_31 / s_1), -31f), 31f)));
  let t11 = (params.M + 7) >> 3u;
  if (t0 < t11 * 8) {
    let t12 = bm * 192 + t + g * t11 * 192;
    let t13 = u32(min(max(codes_31, -32), 31));
    let t14 = u32(min(max(codes_30, -32), 31));
    let t15 = u32(min(max(codes_29, -32), 31));
    let t16 = u32(min(max(codes_28, -32), 31));
    let t17 = u32(min(max(codes_27, -32), 31));
    let t18 = u32(min(max(codes_26, -32), 31));
    let t19 = u32(min(max(codes_25, -32), 31));
    let t20 = u32(min(max(codes_24, -32), 31));
    let t21 = u32(min(max(codes_23, -32), 31));
    let t22 = u32(min(max(codes_22, -32), 31));
    let t23 = u32(min(max(codes_21, -32), 31));
    let t24 = u32(min(max(codes_20, -32), 31));
    let t25 = u32(min(max(codes_19, -32), 31));
    let t26 = u32(min(max(codes_18, -32), 31));
    let t27 = u32(min(max(codes_17, -32), 31));
    let t28 = u32(min(max(codes_16, -32), 31));
    let t29 = u32(min(max(codes_15, -32), 31));
    let t30 = u32(min(max(codes_14, -32), 31));
    let t31 = u32(min(max(codes_13, -32), 31));
    let t32 = u32(min(max(codes_12, -32), 31));
    let t33 = u32(min(max(codes_11, -32), 31));
    let t34 = u32(min(max(codes_10, -32), 31));
    let t35 = u32(min(max(codes_9, -32), 31));
    let t36 = u32(min(max(codes_8, -32), 31));
    let t37 = u32(min(max(codes_7, -32), 31));
    let t38 = u32(min(max(codes_6, -32), 31));
    let t39 = u32(min(max(codes_5, -32), 31));
    let t40 = u32(min(max(codes_4, -32), 31));
    let t41 = u32(min(max(codes_3, -32), 31));
    let t42 = u32(min(max(codes_2, -32), 31));
    let t43 = u32(min(max(codes_0, -32), 31));
    let t44 = u32(min(max(codes_1, -32), 31));
    let t45 = select(0u, (t42 & 1u) << 2u, t1) | (select(0u, t43 & 1u, t1) | select(0u, (t44 & 1u) << 1u, t1));
    let t46 = select(0u, (t40 & 1u) << 4u, t1) | (select(0u, (t41 & 1u) << 3u, t1) | t45);
    let t47 = select(0u, (t38 & 1u) << 6u, t1) | (select(0u, (t39 & 1u) << 5u, t1) | t46);
    let t48 = select(0u, (t36 & 1u) << 8u, t1) | (select(0u, (t37 & 1u) << 7u, t1) | t47);
    let t49 = select(0u, (t34 & 1u) << 10u, t1) | (select(0u, (t35 & 1u) << 9u, t1) | t48);
    let t50 = select(0u, (t32 & 1u) << 12u, t1) | (select(0u, (t33 & 1u) << 11u, t1) | t49);
    let t51 = select(0u, (t30 & 1u) << 14u, t1) | (select(0u, (t31 & 1u) << 13u, t1) | t50);
    let t52 = select(0u, (t28 & 1u) << 16u, t1) | (select(0u, (t29 & 1u) << 15u, t1) | t51);
    let t53 = select(0u, (t26 & 1u) << 18u, t1) | (select(0u, (t27 & 1u) << 17u, t1) | t52);
    let t54 = select(0u, (t24 & 1u) << 20u, t1) | (select(0u, (t25 & 1u) << 19u, t1) | t53);
    let t55 = select(0u, (t22 & 1u) << 22u, t1) | (select(0u, (t23 & 1u) << 21u, t1) | t54);
    let t56 = select(0u, (t20 & 1u) << 24u, t1) | (select(0u, (t21 & 1u) << 23u, t1) | t55);
    let t57 = select(0u, (t18 & 1u) << 26u, t1) | (select(0u, (t19 & 1u) << 25u, t1) | t56);
    let t58 = select(0u, (t16 & 1u) << 28u, t1) | (select(0u, (t17 & 1u) << 27u, t1) | t57);
    let t59 = select(0u, (t14 & 1u) << 30u, t1) | (select(0u, (t15 & 1u) << 29u, t1) | t58);
    q[t12] = select(0u, t13 << 31u, t1) | t59;
    let t60 = select(0u, ((t42 >> 1u) & 1u) << 2u, t1) | (select(0u, (t43 >> 1u) & 1u, t1) | select(0u, t44 & 2u, t1));
    let t61 = select(0u, ((t40 >> 1u) & 1u) << 4u, t1) | (select(0u, ((t41 >> 1u) & 1u) << 3u, t1) | t60);
    let t62 = select(0u, ((t38 >> 1u) & 1u) << 6u, t1) | (select(0u, ((t39 >> 1u) & 1u) << 5u, t1) | t61);
    let t63 = select(0u, ((t36 >> 1u) & 1u) << 8u, t1) | (select(0u, ((t37 >> 1u) & 1u) << 7u, t1) | t62);
    let t64 = select(0u, ((t34 >> 1u) & 1u) << 10u, t1) | (select(0u, ((t35 >> 1u) & 1u) << 9u, t1) | t63);
    let t65 = select(0u, ((t32 >> 1u) & 1u) << 12u, t1) | (select(0u, ((t33 >> 1u) & 1u) << 11u, t1) | t64);
    let t66 = select(0u, ((t30 >> 1u) & 1u) << 14u, t1) | (select(0u, ((t31 >> 1u) & 1u) << 13u, t1) | t65);
    let t67 = select(0u, ((t28 >> 1u) & 1u) << 16u, t1) | (select(0u, ((t29 >> 1u) & 1u) << 15u, t1) | t66);
    let t68 = select(0u, ((t26 >> 1u) & 1u) << 18u, t1) | (select(0u, ((t27 >> 1u) & 1u) << 17u, t1) | t67);
    let t69 = select(0u, ((t24 >> 1u) & 1u) << 20u, t1) | (select(0u, ((t25 >> 1u) & 1u) << 19u, t1) | t68);
    let t70 = select(0u, ((t22 >> 1u) & 1u) << 22u, t1) | (select(0u, ((t23 >> 1u) & 1u) << 21u, t1) | t69);
    let t71 = select(0u, ((t20 >> 1u) & 1u) << 24u, t1) | (select(0u, ((t21 >> 1u) & 1u) << 23u, t1) | t70);
    let t72 = select(0u, ((t18 >> 1u) & 1u) << 26u, t1) | (select(0u, ((t19 >> 1u) & 1u) << 25u, t1) | t71);
    let t73 = select(0u, ((t16 >> 1u) & 1u) << 28u, t1) | (select(0u, ((t17 >> 1u) & 1u) << 27u, t1) | t72);
    let t74 = select(0u, ((t14 >> 1u) & 1u) << 30u, t1) | (select(0u, ((t15 >> 1u) & 1u) << 29u, t1) | t73);
    q[t12 + 32] = select(0u, (t13 >> 1u) << 31u, t1) | t74;
    let t75 = select(0u, (t43 >> 2u) & 1u, t1) | select(0u, ((t44 >> 2u) & 1u) << 1u, t1);
    let t76 = select(0u, ((t41 >> 2u) & 1u) << 3u, t1) | (select(0u, t42 & 4u, t1) | t75);
    let t77 = select(0u, ((t39 >> 2u) & 1u) << 5u, t1) | (select(0u, ((t40 >> 2u) & 1u) << 4u, t1) | t76);
    let t78 = select(0u, ((t37 >> 2u) & 1u) << 7u, t1) | (select(0u, ((t38 >> 2u) & 1u) << 6u, t1) | t77);
    let t79 = select(0u, ((t35 >> 2u) & 1u) << 9u, t1) | (select(0u, ((t36 >> 2u) & 1u) << 8u, t1) | t78);
    let t80 = select(0u, ((t33 >> 2u) & 1u) << 11u, t1) | (select(0u, ((t34 >> 2u) & 1u) << 10u, t1) | t79);
    let t81 = select(0u, ((t31 >> 2u) & 1u) << 13u, t1) | (select(0u, ((t32 >> 2u) & 1u) << 12u, t1) | t80);
    let t82 = select(0u, ((t29 >> 2u) & 1u) << 15u, t1) | (select(0u, ((t30 >> 2u) & 1u) << 14u, t1) | t81);
    let t83 = select(0u, ((t27 >> 2u) & 1u) << 17u, t1) | (select(0u, ((t28 >> 2u) & 1u) << 16u, t1) | t82);
    let t84 = select(0u, ((t25 >> 2u) & 1u) << 19u, t1) | (select(0u, ((t26 >> 2u) & 1u) << 18u, t1) | t83);
    let t85 = select(0u, ((t23 >> 2u) & 1u) << 21u, t1) | (select(0u, ((t24 >> 2u) & 1u) << 20u, t1) | t84);
    let t86 = select(0u, ((t21 >> 2u) & 1u) << 23u, t1) | (select(0u, ((t22 >> 2u) & 1u) << 22u, t1) | t85);
    let t87 = select(0u, ((t19 >> 2u) & 1u) << 25u, t1) | (select(0u, ((t20 >> 2u) & 1u) << 24u, t1) | t86);
    let t88 = select(0u, ((t17 >> 2u) & 1u) << 27u, t1) | (select(0u, ((t18 >> 2u) & 1u) << 26u, t1) | t87);
    let t89 = select(0u, ((t15 >> 2u) & 1u) << 29u, t1) | (select(0u, ((t16 >> 2u) & 1u) << 28u, t1) | t88);
    q[t12 + 64] = select(0u, (t13 >> 2u) << 31u, t1) | (select(0u, ((t14 >> 2u) & 1u) << 30u, t1) | t89);
    let t90 = select(0u, (t43 >> 3u) & 1u, t1) | select(0u, ((t44 >> 3u) & 1u) << 1u, t1);
    let t91 = select(0u, t41 & 8u, t1) | (select(0u, ((t42 >> 3u) & 1u) << 2u, t1) | t90);
    let t92 = select(0u, ((t39 >> 3u) & 1u) << 5u, t1) | (select(0u, ((t40 >> 3u) & 1u) << 4u, t1) | t91);
    let t93 = select(0u, ((t37 >> 3u) & 1u) << 7u, t1) | (select(0u, ((t38 >> 3u) & 1u) << 6u, t1) | t92);
    let t94 = select(0u, ((t35 >> 3u) & 1u) << 9u, t1) | (select(0u, ((t36 >> 3u) & 1u) << 8u, t1) | t93);
    let t95 = select(0u, ((t33 >> 3u) & 1u) << 11u, t1) | (select(0u, ((t34 >> 3u) & 1u) << 10u, t1) | t94);
    let t96 = select(0u, ((t31 >> 3u) & 1u) << 13u, t1) | (select(0u, ((t32 >> 3u) & 1u) << 12u, t1) | t95);
    let t97 = select(0u, ((t29 >> 3u) & 1u) << 15u, t1) | (select(0u, ((t30 >> 3u) & 1u) << 14u, t1) | t96);
    let t98 = select(0u, ((t27 >> 3u) & 1u) << 17u, t1) | (select(0u, ((t28 >> 3u) & 1u) << 16u, t1) | t97);
    let t99 = select(0u, ((t25 >> 3u) & 1u) << 19u, t1) | (select(0u, ((t26 >> 3u) & 1u) << 18u, t1) | t98);
    let t100 = select(0u, ((t23 >> 3u) & 1u) << 21u, t1) | (select(0u, ((t24 >> 3u) & 1u) << 20u, t1) | t99);
    let t101 = select(0u, ((t21 >> 3u) & 1u) << 23u, t1) | (select(0u, ((t22 >> 3u) & 1u) << 22u, t1) | t100);
    let t102 = select(0u, ((t19 >> 3u) & 1u) << 25u, t1) | (select(0u, ((t20 >> 3u) & 1u) << 24u, t1) | t101);
    let t103 = select(0u, ((t17 >> 3u) & 1u) << 27u, t1) | (select(0u, ((t18 >> 3u) & 1u) << 26u, t1) | t102);
    let t104 = select(0u, ((t15 >> 3u) & 1u) << 29u, t1) | (select(0u, ((t16 >> 3u) & 1u) << 28u, t1) | t103);
    q[t12 + 96] = select(0u, (t13 >> 3u) << 31u, t1) | (select(0u, ((t14 >> 3u) & 1u) << 30u, t1) | t104);
    let t105 = select(0u, (t43 >> 4u) & 1u, t1) | select(0u, ((t44 >> 4u) & 1u) << 1u, t1);
    let t106 = select(0u, ((t41 >> 4u) & 1u) << 3u, t1) | (select(0u, ((t42 >> 4u) & 1u) << 2u, t1) | t105);
    let t107 = select(0u, ((t39 >> 4u) & 1u) << 5u, t1) | (select(0u, t40 & 16u, t1) | t106);
    let t108 = select(0u, ((t37 >> 4u) & 1u) << 7u, t1) | (select(0u, ((t38 >> 4u) & 1u) << 6u, t1) | t107);
    let t109 = select(0u, ((t35 >> 4u) & 1u) << 9u, t1) | (select(0u, ((t36 >> 4u) & 1u) << 8u, t1) | t108);
    let t110 = select(0u, ((t33 >> 4u) & 1u) << 11u, t1) | (select(0u, ((t34 >> 4u) & 1u) << 10u, t1) | t109);
    let t111 = select(0u, ((t31 >> 4u) & 1u) << 13u, t1) | (select(0u, ((t32 >> 4u) & 1u) << 12u, t1) | t110);
    let t112 = select(0u, ((t29 >> 4u) & 1u) << 15u, t1) | (select(0u, ((t30 >> 4u) & 1u) << 14u, t1) | t111);
    let t113 = select(0u, ((t27 >> 4u) & 1u) << 17u, t1) | (select(0u, ((t28 >> 4u) & 1u) << 16u, t1) | t112);
    let t114 = select(0u, ((t25 >> 4u) & 1u) << 19u, t1) | (select(0u, ((t26 >> 4u) & 1u) << 18u, t1) | t113);
    let t115 = select(0u, ((t23 >> 4u) & 1u) << 21u, t1) | (select(0u, ((t24 >> 4u) & 1u) << 20u, t1) | t114);
    let t116 = select(0u, ((t21 >> 4u) & 1u) << 23u, t1) | (select(0u, ((t22 >> 4u) & 1u) << 22u, t1) | t115);
    let t117 = select(0u, ((t19 >> 4u) & 1u) << 25u, t1) | (select(0u, ((t20 >> 4u) & 1u) << 24u, t1) | t116);
    let t118 = select(0u, ((t17 >> 4u) & 1u) << 27u, t1) | (select(0u, ((t18 >> 4u) & 1u) << 26u, t1) | t117);
    let t119 = select(0u, ((t15 >> 4u) & 1u) << 29u, t1) | (select(0u, ((t16 >> 4u) & 1u) << 28u, t1) | t118);
    q[t12 + 128] = select(0u, (t13 >> 4u) << 31u, t1) | (select(0u, ((t14 >> 4u) & 1u) << 30u, t1) | t119);
    let t120 = select(0u, (t43 >> 5u) & 1u, t1) | select(0u, ((t44 >> 5u) & 1u) << 1u, t1);
    let t121 = select(0u, ((t41 >> 5u) & 1u) << 3u, t1) | (select(0u, ((t42 >> 5u) & 1u) << 2u, t1) | t120);
    let t122 = select(0u, t39 & 32u, t1) | (select(0u, ((t40 >> 5u) & 1u) << 4u, t1) | t121);
    let t123 = select(0u, ((t37 >> 5u) & 1u) << 7u, t1) | (select(0u, ((t38 >> 5u) & 1u) << 6u, t1) | t122);
    let t124 = select(0u, ((t35 >> 5u) & 1u) << 9u, t1) | (select(0u, ((t36 >> 5u) & 1u) << 8u, t1) | t123);
    let t125 = select(0u, ((t33 >> 5u) & 1u) << 11u, t1) | (select(0u, ((t34 >> 5u) & 1u) << 10u, t1) | t124);
    let t126 = select(0u, ((t31 >> 5u) & 1u) << 13u, t1) | (select(0u, ((t32 >> 5u) & 1u) << 12u, t1) | t125);
    let t127 = select(0u, ((t29 >> 5u) & 1u) << 15u, t1) | (select(0u, ((t30 >> 5u) & 1u) << 14u, t1) | t126);
    let t128 = select(0u, ((t27 >> 5u) & 1u) << 17u, t1) | (select(0u, ((t28 >> 5u) & 1u) << 16u, t1) | t127);
    let t129 = select(0u, ((t25 >> 5u) & 1u) << 19u, t1) | (select(0u, ((t26 >> 5u) & 1u) << 18u, t1) | t128);
    let t130 = select(0u, ((t23 >> 5u) & 1u) << 21u, t1) | (select(0u, ((t24 >> 5u) & 1u) << 20u, t1) | t129);
    let t131 = select(0u, ((t21 >> 5u) & 1u) << 23u, t1) | (select(0u, ((t22 >> 5u) & 1u) << 22u, t1) | t130);
    let t132 = select(0u, ((t19 >> 5u) & 1u) << 25u, t1) | (select(0u, ((t20 >> 5u) & 1u) << 24u, t1) | t131);
    let t133 = select(0u, ((t17 >> 5u) & 1u) << 27u, t1) | (select(0u, ((t18 >> 5u) & 1u) << 26u, t1) | t132);
    let t134 = select(0u, ((t15 >> 5u) & 1u) << 29u, t1) | (select(0u, ((t16 >> 5u) & 1u) << 28u, t1) | t133);
    q[t12 + 160] = select(0u, (t13 >> 5u) << 31u, t1) | (select(0u, ((t14 >> 5u) & 1u) << 30u, t1) | t134);
  }
  let t135 = (t & 3) == 0;
  let t136 = g + bm * 16 + (t >> 2u) * 2;
  if (t135) {
    if (t1) {
      s[t136] = bitcast<u32>(s_1);
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
  let other_2 = subgroupShuffleXor(v23, 1u);
  v23 = v23 + other_2;
  let other_3 = subgroupShuffleXor(v23, 2u);
  v23 = v23 + other_3;
  if (t135) {
    if (t1) {
      sum[t136] = u32(v23);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
