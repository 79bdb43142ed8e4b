// histogram C = 10, T = i32, BN = 256; target lavapipe
// 43 lines, 7 memory accesses, 40 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
var<workgroup> mine: array<atomic<i32>, 10>;

@compute @workgroup_size(64)
fn histogram(
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
  if (t < 10) {
    atomicStore(&mine[t % 10], 0);
  }
  workgroupBarrier();
  let t0 = b * 256 + t * 4;
  let t1 = max(params.N - 1, 0);
  for (var s = 0; s < 2 + none; s++) {
    let t2 = t0 + s * 2;
    let t3 = select(-1, i32(x[min(t1, t2)]), (t2 < params.N));
    if ((t3 >= 0) & (t3 < 10)) {
      atomicAdd(&mine[max(min(t3, 9), 0)], 1);
    }
    let t4 = select(-1, i32(x[min(t1, t2 + 1)]), (t2 + 1 < params.N));
    if ((t4 >= 0) & (t4 < 10)) {
      atomicAdd(&mine[max(min(t4, 9), 0)], 1);
    }
  }
  workgroupBarrier();
  if (t < 10) {
    atomicAdd(&counts[t % 10], u32(atomicLoad(&mine[t % 10])));
  }
}
