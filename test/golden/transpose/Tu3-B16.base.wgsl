// transpose T = u3, B = 16; target base
// 150 lines, 32 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u) * u32((params.M + 15) >> 4u)) { return; }
  let n = i32(block % u32((params.N + 15) >> 4u));
  let m = i32(block / u32((params.N + 15) >> 4u));
  let t0 = n * 16 + (t >> 4u);
  let t1 = m * 16 + (t & 15);
  let t2 = t1 < params.M;
  let t3 = (t0 < params.N) & t2;
  let t4 = (t & 15) * 3 + (m & 1) * 48;
  let t5 = t4 >> 5u;
  let t6 = params.M * (n >> 1u);
  let t7 = (params.M * 3) >> 5u;
  let t8 = (t >> 4u) * t7;
  let t9 = (n & 1) * t7;
  let t10 = t4 & 31;
  let t11 = (params.M * 3) & 31;
  let t12 = (t >> 4u) * t11;
  let t13 = (n & 1) * t11;
  let t14 = t10 + t12 + t13 * 16;
  let t15 = t14 & 31;
  let t16 = max(params.N - 1, 0);
  let t17 = min(t0, t16);
  let t18 = t17 >> 5u;
  let t19 = (t17 & 31) * 3;
  let t20 = min(t1, max(params.M - 1, 0));
  let t21 = params.N * (t20 >> 5u);
  let t22 = t20 & 31;
  let t23 = t22 * ((params.N * 3) >> 5u);
  let t24 = t22 * ((params.N * 3) & 31);
  let t25 = (t19 & 31) + t24;
  let t26 = t18 * 3 + (t19 >> 5u) + t21 * 3 + t23 + (t25 >> 5u);
  let t27 = t25 & 31;
  let t28 = u32(t27);
  let t29 = t27 >= 30;
  let t30 = t18 * 3 + t21 * 3 + t23 + ((t19 + 2) >> 5u) + ((t24 + ((t19 + 2) & 31)) >> 5u);
  let t31 = 32u - t28;
  if (t3) {
    let t32 = (m >> 1u) * 3 + t5 + t6 * 3 + t8 + t9 * 16 + (t14 >> 5u);
    let t33 = u32(t15);
    atomicAnd(&y[t32], ~(7u << t33));
    let t34 = select(1u, ((x[t26] >> t28) | select(0u, x[t30] << t31, t29)) & 7u, t3);
    atomicOr(&y[t32], t34 << t33);
  }
  let t35 = (t4 + 2) >> 5u;
  let t36 = (t4 + 2) & 31;
  if (t3 & (t15 >= 30)) {
    let t37 = (m >> 1u) * 3 + t6 * 3 + t8 + t9 * 16 + t35 + ((t12 + t13 * 16 + t36) >> 5u);
    let t38 = u32(-t15 + 32);
    atomicAnd(&y[t37], ~(7u >> t38));
    let t39 = select(1u, ((x[t26] >> t28) | select(0u, x[t30] << t31, t29)) & 7u, t3);
    atomicOr(&y[t37], t39 >> t38);
  }
  let t40 = t2 & (t0 + 4 < params.N);
  let t41 = t10 + t11 * 4 + t12 + t13 * 16;
  let t42 = t41 & 31;
  let t43 = min(t16, t0 + 4);
  let t44 = t43 >> 5u;
  let t45 = (t43 & 31) * 3;
  let t46 = t24 + (t45 & 31);
  let t47 = t21 * 3 + t23 + t44 * 3 + (t45 >> 5u) + (t46 >> 5u);
  let t48 = t46 & 31;
  let t49 = u32(t48);
  let t50 = t48 >= 30;
  let t51 = t21 * 3 + t23 + t44 * 3 + ((t45 + 2) >> 5u) + ((t24 + ((t45 + 2) & 31)) >> 5u);
  let t52 = 32u - t49;
  if (t40) {
    let t53 = (m >> 1u) * 3 + t5 + t6 * 3 + t7 * 4 + t8 + t9 * 16 + (t41 >> 5u);
    let t54 = u32(t42);
    atomicAnd(&y[t53], ~(7u << t54));
    let t55 = select(1u, ((x[t47] >> t49) | select(0u, x[t51] << t52, t50)) & 7u, t40);
    atomicOr(&y[t53], t55 << t54);
  }
  if (t40 & (t42 >= 30)) {
    let t56 = (m >> 1u) * 3 + t6 * 3 + t7 * 4 + t8 + t9 * 16 + t35 + ((t11 * 4 + t12 + t13 * 16 + t36) >> 5u);
    let t57 = u32(-t42 + 32);
    atomicAnd(&y[t56], ~(7u >> t57));
    let t58 = select(1u, ((x[t47] >> t49) | select(0u, x[t51] << t52, t50)) & 7u, t40);
    atomicOr(&y[t56], t58 >> t57);
  }
  let t59 = t2 & (t0 + 8 < params.N);
  let t60 = t10 + t11 * 8 + t12 + t13 * 16;
  let t61 = t60 & 31;
  let t62 = min(t16, t0 + 8);
  let t63 = t62 >> 5u;
  let t64 = (t62 & 31) * 3;
  let t65 = t24 + (t64 & 31);
  let t66 = t21 * 3 + t23 + t63 * 3 + (t64 >> 5u) + (t65 >> 5u);
  let t67 = t65 & 31;
  let t68 = u32(t67);
  let t69 = t67 >= 30;
  let t70 = t21 * 3 + t23 + t63 * 3 + ((t64 + 2) >> 5u) + ((t24 + ((t64 + 2) & 31)) >> 5u);
  let t71 = 32u - t68;
  if (t59) {
    let t72 = (m >> 1u) * 3 + t5 + t6 * 3 + t7 * 8 + t8 + t9 * 16 + (t60 >> 5u);
    let t73 = u32(t61);
    atomicAnd(&y[t72], ~(7u << t73));
    let t74 = select(1u, ((x[t66] >> t68) | select(0u, x[t70] << t71, t69)) & 7u, t59);
    atomicOr(&y[t72], t74 << t73);
  }
  if (t59 & (t61 >= 30)) {
    let t75 = (m >> 1u) * 3 + t6 * 3 + t7 * 8 + t8 + t9 * 16 + t35 + ((t11 * 8 + t12 + t13 * 16 + t36) >> 5u);
    let t76 = u32(-t61 + 32);
    atomicAnd(&y[t75], ~(7u >> t76));
    let t77 = select(1u, ((x[t66] >> t68) | select(0u, x[t70] << t71, t69)) & 7u, t59);
    atomicOr(&y[t75], t77 >> t76);
  }
  let t78 = t2 & (t0 + 12 < params.N);
  let t79 = t10 + t11 * 12 + t12 + t13 * 16;
  let t80 = t79 & 31;
  let t81 = min(t16, t0 + 12);
  let t82 = t81 >> 5u;
  let t83 = (t81 & 31) * 3;
  let t84 = t24 + (t83 & 31);
  let t85 = t21 * 3 + t23 + t82 * 3 + (t83 >> 5u) + (t84 >> 5u);
  let t86 = t84 & 31;
  let t87 = u32(t86);
  let t88 = t86 >= 30;
  let t89 = t21 * 3 + t23 + t82 * 3 + ((t83 + 2) >> 5u) + ((t24 + ((t83 + 2) & 31)) >> 5u);
  let t90 = 32u - t87;
  if (t78) {
    let t91 = (m >> 1u) * 3 + t5 + t6 * 3 + t7 * 12 + t8 + t9 * 16 + (t79 >> 5u);
    let t92 = u32(t80);
    atomicAnd(&y[t91], ~(7u << t92));
    let t93 = select(1u, ((x[t85] >> t87) | select(0u, x[t89] << t90, t88)) & 7u, t78);
    atomicOr(&y[t91], t93 << t92);
  }
  if (t78 & (t80 >= 30)) {
    let t94 = (m >> 1u) * 3 + t6 * 3 + t7 * 12 + t8 + t9 * 16 + t35 + ((t11 * 12 + t12 + t13 * 16 + t36) >> 5u);
    let t95 = u32(-t80 + 32);
    atomicAnd(&y[t94], ~(7u >> t95));
    let t96 = select(1u, ((x[t85] >> t87) | select(0u, x[t89] << t90, t88)) & 7u, t78);
    atomicOr(&y[t94], t96 >> t95);
  }
}
