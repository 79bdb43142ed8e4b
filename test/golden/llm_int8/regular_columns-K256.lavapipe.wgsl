// regular_columns of llm_int8 K = 256; target lavapipe
// 245 lines, 47 memory accesses, 1280 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> cx: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<vec2<u32>>;
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 7) >> 3u)) { return; }
  var zeros = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 31) >> 5u)) + zeros[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 31) >> 5u));
  var sum_0 = 0; var sum_1 = 0; var sum_2 = 0; var sum_3 = 0;
  let t0 = bm * 8 + (t >> 3u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) + min(t0, t2) * 64;
  let t4 = bn * 32 + (t >> 1u);
  let t5 = t4 < params.N;
  let t6 = max(params.N - 1, 0);
  let t7 = (t & 1) * 2 + min(t4, t6) * 32;
  let t8 = (t >> 4u) * 16;
  let t9 = (t & 15) * 16;
  for (var k = 0; k < 256; k += 32) {
    sq[t] = select(0u, q[t3 + (k >> 2u)], t1);
    let t10 = t7 + (k >> 3u);
    for (var s = 0; s < 2 + none; s++) {
      let t11 = t * 4 + s * 2;
      let t12 = w[t10 + s];
      sw[t11] = select(0u, t12.x, t5);
      sw[t11 + 1] = select(0u, t12.y, t5);
    }
    workgroupBarrier();
    let t13 = sq[t8];
    let t14 = i32(t13 << 24u) >> 24u;
    let t15 = sw[t9];
    let t16 = i32(t15 << 24u) >> 24u;
    let t17 = i32(t13 << 16u) >> 24u;
    let t18 = i32(t15 << 16u) >> 24u;
    let t19 = i32(t13 << 8u) >> 24u;
    let t20 = i32(t15 << 8u) >> 24u;
    let t21 = i32(t13) >> 24u;
    let t22 = i32(t15) >> 24u;
    let t23 = sq[t8 + 1];
    let t24 = i32(t23 << 24u) >> 24u;
    let t25 = sw[t9 + 1];
    let t26 = i32(t25 << 24u) >> 24u;
    let t27 = i32(t23 << 16u) >> 24u;
    let t28 = i32(t25 << 16u) >> 24u;
    let t29 = i32(t23 << 8u) >> 24u;
    let t30 = i32(t25 << 8u) >> 24u;
    let t31 = i32(t23) >> 24u;
    let t32 = i32(t25) >> 24u;
    let t33 = sq[t8 + 2];
    let t34 = i32(t33 << 24u) >> 24u;
    let t35 = sw[t9 + 2];
    let t36 = i32(t35 << 24u) >> 24u;
    let t37 = i32(t33 << 16u) >> 24u;
    let t38 = i32(t35 << 16u) >> 24u;
    let t39 = i32(t33 << 8u) >> 24u;
    let t40 = i32(t35 << 8u) >> 24u;
    let t41 = i32(t33) >> 24u;
    let t42 = i32(t35) >> 24u;
    let t43 = sq[t8 + 3];
    let t44 = i32(t43 << 24u) >> 24u;
    let t45 = sw[t9 + 3];
    let t46 = i32(t45 << 24u) >> 24u;
    let t47 = i32(t43 << 16u) >> 24u;
    let t48 = i32(t45 << 16u) >> 24u;
    let t49 = i32(t43 << 8u) >> 24u;
    let t50 = i32(t45 << 8u) >> 24u;
    let t51 = i32(t43) >> 24u;
    let t52 = i32(t45) >> 24u;
    let t53 = sq[t8 + 4];
    let t54 = i32(t53 << 24u) >> 24u;
    let t55 = sw[t9 + 4];
    let t56 = i32(t55 << 24u) >> 24u;
    let t57 = i32(t53 << 16u) >> 24u;
    let t58 = i32(t55 << 16u) >> 24u;
    let t59 = i32(t53 << 8u) >> 24u;
    let t60 = i32(t55 << 8u) >> 24u;
    let t61 = i32(t53) >> 24u;
    let t62 = i32(t55) >> 24u;
    let t63 = sq[t8 + 5];
    let t64 = i32(t63 << 24u) >> 24u;
    let t65 = sw[t9 + 5];
    let t66 = i32(t65 << 24u) >> 24u;
    let t67 = i32(t63 << 16u) >> 24u;
    let t68 = i32(t65 << 16u) >> 24u;
    let t69 = i32(t63 << 8u) >> 24u;
    let t70 = i32(t65 << 8u) >> 24u;
    let t71 = i32(t63) >> 24u;
    let t72 = i32(t65) >> 24u;
    let t73 = sq[t8 + 6];
    let t74 = i32(t73 << 24u) >> 24u;
    let t75 = sw[t9 + 6];
    let t76 = i32(t75 << 24u) >> 24u;
    let t77 = i32(t73 << 16u) >> 24u;
    let t78 = i32(t75 << 16u) >> 24u;
    let t79 = i32(t73 << 8u) >> 24u;
    let t80 = i32(t75 << 8u) >> 24u;
    let t81 = i32(t73) >> 24u;
    let t82 = i32(t75) >> 24u;
    let t83 = sq[t8 + 7];
    let t84 = i32(t83 << 24u) >> 24u;
    let t85 = sw[t9 + 7];
    let t86 = i32(t85 << 24u) >> 24u;
    let t87 = i32(t83 << 16u) >> 24u;
    let t88 = i32(t85 << 16u) >> 24u;
    let t89 = i32(t83 << 8u) >> 24u;
    let t90 = i32(t85 << 8u) >> 24u;
    let t91 = i32(t83) >> 24u;
    let t92 = i32(t85) >> 24u;
    sum_0 = sum_0 + t14 * t16 + t17 * t18 + t19 * t20 + t21 * t22 + t24 * t26 + t27 * t28 + t29 * t30 + t31 * t32 + t34 * t36 + t37 * t38 + t39 * t40 + t41 * t42 + t44 * t46 + t47 * t48 + t49 * t50 + t51 * t52 + t54 * t56 + t57 * t58 + t59 * t60 + t61 * t62 + t64 * t66 + t67 * t68 + t69 * t70 + t71 * t72 + t74 * t76 + t77 * t78 + t79 * t80 + t81 * t82 + t84 * t86 + t87 * t88 + t89 * t90 + t91 * t92;
    let t93 = sw[t9 + 8];
    let t94 = i32(t93 << 24u) >> 24u;
    let t95 = i32(t93 << 16u) >> 24u;
    let t96 = i32(t93 << 8u) >> 24u;
    let t97 = i32(t93) >> 24u;
    let t98 = sw[t9 + 9];
    let t99 = i32(t98 << 24u) >> 24u;
    let t100 = i32(t98 << 16u) >> 24u;
    let t101 = i32(t98 << 8u) >> 24u;
    let t102 = i32(t98) >> 24u;
    let t103 = sw[t9 + 10];
    let t104 = i32(t103 << 24u) >> 24u;
    let t105 = i32(t103 << 16u) >> 24u;
    let t106 = i32(t103 << 8u) >> 24u;
    let t107 = i32(t103) >> 24u;
    let t108 = sw[t9 + 11];
    let t109 = i32(t108 << 24u) >> 24u;
    let t110 = i32(t108 << 16u) >> 24u;
    let t111 = i32(t108 << 8u) >> 24u;
    let t112 = i32(t108) >> 24u;
    let t113 = sw[t9 + 12];
    let t114 = i32(t113 << 24u) >> 24u;
    let t115 = i32(t113 << 16u) >> 24u;
    let t116 = i32(t113 << 8u) >> 24u;
    let t117 = i32(t113) >> 24u;
    let t118 = sw[t9 + 13];
    let t119 = i32(t118 << 24u) >> 24u;
    let t120 = i32(t118 << 16u) >> 24u;
    let t121 = i32(t118 << 8u) >> 24u;
    let t122 = i32(t118) >> 24u;
    let t123 = sw[t9 + 14];
    let t124 = i32(t123 << 24u) >> 24u;
    let t125 = i32(t123 << 16u) >> 24u;
    let t126 = i32(t123 << 8u) >> 24u;
    let t127 = i32(t123) >> 24u;
    let t128 = sw[t9 + 15];
    let t129 = i32(t128 << 24u) >> 24u;
    let t130 = i32(t128 << 16u) >> 24u;
    let t131 = i32(t128 << 8u) >> 24u;
    let t132 = i32(t128) >> 24u;
    sum_1 = sum_1 + t14 * t94 + t17 * t95 + t19 * t96 + t21 * t97 + t24 * t99 + t27 * t100 + t29 * t101 + t31 * t102 + t34 * t104 + t37 * t105 + t39 * t106 + t41 * t107 + t44 * t109 + t47 * t110 + t49 * t111 + t51 * t112 + t54 * t114 + t57 * t115 + t59 * t116 + t61 * t117 + t64 * t119 + t67 * t120 + t69 * t121 + t71 * t122 + t74 * t124 + t77 * t125 + t79 * t126 + t81 * t127 + t84 * t129 + t87 * t130 + t89 * t131 + t91 * t132;
    let t133 = sq[t8 + 8];
    let t134 = i32(t133 << 24u) >> 24u;
    let t135 = i32(t133 << 16u) >> 24u;
    let t136 = i32(t133 << 8u) >> 24u;
    let t137 = i32(t133) >> 24u;
    let t138 = sq[t8 + 9];
    let t139 = i32(t138 << 24u) >> 24u;
    let t140 = i32(t138 << 16u) >> 24u;
    let t141 = i32(t138 << 8u) >> 24u;
    let t142 = i32(t138) >> 24u;
    let t143 = sq[t8 + 10];
    let t144 = i32(t143 << 24u) >> 24u;
    let t145 = i32(t143 << 16u) >> 24u;
    let t146 = i32(t143 << 8u) >> 24u;
    let t147 = i32(t143) >> 24u;
    let t148 = sq[t8 + 11];
    let t149 = i32(t148 << 24u) >> 24u;
    let t150 = i32(t148 << 16u) >> 24u;
    let t151 = i32(t148 << 8u) >> 24u;
    let t152 = i32(t148) >> 24u;
    let t153 = sq[t8 + 12];
    let t154 = i32(t153 << 24u) >> 24u;
    let t155 = i32(t153 << 16u) >> 24u;
    let t156 = i32(t153 << 8u) >> 24u;
    let t157 = i32(t153) >> 24u;
    let t158 = sq[t8 + 13];
    let t159 = i32(t158 << 24u) >> 24u;
    let t160 = i32(t158 << 16u) >> 24u;
    let t161 = i32(t158 << 8u) >> 24u;
    let t162 = i32(t158) >> 24u;
    let t163 = sq[t8 + 14];
    let t164 = i32(t163 << 24u) >> 24u;
    let t165 = i32(t163 << 16u) >> 24u;
    let t166 = i32(t163 << 8u) >> 24u;
    let t167 = i32(t163) >> 24u;
    let t168 = sq[t8 + 15];
    let t169 = i32(t168 << 24u) >> 24u;
    let t170 = i32(t168 << 16u) >> 24u;
    let t171 = i32(t168 << 8u) >> 24u;
    let t172 = i32(t168) >> 24u;
    sum_2 = sum_2 + t16 * t134 + t18 * t135 + t20 * t136 + t22 * t137 + t26 * t139 + t28 * t140 + t30 * t141 + t32 * t142 + t36 * t144 + t38 * t145 + t40 * t146 + t42 * t147 + t46 * t149 + t48 * t150 + t50 * t151 + t52 * t152 + t56 * t154 + t58 * t155 + t60 * t156 + t62 * t157 + t66 * t159 + t68 * t160 + t70 * t161 + t72 * t162 + t76 * t164 + t78 * t165 + t80 * t166 + t82 * t167 + t86 * t169 + t88 * t170 + t90 * t171 + t92 * t172;
    sum_3 = sum_3 + t94 * t134 + t95 * t135 + t96 * t136 + t97 * t137 + t99 * t139 + t100 * t140 + t101 * t141 + t102 * t142 + t104 * t144 + t105 * t145 + t106 * t146 + t107 * t147 + t109 * t149 + t110 * t150 + t111 * t151 + t112 * t152 + t114 * t154 + t115 * t155 + t116 * t156 + t117 * t157 + t119 * t159 + t120 * t160 + t121 * t161 + t122 * t162 + t124 * t164 + t125 * t165 + t126 * t166 + t127 * t167 + t129 * t169 + t130 * t170 + t131 * t171 + t132 * t172;
    workgroupBarrier();
  }
  let t173 = bm * 8 + (t >> 4u) * 2;
  let t174 = t173 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t2, t173)], t174));
  let t175 = t173 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t2, t173 + 1)], t175));
  let t176 = bn * 32 + (t & 15) * 2;
  let t177 = t176 < params.N;
  let t178 = min(t6, t176);
  let v17_0 = bitcast<f32>(select(0u, cw[t178], t177));
  let t179 = t176 + 1 < params.N;
  let t180 = min(t6, t176 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t180], t179));
  let v25_0 = bitcast<f32>(select(0u, bias[t178], t177));
  let v25_1 = bitcast<f32>(select(0u, bias[t180], t179));
  let t181 = params.N * (t >> 4u);
  let t182 = bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t181 * 2;
  if (t174 & t177) {
    y[t182] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t174 & t179) {
    y[t182 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  let t183 = params.N + bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t181 * 2;
  if (t175 & t177) {
    y[t183] = bitcast<u32>(v25_0 + f32(sum_2) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t175 & t179) {
    y[t183 + 1] = bitcast<u32>(v25_1 + f32(sum_3) * (v17_1 * v15_1 * 0.00006200012f));
  }
}
