// tiles of sort B = 128, TOP = 1000.5; target lavapipe
// 50 lines, 4 memory accesses, 512 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 128>;
const T0 = array<u32, 28>(0u, 1u, 1u, 2u, 2u, 2u, 3u, 3u, 3u, 3u, 4u, 4u, 4u, 4u, 4u, 5u, 5u, 5u, 5u, 5u, 5u, 6u, 6u, 6u, 6u, 6u, 6u, 6u);
const T1 = array<u32, 28>(0u, 1u, 0u, 2u, 1u, 0u, 3u, 2u, 1u, 0u, 4u, 3u, 2u, 1u, 0u, 5u, 4u, 3u, 2u, 1u, 0u, 6u, 5u, 4u, 3u, 2u, 1u, 0u);

@compute @workgroup_size(128)
fn tiles(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 127) >> 7u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 128 + t;
  let t1 = t0 < params.N;
  let t2 = select(1000.5f, bitcast<f32>(x[min(t0, max(params.N - 1, 0))]), t1);
  let t3 = bitcast<u32>(t2);
  let t4 = t3 & 0x7fffffffu;
  var v5 = select(select(t4 | 0x80000000u, ~t3, (t3 >= 0x80000000u) & (t4 != 0u)), 0xffffffffu, (t4 >= 0x7f800001u));
  for (var round_1 = 0; round_1 < 28 + none; round_1++) {
    scratch[t] = v5;
    workgroupBarrier();
    let t5 = T0[u32(round_1)];
    let t6 = T1[u32(round_1)];
    let t7 = 1 << t6;
    let t8 = t + -select(t7, 0, t5 == t6);
    let t9 = ((t8 >> t6) & 1) != 0;
    let t10 = select(t + t7, t + -t7, t9);
    let t11 = t5 + 1u;
    let t12 = (t8 >= 0) & (t10 < 128) & ((t >> t11) == (t10 >> t11));
    let t13 = scratch[select(t, t10, t12)];
    v5 = select(v5, t13, t12 & (t9 != (t13 < v5)));
    workgroupBarrier();
  }
  let t14 = select(select(~v5, v5 ^ 0x80000000u, (v5 >= 0x80000000u)), 0x7fc00000u, v5 == 0xffffffffu);
  let v5_1 = bitcast<f32>(t14);
  if (t1) {
    y[t0] = bitcast<u32>(v5_1);
  }
}
