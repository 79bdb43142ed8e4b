// transpose T = u3, B = 16; target base
// 156 lines, 36 memory accesses, 1088 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;
var<workgroup> tile: array<u32, 272>;

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
  let t0 = (t >> 4u) * 17 + (t & 15);
  let t1 = m * 16 + (t >> 4u);
  let t2 = n * 16 + (t & 15);
  let t3 = t2 < params.N;
  let t4 = min(t2, max(params.N - 1, 0));
  let t5 = t4 >> 5u;
  let t6 = (t4 & 31) * 3;
  let t7 = t6 >> 5u;
  let t8 = max(params.M - 1, 0);
  let t9 = min(t1, t8);
  let t10 = params.N * (t9 >> 5u);
  let t11 = t9 & 31;
  let t12 = (params.N * 3) >> 5u;
  let t13 = t11 * t12;
  let t14 = t6 & 31;
  let t15 = (params.N * 3) & 31;
  let t16 = t11 * t15;
  let t17 = t14 + t16;
  let t18 = t17 & 31;
  let t19 = u32(t18);
  let t20 = (t6 + 2) >> 5u;
  let t21 = (t6 + 2) & 31;
  let t22 = x[t5 * 3 + t10 * 3 + t13 + t20 + ((t16 + t21) >> 5u)] << (32u - t19);
  let t23 = (x[t5 * 3 + t7 + t10 * 3 + t13 + (t17 >> 5u)] >> t19) | select(0u, t22, (t18 >= 30));
  tile[t0] = select(1u, t23 & 7u, (t1 < params.M) & t3);
  let t24 = min(t8, t1 + 4);
  let t25 = params.N * (t24 >> 5u);
  let t26 = t24 & 31;
  let t27 = t12 * t26;
  let t28 = t15 * t26;
  let t29 = t14 + t28;
  let t30 = t29 & 31;
  let t31 = u32(t30);
  let t32 = x[t5 * 3 + t20 + t25 * 3 + t27 + ((t21 + t28) >> 5u)] << (32u - t31);
  let t33 = (x[t5 * 3 + t7 + t25 * 3 + t27 + (t29 >> 5u)] >> t31) | select(0u, t32, (t30 >= 30));
  tile[t0 + 68] = select(1u, t33 & 7u, t3 & (t1 + 4 < params.M));
  let t34 = min(t8, t1 + 8);
  let t35 = params.N * (t34 >> 5u);
  let t36 = t34 & 31;
  let t37 = t12 * t36;
  let t38 = t15 * t36;
  let t39 = t14 + t38;
  let t40 = t39 & 31;
  let t41 = u32(t40);
  let t42 = x[t5 * 3 + t20 + t35 * 3 + t37 + ((t21 + t38) >> 5u)] << (32u - t41);
  let t43 = (x[t5 * 3 + t7 + t35 * 3 + t37 + (t39 >> 5u)] >> t41) | select(0u, t42, (t40 >= 30));
  tile[t0 + 136] = select(1u, t43 & 7u, t3 & (t1 + 8 < params.M));
  let t44 = min(t8, t1 + 12);
  let t45 = params.N * (t44 >> 5u);
  let t46 = t44 & 31;
  let t47 = t12 * t46;
  let t48 = t15 * t46;
  let t49 = t14 + t48;
  let t50 = t49 & 31;
  let t51 = u32(t50);
  let t52 = x[t5 * 3 + t20 + t45 * 3 + t47 + ((t21 + t48) >> 5u)] << (32u - t51);
  let t53 = (x[t5 * 3 + t7 + t45 * 3 + t47 + (t49 >> 5u)] >> t51) | select(0u, t52, (t50 >= 30));
  tile[t0 + 204] = select(1u, t53 & 7u, t3 & (t1 + 12 < params.M));
  workgroupBarrier();
  let t54 = n * 16 + (t >> 4u);
  let t55 = m * 16 + (t & 15) < params.M;
  let t56 = (t54 < params.N) & t55;
  let t57 = (t & 15) * 3 + (m & 1) * 48;
  let t58 = t57 >> 5u;
  let t59 = params.M * (n >> 1u);
  let t60 = (params.M * 3) >> 5u;
  let t61 = (t >> 4u) * t60;
  let t62 = (n & 1) * t60;
  let t63 = t57 & 31;
  let t64 = (params.M * 3) & 31;
  let t65 = (t >> 4u) * t64;
  let t66 = (n & 1) * t64;
  let t67 = t63 + t65 + t66 * 16;
  let t68 = t67 & 31;
  let t69 = (t >> 4u) + (t & 15) * 17;
  if (t56) {
    let t70 = (m >> 1u) * 3 + t58 + t59 * 3 + t61 + t62 * 16 + (t67 >> 5u);
    let t71 = u32(t68);
    atomicAnd(&y[t70], ~(7u << t71));
    atomicOr(&y[t70], (tile[t69] & 7u) << t71);
  }
  let t72 = (t57 + 2) >> 5u;
  let t73 = (t57 + 2) & 31;
  if (t56 & (t68 >= 30)) {
    let t74 = (m >> 1u) * 3 + t59 * 3 + t61 + t62 * 16 + t72 + ((t65 + t66 * 16 + t73) >> 5u);
    let t75 = u32(-t68 + 32);
    atomicAnd(&y[t74], ~(7u >> t75));
    atomicOr(&y[t74], (tile[t69] & 7u) >> t75);
  }
  let t76 = t55 & (t54 + 4 < params.N);
  let t77 = t63 + t64 * 4 + t65 + t66 * 16;
  let t78 = t77 & 31;
  if (t76) {
    let t79 = (m >> 1u) * 3 + t58 + t59 * 3 + t60 * 4 + t61 + t62 * 16 + (t77 >> 5u);
    let t80 = u32(t78);
    atomicAnd(&y[t79], ~(7u << t80));
    atomicOr(&y[t79], (tile[t69 + 4] & 7u) << t80);
  }
  if (t76 & (t78 >= 30)) {
    let t81 = (m >> 1u) * 3 + t59 * 3 + t60 * 4 + t61 + t62 * 16 + t72 + ((t64 * 4 + t65 + t66 * 16 + t73) >> 5u);
    let t82 = u32(-t78 + 32);
    atomicAnd(&y[t81], ~(7u >> t82));
    atomicOr(&y[t81], (tile[t69 + 4] & 7u) >> t82);
  }
  let t83 = t55 & (t54 + 8 < params.N);
  let t84 = t63 + t64 * 8 + t65 + t66 * 16;
  let t85 = t84 & 31;
  if (t83) {
    let t86 = (m >> 1u) * 3 + t58 + t59 * 3 + t60 * 8 + t61 + t62 * 16 + (t84 >> 5u);
    let t87 = u32(t85);
    atomicAnd(&y[t86], ~(7u << t87));
    atomicOr(&y[t86], (tile[t69 + 8] & 7u) << t87);
  }
  if (t83 & (t85 >= 30)) {
    let t88 = (m >> 1u) * 3 + t59 * 3 + t60 * 8 + t61 + t62 * 16 + t72 + ((t64 * 8 + t65 + t66 * 16 + t73) >> 5u);
    let t89 = u32(-t85 + 32);
    atomicAnd(&y[t88], ~(7u >> t89));
    atomicOr(&y[t88], (tile[t69 + 8] & 7u) >> t89);
  }
  let t90 = t55 & (t54 + 12 < params.N);
  let t91 = t63 + t64 * 12 + t65 + t66 * 16;
  let t92 = t91 & 31;
  if (t90) {
    let t93 = (m >> 1u) * 3 + t58 + t59 * 3 + t60 * 12 + t61 + t62 * 16 + (t91 >> 5u);
    let t94 = u32(t92);
    atomicAnd(&y[t93], ~(7u << t94));
    atomicOr(&y[t93], (tile[t69 + 12] & 7u) << t94);
  }
  if (t90 & (t92 >= 30)) {
    let t95 = (m >> 1u) * 3 + t59 * 3 + t60 * 12 + t61 + t62 * 16 + t72 + ((t64 * 12 + t65 + t66 * 16 + t73) >> 5u);
    let t96 = u32(-t92 + 32);
    atomicAnd(&y[t95], ~(7u >> t96));
    atomicOr(&y[t95], (tile[t69 + 12] & 7u) >> t96);
  }
}
