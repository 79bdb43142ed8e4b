// layer_norm N = 37, T = f32, BN = 128; target subgroups
// 73 lines, 14 memory accesses, 16 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> gain: array<u32>;
@group(0) @binding(2) var<storage, read> bias: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 4>;

@compute @workgroup_size(128)
fn layer_norm(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var total = 0f;
  let t0 = bitcast<f32>(select(0u, x[m * 37 + min(t, 36)], (t < 37)));
  var v9 = t0;
  let other = subgroupShuffleXor(v9, 1u);
  v9 += other;
  let other_1 = subgroupShuffleXor(v9, 2u);
  v9 += other_1;
  let other_2 = subgroupShuffleXor(v9, 4u);
  v9 += other_2;
  let other_3 = subgroupShuffleXor(v9, 8u);
  v9 += other_3;
  let other_4 = subgroupShuffleXor(v9, 16u);
  v9 += other_4;
  let t1 = (t & 31) == 0;
  if (t1) {
    scratch[t >> 5u] = bitcast<u32>(v9);
  }
  workgroupBarrier();
  let t2 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
  let v9_1 = bitcast<f32>(scratch[3]) + t2;
  total += v9_1;
  let mean = total / 37f;
  var squares = 0f;
  let d = select(0f, t0 - mean, (t < 37));
  var v27 = d * d;
  let other_5 = subgroupShuffleXor(v27, 1u);
  v27 += other_5;
  let other_6 = subgroupShuffleXor(v27, 2u);
  v27 += other_6;
  let other_7 = subgroupShuffleXor(v27, 4u);
  v27 += other_7;
  let other_8 = subgroupShuffleXor(v27, 8u);
  v27 += other_8;
  let other_9 = subgroupShuffleXor(v27, 16u);
  v27 += other_9;
  workgroupBarrier();
  if (t1) {
    scratch[t >> 5u] = bitcast<u32>(v27);
  }
  workgroupBarrier();
  let t3 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
  let v27_1 = bitcast<f32>(scratch[3]) + t3;
  squares += v27_1;
  if (t < 37) {
    let t4 = (t0 - mean) * inverseSqrt(params.eps + squares / 37f) * bitcast<f32>(select(0u, gain[min(t, 36)], (t < 37)));
    y[m * 37 + t] = bitcast<u32>(t4 + bitcast<f32>(select(0u, bias[min(t, 36)], (t < 37))));
  }
}
