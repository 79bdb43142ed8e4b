// gemm_groups N = 128, K = 128, BM = 16; target lavapipe
// 261 lines, 41 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> zero: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> bias: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f16, 512>;
var<workgroup> sw: array<f16, 2560>;

@compute @workgroup_size(32)
fn gemm_zeros(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = array<f32, 32>();
  let t0 = bm * 16 + (t >> 3u);
  let t1 = max(params.M - 1, 0);
  for (var s = 0; s < 4; s++) {
    let t2 = t * 2 + s * 64;
    let t3 = t0 + s * 4;
    let t4 = select(0u, x[(t & 7) + min(t1, t3) * 64], (t3 < params.M));
    sx[t2] = f16(unpack2x16float(t4).x);
    sx[t2 + 1] = f16(unpack2x16float(t4).y);
  }
  let t5 = (t >> 2u) * 20 + (t & 3);
  let t6 = bn * 1024 + t * 4;
  for (var s = 0; s < 16; s++) {
    let t7 = t5 + ((s >> 1u) * 160 + (s & 1) * 8);
    let t8 = w[t6 + (s >> 2u)];
    let t9 = (s & 3) * 8;
    sw[t7] = f16((t8 >> u32(t9)) & 15u);
    sw[t7 + 4] = f16((t8 >> u32(t9 + 4)) & 15u);
  }
  let t10 = t0 < params.M;
  let t11 = (t & 7) + min(t0, t1) * 64;
  let t12 = t0 + 4 < params.M;
  let t13 = (t & 7) + min(t1, t0 + 4) * 64;
  let t14 = t0 + 8 < params.M;
  let t15 = (t & 7) + min(t1, t0 + 8) * 64;
  let t16 = t0 + 12 < params.M;
  let t17 = (t & 7) + min(t1, t0 + 12) * 64;
  let t18 = bn * 16 + (t & 7);
  let t19 = (t & 7) * 20;
  let t20 = (t >> 3u) * 16;
  for (var k = 0; k < 128; k += 16) {
    workgroupBarrier();
    let t21 = min(k + 16, 112);
    let t22 = t21 >> 1u;
    let t23 = select(0u, x[t11 + t22], t10);
    let v56_0 = f16(unpack2x16float(t23).x);
    let v56_1 = f16(unpack2x16float(t23).y);
    let t24 = select(0u, x[t13 + t22], t12);
    let v56_2 = f16(unpack2x16float(t24).x);
    let v56_3 = f16(unpack2x16float(t24).y);
    let t25 = select(0u, x[t15 + t22], t14);
    let v56_4 = f16(unpack2x16float(t25).x);
    let v56_5 = f16(unpack2x16float(t25).y);
    let t26 = select(0u, x[t17 + t22], t16);
    let v56_6 = f16(unpack2x16float(t26).x);
    let v56_7 = f16(unpack2x16float(t26).y);
    let t27 = t6 + (t21 >> 4u) * 128;
    let t28 = w[t27];
    let v61_0 = t28 & 15u;
    let v61_1 = (t28 >> 4u) & 15u;
    let v61_2 = (t28 >> 8u) & 15u;
    let v61_3 = (t28 >> 12u) & 15u;
    let v61_4 = (t28 >> 16u) & 15u;
    let v61_5 = (t28 >> 20u) & 15u;
    let v61_6 = (t28 >> 24u) & 15u;
    let v61_7 = t28 >> 28u;
    let t29 = w[t27 + 1];
    let v61_8 = t29 & 15u;
    let v61_9 = (t29 >> 4u) & 15u;
    let v61_10 = (t29 >> 8u) & 15u;
    let v61_11 = (t29 >> 12u) & 15u;
    let v61_12 = (t29 >> 16u) & 15u;
    let v61_13 = (t29 >> 20u) & 15u;
    let v61_14 = (t29 >> 24u) & 15u;
    let v61_15 = t29 >> 28u;
    let t30 = w[t27 + 2];
    let v61_16 = t30 & 15u;
    let v61_17 = (t30 >> 4u) & 15u;
    let v61_18 = (t30 >> 8u) & 15u;
    let v61_19 = (t30 >> 12u) & 15u;
    let v61_20 = (t30 >> 16u) & 15u;
    let v61_21 = (t30 >> 20u) & 15u;
    let v61_22 = (t30 >> 24u) & 15u;
    let v61_23 = t30 >> 28u;
    let t31 = w[t27 + 3];
    let v61_24 = t31 & 15u;
    let v61_25 = (t31 >> 4u) & 15u;
    let v61_26 = (t31 >> 8u) & 15u;
    let v61_27 = (t31 >> 12u) & 15u;
    let v61_28 = (t31 >> 16u) & 15u;
    let v61_29 = (t31 >> 20u) & 15u;
    let v61_30 = (t31 >> 24u) & 15u;
    let v61_31 = t31 >> 28u;
    let t32 = t18 + (k >> 6u) * 8;
    let t33 = zero[t32];
    let v26_0 = unpack2x16float(t33.x).x;
    let v26_1 = unpack2x16float(t33.x).y;
    let v26_2 = unpack2x16float(t33.y).x;
    let v26_3 = unpack2x16float(t33.y).y;
    let v26_4 = unpack2x16float(t33.z).x;
    let v26_5 = unpack2x16float(t33.z).y;
    let v26_6 = unpack2x16float(t33.w).x;
    let v26_7 = unpack2x16float(t33.w).y;
    var sum = array<f32, 32>();
    let t34 = (k >> 4u) & 1;
    let t35 = t19 + t34 * 1280;
    let t36 = t20 + t34 * 256;
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t37 = t35 + k_1;
      let t38 = t36 + k_1;
      for (var s = 0; s < 4; s++) {
        let t39 = sx[t38 + s * 64];
        sum[s * 8] += (f32(sw[t37]) - v26_0) * f32(t39);
        sum[s * 8 + 1] += (f32(sw[t37 + 160]) - v26_1) * f32(t39);
        sum[s * 8 + 2] += (f32(sw[t37 + 320]) - v26_2) * f32(t39);
        sum[s * 8 + 3] += (f32(sw[t37 + 480]) - v26_3) * f32(t39);
        sum[s * 8 + 4] += (f32(sw[t37 + 640]) - v26_4) * f32(t39);
        sum[s * 8 + 5] += (f32(sw[t37 + 800]) - v26_5) * f32(t39);
        sum[s * 8 + 6] += (f32(sw[t37 + 960]) - v26_6) * f32(t39);
        sum[s * 8 + 7] += (f32(sw[t37 + 1120]) - v26_7) * f32(t39);
      }
    }
    let t40 = scale[t32];
    let v32_0 = unpack2x16float(t40.x).x;
    let v32_1 = unpack2x16float(t40.x).y;
    let v32_2 = unpack2x16float(t40.y).x;
    let v32_3 = unpack2x16float(t40.y).y;
    let v32_4 = unpack2x16float(t40.z).x;
    let v32_5 = unpack2x16float(t40.z).y;
    let v32_6 = unpack2x16float(t40.w).x;
    let v32_7 = unpack2x16float(t40.w).y;
    acc[0] += sum[0] * v32_0;
    acc[1] += sum[1] * v32_1;
    acc[2] += sum[2] * v32_2;
    acc[3] += sum[3] * v32_3;
    acc[4] += sum[4] * v32_4;
    acc[5] += sum[5] * v32_5;
    acc[6] += sum[6] * v32_6;
    acc[7] += sum[7] * v32_7;
    acc[8] += v32_0 * sum[8];
    acc[9] += v32_1 * sum[9];
    acc[10] += v32_2 * sum[10];
    acc[11] += v32_3 * sum[11];
    acc[12] += v32_4 * sum[12];
    acc[13] += v32_5 * sum[13];
    acc[14] += v32_6 * sum[14];
    acc[15] += v32_7 * sum[15];
    acc[16] += v32_0 * sum[16];
    acc[17] += v32_1 * sum[17];
    acc[18] += v32_2 * sum[18];
    acc[19] += v32_3 * sum[19];
    acc[20] += v32_4 * sum[20];
    acc[21] += v32_5 * sum[21];
    acc[22] += v32_6 * sum[22];
    acc[23] += v32_7 * sum[23];
    acc[24] += v32_0 * sum[24];
    acc[25] += v32_1 * sum[25];
    acc[26] += v32_2 * sum[26];
    acc[27] += v32_3 * sum[27];
    acc[28] += v32_4 * sum[28];
    acc[29] += v32_5 * sum[29];
    acc[30] += v32_6 * sum[30];
    acc[31] += v32_7 * sum[31];
    var v57 = array<f16, 8>();
    v57[0] = v56_0;
    v57[1] = v56_1;
    v57[2] = v56_2;
    v57[3] = v56_3;
    v57[4] = v56_4;
    v57[5] = v56_5;
    v57[6] = v56_6;
    v57[7] = v56_7;
    let t41 = ((k >> 4u) + 1) & 1;
    let t42 = t * 2 + t41 * 256;
    for (var s = 0; s < 2; s++) {
      let t43 = t42 + s * 128;
      sx[t43] = v57[s * 4];
      sx[t43 + 1] = v57[s * 4 + 1];
      sx[t43 + 64] = v57[s * 4 + 2];
      sx[t43 + 65] = v57[s * 4 + 3];
    }
    var v62 = array<u32, 32>();
    v62[0] = v61_0;
    v62[1] = v61_1;
    v62[2] = v61_2;
    v62[3] = v61_3;
    v62[4] = v61_4;
    v62[5] = v61_5;
    v62[6] = v61_6;
    v62[7] = v61_7;
    v62[8] = v61_8;
    v62[9] = v61_9;
    v62[10] = v61_10;
    v62[11] = v61_11;
    v62[12] = v61_12;
    v62[13] = v61_13;
    v62[14] = v61_14;
    v62[15] = v61_15;
    v62[16] = v61_16;
    v62[17] = v61_17;
    v62[18] = v61_18;
    v62[19] = v61_19;
    v62[20] = v61_20;
    v62[21] = v61_21;
    v62[22] = v61_22;
    v62[23] = v61_23;
    v62[24] = v61_24;
    v62[25] = v61_25;
    v62[26] = v61_26;
    v62[27] = v61_27;
    v62[28] = v61_28;
    v62[29] = v61_29;
    v62[30] = v61_30;
    v62[31] = v61_31;
    let t44 = t5 + t41 * 1280;
    for (var s = 0; s < 8; s++) {
      let t45 = t44 + s * 160;
      sw[t45] = f16(i32(v62[s * 4]));
      sw[t45 + 4] = f16(i32(v62[s * 4 + 1]));
      sw[t45 + 8] = f16(i32(v62[s * 4 + 2]));
      sw[t45 + 12] = f16(i32(v62[s * 4 + 3]));
    }
  }
  var v38 = array<f32, 8>();
  let t46 = bn * 64 + (t & 7);
  for (var s = 0; s < 2; s++) {
    let t47 = t46 + s * 32;
    v38[s * 4] = bitcast<f32>(bias[t47]);
    v38[s * 4 + 1] = bitcast<f32>(bias[t47 + 8]);
    v38[s * 4 + 2] = bitcast<f32>(bias[t47 + 16]);
    v38[s * 4 + 3] = bitcast<f32>(bias[t47 + 24]);
  }
  let t48 = bn * 64 + bm * 2048 + (t >> 3u) * 128 + (t & 7);
  for (var s = 0; s < 8; s++) {
    if (t0 + (s >> 1u) * 4 < params.M) {
      let t49 = t48 + ((s >> 1u) * 512 + (s & 1) * 32);
      let t50 = (s & 1) * 4;
      y[t49] = bitcast<u32>(acc[s * 4] + v38[t50]);
      y[t49 + 8] = bitcast<u32>(acc[s * 4 + 1] + v38[t50 + 1]);
      y[t49 + 16] = bitcast<u32>(acc[s * 4 + 2] + v38[t50 + 2]);
      y[t49 + 24] = bitcast<u32>(acc[s * 4 + 3] + v38[t50 + 3]);
    }
  }
}
