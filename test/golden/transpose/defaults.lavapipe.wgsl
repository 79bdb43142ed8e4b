// transpose with its defaults; target lavapipe
// 128 lines, 24 memory accesses, 0 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;

fn pack_f16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);
  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);
}

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  let n = i32(block % u32((params.N + 31) >> 5u));
  let m = i32(block / u32((params.N + 31) >> 5u));
  let t0 = m * 32 + (t & 31);
  let t1 = t0 < params.M;
  let t2 = n * 32 + (t >> 5u);
  let t3 = (t >> 1u) & 15;
  let t4 = (t >> 5u) * ((params.M * 16) >> 5u);
  let t5 = (t & 1) + (((t >> 5u) * ((params.M * 16) & 31)) >> 4u);
  let t6 = t5 >> 1u;
  let t7 = m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t8 = u32((t5 & 1) * 16);
  let t9 = ~(0xffffu << t8);
  let t10 = min(t0, max(params.M - 1, 0));
  let t11 = t10 & 1;
  let t12 = max(params.N - 1, 0);
  let t13 = (t11 * ((params.N * 16) & 31)) >> 4u;
  let t14 = params.N * (t10 >> 1u) + t11 * ((params.N * 16) >> 5u);
  let t15 = params.M + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t16 = params.M * 2 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t17 = params.M * 3 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t18 = params.M * 4 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t19 = params.M * 5 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t20 = params.M * 6 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  let t21 = params.M * 7 + m * 16 + t3 + params.M * n * 16 + t4 + t6;
  for (var s = 0; s < 2; s++) {
    let t22 = t2 + s * 16;
    let t23 = t1 & (t22 < params.N);
    let t24 = params.M * s * 8;
    if (t23) {
      let t25 = t7 + t24;
      atomicAnd(&y[t25], t9);
      let t26 = min(t12, t22);
      let t27 = t13 + (t26 & 1);
      let t28 = (x[t14 + ((t26 >> 1u) + (t27 >> 1u))] >> u32((t27 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t25], pack_f16(f32(select(1h, f16(unpack2x16float(t28).x), t23))) << t8);
    }
    let t29 = t1 & (t22 + 2 < params.N);
    if (t29) {
      let t30 = t15 + t24;
      atomicAnd(&y[t30], t9);
      let t31 = min(t12, t22 + 2);
      let t32 = t13 + (t31 & 1);
      let t33 = (x[t14 + ((t31 >> 1u) + (t32 >> 1u))] >> u32((t32 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t30], pack_f16(f32(select(1h, f16(unpack2x16float(t33).x), t29))) << t8);
    }
    let t34 = t1 & (t22 + 4 < params.N);
    if (t34) {
      let t35 = t16 + t24;
      atomicAnd(&y[t35], t9);
      let t36 = min(t12, t22 + 4);
      let t37 = t13 + (t36 & 1);
      let t38 = (x[t14 + ((t36 >> 1u) + (t37 >> 1u))] >> u32((t37 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t35], pack_f16(f32(select(1h, f16(unpack2x16float(t38).x), t34))) << t8);
    }
    let t39 = t1 & (t22 + 6 < params.N);
    if (t39) {
      let t40 = t17 + t24;
      atomicAnd(&y[t40], t9);
      let t41 = min(t12, t22 + 6);
      let t42 = t13 + (t41 & 1);
      let t43 = (x[t14 + ((t41 >> 1u) + (t42 >> 1u))] >> u32((t42 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t40], pack_f16(f32(select(1h, f16(unpack2x16float(t43).x), t39))) << t8);
    }
    let t44 = t1 & (t22 + 8 < params.N);
    if (t44) {
      let t45 = t18 + t24;
      atomicAnd(&y[t45], t9);
      let t46 = min(t12, t22 + 8);
      let t47 = t13 + (t46 & 1);
      let t48 = (x[t14 + ((t46 >> 1u) + (t47 >> 1u))] >> u32((t47 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t45], pack_f16(f32(select(1h, f16(unpack2x16float(t48).x), t44))) << t8);
    }
    let t49 = t1 & (t22 + 10 < params.N);
    if (t49) {
      let t50 = t19 + t24;
      atomicAnd(&y[t50], t9);
      let t51 = min(t12, t22 + 10);
      let t52 = t13 + (t51 & 1);
      let t53 = (x[t14 + ((t51 >> 1u) + (t52 >> 1u))] >> u32((t52 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t50], pack_f16(f32(select(1h, f16(unpack2x16float(t53).x), t49))) << t8);
    }
    let t54 = t1 & (t22 + 12 < params.N);
    if (t54) {
      let t55 = t20 + t24;
      atomicAnd(&y[t55], t9);
      let t56 = min(t12, t22 + 12);
      let t57 = t13 + (t56 & 1);
      let t58 = (x[t14 + ((t56 >> 1u) + (t57 >> 1u))] >> u32((t57 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t55], pack_f16(f32(select(1h, f16(unpack2x16float(t58).x), t54))) << t8);
    }
    let t59 = t1 & (t22 + 14 < params.N);
    if (t59) {
      let t60 = t21 + t24;
      atomicAnd(&y[t60], t9);
      let t61 = min(t12, t22 + 14);
      let t62 = t13 + (t61 & 1);
      let t63 = (x[t14 + ((t61 >> 1u) + (t62 >> 1u))] >> u32((t62 & 1) * 16)) & 0xffffu;
      atomicOr(&y[t60], pack_f16(f32(select(1h, f16(unpack2x16float(t63).x), t59))) << t8);
    }
  }
}
