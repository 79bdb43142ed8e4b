// regular_columns of llm_int8 K = 256; target lavapipe
// 109 lines, 19 memory accesses, 1280 bytes of workgroup memory
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
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 31) >> 5u)) + frame[groups.x >> 31u];
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
  for (var k = 0; k < 256 + none; k += 32) {
    sq[t] = select(0u, q[t3 + (k >> 2u)], t1);
    let t10 = t7 + (k >> 3u);
    for (var s = 0; s < 2 + none; s++) {
      let t11 = t * 4 + s * 2;
      let t12 = w[t10 + s];
      sw[t11] = select(0u, t12.x, t5);
      sw[t11 + 1] = select(0u, t12.y, t5);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 8 + none; k_1++) {
      let t13 = t8 + k_1;
      let t14 = sq[t13];
      let t15 = i32(t14 << 24u) >> 24u;
      let t16 = t9 + k_1;
      let t17 = sw[t16];
      let t18 = i32(t17 << 24u) >> 24u;
      let t19 = i32(t14 << 16u) >> 24u;
      let t20 = i32(t17 << 16u) >> 24u;
      let t21 = i32(t14 << 8u) >> 24u;
      let t22 = i32(t17 << 8u) >> 24u;
      let t23 = i32(t14) >> 24u;
      let t24 = i32(t17) >> 24u;
      sum_0 = sum_0 + t15 * t18 + t19 * t20 + t21 * t22 + t23 * t24;
      let t25 = sw[t16 + 8];
      let t26 = i32(t25 << 24u) >> 24u;
      let t27 = i32(t25 << 16u) >> 24u;
      let t28 = i32(t25 << 8u) >> 24u;
      let t29 = i32(t25) >> 24u;
      sum_1 = sum_1 + t15 * t26 + t19 * t27 + t21 * t28 + t23 * t29;
      let t30 = sq[t13 + 8];
      let t31 = i32(t30 << 24u) >> 24u;
      let t32 = i32(t30 << 16u) >> 24u;
      let t33 = i32(t30 << 8u) >> 24u;
      let t34 = i32(t30) >> 24u;
      sum_2 = sum_2 + t18 * t31 + t20 * t32 + t22 * t33 + t24 * t34;
      sum_3 = sum_3 + t26 * t31 + t27 * t32 + t28 * t33 + t29 * t34;
    }
    workgroupBarrier();
  }
  let t35 = bm * 8 + (t >> 4u) * 2;
  let t36 = t35 < params.M;
  let v15_0 = bitcast<f32>(select(0u, cx[min(t2, t35)], t36));
  let t37 = t35 + 1 < params.M;
  let v15_1 = bitcast<f32>(select(0u, cx[min(t2, t35 + 1)], t37));
  let t38 = bn * 32 + (t & 15) * 2;
  let t39 = t38 < params.N;
  let t40 = min(t6, t38);
  let v17_0 = bitcast<f32>(select(0u, cw[t40], t39));
  let t41 = t38 + 1 < params.N;
  let t42 = min(t6, t38 + 1);
  let v17_1 = bitcast<f32>(select(0u, cw[t42], t41));
  let v25_0 = bitcast<f32>(select(0u, bias[t40], t39));
  let v25_1 = bitcast<f32>(select(0u, bias[t42], t41));
  let t43 = params.N * (t >> 4u);
  let t44 = bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t43 * 2;
  if (t36 & t39) {
    y[t44] = bitcast<u32>(f32(sum_0) * (v15_0 * v17_0 * 0.00006200012f) + v25_0);
  }
  if (t36 & t41) {
    y[t44 + 1] = bitcast<u32>(f32(sum_1) * (v15_0 * v17_1 * 0.00006200012f) + v25_1);
  }
  let t45 = params.N + bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t43 * 2;
  if (t37 & t39) {
    y[t45] = bitcast<u32>(v25_0 + f32(sum_2) * (v17_0 * v15_1 * 0.00006200012f));
  }
  if (t37 & t41) {
    y[t45 + 1] = bitcast<u32>(v25_1 + f32(sum_3) * (v17_1 * v15_1 * 0.00006200012f));
  }
}
