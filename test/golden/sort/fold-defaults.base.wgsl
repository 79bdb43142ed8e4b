// fold of sort with its defaults; target base
// 73 lines, 16 memory accesses, 1024 bytes of workgroup memory
struct Params {
  N: i32,
  s: i32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
var<workgroup> s14: array<f32, 256>;

@compute @workgroup_size(128)
fn fold(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  let b = i32(block);
  let t0 = (b >> u32(params.s)) << u32(params.s);
  let t1 = 2 << u32(params.s);
  if (t0 * 3 + t1 - b - 1 < ((params.N + 255) >> 8u)) {
    let back_0 = t * -2 + 255;
    let back_1 = t * -2 + 254;
    let t2 = b * 256 + t0 * 256 + t * 2;
    let t3 = (t2 >= 0) & (t2 < params.N);
    let t4 = max(params.N - 1, 0);
    let t5 = max(min(t2, t4), 0);
    let v_0 = bitcast<f32>(select(0u, y[t5], t3));
    let t6 = (t2 + 1 >= 0) & (t2 + 1 < params.N);
    let t7 = max(min(t4, t2 + 1), 0);
    let v_1 = bitcast<f32>(select(0u, y[t7], t6));
    let t8 = t0 * 768 + t1 * 256 + t * 2 - b * 256;
    let t9 = (t8 - 256 >= 0) & (t8 - 256 < params.N);
    let t10 = max(min(t4, t8 - 256), 0);
    let u_0 = select(3.4028234663852886e+38f, bitcast<f32>(y[t10]), t9);
    let t11 = (t8 - 255 >= 0) & (t8 - 255 < params.N);
    let t12 = max(min(t4, t8 - 255), 0);
    let u_1 = select(3.4028234663852886e+38f, bitcast<f32>(y[t12]), t11);
    workgroupBarrier();
    storageBarrier();
    s14[t * 2] = u_0;
    s14[t * 2 + 1] = u_1;
    workgroupBarrier();
    storageBarrier();
    let w_0 = select(0f, s14[max(min(back_0, 255), 0)], (back_0 >= 0) & (back_0 < 256));
    let w_1 = select(0f, s14[max(min(back_1, 255), 0)], (back_1 >= 0) & (back_1 < 256));
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
    s14[t * 2] = max(v_0, w_0);
    s14[t * 2 + 1] = max(v_1, w_1);
    workgroupBarrier();
    storageBarrier();
    let v13_0 = select(0f, s14[max(min(back_0, 255), 0)], (back_0 >= 0) & (back_0 < 256));
    let v13_1 = select(0f, s14[max(min(back_1, 255), 0)], (back_1 >= 0) & (back_1 < 256));
    workgroupBarrier();
    storageBarrier();
    if (t9) {
      y[t10] = bitcast<u32>(v13_0);
    }
    if (t11) {
      y[t12] = bitcast<u32>(v13_1);
    }
  }
}
