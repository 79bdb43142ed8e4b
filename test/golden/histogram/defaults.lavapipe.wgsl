// histogram with its defaults; target lavapipe
// 88 lines, 28 memory accesses, 1024 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 1023) >> 10u)) { return; }
  let b = i32(block);
  atomicStore(&mine[t * 4], 0);
  atomicStore(&mine[t * 4 + 1], 0);
  atomicStore(&mine[t * 4 + 2], 0);
  atomicStore(&mine[t * 4 + 3], 0);
  workgroupBarrier();
  let t0 = b * 1024 + t * 16;
  let t1 = max(params.N - 1, 0);
  for (var s = 0; s < 2; s++) {
    let t2 = t0 + s * 8;
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
    let t9 = t2 + 2 < params.N;
    let t10 = min(t1, t2 + 2);
    let t11 = select(-1, i32(select(1u, (x[t10 >> 2u] >> u32((t10 & 3) * 8)) & 255u, t9)), t9);
    if (t11 != -1) {
      atomicAdd(&mine[max(t11, 0)], 1);
    }
    let t12 = t2 + 3 < params.N;
    let t13 = min(t1, t2 + 3);
    let t14 = i32(select(1u, (x[t13 >> 2u] >> u32((t13 & 3) * 8)) & 255u, t12));
    let t15 = select(-1, t14, t12);
    if (t15 != -1) {
      atomicAdd(&mine[max(t15, 0)], 1);
    }
    let t16 = t2 + 4 < params.N;
    let t17 = min(t1, t2 + 4);
    let t18 = i32(select(1u, (x[t17 >> 2u] >> u32((t17 & 3) * 8)) & 255u, t16));
    let t19 = select(-1, t18, t16);
    if (t19 != -1) {
      atomicAdd(&mine[max(t19, 0)], 1);
    }
    let t20 = t2 + 5 < params.N;
    let t21 = min(t1, t2 + 5);
    let t22 = i32(select(1u, (x[t21 >> 2u] >> u32((t21 & 3) * 8)) & 255u, t20));
    let t23 = select(-1, t22, t20);
    if (t23 != -1) {
      atomicAdd(&mine[max(t23, 0)], 1);
    }
    let t24 = t2 + 6 < params.N;
    let t25 = min(t1, t2 + 6);
    let t26 = i32(select(1u, (x[t25 >> 2u] >> u32((t25 & 3) * 8)) & 255u, t24));
    let t27 = select(-1, t26, t24);
    if (t27 != -1) {
      atomicAdd(&mine[max(t27, 0)], 1);
    }
    let t28 = t2 + 7 < params.N;
    let t29 = min(t1, t2 + 7);
    let t30 = i32(select(1u, (x[t29 >> 2u] >> u32((t29 & 3) * 8)) & 255u, t28));
    let t31 = select(-1, t30, t28);
    if (t31 != -1) {
      atomicAdd(&mine[max(t31, 0)], 1);
    }
  }
  workgroupBarrier();
  atomicAdd(&counts[t * 4], u32(atomicLoad(&mine[t * 4])));
  atomicAdd(&counts[t * 4 + 1], u32(atomicLoad(&mine[t * 4 + 1])));
  atomicAdd(&counts[t * 4 + 2], u32(atomicLoad(&mine[t * 4 + 2])));
  atomicAdd(&counts[t * 4 + 3], u32(atomicLoad(&mine[t * 4 + 3])));
}
