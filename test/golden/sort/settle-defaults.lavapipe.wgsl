// settle of sort with its defaults; target lavapipe
// 69 lines, 8 memory accesses, 1024 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 256>;
const T0 = array<u32, 36>(0u, 1u, 1u, 2u, 2u, 2u, 3u, 3u, 3u, 3u, 4u, 4u, 4u, 4u, 4u, 5u, 5u, 5u, 5u, 5u, 5u, 6u, 6u, 6u, 6u, 6u, 6u, 6u, 7u, 7u, 7u, 7u, 7u, 7u, 7u, 7u);
const T1 = array<u32, 36>(0u, 1u, 0u, 2u, 1u, 0u, 3u, 2u, 1u, 0u, 4u, 3u, 2u, 1u, 0u, 5u, 4u, 3u, 2u, 1u, 0u, 6u, 5u, 4u, 3u, 2u, 1u, 0u, 7u, 6u, 5u, 4u, 3u, 2u, 1u, 0u);

@compute @workgroup_size(128)
fn settle(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 256 + t * 2;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let t3 = select(3.4028234663852886e+38f, bitcast<f32>(y[min(t0, t2)]), t1);
  let t4 = bitcast<u32>(t3);
  let t5 = t4 & 0x7fffffffu;
  var v4_0 = select(select(t5 | 0x80000000u, ~t4, (t4 >= 0x80000000u) & (t5 != 0u)), 0xffffffffu, (t5 >= 0x7f800001u));
  let t6 = t0 + 1 < params.N;
  let t7 = select(3.4028234663852886e+38f, bitcast<f32>(y[min(t2, t0 + 1)]), t6);
  let t8 = bitcast<u32>(t7);
  let t9 = t8 & 0x7fffffffu;
  var v4_1 = select(select(t9 | 0x80000000u, ~t8, (t8 >= 0x80000000u) & (t9 != 0u)), 0xffffffffu, (t9 >= 0x7f800001u));
  for (var round_1 = 0; round_1 < 36; round_1++) {
    scratch[t * 2] = v4_0;
    scratch[t * 2 + 1] = v4_1;
    workgroupBarrier();
    storageBarrier();
    let t10 = T0[u32(round_1)];
    let t11 = T1[u32(round_1)];
    let t12 = 1 << t11;
    let t13 = t * 2 + -select(t12, 0, t10 == t11);
    let t14 = ((t13 >> t11) & 1) != 0;
    let t15 = t * 2 + -t12;
    let t16 = t * 2 + t12;
    let t17 = select(t16, t15, t14);
    let t18 = t10 + 1u;
    let t19 = (t13 >= 0) & (t17 < 256) & (((t * 2) >> t18) == (t17 >> t18));
    let t20 = scratch[select(t * 2, t17, t19)];
    v4_0 = select(v4_0, t20, t19 & (t14 != (t20 < v4_0)));
    let t21 = (((t13 + 1) >> t11) & 1) != 0;
    let t22 = select(t16 + 1, t15 + 1, t21);
    let t23 = (t13 + 1 >= 0) & (t22 < 256) & (((t * 2 + 1) >> t18) == (t22 >> t18));
    let t24 = scratch[select(t * 2 + 1, t22, t23)];
    v4_1 = select(v4_1, t24, t23 & (t21 != (t24 < v4_1)));
    workgroupBarrier();
    storageBarrier();
  }
  let t25 = select(select(~v4_0, v4_0 ^ 0x80000000u, (v4_0 >= 0x80000000u)), 0x7fc00000u, v4_0 == 0xffffffffu);
  let v4_0_1 = bitcast<f32>(t25);
  let t26 = select(select(~v4_1, v4_1 ^ 0x80000000u, (v4_1 >= 0x80000000u)), 0x7fc00000u, v4_1 == 0xffffffffu);
  let v4_1_1 = bitcast<f32>(t26);
  if (t1) {
    y[t0] = bitcast<u32>(v4_0_1);
  }
  if (t6) {
    y[t0 + 1] = bitcast<u32>(v4_1_1);
  }
}
