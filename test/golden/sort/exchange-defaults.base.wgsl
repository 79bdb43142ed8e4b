// exchange of sort with its defaults; target base
// 54 lines, 8 memory accesses, 0 bytes of workgroup memory
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
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  let b = i32(block);
  let t0 = (b >> u32(params.d)) << u32(params.d);
  let t1 = 1 << u32(params.d);
  if (b + t0 + t1 < ((params.N + 255) >> 8u)) {
    let t2 = b * 256 + t0 * 256 + t * 2;
    let t3 = (t2 >= 0) & (t2 < params.N);
    let t4 = max(params.N - 1, 0);
    let t5 = max(min(t2, t4), 0);
    let v_0 = bitcast<f32>(select(0u, y[t5], t3));
    let t6 = (t2 + 1 >= 0) & (t2 + 1 < params.N);
    let t7 = max(min(t4, t2 + 1), 0);
    let v_1 = bitcast<f32>(select(0u, y[t7], t6));
    let t8 = b * 256 + t0 * 256 + t1 * 256 + t * 2;
    let t9 = (t8 >= 0) & (t8 < params.N);
    let t10 = max(min(t4, t8), 0);
    let w_0 = select(3.4028234663852886e+38f, bitcast<f32>(y[t10]), t9);
    let t11 = (t8 + 1 >= 0) & (t8 + 1 < params.N);
    let t12 = max(min(t4, t8 + 1), 0);
    let w_1 = select(3.4028234663852886e+38f, bitcast<f32>(y[t12]), t11);
    workgroupBarrier();
    storageBarrier();
    if (t3) {
      y[t5] = bitcast<u32>(min(v_0, w_0));
    }
    if (t6) {
      y[t7] = bitcast<u32>(min(v_1, w_1));
    }
    workgroupBarrier();
    storageBarrier();
    if (t9) {
      y[t10] = bitcast<u32>(max(v_0, w_0));
    }
    if (t11) {
      y[t12] = bitcast<u32>(max(v_1, w_1));
    }
  }
}
