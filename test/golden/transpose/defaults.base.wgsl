// transpose with its defaults; target base
// 187 lines, 48 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;

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
  let t0 = n * 32 + (t >> 5u);
  let t1 = m * 32 + (t & 31);
  let t2 = t1 < params.M;
  let t3 = (t0 < params.N) & t2;
  let t4 = (t >> 1u) & 15;
  let t5 = (t >> 5u) * ((params.M * 16) >> 5u);
  let t6 = (t & 1) + (((t >> 5u) * ((params.M * 16) & 31)) >> 4u);
  let t7 = t6 >> 1u;
  let t8 = u32((t6 & 1) * 16);
  let t9 = ~(0xffffu << t8);
  let t10 = max(params.N - 1, 0);
  let t11 = min(t1, max(params.M - 1, 0));
  let t12 = params.N * (t11 >> 1u);
  let t13 = t11 & 1;
  let t14 = t13 * ((params.N * 16) >> 5u);
  let t15 = (t13 * ((params.N * 16) & 31)) >> 4u;
  if (t3) {
    let t16 = m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t16], t9);
    let t17 = min(t0, t10);
    let t18 = (t17 & 1) + t15;
    let t19 = (x[(t17 >> 1u) + t12 + t14 + (t18 >> 1u)] >> u32((t18 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t16], pack_f16(select(1f, unpack2x16float(t19).x, t3)) << t8);
  }
  let t20 = t2 & (t0 + 2 < params.N);
  if (t20) {
    let t21 = params.M + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t21], t9);
    let t22 = min(t10, t0 + 2);
    let t23 = t15 + (t22 & 1);
    let t24 = (x[t12 + t14 + (t22 >> 1u) + (t23 >> 1u)] >> u32((t23 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t21], pack_f16(select(1f, unpack2x16float(t24).x, t20)) << t8);
  }
  let t25 = t2 & (t0 + 4 < params.N);
  if (t25) {
    let t26 = params.M * 2 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t26], t9);
    let t27 = min(t10, t0 + 4);
    let t28 = t15 + (t27 & 1);
    let t29 = (x[t12 + t14 + (t27 >> 1u) + (t28 >> 1u)] >> u32((t28 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t26], pack_f16(select(1f, unpack2x16float(t29).x, t25)) << t8);
  }
  let t30 = t2 & (t0 + 6 < params.N);
  if (t30) {
    let t31 = params.M * 3 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t31], t9);
    let t32 = min(t10, t0 + 6);
    let t33 = t15 + (t32 & 1);
    let t34 = (x[t12 + t14 + (t32 >> 1u) + (t33 >> 1u)] >> u32((t33 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t31], pack_f16(select(1f, unpack2x16float(t34).x, t30)) << t8);
  }
  let t35 = t2 & (t0 + 8 < params.N);
  if (t35) {
    let t36 = params.M * 4 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t36], t9);
    let t37 = min(t10, t0 + 8);
    let t38 = t15 + (t37 & 1);
    let t39 = (x[t12 + t14 + (t37 >> 1u) + (t38 >> 1u)] >> u32((t38 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t36], pack_f16(select(1f, unpack2x16float(t39).x, t35)) << t8);
  }
  let t40 = t2 & (t0 + 10 < params.N);
  if (t40) {
    let t41 = params.M * 5 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t41], t9);
    let t42 = min(t10, t0 + 10);
    let t43 = t15 + (t42 & 1);
    let t44 = (x[t12 + t14 + (t42 >> 1u) + (t43 >> 1u)] >> u32((t43 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t41], pack_f16(select(1f, unpack2x16float(t44).x, t40)) << t8);
  }
  let t45 = t2 & (t0 + 12 < params.N);
  if (t45) {
    let t46 = params.M * 6 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t46], t9);
    let t47 = min(t10, t0 + 12);
    let t48 = t15 + (t47 & 1);
    let t49 = (x[t12 + t14 + (t47 >> 1u) + (t48 >> 1u)] >> u32((t48 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t46], pack_f16(select(1f, unpack2x16float(t49).x, t45)) << t8);
  }
  let t50 = t2 & (t0 + 14 < params.N);
  if (t50) {
    let t51 = params.M * 7 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t51], t9);
    let t52 = min(t10, t0 + 14);
    let t53 = t15 + (t52 & 1);
    let t54 = (x[t12 + t14 + (t52 >> 1u) + (t53 >> 1u)] >> u32((t53 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t51], pack_f16(select(1f, unpack2x16float(t54).x, t50)) << t8);
  }
  let t55 = t2 & (t0 + 16 < params.N);
  if (t55) {
    let t56 = params.M * 8 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t56], t9);
    let t57 = min(t10, t0 + 16);
    let t58 = t15 + (t57 & 1);
    let t59 = (x[t12 + t14 + (t57 >> 1u) + (t58 >> 1u)] >> u32((t58 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t56], pack_f16(select(1f, unpack2x16float(t59).x, t55)) << t8);
  }
  let t60 = t2 & (t0 + 18 < params.N);
  if (t60) {
    let t61 = params.M * 9 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t61], t9);
    let t62 = min(t10, t0 + 18);
    let t63 = t15 + (t62 & 1);
    let t64 = (x[t12 + t14 + (t62 >> 1u) + (t63 >> 1u)] >> u32((t63 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t61], pack_f16(select(1f, unpack2x16float(t64).x, t60)) << t8);
  }
  let t65 = t2 & (t0 + 20 < params.N);
  if (t65) {
    let t66 = params.M * 10 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t66], t9);
    let t67 = min(t10, t0 + 20);
    let t68 = t15 + (t67 & 1);
    let t69 = (x[t12 + t14 + (t67 >> 1u) + (t68 >> 1u)] >> u32((t68 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t66], pack_f16(select(1f, unpack2x16float(t69).x, t65)) << t8);
  }
  let t70 = t2 & (t0 + 22 < params.N);
  if (t70) {
    let t71 = params.M * 11 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t71], t9);
    let t72 = min(t10, t0 + 22);
    let t73 = t15 + (t72 & 1);
    let t74 = (x[t12 + t14 + (t72 >> 1u) + (t73 >> 1u)] >> u32((t73 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t71], pack_f16(select(1f, unpack2x16float(t74).x, t70)) << t8);
  }
  let t75 = t2 & (t0 + 24 < params.N);
  if (t75) {
    let t76 = params.M * 12 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t76], t9);
    let t77 = min(t10, t0 + 24);
    let t78 = t15 + (t77 & 1);
    let t79 = (x[t12 + t14 + (t77 >> 1u) + (t78 >> 1u)] >> u32((t78 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t76], pack_f16(select(1f, unpack2x16float(t79).x, t75)) << t8);
  }
  let t80 = t2 & (t0 + 26 < params.N);
  if (t80) {
    let t81 = params.M * 13 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t81], t9);
    let t82 = min(t10, t0 + 26);
    let t83 = t15 + (t82 & 1);
    let t84 = (x[t12 + t14 + (t82 >> 1u) + (t83 >> 1u)] >> u32((t83 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t81], pack_f16(select(1f, unpack2x16float(t84).x, t80)) << t8);
  }
  let t85 = t2 & (t0 + 28 < params.N);
  if (t85) {
    let t86 = params.M * 14 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t86], t9);
    let t87 = min(t10, t0 + 28);
    let t88 = t15 + (t87 & 1);
    let t89 = (x[t12 + t14 + (t87 >> 1u) + (t88 >> 1u)] >> u32((t88 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t86], pack_f16(select(1f, unpack2x16float(t89).x, t85)) << t8);
  }
  let t90 = t2 & (t0 + 30 < params.N);
  if (t90) {
    let t91 = params.M * 15 + m * 16 + t4 + params.M * n * 16 + t5 + t7;
    atomicAnd(&y[t91], t9);
    let t92 = min(t10, t0 + 30);
    let t93 = t15 + (t92 & 1);
    let t94 = (x[t12 + t14 + (t92 >> 1u) + (t93 >> 1u)] >> u32((t93 & 1) * 16)) & 0xffffu;
    atomicOr(&y[t91], pack_f16(select(1f, unpack2x16float(t94).x, t90)) << t8);
  }
}
