// vector_add T = f16, BN = 512; target f16
// 112 lines, 32 memory accesses, 0 bytes of workgroup memory
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
  let t2 = b * 256 + t * 4;
  let t3 = max(params.N - 1, 0);
  if (t1) {
    atomicAnd(&z[t2], 0xffff0000u);
    let t4 = min(t0, t3);
    let t5 = t4 >> 1u;
    let t6 = (t4 & 1) * 16;
    let t7 = f16(unpack2x16float((select(0u, x[t5], t1) >> u32(t6)) & 0xffffu).x);
    let t8 = f16(unpack2x16float((select(0u, y[t5], t1) >> u32(t6)) & 0xffffu).x);
    atomicOr(&z[t2], pack_f16(f32(t7 + t8)));
  }
  let t9 = t0 + 1 < params.N;
  if (t9) {
    atomicAnd(&z[t2], 0xffffu);
    let t10 = min(t3, t0 + 1);
    let t11 = t10 >> 1u;
    let t12 = (t10 & 1) * 16;
    let t13 = unpack2x16float((select(0u, x[t11], t9) >> u32(t12)) & 0xffffu).x;
    let t14 = unpack2x16float((select(0u, y[t11], t9) >> u32(t12)) & 0xffffu).x;
    atomicOr(&z[t2], pack_f16(f32(f16(t13) + f16(t14))) << 16u);
  }
  let t15 = t0 + 2 < params.N;
  if (t15) {
    atomicAnd(&z[t2 + 1], 0xffff0000u);
    let t16 = min(t3, t0 + 2);
    let t17 = t16 >> 1u;
    let t18 = (t16 & 1) * 16;
    let t19 = unpack2x16float((select(0u, x[t17], t15) >> u32(t18)) & 0xffffu).x;
    let t20 = unpack2x16float((select(0u, y[t17], t15) >> u32(t18)) & 0xffffu).x;
    atomicOr(&z[t2 + 1], pack_f16(f32(f16(t19) + f16(t20))));
  }
  let t21 = t0 + 3 < params.N;
  if (t21) {
    atomicAnd(&z[t2 + 1], 0xffffu);
    let t22 = min(t3, t0 + 3);
    let t23 = t22 >> 1u;
    let t24 = (t22 & 1) * 16;
    let t25 = unpack2x16float((select(0u, x[t23], t21) >> u32(t24)) & 0xffffu).x;
    let t26 = unpack2x16float((select(0u, y[t23], t21) >> u32(t24)) & 0xffffu).x;
    atomicOr(&z[t2 + 1], pack_f16(f32(f16(t25) + f16(t26))) << 16u);
  }
  let t27 = t0 + 4 < params.N;
  if (t27) {
    atomicAnd(&z[t2 + 2], 0xffff0000u);
    let t28 = min(t3, t0 + 4);
    let t29 = t28 >> 1u;
    let t30 = (t28 & 1) * 16;
    let t31 = unpack2x16float((select(0u, x[t29], t27) >> u32(t30)) & 0xffffu).x;
    let t32 = unpack2x16float((select(0u, y[t29], t27) >> u32(t30)) & 0xffffu).x;
    atomicOr(&z[t2 + 2], pack_f16(f32(f16(t31) + f16(t32))));
  }
  let t33 = t0 + 5 < params.N;
  if (t33) {
    atomicAnd(&z[t2 + 2], 0xffffu);
    let t34 = min(t3, t0 + 5);
    let t35 = t34 >> 1u;
    let t36 = (t34 & 1) * 16;
    let t37 = unpack2x16float((select(0u, x[t35], t33) >> u32(t36)) & 0xffffu).x;
    let t38 = unpack2x16float((select(0u, y[t35], t33) >> u32(t36)) & 0xffffu).x;
    atomicOr(&z[t2 + 2], pack_f16(f32(f16(t37) + f16(t38))) << 16u);
  }
  let t39 = t0 + 6 < params.N;
  if (t39) {
    atomicAnd(&z[t2 + 3], 0xffff0000u);
    let t40 = min(t3, t0 + 6);
    let t41 = t40 >> 1u;
    let t42 = (t40 & 1) * 16;
    let t43 = unpack2x16float((select(0u, x[t41], t39) >> u32(t42)) & 0xffffu).x;
    let t44 = unpack2x16float((select(0u, y[t41], t39) >> u32(t42)) & 0xffffu).x;
    atomicOr(&z[t2 + 3], pack_f16(f32(f16(t43) + f16(t44))));
  }
  let t45 = t0 + 7 < params.N;
  if (t45) {
    atomicAnd(&z[t2 + 3], 0xffffu);
    let t46 = min(t3, t0 + 7);
    let t47 = t46 >> 1u;
    let t48 = (t46 & 1) * 16;
    let t49 = unpack2x16float((select(0u, x[t47], t45) >> u32(t48)) & 0xffffu).x;
    let t50 = unpack2x16float((select(0u, y[t47], t45) >> u32(t48)) & 0xffffu).x;
    atomicOr(&z[t2 + 3], pack_f16(f32(f16(t49) + f16(t50))) << 16u);
  }
}
