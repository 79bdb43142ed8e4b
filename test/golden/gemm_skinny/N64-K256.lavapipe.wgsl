// gemm_skinny N = 64, K = 256; target lavapipe
// 679 lines, 29 memory accesses, 6640 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f16, 1024>;
var<workgroup> scratch: array<u32, 1148>;

@compute @workgroup_size(128)
fn gemm_skinny(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = max(params.M - 1, 0);
  let t1 = (t & 1) * 16;
  let t2 = bn * 1024 + t * 4;
  let t3 = bn * 64 + (t >> 3u) * 2;
  for (var k = 0; k < 256; k += 128) {
    let t4 = (t >> 1u) + (k >> 1u);
    for (var s = 0; s < 8 + none; s++) {
      let t5 = bm * 8 + s;
      let t6 = (select(0u, x[t4 + min(t0, t5) * 128], (t5 < params.M)) >> u32(t1)) & 0xffffu;
      sx[t + s * 128] = f16(unpack2x16float(t6).x);
    }
    workgroupBarrier();
    var q = array<f32, 32>();
    let t7 = t2 + (k >> 7u) * 512;
    for (var s = 0; s < 4; s++) {
      let t8 = w[t7 + s];
      q[s * 8] = bitcast<f32>((t8 & 15u) ^ 0x4b000000u) - 8388608f;
      q[s * 8 + 1] = bitcast<f32>((t8 & 240u) ^ 0x49000000u) - 524288f;
      q[s * 8 + 2] = bitcast<f32>((t8 & 0xf00u) ^ 0x47000000u) - 32768f;
      q[s * 8 + 3] = bitcast<f32>((t8 & 0xf000u) ^ 0x45000000u) - 2048f;
      q[s * 8 + 4] = bitcast<f32>((t8 & 0xf0000u) ^ 0x43000000u) - 128f;
      q[s * 8 + 5] = bitcast<f32>(((t8 >> 16u) & 240u) ^ 0x49000000u) - 524288f;
      q[s * 8 + 6] = bitcast<f32>(((t8 >> 16u) & 0xf00u) ^ 0x47000000u) - 32768f;
      q[s * 8 + 7] = bitcast<f32>(((t8 >> 16u) & 0xf000u) ^ 0x45000000u) - 2048f;
    }
    var s = array<f32, 4>();
    let t9 = t3 + (k >> 7u) * 32;
    for (var s_1 = 0; s_1 < 2; s_1++) {
      let t10 = scale[t9 + s_1];
      s[s_1 * 2] = unpack2x16float(t10).x;
      s[s_1 * 2 + 1] = unpack2x16float(t10).y;
    }
    var a = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a[s_1] = f32(sx[(t & 7) + s_1 * 8]);
    }
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f;
    sum_0 += q[0] * a[0];
    sum_0 += q[1] * a[1];
    sum_0 += q[2] * a[2];
    sum_0 += q[3] * a[3];
    sum_0 += q[4] * a[4];
    sum_0 += q[5] * a[5];
    sum_0 += q[6] * a[6];
    sum_0 += q[7] * a[7];
    sum_1 += q[8] * a[8];
    sum_1 += q[9] * a[9];
    sum_1 += q[10] * a[10];
    sum_1 += q[11] * a[11];
    sum_1 += q[12] * a[12];
    sum_1 += q[13] * a[13];
    sum_1 += q[14] * a[14];
    sum_1 += q[15] * a[15];
    sum_2 += a[0] * q[16];
    sum_2 += a[1] * q[17];
    sum_2 += a[2] * q[18];
    sum_2 += a[3] * q[19];
    sum_2 += a[4] * q[20];
    sum_2 += a[5] * q[21];
    sum_2 += a[6] * q[22];
    sum_2 += a[7] * q[23];
    sum_3 += a[8] * q[24];
    sum_3 += a[9] * q[25];
    sum_3 += a[10] * q[26];
    sum_3 += a[11] * q[27];
    sum_3 += a[12] * q[28];
    sum_3 += a[13] * q[29];
    sum_3 += a[14] * q[30];
    sum_3 += a[15] * q[31];
    var v27_0 = 0f; var v27_1 = 0f;
    v27_0 += a[0];
    v27_0 += a[1];
    v27_0 += a[2];
    v27_0 += a[3];
    v27_0 += a[4];
    v27_0 += a[5];
    v27_0 += a[6];
    v27_0 += a[7];
    v27_1 += a[8];
    v27_1 += a[9];
    v27_1 += a[10];
    v27_1 += a[11];
    v27_1 += a[12];
    v27_1 += a[13];
    v27_1 += a[14];
    v27_1 += a[15];
    let v29_0 = v27_0 * 8f;
    let v29_1 = v27_1 * 8f;
    var v32_0 = 0f; var v32_1 = 0f;
    v32_0 += (sum_0 - v29_0) * s[0];
    v32_0 += (sum_1 - v29_1) * s[1];
    v32_1 += (sum_2 - v29_0) * s[2];
    v32_1 += (sum_3 - v29_1) * s[3];
    let v160_0 = acc_0 + v32_0;
    let v160_1 = acc_1 + v32_1;
    acc_0 = v160_0;
    acc_1 = v160_1;
    var a_1 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_1[s_1] = f32(sx[(t & 7) + s_1 * 8 + 128]);
    }
    var sum_0_1 = 0f; var sum_1_1 = 0f; var sum_2_1 = 0f; var sum_3_1 = 0f;
    sum_0_1 += q[0] * a_1[0];
    sum_0_1 += q[1] * a_1[1];
    sum_0_1 += q[2] * a_1[2];
    sum_0_1 += q[3] * a_1[3];
    sum_0_1 += q[4] * a_1[4];
    sum_0_1 += q[5] * a_1[5];
    sum_0_1 += q[6] * a_1[6];
    sum_0_1 += q[7] * a_1[7];
    sum_1_1 += q[8] * a_1[8];
    sum_1_1 += q[9] * a_1[9];
    sum_1_1 += q[10] * a_1[10];
    sum_1_1 += q[11] * a_1[11];
    sum_1_1 += q[12] * a_1[12];
    sum_1_1 += q[13] * a_1[13];
    sum_1_1 += q[14] * a_1[14];
    sum_1_1 += q[15] * a_1[15];
    sum_2_1 += q[16] * a_1[0];
    sum_2_1 += q[17] * a_1[1];
    sum_2_1 += q[18] * a_1[2];
    sum_2_1 += q[19] * a_1[3];
    sum_2_1 += q[20] * a_1[4];
    sum_2_1 += q[21] * a_1[5];
    sum_2_1 += q[22] * a_1[6];
    sum_2_1 += q[23] * a_1[7];
    sum_3_1 += q[24] * a_1[8];
    sum_3_1 += q[25] * a_1[9];
    sum_3_1 += q[26] * a_1[10];
    sum_3_1 += q[27] * a_1[11];
    sum_3_1 += q[28] * a_1[12];
    sum_3_1 += q[29] * a_1[13];
    sum_3_1 += q[30] * a_1[14];
    sum_3_1 += q[31] * a_1[15];
    var v43_0 = 0f; var v43_1 = 0f;
    v43_0 += a_1[0];
    v43_0 += a_1[1];
    v43_0 += a_1[2];
    v43_0 += a_1[3];
    v43_0 += a_1[4];
    v43_0 += a_1[5];
    v43_0 += a_1[6];
    v43_0 += a_1[7];
    v43_1 += a_1[8];
    v43_1 += a_1[9];
    v43_1 += a_1[10];
    v43_1 += a_1[11];
    v43_1 += a_1[12];
    v43_1 += a_1[13];
    v43_1 += a_1[14];
    v43_1 += a_1[15];
    let v45_0 = v43_0 * 8f;
    let v45_1 = v43_1 * 8f;
    var v48_0 = 0f; var v48_1 = 0f;
    v48_0 += s[0] * (sum_0_1 - v45_0);
    v48_0 += s[1] * (sum_1_1 - v45_1);
    v48_1 += s[2] * (sum_2_1 - v45_0);
    v48_1 += s[3] * (sum_3_1 - v45_1);
    let v166_0 = acc_2 + v48_0;
    let v166_1 = acc_3 + v48_1;
    acc_2 = v166_0;
    acc_3 = v166_1;
    var a_2 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_2[s_1] = f32(sx[(t & 7) + s_1 * 8 + 256]);
    }
    var sum_0_2 = 0f; var sum_1_2 = 0f; var sum_2_2 = 0f; var sum_3_2 = 0f;
    sum_0_2 += q[0] * a_2[0];
    sum_0_2 += q[1] * a_2[1];
    sum_0_2 += q[2] * a_2[2];
    sum_0_2 += q[3] * a_2[3];
    sum_0_2 += q[4] * a_2[4];
    sum_0_2 += q[5] * a_2[5];
    sum_0_2 += q[6] * a_2[6];
    sum_0_2 += q[7] * a_2[7];
    sum_1_2 += q[8] * a_2[8];
    sum_1_2 += q[9] * a_2[9];
    sum_1_2 += q[10] * a_2[10];
    sum_1_2 += q[11] * a_2[11];
    sum_1_2 += q[12] * a_2[12];
    sum_1_2 += q[13] * a_2[13];
    sum_1_2 += q[14] * a_2[14];
    sum_1_2 += q[15] * a_2[15];
    sum_2_2 += q[16] * a_2[0];
    sum_2_2 += q[17] * a_2[1];
    sum_2_2 += q[18] * a_2[2];
    sum_2_2 += q[19] * a_2[3];
    sum_2_2 += q[20] * a_2[4];
    sum_2_2 += q[21] * a_2[5];
    sum_2_2 += q[22] * a_2[6];
    sum_2_2 += q[23] * a_2[7];
    sum_3_2 += q[24] * a_2[8];
    sum_3_2 += q[25] * a_2[9];
    sum_3_2 += q[26] * a_2[10];
    sum_3_2 += q[27] * a_2[11];
    sum_3_2 += q[28] * a_2[12];
    sum_3_2 += q[29] * a_2[13];
    sum_3_2 += q[30] * a_2[14];
    sum_3_2 += q[31] * a_2[15];
    var v59_0 = 0f; var v59_1 = 0f;
    v59_0 += a_2[0];
    v59_0 += a_2[1];
    v59_0 += a_2[2];
    v59_0 += a_2[3];
    v59_0 += a_2[4];
    v59_0 += a_2[5];
    v59_0 += a_2[6];
    v59_0 += a_2[7];
    v59_1 += a_2[8];
    v59_1 += a_2[9];
    v59_1 += a_2[10];
    v59_1 += a_2[11];
    v59_1 += a_2[12];
    v59_1 += a_2[13];
    v59_1 += a_2[14];
    v59_1 += a_2[15];
    let v61_0 = v59_0 * 8f;
    let v61_1 = v59_1 * 8f;
    var v64_0 = 0f; var v64_1 = 0f;
    v64_0 += s[0] * (sum_0_2 - v61_0);
    v64_0 += s[1] * (sum_1_2 - v61_1);
    v64_1 += s[2] * (sum_2_2 - v61_0);
    v64_1 += s[3] * (sum_3_2 - v61_1);
    let v176_0 = acc_4 + v64_0;
    let v176_1 = acc_5 + v64_1;
    acc_4 = v176_0;
    acc_5 = v176_1;
    var a_3 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_3[s_1] = f32(sx[(t & 7) + s_1 * 8 + 384]);
    }
    var sum_0_3 = 0f; var sum_1_3 = 0f; var sum_2_3 = 0f; var sum_3_3 = 0f;
    sum_0_3 += q[0] * a_3[0];
    sum_0_3 += q[1] * a_3[1];
    sum_0_3 += q[2] * a_3[2];
    sum_0_3 += q[3] * a_3[3];
    sum_0_3 += q[4] * a_3[4];
    sum_0_3 += q[5] * a_3[5];
    sum_0_3 += q[6] * a_3[6];
    sum_0_3 += q[7] * a_3[7];
    sum_1_3 += q[8] * a_3[8];
    sum_1_3 += q[9] * a_3[9];
    sum_1_3 += q[10] * a_3[10];
    sum_1_3 += q[11] * a_3[11];
    sum_1_3 += q[12] * a_3[12];
    sum_1_3 += q[13] * a_3[13];
    sum_1_3 += q[14] * a_3[14];
    sum_1_3 += q[15] * a_3[15];
    sum_2_3 += q[16] * a_3[0];
    sum_2_3 += q[17] * a_3[1];
    sum_2_3 += q[18] * a_3[2];
    sum_2_3 += q[19] * a_3[3];
    sum_2_3 += q[20] * a_3[4];
    sum_2_3 += q[21] * a_3[5];
    sum_2_3 += q[22] * a_3[6];
    sum_2_3 += q[23] * a_3[7];
    sum_3_3 += q[24] * a_3[8];
    sum_3_3 += q[25] * a_3[9];
    sum_3_3 += q[26] * a_3[10];
    sum_3_3 += q[27] * a_3[11];
    sum_3_3 += q[28] * a_3[12];
    sum_3_3 += q[29] * a_3[13];
    sum_3_3 += q[30] * a_3[14];
    sum_3_3 += q[31] * a_3[15];
    var v75_0 = 0f; var v75_1 = 0f;
    v75_0 += a_3[0];
    v75_0 += a_3[1];
    v75_0 += a_3[2];
    v75_0 += a_3[3];
    v75_0 += a_3[4];
    v75_0 += a_3[5];
    v75_0 += a_3[6];
    v75_0 += a_3[7];
    v75_1 += a_3[8];
    v75_1 += a_3[9];
    v75_1 += a_3[10];
    v75_1 += a_3[11];
    v75_1 += a_3[12];
    v75_1 += a_3[13];
    v75_1 += a_3[14];
    v75_1 += a_3[15];
    let v77_0 = v75_0 * 8f;
    let v77_1 = v75_1 * 8f;
    var v80_0 = 0f; var v80_1 = 0f;
    v80_0 += s[0] * (sum_0_3 - v77_0);
    v80_0 += s[1] * (sum_1_3 - v77_1);
    v80_1 += s[2] * (sum_2_3 - v77_0);
    v80_1 += s[3] * (sum_3_3 - v77_1);
    let v186_0 = acc_6 + v80_0;
    let v186_1 = acc_7 + v80_1;
    acc_6 = v186_0;
    acc_7 = v186_1;
    var a_4 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_4[s_1] = f32(sx[(t & 7) + s_1 * 8 + 512]);
    }
    var sum_0_4 = 0f; var sum_1_4 = 0f; var sum_2_4 = 0f; var sum_3_4 = 0f;
    sum_0_4 += q[0] * a_4[0];
    sum_0_4 += q[1] * a_4[1];
    sum_0_4 += q[2] * a_4[2];
    sum_0_4 += q[3] * a_4[3];
    sum_0_4 += q[4] * a_4[4];
    sum_0_4 += q[5] * a_4[5];
    sum_0_4 += q[6] * a_4[6];
    sum_0_4 += q[7] * a_4[7];
    sum_1_4 += q[8] * a_4[8];
    sum_1_4 += q[9] * a_4[9];
    sum_1_4 += q[10] * a_4[10];
    sum_1_4 += q[11] * a_4[11];
    sum_1_4 += q[12] * a_4[12];
    sum_1_4 += q[13] * a_4[13];
    sum_1_4 += q[14] * a_4[14];
    sum_1_4 += q[15] * a_4[15];
    sum_2_4 += q[16] * a_4[0];
    sum_2_4 += q[17] * a_4[1];
    sum_2_4 += q[18] * a_4[2];
    sum_2_4 += q[19] * a_4[3];
    sum_2_4 += q[20] * a_4[4];
    sum_2_4 += q[21] * a_4[5];
    sum_2_4 += q[22] * a_4[6];
    sum_2_4 += q[23] * a_4[7];
    sum_3_4 += q[24] * a_4[8];
    sum_3_4 += q[25] * a_4[9];
    sum_3_4 += q[26] * a_4[10];
    sum_3_4 += q[27] * a_4[11];
    sum_3_4 += q[28] * a_4[12];
    sum_3_4 += q[29] * a_4[13];
    sum_3_4 += q[30] * a_4[14];
    sum_3_4 += q[31] * a_4[15];
    var v91_0 = 0f; var v91_1 = 0f;
    v91_0 += a_4[0];
    v91_0 += a_4[1];
    v91_0 += a_4[2];
    v91_0 += a_4[3];
    v91_0 += a_4[4];
    v91_0 += a_4[5];
    v91_0 += a_4[6];
    v91_0 += a_4[7];
    v91_1 += a_4[8];
    v91_1 += a_4[9];
    v91_1 += a_4[10];
    v91_1 += a_4[11];
    v91_1 += a_4[12];
    v91_1 += a_4[13];
    v91_1 += a_4[14];
    v91_1 += a_4[15];
    let v93_0 = v91_0 * 8f;
    let v93_1 = v91_1 * 8f;
    var v96_0 = 0f; var v96_1 = 0f;
    v96_0 += s[0] * (sum_0_4 - v93_0);
    v96_0 += s[1] * (sum_1_4 - v93_1);
    v96_1 += s[2] * (sum_2_4 - v93_0);
    v96_1 += s[3] * (sum_3_4 - v93_1);
    let v196_0 = acc_8 + v96_0;
    let v196_1 = acc_9 + v96_1;
    acc_8 = v196_0;
    acc_9 = v196_1;
    var a_5 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_5[s_1] = f32(sx[(t & 7) + s_1 * 8 + 640]);
    }
    var sum_0_5 = 0f; var sum_1_5 = 0f; var sum_2_5 = 0f; var sum_3_5 = 0f;
    sum_0_5 += q[0] * a_5[0];
    sum_0_5 += q[1] * a_5[1];
    sum_0_5 += q[2] * a_5[2];
    sum_0_5 += q[3] * a_5[3];
    sum_0_5 += q[4] * a_5[4];
    sum_0_5 += q[5] * a_5[5];
    sum_0_5 += q[6] * a_5[6];
    sum_0_5 += q[7] * a_5[7];
    sum_1_5 += q[8] * a_5[8];
    sum_1_5 += q[9] * a_5[9];
    sum_1_5 += q[10] * a_5[10];
    sum_1_5 += q[11] * a_5[11];
    sum_1_5 += q[12] * a_5[12];
    sum_1_5 += q[13] * a_5[13];
    sum_1_5 += q[14] * a_5[14];
    sum_1_5 += q[15] * a_5[15];
    sum_2_5 += q[16] * a_5[0];
    sum_2_5 += q[17] * a_5[1];
    sum_2_5 += q[18] * a_5[2];
    sum_2_5 += q[19] * a_5[3];
    sum_2_5 += q[20] * a_5[4];
    sum_2_5 += q[21] * a_5[5];
    sum_2_5 += q[22] * a_5[6];
    sum_2_5 += q[23] * a_5[7];
    sum_3_5 += q[24] * a_5[8];
    sum_3_5 += q[25] * a_5[9];
    sum_3_5 += q[26] * a_5[10];
    sum_3_5 += q[27] * a_5[11];
    sum_3_5 += q[28] * a_5[12];
    sum_3_5 += q[29] * a_5[13];
    sum_3_5 += q[30] * a_5[14];
    sum_3_5 += q[31] * a_5[15];
    var v107_0 = 0f; var v107_1 = 0f;
    v107_0 += a_5[0];
    v107_0 += a_5[1];
    v107_0 += a_5[2];
    v107_0 += a_5[3];
    v107_0 += a_5[4];
    v107_0 += a_5[5];
    v107_0 += a_5[6];
    v107_0 += a_5[7];
    v107_1 += a_5[8];
    v107_1 += a_5[9];
    v107_1 += a_5[10];
    v107_1 += a_5[11];
    v107_1 += a_5[12];
    v107_1 += a_5[13];
    v107_1 += a_5[14];
    v107_1 += a_5[15];
    let v109_0 = v107_0 * 8f;
    let v109_1 = v107_1 * 8f;
    var v112_0 = 0f; var v112_1 = 0f;
    v112_0 += s[0] * (sum_0_5 - v109_0);
    v112_0 += s[1] * (sum_1_5 - v109_1);
    v112_1 += s[2] * (sum_2_5 - v109_0);
    v112_1 += s[3] * (sum_3_5 - v109_1);
    let v206_0 = acc_10 + v112_0;
    let v206_1 = acc_11 + v112_1;
    acc_10 = v206_0;
    acc_11 = v206_1;
    var a_6 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_6[s_1] = f32(sx[(t & 7) + s_1 * 8 + 768]);
    }
    var sum_0_6 = 0f; var sum_1_6 = 0f; var sum_2_6 = 0f; var sum_3_6 = 0f;
    sum_0_6 += q[0] * a_6[0];
    sum_0_6 += q[1] * a_6[1];
    sum_0_6 += q[2] * a_6[2];
    sum_0_6 += q[3] * a_6[3];
    sum_0_6 += q[4] * a_6[4];
    sum_0_6 += q[5] * a_6[5];
    sum_0_6 += q[6] * a_6[6];
    sum_0_6 += q[7] * a_6[7];
    sum_1_6 += q[8] * a_6[8];
    sum_1_6 += q[9] * a_6[9];
    sum_1_6 += q[10] * a_6[10];
    sum_1_6 += q[11] * a_6[11];
    sum_1_6 += q[12] * a_6[12];
    sum_1_6 += q[13] * a_6[13];
    sum_1_6 += q[14] * a_6[14];
    sum_1_6 += q[15] * a_6[15];
    sum_2_6 += q[16] * a_6[0];
    sum_2_6 += q[17] * a_6[1];
    sum_2_6 += q[18] * a_6[2];
    sum_2_6 += q[19] * a_6[3];
    sum_2_6 += q[20] * a_6[4];
    sum_2_6 += q[21] * a_6[5];
    sum_2_6 += q[22] * a_6[6];
    sum_2_6 += q[23] * a_6[7];
    sum_3_6 += q[24] * a_6[8];
    sum_3_6 += q[25] * a_6[9];
    sum_3_6 += q[26] * a_6[10];
    sum_3_6 += q[27] * a_6[11];
    sum_3_6 += q[28] * a_6[12];
    sum_3_6 += q[29] * a_6[13];
    sum_3_6 += q[30] * a_6[14];
    sum_3_6 += q[31] * a_6[15];
    var v123_0 = 0f; var v123_1 = 0f;
    v123_0 += a_6[0];
    v123_0 += a_6[1];
    v123_0 += a_6[2];
    v123_0 += a_6[3];
    v123_0 += a_6[4];
    v123_0 += a_6[5];
    v123_0 += a_6[6];
    v123_0 += a_6[7];
    v123_1 += a_6[8];
    v123_1 += a_6[9];
    v123_1 += a_6[10];
    v123_1 += a_6[11];
    v123_1 += a_6[12];
    v123_1 += a_6[13];
    v123_1 += a_6[14];
    v123_1 += a_6[15];
    let v125_0 = v123_0 * 8f;
    let v125_1 = v123_1 * 8f;
    var v128_0 = 0f; var v128_1 = 0f;
    v128_0 += s[0] * (sum_0_6 - v125_0);
    v128_0 += s[1] * (sum_1_6 - v125_1);
    v128_1 += s[2] * (sum_2_6 - v125_0);
    v128_1 += s[3] * (sum_3_6 - v125_1);
    let v216_0 = acc_12 + v128_0;
    let v216_1 = acc_13 + v128_1;
    acc_12 = v216_0;
    acc_13 = v216_1;
    var a_7 = array<f32, 16>();
    for (var s_1 = 0; s_1 < 16 + none; s_1++) {
      a_7[s_1] = f32(sx[(t & 7) + s_1 * 8 + 896]);
    }
    var sum_0_7 = 0f; var sum_1_7 = 0f; var sum_2_7 = 0f; var sum_3_7 = 0f;
    sum_0_7 += q[0] * a_7[0];
    sum_0_7 += q[1] * a_7[1];
    sum_0_7 += q[2] * a_7[2];
    sum_0_7 += q[3] * a_7[3];
    sum_0_7 += q[4] * a_7[4];
    sum_0_7 += q[5] * a_7[5];
    sum_0_7 += q[6] * a_7[6];
    sum_0_7 += q[7] * a_7[7];
    sum_1_7 += q[8] * a_7[8];
    sum_1_7 += q[9] * a_7[9];
    sum_1_7 += q[10] * a_7[10];
    sum_1_7 += q[11] * a_7[11];
    sum_1_7 += q[12] * a_7[12];
    sum_1_7 += q[13] * a_7[13];
    sum_1_7 += q[14] * a_7[14];
    sum_1_7 += q[15] * a_7[15];
    sum_2_7 += q[16] * a_7[0];
    sum_2_7 += q[17] * a_7[1];
    sum_2_7 += q[18] * a_7[2];
    sum_2_7 += q[19] * a_7[3];
    sum_2_7 += q[20] * a_7[4];
    sum_2_7 += q[21] * a_7[5];
    sum_2_7 += q[22] * a_7[6];
    sum_2_7 += q[23] * a_7[7];
    sum_3_7 += q[24] * a_7[8];
    sum_3_7 += q[25] * a_7[9];
    sum_3_7 += q[26] * a_7[10];
    sum_3_7 += q[27] * a_7[11];
    sum_3_7 += q[28] * a_7[12];
    sum_3_7 += q[29] * a_7[13];
    sum_3_7 += q[30] * a_7[14];
    sum_3_7 += q[31] * a_7[15];
    var v139_0 = 0f; var v139_1 = 0f;
    v139_0 += a_7[0];
    v139_0 += a_7[1];
    v139_0 += a_7[2];
    v139_0 += a_7[3];
    v139_0 += a_7[4];
    v139_0 += a_7[5];
    v139_0 += a_7[6];
    v139_0 += a_7[7];
    v139_1 += a_7[8];
    v139_1 += a_7[9];
    v139_1 += a_7[10];
    v139_1 += a_7[11];
    v139_1 += a_7[12];
    v139_1 += a_7[13];
    v139_1 += a_7[14];
    v139_1 += a_7[15];
    let v141_0 = v139_0 * 8f;
    let v141_1 = v139_1 * 8f;
    var v144_0 = 0f; var v144_1 = 0f;
    v144_0 += s[0] * (sum_0_7 - v141_0);
    v144_0 += s[1] * (sum_1_7 - v141_1);
    v144_1 += s[2] * (sum_2_7 - v141_0);
    v144_1 += s[3] * (sum_3_7 - v141_1);
    let v226_0 = acc_14 + v144_0;
    let v226_1 = acc_15 + v144_1;
    acc_14 = v226_0;
    acc_15 = v226_1;
    workgroupBarrier();
  }
  let b = bitcast<f32>(bias[bn * 32 + (t & 31)]);
  var sum = array<f32, 8>();
  sum[0] = acc_0;
  sum[1] = acc_1;
  sum[2] = acc_2;
  sum[3] = acc_3;
  sum[4] = acc_4;
  sum[5] = acc_5;
  sum[6] = acc_6;
  sum[7] = acc_7;
  workgroupBarrier();
  let t11 = t + (t >> 5u) * 4;
  for (var s = 0; s < 8 + none; s++) {
    scratch[t11 + s * 144] = bitcast<u32>(sum[s]);
  }
  workgroupBarrier();
  let t12 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3 + none; r++) {
    let t13 = ((1 << u32(r)) + 7) >> u32(r);
    let t14 = (t13 + 1) >> 1u;
    let t15 = (t & 3) + t14 < t13;
    let t16 = t12 + t14;
    for (var w_1 = 0; w_1 < 4 + none; w_1++) {
      if (t15) {
        let t17 = t12 + w_1 * 288;
        let t18 = bitcast<f32>(scratch[t17]) + bitcast<f32>(scratch[t16 + w_1 * 288]);
        scratch[t17] = bitcast<u32>(t18);
      }
    }
    workgroupBarrier();
  }
  var sum_1 = array<f32, 8>();
  let t19 = (t >> 3u) * 8 + (t >> 5u) * 4;
  for (var s = 0; s < 8 + none; s++) {
    sum_1[s] = bitcast<f32>(scratch[t19 + s * 144]);
  }
  workgroupBarrier();
  let t20 = (t & 7) == 0;
  if (t20) {
    for (var s = 0; s < 8 + none; s++) {
      scratch[(t >> 3u) + s * 16] = bitcast<u32>(sum_1[s]);
    }
  }
  workgroupBarrier();
  let v153 = bitcast<f32>(scratch[t]);
  let t21 = bm * 8 + (t >> 5u);
  let t22 = bn * 32 + bm * 512 + (t & 31) + (t >> 5u) * 64;
  if (t21 < params.M) {
    y[t22] = bitcast<u32>(v153 + b);
  }
  var sum_2 = array<f32, 8>();
  sum_2[0] = acc_8;
  sum_2[1] = acc_9;
  sum_2[2] = acc_10;
  sum_2[3] = acc_11;
  sum_2[4] = acc_12;
  sum_2[5] = acc_13;
  sum_2[6] = acc_14;
  sum_2[7] = acc_15;
  workgroupBarrier();
  for (var s = 0; s < 8 + none; s++) {
    scratch[t11 + s * 144] = bitcast<u32>(sum_2[s]);
  }
  workgroupBarrier();
  for (var r = 0; r < 3 + none; r++) {
    let t23 = ((1 << u32(r)) + 7) >> u32(r);
    let t24 = (t23 + 1) >> 1u;
    let t25 = (t & 3) + t24 < t23;
    let t26 = t12 + t24;
    for (var w_1 = 0; w_1 < 4 + none; w_1++) {
      if (t25) {
        let t27 = t12 + w_1 * 288;
        let t28 = bitcast<f32>(scratch[t27]) + bitcast<f32>(scratch[t26 + w_1 * 288]);
        scratch[t27] = bitcast<u32>(t28);
      }
    }
    workgroupBarrier();
  }
  var sum_3 = array<f32, 8>();
  for (var s = 0; s < 8 + none; s++) {
    sum_3[s] = bitcast<f32>(scratch[t19 + s * 144]);
  }
  workgroupBarrier();
  if (t20) {
    for (var s = 0; s < 8 + none; s++) {
      scratch[(t >> 3u) + s * 16] = bitcast<u32>(sum_3[s]);
    }
  }
  workgroupBarrier();
  let v158 = bitcast<f32>(scratch[t]);
  if (t21 + 4 < params.M) {
    y[t22 + 256] = bitcast<u32>(v158 + b);
  }
}
