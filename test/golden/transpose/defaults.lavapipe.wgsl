// transpose with its defaults; target lavapipe
// 184 lines, 56 memory accesses, 2112 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;
var<workgroup> tile: array<f16, 1056>;

fn pack_f16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);
  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);
}

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  let n = i32(block % u32((params.N + 31) >> 5u));
  let m = i32(block / u32((params.N + 31) >> 5u));
  let t0 = (t >> 5u) * 33 + (t & 31);
  let t1 = m * 32 + (t >> 5u);
  let t2 = n * 32 + (t & 31);
  let t3 = t2 < params.N;
  let t4 = min(t2, max(params.N - 1, 0));
  let t5 = t4 >> 1u;
  let t6 = max(params.M - 1, 0);
  let t7 = min(t1, t6);
  let t8 = t7 & 1;
  let t9 = (params.N * 16) >> 5u;
  let t10 = t4 & 1;
  let t11 = (params.N * 16) & 31;
  let t12 = t10 + ((t8 * t11) >> 4u);
  let t13 = (x[t5 + params.N * (t7 >> 1u) + t8 * t9 + (t12 >> 1u)] >> u32((t12 & 1) * 16)) & 0xffffu;
  tile[t0] = select(1h, f16(unpack2x16float(t13).x), (t1 < params.M) & t3);
  let t14 = min(t6, t1 + 2);
  let t15 = t14 & 1;
  let t16 = t10 + ((t11 * t15) >> 4u);
  let t17 = (x[t5 + params.N * (t14 >> 1u) + t9 * t15 + (t16 >> 1u)] >> u32((t16 & 1) * 16)) & 0xffffu;
  tile[t0 + 66] = select(1h, f16(unpack2x16float(t17).x), t3 & (t1 + 2 < params.M));
  let t18 = min(t6, t1 + 4);
  let t19 = t18 & 1;
  let t20 = t10 + ((t11 * t19) >> 4u);
  let t21 = (x[t5 + params.N * (t18 >> 1u) + t9 * t19 + (t20 >> 1u)] >> u32((t20 & 1) * 16)) & 0xffffu;
  tile[t0 + 132] = select(1h, f16(unpack2x16float(t21).x), t3 & (t1 + 4 < params.M));
  let t22 = min(t6, t1 + 6);
  let t23 = t22 & 1;
  let t24 = t10 + ((t11 * t23) >> 4u);
  let t25 = (x[t5 + params.N * (t22 >> 1u) + t9 * t23 + (t24 >> 1u)] >> u32((t24 & 1) * 16)) & 0xffffu;
  tile[t0 + 198] = select(1h, f16(unpack2x16float(t25).x), t3 & (t1 + 6 < params.M));
  let t26 = min(t6, t1 + 8);
  let t27 = t26 & 1;
  let t28 = t10 + ((t11 * t27) >> 4u);
  let t29 = (x[t5 + params.N * (t26 >> 1u) + t9 * t27 + (t28 >> 1u)] >> u32((t28 & 1) * 16)) & 0xffffu;
  tile[t0 + 264] = select(1h, f16(unpack2x16float(t29).x), t3 & (t1 + 8 < params.M));
  let t30 = min(t6, t1 + 10);
  let t31 = t30 & 1;
  let t32 = t10 + ((t11 * t31) >> 4u);
  let t33 = (x[t5 + params.N * (t30 >> 1u) + t9 * t31 + (t32 >> 1u)] >> u32((t32 & 1) * 16)) & 0xffffu;
  tile[t0 + 330] = select(1h, f16(unpack2x16float(t33).x), t3 & (t1 + 10 < params.M));
  let t34 = min(t6, t1 + 12);
  let t35 = t34 & 1;
  let t36 = t10 + ((t11 * t35) >> 4u);
  let t37 = (x[t5 + params.N * (t34 >> 1u) + t9 * t35 + (t36 >> 1u)] >> u32((t36 & 1) * 16)) & 0xffffu;
  tile[t0 + 396] = select(1h, f16(unpack2x16float(t37).x), t3 & (t1 + 12 < params.M));
  let t38 = min(t6, t1 + 14);
  let t39 = t38 & 1;
  let t40 = t10 + ((t11 * t39) >> 4u);
  let t41 = (x[t5 + params.N * (t38 >> 1u) + t9 * t39 + (t40 >> 1u)] >> u32((t40 & 1) * 16)) & 0xffffu;
  tile[t0 + 462] = select(1h, f16(unpack2x16float(t41).x), t3 & (t1 + 14 < params.M));
  let t42 = min(t6, t1 + 16);
  let t43 = t42 & 1;
  let t44 = t10 + ((t11 * t43) >> 4u);
  let t45 = (x[t5 + params.N * (t42 >> 1u) + t9 * t43 + (t44 >> 1u)] >> u32((t44 & 1) * 16)) & 0xffffu;
  tile[t0 + 528] = select(1h, f16(unpack2x16float(t45).x), t3 & (t1 + 16 < params.M));
  let t46 = min(t6, t1 + 18);
  let t47 = t46 & 1;
  let t48 = t10 + ((t11 * t47) >> 4u);
  let t49 = (x[t5 + params.N * (t46 >> 1u) + t9 * t47 + (t48 >> 1u)] >> u32((t48 & 1) * 16)) & 0xffffu;
  tile[t0 + 594] = select(1h, f16(unpack2x16float(t49).x), t3 & (t1 + 18 < params.M));
  let t50 = min(t6, t1 + 20);
  let t51 = t50 & 1;
  let t52 = t10 + ((t11 * t51) >> 4u);
  let t53 = (x[t5 + params.N * (t50 >> 1u) + t9 * t51 + (t52 >> 1u)] >> u32((t52 & 1) * 16)) & 0xffffu;
  tile[t0 + 660] = select(1h, f16(unpack2x16float(t53).x), t3 & (t1 + 20 < params.M));
  let t54 = min(t6, t1 + 22);
  let t55 = t54 & 1;
  let t56 = t10 + ((t11 * t55) >> 4u);
  let t57 = (x[t5 + params.N * (t54 >> 1u) + t9 * t55 + (t56 >> 1u)] >> u32((t56 & 1) * 16)) & 0xffffu;
  tile[t0 + 726] = select(1h, f16(unpack2x16float(t57).x), t3 & (t1 + 22 < params.M));
  let t58 = min(t6, t1 + 24);
  let t59 = t58 & 1;
  let t60 = t10 + ((t11 * t59) >> 4u);
  let t61 = (x[t5 + params.N * (t58 >> 1u) + t9 * t59 + (t60 >> 1u)] >> u32((t60 & 1) * 16)) & 0xffffu;
  tile[t0 + 792] = select(1h, f16(unpack2x16float(t61).x), t3 & (t1 + 24 < params.M));
  let t62 = min(t6, t1 + 26);
  let t63 = t62 & 1;
  let t64 = t10 + ((t11 * t63) >> 4u);
  let t65 = (x[t5 + params.N * (t62 >> 1u) + t9 * t63 + (t64 >> 1u)] >> u32((t64 & 1) * 16)) & 0xffffu;
  tile[t0 + 858] = select(1h, f16(unpack2x16float(t65).x), t3 & (t1 + 26 < params.M));
  let t66 = min(t6, t1 + 28);
  let t67 = t66 & 1;
  let t68 = t10 + ((t11 * t67) >> 4u);
  let t69 = (x[t5 + params.N * (t66 >> 1u) + t9 * t67 + (t68 >> 1u)] >> u32((t68 & 1) * 16)) & 0xffffu;
  tile[t0 + 924] = select(1h, f16(unpack2x16float(t69).x), t3 & (t1 + 28 < params.M));
  let t70 = min(t6, t1 + 30);
  let t71 = t70 & 1;
  let t72 = t10 + ((t11 * t71) >> 4u);
  let t73 = (x[t5 + params.N * (t70 >> 1u) + t9 * t71 + (t72 >> 1u)] >> u32((t72 & 1) * 16)) & 0xffffu;
  tile[t0 + 990] = select(1h, f16(unpack2x16float(t73).x), t3 & (t1 + 30 < params.M));
  workgroupBarrier();
  let t74 = m * 32 + (t & 31) < params.M;
  let t75 = n * 32 + (t >> 5u);
  let t76 = (t >> 1u) & 15;
  let t77 = (t >> 5u) * ((params.M * 16) >> 5u);
  let t78 = (t & 1) + (((t >> 5u) * ((params.M * 16) & 31)) >> 4u);
  let t79 = t78 >> 1u;
  let t80 = m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t81 = u32((t78 & 1) * 16);
  let t82 = ~(0xffffu << t81);
  let t83 = (t >> 5u) + (t & 31) * 33;
  let t84 = params.M + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t85 = params.M * 2 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t86 = params.M * 3 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t87 = params.M * 4 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t88 = params.M * 5 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t89 = params.M * 6 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  let t90 = params.M * 7 + m * 16 + t76 + params.M * n * 16 + t77 + t79;
  for (var s = 0; s < 2; s++) {
    let t91 = t75 + s * 16;
    let t92 = params.M * s * 8;
    let t93 = t83 + s * 16;
    if (t74 & (t91 < params.N)) {
      let t94 = t80 + t92;
      atomicAnd(&y[t94], t82);
      atomicOr(&y[t94], pack_f16(f32(tile[t93])) << t81);
    }
    if (t74 & (t91 + 2 < params.N)) {
      let t95 = t84 + t92;
      atomicAnd(&y[t95], t82);
      atomicOr(&y[t95], pack_f16(f32(tile[t93 + 2])) << t81);
    }
    if (t74 & (t91 + 4 < params.N)) {
      let t96 = t85 + t92;
      atomicAnd(&y[t96], t82);
      atomicOr(&y[t96], pack_f16(f32(tile[t93 + 4])) << t81);
    }
    if (t74 & (t91 + 6 < params.N)) {
      let t97 = t86 + t92;
      atomicAnd(&y[t97], t82);
      atomicOr(&y[t97], pack_f16(f32(tile[t93 + 6])) << t81);
    }
    if (t74 & (t91 + 8 < params.N)) {
      let t98 = t87 + t92;
      atomicAnd(&y[t98], t82);
      atomicOr(&y[t98], pack_f16(f32(tile[t93 + 8])) << t81);
    }
    if (t74 & (t91 + 10 < params.N)) {
      let t99 = t88 + t92;
      atomicAnd(&y[t99], t82);
      atomicOr(&y[t99], pack_f16(f32(tile[t93 + 10])) << t81);
    }
    if (t74 & (t91 + 12 < params.N)) {
      let t100 = t89 + t92;
      atomicAnd(&y[t100], t82);
      atomicOr(&y[t100], pack_f16(f32(tile[t93 + 12])) << t81);
    }
    if (t74 & (t91 + 14 < params.N)) {
      let t101 = t90 + t92;
      atomicAnd(&y[t101], t82);
      atomicOr(&y[t101], pack_f16(f32(tile[t93 + 14])) << t81);
    }
  }
}
