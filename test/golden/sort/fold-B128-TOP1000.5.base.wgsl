// fold of sort B = 128, TOP = 1000.5; target base
// 56 lines, 8 memory accesses, 512 bytes of workgroup memory
struct Params {
  N: i32,
  s: i32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
var<workgroup> s14: array<f32, 128>;

@compute @workgroup_size(128)
fn fold(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 127) >> 7u)) { return; }
  let b = i32(block);
  let t0 = (b >> u32(params.s)) << u32(params.s);
  let t1 = 2 << u32(params.s);
  if (t0 * 3 + t1 - b - 1 < ((params.N + 127) >> 7u)) {
    let back = -t + 127;
    let t2 = b * 128 + t0 * 128 + t;
    let t3 = (t2 >= 0) & (t2 < params.N);
    let t4 = max(params.N - 1, 0);
    let t5 = max(min(t2, t4), 0);
    let v = bitcast<f32>(select(0u, y[t5], t3));
    let t6 = t0 * 384 + t1 * 128 + t - b * 128;
    let t7 = (t6 - 128 >= 0) & (t6 - 128 < params.N);
    let t8 = max(min(t4, t6 - 128), 0);
    let u = select(1000.5f, bitcast<f32>(y[t8]), t7);
    workgroupBarrier();
    storageBarrier();
    s14[t] = u;
    workgroupBarrier();
    storageBarrier();
    let w = select(0f, s14[max(min(back, 127), 0)], (back >= 0) & (back < 128));
    workgroupBarrier();
    storageBarrier();
    if (t3) {
      y[t5] = bitcast<u32>(min(v, w));
    }
    workgroupBarrier();
    storageBarrier();
    s14[t] = max(v, w);
    workgroupBarrier();
    storageBarrier();
    let v13 = select(0f, s14[max(min(back, 127), 0)], (back >= 0) & (back < 128));
    workgroupBarrier();
    storageBarrier();
    if (t7) {
      y[t8] = bitcast<u32>(v13);
    }
  }
}
