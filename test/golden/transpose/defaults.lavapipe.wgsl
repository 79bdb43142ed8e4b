// transpose with its defaults; target lavapipe
// 84 lines, 10 memory accesses, 2112 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let n = i32(block % u32((params.N + 31) >> 5u)) + frame[groups.x >> 31u];
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
  for (var s = 0; s < 8 + none; s++) {
    let t10 = t0 + s * 132;
    let t11 = t3 + s * 4;
    let t12 = min(t6, t11);
    let t13 = t12 & 1;
    let t14 = t8 + ((t9 * t13) >> 4u);
    let t15 = (x[t5 + (params.N * (t12 >> 1u) + t7 * t13 + (t14 >> 1u))] >> u32((t14 & 1) * 16)) & 0xffffu;
    tile[t10] = select(1h, f16(unpack2x16float(t15).x), t2 & (t11 < params.M));
    let t16 = min(t6, t11 + 2);
    let t17 = t16 & 1;
    let t18 = t8 + ((t9 * t17) >> 4u);
    let t19 = (x[t5 + (params.N * (t16 >> 1u) + t7 * t17 + (t18 >> 1u))] >> u32((t18 & 1) * 16)) & 0xffffu;
    tile[t10 + 66] = select(1h, f16(unpack2x16float(t19).x), t2 & (t11 + 2 < params.M));
  }
  workgroupBarrier();
  let t20 = m * 32 + (t & 31) < params.M;
  let t21 = n * 32 + (t >> 5u);
  let t22 = (t >> 1u) & 15;
  let t23 = (t >> 5u) * ((params.M * 16) >> 5u);
  let t24 = (t & 1) + (((t >> 5u) * ((params.M * 16) & 31)) >> 4u);
  let t25 = t24 >> 1u;
  let t26 = m * 16 + t22 + params.M * n * 16 + t23 + t25;
  let t27 = u32((t24 & 1) * 16);
  let t28 = ~(0xffffu << t27);
  let t29 = (t >> 5u) + (t & 31) * 33;
  let t30 = params.M + m * 16 + t22 + params.M * n * 16 + t23 + t25;
  for (var s = 0; s < 8 + none; s++) {
    let t31 = t21 + s * 4;
    let t32 = params.M * s * 2;
    let t33 = t29 + s * 4;
    if (t20 & (t31 < params.N)) {
      let t34 = t26 + t32;
      atomicAnd(&y[t34], t28);
      atomicOr(&y[t34], pack_f16(f32(tile[t33])) << t27);
    }
    if (t20 & (t31 + 2 < params.N)) {
      let t35 = t30 + t32;
      atomicAnd(&y[t35], t28);
      atomicOr(&y[t35], pack_f16(f32(tile[t33 + 2])) << t27);
    }
  }
}
