// vector_add T = i32; target lavapipe
// 37 lines, 6 memory accesses, 0 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 256 + t * 4;
  let t1 = max(params.N - 1, 0);
  for (var s = 0; s < 2 + none; s++) {
    let t2 = t0 + s * 2;
    let t3 = t2 < params.N;
    if (t3) {
      let t4 = min(t1, t2);
      z[t2] = u32(i32(select(0u, x[t4], t3)) + i32(select(0u, y[t4], t3)));
    }
    let t5 = t2 + 1 < params.N;
    if (t5) {
      let t6 = min(t1, t2 + 1);
      z[t2 + 1] = u32(i32(select(0u, x[t6], t5)) + i32(select(0u, y[t6], t5)));
    }
  }
}
