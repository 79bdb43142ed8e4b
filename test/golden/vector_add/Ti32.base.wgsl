// vector_add T = i32; target base
// 42 lines, 12 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> z: array<u32>;

@compute @workgroup_size(64)
fn vector_add(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  let b = i32(block);
  let t0 = b * 256 + t * 4;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  if (t1) {
    let t3 = min(t0, t2);
    z[t0] = u32(i32(select(0u, x[t3], t1)) + i32(select(0u, y[t3], t1)));
  }
  let t4 = t0 + 1 < params.N;
  if (t4) {
    let t5 = min(t2, t0 + 1);
    z[t0 + 1] = u32(i32(select(0u, x[t5], t4)) + i32(select(0u, y[t5], t4)));
  }
  let t6 = t0 + 2 < params.N;
  if (t6) {
    let t7 = min(t2, t0 + 2);
    z[t0 + 2] = u32(i32(select(0u, x[t7], t6)) + i32(select(0u, y[t7], t6)));
  }
  let t8 = t0 + 3 < params.N;
  if (t8) {
    let t9 = min(t2, t0 + 3);
    z[t0 + 3] = u32(i32(select(0u, x[t9], t8)) + i32(select(0u, y[t9], t8)));
  }
}
