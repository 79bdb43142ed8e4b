// total of split_k with its defaults; target lavapipe
// 32 lines, 2 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> part: array<u32>;
@group(0) @binding(1) var<storage, read_write> c: array<u32>;

@compute @workgroup_size(64)
fn total(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 63) >> 6u)) + frame[groups.x >> 31u];
  let m = i32(block / u32((params.N + 63) >> 6u));
  var acc = 0f;
  let t0 = bn * 64 + t;
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0)) + params.N * m;
  for (var s = 0; s < 4; s++) {
    acc += bitcast<f32>(select(0u, part[t2 + params.M * params.N * s], t1));
  }
  if (t1) {
    c[bn * 64 + t + params.N * m] = bitcast<u32>(acc);
  }
}
