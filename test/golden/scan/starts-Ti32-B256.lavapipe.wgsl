// starts of scan T = i32, B = 256; target lavapipe
// 63 lines, 13 memory accesses, 512 bytes of workgroup memory
struct Params {
  G: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> sums: array<u32>;
@group(0) @binding(1) var<storage, read_write> before: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn starts(@builtin(local_invocation_index) local: u32, @builtin(num_workgroups) groups: vec3<u32>) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  var carry = 0;
  let t0 = max(params.G - 1, 0);
  let t1 = max(t - 1, 0);
  for (var g = 0; g < params.G; g += 256) {
    let t2 = t * 2 + g;
    let t3 = t2 < params.G;
    let v_0 = i32(select(0u, sums[min(t2, t0)], t3));
    let t4 = t2 + 1 < params.G;
    let v_1 = i32(select(0u, sums[min(t0, t2 + 1)], t4));
    var v7_0 = v_0;
    var v7_1 = v_1;
    v7_1 = v7_0 + v7_1;
    var v7_before = v7_1;
    workgroupBarrier();
    scratch[t] = u32(v7_before);
    workgroupBarrier();
    v7_before = select(0, i32(scratch[t1]), t != 0);
    workgroupBarrier();
    for (var round_1 = 0; round_1 < 7 + none; round_1++) {
      scratch[t] = u32(v7_before);
      workgroupBarrier();
      let t5 = 1 << u32(round_1);
      v7_before = select(v7_before, v7_before + i32(scratch[max(t + -t5, 0)]), (t >= t5));
      workgroupBarrier();
    }
    v7_1 = v7_0 + v7_before;
    v7_0 = v7_before;
    if (t3) {
      before[t2] = u32(v7_0 + carry);
    }
    if (t4) {
      before[t2 + 1] = u32(carry + v7_1);
    }
    var v9 = 0;
    v9 = v9 + v_0;
    v9 = v9 + v_1;
    scratch[t] = u32(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t6 = ((1 << u32(r)) + 127) >> u32(r);
      let t7 = t + ((t6 + 1) >> 1u);
      if (t7 < t6) {
        scratch[t] = u32(i32(scratch[t]) + i32(scratch[t7]));
      }
      workgroupBarrier();
    }
    let v9_1 = i32(scratch[0]);
    carry = carry + v9_1;
  }
}
