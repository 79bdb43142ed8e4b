// gemv N = 64, K = 2048; target subgroups
// 210 lines, 12 memory accesses, 32 bytes of workgroup memory
enable subgroups;

struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 8>;

@compute @workgroup_size(64)
fn gemv(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32(params.M)) { return; }
  let bn = i32(block % 8u);
  let bm = i32(block / 8u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f;
  let t0 = bm * 256 + (t & 31);
  let t1 = bn * 512 + t;
  let t2 = bn * 32 + (t >> 3u);
  for (var k = 0; k < 2048; k += 512) {
    let t3 = t0 + (k >> 3u);
    let t4 = x[t3];
    let a_0 = unpack2x16float(t4.x).x;
    let a_1 = unpack2x16float(t4.x).y;
    let a_2 = unpack2x16float(t4.y).x;
    let a_3 = unpack2x16float(t4.y).y;
    let a_4 = unpack2x16float(t4.z).x;
    let a_5 = unpack2x16float(t4.z).y;
    let a_6 = unpack2x16float(t4.w).x;
    let a_7 = unpack2x16float(t4.w).y;
    let t5 = x[t3 + 32];
    let a_8 = unpack2x16float(t5.x).x;
    let a_9 = unpack2x16float(t5.x).y;
    let a_10 = unpack2x16float(t5.y).x;
    let a_11 = unpack2x16float(t5.y).y;
    let a_12 = unpack2x16float(t5.z).x;
    let a_13 = unpack2x16float(t5.z).y;
    let a_14 = unpack2x16float(t5.w).x;
    let a_15 = unpack2x16float(t5.w).y;
    var v21_0 = 0f; var v21_1 = 0f; var v21_2 = 0f; var v21_3 = 0f; var v21_4 = 0f; var v21_5 = 0f;
    var v21_6 = 0f; var v21_7 = 0f;
    let t6 = t1 + (k >> 9u) * 128;
    let t7 = w[t6];
    v21_0 += (bitcast<f32>((t7.x & 15u) ^ 0x4b000000u) - 8388608f) * a_0;
    v21_0 += (bitcast<f32>((t7.x & 240u) ^ 0x49000000u) - 524288f) * a_1;
    v21_0 += (bitcast<f32>((t7.x & 0xf00u) ^ 0x47000000u) - 32768f) * a_2;
    v21_0 += (bitcast<f32>((t7.x & 0xf000u) ^ 0x45000000u) - 2048f) * a_3;
    v21_0 += (bitcast<f32>((t7.x & 0xf0000u) ^ 0x43000000u) - 128f) * a_4;
    v21_0 += (bitcast<f32>(((t7.x >> 16u) & 240u) ^ 0x49000000u) - 524288f) * a_5;
    v21_0 += (bitcast<f32>(((t7.x >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f) * a_6;
    v21_0 += (bitcast<f32>(((t7.x >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f) * a_7;
    v21_1 += (bitcast<f32>((t7.y & 15u) ^ 0x4b000000u) - 8388608f) * a_8;
    v21_1 += (bitcast<f32>((t7.y & 240u) ^ 0x49000000u) - 524288f) * a_9;
    v21_1 += (bitcast<f32>((t7.y & 0xf00u) ^ 0x47000000u) - 32768f) * a_10;
    v21_1 += (bitcast<f32>((t7.y & 0xf000u) ^ 0x45000000u) - 2048f) * a_11;
    v21_1 += (bitcast<f32>((t7.y & 0xf0000u) ^ 0x43000000u) - 128f) * a_12;
    v21_1 += (bitcast<f32>(((t7.y >> 16u) & 240u) ^ 0x49000000u) - 524288f) * a_13;
    v21_1 += (bitcast<f32>(((t7.y >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f) * a_14;
    v21_1 += (bitcast<f32>(((t7.y >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f) * a_15;
    v21_2 += a_0 * (bitcast<f32>((t7.z & 15u) ^ 0x4b000000u) - 8388608f);
    v21_2 += a_1 * (bitcast<f32>((t7.z & 240u) ^ 0x49000000u) - 524288f);
    v21_2 += a_2 * (bitcast<f32>((t7.z & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_2 += a_3 * (bitcast<f32>((t7.z & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_2 += a_4 * (bitcast<f32>((t7.z & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_2 += a_5 * (bitcast<f32>(((t7.z >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_2 += a_6 * (bitcast<f32>(((t7.z >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_2 += a_7 * (bitcast<f32>(((t7.z >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_3 += a_8 * (bitcast<f32>((t7.w & 15u) ^ 0x4b000000u) - 8388608f);
    v21_3 += a_9 * (bitcast<f32>((t7.w & 240u) ^ 0x49000000u) - 524288f);
    v21_3 += a_10 * (bitcast<f32>((t7.w & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_3 += a_11 * (bitcast<f32>((t7.w & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_3 += a_12 * (bitcast<f32>((t7.w & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_3 += a_13 * (bitcast<f32>(((t7.w >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_3 += a_14 * (bitcast<f32>(((t7.w >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_3 += a_15 * (bitcast<f32>(((t7.w >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    let t8 = w[t6 + 64];
    v21_4 += a_0 * (bitcast<f32>((t8.x & 15u) ^ 0x4b000000u) - 8388608f);
    v21_4 += a_1 * (bitcast<f32>((t8.x & 240u) ^ 0x49000000u) - 524288f);
    v21_4 += a_2 * (bitcast<f32>((t8.x & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_4 += a_3 * (bitcast<f32>((t8.x & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_4 += a_4 * (bitcast<f32>((t8.x & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_4 += a_5 * (bitcast<f32>(((t8.x >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_4 += a_6 * (bitcast<f32>(((t8.x >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_4 += a_7 * (bitcast<f32>(((t8.x >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_5 += a_8 * (bitcast<f32>((t8.y & 15u) ^ 0x4b000000u) - 8388608f);
    v21_5 += a_9 * (bitcast<f32>((t8.y & 240u) ^ 0x49000000u) - 524288f);
    v21_5 += a_10 * (bitcast<f32>((t8.y & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_5 += a_11 * (bitcast<f32>((t8.y & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_5 += a_12 * (bitcast<f32>((t8.y & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_5 += a_13 * (bitcast<f32>(((t8.y >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_5 += a_14 * (bitcast<f32>(((t8.y >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_5 += a_15 * (bitcast<f32>(((t8.y >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_6 += a_0 * (bitcast<f32>((t8.z & 15u) ^ 0x4b000000u) - 8388608f);
    v21_6 += a_1 * (bitcast<f32>((t8.z & 240u) ^ 0x49000000u) - 524288f);
    v21_6 += a_2 * (bitcast<f32>((t8.z & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_6 += a_3 * (bitcast<f32>((t8.z & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_6 += a_4 * (bitcast<f32>((t8.z & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_6 += a_5 * (bitcast<f32>(((t8.z >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_6 += a_6 * (bitcast<f32>(((t8.z >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_6 += a_7 * (bitcast<f32>(((t8.z >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_7 += a_8 * (bitcast<f32>((t8.w & 15u) ^ 0x4b000000u) - 8388608f);
    v21_7 += a_9 * (bitcast<f32>((t8.w & 240u) ^ 0x49000000u) - 524288f);
    v21_7 += a_10 * (bitcast<f32>((t8.w & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_7 += a_11 * (bitcast<f32>((t8.w & 0xf000u) ^ 0x45000000u) - 2048f);
    v21_7 += a_12 * (bitcast<f32>((t8.w & 0xf0000u) ^ 0x43000000u) - 128f);
    v21_7 += a_13 * (bitcast<f32>(((t8.w >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v21_7 += a_14 * (bitcast<f32>(((t8.w >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v21_7 += a_15 * (bitcast<f32>(((t8.w >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    var v23_0 = 0f; var v23_1 = 0f;
    v23_0 += a_0;
    v23_0 += a_1;
    v23_0 += a_2;
    v23_0 += a_3;
    v23_0 += a_4;
    v23_0 += a_5;
    v23_0 += a_6;
    v23_0 += a_7;
    v23_1 += a_8;
    v23_1 += a_9;
    v23_1 += a_10;
    v23_1 += a_11;
    v23_1 += a_12;
    v23_1 += a_13;
    v23_1 += a_14;
    v23_1 += a_15;
    let v25_0 = v23_0 * 8f;
    let v25_1 = v23_1 * 8f;
    var v29_0 = 0f; var v29_1 = 0f; var v29_2 = 0f; var v29_3 = 0f;
    let t9 = scale[t2 + (k >> 9u) * 8];
    v29_0 += (v21_0 - v25_0) * unpack2x16float(t9.x).x;
    v29_0 += (v21_1 - v25_1) * unpack2x16float(t9.x).y;
    v29_1 += (v21_2 - v25_0) * unpack2x16float(t9.y).x;
    v29_1 += (v21_3 - v25_1) * unpack2x16float(t9.y).y;
    v29_2 += (v21_4 - v25_0) * unpack2x16float(t9.z).x;
    v29_2 += (v21_5 - v25_1) * unpack2x16float(t9.z).y;
    v29_3 += (v21_6 - v25_0) * unpack2x16float(t9.w).x;
    v29_3 += (v21_7 - v25_1) * unpack2x16float(t9.w).y;
    acc_0 += v29_0;
    acc_1 += v29_1;
    acc_2 += v29_2;
    acc_3 += v29_3;
  }
  var v33_0 = acc_0;
  var v33_1 = acc_1;
  var v33_2 = acc_2;
  var v33_3 = acc_3;
  let other = subgroupShuffleXor(v33_0, 1u);
  v33_0 += other;
  let other_1 = subgroupShuffleXor(v33_1, 1u);
  v33_1 += other_1;
  let other_2 = subgroupShuffleXor(v33_2, 1u);
  v33_2 += other_2;
  let other_3 = subgroupShuffleXor(v33_3, 1u);
  v33_3 += other_3;
  let other_4 = subgroupShuffleXor(v33_0, 2u);
  v33_0 += other_4;
  let other_5 = subgroupShuffleXor(v33_1, 2u);
  v33_1 += other_5;
  let other_6 = subgroupShuffleXor(v33_2, 2u);
  v33_2 += other_6;
  let other_7 = subgroupShuffleXor(v33_3, 2u);
  v33_3 += other_7;
  let other_8 = subgroupShuffleXor(v33_0, 4u);
  v33_0 += other_8;
  let other_9 = subgroupShuffleXor(v33_1, 4u);
  v33_1 += other_9;
  let other_10 = subgroupShuffleXor(v33_2, 4u);
  v33_2 += other_10;
  let other_11 = subgroupShuffleXor(v33_3, 4u);
  v33_3 += other_11;
  let other_12 = subgroupShuffleXor(v33_0, 8u);
  v33_0 += other_12;
  let other_13 = subgroupShuffleXor(v33_1, 8u);
  v33_1 += other_13;
  let other_14 = subgroupShuffleXor(v33_2, 8u);
  v33_2 += other_14;
  let other_15 = subgroupShuffleXor(v33_3, 8u);
  v33_3 += other_15;
  let other_16 = subgroupShuffleXor(v33_0, 16u);
  v33_0 += other_16;
  let other_17 = subgroupShuffleXor(v33_1, 16u);
  v33_1 += other_17;
  let other_18 = subgroupShuffleXor(v33_2, 16u);
  v33_2 += other_18;
  let other_19 = subgroupShuffleXor(v33_3, 16u);
  v33_3 += other_19;
  workgroupBarrier();
  if ((t & 31) == 0) {
    scratch[t >> 5u] = bitcast<u32>(v33_0);
    scratch[(t >> 5u) + 2] = bitcast<u32>(v33_1);
    scratch[(t >> 5u) + 4] = bitcast<u32>(v33_2);
    scratch[(t >> 5u) + 6] = bitcast<u32>(v33_3);
  }
  workgroupBarrier();
  let sum = bitcast<f32>(scratch[t & 7]);
  if (t < 8) {
    y[bn * 8 + bm * 64 + (t & 7)] = bitcast<u32>(sum + bitcast<f32>(bias[bn * 8 + (t & 7)]));
  }
}
