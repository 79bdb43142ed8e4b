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
  var top_0 = -65504f;
  var top_1 = -65504f;
  var den_0 = 0f; var den_1 = 0f;
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
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t10.x).x), t1));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t10.x).y), t1));
    let v_2 = f32(select(-65504h, f16(unpack2x16float(t10.y).x), t1));
    let v_3 = f32(select(-65504h, f16(unpack2x16float(t10.y).y), t1));
    let v_4 = f32(select(-65504h, f16(unpack2x16float(t10.z).x), t1));
    let v_5 = f32(select(-65504h, f16(unpack2x16float(t10.z).y), t1));
    let v_6 = f32(select(-65504h, f16(unpack2x16float(t10.w).x), t1));
    let v_7 = f32(select(-65504h, f16(unpack2x16float(t10.w).y), t1));
    let t11 = x[t7 + (n >> 3u)];
    let v_8 = f32(select(-65504h, f16(unpack2x16float(t11.x).x), t5));
    let v_9 = f32(select(-65504h, f16(unpack2x16float(t11.x).y), t5));
    let v_10 = f32(select(-65504h, f16(unpack2x16float(t11.y).x), t5));
    let v_11 = f32(select(-65504h, f16(unpack2x16float(t11.y).y), t5));
    let v_12 = f32(select(-65504h, f16(unpack2x16float(t11.z).x), t5));
    let v_13 = f32(select(-65504h, f16(unpack2x16float(t11.z).y), t5));
    let v_14 = f32(select(-65504h, f16(unpack2x16float(t11.w).x), t5));
    let v_15 = f32(select(-65504h, f16(unpack2x16float(t11.w).y), t5));
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
    den_0 = den_0 * exp(max(top_0 - t_0, -100f)) + v24_0_1;
    den_1 = den_1 * exp(max(top_1 - t_1, -100f)) + v24_1_1;
    top_0 = t_0;
    top_1 = t_1;
  }
  let scale_0 = 1f / max(den_0, 1f);
  let scale_1 = 1f / max(den_1, 1f);
  let t16 = (t & 63) * 4 + t3 * 2048;
  let t17 = (t & 63) * 4 + t6 * 2048;
  for (var n = 0; n < 4096; n += 512) {
    let t18 = x[t4 + (n >> 3u)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t18.x).x), t1));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t18.x).y), t1));
    let v_2 = f32(select(-65504h, f16(unpack2x16float(t18.y).x), t1));
    let v_3 = f32(select(-65504h, f16(unpack2x16float(t18.y).y), t1));
    let v_4 = f32(select(-65504h, f16(unpack2x16float(t18.z).x), t1));
    let v_5 = f32(select(-65504h, f16(unpack2x16float(t18.z).y), t1));
    let v_6 = f32(select(-65504h, f16(unpack2x16float(t18.w).x), t1));
    let v_7 = f32(select(-65504h, f16(unpack2x16float(t18.w).y), t1));
    let t19 = x[t7 + (n >> 3u)];
    let v_8 = f32(select(-65504h, f16(unpack2x16float(t19.x).x), t5));
    let v_9 = f32(select(-65504h, f16(unpack2x16float(t19.x).y), t5));
    let v_10 = f32(select(-65504h, f16(unpack2x16float(t19.y).x), t5));
    let v_11 = f32(select(-65504h, f16(unpack2x16float(t19.y).y), t5));
    let v_12 = f32(select(-65504h, f16(unpack2x16float(t19.z).x), t5));
    let v_13 = f32(select(-65504h, f16(unpack2x16float(t19.z).y), t5));
    let v_14 = f32(select(-65504h, f16(unpack2x16float(t19.w).x), t5));
    let v_15 = f32(select(-65504h, f16(unpack2x16float(t19.w).y), t5));
    if (t1) {
      let t20 = t16 + (n >> 1u);
      let t21 = select(0f, exp(max(v_0 - top_0, -100f)), (v_0 > -65504f)) * scale_0;
      let t22 = scale_0 * select(0f, exp(max(v_1 - top_0, -100f)), (v_1 > -65504f));
      y[t20] = encode(bitcast<u32>(t21)) | (encode(bitcast<u32>(t22)) << 16u);
      let t23 = scale_0 * select(0f, exp(max(v_2 - top_0, -100f)), (v_2 > -65504f));
      let t24 = scale_0 * select(0f, exp(max(v_3 - top_0, -100f)), (v_3 > -65504f));
      y[t20 + 1] = encode(bitcast<u32>(t23)) | (encode(bitcast<u32>(t24)) << 16u);
      let t25 = scale_0 * select(0f, exp(max(v_4 - top_0, -100f)), (v_4 > -65504f));
      let t26 = scale_0 * select(0f, exp(max(v_5 - top_0, -100f)), (v_5 > -65504f));
      y[t20 + 2] = encode(bitcast<u32>(t25)) | (encode(bitcast<u32>(t26)) << 16u);
      let t27 = scale_0 * select(0f, exp(max(v_6 - top_0, -100f)), (v_6 > -65504f));
      let t28 = scale_0 * select(0f, exp(max(v_7 - top_0, -100f)), (v_7 > -65504f));
      y[t20 + 3] = encode(bitcast<u32>(t27)) | (encode(bitcast<u32>(t28)) << 16u);
    }
    if (t5) {
      let t29 = t17 + (n >> 1u);
      let t30 = select(0f, exp(max(v_8 - top_1, -100f)), (v_8 > -65504f)) * scale_1;
      let t31 = scale_1 * select(0f, exp(max(v_9 - top_1, -100f)), (v_9 > -65504f));
      y[t29] = encode(bitcast<u32>(t30)) | (encode(bitcast<u32>(t31)) << 16u);
      let t32 = scale_1 * select(0f, exp(max(v_10 - top_1, -100f)), (v_10 > -65504f));
      let t33 = scale_1 * select(0f, exp(max(v_11 - top_1, -100f)), (v_11 > -65504f));
      y[t29 + 1] = encode(bitcast<u32>(t32)) | (encode(bitcast<u32>(t33)) << 16u);
      let t34 = scale_1 * select(0f, exp(max(v_12 - top_1, -100f)), (v_12 > -65504f));
      let t35 = scale_1 * select(0f, exp(max(v_13 - top_1, -100f)), (v_13 > -65504f));
      y[t29 + 2] = encode(bitcast<u32>(t34)) | (encode(bitcast<u32>(t35)) << 16u);
      let t36 = scale_1 * select(0f, exp(max(v_14 - top_1, -100f)), (v_14 > -65504f));
      let t37 = scale_1 * select(0f, exp(max(v_15 - top_1, -100f)), (v_15 > -65504f));
      y[t29 + 3] = encode(bitcast<u32>(t36)) | (encode(bitcast<u32>(t37)) << 16u);
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
