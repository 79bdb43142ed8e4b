// vector_add T = f16, BN = 512; target lavapipe
// 57 lines, 6 memory accesses, 0 bytes of workgroup memory
enable f16;

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

@compute @workgroup_size(64)
fn vector_add(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 511) >> 9u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 256 + t * 4;
  let t1 = (params.N + 1) >> 1u;
  let t2 = b * 512 + t * 8;
  let t3 = max(t1 - 1, 0);
  for (var s = 0; s < 2 + none; s++) {
    let t4 = t0 + s * 2;
    let t5 = t4 < t1;
    let t6 = t2 + s * 4;
    if (t5) {
      let t7 = min(t3, t4);
      let t8 = select(0u, x[t7], t5);
      let t9 = select(0u, y[t7], t5);
      let t10 = pack_f16(f32(f16(unpack2x16float(t8).x) + f16(unpack2x16float(t9).x)));
      let t11 = pack_f16(f32(f16(unpack2x16float(t8).y) + f16(unpack2x16float(t9).y)));
      z[t4] = select(0u, t10, (t6 < params.N)) | select(0u, t11 << 16u, (t6 + 1 < params.N));
    }
    let t12 = t4 + 1 < t1;
    if (t12) {
      let t13 = min(t3, t4 + 1);
      let t14 = select(0u, x[t13], t12);
      let t15 = select(0u, y[t13], t12);
      let t16 = pack_f16(f32(f16(unpack2x16float(t14).x) + f16(unpack2x16float(t15).x)));
      let t17 = pack_f16(f32(f16(unpack2x16float(t14).y) + f16(unpack2x16float(t15).y)));
      z[t4 + 1] = select(0u, t16, (t6 + 2 < params.N)) | select(0u, t17 << 16u, (t6 + 3 < params.N));
    }
  }
}
