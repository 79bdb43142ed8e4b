// rms_norm N = 2048, BN = 512; target lavapipe
// 70 lines, 10 memory accesses, 512 bytes of workgroup memory
struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> gain: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn rms_norm(
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
  var squares = 0f;
  let t0 = m * 512 + t;
  for (var n = 0; n < 2048 + none; n += 512) {
    let t1 = x[t0 + (n >> 2u)];
    let v_0 = unpack2x16float(t1.x).x;
    let v_1 = unpack2x16float(t1.x).y;
    let v_2 = unpack2x16float(t1.y).x;
    let v_3 = unpack2x16float(t1.y).y;
    var v9 = 0f;
    v9 += v_0 * v_0;
    v9 += v_1 * v_1;
    v9 += v_2 * v_2;
    v9 += v_3 * v_3;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t2 = ((1 << u32(r)) + 127) >> u32(r);
      let t3 = t + ((t2 + 1) >> 1u);
      if (t3 < t2) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t3]));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
    squares += v9_1;
  }
  let scale = inverseSqrt(params.eps + squares * 0.00048828125f);
  let t4 = m * 1024 + t * 2;
  for (var n = 0; n < 2048 + none; n += 512) {
    let t5 = t4 + (n >> 1u);
    let t6 = x[t0 + (n >> 2u)];
    let t7 = gain[t + (n >> 2u)];
    let t8 = bitcast<u32>(unpack2x16float(t6.x).x * scale * unpack2x16float(t7.x).x);
    let t9 = bitcast<u32>(scale * unpack2x16float(t6.x).y * unpack2x16float(t7.x).y);
    y[t5] = encode(t8) | (encode(t9) << 16u);
    let t10 = bitcast<u32>(scale * unpack2x16float(t6.y).x * unpack2x16float(t7.y).x);
    let t11 = bitcast<u32>(scale * unpack2x16float(t6.y).y * unpack2x16float(t7.y).y);
    y[t5 + 1] = encode(t10) | (encode(t11) << 16u);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
