// w2star K = 256; target subgroups
// 67 lines, 17 memory accesses, 0 bytes of workgroup memory
enable subgroups;

struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
const T0 = array<i32, 8>(-2, -1, 0, 1, 2, 2, 2, 2);

@compute @workgroup_size(64)
fn gemv_w2star(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u)) { return; }
  let b = i32(block);
  var acc = 0f;
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = t2 * 20;
  let t4 = (t & 7) * 13;
  for (var c = 0; c < 20; c += 8) {
    let t5 = (t & 7) + c;
    let t6 = t5 < 20;
    let code = select(0u, w[t3 + min(t5, 19)], t1 & t6);
    var v16 = 0f;
    let t7 = t4 + c * 13;
    v16 += f32(T0[(code - code / 5u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7, 255)], t6));
    v16 += f32(T0[(code / 5u - code / 25u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 1, 255)], t6));
    v16 += f32(T0[(code / 25u - code / 125u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 2, 255)], t6));
    v16 += f32(T0[(code / 125u - code / 0x271u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 3, 255)], t6));
    v16 += f32(T0[(code / 0x271u - code / 0xc35u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 4, 255)], t6));
    v16 += f32(T0[(code / 0xc35u - code / 0x3d09u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 5, 255)], t6));
    v16 += f32(T0[(code / 0x3d09u - code / 0x1312du * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 6, 255)], t6));
    v16 += f32(T0[(code / 0x1312du - code / 0x5f5e1u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 7, 255)], t6));
    v16 += f32(T0[(code / 0x5f5e1u - code / 0x1dcd65u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 8, 255)], t6));
    let t8 = t5 < 19;
    v16 += f32(T0[(code / 0x1dcd65u - code / 0x9502f9u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 9, 255)], t8));
    v16 += f32(T0[(code / 0x9502f9u - code / 0x2e90eddu * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 10, 255)], t8));
    v16 += f32(T0[(code / 0x2e90eddu - code / 0xe8d4a51u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 11, 255)], t8));
    v16 += f32(T0[(code / 0xe8d4a51u - code / 0x48c27395u * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7 + 12, 255)], t8));
    acc += v16;
  }
  var v19 = acc;
  let other = subgroupShuffleXor(v19, 1u);
  v19 += other;
  let other_1 = subgroupShuffleXor(v19, 2u);
  v19 += other_1;
  let other_2 = subgroupShuffleXor(v19, 4u);
  v19 += other_2;
  if ((t & 7) == 0) {
    if (t1) {
      let t9 = v19 * bitcast<f32>(select(0u, s[t2], t1)) + bitcast<f32>(select(0u, bias[t2], t1));
      y[t0] = bitcast<u32>(t9);
    }
  }
}
