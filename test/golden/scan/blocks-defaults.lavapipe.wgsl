// blocks of scan with its defaults; target lavapipe
// 87 lines, 18 memory accesses, 512 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128)
fn blocks(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 511) >> 9u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 512 + t * 4;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let v_0 = bitcast<f32>(select(0u, x[min(t0, t2)], t1));
  let t3 = t0 + 1 < params.N;
  let v_1 = bitcast<f32>(select(0u, x[min(t2, t0 + 1)], t3));
  let t4 = t0 + 2 < params.N;
  let v_2 = bitcast<f32>(select(0u, x[min(t2, t0 + 2)], t4));
  let t5 = t0 + 3 < params.N;
  let v_3 = bitcast<f32>(select(0u, x[min(t2, t0 + 3)], t5));
  var v6_0 = v_0;
  var v6_1 = v_1;
  var v6_2 = v_2;
  var v6_3 = v_3;
  v6_1 += v6_0;
  v6_2 += v6_1;
  v6_3 += v6_2;
  var v6_before = v6_3;
  scratch[t] = bitcast<u32>(v6_before);
  workgroupBarrier();
  v6_before = select(0f, bitcast<f32>(scratch[max(t - 1, 0)]), t != 0);
  workgroupBarrier();
  for (var round_1 = 0; round_1 < 7 + none; round_1++) {
    scratch[t] = bitcast<u32>(v6_before);
    workgroupBarrier();
    let t6 = 1 << u32(round_1);
    v6_before = select(v6_before, v6_before + bitcast<f32>(scratch[max(t + -t6, 0)]), (t >= t6));
    workgroupBarrier();
  }
  v6_3 += v6_before;
  v6_2 += v6_before;
  v6_1 += v6_before;
  v6_0 += v6_before;
  if (t1) {
    y[t0] = bitcast<u32>(v6_0);
  }
  if (t3) {
    y[t0 + 1] = bitcast<u32>(v6_1);
  }
  if (t4) {
    y[t0 + 2] = bitcast<u32>(v6_2);
  }
  if (t5) {
    y[t0 + 3] = bitcast<u32>(v6_3);
  }
  var v8 = 0f;
  v8 += v_0;
  v8 += v_1;
  v8 += v_2;
  v8 += v_3;
  scratch[t] = bitcast<u32>(v8);
  workgroupBarrier();
  for (var r = 0; r < 7 + none; r++) {
    let t7 = ((1 << u32(r)) + 127) >> u32(r);
    let t8 = t + ((t7 + 1) >> 1u);
    if (t8 < t7) {
      scratch[t] = bitcast<u32>(bitcast<f32>(scratch[t]) + bitcast<f32>(scratch[t8]));
    }
    workgroupBarrier();
  }
  let v8_1 = bitcast<f32>(scratch[0]);
  if (t == 0) {
    sums[b] = bitcast<u32>(v8_1);
  }
}
