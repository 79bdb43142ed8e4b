// pack_activations of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target base
// 290 lines, 31 memory accesses, 128 bytes of workgroup memory
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
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = g * 4 + (t & 3);
  let t3 = t1 & (t2 < 5);
  let t4 = min(t0, max(params.M - 1, 0));
  let t5 = g * 64 + (t & 3) * 16;
  let t6 = x[t4 * 75 + min(t5, 74)];
  let v_0 = bitcast<f32>(select(0u, t6.x, t3));
  let v_1 = bitcast<f32>(select(0u, t6.y, t3));
  let t7 = x[t4 * 75 + min(t5 + 1, 74)];
  let v_2 = bitcast<f32>(select(0u, t7.x, t3));
  let v_3 = bitcast<f32>(select(0u, t7.y, t3));
  let t8 = x[t4 * 75 + min(t5 + 2, 74)];
  let v_4 = bitcast<f32>(select(0u, t8.x, t3));
  let v_5 = bitcast<f32>(select(0u, t8.y, t3));
  let t9 = x[t4 * 75 + min(t5 + 3, 74)];
  let v_6 = bitcast<f32>(select(0u, t9.x, t3));
  let v_7 = bitcast<f32>(select(0u, t9.y, t3));
  let t10 = x[t4 * 75 + min(t5 + 4, 74)];
  let v_8 = bitcast<f32>(select(0u, t10.x, t3));
  let v_9 = bitcast<f32>(select(0u, t10.y, t3));
  let t11 = x[t4 * 75 + min(t5 + 5, 74)];
  let v_10 = bitcast<f32>(select(0u, t11.x, t3));
  let v_11 = bitcast<f32>(select(0u, t11.y, t3));
  let t12 = x[t4 * 75 + min(t5 + 6, 74)];
  let v_12 = bitcast<f32>(select(0u, t12.x, t3));
  let v_13 = bitcast<f32>(select(0u, t12.y, t3));
  let t13 = x[t4 * 75 + min(t5 + 7, 74)];
  let v_14 = bitcast<f32>(select(0u, t13.x, t3));
  let v_15 = bitcast<f32>(select(0u, t13.y, t3));
  let t14 = x[t4 * 75 + min(t5 + 8, 74)];
  let v_16 = bitcast<f32>(select(0u, t14.x, t3));
  let v_17 = bitcast<f32>(select(0u, t14.y, t3));
  let t15 = x[t4 * 75 + min(t5 + 9, 74)];
  let v_18 = bitcast<f32>(select(0u, t15.x, t3));
  let v_19 = bitcast<f32>(select(0u, t15.y, t3));
  let t16 = x[t4 * 75 + min(t5 + 10, 74)];
  let v_20 = bitcast<f32>(select(0u, t16.x, t3));
  let v_21 = bitcast<f32>(select(0u, t16.y, t3));
  let t17 = t1 & (t2 < 4);
  let t18 = x[t4 * 75 + min(t5 + 11, 74)];
  let v_22 = bitcast<f32>(select(0u, t18.x, t17));
  let v_23 = bitcast<f32>(select(0u, t18.y, t17));
  let t19 = x[t4 * 75 + min(t5 + 12, 74)];
  let v_24 = bitcast<f32>(select(0u, t19.x, t17));
  let v_25 = bitcast<f32>(select(0u, t19.y, t17));
  let t20 = x[t4 * 75 + min(t5 + 13, 74)];
  let v_26 = bitcast<f32>(select(0u, t20.x, t17));
  let v_27 = bitcast<f32>(select(0u, t20.y, t17));
  let t21 = x[t4 * 75 + min(t5 + 14, 74)];
  let v_28 = bitcast<f32>(select(0u, t21.x, t17));
  let v_29 = bitcast<f32>(select(0u, t21.y, t17));
  let t22 = x[t4 * 75 + min(t5 + 15, 74)];
  let v_30 = bitcast<f32>(select(0u, t22.x, t17));
  let v_31 = bitcast<f32>(select(0u, t22.y, t17));
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
  scratch[t] = bitcast<u32>(v8);
  workgroupBarrier();
  let t23 = (t >> 2u) * 4;
  let t24 = max(bitcast<f32>(scratch[t23 + 2]), max(bitcast<f32>(scratch[t23]), bitcast<f32>(scratch[t23 + 1])));
  let v8_1 = max(bitcast<f32>(scratch[t23 + 3]), t24);
  let s_1 = max(v8_1 / 3f, 0.00001f);
  let codes_0 = decode(bitcast<u32>(min(max(round(v_0 / s_1), -3f), 3f)));
  let codes_1 = decode(bitcast<u32>(min(max(round(v_1 / s_1), -3f), 3f)));
  let codes_2 = decode(bitcast<u32>(min(max(round(v_2 / s_1), -3f), 3f)));
  let codes_3 = decode(bitcast<u32>(min(max(round(v_3 / s_1), -3f), 3f)));
  let codes_4 = decode(bitcast<u32>(min(max(round(v_4 / s_1), -3f), 3f)));
  let codes_5 = decode(bitcast<u32>(min(max(round(v_5 / s_1), -3f), 3f)));
  let codes_6 = decode(bitcast<u32>(min(max(round(v_6 / s_1), -3f), 3f)));
  let codes_7 = decode(bitcast<u32>(min(max(round(v_7 / s_1), -3f), 3f)));
  let codes_8 = decode(bitcast<u32>(min(max(round(v_8 / s_1), -3f), 3f)));
  let codes_9 = decode(bitcast<u32>(min(max(round(v_9 / s_1), -3f), 3f)));
  let codes_10 = decode(bitcast<u32>(min(max(round(v_10 / s_1), -3f), 3f)));
  let codes_11 = decode(bitcast<u32>(min(max(round(v_11 / s_1), -3f), 3f)));
  let codes_12 = decode(bitcast<u32>(min(max(round(v_12 / s_1), -3f), 3f)));
  let codes_13 = decode(bitcast<u32>(min(max(round(v_13 / s_1), -3f), 3f)));
  let codes_14 = decode(bitcast<u32>(min(max(round(v_14 / s_1), -3f), 3f)));
  let codes_15 = decode(bitcast<u32>(min(max(round(v_15 / s_1), -3f), 3f)));
  let codes_16 = decode(bitcast<u32>(min(max(round(v_16 / s_1), -3f), 3f)));
  let codes_17 = decode(bitcast<u32>(min(max(round(v_17 / s_1), -3f), 3f)));
  let codes_18 = decode(bitcast<u32>(min(max(round(v_18 / s_1), -3f), 3f)));
  let codes_19 = decode(bitcast<u32>(min(max(round(v_19 / s_1), -3f), 3f)));
  let codes_20 = decode(bitcast<u32>(min(max(round(v_20 / s_1), -3f), 3f)));
  let codes_21 = decode(bitcast<u32>(min(max(round(v_21 / s_1), -3f), 3f)));
  let codes_22 = decode(bitcast<u32>(min(max(round(v_22 / s_1), -3f), 3f)));
  let codes_23 = decode(bitcast<u32>(min(max(round(v_23 / s_1), -3f), 3f)));
  let codes_24 = decode(bitcast<u32>(min(max(round(v_24 / s_1), -3f), 3f)));
  let codes_25 = decode(bitcast<u32>(min(max(round(v_25 / s_1), -3f), 3f)));
  let codes_26 = decode(bitcast<u32>(min(max(round(v_26 / s_1), -3f), 3f)));
  let codes_27 = decode(bitcast<u32>(min(max(round(v_27 / s_1), -3f), 3f)));
  let codes_28 = decode(bitcast<u32>(min(max(round(v_28 / s_1), -3f), 3f)));
  let codes_29 = decode(bitcast<u32>(min(max(round(v_29 / s_1), -3f), 3f)));
  let codes_30 = decode(bitcast<u32>(min(max(round(v_30 / s_1), -3f), 3f)));
  let codes_31 = decode(bitcast<u32>(min(max(round(v_31 / s_1), -3f), 3f)));
  let t25 = bm * 96 + t + g * ((params.M + 7) >> 3u) * 96;
  let t26 = u32(min(max(codes_31, -4), 3));
  let t27 = u32(min(max(codes_30, -4), 3));
  let t28 = u32(min(max(codes_29, -4), 3));
  let t29 = u32(min(max(codes_28, -4), 3));
  let t30 = u32(min(max(codes_27, -4), 3));
  let t31 = u32(min(max(codes_26, -4), 3));
  let t32 = u32(min(max(codes_25, -4), 3));
  let t33 = u32(min(max(codes_24, -4), 3));
  let t34 = u32(min(max(codes_23, -4), 3));
  let t35 = u32(min(max(codes_22, -4), 3));
  let t36 = u32(min(max(codes_21, -4), 3));
  let t37 = u32(min(max(codes_20, -4), 3));
  let t38 = u32(min(max(codes_19, -4), 3));
  let t39 = u32(min(max(codes_18, -4), 3));
  let t40 = u32(min(max(codes_17, -4), 3));
  let t41 = u32(min(max(codes_16, -4), 3));
  let t42 = u32(min(max(codes_15, -4), 3));
  let t43 = u32(min(max(codes_14, -4), 3));
  let t44 = u32(min(max(codes_13, -4), 3));
  let t45 = u32(min(max(codes_12, -4), 3));
  let t46 = u32(min(max(codes_11, -4), 3));
  let t47 = u32(min(max(codes_10, -4), 3));
  let t48 = u32(min(max(codes_9, -4), 3));
  let t49 = u32(min(max(codes_8, -4), 3));
  let t50 = u32(min(max(codes_7, -4), 3));
  let t51 = u32(min(max(codes_6, -4), 3));
  let t52 = u32(min(max(codes_5, -4), 3));
  let t53 = u32(min(max(codes_4, -4), 3));
  let t54 = u32(min(max(codes_3, -4), 3));
  let t55 = u32(min(max(codes_2, -4), 3));
  let t56 = u32(min(max(codes_0, -4), 3));
  let t57 = u32(min(max(codes_1, -4), 3));
  let t58 = select(0u, (t55 & 1u) << 2u, t3) | (select(0u, t56 & 1u, t3) | select(0u, (t57 & 1u) << 1u, t3));
  let t59 = select(0u, (t53 & 1u) << 4u, t3) | (select(0u, (t54 & 1u) << 3u, t3) | t58);
  let t60 = select(0u, (t51 & 1u) << 6u, t3) | (select(0u, (t52 & 1u) << 5u, t3) | t59);
  let t61 = select(0u, (t49 & 1u) << 8u, t3) | (select(0u, (t50 & 1u) << 7u, t3) | t60);
  let t62 = select(0u, (t47 & 1u) << 10u, t3) | (select(0u, (t48 & 1u) << 9u, t3) | t61);
  let t63 = select(0u, (t45 & 1u) << 12u, t3) | (select(0u, (t46 & 1u) << 11u, t3) | t62);
  let t64 = select(0u, (t43 & 1u) << 14u, t3) | (select(0u, (t44 & 1u) << 13u, t3) | t63);
  let t65 = select(0u, (t41 & 1u) << 16u, t3) | (select(0u, (t42 & 1u) << 15u, t3) | t64);
  let t66 = select(0u, (t39 & 1u) << 18u, t3) | (select(0u, (t40 & 1u) << 17u, t3) | t65);
  let t67 = select(0u, (t37 & 1u) << 20u, t3) | (select(0u, (t38 & 1u) << 19u, t3) | t66);
  let t68 = select(0u, (t35 & 1u) << 22u, t17) | (select(0u, (t36 & 1u) << 21u, t3) | t67);
  let t69 = select(0u, (t33 & 1u) << 24u, t17) | (select(0u, (t34 & 1u) << 23u, t17) | t68);
  let t70 = select(0u, (t31 & 1u) << 26u, t17) | (select(0u, (t32 & 1u) << 25u, t17) | t69);
  let t71 = select(0u, (t29 & 1u) << 28u, t17) | (select(0u, (t30 & 1u) << 27u, t17) | t70);
  let t72 = select(0u, (t27 & 1u) << 30u, t17) | (select(0u, (t28 & 1u) << 29u, t17) | t71);
  q[t25] = select(0u, t26 << 31u, t17) | t72;
  let t73 = select(0u, (t55 << 1u) & 4u, t3) | (select(0u, (t56 >> 1u) & 1u, t3) | select(0u, t57 & 2u, t3));
  let t74 = select(0u, (t53 << 3u) & 16u, t3) | (select(0u, (t54 << 2u) & 8u, t3) | t73);
  let t75 = select(0u, (t51 << 5u) & 64u, t3) | (select(0u, (t52 << 4u) & 32u, t3) | t74);
  let t76 = select(0u, (t49 << 7u) & 0x100u, t3) | (select(0u, (t50 << 6u) & 128u, t3) | t75);
  let t77 = select(0u, (t47 << 9u) & 0x400u, t3) | (select(0u, (t48 << 8u) & 0x200u, t3) | t76);
  let t78 = select(0u, (t45 << 11u) & 0x1000u, t3) | (select(0u, (t46 << 10u) & 0x800u, t3) | t77);
  let t79 = select(0u, (t43 << 13u) & 0x4000u, t3) | (select(0u, (t44 << 12u) & 0x2000u, t3) | t78);
  let t80 = select(0u, (t41 << 15u) & 0x10000u, t3) | (select(0u, (t42 << 14u) & 0x8000u, t3) | t79);
  let t81 = select(0u, (t39 << 17u) & 0x40000u, t3) | (select(0u, (t40 << 16u) & 0x20000u, t3) | t80);
  let t82 = select(0u, (t37 << 19u) & 0x100000u, t3) | (select(0u, (t38 << 18u) & 0x80000u, t3) | t81);
  let t83 = select(0u, (t35 << 21u) & 0x400000u, t17) | (select(0u, (t36 << 20u) & 0x200000u, t3) | t82);
  let t84 = select(0u, (t33 << 23u) & 0x1000000u, t17) | (select(0u, (t34 << 22u) & 0x800000u, t17) | t83);
  let t85 = select(0u, (t31 << 25u) & 0x4000000u, t17) | (select(0u, (t32 << 24u) & 0x2000000u, t17) | t84);
  let t86 = select(0u, (t29 << 27u) & 0x10000000u, t17) | (select(0u, (t30 << 26u) & 0x8000000u, t17) | t85);
  let t87 = select(0u, (t27 << 29u) & 0x40000000u, t17) | (select(0u, (t28 << 28u) & 0x20000000u, t17) | t86);
  q[t25 + 32] = select(0u, (t26 << 30u) & 0x80000000u, t17) | t87;
  let t88 = select(0u, (t56 >> 2u) & 1u, t3) | select(0u, (t57 >> 1u) & 2u, t3);
  let t89 = select(0u, (t54 << 1u) & 8u, t3) | (select(0u, t55 & 4u, t3) | t88);
  let t90 = select(0u, (t52 << 3u) & 32u, t3) | (select(0u, (t53 << 2u) & 16u, t3) | t89);
  let t91 = select(0u, (t50 << 5u) & 128u, t3) | (select(0u, (t51 << 4u) & 64u, t3) | t90);
  let t92 = select(0u, (t48 << 7u) & 0x200u, t3) | (select(0u, (t49 << 6u) & 0x100u, t3) | t91);
  let t93 = select(0u, (t46 << 9u) & 0x800u, t3) | (select(0u, (t47 << 8u) & 0x400u, t3) | t92);
  let t94 = select(0u, (t44 << 11u) & 0x2000u, t3) | (select(0u, (t45 << 10u) & 0x1000u, t3) | t93);
  let t95 = select(0u, (t42 << 13u) & 0x8000u, t3) | (select(0u, (t43 << 12u) & 0x4000u, t3) | t94);
  let t96 = select(0u, (t40 << 15u) & 0x20000u, t3) | (select(0u, (t41 << 14u) & 0x10000u, t3) | t95);
  let t97 = select(0u, (t38 << 17u) & 0x80000u, t3) | (select(0u, (t39 << 16u) & 0x40000u, t3) | t96);
  let t98 = select(0u, (t36 << 19u) & 0x200000u, t3) | (select(0u, (t37 << 18u) & 0x100000u, t3) | t97);
  let t99 = select(0u, (t34 << 21u) & 0x800000u, t17) | (select(0u, (t35 << 20u) & 0x400000u, t17) | t98);
  let t100 = select(0u, (t32 << 23u) & 0x2000000u, t17) | (select(0u, (t33 << 22u) & 0x1000000u, t17) | t99);
  let t101 = select(0u, (t30 << 25u) & 0x8000000u, t17) | (select(0u, (t31 << 24u) & 0x4000000u, t17) | t100);
  let t102 = select(0u, (t28 << 27u) & 0x20000000u, t17) | (select(0u, (t29 << 26u) & 0x10000000u, t17) | t101);
  q[t25 + 64] = select(0u, (t26 << 29u) & 0x80000000u, t17) | (select(0u, (t27 << 28u) & 0x40000000u, t17) | t102);
  let t103 = (t & 3) == 0;
  let t104 = g + bm * 16 + (t >> 2u) * 2;
  if (t103) {
    if (t1) {
      s[t104] = bitcast<u32>(s_1);
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
  let v23_1 = i32(scratch[t23]) + i32(scratch[t23 + 1]) + i32(scratch[t23 + 2]) + i32(scratch[t23 + 3]);
  if (t103) {
    if (t1) {
      sum[t104] = u32(v23_1);
    }
  }
}

fn decode(x_1: u32) -> i32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x4f000000u) | (x_1 & 0x80000000u));
  let t1 = select(u32(to_i32(round(t0))), 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
  return i32(t1);
}
