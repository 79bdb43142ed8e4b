// layer_norm N = 2048, BN = 512; target subgroups
// 108 lines, 17 memory accesses, 16 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> gain: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> bias: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 4>;

@compute @workgroup_size(128)
fn layer_norm(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var total = 0f;
  let t0 = m * 512 + t;
  let t1 = (t & 31) == 0;
  for (var n = 0; n < 2048; n += 512) {
    var v9 = 0f;
    let t2 = x[t0 + (n >> 2u)];
    v9 += unpack2x16float(t2.x).x;
    v9 += unpack2x16float(t2.x).y;
    v9 += unpack2x16float(t2.y).x;
    v9 += unpack2x16float(t2.y).y;
    let other = subgroupShuffleXor(v9, 1u);
    v9 += other;
    let other_1 = subgroupShuffleXor(v9, 2u);
    v9 += other_1;
    let other_2 = subgroupShuffleXor(v9, 4u);
    v9 += other_2;
    let other_3 = subgroupShuffleXor(v9, 8u);
    v9 += other_3;
    let other_4 = subgroupShuffleXor(v9, 16u);
    v9 += other_4;
    workgroupBarrier();
    if (t1) {
      scratch[t >> 5u] = bitcast<u32>(v9);
    }
    workgroupBarrier();
    let t3 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v9_1 = bitcast<f32>(scratch[3]) + t3;
    total += v9_1;
  }
  let mean = total * 0.00048828125f;
  var squares = 0f;
  for (var n = 0; n < 2048; n += 512) {
    let t4 = x[t0 + (n >> 2u)];
    let d_0 = unpack2x16float(t4.x).x - mean;
    let d_1 = unpack2x16float(t4.x).y - mean;
    let d_2 = unpack2x16float(t4.y).x - mean;
    let d_3 = unpack2x16float(t4.y).y - mean;
    var v27 = 0f;
    v27 += d_0 * d_0;
    v27 += d_1 * d_1;
    v27 += d_2 * d_2;
    v27 += d_3 * d_3;
    let other = subgroupShuffleXor(v27, 1u);
    v27 += other;
    let other_1 = subgroupShuffleXor(v27, 2u);
    v27 += other_1;
    let other_2 = subgroupShuffleXor(v27, 4u);
    v27 += other_2;
    let other_3 = subgroupShuffleXor(v27, 8u);
    v27 += other_3;
    let other_4 = subgroupShuffleXor(v27, 16u);
    v27 += other_4;
    workgroupBarrier();
    if (t1) {
      scratch[t >> 5u] = bitcast<u32>(v27);
    }
    workgroupBarrier();
    let t5 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v27_1 = bitcast<f32>(scratch[3]) + t5;
    squares += v27_1;
  }
  let scale = inverseSqrt(params.eps + squares * 0.00048828125f);
  let t6 = m * 1024 + t * 2;
  for (var n = 0; n < 2048; n += 512) {
    let t7 = t6 + (n >> 1u);
    let t8 = x[t0 + (n >> 2u)];
    let t9 = t + (n >> 2u);
    let t10 = gain[t9];
    let t11 = bias[t9];
    let t12 = (unpack2x16float(t8.x).x - mean) * scale * unpack2x16float(t10.x).x;
    let t13 = scale * (unpack2x16float(t8.x).y - mean) * unpack2x16float(t10.x).y;
    y[t7] = encode(bitcast<u32>(t12 + unpack2x16float(t11.x).x)) | (encode(bitcast<u32>(t13 + unpack2x16float(t11.x).y)) << 16u);
    let t14 = scale * (unpack2x16float(t8.y).x - mean) * unpack2x16float(t10.y).x;
    let t15 = scale * (unpack2x16float(t8.y).y - mean) * unpack2x16float(t10.y).y;
    y[t7 + 1] = encode(bitcast<u32>(t14 + unpack2x16float(t11.y).x)) | (encode(bitcast<u32>(t15 + unpack2x16float(t11.y).y)) << 16u);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
