// listed of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 52 lines, 14 memory accesses, 256 bytes of workgroup memory
@group(0) @binding(0) var<storage, read> flag: array<u32>;
@group(0) @binding(1) var<storage, read_write> list: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> count: array<u32>;
var<workgroup> scratch: array<u32, 64>;

@compute @workgroup_size(64)
fn listed(@builtin(local_invocation_index) local: u32, @builtin(num_workgroups) groups: vec3<u32>) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  var found = 0;
  let f = i32(select(0u, flag[min(t, 36)], (t < 37)));
  var v5 = f;
  scratch[t] = u32(v5);
  workgroupBarrier();
  v5 = select(0, i32(scratch[max(t - 1, 0)]), t != 0);
  workgroupBarrier();
  for (var round_1 = 0; round_1 < 6 + none; round_1++) {
    scratch[t] = u32(v5);
    workgroupBarrier();
    let t0 = 1 << u32(round_1);
    v5 = select(v5, v5 + i32(scratch[max(t + -t0, 0)]), (t >= t0));
    workgroupBarrier();
  }
  let found_1 = found;
  let t1 = select(-1, found_1 + v5, f == 1);
  if ((t1 >= 0) & (t1 < 37)) {
    atomicStore(&list[max(min(t1, 36), 0)], u32(t));
  }
  let v15 = f;
  scratch[t] = u32(v15);
  workgroupBarrier();
  for (var r = 0; r < 6 + none; r++) {
    let t2 = ((1 << u32(r)) + 63) >> u32(r);
    let t3 = t + ((t2 + 1) >> 1u);
    if (t3 < t2) {
      scratch[t] = u32(i32(scratch[t]) + i32(scratch[t3]));
    }
    workgroupBarrier();
  }
  let v15_1 = i32(scratch[0]);
  workgroupBarrier();
  if (t == 0) {
    scratch[0] = u32(v15_1);
  }
  let s2 = workgroupUniformLoad(&scratch[0]);
  found = found_1 + i32(s2);
  workgroupBarrier();
  let found_2 = found;
  if (t == 0) {
    count[0] = u32(found_2);
  }
}
