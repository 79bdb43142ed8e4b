// histogram with its defaults; target lavapipe
// 50 lines, 12 memory accesses, 1024 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
var<workgroup> mine: array<atomic<i32>, 256>;

@compute @workgroup_size(64)
fn histogram(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 1023) >> 10u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  atomicStore(&mine[t * 4], 0);
  atomicStore(&mine[t * 4 + 1], 0);
  atomicStore(&mine[t * 4 + 2], 0);
  atomicStore(&mine[t * 4 + 3], 0);
  workgroupBarrier();
  let t0 = b * 1024 + t * 16;
  let t1 = max(params.N - 1, 0);
  for (var s = 0; s < 8 + none; s++) {
    let t2 = t0 + s * 2;
    let t3 = t2 < params.N;
    let t4 = min(t1, t2);
    let t5 = select(-1, i32(select(1u, (x[t4 >> 2u] >> u32((t4 & 3) * 8)) & 255u, t3)), t3);
    if (t5 != -1) {
      atomicAdd(&mine[max(t5, 0)], 1);
    }
    let t6 = t2 + 1 < params.N;
    let t7 = min(t1, t2 + 1);
    let t8 = select(-1, i32(select(1u, (x[t7 >> 2u] >> u32((t7 & 3) * 8)) & 255u, t6)), t6);
    if (t8 != -1) {
      atomicAdd(&mine[max(t8, 0)], 1);
    }
  }
  workgroupBarrier();
  for (var s = 0; s < 2 + none; s++) {
    let t9 = t * 4 + s * 2;
    atomicAdd(&counts[t9], u32(atomicLoad(&mine[t9])));
    atomicAdd(&counts[t9 + 1], u32(atomicLoad(&mine[t9 + 1])));
  }
}
