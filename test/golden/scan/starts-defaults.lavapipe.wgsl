// starts of scan with its defaults; target lavapipe
// 81 lines, 17 memory accesses, 512 bytes of workgroup memory
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
  var carry = 0f;
  let t0 = max(params.G - 1, 0);
  let t1 = max(t - 1, 0);
  for (var g = 0; g < params.G; g += 512) {
    let t2 = t * 4 + g;
    let t3 = t2 < params.G;
    let v_0 = bitcast<f32>(select(0u, sums[min(t2, t0)], t3));
    let t4 = t2 + 1 < params.G;
    let v_1 = bitcast<f32>(select(0u, sums[min(t0, t2 + 1)], t4));
    let t5 = t2 + 2 < params.G;
    let v_2 = bitcast<f32>(select(0u, sums[min(t0, t2 + 2)], t5));
    let t6 = t2 + 3 < params.G;
    let v_3 = bitcast<f32>(select(0u, sums[min(t0, t2 + 3)], t6));
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
    for (var round_1 = 0; round_1 < 7 + none; round_1++) {
      scratch[t] = bitcast<u32>(v7_before);
      workgroupBarrier();
      let t7 = 1 << u32(round_1);
      v7_before = select(v7_before, v7_before + bitcast<f32>(scratch[max(t + -t7, 0)]), (t >= t7));
      workgroupBarrier();
    }
    v7_3 = v7_2 + v7_before;
    v7_2 = v7_before + v7_1;
    v7_1 = v7_before + v7_0;
    v7_0 = v7_before;
    if (t3) {
      before[t2] = bitcast<u32>(v7_0 + carry);
    }
    if (t4) {
      before[t2 + 1] = bitcast<u32>(carry + v7_1);
    }
    if (t5) {
      before[t2 + 2] = bitcast<u32>(carry + v7_2);
    }
    if (t6) {
      before[t2 + 3] = bitcast<u32>(carry + v7_3);
    }
    var v9 = 0f;
    v9 += v_0;
    v9 += v_1;
    v9 += v_2;
    v9 += v_3;
    scratch[t] = bitcast<u32>(v9);
    workgroupBarrier();
    for (var r = 0; r < 7 + none; r++) {
      let t8 = ((1 << u32(r)) + 127) >> u32(r);
      let t9 = t + ((t8 + 1) >> 1u);
      if (t9 < t8) {
        scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t9]));
      }
      workgroupBarrier();
    }
    let v9_1 = bitcast<f32>(scratch[0]);
    carry += v9_1;
  }
}
