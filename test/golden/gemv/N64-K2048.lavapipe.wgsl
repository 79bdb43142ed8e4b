// gemv N = 64, K = 2048; target lavapipe
// 196 lines, 23 memory accesses, 1472 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 368>;

@compute @workgroup_size(64)
fn gemv(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 8u) + frame[groups.x >> 31u];
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
  let v33_0 = acc_0;
  let v33_1 = acc_1;
  let v33_2 = acc_2;
  let v33_3 = acc_3;
  workgroupBarrier();
  let t10 = (t >> 5u) * 48 + (t & 31);
  scratch[t10] = bitcast<u32>(v33_0);
  scratch[t10 + 96] = bitcast<u32>(v33_1);
  scratch[t10 + 192] = bitcast<u32>(v33_2);
  scratch[t10 + 288] = bitcast<u32>(v33_3);
  workgroupBarrier();
  let t11 = (t >> 4u) * 48 + (t & 15);
  for (var r = 0; r < 5 + none; r++) {
    let t12 = ((1 << u32(r)) + 31) >> u32(r);
    let t13 = (t12 + 1) >> 1u;
    let t14 = (t & 15) + t13 < t12;
    let t15 = t11 + t13;
    for (var w_1 = 0; w_1 < 2; w_1++) {
      if (t14) {
        let t16 = t11 + w_1 * 192;
        let t17 = bitcast<f32>(scratch[t16]) + bitcast<f32>(scratch[t15 + w_1 * 192]);
        scratch[t16] = bitcast<u32>(t17);
      }
    }
    workgroupBarrier();
  }
  let t18 = (t >> 5u) * 48;
  let v33_0_1 = bitcast<f32>(scratch[t18]);
  let v33_1_1 = bitcast<f32>(scratch[t18 + 96]);
  let v33_2_1 = bitcast<f32>(scratch[t18 + 192]);
  let v33_3_1 = bitcast<f32>(scratch[t18 + 288]);
  workgroupBarrier();
  if ((t & 31) == 0) {
    scratch[t >> 5u] = bitcast<u32>(v33_0_1);
    scratch[(t >> 5u) + 2] = bitcast<u32>(v33_1_1);
    scratch[(t >> 5u) + 4] = bitcast<u32>(v33_2_1);
    scratch[(t >> 5u) + 6] = bitcast<u32>(v33_3_1);
  }
  workgroupBarrier();
  let sum = bitcast<f32>(scratch[t & 7]);
  if (t < 8) {
    y[bn * 8 + bm * 64 + (t & 7)] = bitcast<u32>(sum + bitcast<f32>(bias[bn * 8 + (t & 7)]));
  }
}
