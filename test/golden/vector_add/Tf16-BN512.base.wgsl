// vector_add T = f16, BN = 512; target base
// 120 lines, 32 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> z: array<atomic<u32>>;

fn pack_f16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);
  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);
}

fn round_f16(x: f32) -> f32 {
  return unpack2x16float(pack_f16(x)).x;
}

@compute @workgroup_size(64)
fn vector_add(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 511) >> 9u)) { return; }
  let b = i32(block);
  let t0 = b * 512 + t * 8;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  if (t1) {
    let t3 = min(t0, t2);
    let t4 = t3 >> 1u;
    let t5 = (t3 & 1) * 16;
    let t6 = u32(t5);
    atomicAnd(&z[t4], ~(0xffffu << t6));
    let t7 = round_f16(unpack2x16float((select(0u, x[t4], t1) >> u32(t5)) & 0xffffu).x + unpack2x16float((select(0u, y[t4], t1) >> u32(t5)) & 0xffffu).x);
    atomicOr(&z[t4], pack_f16(t7) << t6);
  }
  let t8 = t0 + 1 < params.N;
  if (t8) {
    let t9 = min(t2, t0 + 1);
    let t10 = t9 >> 1u;
    let t11 = (t9 & 1) * 16;
    let t12 = u32(t11);
    atomicAnd(&z[t10], ~(0xffffu << t12));
    let t13 = unpack2x16float((select(0u, x[t10], t8) >> u32(t11)) & 0xffffu).x;
    let t14 = unpack2x16float((select(0u, y[t10], t8) >> u32(t11)) & 0xffffu).x;
    atomicOr(&z[t10], pack_f16(round_f16(t13 + t14)) << t12);
  }
  let t15 = t0 + 2 < params.N;
  if (t15) {
    let t16 = min(t2, t0 + 2);
    let t17 = t16 >> 1u;
    let t18 = (t16 & 1) * 16;
    let t19 = u32(t18);
    atomicAnd(&z[t17], ~(0xffffu << t19));
    let t20 = unpack2x16float((select(0u, x[t17], t15) >> u32(t18)) & 0xffffu).x;
    let t21 = unpack2x16float((select(0u, y[t17], t15) >> u32(t18)) & 0xffffu).x;
    atomicOr(&z[t17], pack_f16(round_f16(t20 + t21)) << t19);
  }
  let t22 = t0 + 3 < params.N;
  if (t22) {
    let t23 = min(t2, t0 + 3);
    let t24 = t23 >> 1u;
    let t25 = (t23 & 1) * 16;
    let t26 = u32(t25);
    atomicAnd(&z[t24], ~(0xffffu << t26));
    let t27 = unpack2x16float((select(0u, x[t24], t22) >> u32(t25)) & 0xffffu).x;
    let t28 = unpack2x16float((select(0u, y[t24], t22) >> u32(t25)) & 0xffffu).x;
    atomicOr(&z[t24], pack_f16(round_f16(t27 + t28)) << t26);
  }
  let t29 = t0 + 4 < params.N;
  if (t29) {
    let t30 = min(t2, t0 + 4);
    let t31 = t30 >> 1u;
    let t32 = (t30 & 1) * 16;
    let t33 = u32(t32);
    atomicAnd(&z[t31], ~(0xffffu << t33));
    let t34 = unpack2x16float((select(0u, x[t31], t29) >> u32(t32)) & 0xffffu).x;
    let t35 = unpack2x16float((select(0u, y[t31], t29) >> u32(t32)) & 0xffffu).x;
    atomicOr(&z[t31], pack_f16(round_f16(t34 + t35)) << t33);
  }
  let t36 = t0 + 5 < params.N;
  if (t36) {
    let t37 = min(t2, t0 + 5);
    let t38 = t37 >> 1u;
    let t39 = (t37 & 1) * 16;
    let t40 = u32(t39);
    atomicAnd(&z[t38], ~(0xffffu << t40));
    let t41 = unpack2x16float((select(0u, x[t38], t36) >> u32(t39)) & 0xffffu).x;
    let t42 = unpack2x16float((select(0u, y[t38], t36) >> u32(t39)) & 0xffffu).x;
    atomicOr(&z[t38], pack_f16(round_f16(t41 + t42)) << t40);
  }
  let t43 = t0 + 6 < params.N;
  if (t43) {
    let t44 = min(t2, t0 + 6);
    let t45 = t44 >> 1u;
    let t46 = (t44 & 1) * 16;
    let t47 = u32(t46);
    atomicAnd(&z[t45], ~(0xffffu << t47));
    let t48 = unpack2x16float((select(0u, x[t45], t43) >> u32(t46)) & 0xffffu).x;
    let t49 = unpack2x16float((select(0u, y[t45], t43) >> u32(t46)) & 0xffffu).x;
    atomicOr(&z[t45], pack_f16(round_f16(t48 + t49)) << t47);
  }
  let t50 = t0 + 7 < params.N;
  if (t50) {
    let t51 = min(t2, t0 + 7);
    let t52 = t51 >> 1u;
    let t53 = (t51 & 1) * 16;
    let t54 = u32(t53);
    atomicAnd(&z[t52], ~(0xffffu << t54));
    let t55 = unpack2x16float((select(0u, x[t52], t50) >> u32(t53)) & 0xffffu).x;
    let t56 = unpack2x16float((select(0u, y[t52], t50) >> u32(t53)) & 0xffffu).x;
    atomicOr(&z[t52], pack_f16(round_f16(t55 + t56)) << t54);
  }
}
