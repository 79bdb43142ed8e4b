// regular_columns of llm_int8 K = 256; target base
// 105 lines, 21 memory accesses, 1280 bytes of workgroup memory
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
    for (var k_1 = 0; k_1 < 8; k_1++) {
      let t11 = t8 + k_1;
      let t12 = sq[t11];
      let t13 = i32(t12 << 24u) >> 24u;
      let t14 = t9 + k_1;
      let t15 = sw[t14];
      let t16 = i32(t15 << 24u) >> 24u;
      let t17 = i32(t12 << 16u) >> 24u;
      let t18 = i32(t15 << 16u) >> 24u;
      let t19 = i32(t12 << 8u) >> 24u;
      let t20 = i32(t15 << 8u) >> 24u;
      let t21 = i32(t12) >> 24u;
      let t22 = i32(t15) >> 24u;
      sum_0 = sum_0 + t13 * t16 + t17 * t18 + t19 * t20 + t21 * t22;
      let t23 = sw[t14 + 8];
      let t24 = i32(t23 << 24u) >> 24u;
      let t25 = i32(t23 << 16u) >> 24u;
      let t26 = i32(t23 << 8u) >> 24u;
      let t27 = i32(t23) >> 24u;
      sum_1 = sum_1 + t13 * t24 + t17 * t25 + t19 * t26 + t21 * t27;
      let t28 = sq[t11 + 8];
      let t29 = i32(t28 << 24u) >> 24u;
      let t30 = i32(t28 << 16u) >> 24u;
      let t31 = i32(t28 << 8u) >> 24u;
      let t32 = i32(t28) >> 24u;
      sum_2 = sum_2 + t16 * t29 + t18 * t30 + t20 * t31 + t22 * t32;
      sum_3 = sum_3 + t24 * t29 + t25 * t30 + t26 * t31 + t27 * t32;
    }
    workgroupBarrier();
  }
  let t33 = bm * 8 + (t >> 4u) * 2;
  let t34 = t33 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t2, t33)], t34));
  let t35 = t33 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t2, t33 + 1)], t35));
  let t36 = bn * 32 + (t & 15) * 2;
  let t37 = t36 < params.N;
  let t38 = min(t6, t36);
  let v17_0 = bitcast<f32>(select(0u, cw[t38], t37));
  let t39 = t36 + 1 < params.N;
  let t40 = min(t6, t36 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t40], t39));
  let v25_0 = bitcast<f32>(select(0u, bias[t38], t37));
  let v25_1 = bitcast<f32>(select(0u, bias[t40], t39));
  let t41 = params.N * (t >> 4u);
  let t42 = bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t41 * 2;
  if (t34 & t37) {
    y[t42] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t34 & t39) {
    y[t42 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  let t43 = params.N + bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t41 * 2;
  if (t35 & t37) {
    y[t43] = bitcast<u32>(v25_0 + f32(sum_2) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t35 & t39) {
    y[t43 + 1] = bitcast<u32>(v25_1 + f32(sum_3) * (v17_1 * v15_1 * 0.00006200012f));
  }
}
