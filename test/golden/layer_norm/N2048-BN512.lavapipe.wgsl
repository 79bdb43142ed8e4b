// layer_norm N = 2048, BN = 512; target lavapipe
// 102 lines, 18 memory accesses, 512 bytes of workgroup memory
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
  let t0 = m * 1024 + t * 2;
  for (var n = 0; n < 2048 + none; n += 512) {
    var v9 = 0f;
    let t1 = t0 + (n >> 1u);
    let t2 = x[t1];
    v9 += unpack2x16float(t2).x;
    v9 += unpack2x16float(t2).y;
    let t3 = x[t1 + 1];
    v9 += unpack2x16float(t3).x;
    v9 += unpack2x16float(t3).y;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t4 = ((1 << u32(r)) + 127) >> u32(r);
      let t5 = t + ((t4 + 1) >> 1u);
      if (t5 < t4) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t5]));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
    total += v9_1;
  }
  let mean = total * 0.00048828125f;
  var squares = 0f;
  for (var n = 0; n < 2048 + none; n += 512) {
    let t6 = t0 + (n >> 1u);
    let t7 = x[t6];
    let d_0 = unpack2x16float(t7).x - mean;
    let d_1 = unpack2x16float(t7).y - mean;
    let t8 = x[t6 + 1];
    let d_2 = unpack2x16float(t8).x - mean;
    let d_3 = unpack2x16float(t8).y - mean;
    var v27 = 0f;
    v27 += d_0 * d_0;
    v27 += d_1 * d_1;
    v27 += d_2 * d_2;
    v27 += d_3 * d_3;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v27);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t9 = ((1 << u32(r)) + 127) >> u32(r);
      let t10 = t + ((t9 + 1) >> 1u);
      if (t10 < t9) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t10]));
      }
      workgroupBarrier();
    }
    let v27_1 = bitcast<f32>(scratch[0]);
    squares += v27_1;
  }
  let scale = inverseSqrt(params.eps + squares * 0.00048828125f);
  for (var n = 0; n < 2048 + none; n += 512) {
    let t11 = t0 + (n >> 1u);
    let t12 = t * 2 + (n >> 1u);
    for (var s = 0; s < 2 + none; s++) {
      let t13 = t11 + s;
      let t14 = x[t13];
      let t15 = t12 + s;
      let t16 = gain[t15];
      let t17 = bias[t15];
      let t18 = scale * (unpack2x16float(t14).x - mean) * unpack2x16float(t16).x + unpack2x16float(t17).x;
      let t19 = bitcast<u32>(t18);
      let t20 = t19 & 0x7fffffffu;
      let t21 = scale * (unpack2x16float(t14).y - mean) * unpack2x16float(t16).y + unpack2x16float(t17).y;
      let t22 = bitcast<u32>(t21);
      let t23 = t22 & 0x7fffffffu;
      let t24 = select(pack2x16float(vec2(bitcast<f32>(min(t20, 0x477fe000u)), 0f)), 0x7c00u, t20 == 0x7f800000u);
      let t25 = select(t24 | ((t19 >> 16u) & 0x8000u), 0x7e00u, (t20 >= 0x7f800001u));
      let t26 = select(pack2x16float(vec2(bitcast<f32>(min(t23, 0x477fe000u)), 0f)), 0x7c00u, t23 == 0x7f800000u);
      let t27 = select(t26 | ((t22 >> 16u) & 0x8000u), 0x7e00u, (t23 >= 0x7f800001u));
      y[t13] = t25 | (t27 << 16u);
    }
  }
}
