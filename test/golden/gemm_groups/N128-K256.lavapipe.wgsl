// gemm_groups N = 128, K = 256; target lavapipe
// 306 lines, 43 memory accesses, 7168 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f16, 1024>;
var<workgroup> sw: array<f16, 2560>;

@compute @workgroup_size(32)
fn gemm_groups(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = array<f32, 64>();
  let t0 = bm * 32 + (t >> 3u);
  let t1 = max(params.M - 1, 0);
  for (var s = 0; s < 8; s++) {
    let t2 = t * 2 + s * 64;
    let t3 = t0 + s * 4;
    let t4 = select(0u, x[(t & 7) + min(t1, t3) * 128], (t3 < params.M));
    sx[t2] = f16(unpack2x16float(t4).x);
    sx[t2 + 1] = f16(unpack2x16float(t4).y);
  }
  let t5 = (t >> 2u) * 20 + (t & 3);
  let t6 = bn * 2048 + t * 4;
  for (var s = 0; s < 8; s++) {
    let t7 = t5 + s * 160;
    let t8 = w[t6 + (s >> 1u)];
    let t9 = (s & 1) * 16;
    sw[t7] = f16((t8 >> u32(t9)) & 15u) - 8h;
    sw[t7 + 4] = f16((t8 >> u32(t9 + 4)) & 15u) - 8h;
    sw[t7 + 8] = f16((t8 >> u32(t9 + 8)) & 15u) - 8h;
    sw[t7 + 12] = f16((t8 >> u32(t9 + 12)) & 15u) - 8h;
  }
  let t10 = (t & 7) * 20;
  let t11 = (t >> 3u) * 16;
  let t12 = bn * 32 + (t & 7);
  for (var k = 0; k < 256; k += 16) {
    workgroupBarrier();
    var v54 = array<f16, 16>();
    let t13 = min(k + 16, 240);
    let t14 = (t & 7) + (t13 >> 1u);
    for (var s = 0; s < 2; s++) {
      let t15 = t0 + s * 16;
      let t16 = select(0u, x[t14 + min(t1, t15) * 128], (t15 < params.M));
      v54[s * 8] = f16(unpack2x16float(t16).x);
      v54[s * 8 + 1] = f16(unpack2x16float(t16).y);
      let t17 = select(0u, x[t14 + min(t1, t15 + 4) * 128], (t15 + 4 < params.M));
      v54[s * 8 + 2] = f16(unpack2x16float(t17).x);
      v54[s * 8 + 3] = f16(unpack2x16float(t17).y);
      let t18 = select(0u, x[t14 + min(t1, t15 + 8) * 128], (t15 + 8 < params.M));
      v54[s * 8 + 4] = f16(unpack2x16float(t18).x);
      v54[s * 8 + 5] = f16(unpack2x16float(t18).y);
      let t19 = select(0u, x[t14 + min(t1, t15 + 12) * 128], (t15 + 12 < params.M));
      v54[s * 8 + 6] = f16(unpack2x16float(t19).x);
      v54[s * 8 + 7] = f16(unpack2x16float(t19).y);
    }
    let t20 = t6 + (t13 >> 4u) * 128;
    let t21 = w[t20];
    let v59_0 = t21 & 15u;
    let v59_1 = (t21 >> 4u) & 15u;
    let v59_2 = (t21 >> 8u) & 15u;
    let v59_3 = (t21 >> 12u) & 15u;
    let v59_4 = (t21 >> 16u) & 15u;
    let v59_5 = (t21 >> 20u) & 15u;
    let v59_6 = (t21 >> 24u) & 15u;
    let v59_7 = t21 >> 28u;
    let t22 = w[t20 + 1];
    let v59_8 = t22 & 15u;
    let v59_9 = (t22 >> 4u) & 15u;
    let v59_10 = (t22 >> 8u) & 15u;
    let v59_11 = (t22 >> 12u) & 15u;
    let v59_12 = (t22 >> 16u) & 15u;
    let v59_13 = (t22 >> 20u) & 15u;
    let v59_14 = (t22 >> 24u) & 15u;
    let v59_15 = t22 >> 28u;
    let t23 = w[t20 + 2];
    let v59_16 = t23 & 15u;
    let v59_17 = (t23 >> 4u) & 15u;
    let v59_18 = (t23 >> 8u) & 15u;
    let v59_19 = (t23 >> 12u) & 15u;
    let v59_20 = (t23 >> 16u) & 15u;
    let v59_21 = (t23 >> 20u) & 15u;
    let v59_22 = (t23 >> 24u) & 15u;
    let v59_23 = t23 >> 28u;
    let t24 = w[t20 + 3];
    let v59_24 = t24 & 15u;
    let v59_25 = (t24 >> 4u) & 15u;
    let v59_26 = (t24 >> 8u) & 15u;
    let v59_27 = (t24 >> 12u) & 15u;
    let v59_28 = (t24 >> 16u) & 15u;
    let v59_29 = (t24 >> 20u) & 15u;
    let v59_30 = (t24 >> 24u) & 15u;
    let v59_31 = t24 >> 28u;
    var sum = array<f32, 64>();
    let t25 = (k >> 4u) & 1;
    let t26 = t10 + t25 * 1280;
    let t27 = t11 + t25 * 512;
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t28 = t26 + k_1;
      let t29 = t27 + k_1;
      for (var s = 0; s < 4; s++) {
        let t30 = sw[t28];
        let t31 = t29 + s * 128;
        let t32 = sx[t31];
        sum[s * 16] += f32(t30) * f32(t32);
        let t33 = sw[t28 + 160];
        sum[s * 16 + 1] += f32(t33) * f32(t32);
        let t34 = sw[t28 + 320];
        sum[s * 16 + 2] += f32(t34) * f32(t32);
        let t35 = sw[t28 + 480];
        sum[s * 16 + 3] += f32(t35) * f32(t32);
        let t36 = sw[t28 + 640];
        sum[s * 16 + 4] += f32(t36) * f32(t32);
        let t37 = sw[t28 + 800];
        sum[s * 16 + 5] += f32(t37) * f32(t32);
        let t38 = sw[t28 + 960];
        sum[s * 16 + 6] += f32(t38) * f32(t32);
        let t39 = sw[t28 + 1120];
        sum[s * 16 + 7] += f32(t39) * f32(t32);
        let t40 = sx[t31 + 64];
        sum[s * 16 + 8] += f32(t30) * f32(t40);
        sum[s * 16 + 9] += f32(t33) * f32(t40);
        sum[s * 16 + 10] += f32(t34) * f32(t40);
        sum[s * 16 + 11] += f32(t35) * f32(t40);
        sum[s * 16 + 12] += f32(t36) * f32(t40);
        sum[s * 16 + 13] += f32(t37) * f32(t40);
        sum[s * 16 + 14] += f32(t38) * f32(t40);
        sum[s * 16 + 15] += f32(t39) * f32(t40);
      }
    }
    let t41 = scale[t12 + (k >> 6u) * 8];
    let v28_0 = unpack2x16float(t41.x).x;
    let v28_1 = unpack2x16float(t41.x).y;
    let v28_2 = unpack2x16float(t41.y).x;
    let v28_3 = unpack2x16float(t41.y).y;
    let v28_4 = unpack2x16float(t41.z).x;
    let v28_5 = unpack2x16float(t41.z).y;
    let v28_6 = unpack2x16float(t41.w).x;
    let v28_7 = unpack2x16float(t41.w).y;
    acc[0] += sum[0] * v28_0;
    acc[1] += sum[1] * v28_1;
    acc[2] += sum[2] * v28_2;
    acc[3] += sum[3] * v28_3;
    acc[4] += sum[4] * v28_4;
    acc[5] += sum[5] * v28_5;
    acc[6] += sum[6] * v28_6;
    acc[7] += sum[7] * v28_7;
    acc[8] += v28_0 * sum[8];
    acc[9] += v28_1 * sum[9];
    acc[10] += v28_2 * sum[10];
    acc[11] += v28_3 * sum[11];
    acc[12] += v28_4 * sum[12];
    acc[13] += v28_5 * sum[13];
    acc[14] += v28_6 * sum[14];
    acc[15] += v28_7 * sum[15];
    acc[16] += v28_0 * sum[16];
    acc[17] += v28_1 * sum[17];
    acc[18] += v28_2 * sum[18];
    acc[19] += v28_3 * sum[19];
    acc[20] += v28_4 * sum[20];
    acc[21] += v28_5 * sum[21];
    acc[22] += v28_6 * sum[22];
    acc[23] += v28_7 * sum[23];
    acc[24] += v28_0 * sum[24];
    acc[25] += v28_1 * sum[25];
    acc[26] += v28_2 * sum[26];
    acc[27] += v28_3 * sum[27];
    acc[28] += v28_4 * sum[28];
    acc[29] += v28_5 * sum[29];
    acc[30] += v28_6 * sum[30];
    acc[31] += v28_7 * sum[31];
    acc[32] += v28_0 * sum[32];
    acc[33] += v28_1 * sum[33];
    acc[34] += v28_2 * sum[34];
    acc[35] += v28_3 * sum[35];
    acc[36] += v28_4 * sum[36];
    acc[37] += v28_5 * sum[37];
    acc[38] += v28_6 * sum[38];
    acc[39] += v28_7 * sum[39];
    acc[40] += v28_0 * sum[40];
    acc[41] += v28_1 * sum[41];
    acc[42] += v28_2 * sum[42];
    acc[43] += v28_3 * sum[43];
    acc[44] += v28_4 * sum[44];
    acc[45] += v28_5 * sum[45];
    acc[46] += v28_6 * sum[46];
    acc[47] += v28_7 * sum[47];
    acc[48] += v28_0 * sum[48];
    acc[49] += v28_1 * sum[49];
    acc[50] += v28_2 * sum[50];
    acc[51] += v28_3 * sum[51];
    acc[52] += v28_4 * sum[52];
    acc[53] += v28_5 * sum[53];
    acc[54] += v28_6 * sum[54];
    acc[55] += v28_7 * sum[55];
    acc[56] += v28_0 * sum[56];
    acc[57] += v28_1 * sum[57];
    acc[58] += v28_2 * sum[58];
    acc[59] += v28_3 * sum[59];
    acc[60] += v28_4 * sum[60];
    acc[61] += v28_5 * sum[61];
    acc[62] += v28_6 * sum[62];
    acc[63] += v28_7 * sum[63];
    var v55 = array<f16, 16>();
    v55[0] = v54[0];
    v55[1] = v54[1];
    v55[2] = v54[2];
    v55[3] = v54[3];
    v55[4] = v54[4];
    v55[5] = v54[5];
    v55[6] = v54[6];
    v55[7] = v54[7];
    v55[8] = v54[8];
    v55[9] = v54[9];
    v55[10] = v54[10];
    v55[11] = v54[11];
    v55[12] = v54[12];
    v55[13] = v54[13];
    v55[14] = v54[14];
    v55[15] = v54[15];
    let t42 = ((k >> 4u) + 1) & 1;
    let t43 = t * 2 + t42 * 512;
    for (var s = 0; s < 4; s++) {
      let t44 = t43 + s * 128;
      sx[t44] = v55[s * 4];
      sx[t44 + 1] = v55[s * 4 + 1];
      sx[t44 + 64] = v55[s * 4 + 2];
      sx[t44 + 65] = v55[s * 4 + 3];
    }
    var v60 = array<u32, 32>();
    v60[0] = v59_0;
    v60[1] = v59_1;
    v60[2] = v59_2;
    v60[3] = v59_3;
    v60[4] = v59_4;
    v60[5] = v59_5;
    v60[6] = v59_6;
    v60[7] = v59_7;
    v60[8] = v59_8;
    v60[9] = v59_9;
    v60[10] = v59_10;
    v60[11] = v59_11;
    v60[12] = v59_12;
    v60[13] = v59_13;
    v60[14] = v59_14;
    v60[15] = v59_15;
    v60[16] = v59_16;
    v60[17] = v59_17;
    v60[18] = v59_18;
    v60[19] = v59_19;
    v60[20] = v59_20;
    v60[21] = v59_21;
    v60[22] = v59_22;
    v60[23] = v59_23;
    v60[24] = v59_24;
    v60[25] = v59_25;
    v60[26] = v59_26;
    v60[27] = v59_27;
    v60[28] = v59_28;
    v60[29] = v59_29;
    v60[30] = v59_30;
    v60[31] = v59_31;
    let t45 = t5 + t42 * 1280;
    for (var s = 0; s < 8; s++) {
      let t46 = t45 + s * 160;
      sw[t46] = f16(i32(v60[s * 4])) - 8h;
      sw[t46 + 4] = f16(i32(v60[s * 4 + 1])) - 8h;
      sw[t46 + 8] = f16(i32(v60[s * 4 + 2])) - 8h;
      sw[t46 + 12] = f16(i32(v60[s * 4 + 3])) - 8h;
    }
  }
  var v34 = array<f32, 8>();
  let t47 = bn * 64 + (t & 7);
  for (var s = 0; s < 2; s++) {
    let t48 = t47 + s * 32;
    v34[s * 4] = bitcast<f32>(bias[t48]);
    v34[s * 4 + 1] = bitcast<f32>(bias[t48 + 8]);
    v34[s * 4 + 2] = bitcast<f32>(bias[t48 + 16]);
    v34[s * 4 + 3] = bitcast<f32>(bias[t48 + 24]);
  }
  let t49 = bn * 64 + bm * 4096 + (t >> 3u) * 128 + (t & 7);
  for (var s = 0; s < 16; s++) {
    if (t0 + (s >> 1u) * 4 < params.M) {
      let t50 = t49 + ((s >> 1u) * 512 + (s & 1) * 32);
      let t51 = (s & 1) * 4;
      y[t50] = bitcast<u32>(acc[s * 4] + v34[t51]);
      y[t50 + 8] = bitcast<u32>(acc[s * 4 + 1] + v34[t51 + 1]);
      y[t50 + 16] = bitcast<u32>(acc[s * 4 + 2] + v34[t51 + 2]);
      y[t50 + 24] = bitcast<u32>(acc[s * 4 + 3] + v34[t51 + 3]);
    }
  }
}
