// partial of gemv N = 16, K = 8192; target lavapipe
// 197 lines, 22 memory accesses, 1472 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> part: array<u32>;
var<workgroup> scratch: array<u32, 368>;

@compute @workgroup_size(64)
fn partial_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32(params.M) * 4u) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u % u32(params.M));
  let s = i32(block / (2u * u32(params.M)));
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f;
  let t0 = s * 2048 + 2048;
  let t1 = bm * 1024 + (t & 31);
  let t2 = bn * 2048 + t;
  let t3 = bn * 128 + (t >> 3u);
  for (var k = s * 2048; k < t0; k += 512) {
    let t4 = t1 + (k >> 3u);
    let t5 = x[t4];
    let a_0 = unpack2x16float(t5.x).x;
    let a_1 = unpack2x16float(t5.x).y;
    let a_2 = unpack2x16float(t5.y).x;
    let a_3 = unpack2x16float(t5.y).y;
    let a_4 = unpack2x16float(t5.z).x;
    let a_5 = unpack2x16float(t5.z).y;
    let a_6 = unpack2x16float(t5.w).x;
    let a_7 = unpack2x16float(t5.w).y;
    let t6 = x[t4 + 32];
    let a_8 = unpack2x16float(t6.x).x;
    let a_9 = unpack2x16float(t6.x).y;
    let a_10 = unpack2x16float(t6.y).x;
    let a_11 = unpack2x16float(t6.y).y;
    let a_12 = unpack2x16float(t6.z).x;
    let a_13 = unpack2x16float(t6.z).y;
    let a_14 = unpack2x16float(t6.w).x;
    let a_15 = unpack2x16float(t6.w).y;
    var v20_0 = 0f; var v20_1 = 0f; var v20_2 = 0f; var v20_3 = 0f; var v20_4 = 0f; var v20_5 = 0f;
    var v20_6 = 0f; var v20_7 = 0f;
    let t7 = t2 + (k >> 9u) * 128;
    let t8 = w[t7];
    v20_0 += (bitcast<f32>((t8.x & 15u) ^ 0x4b000000u) - 8388608f) * a_0;
    v20_0 += (bitcast<f32>((t8.x & 240u) ^ 0x49000000u) - 524288f) * a_1;
    v20_0 += (bitcast<f32>((t8.x & 0xf00u) ^ 0x47000000u) - 32768f) * a_2;
    v20_0 += (bitcast<f32>((t8.x & 0xf000u) ^ 0x45000000u) - 2048f) * a_3;
    v20_0 += (bitcast<f32>((t8.x & 0xf0000u) ^ 0x43000000u) - 128f) * a_4;
    v20_0 += (bitcast<f32>(((t8.x >> 16u) & 240u) ^ 0x49000000u) - 524288f) * a_5;
    v20_0 += (bitcast<f32>(((t8.x >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f) * a_6;
    v20_0 += (bitcast<f32>(((t8.x >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f) * a_7;
    v20_1 += (bitcast<f32>((t8.y & 15u) ^ 0x4b000000u) - 8388608f) * a_8;
    v20_1 += (bitcast<f32>((t8.y & 240u) ^ 0x49000000u) - 524288f) * a_9;
    v20_1 += (bitcast<f32>((t8.y & 0xf00u) ^ 0x47000000u) - 32768f) * a_10;
    v20_1 += (bitcast<f32>((t8.y & 0xf000u) ^ 0x45000000u) - 2048f) * a_11;
    v20_1 += (bitcast<f32>((t8.y & 0xf0000u) ^ 0x43000000u) - 128f) * a_12;
    v20_1 += (bitcast<f32>(((t8.y >> 16u) & 240u) ^ 0x49000000u) - 524288f) * a_13;
    v20_1 += (bitcast<f32>(((t8.y >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f) * a_14;
    v20_1 += (bitcast<f32>(((t8.y >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f) * a_15;
    v20_2 += a_0 * (bitcast<f32>((t8.z & 15u) ^ 0x4b000000u) - 8388608f);
    v20_2 += a_1 * (bitcast<f32>((t8.z & 240u) ^ 0x49000000u) - 524288f);
    v20_2 += a_2 * (bitcast<f32>((t8.z & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_2 += a_3 * (bitcast<f32>((t8.z & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_2 += a_4 * (bitcast<f32>((t8.z & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_2 += a_5 * (bitcast<f32>(((t8.z >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_2 += a_6 * (bitcast<f32>(((t8.z >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_2 += a_7 * (bitcast<f32>(((t8.z >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_3 += a_8 * (bitcast<f32>((t8.w & 15u) ^ 0x4b000000u) - 8388608f);
    v20_3 += a_9 * (bitcast<f32>((t8.w & 240u) ^ 0x49000000u) - 524288f);
    v20_3 += a_10 * (bitcast<f32>((t8.w & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_3 += a_11 * (bitcast<f32>((t8.w & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_3 += a_12 * (bitcast<f32>((t8.w & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_3 += a_13 * (bitcast<f32>(((t8.w >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_3 += a_14 * (bitcast<f32>(((t8.w >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_3 += a_15 * (bitcast<f32>(((t8.w >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    let t9 = w[t7 + 64];
    v20_4 += a_0 * (bitcast<f32>((t9.x & 15u) ^ 0x4b000000u) - 8388608f);
    v20_4 += a_1 * (bitcast<f32>((t9.x & 240u) ^ 0x49000000u) - 524288f);
    v20_4 += a_2 * (bitcast<f32>((t9.x & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_4 += a_3 * (bitcast<f32>((t9.x & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_4 += a_4 * (bitcast<f32>((t9.x & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_4 += a_5 * (bitcast<f32>(((t9.x >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_4 += a_6 * (bitcast<f32>(((t9.x >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_4 += a_7 * (bitcast<f32>(((t9.x >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_5 += a_8 * (bitcast<f32>((t9.y & 15u) ^ 0x4b000000u) - 8388608f);
    v20_5 += a_9 * (bitcast<f32>((t9.y & 240u) ^ 0x49000000u) - 524288f);
    v20_5 += a_10 * (bitcast<f32>((t9.y & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_5 += a_11 * (bitcast<f32>((t9.y & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_5 += a_12 * (bitcast<f32>((t9.y & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_5 += a_13 * (bitcast<f32>(((t9.y >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_5 += a_14 * (bitcast<f32>(((t9.y >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_5 += a_15 * (bitcast<f32>(((t9.y >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_6 += a_0 * (bitcast<f32>((t9.z & 15u) ^ 0x4b000000u) - 8388608f);
    v20_6 += a_1 * (bitcast<f32>((t9.z & 240u) ^ 0x49000000u) - 524288f);
    v20_6 += a_2 * (bitcast<f32>((t9.z & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_6 += a_3 * (bitcast<f32>((t9.z & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_6 += a_4 * (bitcast<f32>((t9.z & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_6 += a_5 * (bitcast<f32>(((t9.z >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_6 += a_6 * (bitcast<f32>(((t9.z >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_6 += a_7 * (bitcast<f32>(((t9.z >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_7 += a_8 * (bitcast<f32>((t9.w & 15u) ^ 0x4b000000u) - 8388608f);
    v20_7 += a_9 * (bitcast<f32>((t9.w & 240u) ^ 0x49000000u) - 524288f);
    v20_7 += a_10 * (bitcast<f32>((t9.w & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_7 += a_11 * (bitcast<f32>((t9.w & 0xf000u) ^ 0x45000000u) - 2048f);
    v20_7 += a_12 * (bitcast<f32>((t9.w & 0xf0000u) ^ 0x43000000u) - 128f);
    v20_7 += a_13 * (bitcast<f32>(((t9.w >> 16u) & 240u) ^ 0x49000000u) - 524288f);
    v20_7 += a_14 * (bitcast<f32>(((t9.w >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f);
    v20_7 += a_15 * (bitcast<f32>(((t9.w >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f);
    var v22_0 = 0f; var v22_1 = 0f;
    v22_0 += a_0;
    v22_0 += a_1;
    v22_0 += a_2;
    v22_0 += a_3;
    v22_0 += a_4;
    v22_0 += a_5;
    v22_0 += a_6;
    v22_0 += a_7;
    v22_1 += a_8;
    v22_1 += a_9;
    v22_1 += a_10;
    v22_1 += a_11;
    v22_1 += a_12;
    v22_1 += a_13;
    v22_1 += a_14;
    v22_1 += a_15;
    let v24_0 = v22_0 * 8f;
    let v24_1 = v22_1 * 8f;
    var v28_0 = 0f; var v28_1 = 0f; var v28_2 = 0f; var v28_3 = 0f;
    let t10 = scale[t3 + (k >> 9u) * 8];
    v28_0 += (v20_0 - v24_0) * unpack2x16float(t10.x).x;
    v28_0 += (v20_1 - v24_1) * unpack2x16float(t10.x).y;
    v28_1 += (v20_2 - v24_0) * unpack2x16float(t10.y).x;
    v28_1 += (v20_3 - v24_1) * unpack2x16float(t10.y).y;
    v28_2 += (v20_4 - v24_0) * unpack2x16float(t10.z).x;
    v28_2 += (v20_5 - v24_1) * unpack2x16float(t10.z).y;
    v28_3 += (v20_6 - v24_0) * unpack2x16float(t10.w).x;
    v28_3 += (v20_7 - v24_1) * unpack2x16float(t10.w).y;
    acc_0 += v28_0;
    acc_1 += v28_1;
    acc_2 += v28_2;
    acc_3 += v28_3;
  }
  let v32_0 = acc_0;
  let v32_1 = acc_1;
  let v32_2 = acc_2;
  let v32_3 = acc_3;
  workgroupBarrier();
  let t11 = (t >> 5u) * 48 + (t & 31);
  scratch[t11] = bitcast<u32>(v32_0);
  scratch[t11 + 96] = bitcast<u32>(v32_1);
  scratch[t11 + 192] = bitcast<u32>(v32_2);
  scratch[t11 + 288] = bitcast<u32>(v32_3);
  workgroupBarrier();
  let t12 = (t >> 4u) * 48 + (t & 15);
  for (var r = 0; r < 5 + none; r++) {
    let t13 = ((1 << u32(r)) + 31) >> u32(r);
    let t14 = (t13 + 1) >> 1u;
    let t15 = (t & 15) + t14 < t13;
    let t16 = t12 + t14;
    for (var w_1 = 0; w_1 < 2; w_1++) {
      if (t15) {
        let t17 = t12 + w_1 * 192;
        let t18 = bitcast<f32>(scratch[t17]) + bitcast<f32>(scratch[t16 + w_1 * 192]);
        scratch[t17] = bitcast<u32>(t18);
      }
    }
    workgroupBarrier();
  }
  let t19 = (t >> 5u) * 48;
  let v32_0_1 = bitcast<f32>(scratch[t19]);
  let v32_1_1 = bitcast<f32>(scratch[t19 + 96]);
  let v32_2_1 = bitcast<f32>(scratch[t19 + 192]);
  let v32_3_1 = bitcast<f32>(scratch[t19 + 288]);
  workgroupBarrier();
  if ((t & 31) == 0) {
    scratch[t >> 5u] = bitcast<u32>(v32_0_1);
    scratch[(t >> 5u) + 2] = bitcast<u32>(v32_1_1);
    scratch[(t >> 5u) + 4] = bitcast<u32>(v32_2_1);
    scratch[(t >> 5u) + 6] = bitcast<u32>(v32_3_1);
  }
  workgroupBarrier();
  let sum = bitcast<f32>(scratch[t & 7]);
  if (t < 8) {
    part[bn * 8 + bm * 16 + (t & 7) + params.M * s * 16] = bitcast<u32>(sum);
  }
}
