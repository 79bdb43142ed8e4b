// gemm_skinny N = 33, K = 100, W = b2, ZERO = 0, T = f32, G = 32, BM = 4, CLUMPS = 32; target lavapipe
// 595 lines, 48 memory accesses, 5232 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f32, 1024>;
var<workgroup> scratch: array<u32, 284>;

@compute @workgroup_size(128)
fn gemm_skinny(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 3) >> 2u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f;
  let t0 = max(params.M - 1, 0);
  for (var s = 0; s < 8 + none; s++) {
    let t1 = bm * 4 + (s >> 1u);
    let t2 = t + (s & 1) * 128;
    let t3 = select(0u, x[min(t0, t1) * 100 + min(t2, 99)], (t1 < params.M) & (t2 < 100));
    sx[t + s * 128] = bitcast<f32>(t3);
  }
  workgroupBarrier();
  var q = array<f32, 64>();
  let t4 = bn * 32 + (t >> 3u);
  for (var s = 0; s < 8 + none; s++) {
    let t5 = t4 + (s >> 2u) * 16;
    let t6 = t5 < 33;
    let t7 = (t & 7) + (s & 3) * 64;
    let t8 = min(t5, 32);
    let t9 = t8 >> 5u;
    let t10 = t8 & 15;
    let t11 = min(t7, 99);
    let t12 = (t8 >> 4u) & 1;
    let t13 = (w[t9 * 512 + t10 * 32 + (t11 & 7) * 4 + t12 * 2] >> u32((t11 >> 3u) * 2)) & 3u;
    let t14 = bitcast<f32>((select(2u, t13, t6 & (t7 < 100)) << 1u) ^ 0x4b000000u);
    q[s * 8] = t14 - 8388611f;
    let t15 = min(t7 + 8, 99);
    let t16 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t15 & 7) * 4] >> u32((t15 >> 3u) * 2)) & 3u;
    let t17 = bitcast<f32>((select(2u, t16, t6 & (t7 < 92)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 1] = t17 - 8388611f;
    let t18 = min(t7 + 16, 99);
    let t19 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t18 & 7) * 4] >> u32((t18 >> 3u) * 2)) & 3u;
    let t20 = bitcast<f32>((select(2u, t19, t6 & (t7 < 84)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 2] = t20 - 8388611f;
    let t21 = min(t7 + 24, 99);
    let t22 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t21 & 7) * 4] >> u32((t21 >> 3u) * 2)) & 3u;
    let t23 = bitcast<f32>((select(2u, t22, t6 & (t7 < 76)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 3] = t23 - 8388611f;
    let t24 = min(t7 + 32, 99);
    let t25 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t24 & 7) * 4] >> u32((t24 >> 3u) * 2)) & 3u;
    let t26 = bitcast<f32>((select(2u, t25, t6 & (t7 < 68)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 4] = t26 - 8388611f;
    let t27 = min(t7 + 40, 99);
    let t28 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t27 & 7) * 4] >> u32((t27 >> 3u) * 2)) & 3u;
    let t29 = bitcast<f32>((select(2u, t28, t6 & (t7 < 60)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 5] = t29 - 8388611f;
    let t30 = min(t7 + 48, 99);
    let t31 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t30 & 7) * 4] >> u32((t30 >> 3u) * 2)) & 3u;
    let t32 = bitcast<f32>((select(2u, t31, t6 & (t7 < 52)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 6] = t32 - 8388611f;
    let t33 = min(t7 + 56, 99);
    let t34 = (w[t9 * 512 + t10 * 32 + t12 * 2 + (t33 & 7) * 4] >> u32((t33 >> 3u) * 2)) & 3u;
    let t35 = bitcast<f32>((select(2u, t34, t6 & (t7 < 44)) << 1u) ^ 0x4b000000u);
    q[s * 8 + 7] = t35 - 8388611f;
  }
  var s = array<f32, 16>();
  let t36 = bn * 256 + (t >> 3u) * 4;
  for (var s_1 = 0; s_1 < 16 + none; s_1++) {
    s[s_1] = bitcast<f32>(scale[t36 + ((s_1 >> 2u) * 64 + (s_1 & 3))]);
  }
  var a = array<f32, 32>();
  for (var s_1 = 0; s_1 < 32 + none; s_1++) {
    a[s_1] = sx[(t & 7) + s_1 * 8];
  }
  var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
  var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
  var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
  sum_0 += q[0] * a[0];
  sum_0 += q[1] * a[1];
  sum_0 += q[2] * a[2];
  sum_0 += q[3] * a[3];
  sum_1 += q[4] * a[4];
  sum_1 += q[5] * a[5];
  sum_1 += q[6] * a[6];
  sum_1 += q[7] * a[7];
  sum_2 += q[8] * a[8];
  sum_2 += q[9] * a[9];
  sum_2 += q[10] * a[10];
  sum_2 += q[11] * a[11];
  sum_3 += q[12] * a[12];
  sum_3 += q[13] * a[13];
  sum_3 += q[14] * a[14];
  sum_3 += q[15] * a[15];
  sum_4 += q[16] * a[16];
  sum_4 += q[17] * a[17];
  sum_4 += q[18] * a[18];
  sum_4 += q[19] * a[19];
  sum_5 += q[20] * a[20];
  sum_5 += q[21] * a[21];
  sum_5 += q[22] * a[22];
  sum_5 += q[23] * a[23];
  sum_6 += q[24] * a[24];
  sum_6 += q[25] * a[25];
  sum_6 += q[26] * a[26];
  sum_6 += q[27] * a[27];
  sum_7 += q[28] * a[28];
  sum_7 += q[29] * a[29];
  sum_7 += q[30] * a[30];
  sum_7 += q[31] * a[31];
  sum_8 += a[0] * q[32];
  sum_8 += a[1] * q[33];
  sum_8 += a[2] * q[34];
  sum_8 += a[3] * q[35];
  sum_9 += a[4] * q[36];
  sum_9 += a[5] * q[37];
  sum_9 += a[6] * q[38];
  sum_9 += a[7] * q[39];
  sum_10 += a[8] * q[40];
  sum_10 += a[9] * q[41];
  sum_10 += a[10] * q[42];
  sum_10 += a[11] * q[43];
  sum_11 += a[12] * q[44];
  sum_11 += a[13] * q[45];
  sum_11 += a[14] * q[46];
  sum_11 += a[15] * q[47];
  sum_12 += a[16] * q[48];
  sum_12 += a[17] * q[49];
  sum_12 += a[18] * q[50];
  sum_12 += a[19] * q[51];
  sum_13 += a[20] * q[52];
  sum_13 += a[21] * q[53];
  sum_13 += a[22] * q[54];
  sum_13 += a[23] * q[55];
  sum_14 += a[24] * q[56];
  sum_14 += a[25] * q[57];
  sum_14 += a[26] * q[58];
  sum_14 += a[27] * q[59];
  sum_15 += a[28] * q[60];
  sum_15 += a[29] * q[61];
  sum_15 += a[30] * q[62];
  sum_15 += a[31] * q[63];
  var v27_0 = 0f; var v27_1 = 0f;
  v27_0 += sum_0 * s[0];
  v27_0 += sum_1 * s[1];
  v27_0 += sum_2 * s[2];
  v27_0 += sum_3 * s[3];
  v27_0 += sum_4 * s[4];
  v27_0 += sum_5 * s[5];
  v27_0 += sum_6 * s[6];
  v27_0 += sum_7 * s[7];
  v27_1 += sum_8 * s[8];
  v27_1 += sum_9 * s[9];
  v27_1 += sum_10 * s[10];
  v27_1 += sum_11 * s[11];
  v27_1 += sum_12 * s[12];
  v27_1 += sum_13 * s[13];
  v27_1 += sum_14 * s[14];
  v27_1 += sum_15 * s[15];
  let v86_0 = acc_0 + v27_0;
  let v86_1 = acc_1 + v27_1;
  acc_0 = v86_0;
  acc_1 = v86_1;
  var a_1 = array<f32, 32>();
  for (var s_1 = 0; s_1 < 32 + none; s_1++) {
    a_1[s_1] = sx[(t & 7) + s_1 * 8 + 256];
  }
  var sum_0_1 = 0f; var sum_1_1 = 0f; var sum_2_1 = 0f; var sum_3_1 = 0f; var sum_4_1 = 0f;
  var sum_5_1 = 0f; var sum_6_1 = 0f; var sum_7_1 = 0f; var sum_8_1 = 0f; var sum_9_1 = 0f;
  var sum_10_1 = 0f; var sum_11_1 = 0f; var sum_12_1 = 0f; var sum_13_1 = 0f; var sum_14_1 = 0f;
  var sum_15_1 = 0f;
  sum_0_1 += q[0] * a_1[0];
  sum_0_1 += q[1] * a_1[1];
  sum_0_1 += q[2] * a_1[2];
  sum_0_1 += q[3] * a_1[3];
  sum_1_1 += q[4] * a_1[4];
  sum_1_1 += q[5] * a_1[5];
  sum_1_1 += q[6] * a_1[6];
  sum_1_1 += q[7] * a_1[7];
  sum_2_1 += q[8] * a_1[8];
  sum_2_1 += q[9] * a_1[9];
  sum_2_1 += q[10] * a_1[10];
  sum_2_1 += q[11] * a_1[11];
  sum_3_1 += q[12] * a_1[12];
  sum_3_1 += q[13] * a_1[13];
  sum_3_1 += q[14] * a_1[14];
  sum_3_1 += q[15] * a_1[15];
  sum_4_1 += q[16] * a_1[16];
  sum_4_1 += q[17] * a_1[17];
  sum_4_1 += q[18] * a_1[18];
  sum_4_1 += q[19] * a_1[19];
  sum_5_1 += q[20] * a_1[20];
  sum_5_1 += q[21] * a_1[21];
  sum_5_1 += q[22] * a_1[22];
  sum_5_1 += q[23] * a_1[23];
  sum_6_1 += q[24] * a_1[24];
  sum_6_1 += q[25] * a_1[25];
  sum_6_1 += q[26] * a_1[26];
  sum_6_1 += q[27] * a_1[27];
  sum_7_1 += q[28] * a_1[28];
  sum_7_1 += q[29] * a_1[29];
  sum_7_1 += q[30] * a_1[30];
  sum_7_1 += q[31] * a_1[31];
  sum_8_1 += q[32] * a_1[0];
  sum_8_1 += q[33] * a_1[1];
  sum_8_1 += q[34] * a_1[2];
  sum_8_1 += q[35] * a_1[3];
  sum_9_1 += q[36] * a_1[4];
  sum_9_1 += q[37] * a_1[5];
  sum_9_1 += q[38] * a_1[6];
  sum_9_1 += q[39] * a_1[7];
  sum_10_1 += q[40] * a_1[8];
  sum_10_1 += q[41] * a_1[9];
  sum_10_1 += q[42] * a_1[10];
  sum_10_1 += q[43] * a_1[11];
  sum_11_1 += q[44] * a_1[12];
  sum_11_1 += q[45] * a_1[13];
  sum_11_1 += q[46] * a_1[14];
  sum_11_1 += q[47] * a_1[15];
  sum_12_1 += q[48] * a_1[16];
  sum_12_1 += q[49] * a_1[17];
  sum_12_1 += q[50] * a_1[18];
  sum_12_1 += q[51] * a_1[19];
  sum_13_1 += q[52] * a_1[20];
  sum_13_1 += q[53] * a_1[21];
  sum_13_1 += q[54] * a_1[22];
  sum_13_1 += q[55] * a_1[23];
  sum_14_1 += q[56] * a_1[24];
  sum_14_1 += q[57] * a_1[25];
  sum_14_1 += q[58] * a_1[26];
  sum_14_1 += q[59] * a_1[27];
  sum_15_1 += q[60] * a_1[28];
  sum_15_1 += q[61] * a_1[29];
  sum_15_1 += q[62] * a_1[30];
  sum_15_1 += q[63] * a_1[31];
  var v38_0 = 0f; var v38_1 = 0f;
  v38_0 += s[0] * sum_0_1;
  v38_0 += s[1] * sum_1_1;
  v38_0 += s[2] * sum_2_1;
  v38_0 += s[3] * sum_3_1;
  v38_0 += s[4] * sum_4_1;
  v38_0 += s[5] * sum_5_1;
  v38_0 += s[6] * sum_6_1;
  v38_0 += s[7] * sum_7_1;
  v38_1 += s[8] * sum_8_1;
  v38_1 += s[9] * sum_9_1;
  v38_1 += s[10] * sum_10_1;
  v38_1 += s[11] * sum_11_1;
  v38_1 += s[12] * sum_12_1;
  v38_1 += s[13] * sum_13_1;
  v38_1 += s[14] * sum_14_1;
  v38_1 += s[15] * sum_15_1;
  let v92_0 = acc_2 + v38_0;
  let v92_1 = acc_3 + v38_1;
  acc_2 = v92_0;
  acc_3 = v92_1;
  var a_2 = array<f32, 32>();
  for (var s_1 = 0; s_1 < 32 + none; s_1++) {
    a_2[s_1] = sx[(t & 7) + s_1 * 8 + 512];
  }
  var sum_0_2 = 0f; var sum_1_2 = 0f; var sum_2_2 = 0f; var sum_3_2 = 0f; var sum_4_2 = 0f;
  var sum_5_2 = 0f; var sum_6_2 = 0f; var sum_7_2 = 0f; var sum_8_2 = 0f; var sum_9_2 = 0f;
  var sum_10_2 = 0f; var sum_11_2 = 0f; var sum_12_2 = 0f; var sum_13_2 = 0f; var sum_14_2 = 0f;
  var sum_15_2 = 0f;
  sum_0_2 += q[0] * a_2[0];
  sum_0_2 += q[1] * a_2[1];
  sum_0_2 += q[2] * a_2[2];
  sum_0_2 += q[3] * a_2[3];
  sum_1_2 += q[4] * a_2[4];
  sum_1_2 += q[5] * a_2[5];
  sum_1_2 += q[6] * a_2[6];
  sum_1_2 += q[7] * a_2[7];
  sum_2_2 += q[8] * a_2[8];
  sum_2_2 += q[9] * a_2[9];
  sum_2_2 += q[10] * a_2[10];
  sum_2_2 += q[11] * a_2[11];
  sum_3_2 += q[12] * a_2[12];
  sum_3_2 += q[13] * a_2[13];
  sum_3_2 += q[14] * a_2[14];
  sum_3_2 += q[15] * a_2[15];
  sum_4_2 += q[16] * a_2[16];
  sum_4_2 += q[17] * a_2[17];
  sum_4_2 += q[18] * a_2[18];
  sum_4_2 += q[19] * a_2[19];
  sum_5_2 += q[20] * a_2[20];
  sum_5_2 += q[21] * a_2[21];
  sum_5_2 += q[22] * a_2[22];
  sum_5_2 += q[23] * a_2[23];
  sum_6_2 += q[24] * a_2[24];
  sum_6_2 += q[25] * a_2[25];
  sum_6_2 += q[26] * a_2[26];
  sum_6_2 += q[27] * a_2[27];
  sum_7_2 += q[28] * a_2[28];
  sum_7_2 += q[29] * a_2[29];
  sum_7_2 += q[30] * a_2[30];
  sum_7_2 += q[31] * a_2[31];
  sum_8_2 += q[32] * a_2[0];
  sum_8_2 += q[33] * a_2[1];
  sum_8_2 += q[34] * a_2[2];
  sum_8_2 += q[35] * a_2[3];
  sum_9_2 += q[36] * a_2[4];
  sum_9_2 += q[37] * a_2[5];
  sum_9_2 += q[38] * a_2[6];
  sum_9_2 += q[39] * a_2[7];
  sum_10_2 += q[40] * a_2[8];
  sum_10_2 += q[41] * a_2[9];
  sum_10_2 += q[42] * a_2[10];
  sum_10_2 += q[43] * a_2[11];
  sum_11_2 += q[44] * a_2[12];
  sum_11_2 += q[45] * a_2[13];
  sum_11_2 += q[46] * a_2[14];
  sum_11_2 += q[47] * a_2[15];
  sum_12_2 += q[48] * a_2[16];
  sum_12_2 += q[49] * a_2[17];
  sum_12_2 += q[50] * a_2[18];
  sum_12_2 += q[51] * a_2[19];
  sum_13_2 += q[52] * a_2[20];
  sum_13_2 += q[53] * a_2[21];
  sum_13_2 += q[54] * a_2[22];
  sum_13_2 += q[55] * a_2[23];
  sum_14_2 += q[56] * a_2[24];
  sum_14_2 += q[57] * a_2[25];
  sum_14_2 += q[58] * a_2[26];
  sum_14_2 += q[59] * a_2[27];
  sum_15_2 += q[60] * a_2[28];
  sum_15_2 += q[61] * a_2[29];
  sum_15_2 += q[62] * a_2[30];
  sum_15_2 += q[63] * a_2[31];
  var v49_0 = 0f; var v49_1 = 0f;
  v49_0 += s[0] * sum_0_2;
  v49_0 += s[1] * sum_1_2;
  v49_0 += s[2] * sum_2_2;
  v49_0 += s[3] * sum_3_2;
  v49_0 += s[4] * sum_4_2;
  v49_0 += s[5] * sum_5_2;
  v49_0 += s[6] * sum_6_2;
  v49_0 += s[7] * sum_7_2;
  v49_1 += s[8] * sum_8_2;
  v49_1 += s[9] * sum_9_2;
  v49_1 += s[10] * sum_10_2;
  v49_1 += s[11] * sum_11_2;
  v49_1 += s[12] * sum_12_2;
  v49_1 += s[13] * sum_13_2;
  v49_1 += s[14] * sum_14_2;
  v49_1 += s[15] * sum_15_2;
  let v102_0 = acc_4 + v49_0;
  let v102_1 = acc_5 + v49_1;
  acc_4 = v102_0;
  acc_5 = v102_1;
  var a_3 = array<f32, 32>();
  for (var s_1 = 0; s_1 < 32 + none; s_1++) {
    a_3[s_1] = sx[(t & 7) + s_1 * 8 + 768];
  }
  var sum_0_3 = 0f; var sum_1_3 = 0f; var sum_2_3 = 0f; var sum_3_3 = 0f; var sum_4_3 = 0f;
  var sum_5_3 = 0f; var sum_6_3 = 0f; var sum_7_3 = 0f; var sum_8_3 = 0f; var sum_9_3 = 0f;
  var sum_10_3 = 0f; var sum_11_3 = 0f; var sum_12_3 = 0f; var sum_13_3 = 0f; var sum_14_3 = 0f;
  var sum_15_3 = 0f;
  sum_0_3 += q[0] * a_3[0];
  sum_0_3 += q[1] * a_3[1];
  sum_0_3 += q[2] * a_3[2];
  sum_0_3 += q[3] * a_3[3];
  sum_1_3 += q[4] * a_3[4];
  sum_1_3 += q[5] * a_3[5];
  sum_1_3 += q[6] * a_3[6];
  sum_1_3 += q[7] * a_3[7];
  sum_2_3 += q[8] * a_3[8];
  sum_2_3 += q[9] * a_3[9];
  sum_2_3 += q[10] * a_3[10];
  sum_2_3 += q[11] * a_3[11];
  sum_3_3 += q[12] * a_3[12];
  sum_3_3 += q[13] * a_3[13];
  sum_3_3 += q[14] * a_3[14];
  sum_3_3 += q[15] * a_3[15];
  sum_4_3 += q[16] * a_3[16];
  sum_4_3 += q[17] * a_3[17];
  sum_4_3 += q[18] * a_3[18];
  sum_4_3 += q[19] * a_3[19];
  sum_5_3 += q[20] * a_3[20];
  sum_5_3 += q[21] * a_3[21];
  sum_5_3 += q[22] * a_3[22];
  sum_5_3 += q[23] * a_3[23];
  sum_6_3 += q[24] * a_3[24];
  sum_6_3 += q[25] * a_3[25];
  sum_6_3 += q[26] * a_3[26];
  sum_6_3 += q[27] * a_3[27];
  sum_7_3 += q[28] * a_3[28];
  sum_7_3 += q[29] * a_3[29];
  sum_7_3 += q[30] * a_3[30];
  sum_7_3 += q[31] * a_3[31];
  sum_8_3 += q[32] * a_3[0];
  sum_8_3 += q[33] * a_3[1];
  sum_8_3 += q[34] * a_3[2];
  sum_8_3 += q[35] * a_3[3];
  sum_9_3 += q[36] * a_3[4];
  sum_9_3 += q[37] * a_3[5];
  sum_9_3 += q[38] * a_3[6];
  sum_9_3 += q[39] * a_3[7];
  sum_10_3 += q[40] * a_3[8];
  sum_10_3 += q[41] * a_3[9];
  sum_10_3 += q[42] * a_3[10];
  sum_10_3 += q[43] * a_3[11];
  sum_11_3 += q[44] * a_3[12];
  sum_11_3 += q[45] * a_3[13];
  sum_11_3 += q[46] * a_3[14];
  sum_11_3 += q[47] * a_3[15];
  sum_12_3 += q[48] * a_3[16];
  sum_12_3 += q[49] * a_3[17];
  sum_12_3 += q[50] * a_3[18];
  sum_12_3 += q[51] * a_3[19];
  sum_13_3 += q[52] * a_3[20];
  sum_13_3 += q[53] * a_3[21];
  sum_13_3 += q[54] * a_3[22];
  sum_13_3 += q[55] * a_3[23];
  sum_14_3 += q[56] * a_3[24];
  sum_14_3 += q[57] * a_3[25];
  sum_14_3 += q[58] * a_3[26];
  sum_14_3 += q[59] * a_3[27];
  sum_15_3 += q[60] * a_3[28];
  sum_15_3 += q[61] * a_3[29];
  sum_15_3 += q[62] * a_3[30];
  sum_15_3 += q[63] * a_3[31];
  var v60_0 = 0f; var v60_1 = 0f;
  v60_0 += s[0] * sum_0_3;
  v60_0 += s[1] * sum_1_3;
  v60_0 += s[2] * sum_2_3;
  v60_0 += s[3] * sum_3_3;
  v60_0 += s[4] * sum_4_3;
  v60_0 += s[5] * sum_5_3;
  v60_0 += s[6] * sum_6_3;
  v60_0 += s[7] * sum_7_3;
  v60_1 += s[8] * sum_8_3;
  v60_1 += s[9] * sum_9_3;
  v60_1 += s[10] * sum_10_3;
  v60_1 += s[11] * sum_11_3;
  v60_1 += s[12] * sum_12_3;
  v60_1 += s[13] * sum_13_3;
  v60_1 += s[14] * sum_14_3;
  v60_1 += s[15] * sum_15_3;
  let v112_0 = acc_6 + v60_0;
  let v112_1 = acc_7 + v60_1;
  acc_6 = v112_0;
  acc_7 = v112_1;
  workgroupBarrier();
  let t37 = bn * 32 + (t & 31);
  let t38 = t37 < 33;
  let b = bitcast<f32>(select(0u, bias[min(t37, 32)], t38));
  var v68 = array<f32, 2>();
  v68[0] = acc_0;
  v68[1] = acc_1;
  let t39 = t + (t >> 5u) * 4;
  for (var s_1 = 0; s_1 < 2; s_1++) {
    scratch[t39 + s_1 * 144] = bitcast<u32>(v68[s_1]);
  }
  workgroupBarrier();
  let t40 = (t & 3) + (t >> 2u) * 8 + (t >> 4u) * 4;
  for (var r = 0; r < 3 + none; r++) {
    let t41 = ((1 << u32(r)) + 7) >> u32(r);
    let t42 = (t41 + 1) >> 1u;
    if ((t & 3) + t42 < t41) {
      scratch[t40] = bitcast<u32>(bitcast<f32>(scratch[t40]) + bitcast<f32>(scratch[t40 + t42]));
    }
    workgroupBarrier();
  }
  var v68_1 = array<f32, 2>();
  let t43 = (t >> 3u) * 8 + (t >> 5u) * 4;
  for (var s_1 = 0; s_1 < 2; s_1++) {
    v68_1[s_1] = bitcast<f32>(scratch[t43 + s_1 * 144]);
  }
  workgroupBarrier();
  let t44 = (t & 7) == 0;
  if (t44) {
    for (var s_1 = 0; s_1 < 2; s_1++) {
      scratch[(t >> 3u) + s_1 * 16] = bitcast<u32>(v68_1[s_1]);
    }
  }
  workgroupBarrier();
  let v69 = bitcast<f32>(scratch[t & 31]);
  let t45 = bn * 32 + bm * 132 + (t & 31);
  if (t < 32) {
    if ((bm * 4 < params.M) & t38) {
      y[t45] = bitcast<u32>(v69 + b);
    }
  }
  var v73 = array<f32, 2>();
  v73[0] = acc_2;
  v73[1] = acc_3;
  workgroupBarrier();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    scratch[t39 + s_1 * 144] = bitcast<u32>(v73[s_1]);
  }
  workgroupBarrier();
  for (var r = 0; r < 3 + none; r++) {
    let t46 = ((1 << u32(r)) + 7) >> u32(r);
    let t47 = (t46 + 1) >> 1u;
    if ((t & 3) + t47 < t46) {
      scratch[t40] = bitcast<u32>(bitcast<f32>(scratch[t40]) + bitcast<f32>(scratch[t40 + t47]));
    }
    workgroupBarrier();
  }
  var v73_1 = array<f32, 2>();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    v73_1[s_1] = bitcast<f32>(scratch[t43 + s_1 * 144]);
  }
  workgroupBarrier();
  if (t44) {
    for (var s_1 = 0; s_1 < 2; s_1++) {
      scratch[(t >> 3u) + s_1 * 16] = bitcast<u32>(v73_1[s_1]);
    }
  }
  workgroupBarrier();
  let v74 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t38 & (bm * 4 + 1 < params.M)) {
      y[t45 + 33] = bitcast<u32>(v74 + b);
    }
  }
  var v78 = array<f32, 2>();
  v78[0] = acc_4;
  v78[1] = acc_5;
  workgroupBarrier();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    scratch[t39 + s_1 * 144] = bitcast<u32>(v78[s_1]);
  }
  workgroupBarrier();
  for (var r = 0; r < 3 + none; r++) {
    let t48 = ((1 << u32(r)) + 7) >> u32(r);
    let t49 = (t48 + 1) >> 1u;
    if ((t & 3) + t49 < t48) {
      scratch[t40] = bitcast<u32>(bitcast<f32>(scratch[t40]) + bitcast<f32>(scratch[t40 + t49]));
    }
    workgroupBarrier();
  }
  var v78_1 = array<f32, 2>();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    v78_1[s_1] = bitcast<f32>(scratch[t43 + s_1 * 144]);
  }
  workgroupBarrier();
  if (t44) {
    for (var s_1 = 0; s_1 < 2; s_1++) {
      scratch[(t >> 3u) + s_1 * 16] = bitcast<u32>(v78_1[s_1]);
    }
  }
  workgroupBarrier();
  let v79 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t38 & (bm * 4 + 2 < params.M)) {
      y[t45 + 66] = bitcast<u32>(v79 + b);
    }
  }
  var v83 = array<f32, 2>();
  v83[0] = acc_6;
  v83[1] = acc_7;
  workgroupBarrier();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    scratch[t39 + s_1 * 144] = bitcast<u32>(v83[s_1]);
  }
  workgroupBarrier();
  for (var r = 0; r < 3 + none; r++) {
    let t50 = ((1 << u32(r)) + 7) >> u32(r);
    let t51 = (t50 + 1) >> 1u;
    if ((t & 3) + t51 < t50) {
      scratch[t40] = bitcast<u32>(bitcast<f32>(scratch[t40]) + bitcast<f32>(scratch[t40 + t51]));
    }
    workgroupBarrier();
  }
  var v83_1 = array<f32, 2>();
  for (var s_1 = 0; s_1 < 2; s_1++) {
    v83_1[s_1] = bitcast<f32>(scratch[t43 + s_1 * 144]);
  }
  workgroupBarrier();
  if (t44) {
    for (var s_1 = 0; s_1 < 2; s_1++) {
      scratch[(t >> 3u) + s_1 * 16] = bitcast<u32>(v83_1[s_1]);
    }
  }
  workgroupBarrier();
  let v84 = bitcast<f32>(scratch[t & 31]);
  if (t < 32) {
    if (t38 & (bm * 4 + 3 < params.M)) {
      y[t45 + 99] = bitcast<u32>(v84 + b);
    }
  }
}
