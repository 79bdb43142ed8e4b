// rms_norm N = 1000; target lavapipe
// 65 lines, 9 memory accesses, 512 bytes of workgroup memory
struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> gain: array<u32>;
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
  for (var n = 0; n < 1000 + none; n += 256) {
    let t0 = select(0u, x[m * 500 + min(t + (n >> 1u), 499)], (t * 2 + n < 1000));
    let v_0 = unpack2x16float(t0).x;
    let v_1 = unpack2x16float(t0).y;
    var v9 = 0f;
    v9 += v_0 * v_0;
    v9 += v_1 * v_1;
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
    squares += v9_1;
  }
  let scale = inverseSqrt(params.eps + squares / 1000f);
  let t3 = m * 500 + t;
  for (var n = 0; n < 1000 + none; n += 256) {
    let t4 = t * 2 + n < 1000;
    if (t4) {
      let t5 = min(t + (n >> 1u), 499);
      let t6 = select(0u, x[m * 500 + t5], t4);
      let t7 = select(0u, gain[t5], t4);
      let t8 = bitcast<u32>(unpack2x16float(t6).x * scale * unpack2x16float(t7).x);
      let t9 = t8 & 0x7fffffffu;
      let t10 = bitcast<u32>(scale * unpack2x16float(t6).y * unpack2x16float(t7).y);
      let t11 = t10 & 0x7fffffffu;
      let t12 = select(pack2x16float(vec2(bitcast<f32>(min(t9, 0x477fe000u)), 0f)), 0x7c00u, t9 == 0x7f800000u);
      let t13 = select(t12 | ((t8 >> 16u) & 0x8000u), 0x7e00u, (t9 >= 0x7f800001u));
      let t14 = select(pack2x16float(vec2(bitcast<f32>(min(t11, 0x477fe000u)), 0f)), 0x7c00u, t11 == 0x7f800000u);
      let t15 = select(t14 | ((t10 >> 16u) & 0x8000u), 0x7e00u, (t11 >= 0x7f800001u));
      y[t3 + (n >> 1u)] = t13 | (t15 << 16u);
    }
  }
}
