// regular_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 298 lines, 54 memory accesses, 2560 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> cx: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> cw: array<u32>;
@group(0) @binding(4) var<storage, read> bias: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;
var<workgroup> sq: array<u32, 128>;
var<workgroup> sw: array<u32, 512>;

@compute @workgroup_size(64)
fn regular_columns(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  var zeros = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + zeros[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 63) >> 6u));
  var sum_0 = 0; var sum_1 = 0; var sum_2 = 0; var sum_3 = 0; var sum_4 = 0; var sum_5 = 0;
  var sum_6 = 0; var sum_7 = 0; var sum_8 = 0; var sum_9 = 0; var sum_10 = 0; var sum_11 = 0;
  var sum_12 = 0; var sum_13 = 0; var sum_14 = 0; var sum_15 = 0;
  let t0 = bm * 16 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = (t & 3) * 8;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t0, t3) * 5;
  let t5 = bn * 64 + (t >> 1u);
  let t6 = (t & 1) * 16;
  let t7 = max(params.N - 1, 0);
  let t8 = (t & 1) * 2;
  let t9 = (t >> 4u) * 32;
  let t10 = (t & 15) * 32;
  for (var k = 0; k < 37 + none; k += 32) {
    let t11 = t1 & (t2 + k < 40);
    let t12 = q[t4 + min((t & 3) + (k >> 3u), 4)];
    sq[t * 2] = select(0u, t12.x, t11);
    sq[t * 2 + 1] = select(0u, t12.y, t11);
    let t13 = t6 + k;
    let t14 = t8 + (k >> 3u);
    for (var s = 0; s < 4 + none; s++) {
      let t15 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t16 = t5 + (s >> 1u) * 32;
      let t17 = (t16 < params.N) & (t13 + (s & 1) * 8 < 40);
      let t18 = w[min(t7, t16) * 5 + min(t14 + (s & 1), 4)];
      sw[t15] = select(0u, t18.x, t17);
      sw[t15 + 1] = select(0u, t18.y, t17);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 2 + none; k_1++) {
      let t19 = t9 + k_1 * 4;
      let t20 = sq[t19];
      let t21 = i32(t20 << 24u) >> 24u;
      let t22 = t10 + k_1 * 4;
      let t23 = sw[t22];
      let t24 = i32(t23 << 24u) >> 24u;
      let t25 = i32(t20 << 16u) >> 24u;
      let t26 = i32(t23 << 16u) >> 24u;
      let t27 = i32(t20 << 8u) >> 24u;
      let t28 = i32(t23 << 8u) >> 24u;
      let t29 = i32(t20) >> 24u;
      let t30 = i32(t23) >> 24u;
      let t31 = sq[t19 + 1];
      let t32 = i32(t31 << 24u) >> 24u;
      let t33 = sw[t22 + 1];
      let t34 = i32(t33 << 24u) >> 24u;
      let t35 = i32(t31 << 16u) >> 24u;
      let t36 = i32(t33 << 16u) >> 24u;
      let t37 = i32(t31 << 8u) >> 24u;
      let t38 = i32(t33 << 8u) >> 24u;
      let t39 = i32(t31) >> 24u;
      let t40 = i32(t33) >> 24u;
      let t41 = sq[t19 + 2];
      let t42 = i32(t41 << 24u) >> 24u;
      let t43 = sw[t22 + 2];
      let t44 = i32(t43 << 24u) >> 24u;
      let t45 = i32(t41 << 16u) >> 24u;
      let t46 = i32(t43 << 16u) >> 24u;
      let t47 = i32(t41 << 8u) >> 24u;
      let t48 = i32(t43 << 8u) >> 24u;
      let t49 = i32(t41) >> 24u;
      let t50 = i32(t43) >> 24u;
      let t51 = sq[t19 + 3];
      let t52 = i32(t51 << 24u) >> 24u;
      let t53 = sw[t22 + 3];
      let t54 = i32(t53 << 24u) >> 24u;
      let t55 = i32(t51 << 16u) >> 24u;
      let t56 = i32(t53 << 16u) >> 24u;
      let t57 = i32(t51 << 8u) >> 24u;
      let t58 = i32(t53 << 8u) >> 24u;
      let t59 = i32(t51) >> 24u;
      let t60 = i32(t53) >> 24u;
      sum_0 = sum_0 + t21 * t24 + t25 * t26 + t27 * t28 + t29 * t30 + t32 * t34 + t35 * t36 + t37 * t38 + t39 * t40 + t42 * t44 + t45 * t46 + t47 * t48 + t49 * t50 + t52 * t54 + t55 * t56 + t57 * t58 + t59 * t60;
      let t61 = sw[t22 + 8];
      let t62 = i32(t61 << 24u) >> 24u;
      let t63 = i32(t61 << 16u) >> 24u;
      let t64 = i32(t61 << 8u) >> 24u;
      let t65 = i32(t61) >> 24u;
      let t66 = sw[t22 + 9];
      let t67 = i32(t66 << 24u) >> 24u;
      let t68 = i32(t66 << 16u) >> 24u;
      let t69 = i32(t66 << 8u) >> 24u;
      let t70 = i32(t66) >> 24u;
      let t71 = sw[t22 + 10];
      let t72 = i32(t71 << 24u) >> 24u;
      let t73 = i32(t71 << 16u) >> 24u;
      let t74 = i32(t71 << 8u) >> 24u;
      let t75 = i32(t71) >> 24u;
      let t76 = sw[t22 + 11];
      let t77 = i32(t76 << 24u) >> 24u;
      let t78 = i32(t76 << 16u) >> 24u;
      let t79 = i32(t76 << 8u) >> 24u;
      let t80 = i32(t76) >> 24u;
      sum_1 = sum_1 + t21 * t62 + t25 * t63 + t27 * t64 + t29 * t65 + t32 * t67 + t35 * t68 + t37 * t69 + t39 * t70 + t42 * t72 + t45 * t73 + t47 * t74 + t49 * t75 + t52 * t77 + t55 * t78 + t57 * t79 + t59 * t80;
      let t81 = sw[t22 + 16];
      let t82 = i32(t81 << 24u) >> 24u;
      let t83 = i32(t81 << 16u) >> 24u;
      let t84 = i32(t81 << 8u) >> 24u;
      let t85 = i32(t81) >> 24u;
      let t86 = sw[t22 + 17];
      let t87 = i32(t86 << 24u) >> 24u;
      let t88 = i32(t86 << 16u) >> 24u;
      let t89 = i32(t86 << 8u) >> 24u;
      let t90 = i32(t86) >> 24u;
      let t91 = sw[t22 + 18];
      let t92 = i32(t91 << 24u) >> 24u;
      let t93 = i32(t91 << 16u) >> 24u;
      let t94 = i32(t91 << 8u) >> 24u;
      let t95 = i32(t91) >> 24u;
      let t96 = sw[t22 + 19];
      let t97 = i32(t96 << 24u) >> 24u;
      let t98 = i32(t96 << 16u) >> 24u;
      let t99 = i32(t96 << 8u) >> 24u;
      let t100 = i32(t96) >> 24u;
      sum_2 = sum_2 + t21 * t82 + t25 * t83 + t27 * t84 + t29 * t85 + t32 * t87 + t35 * t88 + t37 * t89 + t39 * t90 + t42 * t92 + t45 * t93 + t47 * t94 + t49 * t95 + t52 * t97 + t55 * t98 + t57 * t99 + t59 * t100;
      let t101 = sw[t22 + 24];
      let t102 = i32(t101 << 24u) >> 24u;
      let t103 = i32(t101 << 16u) >> 24u;
      let t104 = i32(t101 << 8u) >> 24u;
      let t105 = i32(t101) >> 24u;
      let t106 = sw[t22 + 25];
      let t107 = i32(t106 << 24u) >> 24u;
      let t108 = i32(t106 << 16u) >> 24u;
      let t109 = i32(t106 << 8u) >> 24u;
      let t110 = i32(t106) >> 24u;
      let t111 = sw[t22 + 26];
      let t112 = i32(t111 << 24u) >> 24u;
      let t113 = i32(t111 << 16u) >> 24u;
      let t114 = i32(t111 << 8u) >> 24u;
      let t115 = i32(t111) >> 24u;
      let t116 = sw[t22 + 27];
      let t117 = i32(t116 << 24u) >> 24u;
      let t118 = i32(t116 << 16u) >> 24u;
      let t119 = i32(t116 << 8u) >> 24u;
      let t120 = i32(t116) >> 24u;
      sum_3 = sum_3 + t21 * t102 + t25 * t103 + t27 * t104 + t29 * t105 + t32 * t107 + t35 * t108 + t37 * t109 + t39 * t110 + t42 * t112 + t45 * t113 + t47 * t114 + t49 * t115 + t52 * t117 + t55 * t118 + t57 * t119 + t59 * t120;
      let t121 = sq[t19 + 8];
      let t122 = i32(t121 << 24u) >> 24u;
      let t123 = i32(t121 << 16u) >> 24u;
      let t124 = i32(t121 << 8u) >> 24u;
      let t125 = i32(t121) >> 24u;
      let t126 = sq[t19 + 9];
      let t127 = i32(t126 << 24u) >> 24u;
      let t128 = i32(t126 << 16u) >> 24u;
      let t129 = i32(t126 << 8u) >> 24u;
      let t130 = i32(t126) >> 24u;
      let t131 = sq[t19 + 10];
      let t132 = i32(t131 << 24u) >> 24u;
      let t133 = i32(t131 << 16u) >> 24u;
      let t134 = i32(t131 << 8u) >> 24u;
      let t135 = i32(t131) >> 24u;
      let t136 = sq[t19 + 11];
      let t137 = i32(t136 << 24u) >> 24u;
      let t138 = i32(t136 << 16u) >> 24u;
      let t139 = i32(t136 << 8u) >> 24u;
      let t140 = i32(t136) >> 24u;
      sum_4 = sum_4 + t24 * t122 + t26 * t123 + t28 * t124 + t30 * t125 + t34 * t127 + t36 * t128 + t38 * t129 + t40 * t130 + t44 * t132 + t46 * t133 + t48 * t134 + t50 * t135 + t54 * t137 + t56 * t138 + t58 * t139 + t60 * t140;
      sum_5 = sum_5 + t62 * t122 + t63 * t123 + t64 * t124 + t65 * t125 + t67 * t127 + t68 * t128 + t69 * t129 + t70 * t130 + t72 * t132 + t73 * t133 + t74 * t134 + t75 * t135 + t77 * t137 + t78 * t138 + t79 * t139 + t80 * t140;
      sum_6 = sum_6 + t82 * t122 + t83 * t123 + t84 * t124 + t85 * t125 + t87 * t127 + t88 * t128 + t89 * t129 + t90 * t130 + t92 * t132 + t93 * t133 + t94 * t134 + t95 * t135 + t97 * t137 + t98 * t138 + t99 * t139 + t100 * t140;
      sum_7 = sum_7 + t102 * t122 + t103 * t123 + t104 * t124 + t105 * t125 + t107 * t127 + t108 * t128 + t109 * t129 + t110 * t130 + t112 * t132 + t113 * t133 + t114 * t134 + t115 * t135 + t117 * t137 + t118 * t138 + t119 * t139 + t120 * t140;
      let t141 = sq[t19 + 16];
      let t142 = i32(t141 << 24u) >> 24u;
      let t143 = i32(t141 << 16u) >> 24u;
      let t144 = i32(t141 << 8u) >> 24u;
      let t145 = i32(t141) >> 24u;
      let t146 = sq[t19 + 17];
      let t147 = i32(t146 << 24u) >> 24u;
      let t148 = i32(t146 << 16u) >> 24u;
      let t149 = i32(t146 << 8u) >> 24u;
      let t150 = i32(t146) >> 24u;
      let t151 = sq[t19 + 18];
      let t152 = i32(t151 << 24u) >> 24u;
      let t153 = i32(t151 << 16u) >> 24u;
      let t154 = i32(t151 << 8u) >> 24u;
      let t155 = i32(t151) >> 24u;
      let t156 = sq[t19 + 19];
      let t157 = i32(t156 << 24u) >> 24u;
      let t158 = i32(t156 << 16u) >> 24u;
      let t159 = i32(t156 << 8u) >> 24u;
      let t160 = i32(t156) >> 24u;
      sum_8 = sum_8 + t24 * t142 + t26 * t143 + t28 * t144 + t30 * t145 + t34 * t147 + t36 * t148 + t38 * t149 + t40 * t150 + t44 * t152 + t46 * t153 + t48 * t154 + t50 * t155 + t54 * t157 + t56 * t158 + t58 * t159 + t60 * t160;
      sum_9 = sum_9 + t62 * t142 + t63 * t143 + t64 * t144 + t65 * t145 + t67 * t147 + t68 * t148 + t69 * t149 + t70 * t150 + t72 * t152 + t73 * t153 + t74 * t154 + t75 * t155 + t77 * t157 + t78 * t158 + t79 * t159 + t80 * t160;
      sum_10 = sum_10 + t82 * t142 + t83 * t143 + t84 * t144 + t85 * t145 + t87 * t147 + t88 * t148 + t89 * t149 + t90 * t150 + t92 * t152 + t93 * t153 + t94 * t154 + t95 * t155 + t97 * t157 + t98 * t158 + t99 * t159 + t100 * t160;
      sum_11 = sum_11 + t102 * t142 + t103 * t143 + t104 * t144 + t105 * t145 + t107 * t147 + t108 * t148 + t109 * t149 + t110 * t150 + t112 * t152 + t113 * t153 + t114 * t154 + t115 * t155 + t117 * t157 + t118 * t158 + t119 * t159 + t120 * t160;
      let t161 = sq[t19 + 24];
      let t162 = i32(t161 << 24u) >> 24u;
      let t163 = i32(t161 << 16u) >> 24u;
      let t164 = i32(t161 << 8u) >> 24u;
      let t165 = i32(t161) >> 24u;
      let t166 = sq[t19 + 25];
      let t167 = i32(t166 << 24u) >> 24u;
      let t168 = i32(t166 << 16u) >> 24u;
      let t169 = i32(t166 << 8u) >> 24u;
      let t170 = i32(t166) >> 24u;
      let t171 = sq[t19 + 26];
      let t172 = i32(t171 << 24u) >> 24u;
      let t173 = i32(t171 << 16u) >> 24u;
      let t174 = i32(t171 << 8u) >> 24u;
      let t175 = i32(t171) >> 24u;
      let t176 = sq[t19 + 27];
      let t177 = i32(t176 << 24u) >> 24u;
      let t178 = i32(t176 << 16u) >> 24u;
      let t179 = i32(t176 << 8u) >> 24u;
      let t180 = i32(t176) >> 24u;
      sum_12 = sum_12 + t24 * t162 + t26 * t163 + t28 * t164 + t30 * t165 + t34 * t167 + t36 * t168 + t38 * t169 + t40 * t170 + t44 * t172 + t46 * t173 + t48 * t174 + t50 * t175 + t54 * t177 + t56 * t178 + t58 * t179 + t60 * t180;
      sum_13 = sum_13 + t62 * t162 + t63 * t163 + t64 * t164 + t65 * t165 + t67 * t167 + t68 * t168 + t69 * t169 + t70 * t170 + t72 * t172 + t73 * t173 + t74 * t174 + t75 * t175 + t77 * t177 + t78 * t178 + t79 * t179 + t80 * t180;
      sum_14 = sum_14 + t82 * t162 + t83 * t163 + t84 * t164 + t85 * t165 + t87 * t167 + t88 * t168 + t89 * t169 + t90 * t170 + t92 * t172 + t93 * t173 + t94 * t174 + t95 * t175 + t97 * t177 + t98 * t178 + t99 * t179 + t100 * t180;
      sum_15 = sum_15 + t102 * t162 + t103 * t163 + t104 * t164 + t105 * t165 + t107 * t167 + t108 * t168 + t109 * t169 + t110 * t170 + t112 * t172 + t113 * t173 + t114 * t174 + t115 * t175 + t117 * t177 + t118 * t178 + t119 * t179 + t120 * t180;
    }
    workgroupBarrier();
  }
  var v15 = array<f32, 4>();
  let t181 = bm * 16 + (t >> 4u) * 4;
  v15[0] = bitcast<f32>(select(0u, cx[min(t3, t181)], (t181 < params.M)));
  v15[1] = bitcast<f32>(select(0u, cx[min(t3, t181 + 1)], (t181 + 1 < params.M)));
  v15[2] = bitcast<f32>(select(0u, cx[min(t3, t181 + 2)], (t181 + 2 < params.M)));
  v15[3] = bitcast<f32>(select(0u, cx[min(t3, t181 + 3)], (t181 + 3 < params.M)));
  let t182 = bn * 64 + (t & 15) * 4;
  let t183 = t182 < params.N;
  let t184 = min(t7, t182);
  let v17_0 = bitcast<f32>(select(0u, cw[t184], t183));
  let t185 = t182 + 1 < params.N;
  let t186 = min(t7, t182 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t186], t185));
  let t187 = t182 + 2 < params.N;
  let t188 = min(t7, t182 + 2);
  let v17_2 = bitcast<f32>(select(0u, cw[t188], t187));
  let t189 = t182 + 3 < params.N;
  let t190 = min(t7, t182 + 3);
  let v17_3 = bitcast<f32>(select(0u, cw[t190], t189));
  let v25_0 = bitcast<f32>(select(0u, bias[t184], t183));
  let v25_1 = bitcast<f32>(select(0u, bias[t186], t185));
  let v25_2 = bitcast<f32>(select(0u, bias[t188], t187));
  let v25_3 = bitcast<f32>(select(0u, bias[t190], t189));
  var sum = array<i32, 16>();
  sum[0] = sum_0;
  sum[1] = sum_1;
  sum[2] = sum_2;
  sum[3] = sum_3;
  sum[4] = sum_4;
  sum[5] = sum_5;
  sum[6] = sum_6;
  sum[7] = sum_7;
  sum[8] = sum_8;
  sum[9] = sum_9;
  sum[10] = sum_10;
  sum[11] = sum_11;
  sum[12] = sum_12;
  sum[13] = sum_13;
  sum[14] = sum_14;
  sum[15] = sum_15;
  let t191 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  for (var s = 0; s < 4 + none; s++) {
    let t192 = t181 + s < params.M;
    let t193 = t191 + params.N * s;
    if (t183 & t192) {
      y[t193] = bitcast<u32>(v25_0 + f32(sum[s * 4]) * (v17_0 * v15[s] * 0.00006200012f));
    }
    if (t185 & t192) {
      y[t193 + 1] = bitcast<u32>(v25_1 + f32(sum[s * 4 + 1]) * (v17_1 * v15[s] * 0.00006200012f));
    }
    if (t187 & t192) {
      y[t193 + 2] = bitcast<u32>(v25_2 + f32(sum[s * 4 + 2]) * (v17_2 * v15[s] * 0.00006200012f));
    }
    if (t189 & t192) {
      y[t193 + 3] = bitcast<u32>(v25_3 + f32(sum[s * 4 + 3]) * (v17_3 * v15[s] * 0.00006200012f));
    }
  }
}
