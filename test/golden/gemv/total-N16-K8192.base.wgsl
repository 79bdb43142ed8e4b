// total of gemv N = 16, K = 8192; target base
// 28 lines, 6 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> part: array<u32>;
@group(0) @binding(1) var<storage, read> bias: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn total(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var acc = bitcast<f32>(select(0u, bias[min(t, 15)], (t < 16)));
  acc += bitcast<f32>(select(0u, part[m * 16 + min(t, 15)], (t < 16)));
  acc += bitcast<f32>(select(0u, part[params.M * 16 + m * 16 + min(t, 15)], (t < 16)));
  acc += bitcast<f32>(select(0u, part[params.M * 32 + m * 16 + min(t, 15)], (t < 16)));
  acc += bitcast<f32>(select(0u, part[params.M * 48 + m * 16 + min(t, 15)], (t < 16)));
  if (t < 16) {
    y[m * 16 + t] = bitcast<u32>(acc);
  }
}
