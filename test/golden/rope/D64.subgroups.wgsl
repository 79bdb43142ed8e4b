// rope D = 64; target subgroups
// 73 lines, 6 memory accesses, 0 bytes of workgroup memory
enable subgroups;

struct Params {
  S: i32,
  H: i32,
  P: i32,
  first: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> cosine: array<u32>;
@group(0) @binding(2) var<storage, read> sine: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn rope(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.H + 1) >> 1u) * u32(params.S)) { return; }
  let h = i32(block % u32((params.H + 1) >> 1u));
  let s = i32(block / u32((params.H + 1) >> 1u));
  let t0 = (params.first + s >= 0) & (params.first + s < params.P);
  let t1 = t + max(min(params.first + s, max(params.P - 1, 0)), 0) * 32;
  let c = bitcast<f32>(select(0u, cosine[t1], t0));
  let d = bitcast<f32>(select(0u, sine[t1], t0));
  let t2 = h * 2 + (t >> 4u);
  let t3 = t2 < params.H;
  let t4 = (t & 15) + min(t2, max(params.H - 1, 0)) * 32 + params.H * s * 32;
  let t5 = select(0u, x[t4], t3);
  let u_0 = unpack2x16float(t5).x;
  let u_1 = unpack2x16float(t5).y;
  let t6 = select(0u, x[t4 + 16], t3);
  let v_0 = unpack2x16float(t6).x;
  let v_1 = unpack2x16float(t6).y;
  let t7 = (t & 15) * 2;
  let t8 = u32(t7);
  let other = subgroupShuffle(c, t8);
  let v24_0 = other;
  let t9 = u32(t7 + 1);
  let other_1 = subgroupShuffle(c, t9);
  let v24_1 = other_1;
  let other_2 = subgroupShuffle(d, t8);
  let v25_0 = other_2;
  let other_3 = subgroupShuffle(d, t9);
  let v25_1 = other_3;
  let t10 = h * 64 + (t >> 4u) * 32 + (t & 15) + params.H * s * 32;
  if (t3) {
    y[t10] = encode(bitcast<u32>(u_0 * v24_0 - v_0 * v25_0)) | (encode(bitcast<u32>(u_1 * v24_1 - v_1 * v25_1)) << 16u);
  }
  let other_4 = subgroupShuffle(c, t8);
  let v26_0 = other_4;
  let other_5 = subgroupShuffle(c, t9);
  let v26_1 = other_5;
  let other_6 = subgroupShuffle(d, t8);
  let v27_0 = other_6;
  let other_7 = subgroupShuffle(d, t9);
  let v27_1 = other_7;
  if (t3) {
    y[t10 + 16] = encode(bitcast<u32>(v_0 * v26_0 + u_0 * v27_0)) | (encode(bitcast<u32>(v_1 * v26_1 + u_1 * v27_1)) << 16u);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
