// quantise_rows of llm_int8 K = 256; target lavapipe
// 69 lines, 9 memory accesses, 256 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> flag: array<vec4<u32>>;
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
  let t0 = flag[t];
  let t1 = m * 64 + t;
  let t2 = x[t1];
  let t3 = select(0f, unpack2x16float(t2.x).x, i32(t0.x) == 0);
  most_0 = max(most_0, abs(t3));
  let t4 = select(0f, unpack2x16float(t2.x).y, i32(t0.y) == 0);
  most_1 = max(most_1, abs(t4));
  let t5 = select(0f, unpack2x16float(t2.y).x, i32(t0.z) == 0);
  most_2 = max(most_2, abs(t5));
  let t6 = select(0f, unpack2x16float(t2.y).y, i32(t0.w) == 0);
  most_3 = max(most_3, abs(t6));
  var c = bitcast<f32>(bits_ff800000);
  c = max(c, most_0);
  c = max(c, most_1);
  c = max(c, most_2);
  c = max(c, most_3);
  scratch[t] = bitcast<u32>(c);
  workgroupBarrier();
  for (var r = 0; r < 6 + none; r++) {
    let t7 = ((1 << u32(r)) + 63) >> u32(r);
    let t8 = t + ((t7 + 1) >> 1u);
    if (t8 < t7) {
      scratch[t] = bitcast<u32>(max(bitcast<f32>(scratch[t]), bitcast<f32>(scratch[t8])));
    }
    workgroupBarrier();
  }
  let c_1 = bitcast<f32>(scratch[0]);
  let v20 = c_1 > 0f;
  let t9 = encode(bitcast<u32>(select(0f, t3 * 127f / c_1, v20))) | (encode(bitcast<u32>(select(0f, t4 * 127f / c_1, v20))) << 8u);
  let t10 = t9 | (encode(bitcast<u32>(select(0f, t5 * 127f / c_1, v20))) << 16u);
  q[t1] = t10 | (encode(bitcast<u32>(select(0f, t6 * 127f / c_1, v20))) << 24u);
  if (t == 0) {
    cx[m] = bitcast<u32>(c_1);
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = bitcast<f32>(min(x_1 & 0x7fffffffu, 0x43000000u) | (x_1 & 0x80000000u));
  return select(u32(min(to_i32(round(t0)), 127)) & 255u, 0u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}
