// vector_add T = f16, BN = 512; target f16
// 119 lines, 32 memory accesses, 0 bytes of workgroup memory
enable f16;

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
    let t7 = f16(unpack2x16float((select(0u, x[t4], t1) >> u32(t5)) & 0xffffu).x);
    let t8 = f16(unpack2x16float((select(0u, y[t4], t1) >> u32(t5)) & 0xffffu).x);
    atomicOr(&z[t4], pack_f16(f32(t7 + t8)) << t6);
  }
  let t9 = t0 + 1 < params.N;
  if (t9) {
    let t10 = min(t2, t0 + 1);
    let t11 = t10 >> 1u;
    let t12 = (t10 & 1) * 16;
    let t13 = u32(t12);
    atomicAnd(&z[t11], ~(0xffffu << t13));
    let t14 = unpack2x16float((select(0u, x[t11], t9) >> u32(t12)) & 0xffffu).x;
    let t15 = unpack2x16float((select(0u, y[t11], t9) >> u32(t12)) & 0xffffu).x;
    atomicOr(&z[t11], pack_f16(f32(f16(t14) + f16(t15))) << t13);
  }
  let t16 = t0 + 2 < params.N;
  if (t16) {
    let t17 = min(t2, t0 + 2);
    let t18 = t17 >> 1u;
    let t19 = (t17 & 1) * 16;
    let t20 = u32(t19);
    atomicAnd(&z[t18], ~(0xffffu << t20));
    let t21 = unpack2x16float((select(0u, x[t18], t16) >> u32(t19)) & 0xffffu).x;
    let t22 = unpack2x16float((select(0u, y[t18], t16) >> u32(t19)) & 0xffffu).x;
    atomicOr(&z[t18], pack_f16(f32(f16(t21) + f16(t22))) << t20);
  }
  let t23 = t0 + 3 < params.N;
  if (t23) {
    let t24 = min(t2, t0 + 3);
    let t25 = t24 >> 1u;
    let t26 = (t24 & 1) * 16;
    let t27 = u32(t26);
    atomicAnd(&z[t25], ~(0xffffu << t27));
    let t28 = unpack2x16float((select(0u, x[t25], t23) >> u32(t26)) & 0xffffu).x;
    let t29 = unpack2x16float((select(0u, y[t25], t23) >> u32(t26)) & 0xffffu).x;
    atomicOr(&z[t25], pack_f16(f32(f16(t28) + f16(t29))) << t27);
  }
  let t30 = t0 + 4 < params.N;
  if (t30) {
    let t31 = min(t2, t0 + 4);
    let t32 = t31 >> 1u;
    let t33 = (t31 & 1) * 16;
    let t34 = u32(t33);
    atomicAnd(&z[t32], ~(0xffffu << t34));
    let t35 = unpack2x16float((select(0u, x[t32], t30) >> u32(t33)) & 0xffffu).x;
    let t36 = unpack2x16float((select(0u, y[t32], t30) >> u32(t33)) & 0xffffu).x;
    atomicOr(&z[t32], pack_f16(f32(f16(t35) + f16(t36))) << t34);
  }
  let t37 = t0 + 5 < params.N;
  if (t37) {
    let t38 = min(t2, t0 + 5);
    let t39 = t38 >> 1u;
    let t40 = (t38 & 1) * 16;
    let t41 = u32(t40);
    atomicAnd(&z[t39], ~(0xffffu << t41));
    let t42 = unpack2x16float((select(0u, x[t39], t37) >> u32(t40)) & 0xffffu).x;
    let t43 = unpack2x16float((select(0u, y[t39], t37) >> u32(t40)) & 0xffffu).x;
    atomicOr(&z[t39], pack_f16(f32(f16(t42) + f16(t43))) << t41);
  }
  let t44 = t0 + 6 < params.N;
  if (t44) {
    let t45 = min(t2, t0 + 6);
    let t46 = t45 >> 1u;
    let t47 = (t45 & 1) * 16;
    let t48 = u32(t47);
    atomicAnd(&z[t46], ~(0xffffu << t48));
    let t49 = unpack2x16float((select(0u, x[t46], t44) >> u32(t47)) & 0xffffu).x;
    let t50 = unpack2x16float((select(0u, y[t46], t44) >> u32(t47)) & 0xffffu).x;
    atomicOr(&z[t46], pack_f16(f32(f16(t49) + f16(t50))) << t48);
  }
  let t51 = t0 + 7 < params.N;
  if (t51) {
    let t52 = min(t2, t0 + 7);
    let t53 = t52 >> 1u;
    let t54 = (t52 & 1) * 16;
    let t55 = u32(t54);
    atomicAnd(&z[t53], ~(0xffffu << t55));
    let t56 = unpack2x16float((select(0u, x[t53], t51) >> u32(t54)) & 0xffffu).x;
    let t57 = unpack2x16float((select(0u, y[t53], t51) >> u32(t54)) & 0xffffu).x;
    atomicOr(&z[t53], pack_f16(f32(f16(t56) + f16(t57))) << t55);
  }
}
