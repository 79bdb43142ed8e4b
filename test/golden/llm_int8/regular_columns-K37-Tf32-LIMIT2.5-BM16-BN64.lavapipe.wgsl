// regular_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 178 lines, 30 memory accesses, 2560 bytes of workgroup memory
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
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + frame[groups.x >> 31u];
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
    for (var k_1 = 0; k_1 < 8 + none; k_1++) {
      let t19 = t9 + k_1;
      let t20 = sq[t19];
      let t21 = i32(t20 << 24u) >> 24u;
      let t22 = t10 + k_1;
      let t23 = sw[t22];
      let t24 = i32(t23 << 24u) >> 24u;
      let t25 = i32(t20 << 16u) >> 24u;
      let t26 = i32(t23 << 16u) >> 24u;
      let t27 = i32(t20 << 8u) >> 24u;
      let t28 = i32(t23 << 8u) >> 24u;
      let t29 = i32(t20) >> 24u;
      let t30 = i32(t23) >> 24u;
      sum_0 = sum_0 + t21 * t24 + t25 * t26 + t27 * t28 + t29 * t30;
      let t31 = sw[t22 + 8];
      let t32 = i32(t31 << 24u) >> 24u;
      let t33 = i32(t31 << 16u) >> 24u;
      let t34 = i32(t31 << 8u) >> 24u;
      let t35 = i32(t31) >> 24u;
      sum_1 = sum_1 + t21 * t32 + t25 * t33 + t27 * t34 + t29 * t35;
      let t36 = sw[t22 + 16];
      let t37 = i32(t36 << 24u) >> 24u;
      let t38 = i32(t36 << 16u) >> 24u;
      let t39 = i32(t36 << 8u) >> 24u;
      let t40 = i32(t36) >> 24u;
      sum_2 = sum_2 + t21 * t37 + t25 * t38 + t27 * t39 + t29 * t40;
      let t41 = sw[t22 + 24];
      let t42 = i32(t41 << 24u) >> 24u;
      let t43 = i32(t41 << 16u) >> 24u;
      let t44 = i32(t41 << 8u) >> 24u;
      let t45 = i32(t41) >> 24u;
      sum_3 = sum_3 + t21 * t42 + t25 * t43 + t27 * t44 + t29 * t45;
      let t46 = sq[t19 + 8];
      let t47 = i32(t46 << 24u) >> 24u;
      let t48 = i32(t46 << 16u) >> 24u;
      let t49 = i32(t46 << 8u) >> 24u;
      let t50 = i32(t46) >> 24u;
      sum_4 = sum_4 + t24 * t47 + t26 * t48 + t28 * t49 + t30 * t50;
      sum_5 = sum_5 + t32 * t47 + t33 * t48 + t34 * t49 + t35 * t50;
      sum_6 = sum_6 + t37 * t47 + t38 * t48 + t39 * t49 + t40 * t50;
      sum_7 = sum_7 + t42 * t47 + t43 * t48 + t44 * t49 + t45 * t50;
      let t51 = sq[t19 + 16];
      let t52 = i32(t51 << 24u) >> 24u;
      let t53 = i32(t51 << 16u) >> 24u;
      let t54 = i32(t51 << 8u) >> 24u;
      let t55 = i32(t51) >> 24u;
      sum_8 = sum_8 + t24 * t52 + t26 * t53 + t28 * t54 + t30 * t55;
      sum_9 = sum_9 + t32 * t52 + t33 * t53 + t34 * t54 + t35 * t55;
      sum_10 = sum_10 + t37 * t52 + t38 * t53 + t39 * t54 + t40 * t55;
      sum_11 = sum_11 + t42 * t52 + t43 * t53 + t44 * t54 + t45 * t55;
      let t56 = sq[t19 + 24];
      let t57 = i32(t56 << 24u) >> 24u;
      let t58 = i32(t56 << 16u) >> 24u;
      let t59 = i32(t56 << 8u) >> 24u;
      let t60 = i32(t56) >> 24u;
      sum_12 = sum_12 + t24 * t57 + t26 * t58 + t28 * t59 + t30 * t60;
      sum_13 = sum_13 + t32 * t57 + t33 * t58 + t34 * t59 + t35 * t60;
      sum_14 = sum_14 + t37 * t57 + t38 * t58 + t39 * t59 + t40 * t60;
      sum_15 = sum_15 + t42 * t57 + t43 * t58 + t44 * t59 + t45 * t60;
    }
    workgroupBarrier();
  }
  var v15 = array<f32, 4>();
  let t61 = bm * 16 + (t >> 4u) * 4;
  v15[0] = bitcast<f32>(select(0u, cx[min(t3, t61)], (t61 < params.M)));
  v15[1] = bitcast<f32>(select(0u, cx[min(t3, t61 + 1)], (t61 + 1 < params.M)));
  v15[2] = bitcast<f32>(select(0u, cx[min(t3, t61 + 2)], (t61 + 2 < params.M)));
  v15[3] = bitcast<f32>(select(0u, cx[min(t3, t61 + 3)], (t61 + 3 < params.M)));
  let t62 = bn * 64 + (t & 15) * 4;
  let t63 = t62 < params.N;
  let t64 = min(t7, t62);
  let v17_0 = bitcast<f32>(select(0u, cw[t64], t63));
  let t65 = t62 + 1 < params.N;
  let t66 = min(t7, t62 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t66], t65));
  let t67 = t62 + 2 < params.N;
  let t68 = min(t7, t62 + 2);
  let v17_2 = bitcast<f32>(select(0u, cw[t68], t67));
  let t69 = t62 + 3 < params.N;
  let t70 = min(t7, t62 + 3);
  let v17_3 = bitcast<f32>(select(0u, cw[t70], t69));
  let v25_0 = bitcast<f32>(select(0u, bias[t64], t63));
  let v25_1 = bitcast<f32>(select(0u, bias[t66], t65));
  let v25_2 = bitcast<f32>(select(0u, bias[t68], t67));
  let v25_3 = bitcast<f32>(select(0u, bias[t70], t69));
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
  let t71 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  for (var s = 0; s < 4 + none; s++) {
    let t72 = t61 + s < params.M;
    let t73 = t71 + params.N * s;
    if (t63 & t72) {
      y[t73] = bitcast<u32>(v25_0 + f32(sum[s * 4]) * (v17_0 * v15[s] * 0.00006200012f));
    }
    if (t65 & t72) {
      y[t73 + 1] = bitcast<u32>(v25_1 + f32(sum[s * 4 + 1]) * (v17_1 * v15[s] * 0.00006200012f));
    }
    if (t67 & t72) {
      y[t73 + 2] = bitcast<u32>(v25_2 + f32(sum[s * 4 + 2]) * (v17_2 * v15[s] * 0.00006200012f));
    }
    if (t69 & t72) {
      y[t73 + 3] = bitcast<u32>(v25_3 + f32(sum[s * 4 + 3]) * (v17_3 * v15[s] * 0.00006200012f));
    }
  }
}
