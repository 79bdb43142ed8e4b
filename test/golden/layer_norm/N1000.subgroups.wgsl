// layer_norm N = 1000; target subgroups
// 103 lines, 16 memory accesses, 16 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> gain: array<u32>;
@group(0) @binding(2) var<storage, read> bias: array<u32>;
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
  let t0 = (t & 31) == 0;
  for (var n = 0; n < 1000; n += 256) {
    var v9 = 0f;
    let t1 = select(0u, x[m * 500 + min(t + (n >> 1u), 499)], (t * 2 + n < 1000));
    v9 += unpack2x16float(t1).x;
    v9 += unpack2x16float(t1).y;
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
    if (t0) {
      scratch[t >> 5u] = bitcast<u32>(v9);
    }
    workgroupBarrier();
    let t2 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v9_1 = bitcast<f32>(scratch[3]) + t2;
    total += v9_1;
  }
  let mean = total / 1000f;
  var squares = 0f;
  for (var n = 0; n < 1000; n += 256) {
    let t3 = t * 2 + n < 1000;
    let t4 = select(0u, x[m * 500 + min(t + (n >> 1u), 499)], t3);
    let d_0 = select(0f, unpack2x16float(t4).x - mean, t3);
    let d_1 = select(0f, unpack2x16float(t4).y - mean, t3);
    var v27 = 0f;
    v27 += d_0 * d_0;
    v27 += d_1 * d_1;
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
    if (t0) {
      scratch[t >> 5u] = bitcast<u32>(v27);
    }
    workgroupBarrier();
    let t5 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v27_1 = bitcast<f32>(scratch[3]) + t5;
    squares += v27_1;
  }
  let scale = inverseSqrt(params.eps + squares / 1000f);
  let t6 = m * 500 + t;
  for (var n = 0; n < 1000; n += 256) {
    let t7 = t * 2 + n < 1000;
    if (t7) {
      let t8 = min(t + (n >> 1u), 499);
      let t9 = select(0u, x[m * 500 + t8], t7);
      let t10 = select(0u, gain[t8], t7);
      let t11 = select(0u, bias[t8], t7);
      let t12 = (unpack2x16float(t9).x - mean) * scale * unpack2x16float(t10).x + unpack2x16float(t11).x;
      let t13 = bitcast<u32>(t12);
      let t14 = t13 & 0x7fffffffu;
      let t15 = scale * (unpack2x16float(t9).y - mean) * unpack2x16float(t10).y + unpack2x16float(t11).y;
      let t16 = bitcast<u32>(t15);
      let t17 = t16 & 0x7fffffffu;
      let t18 = select(pack2x16float(vec2(bitcast<f32>(min(t14, 0x477fe000u)), 0f)), 0x7c00u, t14 == 0x7f800000u);
      let t19 = select(t18 | ((t13 >> 16u) & 0x8000u), 0x7e00u, (t14 >= 0x7f800001u));
      let t20 = select(pack2x16float(vec2(bitcast<f32>(min(t17, 0x477fe000u)), 0f)), 0x7c00u, t17 == 0x7f800000u);
      let t21 = select(t20 | ((t16 >> 16u) & 0x8000u), 0x7e00u, (t17 >= 0x7f800001u));
      y[t6 + (n >> 1u)] = t19 | (t21 << 16u);
    }
  }
}
