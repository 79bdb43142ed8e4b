// vector_add with its defaults; target base
// 46 lines, 12 memory accesses, 0 bytes of workgroup memory
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
    let t4 = bitcast<f32>(select(0u, x[t3], t1)) + bitcast<f32>(select(0u, y[t3], t1));
    z[t0] = bitcast<u32>(t4);
  }
  let t5 = t0 + 1 < params.N;
  if (t5) {
    let t6 = min(t2, t0 + 1);
    let t7 = bitcast<f32>(select(0u, x[t6], t5)) + bitcast<f32>(select(0u, y[t6], t5));
    z[t0 + 1] = bitcast<u32>(t7);
  }
  let t8 = t0 + 2 < params.N;
  if (t8) {
    let t9 = min(t2, t0 + 2);
    let t10 = bitcast<f32>(select(0u, x[t9], t8)) + bitcast<f32>(select(0u, y[t9], t8));
    z[t0 + 2] = bitcast<u32>(t10);
  }
  let t11 = t0 + 3 < params.N;
  if (t11) {
    let t12 = min(t2, t0 + 3);
    let t13 = bitcast<f32>(select(0u, x[t12], t11)) + bitcast<f32>(select(0u, y[t12], t11));
    z[t0 + 3] = bitcast<u32>(t13);
  }
}
