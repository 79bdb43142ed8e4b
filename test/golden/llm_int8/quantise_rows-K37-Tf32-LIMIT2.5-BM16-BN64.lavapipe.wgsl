// quantise_rows of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target lavapipe
// 74 lines, 15 memory accesses, 256 bytes of workgroup memory
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
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let m = i32(block) + frame[groups.x >> 31u];
  var most_0 = 0f; var most_1 = 0f; var most_2 = 0f; var most_3 = 0f;
  let t0 = min(t * 4, 36);
  let t1 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t0], (t < 10))), (i32(select(0u, flag[t0], (t < 10))) == 0));
  most_0 = max(most_0, abs(t1));
  let t2 = min(t * 4 + 1, 36);
  let t3 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t2], (t < 9))), (i32(select(0u, flag[t2], (t < 9))) == 0));
  most_1 = max(most_1, abs(t3));
  let t4 = min(t * 4 + 2, 36);
  let t5 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t4], (t < 9))), (i32(select(0u, flag[t4], (t < 9))) == 0));
  most_2 = max(most_2, abs(t5));
  let t6 = min(t * 4 + 3, 36);
  let t7 = select(0f, bitcast<f32>(select(0u, x[m * 37 + t6], (t < 9))), (i32(select(0u, flag[t6], (t < 9))) == 0));
  most_3 = max(most_3, abs(t7));
  var c = bitcast<f32>(bits_ff800000);
  c = max(c, most_0);
  c = max(c, most_1);
  c = max(c, most_2);
  c = max(c, most_3);
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
    let t10 = select(0u, encode(bitcast<u32>(select(0f, t7 * 127f / c_1, v20))) << 24u, (t < 9));
    let t11 = select(0u, encode(bitcast<u32>(select(0f, t5 * 127f / c_1, v20))) << 16u, (t < 9));
    let t12 = select(0u, encode(bitcast<u32>(select(0f, t3 * 127f / c_1, v20))) << 8u, (t < 9));
    let t13 = t11 | (encode(bitcast<u32>(select(0f, t1 * 127f / c_1, v20))) | t12);
    q[m * 10 + t] = t10 | t13;
  }
  if (t == 0) {
    cx[m] = bitcast<u32>(c_1);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x43000000u) | (x_1 & 0x80000000u));
  return select(u32(min(to_i32(round(t0)), 127)) & 255u, 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
