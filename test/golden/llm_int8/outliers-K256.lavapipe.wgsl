// outliers of llm_int8 K = 256; target lavapipe
// 31 lines, 3 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> flag: array<u32>;

@compute @workgroup_size(64)
fn outliers(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  var frame = array<i32, 2>(i32(group.x >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(group.x) + frame[groups.x >> 31u];
  var most_0 = 0f; var most_1 = 0f;
  let t0 = max(params.M - 1, 0);
  let t1 = b * 32 + (t & 31);
  for (var m = 0; m < params.M; m++) {
    let t2 = select(0u, x[t1 + min(m, t0) * 128], (m < params.M));
    most_0 = max(most_0, abs(unpack2x16float(t2).x));
    most_1 = max(most_1, abs(unpack2x16float(t2).y));
  }
  if (t < 32) {
    let t3 = b * 64 + (t & 31) * 2;
    flag[t3] = u32(select(0, 1, (most_0 >= 6f)));
    flag[t3 + 1] = u32(select(0, 1, (most_1 >= 6f)));
  }
}
