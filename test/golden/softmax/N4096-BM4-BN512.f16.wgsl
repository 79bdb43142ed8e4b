// softmax N = 4096, BM = 4, BN = 512; target f16
// 185 lines, 26 memory accesses, 1024 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 256>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(128)
fn softmax(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
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
  let t8 = (t >> 5u) * 64 + (t & 31);
  let t9 = (t >> 6u) * 64;
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
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9_0);
    scratch[t + 128] = bitcast<u32>(v9_1);
    workgroupBarrier();
    for (var r = 0; r < 6; r++) {
      let t12 = ((1 << u32(r)) + 63) >> u32(r);
      let t13 = (t12 + 1) >> 1u;
      if ((t & 31) + t13 < t12) {
        scratch[t8] = bitcast<u32>(max(bitcast<f32>(scratch[t8]), bitcast<f32>(scratch[t8 + t13])));
      }
      workgroupBarrier();
    }
    let v9_0_1 = bitcast<f32>(scratch[t9]);
    let v9_1_1 = bitcast<f32>(scratch[t9 + 128]);
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
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v24_0);
    scratch[t + 128] = bitcast<u32>(v24_1);
    workgroupBarrier();
    for (var r = 0; r < 6; r++) {
      let t14 = ((1 << u32(r)) + 63) >> u32(r);
      let t15 = (t14 + 1) >> 1u;
      if ((t & 31) + t15 < t14) {
        scratch[t8] = bitcast<u32>(bitcast<f32>(scratch[t8]) + bitcast<f32>(scratch[t8 + t15]));
      }
      workgroupBarrier();
    }
    let v24_0_1 = bitcast<f32>(scratch[t9]);
    let v24_1_1 = bitcast<f32>(scratch[t9 + 128]);
    v5_0 = v5_0 * exp(max(v3_0 - v10_0, -100f)) + v24_0_1;
    v5_1 = v5_1 * exp(max(v3_1 - v10_1, -100f)) + v24_1_1;
    v3_0 = v10_0;
    v3_1 = v10_1;
  }
  let v29_0 = 1f / max(v5_0, 1f);
  let v29_1 = 1f / max(v5_1, 1f);
  let t16 = (t & 63) * 4 + t3 * 2048;
  let t17 = (t & 63) * 4 + t6 * 2048;
  for (var n = 0; n < 4096; n += 512) {
    let t18 = x[t4 + (n >> 3u)];
    let v32_0 = f32(select(-65504h, f16(unpack2x16float(t18.x).x), t1));
    let v32_1 = f32(select(-65504h, f16(unpack2x16float(t18.x).y), t1));
    let v32_2 = f32(select(-65504h, f16(unpack2x16float(t18.y).x), t1));
    let v32_3 = f32(select(-65504h, f16(unpack2x16float(t18.y).y), t1));
    let v32_4 = f32(select(-65504h, f16(unpack2x16float(t18.z).x), t1));
    let v32_5 = f32(select(-65504h, f16(unpack2x16float(t18.z).y), t1));
    let v32_6 = f32(select(-65504h, f16(unpack2x16float(t18.w).x), t1));
    let v32_7 = f32(select(-65504h, f16(unpack2x16float(t18.w).y), t1));
    let t19 = x[t7 + (n >> 3u)];
    let v32_8 = f32(select(-65504h, f16(unpack2x16float(t19.x).x), t5));
    let v32_9 = f32(select(-65504h, f16(unpack2x16float(t19.x).y), t5));
    let v32_10 = f32(select(-65504h, f16(unpack2x16float(t19.y).x), t5));
    let v32_11 = f32(select(-65504h, f16(unpack2x16float(t19.y).y), t5));
    let v32_12 = f32(select(-65504h, f16(unpack2x16float(t19.z).x), t5));
    let v32_13 = f32(select(-65504h, f16(unpack2x16float(t19.z).y), t5));
    let v32_14 = f32(select(-65504h, f16(unpack2x16float(t19.w).x), t5));
    let v32_15 = f32(select(-65504h, f16(unpack2x16float(t19.w).y), t5));
    if (t1) {
      let t20 = t16 + (n >> 1u);
      let t21 = select(0f, exp(max(v32_0 - v3_0, -100f)), (v32_0 > -65504f)) * v29_0;
      let t22 = v29_0 * select(0f, exp(max(v32_1 - v3_0, -100f)), (v32_1 > -65504f));
      y[t20] = encode(bitcast<u32>(t21)) | (encode(bitcast<u32>(t22)) << 16u);
      let t23 = v29_0 * select(0f, exp(max(v32_2 - v3_0, -100f)), (v32_2 > -65504f));
      let t24 = v29_0 * select(0f, exp(max(v32_3 - v3_0, -100f)), (v32_3 > -65504f));
      y[t20 + 1] = encode(bitcast<u32>(t23)) | (encode(bitcast<u32>(t24)) << 16u);
      let t25 = v29_0 * select(0f, exp(max(v32_4 - v3_0, -100f)), (v32_4 > -65504f));
      let t26 = v29_0 * select(0f, exp(max(v32_5 - v3_0, -100f)), (v32_5 > -65504f));
      y[t20 + 2] = encode(bitcast<u32>(t25)) | (encode(bitcast<u32>(t26)) << 16u);
      let t27 = v29_0 * select(0f, exp(max(v32_6 - v3_0, -100f)), (v32_6 > -65504f));
      let t28 = v29_0 * select(0f, exp(max(v32_7 - v3_0, -100f)), (v32_7 > -65504f));
      y[t20 + 3] = encode(bitcast<u32>(t27)) | (encode(bitcast<u32>(t28)) << 16u);
    }
    if (t5) {
      let t29 = t17 + (n >> 1u);
      let t30 = select(0f, exp(max(v32_8 - v3_1, -100f)), (v32_8 > -65504f)) * v29_1;
      let t31 = v29_1 * select(0f, exp(max(v32_9 - v3_1, -100f)), (v32_9 > -65504f));
      y[t29] = encode(bitcast<u32>(t30)) | (encode(bitcast<u32>(t31)) << 16u);
      let t32 = v29_1 * select(0f, exp(max(v32_10 - v3_1, -100f)), (v32_10 > -65504f));
      let t33 = v29_1 * select(0f, exp(max(v32_11 - v3_1, -100f)), (v32_11 > -65504f));
      y[t29 + 1] = encode(bitcast<u32>(t32)) | (encode(bitcast<u32>(t33)) << 16u);
      let t34 = v29_1 * select(0f, exp(max(v32_12 - v3_1, -100f)), (v32_12 > -65504f));
      let t35 = v29_1 * select(0f, exp(max(v32_13 - v3_1, -100f)), (v32_13 > -65504f));
      y[t29 + 2] = encode(bitcast<u32>(t34)) | (encode(bitcast<u32>(t35)) << 16u);
      let t36 = v29_1 * select(0f, exp(max(v32_14 - v3_1, -100f)), (v32_14 > -65504f));
      let t37 = v29_1 * select(0f, exp(max(v32_15 - v3_1, -100f)), (v32_15 > -65504f));
      y[t29 + 3] = encode(bitcast<u32>(t36)) | (encode(bitcast<u32>(t37)) << 16u);
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
