// transpose T = u3, B = 16; target lavapipe
// 98 lines, 12 memory accesses, 1088 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;
var<workgroup> tile: array<u32, 272>;

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u) * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let n = i32(block % u32((params.N + 15) >> 4u)) + frame[groups.x >> 31u];
  let m = i32(block / u32((params.N + 15) >> 4u));
  let t0 = (t >> 4u) * 17 + (t & 15);
  let t1 = n * 16 + (t & 15);
  let t2 = t1 < params.N;
  let t3 = m * 16 + (t >> 4u);
  let t4 = min(t1, max(params.N - 1, 0));
  let t5 = t4 >> 5u;
  let t6 = (t4 & 31) * 3;
  let t7 = max(params.M - 1, 0);
  let t8 = (params.N * 3) >> 5u;
  let t9 = t6 & 31;
  let t10 = (params.N * 3) & 31;
  let t11 = t5 * 3 + (t6 >> 5u);
  let t12 = (t6 + 2) & 31;
  let t13 = t5 * 3 + ((t6 + 2) >> 5u);
  for (var s = 0; s < 2 + none; s++) {
    let t14 = t0 + s * 136;
    let t15 = t3 + s * 8;
    let t16 = min(t7, t15);
    let t17 = params.N * (t16 >> 5u);
    let t18 = t16 & 31;
    let t19 = t8 * t18;
    let t20 = t10 * t18;
    let t21 = t9 + t20;
    let t22 = t21 & 31;
    let t23 = u32(t22);
    let t24 = select(0u, x[t13 + (t17 * 3 + t19 + ((t12 + t20) >> 5u))] << (32u - t23), (t22 >= 30));
    tile[t14] = select(1u, ((x[t11 + (t17 * 3 + t19 + (t21 >> 5u))] >> t23) | t24) & 7u, t2 & (t15 < params.M));
    let t25 = min(t7, t15 + 4);
    let t26 = params.N * (t25 >> 5u);
    let t27 = t25 & 31;
    let t28 = t8 * t27;
    let t29 = t10 * t27;
    let t30 = t9 + t29;
    let t31 = t30 & 31;
    let t32 = u32(t31);
    let t33 = select(0u, x[t13 + (t26 * 3 + t28 + ((t12 + t29) >> 5u))] << (32u - t32), (t31 >= 30));
    tile[t14 + 68] = select(1u, ((x[t11 + (t26 * 3 + t28 + (t30 >> 5u))] >> t32) | t33) & 7u, t2 & (t15 + 4 < params.M));
  }
  workgroupBarrier();
  let t34 = m * 16 + (t & 15) < params.M;
  let t35 = n * 16 + (t >> 4u);
  let t36 = (t & 15) * 3 + (m & 1) * 48;
  let t37 = params.M * (n >> 1u);
  let t38 = (params.M * 3) >> 5u;
  let t39 = (t >> 4u) * t38;
  let t40 = (n & 1) * t38;
  let t41 = (params.M * 3) & 31;
  let t42 = (t >> 4u) * t41;
  let t43 = (n & 1) * t41;
  let t44 = (t36 & 31) + t42 + t43 * 16;
  let t45 = (m >> 1u) * 3 + (t36 >> 5u) + t37 * 3 + t39 + t40 * 16;
  let t46 = (t >> 4u) + (t & 15) * 17;
  let t47 = t42 + t43 * 16 + ((t36 + 2) & 31);
  let t48 = (m >> 1u) * 3 + t37 * 3 + t39 + t40 * 16 + ((t36 + 2) >> 5u);
  for (var s = 0; s < 4 + none; s++) {
    let t49 = t34 & (t35 + s * 4 < params.N);
    let t50 = t38 * s;
    let t51 = t41 * s * 4;
    let t52 = t44 + t51;
    let t53 = t52 & 31;
    let t54 = t46 + s * 4;
    if (t49) {
      let t55 = t45 + (t50 * 4 + (t52 >> 5u));
      let t56 = u32(t53);
      atomicAnd(&y[t55], ~(7u << t56));
      atomicOr(&y[t55], (tile[t54] & 7u) << t56);
    }
    if (t49 & (t53 >= 30)) {
      let t57 = t48 + (t50 * 4 + ((t47 + t51) >> 5u));
      let t58 = u32(-t53 + 32);
      atomicAnd(&y[t57], ~(7u >> t58));
      atomicOr(&y[t57], (tile[t54] & 7u) >> t58);
    }
  }
}
