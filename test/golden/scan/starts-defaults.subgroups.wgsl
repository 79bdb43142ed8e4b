// starts of scan with its defaults; target subgroups
// 88 lines, 17 memory accesses, 512 bytes of workgroup memory
enable subgroups;

struct Params {
  G: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> sums: array<u32>;
@group(0) @binding(1) var<storage, read_write> before: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn starts(@builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let t = i32(subgroup * 32u + lane);
  var carry = 0f;
  let t0 = max(params.G - 1, 0);
  let t1 = max(t - 1, 0);
  let t2 = (t & 31) == 0;
  for (var g = 0; g < params.G; g += 512) {
    let t3 = t * 4 + g;
    let t4 = t3 < params.G;
    let v_0 = bitcast<f32>(select(0u, sums[min(t3, t0)], t4));
    let t5 = t3 + 1 < params.G;
    let v_1 = bitcast<f32>(select(0u, sums[min(t0, t3 + 1)], t5));
    let t6 = t3 + 2 < params.G;
    let v_2 = bitcast<f32>(select(0u, sums[min(t0, t3 + 2)], t6));
    let t7 = t3 + 3 < params.G;
    let v_3 = bitcast<f32>(select(0u, sums[min(t0, t3 + 3)], t7));
    var v7_0 = v_0;
    var v7_1 = v_1;
    var v7_2 = v_2;
    var v7_3 = v_3;
    v7_1 += v7_0;
    v7_2 += v7_1;
    v7_3 += v7_2;
    var v7_before = v7_3;
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v7_before);
    workgroupBarrier();
    v7_before = select(0f, bitcast<f32>(scratch[t1]), t != 0);
    workgroupBarrier();
    for (var round_1 = 0; round_1 < 7; round_1++) {
      scratch[t] = bitcast<u32>(v7_before);
      workgroupBarrier();
      let t8 = 1 << u32(round_1);
      v7_before = select(v7_before, v7_before + bitcast<f32>(scratch[max(t + -t8, 0)]), (t >= t8));
      workgroupBarrier();
    }
    v7_3 = v7_2 + v7_before;
    v7_2 = v7_before + v7_1;
    v7_1 = v7_before + v7_0;
    v7_0 = v7_before;
    if (t4) {
      before[t3] = bitcast<u32>(v7_0 + carry);
    }
    if (t5) {
      before[t3 + 1] = bitcast<u32>(carry + v7_1);
    }
    if (t6) {
      before[t3 + 2] = bitcast<u32>(carry + v7_2);
    }
    if (t7) {
      before[t3 + 3] = bitcast<u32>(carry + v7_3);
    }
    var v9 = 0f;
    v9 += v_0;
    v9 += v_1;
    v9 += v_2;
    v9 += v_3;
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
    if (t2) {
      scratch[t >> 5u] = bitcast<u32>(v9);
    }
    workgroupBarrier();
    let t9 = bitcast<f32>(scratch[2]) + (bitcast<f32>(scratch[0]) + bitcast<f32>(scratch[1]));
    let v9_1 = bitcast<f32>(scratch[3]) + t9;
    carry += v9_1;
  }
}
