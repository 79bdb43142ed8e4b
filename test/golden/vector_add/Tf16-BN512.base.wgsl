// vector_add T = f16, BN = 512; target base
// 113 lines, 32 memory accesses, 0 bytes of workgroup memory
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
  let t2 = b * 256 + t * 4;
  let t3 = max(params.N - 1, 0);
  if (t1) {
    atomicAnd(&z[t2], 0xffff0000u);
    let t4 = min(t0, t3);
    let t5 = t4 >> 1u;
    let t6 = (t4 & 1) * 16;
    let t7 = round_f16(unpack2x16float((select(0u, x[t5], t1) >> u32(t6)) & 0xffffu).x + unpack2x16float((select(0u, y[t5], t1) >> u32(t6)) & 0xffffu).x);
    atomicOr(&z[t2], pack_f16(t7));
  }
  let t8 = t0 + 1 < params.N;
  if (t8) {
    atomicAnd(&z[t2], 0xffffu);
    let t9 = min(t3, t0 + 1);
    let t10 = t9 >> 1u;
    let t11 = (t9 & 1) * 16;
    let t12 = unpack2x16float((select(0u, x[t10], t8) >> u32(t11)) & 0xffffu).x;
    let t13 = unpack2x16float((select(0u, y[t10], t8) >> u32(t11)) & 0xffffu).x;
    atomicOr(&z[t2], pack_f16(round_f16(t12 + t13)) << 16u);
  }
  let t14 = t0 + 2 < params.N;
  if (t14) {
    atomicAnd(&z[t2 + 1], 0xffff0000u);
    let t15 = min(t3, t0 + 2);
    let t16 = t15 >> 1u;
    let t17 = (t15 & 1) * 16;
    let t18 = unpack2x16float((select(0u, x[t16], t14) >> u32(t17)) & 0xffffu).x;
    let t19 = unpack2x16float((select(0u, y[t16], t14) >> u32(t17)) & 0xffffu).x;
    atomicOr(&z[t2 + 1], pack_f16(round_f16(t18 + t19)));
  }
  let t20 = t0 + 3 < params.N;
  if (t20) {
    atomicAnd(&z[t2 + 1], 0xffffu);
    let t21 = min(t3, t0 + 3);
    let t22 = t21 >> 1u;
    let t23 = (t21 & 1) * 16;
    let t24 = unpack2x16float((select(0u, x[t22], t20) >> u32(t23)) & 0xffffu).x;
    let t25 = unpack2x16float((select(0u, y[t22], t20) >> u32(t23)) & 0xffffu).x;
    atomicOr(&z[t2 + 1], pack_f16(round_f16(t24 + t25)) << 16u);
  }
  let t26 = t0 + 4 < params.N;
  if (t26) {
    atomicAnd(&z[t2 + 2], 0xffff0000u);
    let t27 = min(t3, t0 + 4);
    let t28 = t27 >> 1u;
    let t29 = (t27 & 1) * 16;
    let t30 = unpack2x16float((select(0u, x[t28], t26) >> u32(t29)) & 0xffffu).x;
    let t31 = unpack2x16float((select(0u, y[t28], t26) >> u32(t29)) & 0xffffu).x;
    atomicOr(&z[t2 + 2], pack_f16(round_f16(t30 + t31)));
  }
  let t32 = t0 + 5 < params.N;
  if (t32) {
    atomicAnd(&z[t2 + 2], 0xffffu);
    let t33 = min(t3, t0 + 5);
    let t34 = t33 >> 1u;
    let t35 = (t33 & 1) * 16;
    let t36 = unpack2x16float((select(0u, x[t34], t32) >> u32(t35)) & 0xffffu).x;
    let t37 = unpack2x16float((select(0u, y[t34], t32) >> u32(t35)) & 0xffffu).x;
    atomicOr(&z[t2 + 2], pack_f16(round_f16(t36 + t37)) << 16u);
  }
  let t38 = t0 + 6 < params.N;
  if (t38) {
    atomicAnd(&z[t2 + 3], 0xffff0000u);
    let t39 = min(t3, t0 + 6);
    let t40 = t39 >> 1u;
    let t41 = (t39 & 1) * 16;
    let t42 = unpack2x16float((select(0u, x[t40], t38) >> u32(t41)) & 0xffffu).x;
    let t43 = unpack2x16float((select(0u, y[t40], t38) >> u32(t41)) & 0xffffu).x;
    atomicOr(&z[t2 + 3], pack_f16(round_f16(t42 + t43)));
  }
  let t44 = t0 + 7 < params.N;
  if (t44) {
    atomicAnd(&z[t2 + 3], 0xffffu);
    let t45 = min(t3, t0 + 7);
    let t46 = t45 >> 1u;
    let t47 = (t45 & 1) * 16;
    let t48 = unpack2x16float((select(0u, x[t46], t44) >> u32(t47)) & 0xffffu).x;
    let t49 = unpack2x16float((select(0u, y[t46], t44) >> u32(t47)) & 0xffffu).x;
    atomicOr(&z[t2 + 3], pack_f16(round_f16(t48 + t49)) << 16u);
  }
}
