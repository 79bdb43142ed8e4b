// exchange of sort B = 128, TOP = 1000.5; target base
// 42 lines, 4 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
  d: i32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(128)
fn exchange(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 127) >> 7u)) { return; }
  let b = i32(block);
  let t0 = (b >> u32(params.d)) << u32(params.d);
  let t1 = 1 << u32(params.d);
  if (b + t0 + t1 < ((params.N + 127) >> 7u)) {
    let t2 = b * 128 + t0 * 128 + t;
    let t3 = (t2 >= 0) & (t2 < params.N);
    let t4 = max(params.N - 1, 0);
    let t5 = max(min(t2, t4), 0);
    let v = bitcast<f32>(select(0u, y[t5], t3));
    let t6 = b * 128 + t0 * 128 + t1 * 128 + t;
    let t7 = (t6 >= 0) & (t6 < params.N);
    let t8 = max(min(t4, t6), 0);
    let w = select(1000.5f, bitcast<f32>(y[t8]), t7);
    workgroupBarrier();
    storageBarrier();
    if (t3) {
      y[t5] = bitcast<u32>(min(v, w));
    }
    workgroupBarrier();
    storageBarrier();
    if (t7) {
      y[t8] = bitcast<u32>(max(v, w));
    }
  }
}
