// transpose T = f32; target lavapipe
// 82 lines, 32 memory accesses, 4224 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> tile: array<f32, 1056>;

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  let n = i32(block % u32((params.N + 31) >> 5u));
  let m = i32(block / u32((params.N + 31) >> 5u));
  let t0 = (t >> 5u) * 33 + (t & 31);
  let t1 = n * 32 + (t & 31);
  let t2 = t1 < params.N;
  let t3 = m * 32 + (t >> 5u);
  let t4 = min(t1, max(params.N - 1, 0));
  let t5 = max(params.M - 1, 0);
  for (var s = 0; s < 2; s++) {
    let t6 = t0 + s * 528;
    let t7 = t3 + s * 16;
    tile[t6] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7)]), t2 & (t7 < params.M));
    tile[t6 + 66] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 2)]), t2 & (t7 + 2 < params.M));
    tile[t6 + 132] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 4)]), t2 & (t7 + 4 < params.M));
    tile[t6 + 198] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 6)]), t2 & (t7 + 6 < params.M));
    tile[t6 + 264] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 8)]), t2 & (t7 + 8 < params.M));
    tile[t6 + 330] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 10)]), t2 & (t7 + 10 < params.M));
    tile[t6 + 396] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 12)]), t2 & (t7 + 12 < params.M));
    tile[t6 + 462] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 14)]), t2 & (t7 + 14 < params.M));
  }
  workgroupBarrier();
  let t8 = m * 32 + (t & 31) < params.M;
  let t9 = n * 32 + (t >> 5u);
  let t10 = params.M * (t >> 5u);
  let t11 = m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t12 = (t >> 5u) + (t & 31) * 33;
  let t13 = params.M * 2 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t14 = params.M * 4 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t15 = params.M * 6 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t16 = params.M * 8 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t17 = params.M * 10 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t18 = params.M * 12 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t19 = params.M * 14 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  for (var s = 0; s < 2; s++) {
    let t20 = t9 + s * 16;
    let t21 = params.M * s * 16;
    let t22 = t12 + s * 16;
    if (t8 & (t20 < params.N)) {
      y[t11 + t21] = bitcast<u32>(tile[t22]);
    }
    if (t8 & (t20 + 2 < params.N)) {
      y[t13 + t21] = bitcast<u32>(tile[t22 + 2]);
    }
    if (t8 & (t20 + 4 < params.N)) {
      y[t14 + t21] = bitcast<u32>(tile[t22 + 4]);
    }
    if (t8 & (t20 + 6 < params.N)) {
      y[t15 + t21] = bitcast<u32>(tile[t22 + 6]);
    }
    if (t8 & (t20 + 8 < params.N)) {
      y[t16 + t21] = bitcast<u32>(tile[t22 + 8]);
    }
    if (t8 & (t20 + 10 < params.N)) {
      y[t17 + t21] = bitcast<u32>(tile[t22 + 10]);
    }
    if (t8 & (t20 + 12 < params.N)) {
      y[t18 + t21] = bitcast<u32>(tile[t22 + 12]);
    }
    if (t8 & (t20 + 14 < params.N)) {
      y[t19 + t21] = bitcast<u32>(tile[t22 + 14]);
    }
  }
}
