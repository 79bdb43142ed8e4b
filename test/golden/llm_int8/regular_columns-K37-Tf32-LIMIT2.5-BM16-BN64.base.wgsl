// regular_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target base
// 334 lines, 75 memory accesses, 2560 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % u32((params.N + 63) >> 6u));
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
  let t6 = t5 < params.N;
  let t7 = (t & 1) * 16;
  let t8 = max(params.N - 1, 0);
  let t9 = (t & 1) * 2;
  let t10 = min(t5, t8) * 5;
  let t11 = t5 + 32 < params.N;
  let t12 = min(t8, t5 + 32) * 5;
  let t13 = (t >> 4u) * 32;
  let t14 = (t & 15) * 32;
  for (var k = 0; k < 37; k += 32) {
    let t15 = t1 & (t2 + k < 40);
    let t16 = q[t4 + min((t & 3) + (k >> 3u), 4)];
    sq[t * 2] = select(0u, t16.x, t15);
    sq[t * 2 + 1] = select(0u, t16.y, t15);
    let t17 = t7 + k;
    let t18 = t17 < 48;
    let t19 = t6 & t18;
    let t20 = t9 + (k >> 3u);
    let t21 = min(t20, 4);
    let t22 = w[t10 + t21];
    sw[t * 4] = select(0u, t22.x, t19);
    sw[t * 4 + 1] = select(0u, t22.y, t19);
    let t23 = t17 < 32;
    let t24 = t6 & t23;
    let t25 = min(t20 + 1, 4);
    let t26 = w[t10 + t25];
    sw[t * 4 + 2] = select(0u, t26.x, t24);
    sw[t * 4 + 3] = select(0u, t26.y, t24);
    let t27 = t18 & t11;
    let t28 = w[t12 + t21];
    sw[t * 4 + 256] = select(0u, t28.x, t27);
    sw[t * 4 + 257] = select(0u, t28.y, t27);
    let t29 = t23 & t11;
    let t30 = w[t12 + t25];
    sw[t * 4 + 258] = select(0u, t30.x, t29);
    sw[t * 4 + 259] = select(0u, t30.y, t29);
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 2; k_1++) {
      let t31 = t13 + k_1 * 4;
      let t32 = sq[t31];
      let t33 = i32(t32 << 24u) >> 24u;
      let t34 = t14 + k_1 * 4;
      let t35 = sw[t34];
      let t36 = i32(t35 << 24u) >> 24u;
      let t37 = i32(t32 << 16u) >> 24u;
      let t38 = i32(t35 << 16u) >> 24u;
      let t39 = i32(t32 << 8u) >> 24u;
      let t40 = i32(t35 << 8u) >> 24u;
      let t41 = i32(t32) >> 24u;
      let t42 = i32(t35) >> 24u;
      let t43 = sq[t31 + 1];
      let t44 = i32(t43 << 24u) >> 24u;
      let t45 = sw[t34 + 1];
      let t46 = i32(t45 << 24u) >> 24u;
      let t47 = i32(t43 << 16u) >> 24u;
      let t48 = i32(t45 << 16u) >> 24u;
      let t49 = i32(t43 << 8u) >> 24u;
      let t50 = i32(t45 << 8u) >> 24u;
      let t51 = i32(t43) >> 24u;
      let t52 = i32(t45) >> 24u;
      let t53 = sq[t31 + 2];
      let t54 = i32(t53 << 24u) >> 24u;
      let t55 = sw[t34 + 2];
      let t56 = i32(t55 << 24u) >> 24u;
      let t57 = i32(t53 << 16u) >> 24u;
      let t58 = i32(t55 << 16u) >> 24u;
      let t59 = i32(t53 << 8u) >> 24u;
      let t60 = i32(t55 << 8u) >> 24u;
      let t61 = i32(t53) >> 24u;
      let t62 = i32(t55) >> 24u;
      let t63 = sq[t31 + 3];
      let t64 = i32(t63 << 24u) >> 24u;
      let t65 = sw[t34 + 3];
      let t66 = i32(t65 << 24u) >> 24u;
      let t67 = i32(t63 << 16u) >> 24u;
      let t68 = i32(t65 << 16u) >> 24u;
      let t69 = i32(t63 << 8u) >> 24u;
      let t70 = i32(t65 << 8u) >> 24u;
      let t71 = i32(t63) >> 24u;
      let t72 = i32(t65) >> 24u;
      sum_0 = sum_0 + t33 * t36 + t37 * t38 + t39 * t40 + t41 * t42 + t44 * t46 + t47 * t48 + t49 * t50 + t51 * t52 + t54 * t56 + t57 * t58 + t59 * t60 + t61 * t62 + t64 * t66 + t67 * t68 + t69 * t70 + t71 * t72;
      let t73 = sw[t34 + 8];
      let t74 = i32(t73 << 24u) >> 24u;
      let t75 = i32(t73 << 16u) >> 24u;
      let t76 = i32(t73 << 8u) >> 24u;
      let t77 = i32(t73) >> 24u;
      let t78 = sw[t34 + 9];
      let t79 = i32(t78 << 24u) >> 24u;
      let t80 = i32(t78 << 16u) >> 24u;
      let t81 = i32(t78 << 8u) >> 24u;
      let t82 = i32(t78) >> 24u;
      let t83 = sw[t34 + 10];
      let t84 = i32(t83 << 24u) >> 24u;
      let t85 = i32(t83 << 16u) >> 24u;
      let t86 = i32(t83 << 8u) >> 24u;
      let t87 = i32(t83) >> 24u;
      let t88 = sw[t34 + 11];
      let t89 = i32(t88 << 24u) >> 24u;
      let t90 = i32(t88 << 16u) >> 24u;
      let t91 = i32(t88 << 8u) >> 24u;
      let t92 = i32(t88) >> 24u;
      sum_1 = sum_1 + t33 * t74 + t37 * t75 + t39 * t76 + t41 * t77 + t44 * t79 + t47 * t80 + t49 * t81 + t51 * t82 + t54 * t84 + t57 * t85 + t59 * t86 + t61 * t87 + t64 * t89 + t67 * t90 + t69 * t91 + t71 * t92;
      let t93 = sw[t34 + 16];
      let t94 = i32(t93 << 24u) >> 24u;
      let t95 = i32(t93 << 16u) >> 24u;
      let t96 = i32(t93 << 8u) >> 24u;
      let t97 = i32(t93) >> 24u;
      let t98 = sw[t34 + 17];
      let t99 = i32(t98 << 24u) >> 24u;
      let t100 = i32(t98 << 16u) >> 24u;
      let t101 = i32(t98 << 8u) >> 24u;
      let t102 = i32(t98) >> 24u;
      let t103 = sw[t34 + 18];
      let t104 = i32(t103 << 24u) >> 24u;
      let t105 = i32(t103 << 16u) >> 24u;
      let t106 = i32(t103 << 8u) >> 24u;
      let t107 = i32(t103) >> 24u;
      let t108 = sw[t34 + 19];
      let t109 = i32(t108 << 24u) >> 24u;
      let t110 = i32(t108 << 16u) >> 24u;
      let t111 = i32(t108 << 8u) >> 24u;
      let t112 = i32(t108) >> 24u;
      sum_2 = sum_2 + t33 * t94 + t37 * t95 + t39 * t96 + t41 * t97 + t44 * t99 + t47 * t100 + t49 * t101 + t51 * t102 + t54 * t104 + t57 * t105 + t59 * t106 + t61 * t107 + t64 * t109 + t67 * t110 + t69 * t111 + t71 * t112;
      let t113 = sw[t34 + 24];
      let t114 = i32(t113 << 24u) >> 24u;
      let t115 = i32(t113 << 16u) >> 24u;
      let t116 = i32(t113 << 8u) >> 24u;
      let t117 = i32(t113) >> 24u;
      let t118 = sw[t34 + 25];
      let t119 = i32(t118 << 24u) >> 24u;
      let t120 = i32(t118 << 16u) >> 24u;
      let t121 = i32(t118 << 8u) >> 24u;
      let t122 = i32(t118) >> 24u;
      let t123 = sw[t34 + 26];
      let t124 = i32(t123 << 24u) >> 24u;
      let t125 = i32(t123 << 16u) >> 24u;
      let t126 = i32(t123 << 8u) >> 24u;
      let t127 = i32(t123) >> 24u;
      let t128 = sw[t34 + 27];
      let t129 = i32(t128 << 24u) >> 24u;
      let t130 = i32(t128 << 16u) >> 24u;
      let t131 = i32(t128 << 8u) >> 24u;
      let t132 = i32(t128) >> 24u;
      sum_3 = sum_3 + t33 * t114 + t37 * t115 + t39 * t116 + t41 * t117 + t44 * t119 + t47 * t120 + t49 * t121 + t51 * t122 + t54 * t124 + t57 * t125 + t59 * t126 + t61 * t127 + t64 * t129 + t67 * t130 + t69 * t131 + t71 * t132;
      let t133 = sq[t31 + 8];
      let t134 = i32(t133 << 24u) >> 24u;
      let t135 = i32(t133 << 16u) >> 24u;
      let t136 = i32(t133 << 8u) >> 24u;
      let t137 = i32(t133) >> 24u;
      let t138 = sq[t31 + 9];
      let t139 = i32(t138 << 24u) >> 24u;
      let t140 = i32(t138 << 16u) >> 24u;
      let t141 = i32(t138 << 8u) >> 24u;
      let t142 = i32(t138) >> 24u;
      let t143 = sq[t31 + 10];
      let t144 = i32(t143 << 24u) >> 24u;
      let t145 = i32(t143 << 16u) >> 24u;
      let t146 = i32(t143 << 8u) >> 24u;
      let t147 = i32(t143) >> 24u;
      let t148 = sq[t31 + 11];
      let t149 = i32(t148 << 24u) >> 24u;
      let t150 = i32(t148 << 16u) >> 24u;
      let t151 = i32(t148 << 8u) >> 24u;
      let t152 = i32(t148) >> 24u;
      sum_4 = sum_4 + t36 * t134 + t38 * t135 + t40 * t136 + t42 * t137 + t46 * t139 + t48 * t140 + t50 * t141 + t52 * t142 + t56 * t144 + t58 * t145 + t60 * t146 + t62 * t147 + t66 * t149 + t68 * t150 + t70 * t151 + t72 * t152;
      sum_5 = sum_5 + t74 * t134 + t75 * t135 + t76 * t136 + t77 * t137 + t79 * t139 + t80 * t140 + t81 * t141 + t82 * t142 + t84 * t144 + t85 * t145 + t86 * t146 + t87 * t147 + t89 * t149 + t90 * t150 + t91 * t151 + t92 * t152;
      sum_6 = sum_6 + t94 * t134 + t95 * t135 + t96 * t136 + t97 * t137 + t99 * t139 + t100 * t140 + t101 * t141 + t102 * t142 + t104 * t144 + t105 * t145 + t106 * t146 + t107 * t147 + t109 * t149 + t110 * t150 + t111 * t151 + t112 * t152;
      sum_7 = sum_7 + t114 * t134 + t115 * t135 + t116 * t136 + t117 * t137 + t119 * t139 + t120 * t140 + t121 * t141 + t122 * t142 + t124 * t144 + t125 * t145 + t126 * t146 + t127 * t147 + t129 * t149 + t130 * t150 + t131 * t151 + t132 * t152;
      let t153 = sq[t31 + 16];
      let t154 = i32(t153 << 24u) >> 24u;
      let t155 = i32(t153 << 16u) >> 24u;
      let t156 = i32(t153 << 8u) >> 24u;
      let t157 = i32(t153) >> 24u;
      let t158 = sq[t31 + 17];
      let t159 = i32(t158 << 24u) >> 24u;
      let t160 = i32(t158 << 16u) >> 24u;
      let t161 = i32(t158 << 8u) >> 24u;
      let t162 = i32(t158) >> 24u;
      let t163 = sq[t31 + 18];
      let t164 = i32(t163 << 24u) >> 24u;
      let t165 = i32(t163 << 16u) >> 24u;
      let t166 = i32(t163 << 8u) >> 24u;
      let t167 = i32(t163) >> 24u;
      let t168 = sq[t31 + 19];
      let t169 = i32(t168 << 24u) >> 24u;
      let t170 = i32(t168 << 16u) >> 24u;
      let t171 = i32(t168 << 8u) >> 24u;
      let t172 = i32(t168) >> 24u;
      sum_8 = sum_8 + t36 * t154 + t38 * t155 + t40 * t156 + t42 * t157 + t46 * t159 + t48 * t160 + t50 * t161 + t52 * t162 + t56 * t164 + t58 * t165 + t60 * t166 + t62 * t167 + t66 * t169 + t68 * t170 + t70 * t171 + t72 * t172;
      sum_9 = sum_9 + t74 * t154 + t75 * t155 + t76 * t156 + t77 * t157 + t79 * t159 + t80 * t160 + t81 * t161 + t82 * t162 + t84 * t164 + t85 * t165 + t86 * t166 + t87 * t167 + t89 * t169 + t90 * t170 + t91 * t171 + t92 * t172;
      sum_10 = sum_10 + t94 * t154 + t95 * t155 + t96 * t156 + t97 * t157 + t99 * t159 + t100 * t160 + t101 * t161 + t102 * t162 + t104 * t164 + t105 * t165 + t106 * t166 + t107 * t167 + t109 * t169 + t110 * t170 + t111 * t171 + t112 * t172;
      sum_11 = sum_11 + t114 * t154 + t115 * t155 + t116 * t156 + t117 * t157 + t119 * t159 + t120 * t160 + t121 * t161 + t122 * t162 + t124 * t164 + t125 * t165 + t126 * t166 + t127 * t167 + t129 * t169 + t130 * t170 + t131 * t171 + t132 * t172;
      let t173 = sq[t31 + 24];
      let t174 = i32(t173 << 24u) >> 24u;
      let t175 = i32(t173 << 16u) >> 24u;
      let t176 = i32(t173 << 8u) >> 24u;
      let t177 = i32(t173) >> 24u;
      let t178 = sq[t31 + 25];
      let t179 = i32(t178 << 24u) >> 24u;
      let t180 = i32(t178 << 16u) >> 24u;
      let t181 = i32(t178 << 8u) >> 24u;
      let t182 = i32(t178) >> 24u;
      let t183 = sq[t31 + 26];
      let t184 = i32(t183 << 24u) >> 24u;
      let t185 = i32(t183 << 16u) >> 24u;
      let t186 = i32(t183 << 8u) >> 24u;
      let t187 = i32(t183) >> 24u;
      let t188 = sq[t31 + 27];
      let t189 = i32(t188 << 24u) >> 24u;
      let t190 = i32(t188 << 16u) >> 24u;
      let t191 = i32(t188 << 8u) >> 24u;
      let t192 = i32(t188) >> 24u;
      sum_12 = sum_12 + t36 * t174 + t38 * t175 + t40 * t176 + t42 * t177 + t46 * t179 + t48 * t180 + t50 * t181 + t52 * t182 + t56 * t184 + t58 * t185 + t60 * t186 + t62 * t187 + t66 * t189 + t68 * t190 + t70 * t191 + t72 * t192;
      sum_13 = sum_13 + t74 * t174 + t75 * t175 + t76 * t176 + t77 * t177 + t79 * t179 + t80 * t180 + t81 * t181 + t82 * t182 + t84 * t184 + t85 * t185 + t86 * t186 + t87 * t187 + t89 * t189 + t90 * t190 + t91 * t191 + t92 * t192;
      sum_14 = sum_14 + t94 * t174 + t95 * t175 + t96 * t176 + t97 * t177 + t99 * t179 + t100 * t180 + t101 * t181 + t102 * t182 + t104 * t184 + t105 * t185 + t106 * t186 + t107 * t187 + t109 * t189 + t110 * t190 + t111 * t191 + t112 * t192;
      sum_15 = sum_15 + t114 * t174 + t115 * t175 + t116 * t176 + t117 * t177 + t119 * t179 + t120 * t180 + t121 * t181 + t122 * t182 + t124 * t184 + t125 * t185 + t126 * t186 + t127 * t187 + t129 * t189 + t130 * t190 + t131 * t191 + t132 * t192;
    }
    workgroupBarrier();
  }
  let t193 = bm * 16 + (t >> 4u) * 4;
  let t194 = t193 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t3, t193)], t194));
  let t195 = t193 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t3, t193 + 1)], t195));
  let t196 = t193 + 2 < params.M;
  let v15_2 = bitcast<f32>(select(0u, cx[min(t3, t193 + 2)], t196));
  let t197 = t193 + 3 < params.M;
  let v15_3 = bitcast<f32>(select(0u, cx[min(t3, t193 + 3)], t197));
  let t198 = bn * 64 + (t & 15) * 4;
  let t199 = t198 < params.N;
  let t200 = min(t8, t198);
  let v17_0 = bitcast<f32>(select(0u, cw[t200], t199));
  let t201 = t198 + 1 < params.N;
  let t202 = min(t8, t198 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t202], t201));
  let t203 = t198 + 2 < params.N;
  let t204 = min(t8, t198 + 2);
  let v17_2 = bitcast<f32>(select(0u, cw[t204], t203));
  let t205 = t198 + 3 < params.N;
  let t206 = min(t8, t198 + 3);
  let v17_3 = bitcast<f32>(select(0u, cw[t206], t205));
  let v25_0 = bitcast<f32>(select(0u, bias[t200], t199));
  let v25_1 = bitcast<f32>(select(0u, bias[t202], t201));
  let v25_2 = bitcast<f32>(select(0u, bias[t204], t203));
  let v25_3 = bitcast<f32>(select(0u, bias[t206], t205));
  let t207 = params.N * (t >> 4u);
  let t208 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t207 * 4;
  if (t194 & t199) {
    y[t208] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t194 & t201) {
    y[t208 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  if (t194 & t203) {
    y[t208 + 2] = bitcast<u32>(f32(sum_2) * (v15_0 * v17_2 * 0.00006200012f) + v25_2);
  }
  if (t194 & t205) {
    y[t208 + 3] = bitcast<u32>(f32(sum_3) * (v15_0 * v17_3 * 0.00006200012f) + v25_3);
  }
  let t209 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t207 * 4;
  if (t195 & t199) {
    y[t209] = bitcast<u32>(v25_0 + f32(sum_4) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t195 & t201) {
    y[t209 + 1] = bitcast<u32>(v25_1 + f32(sum_5) * (v17_1 * v15_1 * 0.00006200012f));
  }
  if (t195 & t203) {
    y[t209 + 2] = bitcast<u32>(v25_2 + f32(sum_6) * (v17_2 * v15_1 * 0.00006200012f));
  }
  if (t195 & t205) {
    y[t209 + 3] = bitcast<u32>(v25_3 + f32(sum_7) * (v17_3 * v15_1 * 0.00006200012f));
  }
  let t210 = params.N * 2 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t207 * 4;
  if (t196 & t199) {
    y[t210] = bitcast<u32>(v25_0 + f32(sum_8) * (v17_0 * v15_2 * 0.00006200012f));
  }
  if (t196 & t201) {
    y[t210 + 1] = bitcast<u32>(v25_1 + f32(sum_9) * (v17_1 * v15_2 * 0.00006200012f));
  }
  if (t196 & t203) {
    y[t210 + 2] = bitcast<u32>(v25_2 + f32(sum_10) * (v17_2 * v15_2 * 0.00006200012f));
  }
  if (t196 & t205) {
    y[t210 + 3] = bitcast<u32>(v25_3 + f32(sum_11) * (v17_3 * v15_2 * 0.00006200012f));
  }
  let t211 = params.N * 3 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t207 * 4;
  if (t197 & t199) {
    y[t211] = bitcast<u32>(v25_0 + f32(sum_12) * (v17_0 * v15_3 * 0.00006200012f));
  }
  if (t197 & t201) {
    y[t211 + 1] = bitcast<u32>(v25_1 + f32(sum_13) * (v17_1 * v15_3 * 0.00006200012f));
  }
  if (t197 & t203) {
    y[t211 + 2] = bitcast<u32>(v25_2 + f32(sum_14) * (v17_2 * v15_3 * 0.00006200012f));
  }
  if (t197 & t205) {
    y[t211 + 3] = bitcast<u32>(v25_3 + f32(sum_15) * (v17_3 * v15_3 * 0.00006200012f));
  }
}
