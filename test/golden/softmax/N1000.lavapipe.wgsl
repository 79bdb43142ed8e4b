// softmax N = 1000; target lavapipe
// 85 lines, 13 memory accesses, 512 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;
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
  if (block >= u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  var top = -65504f;
  var den = 0f;
  for (var n = 0; n < 1000 + none; n += 256) {
    let t0 = t * 2 + n < 1000;
    let t1 = x[b * 500 + min(t + (n >> 1u), 499)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t1).x), t0));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t1).y), t0));
    var v9 = bitcast<f32>(bits_ff800000);
    v9 = max(v9, v_0);
    v9 = max(v9, v_1);
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t2 = ((1 << u32(r)) + 127) >> u32(r);
      let t3 = t + ((t2 + 1) >> 1u);
      if (t3 < t2) {
        scratch[t] = bitcast<u32>(max(bitcast<f32>(scratch[t]), bitcast<f32>(scratch[t3])));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
    let t_1 = max(top, v9_1);
    var v24 = 0f;
    v24 += select(0f, exp(max(v_0 - t_1, -100f)), (v_0 > -65504f));
    v24 += select(0f, exp(max(v_1 - t_1, -100f)), (v_1 > -65504f));
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v24);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t4 = ((1 << u32(r)) + 127) >> u32(r);
      let t5 = t + ((t4 + 1) >> 1u);
      if (t5 < t4) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t5]));
      }
      workgroupBarrier();
    }
    let v24_1 = bitcast<f32>(scratch[0]);
    den = den * exp(max(top - t_1, -100f)) + v24_1;
    top = t_1;
  }
  let scale = 1f / max(den, 1f);
  let t6 = b * 500 + t;
  for (var n = 0; n < 1000 + none; n += 256) {
    let t7 = t * 2 + n < 1000;
    let t8 = x[b * 500 + min(t + (n >> 1u), 499)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t8).x), t7));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t8).y), t7));
    if (t7) {
      let t9 = bitcast<u32>(select(0f, exp(max(v_0 - top, -100f)), (v_0 > -65504f)) * scale);
      let t10 = t9 & 0x7fffffffu;
      let t11 = bitcast<u32>(scale * select(0f, exp(max(v_1 - top, -100f)), (v_1 > -65504f)));
      let t12 = t11 & 0x7fffffffu;
      let t13 = select(pack2x16float(vec2(bitcast<f32>(min(t10, 0x477fe000u)), 0f)), 0x7c00u, t10 == 0x7f800000u);
      let t14 = select(t13 | ((t9 >> 16u) & 0x8000u), 0x7e00u, (t10 >= 0x7f800001u));
      let t15 = select(pack2x16float(vec2(bitcast<f32>(min(t12, 0x477fe000u)), 0f)), 0x7c00u, t12 == 0x7f800000u);
      let t16 = select(t15 | ((t11 >> 16u) & 0x8000u), 0x7e00u, (t12 >= 0x7f800001u));
      y[t6 + (n >> 1u)] = t14 | (t16 << 16u);
    }
  }
}
