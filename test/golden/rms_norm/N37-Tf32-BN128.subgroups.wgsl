// rms_norm N = 37, T = f32, BN = 128; target subgroups
// 50 lines, 8 memory accesses, 16 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
  eps: f32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> gain: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 4>;

@compute @workgroup_size(128)
fn rms_norm(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var squares = 0f;
  let t0 = bitcast<f32>(select(0u, x[m * 37 + min(t, 36)], (t < 37)));
  let v = t0;
  var v9 = v * v;
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
  if ((t & 31) == 0) {
    scratch[t >> 5u] = bitcast<u32>(v9);
  }
  workgroupBarrier();
  let t1 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
  let v9_1 = bitcast<f32>(scratch[3]) + t1;
  squares += v9_1;
  if (t < 37) {
    let t2 = t0 * inverseSqrt(params.eps + squares / 37f) * bitcast<f32>(select(0u, gain[min(t, 36)], (t < 37)));
    y[m * 37 + t] = bitcast<u32>(t2);
  }
}
