// regular_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 142 lines, 28 memory accesses, 2560 bytes of workgroup memory
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
  var sum = array<i32, 16>();
  let t0 = bm * 16 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = (t & 3) * 8;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t0, t3) * 5;
  let t5 = bn * 64 + (t >> 1u);
  let t6 = (t & 1) * 16;
  let t7 = max(params.N - 1, 0);
  let t8 = (t & 1) * 2;
  let t9 = (t & 15) * 32;
  let t10 = (t >> 4u) * 32;
  for (var k = 0; k < 37; k += 32) {
    let t11 = t1 & (t2 + k < 40);
    let t12 = q[t4 + min((t & 3) + (k >> 3u), 4)];
    sq[t * 2] = select(0u, t12.x, t11);
    sq[t * 2 + 1] = select(0u, t12.y, t11);
    let t13 = t6 + k;
    let t14 = t8 + (k >> 3u);
    for (var s = 0; s < 4; s++) {
      let t15 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t16 = t5 + (s >> 1u) * 32;
      let t17 = (t16 < params.N) & (t13 + (s & 1) * 8 < 40);
      let t18 = w[min(t7, t16) * 5 + min(t14 + (s & 1), 4)];
      sw[t15] = select(0u, t18.x, t17);
      sw[t15 + 1] = select(0u, t18.y, t17);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 8; k_1++) {
      let t19 = t9 + k_1;
      let t20 = t10 + k_1;
      for (var s = 0; s < 2; s++) {
        let t21 = sw[t19];
        let t22 = i32(t21 << 24u) >> 24u;
        let t23 = t20 + s * 16;
        let t24 = sq[t23];
        let t25 = i32(t24 << 24u) >> 24u;
        let t26 = i32(t21 << 16u) >> 24u;
        let t27 = i32(t24 << 16u) >> 24u;
        let t28 = i32(t21 << 8u) >> 24u;
        let t29 = i32(t24 << 8u) >> 24u;
        let t30 = i32(t21) >> 24u;
        let t31 = i32(t24) >> 24u;
        sum[s * 8] = sum[s * 8] + t22 * t25 + t26 * t27 + t28 * t29 + t30 * t31;
        let t32 = sw[t19 + 8];
        let t33 = i32(t32 << 24u) >> 24u;
        let t34 = i32(t32 << 16u) >> 24u;
        let t35 = i32(t32 << 8u) >> 24u;
        let t36 = i32(t32) >> 24u;
        sum[s * 8 + 1] = sum[s * 8 + 1] + t33 * t25 + t34 * t27 + t35 * t29 + t36 * t31;
        let t37 = sw[t19 + 16];
        let t38 = i32(t37 << 24u) >> 24u;
        let t39 = i32(t37 << 16u) >> 24u;
        let t40 = i32(t37 << 8u) >> 24u;
        let t41 = i32(t37) >> 24u;
        sum[s * 8 + 2] = sum[s * 8 + 2] + t38 * t25 + t39 * t27 + t40 * t29 + t41 * t31;
        let t42 = sw[t19 + 24];
        let t43 = i32(t42 << 24u) >> 24u;
        let t44 = i32(t42 << 16u) >> 24u;
        let t45 = i32(t42 << 8u) >> 24u;
        let t46 = i32(t42) >> 24u;
        sum[s * 8 + 3] = sum[s * 8 + 3] + t43 * t25 + t44 * t27 + t45 * t29 + t46 * t31;
        let t47 = sq[t23 + 8];
        let t48 = i32(t47 << 24u) >> 24u;
        let t49 = i32(t47 << 16u) >> 24u;
        let t50 = i32(t47 << 8u) >> 24u;
        let t51 = i32(t47) >> 24u;
        sum[s * 8 + 4] = sum[s * 8 + 4] + t22 * t48 + t26 * t49 + t28 * t50 + t30 * t51;
        sum[s * 8 + 5] = sum[s * 8 + 5] + t33 * t48 + t34 * t49 + t35 * t50 + t36 * t51;
        sum[s * 8 + 6] = sum[s * 8 + 6] + t38 * t48 + t39 * t49 + t40 * t50 + t41 * t51;
        sum[s * 8 + 7] = sum[s * 8 + 7] + t43 * t48 + t44 * t49 + t45 * t50 + t46 * t51;
      }
    }
    workgroupBarrier();
  }
  var v15 = array<f32, 4>();
  let t52 = bm * 16 + (t >> 4u) * 4;
  v15[0] = bitcast<f32>(select(0u, cx[min(t3, t52)], (t52 < params.M)));
  v15[1] = bitcast<f32>(select(0u, cx[min(t3, t52 + 1)], (t52 + 1 < params.M)));
  v15[2] = bitcast<f32>(select(0u, cx[min(t3, t52 + 2)], (t52 + 2 < params.M)));
  v15[3] = bitcast<f32>(select(0u, cx[min(t3, t52 + 3)], (t52 + 3 < params.M)));
  let t53 = bn * 64 + (t & 15) * 4;
  let t54 = t53 < params.N;
  let t55 = min(t7, t53);
  let v17_0 = bitcast<f32>(select(0u, cw[t55], t54));
  let t56 = t53 + 1 < params.N;
  let t57 = min(t7, t53 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t57], t56));
  let t58 = t53 + 2 < params.N;
  let t59 = min(t7, t53 + 2);
  let v17_2 = bitcast<f32>(select(0u, cw[t59], t58));
  let t60 = t53 + 3 < params.N;
  let t61 = min(t7, t53 + 3);
  let v17_3 = bitcast<f32>(select(0u, cw[t61], t60));
  let v25_0 = bitcast<f32>(select(0u, bias[t55], t54));
  let v25_1 = bitcast<f32>(select(0u, bias[t57], t56));
  let v25_2 = bitcast<f32>(select(0u, bias[t59], t58));
  let v25_3 = bitcast<f32>(select(0u, bias[t61], t60));
  let t62 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + params.N * (t >> 4u) * 4;
  for (var s = 0; s < 4; s++) {
    let t63 = t52 + s < params.M;
    let t64 = t62 + params.N * s;
    if (t54 & t63) {
      y[t64] = bitcast<u32>(v25_0 + f32(sum[s * 4]) * (v17_0 * v15[s] * 0.00006200012f));
    }
    if (t56 & t63) {
      y[t64 + 1] = bitcast<u32>(v25_1 + f32(sum[s * 4 + 1]) * (v17_1 * v15[s] * 0.00006200012f));
    }
    if (t58 & t63) {
      y[t64 + 2] = bitcast<u32>(v25_2 + f32(sum[s * 4 + 2]) * (v17_2 * v15[s] * 0.00006200012f));
    }
    if (t60 & t63) {
      y[t64 + 3] = bitcast<u32>(v25_3 + f32(sum[s * 4 + 3]) * (v17_3 * v15[s] * 0.00006200012f));
    }
  }
}
