// vector_add T = f16, BN = 512; target base
// 71 lines, 12 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> z: array<u32>;

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
  let t0 = b * 256 + t * 4;
  let t1 = (params.N + 1) >> 1u;
  let t2 = t0 < t1;
  let t3 = b * 512 + t * 8;
  let t4 = max(t1 - 1, 0);
  if (t2) {
    let t5 = min(t0, t4);
    let t6 = select(0u, x[t5], t2);
    let t7 = select(0u, y[t5], t2);
    let t8 = pack_f16(round_f16(unpack2x16float(t6).x + unpack2x16float(t7).x));
    let t9 = pack_f16(round_f16(unpack2x16float(t6).y + unpack2x16float(t7).y));
    z[t0] = select(0u, t8, (t3 < params.N)) | select(0u, t9 << 16u, (t3 + 1 < params.N));
  }
  let t10 = t0 + 1 < t1;
  if (t10) {
    let t11 = min(t4, t0 + 1);
    let t12 = select(0u, x[t11], t10);
    let t13 = select(0u, y[t11], t10);
    let t14 = pack_f16(round_f16(unpack2x16float(t12).x + unpack2x16float(t13).x));
    let t15 = pack_f16(round_f16(unpack2x16float(t12).y + unpack2x16float(t13).y));
    z[t0 + 1] = select(0u, t14, (t3 + 2 < params.N)) | select(0u, t15 << 16u, (t3 + 3 < params.N));
  }
  let t16 = t0 + 2 < t1;
  if (t16) {
    let t17 = min(t4, t0 + 2);
    let t18 = select(0u, x[t17], t16);
    let t19 = select(0u, y[t17], t16);
    let t20 = pack_f16(round_f16(unpack2x16float(t18).x + unpack2x16float(t19).x));
    let t21 = pack_f16(round_f16(unpack2x16float(t18).y + unpack2x16float(t19).y));
    z[t0 + 2] = select(0u, t20, (t3 + 4 < params.N)) | select(0u, t21 << 16u, (t3 + 5 < params.N));
  }
  let t22 = t0 + 3 < t1;
  if (t22) {
    let t23 = min(t4, t0 + 3);
    let t24 = select(0u, x[t23], t22);
    let t25 = select(0u, y[t23], t22);
    let t26 = pack_f16(round_f16(unpack2x16float(t24).x + unpack2x16float(t25).x));
    let t27 = pack_f16(round_f16(unpack2x16float(t24).y + unpack2x16float(t25).y));
    z[t0 + 3] = select(0u, t26, (t3 + 6 < params.N)) | select(0u, t27 << 16u, (t3 + 7 < params.N));
  }
}
