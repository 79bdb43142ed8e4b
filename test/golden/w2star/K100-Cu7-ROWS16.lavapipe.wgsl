// w2star K = 100, C = u7, ROWS = 16; target lavapipe
// 68 lines, 13 memory accesses, 260 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 65>;
const T0 = array<i32, 8>(-2, -1, 0, 1, 2, 2, 2, 2);

@compute @workgroup_size(64)
fn gemv_w2star(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  var acc = 0f;
  let t0 = b * 16 + (t >> 2u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = (t2 & 15) * 14;
  let t4 = t2 * 7 + (t2 >> 4u) * 7;
  let t5 = (t & 3) * 3;
  for (var c = 0; c < 34 + none; c += 4) {
    let t6 = (t & 3) + c;
    let t7 = t6 < 34;
    let t8 = t1 & t7;
    let t9 = min(t6, 33);
    let t10 = t9 >> 5u;
    let t11 = t3 + (t9 & 31) * 7;
    let t12 = t11 & 31;
    let t13 = u32(t12);
    let t14 = select(0u, w[t4 + (t10 * 7 + ((t11 + 6) >> 5u))], t8) << (32u - t13);
    let t15 = (select(0u, w[t4 + (t10 * 7 + (t11 >> 5u))], t8) >> t13) | select(0u, t14, (t12 >= 26));
    let code = t15 & 127u;
    var v16 = 0f;
    let t16 = (code * 103u) >> 9u;
    let t17 = t5 + c * 3;
    v16 += f32(T0[(code - t16 * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t17, 99)], t7));
    let t18 = (code * 41u) >> 10u;
    let t19 = t6 < 33;
    v16 += f32(T0[(t16 - t18 * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t17 + 1, 99)], t19));
    v16 += f32(T0[(t18 - ((code * 33u) >> 12u) * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t17 + 2, 99)], t19));
    acc += v16;
  }
  let v19 = acc;
  workgroupBarrier();
  scratch[t + (t >> 5u)] = bitcast<u32>(v19);
  workgroupBarrier();
  let t20 = (t >> 2u) * 4 + (t >> 5u);
  let t21 = bitcast<f32>(scratch[t20 + 2]) + (bitcast<f32>(scratch[t20]) + bitcast<f32>(scratch[t20 + 1]));
  let v19_1 = bitcast<f32>(scratch[t20 + 3]) + t21;
  if ((t & 3) == 0) {
    if (t1) {
      let t22 = v19_1 * bitcast<f32>(select(0u, s[t2], t1)) + bitcast<f32>(select(0u, bias[t2], t1));
      y[t0] = bitcast<u32>(t22);
    }
  }
}
