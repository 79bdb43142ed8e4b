// softmax N = 4096, BM = 4, BN = 512; target lavapipe
// 185 lines, 22 memory accesses, 1024 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 3) >> 2u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  var top_0 = -65504f;
  var top_1 = -65504f;
  var den_0 = 0f; var den_1 = 0f;
  let t0 = b * 4 + (t >> 6u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 63) + min(t0, t2) * 512;
  let t4 = t0 + 2 < params.M;
  let t5 = (t & 63) + min(t2, t0 + 2) * 512;
  let t6 = (t >> 5u) * 64 + (t & 31);
  let t7 = (t >> 6u) * 64;
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
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9_0);
    scratch[t + 128] = bitcast<u32>(v9_1);
    workgroupBarrier();
    for (var r = 0; r < 6 + none; r++) {
      let t10 = ((1 << u32(r)) + 63) >> u32(r);
      let t11 = (t10 + 1) >> 1u;
      if ((t & 31) + t11 < t10) {
        scratch[t6] = bitcast<u32>(max(bitcast<f32>(scratch[t6]), bitcast<f32>(scratch[t6 + t11])));
      }
      workgroupBarrier();
    }
    let v9_0_1 = bitcast<f32>(scratch[t7]);
    let v9_1_1 = bitcast<f32>(scratch[t7 + 128]);
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
    for (var r = 0; r < 6 + none; r++) {
      let t12 = ((1 << u32(r)) + 63) >> u32(r);
      let t13 = (t12 + 1) >> 1u;
      if ((t & 31) + t13 < t12) {
        scratch[t6] = bitcast<u32>(bitcast<f32>(scratch[t6]) + bitcast<f32>(scratch[t6 + t13]));
      }
      workgroupBarrier();
    }
    let v24_0_1 = bitcast<f32>(scratch[t7]);
    let v24_1_1 = bitcast<f32>(scratch[t7 + 128]);
    den_0 = den_0 * exp(max(top_0 - t_0, -100f)) + v24_0_1;
    den_1 = den_1 * exp(max(top_1 - t_1, -100f)) + v24_1_1;
    top_0 = t_0;
    top_1 = t_1;
  }
  var scale = array<f32, 2>();
  scale[0] = 1f / max(den_0, 1f);
  scale[1] = 1f / max(den_1, 1f);
  let t14 = b * 8192 + (t >> 6u) * 2048 + (t & 63) * 4;
  for (var n = 0; n < 4096; n += 512) {
    var v = array<f32, 16>();
    let t15 = x[t3 + (n >> 3u)];
    v[0] = f32(select(-65504h, f16(unpack2x16float(t15.x).x), t1));
    v[1] = f32(select(-65504h, f16(unpack2x16float(t15.x).y), t1));
    v[2] = f32(select(-65504h, f16(unpack2x16float(t15.y).x), t1));
    v[3] = f32(select(-65504h, f16(unpack2x16float(t15.y).y), t1));
    v[4] = f32(select(-65504h, f16(unpack2x16float(t15.z).x), t1));
    v[5] = f32(select(-65504h, f16(unpack2x16float(t15.z).y), t1));
    v[6] = f32(select(-65504h, f16(unpack2x16float(t15.w).x), t1));
    v[7] = f32(select(-65504h, f16(unpack2x16float(t15.w).y), t1));
    let t16 = x[t5 + (n >> 3u)];
    v[8] = f32(select(-65504h, f16(unpack2x16float(t16.x).x), t4));
    v[9] = f32(select(-65504h, f16(unpack2x16float(t16.x).y), t4));
    v[10] = f32(select(-65504h, f16(unpack2x16float(t16.y).x), t4));
    v[11] = f32(select(-65504h, f16(unpack2x16float(t16.y).y), t4));
    v[12] = f32(select(-65504h, f16(unpack2x16float(t16.z).x), t4));
    v[13] = f32(select(-65504h, f16(unpack2x16float(t16.z).y), t4));
    v[14] = f32(select(-65504h, f16(unpack2x16float(t16.w).x), t4));
    v[15] = f32(select(-65504h, f16(unpack2x16float(t16.w).y), t4));
    var top = array<f32, 2>();
    top[0] = top_0;
    top[1] = top_1;
    let t17 = t14 + (n >> 1u);
    for (var s = 0; s < 2 + none; s++) {
      if (t0 + s * 2 < params.M) {
        let t18 = t17 + s * 4096;
        let t19 = v[s * 8];
        let t20 = v[s * 8 + 1];
        let t21 = select(0f, exp(max(t19 - top[s], -100f)), (t19 > -65504f)) * scale[s];
        let t22 = scale[s] * select(0f, exp(max(t20 - top[s], -100f)), (t20 > -65504f));
        y[t18] = encode(bitcast<u32>(t21)) | (encode(bitcast<u32>(t22)) << 16u);
        let t23 = v[s * 8 + 2];
        let t24 = v[s * 8 + 3];
        let t25 = scale[s] * select(0f, exp(max(t23 - top[s], -100f)), (t23 > -65504f));
        let t26 = scale[s] * select(0f, exp(max(t24 - top[s], -100f)), (t24 > -65504f));
        y[t18 + 1] = encode(bitcast<u32>(t25)) | (encode(bitcast<u32>(t26)) << 16u);
        let t27 = v[s * 8 + 4];
        let t28 = v[s * 8 + 5];
        let t29 = scale[s] * select(0f, exp(max(t27 - top[s], -100f)), (t27 > -65504f));
        let t30 = scale[s] * select(0f, exp(max(t28 - top[s], -100f)), (t28 > -65504f));
        y[t18 + 2] = encode(bitcast<u32>(t29)) | (encode(bitcast<u32>(t30)) << 16u);
        let t31 = v[s * 8 + 6];
        let t32 = v[s * 8 + 7];
        let t33 = scale[s] * select(0f, exp(max(t31 - top[s], -100f)), (t31 > -65504f));
        let t34 = scale[s] * select(0f, exp(max(t32 - top[s], -100f)), (t32 > -65504f));
        y[t18 + 3] = encode(bitcast<u32>(t33)) | (encode(bitcast<u32>(t34)) << 16u);
      }
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
