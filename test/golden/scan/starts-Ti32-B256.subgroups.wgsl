// starts of scan T = i32, B = 256; target subgroups
// 69 lines, 13 memory accesses, 512 bytes of workgroup memory
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
  var carry = 0;
  let t0 = max(params.G - 1, 0);
  let t1 = max(t - 1, 0);
  let t2 = (t & 31) == 0;
  for (var g = 0; g < params.G; g += 256) {
    let t3 = t * 2 + g;
    let t4 = t3 < params.G;
    let v_0 = i32(select(0u, sums[min(t3, t0)], t4));
    let t5 = t3 + 1 < params.G;
    let v_1 = i32(select(0u, sums[min(t0, t3 + 1)], t5));
    var v7_0 = v_0;
    var v7_1 = v_1;
    v7_1 = v7_0 + v7_1;
    var v7_before = v7_1;
    workgroupBarrier();
    scratch[t] = u32(v7_before);
    workgroupBarrier();
    v7_before = select(0, i32(scratch[t1]), t != 0);
    workgroupBarrier();
    for (var round_1 = 0; round_1 < 7; round_1++) {
      scratch[t] = u32(v7_before);
      workgroupBarrier();
      let t6 = 1 << u32(round_1);
      v7_before = select(v7_before, v7_before + i32(scratch[max(t + -t6, 0)]), (t >= t6));
      workgroupBarrier();
    }
    v7_1 = v7_0 + v7_before;
    v7_0 = v7_before;
    if (t4) {
      before[t3] = u32(v7_0 + carry);
    }
    if (t5) {
      before[t3 + 1] = u32(carry + v7_1);
    }
    var v9 = 0;
    v9 = v9 + v_0;
    v9 = v9 + v_1;
    let other = subgroupShuffleXor(v9, 1u);
    v9 = v9 + other;
    let other_1 = subgroupShuffleXor(v9, 2u);
    v9 = v9 + other_1;
    let other_2 = subgroupShuffleXor(v9, 4u);
    v9 = v9 + other_2;
    let other_3 = subgroupShuffleXor(v9, 8u);
    v9 = v9 + other_3;
    let other_4 = subgroupShuffleXor(v9, 16u);
    v9 = v9 + other_4;
    if (t2) {
      scratch[t >> 5u] = u32(v9);
    }
    workgroupBarrier();
    let v9_1 = i32(scratch[0]) + i32(scratch[1]) + i32(scratch[2]) + i32(scratch[3]);
    carry = carry + v9_1;
  }
}
