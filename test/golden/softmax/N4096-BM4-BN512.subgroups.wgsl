// softmax N = 4096, BM = 4, BN = 512; target subgroups
// 211 lines, 24 memory accesses, 32 bytes of workgroup memory
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
  var top_0 = -65504f;
  var top_1 = -65504f;
  var den_0 = 0f; var den_1 = 0f;
  let t0 = b * 4 + (t >> 6u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 63) + min(t0, t2) * 512;
  let t4 = t0 + 2 < params.M;
  let t5 = (t & 63) + min(t2, t0 + 2) * 512;
  let t6 = (t & 31) == 0;
  let t7 = (t >> 6u) * 2;
  for (var n = 0; n < 4096; n += 512) {
    let t8 = x[t3 + (n >> 3u)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t8.x).x), t1));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t8.x).y), t1));
    let v_2 = f32(select(-65504h, f16(unpack2x16float(t8.y).x), t1));
    let v_3 = f32(select(-65504h, f16(unpack2x16float(t8.y).y), t1));
    let v_4 = f32(select(-65504h, f16(unpack2x16float(t8.z).x), t1));
    let v_5 = f32(select(-65504h, f16(unpack2x16float(t8.z).y), t1));
    let v_6 = f32(select(-65504h, f16(unpack2x16float(t8.w).x), t1));
    let v_7 = f32(select(-65504h, f16(unpack2x16float(t8.w).y), t1));
    let t9 = x[t5 + (n >> 3u)];
    let v_8 = f32(select(-65504h, f16(unpack2x16float(t9.x).x), t4));
    let v_9 = f32(select(-65504h, f16(unpack2x16float(t9.x).y), t4));
    let v_10 = f32(select(-65504h, f16(unpack2x16float(t9.y).x), t4));
    let v_11 = f32(select(-65504h, f16(unpack2x16float(t9.y).y), t4));
    let v_12 = f32(select(-65504h, f16(unpack2x16float(t9.z).x), t4));
    let v_13 = f32(select(-65504h, f16(unpack2x16float(t9.z).y), t4));
    let v_14 = f32(select(-65504h, f16(unpack2x16float(t9.w).x), t4));
    let v_15 = f32(select(-65504h, f16(unpack2x16float(t9.w).y), t4));
    var v9_0 = bitcast<f32>(bits_ff800000);
    var v9_1 = bitcast<f32>(bits_ff800000);
    v9_0 = max(v9_0, v_0);
    v9_0 = max(v9_0, v_1);
    v9_0 = max(v9_0, v_2);
    v9_0 = max(v9_0, v_3);
    v9_0 = max(v9_0, v_4);
    v9_0 = max(v9_0, v_5);
    v9_0 = max(v9_0, v_6);
    v9_0 = max(v9_0, v_7);
    v9_1 = max(v9_1, v_8);
    v9_1 = max(v9_1, v_9);
    v9_1 = max(v9_1, v_10);
    v9_1 = max(v9_1, v_11);
    v9_1 = max(v9_1, v_12);
    v9_1 = max(v9_1, v_13);
    v9_1 = max(v9_1, v_14);
    v9_1 = max(v9_1, v_15);
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
    if (t6) {
      scratch[t >> 5u] = bitcast<u32>(v9_0);
      scratch[(t >> 5u) + 4] = bitcast<u32>(v9_1);
    }
    workgroupBarrier();
    let v9_0_1 = max(bitcast<f32>(scratch[t7]), bitcast<f32>(scratch[t7 + 1]));
    let v9_1_1 = max(bitcast<f32>(scratch[t7 + 4]), bitcast<f32>(scratch[t7 + 5]));
    let t_0 = max(top_0, v9_0_1);
    let t_1 = max(top_1, v9_1_1);
    var v24_0 = 0f; var v24_1 = 0f;
    v24_0 += select(0f, exp(max(v_0 - t_0, -100f)), (v_0 > -65504f));
    v24_0 += select(0f, exp(max(v_1 - t_0, -100f)), (v_1 > -65504f));
    v24_0 += select(0f, exp(max(v_2 - t_0, -100f)), (v_2 > -65504f));
    v24_0 += select(0f, exp(max(v_3 - t_0, -100f)), (v_3 > -65504f));
    v24_0 += select(0f, exp(max(v_4 - t_0, -100f)), (v_4 > -65504f));
    v24_0 += select(0f, exp(max(v_5 - t_0, -100f)), (v_5 > -65504f));
    v24_0 += select(0f, exp(max(v_6 - t_0, -100f)), (v_6 > -65504f));
    v24_0 += select(0f, exp(max(v_7 - t_0, -100f)), (v_7 > -65504f));
    v24_1 += select(0f, exp(max(v_8 - t_1, -100f)), (v_8 > -65504f));
    v24_1 += select(0f, exp(max(v_9 - t_1, -100f)), (v_9 > -65504f));
    v24_1 += select(0f, exp(max(v_10 - t_1, -100f)), (v_10 > -65504f));
    v24_1 += select(0f, exp(max(v_11 - t_1, -100f)), (v_11 > -65504f));
    v24_1 += select(0f, exp(max(v_12 - t_1, -100f)), (v_12 > -65504f));
    v24_1 += select(0f, exp(max(v_13 - t_1, -100f)), (v_13 > -65504f));
    v24_1 += select(0f, exp(max(v_14 - t_1, -100f)), (v_14 > -65504f));
    v24_1 += select(0f, exp(max(v_15 - t_1, -100f)), (v_15 > -65504f));
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
    if (t6) {
      scratch[t >> 5u] = bitcast<u32>(v24_0);
      scratch[(t >> 5u) + 4] = bitcast<u32>(v24_1);
    }
    workgroupBarrier();
    let v24_0_1 = bitcast<f32>(scratch[t7]) + bitcast<f32>(scratch[t7 + 1]);
    let v24_1_1 = bitcast<f32>(scratch[t7 + 4]) + bitcast<f32>(scratch[t7 + 5]);
    den_0 = den_0 * exp(max(top_0 - t_0, -100f)) + v24_0_1;
    den_1 = den_1 * exp(max(top_1 - t_1, -100f)) + v24_1_1;
    top_0 = t_0;
    top_1 = t_1;
  }
  let scale_0 = 1f / max(den_0, 1f);
  let scale_1 = 1f / max(den_1, 1f);
  let t10 = b * 8192 + (t >> 6u) * 2048 + (t & 63) * 4;
  for (var n = 0; n < 4096; n += 512) {
    let t11 = x[t3 + (n >> 3u)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t11.x).x), t1));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t11.x).y), t1));
    let v_2 = f32(select(-65504h, f16(unpack2x16float(t11.y).x), t1));
    let v_3 = f32(select(-65504h, f16(unpack2x16float(t11.y).y), t1));
    let v_4 = f32(select(-65504h, f16(unpack2x16float(t11.z).x), t1));
    let v_5 = f32(select(-65504h, f16(unpack2x16float(t11.z).y), t1));
    let v_6 = f32(select(-65504h, f16(unpack2x16float(t11.w).x), t1));
    let v_7 = f32(select(-65504h, f16(unpack2x16float(t11.w).y), t1));
    let t12 = x[t5 + (n >> 3u)];
    let v_8 = f32(select(-65504h, f16(unpack2x16float(t12.x).x), t4));
    let v_9 = f32(select(-65504h, f16(unpack2x16float(t12.x).y), t4));
    let v_10 = f32(select(-65504h, f16(unpack2x16float(t12.y).x), t4));
    let v_11 = f32(select(-65504h, f16(unpack2x16float(t12.y).y), t4));
    let v_12 = f32(select(-65504h, f16(unpack2x16float(t12.z).x), t4));
    let v_13 = f32(select(-65504h, f16(unpack2x16float(t12.z).y), t4));
    let v_14 = f32(select(-65504h, f16(unpack2x16float(t12.w).x), t4));
    let v_15 = f32(select(-65504h, f16(unpack2x16float(t12.w).y), t4));
    let t13 = t10 + (n >> 1u);
    if (t1) {
      let t14 = select(0f, exp(max(v_0 - top_0, -100f)), (v_0 > -65504f)) * scale_0;
      let t15 = scale_0 * select(0f, exp(max(v_1 - top_0, -100f)), (v_1 > -65504f));
      y[t13] = encode(bitcast<u32>(t14)) | (encode(bitcast<u32>(t15)) << 16u);
      let t16 = scale_0 * select(0f, exp(max(v_2 - top_0, -100f)), (v_2 > -65504f));
      let t17 = scale_0 * select(0f, exp(max(v_3 - top_0, -100f)), (v_3 > -65504f));
      y[t13 + 1] = encode(bitcast<u32>(t16)) | (encode(bitcast<u32>(t17)) << 16u);
      let t18 = scale_0 * select(0f, exp(max(v_4 - top_0, -100f)), (v_4 > -65504f));
      let t19 = scale_0 * select(0f, exp(max(v_5 - top_0, -100f)), (v_5 > -65504f));
      y[t13 + 2] = encode(bitcast<u32>(t18)) | (encode(bitcast<u32>(t19)) << 16u);
      let t20 = scale_0 * select(0f, exp(max(v_6 - top_0, -100f)), (v_6 > -65504f));
      let t21 = scale_0 * select(0f, exp(max(v_7 - top_0, -100f)), (v_7 > -65504f));
      y[t13 + 3] = encode(bitcast<u32>(t20)) | (encode(bitcast<u32>(t21)) << 16u);
    }
    if (t4) {
      let t22 = select(0f, exp(max(v_8 - top_1, -100f)), (v_8 > -65504f)) * scale_1;
      let t23 = scale_1 * select(0f, exp(max(v_9 - top_1, -100f)), (v_9 > -65504f));
      y[t13 + 4096] = encode(bitcast<u32>(t22)) | (encode(bitcast<u32>(t23)) << 16u);
      let t24 = scale_1 * select(0f, exp(max(v_10 - top_1, -100f)), (v_10 > -65504f));
      let t25 = scale_1 * select(0f, exp(max(v_11 - top_1, -100f)), (v_11 > -65504f));
      y[t13 + 4097] = encode(bitcast<u32>(t24)) | (encode(bitcast<u32>(t25)) << 16u);
      let t26 = scale_1 * select(0f, exp(max(v_12 - top_1, -100f)), (v_12 > -65504f));
      let t27 = scale_1 * select(0f, exp(max(v_13 - top_1, -100f)), (v_13 > -65504f));
      y[t13 + 4098] = encode(bitcast<u32>(t26)) | (encode(bitcast<u32>(t27)) << 16u);
      let t28 = scale_1 * select(0f, exp(max(v_14 - top_1, -100f)), (v_14 > -65504f));
      let t29 = scale_1 * select(0f, exp(max(v_15 - top_1, -100f)), (v_15 > -65504f));
      y[t13 + 4099] = encode(bitcast<u32>(t28)) | (encode(bitcast<u32>(t29)) << 16u);
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
