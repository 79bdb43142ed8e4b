// regular_columns of llm_int8 K = 256; target base
// 241 lines, 49 memory accesses, 1280 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> cx: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> cw: array<u32>;
@group(0) @binding(4) var<storage, read> bias: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;
var<workgroup> sq: array<u32, 64>;
var<workgroup> sw: array<u32, 256>;

@compute @workgroup_size(64)
fn regular_columns(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % u32((params.N + 31) >> 5u));
  let bm = i32(block / u32((params.N + 31) >> 5u));
  var sum_0 = 0; var sum_1 = 0; var sum_2 = 0; var sum_3 = 0;
  let t0 = bm * 8 + (t >> 3u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) + min(t0, t2) * 64;
  let t4 = bn * 32 + (t >> 1u);
  let t5 = t4 < params.N;
  let t6 = max(params.N - 1, 0);
  let t7 = (t & 1) + min(t4, t6) * 16;
  let t8 = (t >> 4u) * 16;
  let t9 = (t & 15) * 16;
  for (var k = 0; k < 256; k += 32) {
    sq[t] = select(0u, q[t3 + (k >> 2u)], t1);
    let t10 = w[t7 + (k >> 4u)];
    sw[t * 4] = select(0u, t10.x, t5);
    sw[t * 4 + 1] = select(0u, t10.y, t5);
    sw[t * 4 + 2] = select(0u, t10.z, t5);
    sw[t * 4 + 3] = select(0u, t10.w, t5);
    workgroupBarrier();
    let t11 = sq[t8];
    let t12 = i32(t11 << 24u) >> 24u;
    let t13 = sw[t9];
    let t14 = i32(t13 << 24u) >> 24u;
    let t15 = i32(t11 << 16u) >> 24u;
    let t16 = i32(t13 << 16u) >> 24u;
    let t17 = i32(t11 << 8u) >> 24u;
    let t18 = i32(t13 << 8u) >> 24u;
    let t19 = i32(t11) >> 24u;
    let t20 = i32(t13) >> 24u;
    let t21 = sq[t8 + 1];
    let t22 = i32(t21 << 24u) >> 24u;
    let t23 = sw[t9 + 1];
    let t24 = i32(t23 << 24u) >> 24u;
    let t25 = i32(t21 << 16u) >> 24u;
    let t26 = i32(t23 << 16u) >> 24u;
    let t27 = i32(t21 << 8u) >> 24u;
    let t28 = i32(t23 << 8u) >> 24u;
    let t29 = i32(t21) >> 24u;
    let t30 = i32(t23) >> 24u;
    let t31 = sq[t8 + 2];
    let t32 = i32(t31 << 24u) >> 24u;
    let t33 = sw[t9 + 2];
    let t34 = i32(t33 << 24u) >> 24u;
    let t35 = i32(t31 << 16u) >> 24u;
    let t36 = i32(t33 << 16u) >> 24u;
    let t37 = i32(t31 << 8u) >> 24u;
    let t38 = i32(t33 << 8u) >> 24u;
    let t39 = i32(t31) >> 24u;
    let t40 = i32(t33) >> 24u;
    let t41 = sq[t8 + 3];
    let t42 = i32(t41 << 24u) >> 24u;
    let t43 = sw[t9 + 3];
    let t44 = i32(t43 << 24u) >> 24u;
    let t45 = i32(t41 << 16u) >> 24u;
    let t46 = i32(t43 << 16u) >> 24u;
    let t47 = i32(t41 << 8u) >> 24u;
    let t48 = i32(t43 << 8u) >> 24u;
    let t49 = i32(t41) >> 24u;
    let t50 = i32(t43) >> 24u;
    let t51 = sq[t8 + 4];
    let t52 = i32(t51 << 24u) >> 24u;
    let t53 = sw[t9 + 4];
    let t54 = i32(t53 << 24u) >> 24u;
    let t55 = i32(t51 << 16u) >> 24u;
    let t56 = i32(t53 << 16u) >> 24u;
    let t57 = i32(t51 << 8u) >> 24u;
    let t58 = i32(t53 << 8u) >> 24u;
    let t59 = i32(t51) >> 24u;
    let t60 = i32(t53) >> 24u;
    let t61 = sq[t8 + 5];
    let t62 = i32(t61 << 24u) >> 24u;
    let t63 = sw[t9 + 5];
    let t64 = i32(t63 << 24u) >> 24u;
    let t65 = i32(t61 << 16u) >> 24u;
    let t66 = i32(t63 << 16u) >> 24u;
    let t67 = i32(t61 << 8u) >> 24u;
    let t68 = i32(t63 << 8u) >> 24u;
    let t69 = i32(t61) >> 24u;
    let t70 = i32(t63) >> 24u;
    let t71 = sq[t8 + 6];
    let t72 = i32(t71 << 24u) >> 24u;
    let t73 = sw[t9 + 6];
    let t74 = i32(t73 << 24u) >> 24u;
    let t75 = i32(t71 << 16u) >> 24u;
    let t76 = i32(t73 << 16u) >> 24u;
    let t77 = i32(t71 << 8u) >> 24u;
    let t78 = i32(t73 << 8u) >> 24u;
    let t79 = i32(t71) >> 24u;
    let t80 = i32(t73) >> 24u;
    let t81 = sq[t8 + 7];
    let t82 = i32(t81 << 24u) >> 24u;
    let t83 = sw[t9 + 7];
    let t84 = i32(t83 << 24u) >> 24u;
    let t85 = i32(t81 << 16u) >> 24u;
    let t86 = i32(t83 << 16u) >> 24u;
    let t87 = i32(t81 << 8u) >> 24u;
    let t88 = i32(t83 << 8u) >> 24u;
    let t89 = i32(t81) >> 24u;
    let t90 = i32(t83) >> 24u;
    sum_0 = sum_0 + t12 * t14 + t15 * t16 + t17 * t18 + t19 * t20 + t22 * t24 + t25 * t26 + t27 * t28 + t29 * t30 + t32 * t34 + t35 * t36 + t37 * t38 + t39 * t40 + t42 * t44 + t45 * t46 + t47 * t48 + t49 * t50 + t52 * t54 + t55 * t56 + t57 * t58 + t59 * t60 + t62 * t64 + t65 * t66 + t67 * t68 + t69 * t70 + t72 * t74 + t75 * t76 + t77 * t78 + t79 * t80 + t82 * t84 + t85 * t86 + t87 * t88 + t89 * t90;
    let t91 = sw[t9 + 8];
    let t92 = i32(t91 << 24u) >> 24u;
    let t93 = i32(t91 << 16u) >> 24u;
    let t94 = i32(t91 << 8u) >> 24u;
    let t95 = i32(t91) >> 24u;
    let t96 = sw[t9 + 9];
    let t97 = i32(t96 << 24u) >> 24u;
    let t98 = i32(t96 << 16u) >> 24u;
    let t99 = i32(t96 << 8u) >> 24u;
    let t100 = i32(t96) >> 24u;
    let t101 = sw[t9 + 10];
    let t102 = i32(t101 << 24u) >> 24u;
    let t103 = i32(t101 << 16u) >> 24u;
    let t104 = i32(t101 << 8u) >> 24u;
    let t105 = i32(t101) >> 24u;
    let t106 = sw[t9 + 11];
    let t107 = i32(t106 << 24u) >> 24u;
    let t108 = i32(t106 << 16u) >> 24u;
    let t109 = i32(t106 << 8u) >> 24u;
    let t110 = i32(t106) >> 24u;
    let t111 = sw[t9 + 12];
    let t112 = i32(t111 << 24u) >> 24u;
    let t113 = i32(t111 << 16u) >> 24u;
    let t114 = i32(t111 << 8u) >> 24u;
    let t115 = i32(t111) >> 24u;
    let t116 = sw[t9 + 13];
    let t117 = i32(t116 << 24u) >> 24u;
    let t118 = i32(t116 << 16u) >> 24u;
    let t119 = i32(t116 << 8u) >> 24u;
    let t120 = i32(t116) >> 24u;
    let t121 = sw[t9 + 14];
    let t122 = i32(t121 << 24u) >> 24u;
    let t123 = i32(t121 << 16u) >> 24u;
    let t124 = i32(t121 << 8u) >> 24u;
    let t125 = i32(t121) >> 24u;
    let t126 = sw[t9 + 15];
    let t127 = i32(t126 << 24u) >> 24u;
    let t128 = i32(t126 << 16u) >> 24u;
    let t129 = i32(t126 << 8u) >> 24u;
    let t130 = i32(t126) >> 24u;
    sum_1 = sum_1 + t12 * t92 + t15 * t93 + t17 * t94 + t19 * t95 + t22 * t97 + t25 * t98 + t27 * t99 + t29 * t100 + t32 * t102 + t35 * t103 + t37 * t104 + t39 * t105 + t42 * t107 + t45 * t108 + t47 * t109 + t49 * t110 + t52 * t112 + t55 * t113 + t57 * t114 + t59 * t115 + t62 * t117 + t65 * t118 + t67 * t119 + t69 * t120 + t72 * t122 + t75 * t123 + t77 * t124 + t79 * t125 + t82 * t127 + t85 * t128 + t87 * t129 + t89 * t130;
    let t131 = sq[t8 + 8];
    let t132 = i32(t131 << 24u) >> 24u;
    let t133 = i32(t131 << 16u) >> 24u;
    let t134 = i32(t131 << 8u) >> 24u;
    let t135 = i32(t131) >> 24u;
    let t136 = sq[t8 + 9];
    let t137 = i32(t136 << 24u) >> 24u;
    let t138 = i32(t136 << 16u) >> 24u;
    let t139 = i32(t136 << 8u) >> 24u;
    let t140 = i32(t136) >> 24u;
    let t141 = sq[t8 + 10];
    let t142 = i32(t141 << 24u) >> 24u;
    let t143 = i32(t141 << 16u) >> 24u;
    let t144 = i32(t141 << 8u) >> 24u;
    let t145 = i32(t141) >> 24u;
    let t146 = sq[t8 + 11];
    let t147 = i32(t146 << 24u) >> 24u;
    let t148 = i32(t146 << 16u) >> 24u;
    let t149 = i32(t146 << 8u) >> 24u;
    let t150 = i32(t146) >> 24u;
    let t151 = sq[t8 + 12];
    let t152 = i32(t151 << 24u) >> 24u;
    let t153 = i32(t151 << 16u) >> 24u;
    let t154 = i32(t151 << 8u) >> 24u;
    let t155 = i32(t151) >> 24u;
    let t156 = sq[t8 + 13];
    let t157 = i32(t156 << 24u) >> 24u;
    let t158 = i32(t156 << 16u) >> 24u;
    let t159 = i32(t156 << 8u) >> 24u;
    let t160 = i32(t156) >> 24u;
    let t161 = sq[t8 + 14];
    let t162 = i32(t161 << 24u) >> 24u;
    let t163 = i32(t161 << 16u) >> 24u;
    let t164 = i32(t161 << 8u) >> 24u;
    let t165 = i32(t161) >> 24u;
    let t166 = sq[t8 + 15];
    let t167 = i32(t166 << 24u) >> 24u;
    let t168 = i32(t166 << 16u) >> 24u;
    let t169 = i32(t166 << 8u) >> 24u;
    let t170 = i32(t166) >> 24u;
    sum_2 = sum_2 + t14 * t132 + t16 * t133 + t18 * t134 + t20 * t135 + t24 * t137 + t26 * t138 + t28 * t139 + t30 * t140 + t34 * t142 + t36 * t143 + t38 * t144 + t40 * t145 + t44 * t147 + t46 * t148 + t48 * t149 + t50 * t150 + t54 * t152 + t56 * t153 + t58 * t154 + t60 * t155 + t64 * t157 + t66 * t158 + t68 * t159 + t70 * t160 + t74 * t162 + t76 * t163 + t78 * t164 + t80 * t165 + t84 * t167 + t86 * t168 + t88 * t169 + t90 * t170;
    sum_3 = sum_3 + t92 * t132 + t93 * t133 + t94 * t134 + t95 * t135 + t97 * t137 + t98 * t138 + t99 * t139 + t100 * t140 + t102 * t142 + t103 * t143 + t104 * t144 + t105 * t145 + t107 * t147 + t108 * t148 + t109 * t149 + t110 * t150 + t112 * t152 + t113 * t153 + t114 * t154 + t115 * t155 + t117 * t157 + t118 * t158 + t119 * t159 + t120 * t160 + t122 * t162 + t123 * t163 + t124 * t164 + t125 * t165 + t127 * t167 + t128 * t168 + t129 * t169 + t130 * t170;
    workgroupBarrier();
  }
  let t171 = bm * 8 + (t >> 4u) * 2;
  let t172 = t171 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t2, t171)], t172));
  let t173 = t171 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t2, t171 + 1)], t173));
  let t174 = bn * 32 + (t & 15) * 2;
  let t175 = t174 < params.N;
  let t176 = min(t6, t174);
  let v17_0 = bitcast<f32>(select(0u, cw[t176], t175));
  let t177 = t174 + 1 < params.N;
  let t178 = min(t6, t174 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t178], t177));
  let v25_0 = bitcast<f32>(select(0u, bias[t176], t175));
  let v25_1 = bitcast<f32>(select(0u, bias[t178], t177));
  let t179 = params.N * (t >> 4u);
  let t180 = bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t179 * 2;
  if (t172 & t175) {
    y[t180] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t172 & t177) {
    y[t180 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  let t181 = params.N + bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t179 * 2;
  if (t173 & t175) {
    y[t181] = bitcast<u32>(v25_0 + f32(sum_2) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t173 & t177) {
    y[t181 + 1] = bitcast<u32>(v25_1 + f32(sum_3) * (v17_1 * v15_1 * 0.00006200012f));
  }
}
