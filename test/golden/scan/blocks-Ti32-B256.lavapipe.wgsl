// blocks of scan T = i32, B = 256; target lavapipe
// 69 lines, 14 memory accesses, 512 bytes of workgroup memory
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
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 256 + t * 2;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let v_0 = i32(select(0u, x[min(t0, t2)], t1));
  let t3 = t0 + 1 < params.N;
  let v_1 = i32(select(0u, x[min(t2, t0 + 1)], t3));
  var v6_0 = v_0;
  var v6_1 = v_1;
  v6_1 = v6_0 + v6_1;
  var v6_before = v6_1;
  scratch[t] = u32(v6_before);
  workgroupBarrier();
  v6_before = select(0, i32(scratch[max(t - 1, 0)]), t != 0);
  workgroupBarrier();
  for (var round_1 = 0; round_1 < 7 + none; round_1++) {
    scratch[t] = u32(v6_before);
    workgroupBarrier();
    let t4 = 1 << u32(round_1);
    v6_before = select(v6_before, v6_before + i32(scratch[max(t + -t4, 0)]), (t >= t4));
    workgroupBarrier();
  }
  v6_1 = v6_1 + v6_before;
  v6_0 = v6_before + v6_0;
  if (t1) {
    y[t0] = u32(v6_0);
  }
  if (t3) {
    y[t0 + 1] = u32(v6_1);
  }
  var v8 = 0;
  v8 = v8 + v_0;
  v8 = v8 + v_1;
  scratch[t] = u32(v8);
  workgroupBarrier();
  for (var r = 0; r < 7 + none; r++) {
    let t5 = ((1 << u32(r)) + 127) >> u32(r);
    let t6 = t + ((t5 + 1) >> 1u);
    if (t6 < t5) {
      scratch[t] = u32(i32(scratch[t]) + i32(scratch[t6]));
    }
    workgroupBarrier();
  }
  let v8_1 = i32(scratch[0]);
  if (t == 0) {
    sums[b] = u32(v8_1);
  }
}
