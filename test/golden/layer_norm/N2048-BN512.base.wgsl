// layer_norm N = 2048, BN = 512; target base
// 94 lines, 17 memory accesses, 512 bytes of workgroup memory
struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> gain: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> bias: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn layer_norm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var total = 0f;
  let t0 = m * 512 + t;
  for (var n = 0; n < 2048; n += 512) {
    var v9 = 0f;
    let t1 = x[t0 + (n >> 2u)];
    v9 += unpack2x16float(t1.x).x;
    v9 += unpack2x16float(t1.x).y;
    v9 += unpack2x16float(t1.y).x;
    v9 += unpack2x16float(t1.y).y;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7; r++) {
      let t2 = ((1 << u32(r)) + 127) >> u32(r);
      let t3 = t + ((t2 + 1) >> 1u);
      if (t3 < t2) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t3]));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
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
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v27);
    workgroupBarrier();
    for (var r = 0; r < 7; r++) {
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
  let scale = inverseSqrt(params.eps + squares * 0.00048828125f);
  let t7 = m * 1024 + t * 2;
  for (var n = 0; n < 2048; n += 512) {
    let t8 = t7 + (n >> 1u);
    let t9 = x[t0 + (n >> 2u)];
    let t10 = t + (n >> 2u);
    let t11 = gain[t10];
    let t12 = bias[t10];
    let t13 = (unpack2x16float(t9.x).x - mean) * scale * unpack2x16float(t11.x).x;
    let t14 = scale * (unpack2x16float(t9.x).y - mean) * unpack2x16float(t11.x).y;
    y[t8] = encode(bitcast<u32>(t13 + unpack2x16float(t12.x).x)) | (encode(bitcast<u32>(t14 + unpack2x16float(t12.x).y)) << 16u);
    let t15 = scale * (unpack2x16float(t9.y).x - mean) * unpack2x16float(t11.y).x;
    let t16 = scale * (unpack2x16float(t9.y).y - mean) * unpack2x16float(t11.y).y;
    y[t8 + 1] = encode(bitcast<u32>(t15 + unpack2x16float(t12.y).x)) | (encode(bitcast<u32>(t16 + unpack2x16float(t12.y).y)) << 16u);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
