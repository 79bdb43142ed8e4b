// transpose with its defaults; target lavapipe
// 64 lines, 5 memory accesses, 2112 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<atomic<u32>>;
var<workgroup> tile: array<f16, 1056>;

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
  let t0 = (t >> 5u) * 33 + (t & 31);
  let t1 = n * 32 + (t & 31);
  let t2 = t1 < params.N;
  let t3 = m * 32 + (t >> 5u);
  let t4 = min(t1, max(params.N - 1, 0));
  let t5 = t4 >> 1u;
  let t6 = max(params.M - 1, 0);
  let t7 = (params.N * 16) >> 5u;
  let t8 = t4 & 1;
  let t9 = (params.N * 16) & 31;
  for (var s = 0; s < 16; s++) {
    let t10 = t3 + s * 2;
    let t11 = min(t6, t10);
    let t12 = t11 & 1;
    let t13 = t8 + ((t9 * t12) >> 4u);
    let t14 = (x[t5 + (params.N * (t11 >> 1u) + t7 * t12 + (t13 >> 1u))] >> u32((t13 & 1) * 16)) & 0xffffu;
    tile[t0 + s * 66] = select(1h, f16(unpack2x16float(t14).x), t2 & (t10 < params.M));
  }
  workgroupBarrier();
  let t15 = m * 32 + (t & 31) < params.M;
  let t16 = n * 32 + (t >> 5u);
  let t17 = (t & 1) + (((t >> 5u) * ((params.M * 16) & 31)) >> 4u);
  let t18 = m * 16 + ((t >> 1u) & 15) + params.M * n * 16 + (t >> 5u) * ((params.M * 16) >> 5u) + (t17 >> 1u);
  let t19 = u32((t17 & 1) * 16);
  let t20 = ~(0xffffu << t19);
  let t21 = (t >> 5u) + (t & 31) * 33;
  for (var s = 0; s < 16; s++) {
    if (t15 & (t16 + s * 2 < params.N)) {
      let t22 = t18 + params.M * s;
      atomicAnd(&y[t22], t20);
      atomicOr(&y[t22], pack_f16(f32(tile[t21 + s * 2])) << t19);
    }
  }
}
