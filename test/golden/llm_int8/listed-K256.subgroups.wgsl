// listed of llm_int8 K = 256; target subgroups
// 62 lines, 12 memory accesses, 256 bytes of workgroup memory
enable subgroups;

@group(0) @binding(0) var<storage, read> flag: array<u32>;
@group(0) @binding(1) var<storage, read_write> list: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> count: array<u32>;
var<workgroup> scratch: array<u32, 64>;

@compute @workgroup_size(64)
fn listed(@builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let t = i32(subgroup * 32u + lane);
  var found = 0;
  let t0 = max(t - 1, 0);
  let t1 = (t & 31) == 0;
  for (var k = 0; k < 256; k += 64) {
    let f = i32(flag[t + k]);
    var v5 = f;
    workgroupBarrier();
    scratch[t] = u32(v5);
    workgroupBarrier();
    v5 = select(0, i32(scratch[t0]), t != 0);
    workgroupBarrier();
    for (var round_1 = 0; round_1 < 6; round_1++) {
      scratch[t] = u32(v5);
      workgroupBarrier();
      let t2 = 1 << u32(round_1);
      v5 = select(v5, v5 + i32(scratch[max(t + -t2, 0)]), (t >= t2));
      workgroupBarrier();
    }
    let found_1 = found;
    let t3 = select(-1, found_1 + v5, f == 1);
    if ((t3 >= 0) & (t3 < 256)) {
      atomicStore(&list[max(min(t3, 255), 0)], u32(t + k));
    }
    var v15 = f;
    let other = subgroupShuffleXor(v15, 1u);
    v15 = v15 + other;
    let other_1 = subgroupShuffleXor(v15, 2u);
    v15 = v15 + other_1;
    let other_2 = subgroupShuffleXor(v15, 4u);
    v15 = v15 + other_2;
    let other_3 = subgroupShuffleXor(v15, 8u);
    v15 = v15 + other_3;
    let other_4 = subgroupShuffleXor(v15, 16u);
    v15 = v15 + other_4;
    if (t1) {
      scratch[t >> 5u] = u32(v15);
    }
    workgroupBarrier();
    let v15_1 = i32(scratch[0]) + i32(scratch[1]);
    workgroupBarrier();
    if (t == 0) {
      scratch[0] = u32(v15_1);
    }
    let s2 = workgroupUniformLoad(&scratch[0]);
    found = found_1 + i32(s2);
    workgroupBarrier();
  }
  let found_1 = found;
  if (t == 0) {
    count[0] = u32(found_1);
  }
}
