// softmax N = 37, T = f32, BN = 128; target lavapipe
// 59 lines, 12 memory accesses, 512 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  var top = -65504f;
  var den = 0f;
  let t0 = select(-65504f, bitcast<f32>(x[b * 37 + min(t, 36)]), (t < 37));
  let v = t0;
  let v9 = v;
  scratch[t] = bitcast<u32>(v9);
  workgroupBarrier();
  for (var r = 0; r < 7 + none; r++) {
    let t1 = ((1 << u32(r)) + 127) >> u32(r);
    let t2 = t + ((t1 + 1) >> 1u);
    if (t2 < t1) {
      scratch[t] = bitcast<u32>(max(bitcast<f32>(scratch[t]), bitcast<f32>(scratch[t2])));
    }
    workgroupBarrier();
  }
  let v9_1 = bitcast<f32>(scratch[0]);
  let t_1 = max(top, v9_1);
  let v24 = select(0f, exp(max(v - t_1, -100f)), (v > -65504f));
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v24);
  workgroupBarrier();
  for (var r = 0; r < 7 + none; r++) {
    let t3 = ((1 << u32(r)) + 127) >> u32(r);
    let t4 = t + ((t3 + 1) >> 1u);
    if (t4 < t3) {
      scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t4]));
    }
    workgroupBarrier();
  }
  let v24_1 = bitcast<f32>(scratch[0]);
  den = den * exp(max(top - t_1, -100f)) + v24_1;
  top = t_1;
  let v_1 = t0;
  if (t < 37) {
    let t5 = select(0f, exp(max(v_1 - top, -100f)), (v_1 > -65504f)) * (1f / max(den, 1f));
    y[b * 37 + t] = bitcast<u32>(t5);
  }
}
