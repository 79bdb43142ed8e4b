// rope D = 64; target base
// 53 lines, 6 memory accesses, 0 bytes of workgroup memory
struct Params {
  S: i32,
  H: i32,
  P: i32,
  first: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> cosine: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> sine: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn rope(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.H + 1) >> 1u) * u32(params.S)) { return; }
  let h = i32(block % u32((params.H + 1) >> 1u));
  let s = i32(block / u32((params.H + 1) >> 1u));
  let t0 = h * 2 + (t >> 4u);
  let t1 = t0 < params.H;
  let t2 = (t & 15) + min(t0, max(params.H - 1, 0)) * 32 + params.H * s * 32;
  let t3 = select(0u, x[t2], t1);
  let u_0 = unpack2x16float(t3).x;
  let u_1 = unpack2x16float(t3).y;
  let t4 = select(0u, x[t2 + 16], t1);
  let v_0 = unpack2x16float(t4).x;
  let v_1 = unpack2x16float(t4).y;
  let t5 = (params.first + s >= 0) & (params.first + s < params.P);
  let t6 = (t & 15) + max(min(params.first + s, max(params.P - 1, 0)), 0) * 16;
  let t7 = cosine[t6];
  let v24_0 = bitcast<f32>(select(0u, t7.x, t5));
  let v24_1 = bitcast<f32>(select(0u, t7.y, t5));
  let t8 = sine[t6];
  let v25_0 = bitcast<f32>(select(0u, t8.x, t5));
  let v25_1 = bitcast<f32>(select(0u, t8.y, t5));
  if (t1) {
    let t9 = h * 64 + (t >> 4u) * 32 + (t & 15) + params.H * s * 32;
    y[t9] = encode(bitcast<u32>(u_0 * v24_0 - v_0 * v25_0)) | (encode(bitcast<u32>(u_1 * v24_1 - v_1 * v25_1)) << 16u);
    y[t9 + 16] = encode(bitcast<u32>(v24_0 * v_0 + u_0 * v25_0)) | (encode(bitcast<u32>(v24_1 * v_1 + u_1 * v25_1)) << 16u);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
