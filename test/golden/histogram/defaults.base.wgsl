// histogram with its defaults; target base
// 141 lines, 44 memory accesses, 1024 bytes of workgroup memory
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
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let t3 = min(t0, t2);
  let t4 = select(-1, i32(select(1u, (x[t3 >> 2u] >> u32((t3 & 3) * 8)) & 255u, t1)), t1);
  if (t4 != -1) {
    atomicAdd(&mine[max(t4, 0)], 1);
  }
  let t5 = t0 + 1 < params.N;
  let t6 = min(t2, t0 + 1);
  let t7 = select(-1, i32(select(1u, (x[t6 >> 2u] >> u32((t6 & 3) * 8)) & 255u, t5)), t5);
  if (t7 != -1) {
    atomicAdd(&mine[max(t7, 0)], 1);
  }
  let t8 = t0 + 2 < params.N;
  let t9 = min(t2, t0 + 2);
  let t10 = select(-1, i32(select(1u, (x[t9 >> 2u] >> u32((t9 & 3) * 8)) & 255u, t8)), t8);
  if (t10 != -1) {
    atomicAdd(&mine[max(t10, 0)], 1);
  }
  let t11 = t0 + 3 < params.N;
  let t12 = min(t2, t0 + 3);
  let t13 = i32(select(1u, (x[t12 >> 2u] >> u32((t12 & 3) * 8)) & 255u, t11));
  let t14 = select(-1, t13, t11);
  if (t14 != -1) {
    atomicAdd(&mine[max(t14, 0)], 1);
  }
  let t15 = t0 + 4 < params.N;
  let t16 = min(t2, t0 + 4);
  let t17 = i32(select(1u, (x[t16 >> 2u] >> u32((t16 & 3) * 8)) & 255u, t15));
  let t18 = select(-1, t17, t15);
  if (t18 != -1) {
    atomicAdd(&mine[max(t18, 0)], 1);
  }
  let t19 = t0 + 5 < params.N;
  let t20 = min(t2, t0 + 5);
  let t21 = i32(select(1u, (x[t20 >> 2u] >> u32((t20 & 3) * 8)) & 255u, t19));
  let t22 = select(-1, t21, t19);
  if (t22 != -1) {
    atomicAdd(&mine[max(t22, 0)], 1);
  }
  let t23 = t0 + 6 < params.N;
  let t24 = min(t2, t0 + 6);
  let t25 = i32(select(1u, (x[t24 >> 2u] >> u32((t24 & 3) * 8)) & 255u, t23));
  let t26 = select(-1, t25, t23);
  if (t26 != -1) {
    atomicAdd(&mine[max(t26, 0)], 1);
  }
  let t27 = t0 + 7 < params.N;
  let t28 = min(t2, t0 + 7);
  let t29 = i32(select(1u, (x[t28 >> 2u] >> u32((t28 & 3) * 8)) & 255u, t27));
  let t30 = select(-1, t29, t27);
  if (t30 != -1) {
    atomicAdd(&mine[max(t30, 0)], 1);
  }
  let t31 = t0 + 8 < params.N;
  let t32 = min(t2, t0 + 8);
  let t33 = i32(select(1u, (x[t32 >> 2u] >> u32((t32 & 3) * 8)) & 255u, t31));
  let t34 = select(-1, t33, t31);
  if (t34 != -1) {
    atomicAdd(&mine[max(t34, 0)], 1);
  }
  let t35 = t0 + 9 < params.N;
  let t36 = min(t2, t0 + 9);
  let t37 = i32(select(1u, (x[t36 >> 2u] >> u32((t36 & 3) * 8)) & 255u, t35));
  let t38 = select(-1, t37, t35);
  if (t38 != -1) {
    atomicAdd(&mine[max(t38, 0)], 1);
  }
  let t39 = t0 + 10 < params.N;
  let t40 = min(t2, t0 + 10);
  let t41 = i32(select(1u, (x[t40 >> 2u] >> u32((t40 & 3) * 8)) & 255u, t39));
  let t42 = select(-1, t41, t39);
  if (t42 != -1) {
    atomicAdd(&mine[max(t42, 0)], 1);
  }
  let t43 = t0 + 11 < params.N;
  let t44 = min(t2, t0 + 11);
  let t45 = i32(select(1u, (x[t44 >> 2u] >> u32((t44 & 3) * 8)) & 255u, t43));
  let t46 = select(-1, t45, t43);
  if (t46 != -1) {
    atomicAdd(&mine[max(t46, 0)], 1);
  }
  let t47 = t0 + 12 < params.N;
  let t48 = min(t2, t0 + 12);
  let t49 = i32(select(1u, (x[t48 >> 2u] >> u32((t48 & 3) * 8)) & 255u, t47));
  let t50 = select(-1, t49, t47);
  if (t50 != -1) {
    atomicAdd(&mine[max(t50, 0)], 1);
  }
  let t51 = t0 + 13 < params.N;
  let t52 = min(t2, t0 + 13);
  let t53 = i32(select(1u, (x[t52 >> 2u] >> u32((t52 & 3) * 8)) & 255u, t51));
  let t54 = select(-1, t53, t51);
  if (t54 != -1) {
    atomicAdd(&mine[max(t54, 0)], 1);
  }
  let t55 = t0 + 14 < params.N;
  let t56 = min(t2, t0 + 14);
  let t57 = i32(select(1u, (x[t56 >> 2u] >> u32((t56 & 3) * 8)) & 255u, t55));
  let t58 = select(-1, t57, t55);
  if (t58 != -1) {
    atomicAdd(&mine[max(t58, 0)], 1);
  }
  let t59 = t0 + 15 < params.N;
  let t60 = min(t2, t0 + 15);
  let t61 = i32(select(1u, (x[t60 >> 2u] >> u32((t60 & 3) * 8)) & 255u, t59));
  let t62 = select(-1, t61, t59);
  if (t62 != -1) {
    atomicAdd(&mine[max(t62, 0)], 1);
  }
  workgroupBarrier();
  atomicAdd(&counts[t * 4], u32(atomicLoad(&mine[t * 4])));
  atomicAdd(&counts[t * 4 + 1], u32(atomicLoad(&mine[t * 4 + 1])));
  atomicAdd(&counts[t * 4 + 2], u32(atomicLoad(&mine[t * 4 + 2])));
  atomicAdd(&counts[t * 4 + 3], u32(atomicLoad(&mine[t * 4 + 3])));
}
