// softmax N = 4096, BM = 4, BN = 512; target lavapipe
// 155 lines, 18 memory accesses, 1024 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
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
  var top = array<f32, 2>();
  top[0] = -65504f;
  top[1] = -65504f;
  var den_0 = 0f; var den_1 = 0f;
  let t0 = b * 4 + (t >> 6u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 63) * 2;
  let t3 = (t >> 5u) * 64 + (t & 31);
  let t4 = (t >> 6u) * 64;
  for (var n = 0; n < 4096; n += 512) {
    var v = array<f32, 16>();
    let t5 = t2 + (n >> 2u);
    for (var s = 0; s < 4; s++) {
      let t6 = t0 + (s >> 1u) * 2;
      let t7 = t6 < params.M;
      let t8 = x[t5 + ((s & 1) + min(t1, t6) * 1024)];
      v[s * 4] = f32(select(-65504h, f16(unpack2x16float(t8.x).x), t7));
      v[s * 4 + 1] = f32(select(-65504h, f16(unpack2x16float(t8.x).y), t7));
      v[s * 4 + 2] = f32(select(-65504h, f16(unpack2x16float(t8.y).x), t7));
      v[s * 4 + 3] = f32(select(-65504h, f16(unpack2x16float(t8.y).y), t7));
    }
    var v9_0 = bitcast<f32>(bits_ff800000);
    var v9_1 = bitcast<f32>(bits_ff800000);
    v9_0 = max(v9_0, v[0]);
    v9_0 = max(v9_0, v[1]);
    v9_0 = max(v9_0, v[2]);
    v9_0 = max(v9_0, v[3]);
    v9_0 = max(v9_0, v[4]);
    v9_0 = max(v9_0, v[5]);
    v9_0 = max(v9_0, v[6]);
    v9_0 = max(v9_0, v[7]);
    v9_1 = max(v9_1, v[8]);
    v9_1 = max(v9_1, v[9]);
    v9_1 = max(v9_1, v[10]);
    v9_1 = max(v9_1, v[11]);
    v9_1 = max(v9_1, v[12]);
    v9_1 = max(v9_1, v[13]);
    v9_1 = max(v9_1, v[14]);
    v9_1 = max(v9_1, v[15]);
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9_0);
    scratch[t + 128] = bitcast<u32>(v9_1);
    workgroupBarrier();
    for (var r = 0; r < 6; r++) {
      let t9 = ((1 << u32(r)) + 63) >> u32(r);
      let t10 = (t9 + 1) >> 1u;
      if ((t & 31) + t10 < t9) {
        scratch[t3] = bitcast<u32>(max(bitcast<f32>(scratch[t3]), bitcast<f32>(scratch[t3 + t10])));
      }
      workgroupBarrier();
    }
    let v9_0_1 = bitcast<f32>(scratch[t4]);
    let v9_1_1 = bitcast<f32>(scratch[t4 + 128]);
    let t_0 = max(top[0], v9_0_1);
    let t_1 = max(top[1], v9_1_1);
    var v24_0 = 0f; var v24_1 = 0f;
    v24_0 += select(0f, exp(max(v[0] - t_0, -100f)), (v[0] > -65504f));
    v24_0 += select(0f, exp(max(v[1] - t_0, -100f)), (v[1] > -65504f));
    v24_0 += select(0f, exp(max(v[2] - t_0, -100f)), (v[2] > -65504f));
    v24_0 += select(0f, exp(max(v[3] - t_0, -100f)), (v[3] > -65504f));
    v24_0 += select(0f, exp(max(v[4] - t_0, -100f)), (v[4] > -65504f));
    v24_0 += select(0f, exp(max(v[5] - t_0, -100f)), (v[5] > -65504f));
    v24_0 += select(0f, exp(max(v[6] - t_0, -100f)), (v[6] > -65504f));
    v24_0 += select(0f, exp(max(v[7] - t_0, -100f)), (v[7] > -65504f));
    v24_1 += select(0f, exp(max(v[8] - t_1, -100f)), (v[8] > -65504f));
    v24_1 += select(0f, exp(max(v[9] - t_1, -100f)), (v[9] > -65504f));
    v24_1 += select(0f, exp(max(v[10] - t_1, -100f)), (v[10] > -65504f));
    v24_1 += select(0f, exp(max(v[11] - t_1, -100f)), (v[11] > -65504f));
    v24_1 += select(0f, exp(max(v[12] - t_1, -100f)), (v[12] > -65504f));
    v24_1 += select(0f, exp(max(v[13] - t_1, -100f)), (v[13] > -65504f));
    v24_1 += select(0f, exp(max(v[14] - t_1, -100f)), (v[14] > -65504f));
    v24_1 += select(0f, exp(max(v[15] - t_1, -100f)), (v[15] > -65504f));
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v24_0);
    scratch[t + 128] = bitcast<u32>(v24_1);
    workgroupBarrier();
    for (var r = 0; r < 6; r++) {
      let t11 = ((1 << u32(r)) + 63) >> u32(r);
      let t12 = (t11 + 1) >> 1u;
      if ((t & 31) + t12 < t11) {
        scratch[t3] = bitcast<u32>(bitcast<f32>(scratch[t3]) + bitcast<f32>(scratch[t3 + t12]));
      }
      workgroupBarrier();
    }
    let v24_0_1 = bitcast<f32>(scratch[t4]);
    let v24_1_1 = bitcast<f32>(scratch[t4 + 128]);
    den_0 = den_0 * exp(max(top[0] - t_0, -100f)) + v24_0_1;
    den_1 = den_1 * exp(max(top[1] - t_1, -100f)) + v24_1_1;
    top[0] = t_0;
    top[1] = t_1;
  }
  var scale = array<f32, 2>();
  scale[0] = 1f / max(den_0, 1f);
  scale[1] = 1f / max(den_1, 1f);
  let t13 = b * 8192 + (t >> 6u) * 2048 + (t & 63) * 4;
  for (var n = 0; n < 4096; n += 512) {
    var v = array<f32, 16>();
    let t14 = t2 + (n >> 2u);
    for (var s = 0; s < 4; s++) {
      let t15 = t0 + (s >> 1u) * 2;
      let t16 = t15 < params.M;
      let t17 = x[t14 + ((s & 1) + min(t1, t15) * 1024)];
      v[s * 4] = f32(select(-65504h, f16(unpack2x16float(t17.x).x), t16));
      v[s * 4 + 1] = f32(select(-65504h, f16(unpack2x16float(t17.x).y), t16));
      v[s * 4 + 2] = f32(select(-65504h, f16(unpack2x16float(t17.y).x), t16));
      v[s * 4 + 3] = f32(select(-65504h, f16(unpack2x16float(t17.y).y), t16));
    }
    let t18 = t13 + (n >> 1u);
    for (var s = 0; s < 4; s++) {
      if (t0 + (s >> 1u) * 2 < params.M) {
        let t19 = t18 + ((s >> 1u) * 4096 + (s & 1) * 2);
        let t20 = v[s * 4];
        let t21 = top[s >> 1u];
        let t22 = scale[s >> 1u];
        let t23 = v[s * 4 + 1];
        let t24 = bitcast<u32>(select(0f, exp(max(t20 - t21, -100f)), (t20 > -65504f)) * t22);
        let t25 = bitcast<u32>(t22 * select(0f, exp(max(t23 - t21, -100f)), (t23 > -65504f)));
        y[t19] = encode(t24) | (encode(t25) << 16u);
        let t26 = v[s * 4 + 2];
        let t27 = v[s * 4 + 3];
        let t28 = bitcast<u32>(t22 * select(0f, exp(max(t26 - t21, -100f)), (t26 > -65504f)));
        let t29 = bitcast<u32>(t22 * select(0f, exp(max(t27 - t21, -100f)), (t27 > -65504f)));
        y[t19 + 1] = encode(t28) | (encode(t29) << 16u);
      }
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
