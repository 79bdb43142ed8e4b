// softmax N = 37, T = f32, BN = 128; target subgroups
// 71 lines, 12 memory accesses, 16 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 4>;

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
  let t0 = select(-65504f, bitcast<f32>(x[b * 37 + min(t, 36)]), (t < 37));
  let v = t0;
  var v9 = v;
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
  let t1 = (t & 31) == 0;
  if (t1) {
    scratch[t >> 5u] = bitcast<u32>(v9);
  }
  workgroupBarrier();
  let t2 = max(bitcast<f32>(scratch[2]), max(bitcast<f32>(scratch[0]), bitcast<f32>(scratch[1])));
  let v9_1 = max(bitcast<f32>(scratch[3]), t2);
  let t_1 = max(top, v9_1);
  var v24 = select(0f, exp(max(v - t_1, -100f)), (v > -65504f));
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
  if (t1) {
    scratch[t >> 5u] = bitcast<u32>(v24);
  }
  workgroupBarrier();
  let t3 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
  let v24_1 = bitcast<f32>(scratch[3]) + t3;
  den = den * exp(max(top - t_1, -100f)) + v24_1;
  top = t_1;
  let v_1 = t0;
  if (t < 37) {
    let t4 = select(0f, exp(max(v_1 - top, -100f)), (v_1 > -65504f)) * (1f / max(den, 1f));
    y[b * 37 + t] = bitcast<u32>(t4);
  }
}
