// softmax N = 4096, BM = 4, BN = 512; target subgroups
// 215 lines, 24 memory accesses, 32 bytes of workgroup memory
enable f16;
enable subgroups;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 8>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(128)
fn softmax(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 3) >> 2u)) { return; }
  let b = i32(block);
  var v3_0 = -65504f;
  var v3_1 = -65504f;
  var v5_0 = 0f; var v5_1 = 0f;
  let t0 = b * 4 + (t >> 6u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = min(t0, t2);
  let t4 = (t & 63) + t3 * 512;
  let t5 = t0 + 2 < params.M;
  let t6 = min(t2, t0 + 2);
  let t7 = (t & 63) + t6 * 512;
  let t8 = (t & 31) == 0;
  let t9 = (t >> 6u) * 2;
  for (var n = 0; n < 4096; n += 512) {
    let t10 = x[t4 + (n >> 3u)];
    let v8_0 = f32(select(-65504h, f16(unpack2x16float(t10.x).x), t1));
    let v8_1 = f32(select(-65504h, f16(unpack2x16float(t10.x).y), t1));
    let v8_2 = f32(select(-65504h, f16(unpack2x16float(t10.y).x), t1));
    let v8_3 = f32(select(-65504h, f16(unpack2x16float(t10.y).y), t1));
    let v8_4 = f32(select(-65504h, f16(unpack2x16float(t10.z).x), t1));
    let v8_5 = f32(select(-65504h, f16(unpack2x16float(t10.z).y), t1));
    let v8_6 = f32(select(-65504h, f16(unpack2x16float(t10.w).x), t1));
    let v8_7 = f32(select(-65504h, f16(unpack2x16float(t10.w).y), t1));
    let t11 = x[t7 + (n >> 3u)];
    let v8_8 = f32(select(-65504h, f16(unpack2x16float(t11.x).x), t5));
    let v8_9 = f32(select(-65504h, f16(unpack2x16float(t11.x).y), t5));
    let v8_10 = f32(select(-65504h, f16(unpack2x16float(t11.y).x), t5));
    let v8_11 = f32(select(-65504h, f16(unpack2x16float(t11.y).y), t5));
    let v8_12 = f32(select(-65504h, f16(unpack2x16float(t11.z).x), t5));
    let v8_13 = f32(select(-65504h, f16(unpack2x16float(t11.z).y), t5));
    let v8_14 = f32(select(-65504h, f16(unpack2x16float(t11.w).x), t5));
    let v8_15 = f32(select(-65504h, f16(unpack2x16float(t11.w).y), t5));
    var v9_0 = bitcast<f32>(bits_ff800000);
    var v9_1 = bitcast<f32>(bits_ff800000);
    v9_0 = max(v9_0, v8_0);
    v9_0 = max(v9_0, v8_1);
    v9_0 = max(v9_0, v8_2);
    v9_0 = max(v9_0, v8_3);
    v9_0 = max(v9_0, v8_4);
    v9_0 = max(v9_0, v8_5);
    v9_0 = max(v9_0, v8_6);
    v9_0 = max(v9_0, v8_7);
    v9_1 = max(v9_1, v8_8);
    v9_1 = max(v9_1, v8_9);
    v9_1 = max(v9_1, v8_10);
    v9_1 = max(v9_1, v8_11);
    v9_1 = max(v9_1, v8_12);
    v9_1 = max(v9_1, v8_13);
    v9_1 = max(v9_1, v8_14);
    v9_1 = max(v9_1, v8_15);
    let other = subgroupShuffleXor(v9_0, 1u);
    v9_0 = max(v9_0, other);
    let other_1 = subgroupShuffleXor(v9_1, 1u);
    v9_1 = max(v9_1, other_1);
    let other_2 = subgroupShuffleXor(v9_0, 2u);
    v9_0 = max(v9_0, other_2);
    let other_3 = subgroupShuffleXor(v9_1, 2u);
    v9_1 = max(v9_1, other_3);
    let other_4 = subgroupShuffleXor(v9_0, 4u);
    v9_0 = max(v9_0, other_4);
    let other_5 = subgroupShuffleXor(v9_1, 4u);
    v9_1 = max(v9_1, other_5);
    let other_6 = subgroupShuffleXor(v9_0, 8u);
    v9_0 = max(v9_0, other_6);
    let other_7 = subgroupShuffleXor(v9_1, 8u);
    v9_1 = max(v9_1, other_7);
    let other_8 = subgroupShuffleXor(v9_0, 16u);
    v9_0 = max(v9_0, other_8);
    let other_9 = subgroupShuffleXor(v9_1, 16u);
    v9_1 = max(v9_1, other_9);
    workgroupBarrier();
    if (t8) {
      scratch[t >> 5u] = bitcast<u32>(v9_0);
      scratch[(t >> 5u) + 4] = bitcast<u32>(v9_1);
    }
    workgroupBarrier();
    let v9_0_1 = max(bitcast<f32>(scratch[t9]), bitcast<f32>(scratch[t9 + 1]));
    let v9_1_1 = max(bitcast<f32>(scratch[t9 + 4]), bitcast<f32>(scratch[t9 + 5]));
    let v10_0 = max(v3_0, v9_0_1);
    let v10_1 = max(v3_1, v9_1_1);
    var v24_0 = 0f; var v24_1 = 0f;
    v24_0 += select(0f, exp(max(v8_0 - v10_0, -100f)), (v8_0 > -65504f));
    v24_0 += select(0f, exp(max(v8_1 - v10_0, -100f)), (v8_1 > -65504f));
    v24_0 += select(0f, exp(max(v8_2 - v10_0, -100f)), (v8_2 > -65504f));
    v24_0 += select(0f, exp(max(v8_3 - v10_0, -100f)), (v8_3 > -65504f));
    v24_0 += select(0f, exp(max(v8_4 - v10_0, -100f)), (v8_4 > -65504f));
    v24_0 += select(0f, exp(max(v8_5 - v10_0, -100f)), (v8_5 > -65504f));
    v24_0 += select(0f, exp(max(v8_6 - v10_0, -100f)), (v8_6 > -65504f));
    v24_0 += select(0f, exp(max(v8_7 - v10_0, -100f)), (v8_7 > -65504f));
    v24_1 += select(0f, exp(max(v8_8 - v10_1, -100f)), (v8_8 > -65504f));
    v24_1 += select(0f, exp(max(v8_9 - v10_1, -100f)), (v8_9 > -65504f));
    v24_1 += select(0f, exp(max(v8_10 - v10_1, -100f)), (v8_10 > -65504f));
    v24_1 += select(0f, exp(max(v8_11 - v10_1, -100f)), (v8_11 > -65504f));
    v24_1 += select(0f, exp(max(v8_12 - v10_1, -100f)), (v8_12 > -65504f));
    v24_1 += select(0f, exp(max(v8_13 - v10_1, -100f)), (v8_13 > -65504f));
    v24_1 += select(0f, exp(max(v8_14 - v10_1, -100f)), (v8_14 > -65504f));
    v24_1 += select(0f, exp(max(v8_15 - v10_1, -100f)), (v8_15 > -65504f));
    let other_10 = subgroupShuffleXor(v24_0, 1u);
    v24_0 += other_10;
    let other_11 = subgroupShuffleXor(v24_1, 1u);
    v24_1 += other_11;
    let other_12 = subgroupShuffleXor(v24_0, 2u);
    v24_0 += other_12;
    let other_13 = subgroupShuffleXor(v24_1, 2u);
    v24_1 += other_13;
    let other_14 = subgroupShuffleXor(v24_0, 4u);
    v24_0 += other_14;
    let other_15 = subgroupShuffleXor(v24_1, 4u);
    v24_1 += other_15;
    let other_16 = subgroupShuffleXor(v24_0, 8u);
    v24_0 += other_16;
    let other_17 = subgroupShuffleXor(v24_1, 8u);
    v24_1 += other_17;
    let other_18 = subgroupShuffleXor(v24_0, 16u);
    v24_0 += other_18;
    let other_19 = subgroupShuffleXor(v24_1, 16u);
    v24_1 += other_19;
    workgroupBarrier();
    if (t8) {
      scratch[t >> 5u] = bitcast<u32>(v24_0);
      scratch[(t >> 5u) + 4] = bitcast<u32>(v24_1);
    }
    workgroupBarrier();
    let v24_0_1 = bitcast<f32>(scratch[t9]) + bitcast<f32>(scratch[t9 + 1]);
    let v24_1_1 = bitcast<f32>(scratch[t9 + 4]) + bitcast<f32>(scratch[t9 + 5]);
    v5_0 = v5_0 * exp(max(v3_0 - v10_0, -100f)) + v24_0_1;
    v5_1 = v5_1 * exp(max(v3_1 - v10_1, -100f)) + v24_1_1;
    v3_0 = v10_0;
    v3_1 = v10_1;
  }
  let v29_0 = 1f / max(v5_0, 1f);
  let v29_1 = 1f / max(v5_1, 1f);
  let t12 = (t & 63) * 4 + t3 * 2048;
  let t13 = (t & 63) * 4 + t6 * 2048;
  for (var n = 0; n < 4096; n += 512) {
    let t14 = x[t4 + (n >> 3u)];
    let v32_0 = f32(select(-65504h, f16(unpack2x16float(t14.x).x), t1));
    let v32_1 = f32(select(-65504h, f16(unpack2x16float(t14.x).y), t1));
    let v32_2 = f32(select(-65504h, f16(unpack2x16float(t14.y).x), t1));
    let v32_3 = f32(select(-65504h, f16(unpack2x16float(t14.y).y), t1));
    let v32_4 = f32(select(-65504h, f16(unpack2x16float(t14.z).x), t1));
    let v32_5 = f32(select(-65504h, f16(unpack2x16float(t14.z).y), t1));
    let v32_6 = f32(select(-65504h, f16(unpack2x16float(t14.w).x), t1));
    let v32_7 = f32(select(-65504h, f16(unpack2x16float(t14.w).y), t1));
    let t15 = x[t7 + (n >> 3u)];
    let v32_8 = f32(select(-65504h, f16(unpack2x16float(t15.x).x), t5));
    let v32_9 = f32(select(-65504h, f16(unpack2x16float(t15.x).y), t5));
    let v32_10 = f32(select(-65504h, f16(unpack2x16float(t15.y).x), t5));
    let v32_11 = f32(select(-65504h, f16(unpack2x16float(t15.y).y), t5));
    let v32_12 = f32(select(-65504h, f16(unpack2x16float(t15.z).x), t5));
    let v32_13 = f32(select(-65504h, f16(unpack2x16float(t15.z).y), t5));
    let v32_14 = f32(select(-65504h, f16(unpack2x16float(t15.w).x), t5));
    let v32_15 = f32(select(-65504h, f16(unpack2x16float(t15.w).y), t5));
    if (t1) {
      let t16 = t12 + (n >> 1u);
      let t17 = select(0f, exp(max(v32_0 - v3_0, -100f)), (v32_0 > -65504f)) * v29_0;
      let t18 = v29_0 * select(0f, exp(max(v32_1 - v3_0, -100f)), (v32_1 > -65504f));
      y[t16] = encode(bitcast<u32>(t17)) | (encode(bitcast<u32>(t18)) << 16u);
      let t19 = v29_0 * select(0f, exp(max(v32_2 - v3_0, -100f)), (v32_2 > -65504f));
      let t20 = v29_0 * select(0f, exp(max(v32_3 - v3_0, -100f)), (v32_3 > -65504f));
      y[t16 + 1] = encode(bitcast<u32>(t19)) | (encode(bitcast<u32>(t20)) << 16u);
      let t21 = v29_0 * select(0f, exp(max(v32_4 - v3_0, -100f)), (v32_4 > -65504f));
      let t22 = v29_0 * select(0f, exp(max(v32_5 - v3_0, -100f)), (v32_5 > -65504f));
      y[t16 + 2] = encode(bitcast<u32>(t21)) | (encode(bitcast<u32>(t22)) << 16u);
      let t23 = v29_0 * select(0f, exp(max(v32_6 - v3_0, -100f)), (v32_6 > -65504f));
      let t24 = v29_0 * select(0f, exp(max(v32_7 - v3_0, -100f)), (v32_7 > -65504f));
      y[t16 + 3] = encode(bitcast<u32>(t23)) | (encode(bitcast<u32>(t24)) << 16u);
    }
    if (t5) {
      let t25 = t13 + (n >> 1u);
      let t26 = select(0f, exp(max(v32_8 - v3_1, -100f)), (v32_8 > -65504f)) * v29_1;
      let t27 = v29_1 * select(0f, exp(max(v32_9 - v3_1, -100f)), (v32_9 > -65504f));
      y[t25] = encode(bitcast<u32>(t26)) | (encode(bitcast<u32>(t27)) << 16u);
      let t28 = v29_1 * select(0f, exp(max(v32_10 - v3_1, -100f)), (v32_10 > -65504f));
      let t29 = v29_1 * select(0f, exp(max(v32_11 - v3_1, -100f)), (v32_11 > -65504f));
      y[t25 + 1] = encode(bitcast<u32>(t28)) | (encode(bitcast<u32>(t29)) << 16u);
      let t30 = v29_1 * select(0f, exp(max(v32_12 - v3_1, -100f)), (v32_12 > -65504f));
      let t31 = v29_1 * select(0f, exp(max(v32_13 - v3_1, -100f)), (v32_13 > -65504f));
      y[t25 + 2] = encode(bitcast<u32>(t30)) | (encode(bitcast<u32>(t31)) << 16u);
      let t32 = v29_1 * select(0f, exp(max(v32_14 - v3_1, -100f)), (v32_14 > -65504f));
      let t33 = v29_1 * select(0f, exp(max(v32_15 - v3_1, -100f)), (v32_15 > -65504f));
      y[t25 + 3] = encode(bitcast<u32>(t32)) | (encode(bitcast<u32>(t33)) << 16u);
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
