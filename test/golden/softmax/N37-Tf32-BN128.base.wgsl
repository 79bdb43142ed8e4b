// softmax N = 37, T = f32, BN = 128; target base
// 58 lines, 12 memory accesses, 512 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn softmax(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let b = i32(block);
  var top = -65504f;
  var den = 0f;
  let t0 = (b < params.M) & (t < 37);
  let t1 = select(-65504f, bitcast<f32>(x[min(b, max(params.M - 1, 0)) * 37 + min(t, 36)]), t0);
  let v = t1;
  let v9 = v;
  scratch[t] = bitcast<u32>(v9);
  workgroupBarrier();
  for (var r = 0; r < 7; r++) {
    let t2 = ((1 << u32(r)) + 127) >> u32(r);
    let t3 = t + ((t2 + 1) >> 1u);
    if (t3 < t2) {
      scratch[t] = bitcast<u32>(max(bitcast<f32>(scratch[t]), bitcast<f32>(scratch[t3])));
    }
    workgroupBarrier();
  }
  let v9_1 = bitcast<f32>(scratch[0]);
  let t_1 = max(top, v9_1);
  let v24 = select(0f, exp(max(v - t_1, -100f)), (v > -65504f));
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v24);
  workgroupBarrier();
  for (var r = 0; r < 7; r++) {
    let t4 = ((1 << u32(r)) + 127) >> u32(r);
    let t5 = t + ((t4 + 1) >> 1u);
    if (t5 < t4) {
      scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t5]));
    }
    workgroupBarrier();
  }
  let v24_1 = bitcast<f32>(scratch[0]);
  den = den * exp(max(top - t_1, -100f)) + v24_1;
  top = t_1;
  let v_1 = t1;
  if (t0) {
    let t6 = select(0f, exp(max(v_1 - top, -100f)), (v_1 > -65504f)) * (1f / max(den, 1f));
    y[b * 37 + t] = bitcast<u32>(t6);
  }
}
