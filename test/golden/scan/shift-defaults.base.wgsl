// shift of scan with its defaults; target base
// 42 lines, 9 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> before: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(128)
fn shift(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 511) >> 9u)) { return; }
  let b = i32(block);
  let v6 = bitcast<f32>(before[b]);
  let t0 = b * 512 + t * 4;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let v7_0 = bitcast<f32>(select(0u, y[min(t0, t2)], t1)) + v6;
  let t3 = t0 + 1 < params.N;
  let v7_1 = v6 + bitcast<f32>(select(0u, y[min(t2, t0 + 1)], t3));
  let t4 = t0 + 2 < params.N;
  let v7_2 = v6 + bitcast<f32>(select(0u, y[min(t2, t0 + 2)], t4));
  let t5 = t0 + 3 < params.N;
  let v7_3 = v6 + bitcast<f32>(select(0u, y[min(t2, t0 + 3)], t5));
  if (t1) {
    y[t0] = bitcast<u32>(v7_0);
  }
  if (t3) {
    y[t0 + 1] = bitcast<u32>(v7_1);
  }
  if (t4) {
    y[t0 + 2] = bitcast<u32>(v7_2);
  }
  if (t5) {
    y[t0 + 3] = bitcast<u32>(v7_3);
  }
}
