// layer_norm N = 1000; target lavapipe
// 91 lines, 16 memory accesses, 512 bytes of workgroup memory
struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> gain: array<u32>;
@group(0) @binding(2) var<storage, read> bias: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn layer_norm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let m = i32(block) + frame[groups.x >> 31u];
  var total = 0f;
  for (var n = 0; n < 1000 + none; n += 256) {
    var v9 = 0f;
    let t0 = select(0u, x[m * 500 + min(t + (n >> 1u), 499)], (t * 2 + n < 1000));
    v9 += unpack2x16float(t0).x;
    v9 += unpack2x16float(t0).y;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t1 = ((1 << u32(r)) + 127) >> u32(r);
      let t2 = t + ((t1 + 1) >> 1u);
      if (t2 < t1) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t2]));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
    total += v9_1;
  }
  let mean = total / 1000f;
  var squares = 0f;
  for (var n = 0; n < 1000 + none; n += 256) {
    let t3 = t * 2 + n < 1000;
    let t4 = select(0u, x[m * 500 + min(t + (n >> 1u), 499)], t3);
    let d_0 = select(0f, unpack2x16float(t4).x - mean, t3);
    let d_1 = select(0f, unpack2x16float(t4).y - mean, t3);
    var v27 = 0f;
    v27 += d_0 * d_0;
    v27 += d_1 * d_1;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v27);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t5 = ((1 << u32(r)) + 127) >> u32(r);
      let t6 = t + ((t5 + 1) >> 1u);
      if (t6 < t5) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t6]));
      }
      workgroupBarrier();
    }
    let v27_1 = bitcast<f32>(scratch[0]);
    squares += v27_1;
  }
  let scale = inverseSqrt(params.eps + squares / 1000f);
  let t7 = m * 500 + t;
  for (var n = 0; n < 1000 + none; n += 256) {
    let t8 = t * 2 + n < 1000;
    if (t8) {
      let t9 = min(t + (n >> 1u), 499);
      let t10 = select(0u, x[m * 500 + t9], t8);
      let t11 = select(0u, gain[t9], t8);
      let t12 = select(0u, bias[t9], t8);
      let t13 = (unpack2x16float(t10).x - mean) * scale * unpack2x16float(t11).x + unpack2x16float(t12).x;
      let t14 = bitcast<u32>(t13);
      let t15 = t14 & 0x7fffffffu;
      let t16 = scale * (unpack2x16float(t10).y - mean) * unpack2x16float(t11).y + unpack2x16float(t12).y;
      let t17 = bitcast<u32>(t16);
      let t18 = t17 & 0x7fffffffu;
      let t19 = select(pack2x16float(vec2(bitcast<f32>(min(t15, 0x477fe000u)), 0f)), 0x7c00u, t15 == 0x7f800000u);
      let t20 = select(t19 | ((t14 >> 16u) & 0x8000u), 0x7e00u, (t15 >= 0x7f800001u));
      let t21 = select(pack2x16float(vec2(bitcast<f32>(min(t18, 0x477fe000u)), 0f)), 0x7c00u, t18 == 0x7f800000u);
      let t22 = select(t21 | ((t17 >> 16u) & 0x8000u), 0x7e00u, (t18 >= 0x7f800001u));
      y[t7 + (n >> 1u)] = t20 | (t22 << 16u);
    }
  }
}
