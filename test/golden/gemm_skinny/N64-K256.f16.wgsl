// gemm_skinny N = 64, K = 256; target f16
// 954 lines, 235 memory accesses, 3184 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f16, 1024>;
var<workgroup> scratch: array<u32, 284>;

@compute @workgroup_size(128)
fn gemm_skinny(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = bm * 8 < params.M;
  let t1 = max(params.M - 1, 0);
  let t2 = min(bm * 8, t1) * 128 + (t >> 1u);
  let t3 = (t & 1) * 16;
  let t4 = bm * 8 + 1 < params.M;
  let t5 = (t >> 1u) + min(t1, bm * 8 + 1) * 128;
  let t6 = bm * 8 + 2 < params.M;
  let t7 = (t >> 1u) + min(t1, bm * 8 + 2) * 128;
  let t8 = bm * 8 + 3 < params.M;
  let t9 = (t >> 1u) + min(t1, bm * 8 + 3) * 128;
  let t10 = bm * 8 + 4 < params.M;
  let t11 = (t >> 1u) + min(t1, bm * 8 + 4) * 128;
  let t12 = bm * 8 + 5 < params.M;
  let t13 = (t >> 1u) + min(t1, bm * 8 + 5) * 128;
  let t14 = bm * 8 + 6 < params.M;
  let t15 = (t >> 1u) + min(t1, bm * 8 + 6) * 128;
  let t16 = bm * 8 + 7 < params.M;
  let t17 = (t >> 1u) + min(t1, bm * 8 + 7) * 128;
  let t18 = bn * 256 + t;
  let t19 = bn * 32 + (t >> 3u);
  for (var k = 0; k < 256; k += 128) {
    let t20 = unpack2x16float((select(0u, x[t2 + (k >> 1u)], t0) >> u32(t3)) & 0xffffu).x;
    sx[t] = f16(t20);
    let t21 = unpack2x16float((select(0u, x[t5 + (k >> 1u)], t4) >> u32(t3)) & 0xffffu).x;
    sx[t + 128] = f16(t21);
    let t22 = unpack2x16float((select(0u, x[t7 + (k >> 1u)], t6) >> u32(t3)) & 0xffffu).x;
    sx[t + 256] = f16(t22);
    let t23 = unpack2x16float((select(0u, x[t9 + (k >> 1u)], t8) >> u32(t3)) & 0xffffu).x;
    sx[t + 384] = f16(t23);
    let t24 = unpack2x16float((select(0u, x[t11 + (k >> 1u)], t10) >> u32(t3)) & 0xffffu).x;
    sx[t + 512] = f16(t24);
    let t25 = unpack2x16float((select(0u, x[t13 + (k >> 1u)], t12) >> u32(t3)) & 0xffffu).x;
    sx[t + 640] = f16(t25);
    let t26 = unpack2x16float((select(0u, x[t15 + (k >> 1u)], t14) >> u32(t3)) & 0xffffu).x;
    sx[t + 768] = f16(t26);
    let t27 = unpack2x16float((select(0u, x[t17 + (k >> 1u)], t16) >> u32(t3)) & 0xffffu).x;
    sx[t + 896] = f16(t27);
    workgroupBarrier();
    let t28 = w[t18 + (k >> 7u) * 128];
    let q_0 = bitcast<f32>((t28.x & 15u) ^ 0x4b000000u) - 8388608f;
    let q_1 = bitcast<f32>((t28.x & 240u) ^ 0x49000000u) - 524288f;
    let q_2 = bitcast<f32>((t28.x & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_3 = bitcast<f32>((t28.x & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_4 = bitcast<f32>((t28.x & 0xf0000u) ^ 0x43000000u) - 128f;
    let q_5 = bitcast<f32>(((t28.x >> 16u) & 240u) ^ 0x49000000u) - 524288f;
    let q_6 = bitcast<f32>(((t28.x >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_7 = bitcast<f32>(((t28.x >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_8 = bitcast<f32>((t28.y & 15u) ^ 0x4b000000u) - 8388608f;
    let q_9 = bitcast<f32>((t28.y & 240u) ^ 0x49000000u) - 524288f;
    let q_10 = bitcast<f32>((t28.y & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_11 = bitcast<f32>((t28.y & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_12 = bitcast<f32>((t28.y & 0xf0000u) ^ 0x43000000u) - 128f;
    let q_13 = bitcast<f32>(((t28.y >> 16u) & 240u) ^ 0x49000000u) - 524288f;
    let q_14 = bitcast<f32>(((t28.y >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_15 = bitcast<f32>(((t28.y >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_16 = bitcast<f32>((t28.z & 15u) ^ 0x4b000000u) - 8388608f;
    let q_17 = bitcast<f32>((t28.z & 240u) ^ 0x49000000u) - 524288f;
    let q_18 = bitcast<f32>((t28.z & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_19 = bitcast<f32>((t28.z & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_20 = bitcast<f32>((t28.z & 0xf0000u) ^ 0x43000000u) - 128f;
    let q_21 = bitcast<f32>(((t28.z >> 16u) & 240u) ^ 0x49000000u) - 524288f;
    let q_22 = bitcast<f32>(((t28.z >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_23 = bitcast<f32>(((t28.z >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_24 = bitcast<f32>((t28.w & 15u) ^ 0x4b000000u) - 8388608f;
    let q_25 = bitcast<f32>((t28.w & 240u) ^ 0x49000000u) - 524288f;
    let q_26 = bitcast<f32>((t28.w & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_27 = bitcast<f32>((t28.w & 0xf000u) ^ 0x45000000u) - 2048f;
    let q_28 = bitcast<f32>((t28.w & 0xf0000u) ^ 0x43000000u) - 128f;
    let q_29 = bitcast<f32>(((t28.w >> 16u) & 240u) ^ 0x49000000u) - 524288f;
    let q_30 = bitcast<f32>(((t28.w >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f;
    let q_31 = bitcast<f32>(((t28.w >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f;
    let t29 = scale[t19 + (k >> 7u) * 16];
    let s_0 = unpack2x16float(t29.x).x;
    let s_1 = unpack2x16float(t29.x).y;
    let s_2 = unpack2x16float(t29.y).x;
    let s_3 = unpack2x16float(t29.y).y;
    let a_0 = f32(sx[t & 7]);
    let a_1 = f32(sx[(t & 7) + 8]);
    let a_2 = f32(sx[(t & 7) + 16]);
    let a_3 = f32(sx[(t & 7) + 24]);
    let a_4 = f32(sx[(t & 7) + 32]);
    let a_5 = f32(sx[(t & 7) + 40]);
    let a_6 = f32(sx[(t & 7) + 48]);
    let a_7 = f32(sx[(t & 7) + 56]);
    let a_8 = f32(sx[(t & 7) + 64]);
    let a_9 = f32(sx[(t & 7) + 72]);
    let a_10 = f32(sx[(t & 7) + 80]);
    let a_11 = f32(sx[(t & 7) + 88]);
    let a_12 = f32(sx[(t & 7) + 96]);
    let a_13 = f32(sx[(t & 7) + 104]);
    let a_14 = f32(sx[(t & 7) + 112]);
    let a_15 = f32(sx[(t & 7) + 120]);
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f;
    sum_0 += q_0 * a_0;
    sum_0 += q_1 * a_1;
    sum_0 += q_2 * a_2;
    sum_0 += q_3 * a_3;
    sum_0 += q_4 * a_4;
    sum_0 += q_5 * a_5;
    sum_0 += q_6 * a_6;
    sum_0 += q_7 * a_7;
    sum_1 += q_8 * a_8;
    sum_1 += q_9 * a_9;
    sum_1 += q_10 * a_10;
    sum_1 += q_11 * a_11;
    sum_1 += q_12 * a_12;
    sum_1 += q_13 * a_13;
    sum_1 += q_14 * a_14;
    sum_1 += q_15 * a_15;
    sum_2 += a_0 * q_16;
    sum_2 += a_1 * q_17;
    sum_2 += a_2 * q_18;
    sum_2 += a_3 * q_19;
    sum_2 += a_4 * q_20;
    sum_2 += a_5 * q_21;
    sum_2 += a_6 * q_22;
    sum_2 += a_7 * q_23;
    sum_3 += a_8 * q_24;
    sum_3 += a_9 * q_25;
    sum_3 += a_10 * q_26;
    sum_3 += a_11 * q_27;
    sum_3 += a_12 * q_28;
    sum_3 += a_13 * q_29;
    sum_3 += a_14 * q_30;
    sum_3 += a_15 * q_31;
    var v27_0 = 0f; var v27_1 = 0f;
    v27_0 += a_0;
    v27_0 += a_1;
    v27_0 += a_2;
    v27_0 += a_3;
    v27_0 += a_4;
    v27_0 += a_5;
    v27_0 += a_6;
    v27_0 += a_7;
    v27_1 += a_8;
    v27_1 += a_9;
    v27_1 += a_10;
    v27_1 += a_11;
    v27_1 += a_12;
    v27_1 += a_13;
    v27_1 += a_14;
    v27_1 += a_15;
    let v29_0 = v27_0 * 8f;
    let v29_1 = v27_1 * 8f;
    var v32_0 = 0f; var v32_1 = 0f;
    v32_0 += (sum_0 - v29_0) * s_0;
    v32_0 += (sum_1 - v29_1) * s_1;
    v32_1 += (sum_2 - v29_0) * s_2;
    v32_1 += (sum_3 - v29_1) * s_3;
    let v190_0 = acc_0 + v32_0;
    let v190_1 = acc_1 + v32_1;
    acc_0 = v190_0;
    acc_1 = v190_1;
    let a_0_1 = f32(sx[(t & 7) + 128]);
    let a_1_1 = f32(sx[(t & 7) + 136]);
    let a_2_1 = f32(sx[(t & 7) + 144]);
    let a_3_1 = f32(sx[(t & 7) + 152]);
    let a_4_1 = f32(sx[(t & 7) + 160]);
    let a_5_1 = f32(sx[(t & 7) + 168]);
    let a_6_1 = f32(sx[(t & 7) + 176]);
    let a_7_1 = f32(sx[(t & 7) + 184]);
    let a_8_1 = f32(sx[(t & 7) + 192]);
    let a_9_1 = f32(sx[(t & 7) + 200]);
    let a_10_1 = f32(sx[(t & 7) + 208]);
    let a_11_1 = f32(sx[(t & 7) + 216]);
    let a_12_1 = f32(sx[(t & 7) + 224]);
    let a_13_1 = f32(sx[(t & 7) + 232]);
    let a_14_1 = f32(sx[(t & 7) + 240]);
    let a_15_1 = f32(sx[(t & 7) + 248]);
    var sum_0_1 = 0f; var sum_1_1 = 0f; var sum_2_1 = 0f; var sum_3_1 = 0f;
    sum_0_1 += q_0 * a_0_1;
    sum_0_1 += q_1 * a_1_1;
    sum_0_1 += q_2 * a_2_1;
    sum_0_1 += q_3 * a_3_1;
    sum_0_1 += q_4 * a_4_1;
    sum_0_1 += q_5 * a_5_1;
    sum_0_1 += q_6 * a_6_1;
    sum_0_1 += q_7 * a_7_1;
    sum_1_1 += q_8 * a_8_1;
    sum_1_1 += q_9 * a_9_1;
    sum_1_1 += q_10 * a_10_1;
    sum_1_1 += q_11 * a_11_1;
    sum_1_1 += q_12 * a_12_1;
    sum_1_1 += q_13 * a_13_1;
    sum_1_1 += q_14 * a_14_1;
    sum_1_1 += q_15 * a_15_1;
    sum_2_1 += q_16 * a_0_1;
    sum_2_1 += q_17 * a_1_1;
    sum_2_1 += q_18 * a_2_1;
    sum_2_1 += q_19 * a_3_1;
    sum_2_1 += q_20 * a_4_1;
    sum_2_1 += q_21 * a_5_1;
    sum_2_1 += q_22 * a_6_1;
    sum_2_1 += q_23 * a_7_1;
    sum_3_1 += q_24 * a_8_1;
    sum_3_1 += q_25 * a_9_1;
    sum_3_1 += q_26 * a_10_1;
    sum_3_1 += q_27 * a_11_1;
    sum_3_1 += q_28 * a_12_1;
    sum_3_1 += q_29 * a_13_1;
    sum_3_1 += q_30 * a_14_1;
    sum_3_1 += q_31 * a_15_1;
    var v43_0 = 0f; var v43_1 = 0f;
    v43_0 += a_0_1;
    v43_0 += a_1_1;
    v43_0 += a_2_1;
    v43_0 += a_3_1;
    v43_0 += a_4_1;
    v43_0 += a_5_1;
    v43_0 += a_6_1;
    v43_0 += a_7_1;
    v43_1 += a_8_1;
    v43_1 += a_9_1;
    v43_1 += a_10_1;
    v43_1 += a_11_1;
    v43_1 += a_12_1;
    v43_1 += a_13_1;
    v43_1 += a_14_1;
    v43_1 += a_15_1;
    let v45_0 = v43_0 * 8f;
    let v45_1 = v43_1 * 8f;
    var v48_0 = 0f; var v48_1 = 0f;
    v48_0 += s_0 * (sum_0_1 - v45_0);
    v48_0 += s_1 * (sum_1_1 - v45_1);
    v48_1 += s_2 * (sum_2_1 - v45_0);
    v48_1 += s_3 * (sum_3_1 - v45_1);
    let v196_0 = acc_2 + v48_0;
    let v196_1 = acc_3 + v48_1;
    acc_2 = v196_0;
    acc_3 = v196_1;
    let a_0_2 = f32(sx[(t & 7) + 256]);
    let a_1_2 = f32(sx[(t & 7) + 264]);
    let a_2_2 = f32(sx[(t & 7) + 272]);
    let a_3_2 = f32(sx[(t & 7) + 280]);
    let a_4_2 = f32(sx[(t & 7) + 288]);
    let a_5_2 = f32(sx[(t & 7) + 296]);
    let a_6_2 = f32(sx[(t & 7) + 304]);
    let a_7_2 = f32(sx[(t & 7) + 312]);
    let a_8_2 = f32(sx[(t & 7) + 320]);
    let a_9_2 = f32(sx[(t & 7) + 328]);
    let a_10_2 = f32(sx[(t & 7) + 336]);
    let a_11_2 = f32(sx[(t & 7) + 344]);
    let a_12_2 = f32(sx[(t & 7) + 352]);
    let a_13_2 = f32(sx[(t & 7) + 360]);
    let a_14_2 = f32(sx[(t & 7) + 368]);
    let a_15_2 = f32(sx[(t & 7) + 376]);
    var sum_0_2 = 0f; var sum_1_2 = 0f; var sum_2_2 = 0f; var sum_3_2 = 0f;
    sum_0_2 += q_0 * a_0_2;
    sum_0_2 += q_1 * a_1_2;
    sum_0_2 += q_2 * a_2_2;
    sum_0_2 += q_3 * a_3_2;
    sum_0_2 += q_4 * a_4_2;
    sum_0_2 += q_5 * a_5_2;
    sum_0_2 += q_6 * a_6_2;
    sum_0_2 += q_7 * a_7_2;
    sum_1_2 += q_8 * a_8_2;
    sum_1_2 += q_9 * a_9_2;
    sum_1_2 += q_10 * a_10_2;
    sum_1_2 += q_11 * a_11_2;
    sum_1_2 += q_12 * a_12_2;
    sum_1_2 += q_13 * a_13_2;
    sum_1_2 += q_14 * a_14_2;
    sum_1_2 += q_15 * a_15_2;
    sum_2_2 += q_16 * a_0_2;
    sum_2_2 += q_17 * a_1_2;
    sum_2_2 += q_18 * a_2_2;
    sum_2_2 += q_19 * a_3_2;
    sum_2_2 += q_20 * a_4_2;
    sum_2_2 += q_21 * a_5_2;
    sum_2_2 += q_22 * a_6_2;
    sum_2_2 += q_23 * a_7_2;
    sum_3_2 += q_24 * a_8_2;
    sum_3_2 += q_25 * a_9_2;
    sum_3_2 += q_26 * a_10_2;
    sum_3_2 += q_27 * a_11_2;
    sum_3_2 += q_28 * a_12_2;
    sum_3_2 += q_29 * a_13_2;
    sum_3_2 += q_30 * a_14_2;
    sum_3_2 += q_31 * a_15_2;
    var v59_0 = 0f; var v59_1 = 0f;
    v59_0 += a_0_2;
    v59_0 += a_1_2;
    v59_0 += a_2_2;
    v59_0 += a_3_2;
    v59_0 += a_4_2;
    v59_0 += a_5_2;
    v59_0 += a_6_2;
    v59_0 += a_7_2;
    v59_1 += a_8_2;
    v59_1 += a_9_2;
    v59_1 += a_10_2;
    v59_1 += a_11_2;
    v59_1 += a_12_2;
    v59_1 += a_13_2;
    v59_1 += a_14_2;
    v59_1 += a_15_2;
    let v61_0 = v59_0 * 8f;
    let v61_1 = v59_1 * 8f;
    var v64_0 = 0f; var v64_1 = 0f;
    v64_0 += s_0 * (sum_0_2 - v61_0);
    v64_0 += s_1 * (sum_1_2 - v61_1);
    v64_1 += s_2 * (sum_2_2 - v61_0);
    v64_1 += s_3 * (sum_3_2 - v61_1);
    let v206_0 = acc_4 + v64_0;
    let v206_1 = acc_5 + v64_1;
    acc_4 = v206_0;
    acc_5 = v206_1;
    let a_0_3 = f32(sx[(t & 7) + 384]);
    let a_1_3 = f32(sx[(t & 7) + 392]);
    let a_2_3 = f32(sx[(t & 7) + 400]);
    let a_3_3 = f32(sx[(t & 7) + 408]);
    let a_4_3 = f32(sx[(t & 7) + 416]);
    let a_5_3 = f32(sx[(t & 7) + 424]);
    let a_6_3 = f32(sx[(t & 7) + 432]);
    let a_7_3 = f32(sx[(t & 7) + 440]);
    let a_8_3 = f32(sx[(t & 7) + 448]);
    let a_9_3 = f32(sx[(t & 7) + 456]);
    let a_10_3 = f32(sx[(t & 7) + 464]);
    let a_11_3 = f32(sx[(t & 7) + 472]);
    let a_12_3 = f32(sx[(t & 7) + 480]);
    let a_13_3 = f32(sx[(t & 7) + 488]);
    let a_14_3 = f32(sx[(t & 7) + 496]);
    let a_15_3 = f32(sx[(t & 7) + 504]);
    var sum_0_3 = 0f; var sum_1_3 = 0f; var sum_2_3 = 0f; var sum_3_3 = 0f;
    sum_0_3 += q_0 * a_0_3;
    sum_0_3 += q_1 * a_1_3;
    sum_0_3 += q_2 * a_2_3;
    sum_0_3 += q_3 * a_3_3;
    sum_0_3 += q_4 * a_4_3;
    sum_0_3 += q_5 * a_5_3;
    sum_0_3 += q_6 * a_6_3;
    sum_0_3 += q_7 * a_7_3;
    sum_1_3 += q_8 * a_8_3;
    sum_1_3 += q_9 * a_9_3;
    sum_1_3 += q_10 * a_10_3;
    sum_1_3 += q_11 * a_11_3;
    sum_1_3 += q_12 * a_12_3;
    sum_1_3 += q_13 * a_13_3;
    sum_1_3 += q_14 * a_14_3;
    sum_1_3 += q_15 * a_15_3;
    sum_2_3 += q_16 * a_0_3;
    sum_2_3 += q_17 * a_1_3;
    sum_2_3 += q_18 * a_2_3;
    sum_2_3 += q_19 * a_3_3;
    sum_2_3 += q_20 * a_4_3;
    sum_2_3 += q_21 * a_5_3;
    sum_2_3 += q_22 * a_6_3;
    sum_2_3 += q_23 * a_7_3;
    sum_3_3 += q_24 * a_8_3;
    sum_3_3 += q_25 * a_9_3;
    sum_3_3 += q_26 * a_10_3;
    sum_3_3 += q_27 * a_11_3;
    sum_3_3 += q_28 * a_12_3;
    sum_3_3 += q_29 * a_13_3;
    sum_3_3 += q_30 * a_14_3;
    sum_3_3 += q_31 * a_15_3;
    var v75_0 = 0f; var v75_1 = 0f;
    v75_0 += a_0_3;
    v75_0 += a_1_3;
    v75_0 += a_2_3;
    v75_0 += a_3_3;
    v75_0 += a_4_3;
    v75_0 += a_5_3;
    v75_0 += a_6_3;
    v75_0 += a_7_3;
    v75_1 += a_8_3;
    v75_1 += a_9_3;
    v75_1 += a_10_3;
    v75_1 += a_11_3;
    v75_1 += a_12_3;
    v75_1 += a_13_3;
    v75_1 += a_14_3;
    v75_1 += a_15_3;
    let v77_0 = v75_0 * 8f;
    let v77_1 = v75_1 * 8f;
    var v80_0 = 0f; var v80_1 = 0f;
    v80_0 += s_0 * (sum_0_3 - v77_0);
    v80_0 += s_1 * (sum_1_3 - v77_1);
    v80_1 += s_2 * (sum_2_3 - v77_0);
    v80_1 += s_3 * (sum_3_3 - v77_1);
    let v216_0 = acc_6 + v80_0;
    let v216_1 = acc_7 + v80_1;
    acc_6 = v216_0;
    acc_7 = v216_1;
    let a_0_4 = f32(sx[(t & 7) + 512]);
    let a_1_4 = f32(sx[(t & 7) + 520]);
    let a_2_4 = f32(sx[(t & 7) + 528]);
    let a_3_4 = f32(sx[(t & 7) + 536]);
    let a_4_4 = f32(sx[(t & 7) + 544]);
    let a_5_4 = f32(sx[(t & 7) + 552]);
    let a_6_4 = f32(sx[(t & 7) + 560]);
    let a_7_4 = f32(sx[(t & 7) + 568]);
    let a_8_4 = f32(sx[(t & 7) + 576]);
    let a_9_4 = f32(sx[(t & 7) + 584]);
    let a_10_4 = f32(sx[(t & 7) + 592]);
    let a_11_4 = f32(sx[(t & 7) + 600]);
    let a_12_4 = f32(sx[(t & 7) + 608]);
    let a_13_4 = f32(sx[(t & 7) + 616]);
    let a_14_4 = f32(sx[(t & 7) + 624]);
    let a_15_4 = f32(sx[(t & 7) + 632]);
    var sum_0_4 = 0f; var sum_1_4 = 0f; var sum_2_4 = 0f; var sum_3_4 = 0f;
    sum_0_4 += q_0 * a_0_4;
    sum_0_4 += q_1 * a_1_4;
    sum_0_4 += q_2 * a_2_4;
    sum_0_4 += q_3 * a_3_4;
    sum_0_4 += q_4 * a_4_4;
    sum_0_4 += q_5 * a_5_4;
    sum_0_4 += q_6 * a_6_4;
    sum_0_4 += q_7 * a_7_4;
    sum_1_4 += q_8 * a_8_4;
    sum_1_4 += q_9 * a_9_4;
    sum_1_4 += q_10 * a_10_4;
    sum_1_4 += q_11 * a_11_4;
    sum_1_4 += q_12 * a_12_4;
    sum_1_4 += q_13 * a_13_4;
    sum_1_4 += q_14 * a_14_4;
    sum_1_4 += q_15 * a_15_4;
    sum_2_4 += q_16 * a_0_4;
    sum_2_4 += q_17 * a_1_4;
    sum_2_4 += q_18 * a_2_4;
    sum_2_4 += q_19 * a_3_4;
    sum_2_4 += q_20 * a_4_4;
    sum_2_4 += q_21 * a_5_4;
    sum_2_4 += q_22 * a_6_4;
    sum_2_4 += q_23 * a_7_4;
    sum_3_4 += q_24 * a_8_4;
    sum_3_4 += q_25 * a_9_4;
    sum_3_4 += q_26 * a_10_4;
    sum_3_4 += q_27 * a_11_4;
    sum_3_4 += q_28 * a_12_4;
    sum_3_4 += q_29 * a_13_4;
    sum_3_4 += q_30 * a_14_4;
    sum_3_4 += q_31 * a_15_4;
    var v91_0 = 0f; var v91_1 = 0f;
    v91_0 += a_0_4;
    v91_0 += a_1_4;
    v91_0 += a_2_4;
    v91_0 += a_3_4;
    v91_0 += a_4_4;
    v91_0 += a_5_4;
    v91_0 += a_6_4;
    v91_0 += a_7_4;
    v91_1 += a_8_4;
    v91_1 += a_9_4;
    v91_1 += a_10_4;
    v91_1 += a_11_4;
    v91_1 += a_12_4;
    v91_1 += a_13_4;
    v91_1 += a_14_4;
    v91_1 += a_15_4;
    let v93_0 = v91_0 * 8f;
    let v93_1 = v91_1 * 8f;
    var v96_0 = 0f; var v96_1 = 0f;
    v96_0 += s_0 * (sum_0_4 - v93_0);
    v96_0 += s_1 * (sum_1_4 - v93_1);
    v96_1 += s_2 * (sum_2_4 - v93_0);
    v96_1 += s_3 * (sum_3_4 - v93_1);
    let v226_0 = acc_8 + v96_0;
    let v226_1 = acc_9 + v96_1;
    acc_8 = v226_0;
    acc_9 = v226_1;
    let a_0_5 = f32(sx[(t & 7) + 640]);
    let a_1_5 = f32(sx[(t & 7) + 648]);
    let a_2_5 = f32(sx[(t & 7) + 656]);
    let a_3_5 = f32(sx[(t & 7) + 664]);
    let a_4_5 = f32(sx[(t & 7) + 672]);
    let a_5_5 = f32(sx[(t & 7) + 680]);
    let a_6_5 = f32(sx[(t & 7) + 688]);
    let a_7_5 = f32(sx[(t & 7) + 696]);
    let a_8_5 = f32(sx[(t & 7) + 704]);
    let a_9_5 = f32(sx[(t & 7) + 712]);
    let a_10_5 = f32(sx[(t & 7) + 720]);
    let a_11_5 = f32(sx[(t & 7) + 728]);
    let a_12_5 = f32(sx[(t & 7) + 736]);
    let a_13_5 = f32(sx[(t & 7) + 744]);
    let a_14_5 = f32(sx[(t & 7) + 752]);
    let a_15_5 = f32(sx[(t & 7) + 760]);
    var sum_0_5 = 0f; var sum_1_5 = 0f; var sum_2_5 = 0f; var sum_3_5 = 0f;
    sum_0_5 += q_0 * a_0_5;
    sum_0_5 += q_1 * a_1_5;
    sum_0_5 += q_2 * a_2_5;
    sum_0_5 += q_3 * a_3_5;
    sum_0_5 += q_4 * a_4_5;
    sum_0_5 += q_5 * a_5_5;
    sum_0_5 += q_6 * a_6_5;
    sum_0_5 += q_7 * a_7_5;
    sum_1_5 += q_8 * a_8_5;
    sum_1_5 += q_9 * a_9_5;
    sum_1_5 += q_10 * a_10_5;
    sum_1_5 += q_11 * a_11_5;
    sum_1_5 += q_12 * a_12_5;
    sum_1_5 += q_13 * a_13_5;
    sum_1_5 += q_14 * a_14_5;
    sum_1_5 += q_15 * a_15_5;
    sum_2_5 += q_16 * a_0_5;
    sum_2_5 += q_17 * a_1_5;
    sum_2_5 += q_18 * a_2_5;
    sum_2_5 += q_19 * a_3_5;
    sum_2_5 += q_20 * a_4_5;
    sum_2_5 += q_21 * a_5_5;
    sum_2_5 += q_22 * a_6_5;
    sum_2_5 += q_23 * a_7_5;
    sum_3_5 += q_24 * a_8_5;
    sum_3_5 += q_25 * a_9_5;
    sum_3_5 += q_26 * a_10_5;
    sum_3_5 += q_27 * a_11_5;
    sum_3_5 += q_28 * a_12_5;
    sum_3_5 += q_29 * a_13_5;
    sum_3_5 += q_30 * a_14_5;
    sum_3_5 += q_31 * a_15_5;
    var v107_0 = 0f; var v107_1 = 0f;
    v107_0 += a_0_5;
    v107_0 += a_1_5;
    v107_0 += a_2_5;
    v107_0 += a_3_5;
    v107_0 += a_4_5;
    v107_0 += a_5_5;
    v107_0 += a_6_5;
    v107_0 += a_7_5;
    v107_1 += a_8_5;
    v107_1 += a_9_5;
    v107_1 += a_10_5;
    v107_1 += a_11_5;
    v107_1 += a_12_5;
    v107_1 += a_13_5;
    v107_1 += a_14_5;
    v107_1 += a_15_5;
    let v109_0 = v107_0 * 8f;
    let v109_1 = v107_1 * 8f;
    var v112_0 = 0f; var v112_1 = 0f;
    v112_0 += s_0 * (sum_0_5 - v109_0);
    v112_0 += s_1 * (sum_1_5 - v109_1);
    v112_1 += s_2 * (sum_2_5 - v109_0);
    v112_1 += s_3 * (sum_3_5 - v109_1);
    let v236_0 = acc_10 + v112_0;
    let v236_1 = acc_11 + v112_1;
    acc_10 = v236_0;
    acc_11 = v236_1;
    let a_0_6 = f32(sx[(t & 7) + 768]);
    let a_1_6 = f32(sx[(t & 7) + 776]);
    let a_2_6 = f32(sx[(t & 7) + 784]);
    let a_3_6 = f32(sx[(t & 7) + 792]);
    let a_4_6 = f32(sx[(t & 7) + 800]);
    let a_5_6 = f32(sx[(t & 7) + 808]);
    let a_6_6 = f32(sx[(t & 7) + 816]);
    let a_7_6 = f32(sx[(t & 7) + 824]);
    let a_8_6 = f32(sx[(t & 7) + 832]);
    let a_9_6 = f32(sx[(t & 7) + 840]);
    let a_10_6 = f32(sx[(t & 7) + 848]);
    let a_11_6 = f32(sx[(t & 7) + 856]);
    let a_12_6 = f32(sx[(t & 7) + 864]);
    let a_13_6 = f32(sx[(t & 7) + 872]);
    let a_14_6 = f32(sx[(t & 7) + 880]);
    let a_15_6 = f32(sx[(t & 7) + 888]);
    var sum_0_6 = 0f; var sum_1_6 = 0f; var sum_2_6 = 0f; var sum_3_6 = 0f;
    sum_0_6 += q_0 * a_0_6;
    sum_0_6 += q_1 * a_1_6;
    sum_0_6 += q_2 * a_2_6;
    sum_0_6 += q_3 * a_3_6;
    sum_0_6 += q_4 * a_4_6;
    sum_0_6 += q_5 * a_5_6;
    sum_0_6 += q_6 * a_6_6;
    sum_0_6 += q_7 * a_7_6;
    sum_1_6 += q_8 * a_8_6;
    sum_1_6 += q_9 * a_9_6;
    sum_1_6 += q_10 * a_10_6;
    sum_1_6 += q_11 * a_11_6;
    sum_1_6 += q_12 * a_12_6;
    sum_1_6 += q_13 * a_13_6;
    sum_1_6 += q_14 * a_14_6;
    sum_1_6 += q_15 * a_15_6;
    sum_2_6 += q_16 * a_0_6;
    sum_2_6 += q_17 * a_1_6;
    sum_2_6 += q_18 * a_2_6;
    sum_2_6 += q_19 * a_3_6;
    sum_2_6 += q_20 * a_4_6;
    sum_2_6 += q_21 * a_5_6;
    sum_2_6 += q_22 * a_6_6;
    sum_2_6 += q_23 * a_7_6;
    sum_3_6 += q_24 * a_8_6;
    sum_3_6 += q_25 * a_9_6;
    sum_3_6 += q_26 * a_10_6;
    sum_3_6 += q_27 * a_11_6;
    sum_3_6 += q_28 * a_12_6;
    sum_3_6 += q_29 * a_13_6;
    sum_3_6 += q_30 * a_14_6;
    sum_3_6 += q_31 * a_15_6;
    var v123_0 = 0f; var v123_1 = 0f;
    v123_0 += a_0_6;
    v123_0 += a_1_6;
    v123_0 += a_2_6;
    v123_0 += a_3_6;
    v123_0 += a_4_6;
    v123_0 += a_5_6;
    v123_0 += a_6_6;
    v123_0 += a_7_6;
    v123_1 += a_8_6;
    v123_1 += a_9_6;
    v123_1 += a_10_6;
    v123_1 += a_11_6;
    v123_1 += a_12_6;
    v123_1 += a_13_6;
    v123_1 += a_14_6;
    v123_1 += a_15_6;
    let v125_0 = v123_0 * 8f;
    let v125_1 = v123_1 * 8f;
    var v128_0 = 0f; var v128_1 = 0f;
    v128_0 += s_0 * (sum_0_6 - v125_0);
    v128_0 += s_1 * (sum_1_6 - v125_1);
    v128_1 += s_2 * (sum_2_6 - v125_0);
    v128_1 += s_3 * (sum_3_6 - v125_1);
    let v246_0 = acc_12 + v128_0;
    let v246_1 = acc_13 + v128_1;
    acc_12 = v246_0;
    acc_13 = v246_1;
    let a_0_7 = f32(sx[(t & 7) + 896]);
    let a_1_7 = f32(sx[(t & 7) + 904]);
    let a_2_7 = f32(sx[(t & 7) + 912]);
    let a_3_7 = f32(sx[(t & 7) + 920]);
    let a_4_7 = f32(sx[(t & 7) + 928]);
    let a_5_7 = f32(sx[(t & 7) + 936]);
    let a_6_7 = f32(sx[(t & 7) + 944]);
    let a_7_7 = f32(sx[(t & 7) + 952]);
    let a_8_7 = f32(sx[(t & 7) + 960]);
    let a_9_7 = f32(sx[(t & 7) + 968]);
    let a_10_7 = f32(sx[(t & 7) + 976]);
    let a_11_7 = f32(sx[(t & 7) + 984]);
    let a_12_7 = f32(sx[(t & 7) + 992]);
    let a_13_7 = f32(sx[(t & 7) + 1000]);
    let a_14_7 = f32(sx[(t & 7) + 1008]);
    let a_15_7 = f32(sx[(t & 7) + 1016]);
    var sum_0_7 = 0f; var sum_1_7 = 0f; var sum_2_7 = 0f; var sum_3_7 = 0f;
    sum_0_7 += q_0 * a_0_7;
    sum_0_7 += q_1 * a_1_7;
    sum_0_7 += q_2 * a_2_7;
    sum_0_7 += q_3 * a_3_7;
    sum_0_7 += q_4 * a_4_7;
    sum_0_7 += q_5 * a_5_7;
    sum_0_7 += q_6 * a_6_7;
    sum_0_7 += q_7 * a_7_7;
    sum_1_7 += q_8 * a_8_7;
    sum_1_7 += q_9 * a_9_7;
    sum_1_7 += q_10 * a_10_7;
    sum_1_7 += q_11 * a_11_7;
    sum_1_7 += q_12 * a_12_7;
    sum_1_7 += q_13 * a_13_7;
    sum_1_7 += q_14 * a_14_7;
    sum_1_7 += q_15 * a_15_7;
    sum_2_7 += q_16 * a_0_7;
    sum_2_7 += q_17 * a_1_7;
    sum_2_7 += q_18 * a_2_7;
    sum_2_7 += q_19 * a_3_7;
    sum_2_7 += q_20 * a_4_7;
    sum_2_7 += q_21 * a_5_7;
    sum_2_7 += q_22 * a_6_7;
    sum_2_7 += q_23 * a_7_7;
    sum_3_7 += q_24 * a_8_7;
    sum_3_7 += q_25 * a_9_7;
    sum_3_7 += q_26 * a_10_7;
    sum_3_7 += q_27 * a_11_7;
    sum_3_7 += q_28 * a_12_7;
    sum_3_7 += q_29 * a_13_7;
    sum_3_7 += q_30 * a_14_7;
    sum_3_7 += q_31 * a_15_7;
    var v139_0 = 0f; var v139_1 = 0f;
    v139_0 += a_0_7;
    v139_0 += a_1_7;
    v139_0 += a_2_7;
    v139_0 += a_3_7;
    v139_0 += a_4_7;
    v139_0 += a_5_7;
    v139_0 += a_6_7;
    v139_0 += a_7_7;
    v139_1 += a_8_7;
    v139_1 += a_9_7;
    v139_1 += a_10_7;
    v139_1 += a_11_7;
    v139_1 += a_12_7;
    v139_1 += a_13_7;
    v139_1 += a_14_7;
    v139_1 += a_15_7;
    let v141_0 = v139_0 * 8f;
    let v141_1 = v139_1 * 8f;
    var v144_0 = 0f; var v144_1 = 0f;
    v144_0 += s_0 * (sum_0_7 - v141_0);
    v144_0 += s_1 * (sum_1_7 - v141_1);
    v144_1 += s_2 * (sum_2_7 - v141_0);
    v144_1 += s_3 * (sum_3_7 - v141_1);
    let v256_0 = acc_14 + v144_0;
    let v256_1 = acc_15 + v144_1;
    acc_14 = v256_0;
    acc_15 = v256_1;
    workgroupBarrier();
  }
  let b = bitcast<f32>(bias[bn * 32 + (t & 31)]);
  let v152_0 = acc_0;
  let v152_1 = acc_1;
  workgroupBarrier();
  let t30 = t + (t >> 5u) * 4;
  scratch[t30] = bitcast<u32>(v152_0);
  scratch[t30 + 144] = bitcast<u32>(v152_1);
  workgroupBarrier();
  let t31 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3; r++) {
    let t32 = ((1 << u32(r)) + 7) >> u32(r);
    let t33 = (t32 + 1) >> 1u;
    if ((t & 3) + t33 < t32) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t33]));
    }
    workgroupBarrier();
  }
  let t34 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let v152_0_1 = bitcast<f32>(scratch[t34]);
  let v152_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  let t35 = (t & 7) == 0;
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v152_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v152_1_1);
  }
  workgroupBarrier();
  let v153 = bitcast<f32>(scratch[t & 31]);
  let t36 = bn * 32 + bm * 512 + (t & 31);
  if (t < 32) {
    if (t0) {
      y[t36] = bitcast<u32>(v153 + b);
    }
  }
  let v157_0 = acc_2;
  let v157_1 = acc_3;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v157_0);
  scratch[t30 + 144] = bitcast<u32>(v157_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t37 = ((1 << u32(r)) + 7) >> u32(r);
    let t38 = (t37 + 1) >> 1u;
    if ((t & 3) + t38 < t37) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t38]));
    }
    workgroupBarrier();
  }
  let v157_0_1 = bitcast<f32>(scratch[t34]);
  let v157_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v157_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v157_1_1);
  }
  workgroupBarrier();
  let v158 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t4) {
      y[t36 + 64] = bitcast<u32>(v158 + b);
    }
  }
  let v162_0 = acc_4;
  let v162_1 = acc_5;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v162_0);
  scratch[t30 + 144] = bitcast<u32>(v162_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t39 = ((1 << u32(r)) + 7) >> u32(r);
    let t40 = (t39 + 1) >> 1u;
    if ((t & 3) + t40 < t39) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t40]));
    }
    workgroupBarrier();
  }
  let v162_0_1 = bitcast<f32>(scratch[t34]);
  let v162_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v162_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v162_1_1);
  }
  workgroupBarrier();
  let v163 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t6) {
      y[t36 + 128] = bitcast<u32>(v163 + b);
    }
  }
  let v167_0 = acc_6;
  let v167_1 = acc_7;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v167_0);
  scratch[t30 + 144] = bitcast<u32>(v167_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t41 = ((1 << u32(r)) + 7) >> u32(r);
    let t42 = (t41 + 1) >> 1u;
    if ((t & 3) + t42 < t41) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t42]));
    }
    workgroupBarrier();
  }
  let v167_0_1 = bitcast<f32>(scratch[t34]);
  let v167_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v167_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v167_1_1);
  }
  workgroupBarrier();
  let v168 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t8) {
      y[t36 + 192] = bitcast<u32>(v168 + b);
    }
  }
  let v172_0 = acc_8;
  let v172_1 = acc_9;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v172_0);
  scratch[t30 + 144] = bitcast<u32>(v172_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t43 = ((1 << u32(r)) + 7) >> u32(r);
    let t44 = (t43 + 1) >> 1u;
    if ((t & 3) + t44 < t43) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t44]));
    }
    workgroupBarrier();
  }
  let v172_0_1 = bitcast<f32>(scratch[t34]);
  let v172_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v172_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v172_1_1);
  }
  workgroupBarrier();
  let v173 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t10) {
      y[t36 + 256] = bitcast<u32>(v173 + b);
    }
  }
  let v177_0 = acc_10;
  let v177_1 = acc_11;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v177_0);
  scratch[t30 + 144] = bitcast<u32>(v177_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t45 = ((1 << u32(r)) + 7) >> u32(r);
    let t46 = (t45 + 1) >> 1u;
    if ((t & 3) + t46 < t45) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t46]));
    }
    workgroupBarrier();
  }
  let v177_0_1 = bitcast<f32>(scratch[t34]);
  let v177_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v177_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v177_1_1);
  }
  workgroupBarrier();
  let v178 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t12) {
      y[t36 + 320] = bitcast<u32>(v178 + b);
    }
  }
  let v182_0 = acc_12;
  let v182_1 = acc_13;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v182_0);
  scratch[t30 + 144] = bitcast<u32>(v182_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t47 = ((1 << u32(r)) + 7) >> u32(r);
    let t48 = (t47 + 1) >> 1u;
    if ((t & 3) + t48 < t47) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t48]));
    }
    workgroupBarrier();
  }
  let v182_0_1 = bitcast<f32>(scratch[t34]);
  let v182_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v182_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v182_1_1);
  }
  workgroupBarrier();
  let v183 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t14) {
      y[t36 + 384] = bitcast<u32>(v183 + b);
    }
  }
  let v187_0 = acc_14;
  let v187_1 = acc_15;
  workgroupBarrier();
  scratch[t30] = bitcast<u32>(v187_0);
  scratch[t30 + 144] = bitcast<u32>(v187_1);
  workgroupBarrier();
  for (var r = 0; r < 3; r++) {
    let t49 = ((1 << u32(r)) + 7) >> u32(r);
    let t50 = (t49 + 1) >> 1u;
    if ((t & 3) + t50 < t49) {
      scratch[t31] = bitcast<u32>(bitcast<f32>(scratch[t31]) + bitcast<f32>(scratch[t31 + t50]));
    }
    workgroupBarrier();
  }
  let v187_0_1 = bitcast<f32>(scratch[t34]);
  let v187_1_1 = bitcast<f32>(scratch[t34 + 144]);
  workgroupBarrier();
  if (t35) {
    scratch[t >> 3u] = bitcast<u32>(v187_0_1);
    scratch[(t >> 3u) + 16] = bitcast<u32>(v187_1_1);
  }
  workgroupBarrier();
  let v188 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t16) {
      y[t36 + 448] = bitcast<u32>(v188 + b);
    }
  }
}
