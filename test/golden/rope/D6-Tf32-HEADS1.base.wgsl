// rope D = 6, T = f32, HEADS = 1; target base
// 36 lines, 6 memory accesses, 0 bytes of workgroup memory
struct Params {
  S: i32,
  H: i32,
  P: i32,
  first: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> cosine: array<u32>;
@group(0) @binding(2) var<storage, read> sine: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn rope(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.H) * u32(params.S)) { return; }
  let h = i32(block % u32(params.H));
  let s = i32(block / u32(params.H));
  let t0 = (params.first + s >= 0) & (params.first + s < params.P);
  let t1 = t % 3 + max(min(params.first + s, max(params.P - 1, 0)), 0) * 3;
  let c = bitcast<f32>(select(0u, cosine[t1], t0));
  let d = bitcast<f32>(select(0u, sine[t1], t0));
  let t2 = h * 6 + t % 3 + params.H * s * 6;
  let u = bitcast<f32>(x[t2]);
  let v = bitcast<f32>(x[t2 + 3]);
  if (t < 3) {
    y[t2] = bitcast<u32>(u * c - v * d);
    y[t2 + 3] = bitcast<u32>(c * v + u * d);
  }
}
