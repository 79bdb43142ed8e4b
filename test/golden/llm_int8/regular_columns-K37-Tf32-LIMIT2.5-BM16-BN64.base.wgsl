// regular_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target base
// 214 lines, 51 memory accesses, 2560 bytes of workgroup memory
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
    for (var k_1 = 0; k_1 < 8; k_1++) {
      let t31 = t13 + k_1;
      let t32 = sq[t31];
      let t33 = i32(t32 << 24u) >> 24u;
      let t34 = t14 + k_1;
      let t35 = sw[t34];
      let t36 = i32(t35 << 24u) >> 24u;
      let t37 = i32(t32 << 16u) >> 24u;
      let t38 = i32(t35 << 16u) >> 24u;
      let t39 = i32(t32 << 8u) >> 24u;
      let t40 = i32(t35 << 8u) >> 24u;
      let t41 = i32(t32) >> 24u;
      let t42 = i32(t35) >> 24u;
      sum_0 = sum_0 + t33 * t36 + t37 * t38 + t39 * t40 + t41 * t42;
      let t43 = sw[t34 + 8];
      let t44 = i32(t43 << 24u) >> 24u;
      let t45 = i32(t43 << 16u) >> 24u;
      let t46 = i32(t43 << 8u) >> 24u;
      let t47 = i32(t43) >> 24u;
      sum_1 = sum_1 + t33 * t44 + t37 * t45 + t39 * t46 + t41 * t47;
      let t48 = sw[t34 + 16];
      let t49 = i32(t48 << 24u) >> 24u;
      let t50 = i32(t48 << 16u) >> 24u;
      let t51 = i32(t48 << 8u) >> 24u;
      let t52 = i32(t48) >> 24u;
      sum_2 = sum_2 + t33 * t49 + t37 * t50 + t39 * t51 + t41 * t52;
      let t53 = sw[t34 + 24];
      let t54 = i32(t53 << 24u) >> 24u;
      let t55 = i32(t53 << 16u) >> 24u;
      let t56 = i32(t53 << 8u) >> 24u;
      let t57 = i32(t53) >> 24u;
      sum_3 = sum_3 + t33 * t54 + t37 * t55 + t39 * t56 + t41 * t57;
      let t58 = sq[t31 + 8];
      let t59 = i32(t58 << 24u) >> 24u;
      let t60 = i32(t58 << 16u) >> 24u;
      let t61 = i32(t58 << 8u) >> 24u;
      let t62 = i32(t58) >> 24u;
      sum_4 = sum_4 + t36 * t59 + t38 * t60 + t40 * t61 + t42 * t62;
      sum_5 = sum_5 + t44 * t59 + t45 * t60 + t46 * t61 + t47 * t62;
      sum_6 = sum_6 + t49 * t59 + t50 * t60 + t51 * t61 + t52 * t62;
      sum_7 = sum_7 + t54 * t59 + t55 * t60 + t56 * t61 + t57 * t62;
      let t63 = sq[t31 + 16];
      let t64 = i32(t63 << 24u) >> 24u;
      let t65 = i32(t63 << 16u) >> 24u;
      let t66 = i32(t63 << 8u) >> 24u;
      let t67 = i32(t63) >> 24u;
      sum_8 = sum_8 + t36 * t64 + t38 * t65 + t40 * t66 + t42 * t67;
      sum_9 = sum_9 + t44 * t64 + t45 * t65 + t46 * t66 + t47 * t67;
      sum_10 = sum_10 + t49 * t64 + t50 * t65 + t51 * t66 + t52 * t67;
      sum_11 = sum_11 + t54 * t64 + t55 * t65 + t56 * t66 + t57 * t67;
      let t68 = sq[t31 + 24];
      let t69 = i32(t68 << 24u) >> 24u;
      let t70 = i32(t68 << 16u) >> 24u;
      let t71 = i32(t68 << 8u) >> 24u;
      let t72 = i32(t68) >> 24u;
      sum_12 = sum_12 + t36 * t69 + t38 * t70 + t40 * t71 + t42 * t72;
      sum_13 = sum_13 + t44 * t69 + t45 * t70 + t46 * t71 + t47 * t72;
      sum_14 = sum_14 + t49 * t69 + t50 * t70 + t51 * t71 + t52 * t72;
      sum_15 = sum_15 + t54 * t69 + t55 * t70 + t56 * t71 + t57 * t72;
    }
    workgroupBarrier();
  }
  let t73 = bm * 16 + (t >> 4u) * 4;
  let t74 = t73 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t3, t73)], t74));
  let t75 = t73 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t3, t73 + 1)], t75));
  let t76 = t73 + 2 < params.M;
  let v15_2 = bitcast<f32>(select(0u, cx[min(t3, t73 + 2)], t76));
  let t77 = t73 + 3 < params.M;
  let v15_3 = bitcast<f32>(select(0u, cx[min(t3, t73 + 3)], t77));
  let t78 = bn * 64 + (t & 15) * 4;
  let t79 = t78 < params.N;
  let t80 = min(t8, t78);
  let v17_0 = bitcast<f32>(select(0u, cw[t80], t79));
  let t81 = t78 + 1 < params.N;
  let t82 = min(t8, t78 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t82], t81));
  let t83 = t78 + 2 < params.N;
  let t84 = min(t8, t78 + 2);
  let v17_2 = bitcast<f32>(select(0u, cw[t84], t83));
  let t85 = t78 + 3 < params.N;
  let t86 = min(t8, t78 + 3);
  let v17_3 = bitcast<f32>(select(0u, cw[t86], t85));
  let v25_0 = bitcast<f32>(select(0u, bias[t80], t79));
  let v25_1 = bitcast<f32>(select(0u, bias[t82], t81));
  let v25_2 = bitcast<f32>(select(0u, bias[t84], t83));
  let v25_3 = bitcast<f32>(select(0u, bias[t86], t85));
  let t87 = params.N * (t >> 4u);
  let t88 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t87 * 4;
  if (t74 & t79) {
    y[t88] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t74 & t81) {
    y[t88 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  if (t74 & t83) {
    y[t88 + 2] = bitcast<u32>(f32(sum_2) * (v15_0 * v17_2 * 0.00006200012f) + v25_2);
  }
  if (t74 & t85) {
    y[t88 + 3] = bitcast<u32>(f32(sum_3) * (v15_0 * v17_3 * 0.00006200012f) + v25_3);
  }
  let t89 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t87 * 4;
  if (t75 & t79) {
    y[t89] = bitcast<u32>(v25_0 + f32(sum_4) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t75 & t81) {
    y[t89 + 1] = bitcast<u32>(v25_1 + f32(sum_5) * (v17_1 * v15_1 * 0.00006200012f));
  }
  if (t75 & t83) {
    y[t89 + 2] = bitcast<u32>(v25_2 + f32(sum_6) * (v17_2 * v15_1 * 0.00006200012f));
  }
  if (t75 & t85) {
    y[t89 + 3] = bitcast<u32>(v25_3 + f32(sum_7) * (v17_3 * v15_1 * 0.00006200012f));
  }
  let t90 = params.N * 2 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t87 * 4;
  if (t76 & t79) {
    y[t90] = bitcast<u32>(v25_0 + f32(sum_8) * (v17_0 * v15_2 * 0.00006200012f));
  }
  if (t76 & t81) {
    y[t90 + 1] = bitcast<u32>(v25_1 + f32(sum_9) * (v17_1 * v15_2 * 0.00006200012f));
  }
  if (t76 & t83) {
    y[t90 + 2] = bitcast<u32>(v25_2 + f32(sum_10) * (v17_2 * v15_2 * 0.00006200012f));
  }
  if (t76 & t85) {
    y[t90 + 3] = bitcast<u32>(v25_3 + f32(sum_11) * (v17_3 * v15_2 * 0.00006200012f));
  }
  let t91 = params.N * 3 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t87 * 4;
  if (t77 & t79) {
    y[t91] = bitcast<u32>(v25_0 + f32(sum_12) * (v17_0 * v15_3 * 0.00006200012f));
  }
  if (t77 & t81) {
    y[t91 + 1] = bitcast<u32>(v25_1 + f32(sum_13) * (v17_1 * v15_3 * 0.00006200012f));
  }
  if (t77 & t83) {
    y[t91 + 2] = bitcast<u32>(v25_2 + f32(sum_14) * (v17_2 * v15_3 * 0.00006200012f));
  }
  if (t77 & t85) {
    y[t91 + 3] = bitcast<u32>(v25_3 + f32(sum_15) * (v17_3 * v15_3 * 0.00006200012f));
  }
}
