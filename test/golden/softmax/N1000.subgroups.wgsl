// softmax N = 1000; target subgroups
// 96 lines, 13 memory accesses, 16 bytes of workgroup memory
enable f16;
enable subgroups;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 4>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(128)
fn softmax(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let b = i32(block);
  var top = -65504f;
  var den = 0f;
  let t0 = (t & 31) == 0;
  for (var n = 0; n < 1000; n += 256) {
    let t1 = t * 2 + n < 1000;
    let t2 = x[b * 500 + min(t + (n >> 1u), 499)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t2).x), t1));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t2).y), t1));
    var v9 = bitcast<f32>(bits_ff800000);
    v9 = max(v9, v_0);
    v9 = max(v9, v_1);
    let other = subgroupShuffleXor(v9, 1u);
    v9 = max(v9, other);
    let other_1 = subgroupShuffleXor(v9, 2u);
    v9 = max(v9, other_1);
    let other_2 = subgroupShuffleXor(v9, 4u);
    v9 = max(v9, other_2);
    let other_3 = subgroupShuffleXor(v9, 8u);
    v9 = max(v9, other_3);
    let other_4 = subgroupShuffleXor(v9, 16u);
    v9 = max(v9, other_4);
    workgroupBarrier();
    if (t0) {
      scratch[t >> 5u] = bitcast<u32>(v9);
    }
    workgroupBarrier();
    let t3 = max(bitcast<f32>(scratch[2]), max(bitcast<f32>(scratch[0]), bitcast<f32>(scratch[1])));
    let v9_1 = max(bitcast<f32>(scratch[3]), t3);
    let t_1 = max(top, v9_1);
    var v24 = 0f;
    v24 += select(0f, exp(max(v_0 - t_1, -100f)), (v_0 > -65504f));
    v24 += select(0f, exp(max(v_1 - t_1, -100f)), (v_1 > -65504f));
    let other_5 = subgroupShuffleXor(v24, 1u);
    v24 += other_5;
    let other_6 = subgroupShuffleXor(v24, 2u);
    v24 += other_6;
    let other_7 = subgroupShuffleXor(v24, 4u);
    v24 += other_7;
    let other_8 = subgroupShuffleXor(v24, 8u);
    v24 += other_8;
    let other_9 = subgroupShuffleXor(v24, 16u);
    v24 += other_9;
    workgroupBarrier();
    if (t0) {
      scratch[t >> 5u] = bitcast<u32>(v24);
    }
    workgroupBarrier();
    let t4 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v24_1 = bitcast<f32>(scratch[3]) + t4;
    den = den * exp(max(top - t_1, -100f)) + v24_1;
    top = t_1;
  }
  let scale = 1f / max(den, 1f);
  let t5 = b * 500 + t;
  for (var n = 0; n < 1000; n += 256) {
    let t6 = t * 2 + n < 1000;
    let t7 = x[b * 500 + min(t + (n >> 1u), 499)];
    let v_0 = f32(select(-65504h, f16(unpack2x16float(t7).x), t6));
    let v_1 = f32(select(-65504h, f16(unpack2x16float(t7).y), t6));
    if (t6) {
      let t8 = bitcast<u32>(select(0f, exp(max(v_0 - top, -100f)), (v_0 > -65504f)) * scale);
      let t9 = t8 & 0x7fffffffu;
      let t10 = bitcast<u32>(scale * select(0f, exp(max(v_1 - top, -100f)), (v_1 > -65504f)));
      let t11 = t10 & 0x7fffffffu;
      let t12 = select(pack2x16float(vec2(bitcast<f32>(min(t9, 0x477fe000u)), 0f)), 0x7c00u, t9 == 0x7f800000u);
      let t13 = select(t12 | ((t8 >> 16u) & 0x8000u), 0x7e00u, (t9 >= 0x7f800001u));
      let t14 = select(pack2x16float(vec2(bitcast<f32>(min(t11, 0x477fe000u)), 0f)), 0x7c00u, t11 == 0x7f800000u);
      let t15 = select(t14 | ((t10 >> 16u) & 0x8000u), 0x7e00u, (t11 >= 0x7f800001u));
      y[t5 + (n >> 1u)] = t13 | (t15 << 16u);
    }
  }
}
