// quantise_rows of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 81 lines, 19 memory accesses, 256 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> flag: array<u32>;
@group(0) @binding(2) var<storage, read_write> q: array<u32>;
@group(0) @binding(3) var<storage, read_write> cx: array<u32>;
var<workgroup> scratch: array<u32, 64>;
var<private> bits_ff800000 = 0xff800000u;

fn to_i32(x: f32) -> i32 {
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(64)
fn quantise_rows(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let m = i32(block);
  var most = array<f32, 4>();
  for (var s = 0; s < 2; s++) {
    let t0 = t * 2 + s;
    let t1 = t0 < 19;
    let t2 = t * 4 + s * 2;
    let t3 = min(t2, 36);
    let t4 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t3], t1)), i32(select(0u, flag[t3], t1)) == 0);
    most[s * 2] = max(most[s * 2], abs(t4));
    let t5 = t0 < 18;
    let t6 = min(t2 + 1, 36);
    let t7 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t6], t5)), i32(select(0u, flag[t6], t5)) == 0);
    most[s * 2 + 1] = max(most[s * 2 + 1], abs(t7));
  }
  var c = bitcast<f32>(bits_ff800000);
  c = max(c, most[0]);
  c = max(c, most[1]);
  c = max(c, most[2]);
  c = max(c, most[3]);
  scratch[t] = bitcast<u32>(c);
  workgroupBarrier();
  for (var r = 0; r < 6 + none; r++) {
    let t8 = ((1 << u32(r)) + 63) >> u32(r);
    let t9 = t + ((t8 + 1) >> 1u);
    if (t9 < t8) {
      scratch[t] = bitcast<u32>(max(bitcast<f32>(scratch[t]), bitcast<f32>(scratch[t9])));
    }
    workgroupBarrier();
  }
  let c_1 = bitcast<f32>(scratch[0]);
  let v20 = c_1 > 0f;
  if (t < 10) {
    let t10 = min(t * 4 + 3, 36);
    let t11 = min(t * 4 + 2, 36);
    let t12 = min(t * 4, 36);
    let t13 = min(t * 4 + 1, 36);
    let t14 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t10], (t < 9))), (i32(select(0u, flag[t10], (t < 9))) == 0));
    let t15 = select(0u, encode(bitcast<u32>(select(0f, t14 * 127f / c_1, v20))) << 24u, (t < 9));
    let t16 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t11], (t < 9))), (i32(select(0u, flag[t11], (t < 9))) == 0));
    let t17 = select(0u, encode(bitcast<u32>(select(0f, t16 * 127f / c_1, v20))) << 16u, (t < 9));
    let t18 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t12], (t < 10))), (i32(select(0u, flag[t12], (t < 10))) == 0));
    let t19 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t13], (t < 9))), (i32(select(0u, flag[t13], (t < 9))) == 0));
    let t20 = select(0u, encode(bitcast<u32>(select(0f, t19 * 127f / c_1, v20))) << 8u, (t < 9));
    let t21 = t17 | (encode(bitcast<u32>(select(0f, t18 * 127f / c_1, v20))) | t20);
    q[m * 10 + t] = t15 | t21;
  }
  if (t == 0) {
    cx[m] = bitcast<u32>(c_1);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x43000000u) | (x_1 & 0x80000000u));
  return select(u32(min(to_i32(round(t0)), 127)) & 255u, 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
