// transpose T = f32; target lavapipe
// 42 lines, 4 memory accesses, 4224 bytes of workgroup memory
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
  for (var s = 0; s < 16; s++) {
    let t6 = t3 + s * 2;
    tile[t0 + s * 66] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t6)]), t2 & (t6 < params.M));
  }
  workgroupBarrier();
  let t7 = m * 32 + (t & 31) < params.M;
  let t8 = n * 32 + (t >> 5u);
  let t9 = m * 32 + (t & 31) + params.M * n * 32 + params.M * (t >> 5u);
  let t10 = (t >> 5u) + (t & 31) * 33;
  for (var s = 0; s < 16; s++) {
    if (t7 & (t8 + s * 2 < params.N)) {
      y[t9 + params.M * s * 2] = bitcast<u32>(tile[t10 + s * 2]);
    }
  }
}
