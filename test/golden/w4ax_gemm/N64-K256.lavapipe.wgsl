// w4ax_gemm N = 64, K = 256; target lavapipe
// 189 lines, 23 memory accesses, 4 bytes of workgroup memory
struct Params {
  B4: i32,
  M: i32,
  B8: i32,
}

@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x4: array<u32>;
@group(0) @binding(1) var<storage, read> x8: array<u32>;
@group(0) @binding(2) var<storage, read> place: array<u32>;
@group(0) @binding(3) var<storage, read> sx: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(5) var<storage, read> sw: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 1>;

@compute @workgroup_size(32)
fn w4ax_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 8u) + frame[groups.x >> 31u];
  let bm = i32(block / 8u);
  var acc_0 = 0f; var acc_1 = 0f; var d_0 = 0; var d_1 = 0;
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = bm * 256 + (t >> 2u) * 32;
  let t3 = bn * 64 + (t & 3) * 16;
  let t4 = bm * 128 + (t >> 2u) * 16 - params.M * 16;
  let t5 = min(t0, max(params.M - 1, 0)) * 2;
  let t6 = bn * 4 + (t & 3);
  for (var b = 0; b < 2; b++) {
    workgroupBarrier();
    if (t == 0) {
      scratch[0] = place[b];
    }
    let p = workgroupUniformLoad(&scratch[0]);
    let t7 = i32(p) >= 0;
    let t8 = params.M * i32(p);
    let t9 = t3 + b * 4;
    if (t7) {
      var v16_0 = 0; var v16_1 = 0; var v16_part_0 = 0; var v16_part_1 = 0;
      let t10 = t7 & (i32(p) < params.B8) & t1;
      let t11 = t2 + t8 * 32;
      for (var k = 0; k < 4; k++) {
        let t12 = t11 + k * 8;
        let t13 = select(0u, x8[select(0, t12, t10)], t10);
        let t14 = select(0u, x8[select(0, t12 + 1, t10)], t10);
        let t15 = t14 ^ (t13 >> 16u);
        let t16 = t13 ^ (t15 << 16u);
        let t17 = t14 ^ (t15 & 0xffffu);
        let t18 = t17 ^ (t16 >> 8u);
        let t19 = t16 ^ ((t18 << 8u) & 0xff00ff00u);
        let t20 = i32(t19 << 24u) >> 24u;
        let t21 = t9 + k;
        let t22 = w[t21];
        let t23 = i32(t19 << 16u) >> 24u;
        let t24 = i32(t19 << 8u) >> 24u;
        let t25 = i32(t19) >> 24u;
        let t26 = t17 ^ (t18 & 0xff00ffu);
        let t27 = i32(t26 << 24u) >> 24u;
        let t28 = i32(t26 << 16u) >> 24u;
        let t29 = i32(t26 << 8u) >> 24u;
        let t30 = i32(t26) >> 24u;
        let t31 = select(0u, x8[select(0, t12 + 2, t10)], t10);
        let t32 = select(0u, x8[select(0, t12 + 3, t10)], t10);
        let t33 = t32 ^ (t31 >> 16u);
        let t34 = t31 ^ (t33 << 16u);
        let t35 = t32 ^ (t33 & 0xffffu);
        let t36 = t35 ^ (t34 >> 8u);
        let t37 = t34 ^ ((t36 << 8u) & 0xff00ff00u);
        let t38 = i32(t37 << 24u) >> 24u;
        let t39 = i32(t37 << 16u) >> 24u;
        let t40 = i32(t37 << 8u) >> 24u;
        let t41 = i32(t37) >> 24u;
        let t42 = t35 ^ (t36 & 0xff00ffu);
        let t43 = i32(t42 << 24u) >> 24u;
        let t44 = i32(t42 << 16u) >> 24u;
        let t45 = i32(t42 << 8u) >> 24u;
        let t46 = i32(t42) >> 24u;
        let t47 = select(0u, x8[select(0, t12 + 4, t10)], t10);
        let t48 = select(0u, x8[select(0, t12 + 5, t10)], t10);
        let t49 = t48 ^ (t47 >> 16u);
        let t50 = t47 ^ (t49 << 16u);
        let t51 = t48 ^ (t49 & 0xffffu);
        let t52 = t51 ^ (t50 >> 8u);
        let t53 = t50 ^ ((t52 << 8u) & 0xff00ff00u);
        let t54 = i32(t53 << 24u) >> 24u;
        let t55 = i32(t53 << 16u) >> 24u;
        let t56 = i32(t53 << 8u) >> 24u;
        let t57 = i32(t53) >> 24u;
        let t58 = t51 ^ (t52 & 0xff00ffu);
        let t59 = i32(t58 << 24u) >> 24u;
        let t60 = i32(t58 << 16u) >> 24u;
        let t61 = i32(t58 << 8u) >> 24u;
        let t62 = i32(t58) >> 24u;
        let t63 = select(0u, x8[select(0, t12 + 6, t10)], t10);
        let t64 = select(0u, x8[select(0, t12 + 7, t10)], t10);
        let t65 = t64 ^ (t63 >> 16u);
        let t66 = t63 ^ (t65 << 16u);
        let t67 = t64 ^ (t65 & 0xffffu);
        let t68 = t67 ^ (t66 >> 8u);
        let t69 = t66 ^ ((t68 << 8u) & 0xff00ff00u);
        let t70 = i32(t69 << 24u) >> 24u;
        let t71 = i32(t69 << 16u) >> 24u;
        let t72 = i32(t69 << 8u) >> 24u;
        let t73 = i32(t69) >> 24u;
        let t74 = t67 ^ (t68 & 0xff00ffu);
        let t75 = i32(t74 << 24u) >> 24u;
        let t76 = i32(t74 << 16u) >> 24u;
        let t77 = i32(t74 << 8u) >> 24u;
        let t78 = i32(t74) >> 24u;
        v16_part_0 += t20 * (i32(t22.x << 28u) >> 24u) + t23 * (i32((t22.x << 20u) & 0xf0f00000u) >> 24u) + t24 * (i32((t22.x << 12u) & 0xf0f0f000u) >> 24u) + t25 * (i32((t22.x << 4u) & 0xf0f0f0f0u) >> 24u) + t27 * (i32((t22.x << 24u) & 0xf0000000u) >> 24u) + t28 * (i32((t22.x << 16u) & 0xf0f00000u) >> 24u) + t29 * (i32((t22.x << 8u) & 0xf0f0f000u) >> 24u) + t30 * (i32(t22.x & 0xf0f0f0f0u) >> 24u) + t38 * (i32(t22.y << 28u) >> 24u) + t39 * (i32((t22.y << 20u) & 0xf0f00000u) >> 24u) + t40 * (i32((t22.y << 12u) & 0xf0f0f000u) >> 24u) + t41 * (i32((t22.y << 4u) & 0xf0f0f0f0u) >> 24u) + t43 * (i32((t22.y << 24u) & 0xf0000000u) >> 24u) + t44 * (i32((t22.y << 16u) & 0xf0f00000u) >> 24u) + t45 * (i32((t22.y << 8u) & 0xf0f0f000u) >> 24u) + t46 * (i32(t22.y & 0xf0f0f0f0u) >> 24u) + t54 * (i32(t22.z << 28u) >> 24u) + t55 * (i32((t22.z << 20u) & 0xf0f00000u) >> 24u) + t56 * (i32((t22.z << 12u) & 0xf0f0f000u) >> 24u) + t57 * (i32((t22.z << 4u) & 0xf0f0f0f0u) >> 24u) + t59 * (i32((t22.z << 24u) & 0xf0000000u) >> 24u) + t60 * (i32((t22.z << 16u) & 0xf0f00000u) >> 24u) + t61 * (i32((t22.z << 8u) & 0xf0f0f000u) >> 24u) + t62 * (i32(t22.z & 0xf0f0f0f0u) >> 24u) + t70 * (i32(t22.w << 28u) >> 24u) + t71 * (i32((t22.w << 20u) & 0xf0f00000u) >> 24u) + t72 * (i32((t22.w << 12u) & 0xf0f0f000u) >> 24u) + t73 * (i32((t22.w << 4u) & 0xf0f0f0f0u) >> 24u) + t75 * (i32((t22.w << 24u) & 0xf0000000u) >> 24u) + t76 * (i32((t22.w << 16u) & 0xf0f00000u) >> 24u) + t77 * (i32((t22.w << 8u) & 0xf0f0f000u) >> 24u) + t78 * (i32(t22.w & 0xf0f0f0f0u) >> 24u);
        let t79 = w[t21 + 8];
        v16_part_1 += t20 * (i32(t79.x << 28u) >> 24u) + t23 * (i32((t79.x << 20u) & 0xf0f00000u) >> 24u) + t24 * (i32((t79.x << 12u) & 0xf0f0f000u) >> 24u) + t25 * (i32((t79.x << 4u) & 0xf0f0f0f0u) >> 24u) + t27 * (i32((t79.x << 24u) & 0xf0000000u) >> 24u) + t28 * (i32((t79.x << 16u) & 0xf0f00000u) >> 24u) + t29 * (i32((t79.x << 8u) & 0xf0f0f000u) >> 24u) + t30 * (i32(t79.x & 0xf0f0f0f0u) >> 24u) + t38 * (i32(t79.y << 28u) >> 24u) + t39 * (i32((t79.y << 20u) & 0xf0f00000u) >> 24u) + t40 * (i32((t79.y << 12u) & 0xf0f0f000u) >> 24u) + t41 * (i32((t79.y << 4u) & 0xf0f0f0f0u) >> 24u) + t43 * (i32((t79.y << 24u) & 0xf0000000u) >> 24u) + t44 * (i32((t79.y << 16u) & 0xf0f00000u) >> 24u) + t45 * (i32((t79.y << 8u) & 0xf0f0f000u) >> 24u) + t46 * (i32(t79.y & 0xf0f0f0f0u) >> 24u) + t54 * (i32(t79.z << 28u) >> 24u) + t55 * (i32((t79.z << 20u) & 0xf0f00000u) >> 24u) + t56 * (i32((t79.z << 12u) & 0xf0f0f000u) >> 24u) + t57 * (i32((t79.z << 4u) & 0xf0f0f0f0u) >> 24u) + t59 * (i32((t79.z << 24u) & 0xf0000000u) >> 24u) + t60 * (i32((t79.z << 16u) & 0xf0f00000u) >> 24u) + t61 * (i32((t79.z << 8u) & 0xf0f0f000u) >> 24u) + t62 * (i32(t79.z & 0xf0f0f0f0u) >> 24u) + t70 * (i32(t79.w << 28u) >> 24u) + t71 * (i32((t79.w << 20u) & 0xf0f00000u) >> 24u) + t72 * (i32((t79.w << 12u) & 0xf0f0f000u) >> 24u) + t73 * (i32((t79.w << 4u) & 0xf0f0f0f0u) >> 24u) + t75 * (i32((t79.w << 24u) & 0xf0000000u) >> 24u) + t76 * (i32((t79.w << 16u) & 0xf0f00000u) >> 24u) + t77 * (i32((t79.w << 8u) & 0xf0f0f000u) >> 24u) + t78 * (i32(t79.w & 0xf0f0f0f0u) >> 24u);
      }
      v16_0 = v16_0 + (v16_part_0 >> 4u);
      v16_1 = v16_1 + (v16_part_1 >> 4u);
      d_0 = v16_0;
      d_1 = v16_1;
    } else {
      var v18_0 = 0; var v18_1 = 0; var v18_part_0 = 0; var v18_part_1 = 0;
      let t80 = (i32(p) < 0) & t1 & (-i32(p) - 1 < params.B4);
      let t81 = t4 + t8 * -16;
      for (var k = 0; k < 4; k++) {
        let t82 = t81 + k * 4;
        let t83 = select(0u, x4[select(0, t82, t80)], t80);
        let t84 = i32(t83 << 28u) >> 24u;
        let t85 = t9 + k;
        let t86 = w[t85];
        let t87 = i32((t83 << 20u) & 0xf0f00000u) >> 24u;
        let t88 = i32((t83 << 12u) & 0xf0f0f000u) >> 24u;
        let t89 = i32((t83 << 4u) & 0xf0f0f0f0u) >> 24u;
        let t90 = i32((t83 << 24u) & 0xf0000000u) >> 24u;
        let t91 = i32((t83 << 16u) & 0xf0f00000u) >> 24u;
        let t92 = i32((t83 << 8u) & 0xf0f0f000u) >> 24u;
        let t93 = i32(t83 & 0xf0f0f0f0u) >> 24u;
        let t94 = select(0u, x4[select(0, t82 + 1, t80)], t80);
        let t95 = i32(t94 << 28u) >> 24u;
        let t96 = i32((t94 << 20u) & 0xf0f00000u) >> 24u;
        let t97 = i32((t94 << 12u) & 0xf0f0f000u) >> 24u;
        let t98 = i32((t94 << 4u) & 0xf0f0f0f0u) >> 24u;
        let t99 = i32((t94 << 24u) & 0xf0000000u) >> 24u;
        let t100 = i32((t94 << 16u) & 0xf0f00000u) >> 24u;
        let t101 = i32((t94 << 8u) & 0xf0f0f000u) >> 24u;
        let t102 = i32(t94 & 0xf0f0f0f0u) >> 24u;
        let t103 = select(0u, x4[select(0, t82 + 2, t80)], t80);
        let t104 = i32(t103 << 28u) >> 24u;
        let t105 = i32((t103 << 20u) & 0xf0f00000u) >> 24u;
        let t106 = i32((t103 << 12u) & 0xf0f0f000u) >> 24u;
        let t107 = i32((t103 << 4u) & 0xf0f0f0f0u) >> 24u;
        let t108 = i32((t103 << 24u) & 0xf0000000u) >> 24u;
        let t109 = i32((t103 << 16u) & 0xf0f00000u) >> 24u;
        let t110 = i32((t103 << 8u) & 0xf0f0f000u) >> 24u;
        let t111 = i32(t103 & 0xf0f0f0f0u) >> 24u;
        let t112 = select(0u, x4[select(0, t82 + 3, t80)], t80);
        let t113 = i32(t112 << 28u) >> 24u;
        let t114 = i32((t112 << 20u) & 0xf0f00000u) >> 24u;
        let t115 = i32((t112 << 12u) & 0xf0f0f000u) >> 24u;
        let t116 = i32((t112 << 4u) & 0xf0f0f0f0u) >> 24u;
        let t117 = i32((t112 << 24u) & 0xf0000000u) >> 24u;
        let t118 = i32((t112 << 16u) & 0xf0f00000u) >> 24u;
        let t119 = i32((t112 << 8u) & 0xf0f0f000u) >> 24u;
        let t120 = i32(t112 & 0xf0f0f0f0u) >> 24u;
        v18_part_0 += t84 * (i32(t86.x << 28u) >> 24u) + t87 * (i32((t86.x << 20u) & 0xf0f00000u) >> 24u) + t88 * (i32((t86.x << 12u) & 0xf0f0f000u) >> 24u) + t89 * (i32((t86.x << 4u) & 0xf0f0f0f0u) >> 24u) + t90 * (i32((t86.x << 24u) & 0xf0000000u) >> 24u) + t91 * (i32((t86.x << 16u) & 0xf0f00000u) >> 24u) + t92 * (i32((t86.x << 8u) & 0xf0f0f000u) >> 24u) + t93 * (i32(t86.x & 0xf0f0f0f0u) >> 24u) + t95 * (i32(t86.y << 28u) >> 24u) + t96 * (i32((t86.y << 20u) & 0xf0f00000u) >> 24u) + t97 * (i32((t86.y << 12u) & 0xf0f0f000u) >> 24u) + t98 * (i32((t86.y << 4u) & 0xf0f0f0f0u) >> 24u) + t99 * (i32((t86.y << 24u) & 0xf0000000u) >> 24u) + t100 * (i32((t86.y << 16u) & 0xf0f00000u) >> 24u) + t101 * (i32((t86.y << 8u) & 0xf0f0f000u) >> 24u) + t102 * (i32(t86.y & 0xf0f0f0f0u) >> 24u) + t104 * (i32(t86.z << 28u) >> 24u) + t105 * (i32((t86.z << 20u) & 0xf0f00000u) >> 24u) + t106 * (i32((t86.z << 12u) & 0xf0f0f000u) >> 24u) + t107 * (i32((t86.z << 4u) & 0xf0f0f0f0u) >> 24u) + t108 * (i32((t86.z << 24u) & 0xf0000000u) >> 24u) + t109 * (i32((t86.z << 16u) & 0xf0f00000u) >> 24u) + t110 * (i32((t86.z << 8u) & 0xf0f0f000u) >> 24u) + t111 * (i32(t86.z & 0xf0f0f0f0u) >> 24u) + t113 * (i32(t86.w << 28u) >> 24u) + t114 * (i32((t86.w << 20u) & 0xf0f00000u) >> 24u) + t115 * (i32((t86.w << 12u) & 0xf0f0f000u) >> 24u) + t116 * (i32((t86.w << 4u) & 0xf0f0f0f0u) >> 24u) + t117 * (i32((t86.w << 24u) & 0xf0000000u) >> 24u) + t118 * (i32((t86.w << 16u) & 0xf0f00000u) >> 24u) + t119 * (i32((t86.w << 8u) & 0xf0f0f000u) >> 24u) + t120 * (i32(t86.w & 0xf0f0f0f0u) >> 24u);
        let t121 = w[t85 + 8];
        v18_part_1 += t84 * (i32(t121.x << 28u) >> 24u) + t87 * (i32((t121.x << 20u) & 0xf0f00000u) >> 24u) + t88 * (i32((t121.x << 12u) & 0xf0f0f000u) >> 24u) + t89 * (i32((t121.x << 4u) & 0xf0f0f0f0u) >> 24u) + t90 * (i32((t121.x << 24u) & 0xf0000000u) >> 24u) + t91 * (i32((t121.x << 16u) & 0xf0f00000u) >> 24u) + t92 * (i32((t121.x << 8u) & 0xf0f0f000u) >> 24u) + t93 * (i32(t121.x & 0xf0f0f0f0u) >> 24u) + t95 * (i32(t121.y << 28u) >> 24u) + t96 * (i32((t121.y << 20u) & 0xf0f00000u) >> 24u) + t97 * (i32((t121.y << 12u) & 0xf0f0f000u) >> 24u) + t98 * (i32((t121.y << 4u) & 0xf0f0f0f0u) >> 24u) + t99 * (i32((t121.y << 24u) & 0xf0000000u) >> 24u) + t100 * (i32((t121.y << 16u) & 0xf0f00000u) >> 24u) + t101 * (i32((t121.y << 8u) & 0xf0f0f000u) >> 24u) + t102 * (i32(t121.y & 0xf0f0f0f0u) >> 24u) + t104 * (i32(t121.z << 28u) >> 24u) + t105 * (i32((t121.z << 20u) & 0xf0f00000u) >> 24u) + t106 * (i32((t121.z << 12u) & 0xf0f0f000u) >> 24u) + t107 * (i32((t121.z << 4u) & 0xf0f0f0f0u) >> 24u) + t108 * (i32((t121.z << 24u) & 0xf0000000u) >> 24u) + t109 * (i32((t121.z << 16u) & 0xf0f00000u) >> 24u) + t110 * (i32((t121.z << 8u) & 0xf0f0f000u) >> 24u) + t111 * (i32(t121.z & 0xf0f0f0f0u) >> 24u) + t113 * (i32(t121.w << 28u) >> 24u) + t114 * (i32((t121.w << 20u) & 0xf0f00000u) >> 24u) + t115 * (i32((t121.w << 12u) & 0xf0f0f000u) >> 24u) + t116 * (i32((t121.w << 4u) & 0xf0f0f0f0u) >> 24u) + t117 * (i32((t121.w << 24u) & 0xf0000000u) >> 24u) + t118 * (i32((t121.w << 16u) & 0xf0f00000u) >> 24u) + t119 * (i32((t121.w << 8u) & 0xf0f0f000u) >> 24u) + t120 * (i32(t121.w & 0xf0f0f0f0u) >> 24u);
      }
      v18_0 = v18_0 + (v18_part_0 >> 8u);
      v18_1 = v18_1 + (v18_part_1 >> 8u);
      d_0 = v18_0;
      d_1 = v18_1;
    }
    let v21 = bitcast<f32>(select(0u, sx[t5 + b], t1));
    let t122 = sw[t6 + b * 32];
    acc_0 = fma(f32(d_0), v21 * bitcast<f32>(t122.x), acc_0);
    acc_1 = fma(f32(d_1), v21 * bitcast<f32>(t122.y), acc_1);
  }
  if (t1) {
    let t123 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    y[t123] = bitcast<u32>(acc_0);
    y[t123 + 1] = bitcast<u32>(acc_1);
  }
}
