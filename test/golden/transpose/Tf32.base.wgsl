// transpose T = f32; target base
// 97 lines, 64 memory accesses, 4224 bytes of workgroup memory
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
  let t1 = m * 32 + (t >> 5u);
  let t2 = n * 32 + (t & 31);
  let t3 = t2 < params.N;
  let t4 = min(t2, max(params.N - 1, 0));
  let t5 = max(params.M - 1, 0);
  tile[t0] = select(1f, bitcast<f32>(x[t4 + params.N * min(t1, t5)]), (t1 < params.M) & t3);
  tile[t0 + 66] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 2)]), t3 & (t1 + 2 < params.M));
  tile[t0 + 132] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 4)]), t3 & (t1 + 4 < params.M));
  tile[t0 + 198] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 6)]), t3 & (t1 + 6 < params.M));
  tile[t0 + 264] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 8)]), t3 & (t1 + 8 < params.M));
  tile[t0 + 330] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 10)]), t3 & (t1 + 10 < params.M));
  tile[t0 + 396] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 12)]), t3 & (t1 + 12 < params.M));
  tile[t0 + 462] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 14)]), t3 & (t1 + 14 < params.M));
  tile[t0 + 528] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 16)]), t3 & (t1 + 16 < params.M));
  tile[t0 + 594] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 18)]), t3 & (t1 + 18 < params.M));
  tile[t0 + 660] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 20)]), t3 & (t1 + 20 < params.M));
  tile[t0 + 726] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 22)]), t3 & (t1 + 22 < params.M));
  tile[t0 + 792] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 24)]), t3 & (t1 + 24 < params.M));
  tile[t0 + 858] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 26)]), t3 & (t1 + 26 < params.M));
  tile[t0 + 924] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 28)]), t3 & (t1 + 28 < params.M));
  tile[t0 + 990] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t1 + 30)]), t3 & (t1 + 30 < params.M));
  workgroupBarrier();
  let t6 = n * 32 + (t >> 5u);
  let t7 = m * 32 + (t & 31) < params.M;
  let t8 = params.M * (t >> 5u);
  let t9 = (t >> 5u) + (t & 31) * 33;
  if ((t6 < params.N) & t7) {
    y[m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9]);
  }
  if (t7 & (t6 + 2 < params.N)) {
    y[params.M * 2 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 2]);
  }
  if (t7 & (t6 + 4 < params.N)) {
    y[params.M * 4 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 4]);
  }
  if (t7 & (t6 + 6 < params.N)) {
    y[params.M * 6 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 6]);
  }
  if (t7 & (t6 + 8 < params.N)) {
    y[params.M * 8 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 8]);
  }
  if (t7 & (t6 + 10 < params.N)) {
    y[params.M * 10 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 10]);
  }
  if (t7 & (t6 + 12 < params.N)) {
    y[params.M * 12 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 12]);
  }
  if (t7 & (t6 + 14 < params.N)) {
    y[params.M * 14 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 14]);
  }
  if (t7 & (t6 + 16 < params.N)) {
    y[params.M * 16 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 16]);
  }
  if (t7 & (t6 + 18 < params.N)) {
    y[params.M * 18 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 18]);
  }
  if (t7 & (t6 + 20 < params.N)) {
    y[params.M * 20 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 20]);
  }
  if (t7 & (t6 + 22 < params.N)) {
    y[params.M * 22 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 22]);
  }
  if (t7 & (t6 + 24 < params.N)) {
    y[params.M * 24 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 24]);
  }
  if (t7 & (t6 + 26 < params.N)) {
    y[params.M * 26 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 26]);
  }
  if (t7 & (t6 + 28 < params.N)) {
    y[params.M * 28 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 28]);
  }
  if (t7 & (t6 + 30 < params.N)) {
    y[params.M * 30 + m * 32 + (t & 31) + params.M * n * 32 + t8] = bitcast<u32>(tile[t9 + 30]);
  }
}
