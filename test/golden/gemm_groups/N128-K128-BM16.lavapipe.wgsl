// gemm_groups N = 128, K = 128, BM = 16; target lavapipe
// 344 lines, 49 memory accesses, 6144 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 16 + (t >> 3u);
  let t1 = max(params.M - 1, 0);
  for (var s = 0; s < 2 + none; s++) {
    let t2 = t * 2 + s * 128;
    let t3 = t0 + s * 8;
    let t4 = select(0u, x[(t & 7) + min(t1, t3) * 64], (t3 < params.M));
    sx[t2] = f16(unpack2x16float(t4).x);
    sx[t2 + 1] = f16(unpack2x16float(t4).y);
    let t5 = select(0u, x[(t & 7) + min(t1, t3 + 4) * 64], (t3 + 4 < params.M));
    sx[t2 + 64] = f16(unpack2x16float(t5).x);
    sx[t2 + 65] = f16(unpack2x16float(t5).y);
  }
  let t6 = (t >> 2u) * 20 + (t & 3);
  let t7 = bn * 1024 + t * 4;
  for (var s = 0; s < 8 + none; s++) {
    let t8 = t6 + s * 160;
    let t9 = w[t7 + (s >> 1u)];
    let t10 = (s & 1) * 16;
    sw[t8] = (bitcast<vec2<f16>>(((t9 >> u32(t10)) & 15u) ^ 0x64006400u) - vec2<f16>(1024h)).x;
    sw[t8 + 4] = (bitcast<vec2<f16>>(((t9 >> u32(t10 + 4)) & 15u) ^ 0x64006400u) - vec2<f16>(1024h)).x;
    sw[t8 + 8] = (bitcast<vec2<f16>>(((t9 >> u32(t10 + 8)) & 15u) ^ 0x64006400u) - vec2<f16>(1024h)).x;
    sw[t8 + 12] = (bitcast<vec2<f16>>(((t9 >> u32(t10 + 12)) & 15u) ^ 0x64006400u) - vec2<f16>(1024h)).x;
  }
  let t11 = t0 < params.M;
  let t12 = (t & 7) + min(t0, t1) * 64;
  let t13 = t0 + 4 < params.M;
  let t14 = (t & 7) + min(t1, t0 + 4) * 64;
  let t15 = t0 + 8 < params.M;
  let t16 = (t & 7) + min(t1, t0 + 8) * 64;
  let t17 = t0 + 12 < params.M;
  let t18 = (t & 7) + min(t1, t0 + 12) * 64;
  let t19 = bn * 16 + (t & 7);
  let t20 = (t >> 3u) * 16;
  let t21 = (t & 7) * 20;
  for (var k = 0; k < 128; k += 16) {
    workgroupBarrier();
    let t22 = min(k + 16, 112);
    let t23 = t22 >> 1u;
    let t24 = select(0u, x[t12 + t23], t11);
    let v56_0 = f16(unpack2x16float(t24).x);
    let v56_1 = f16(unpack2x16float(t24).y);
    let t25 = select(0u, x[t14 + t23], t13);
    let v56_2 = f16(unpack2x16float(t25).x);
    let v56_3 = f16(unpack2x16float(t25).y);
    let t26 = select(0u, x[t16 + t23], t15);
    let v56_4 = f16(unpack2x16float(t26).x);
    let v56_5 = f16(unpack2x16float(t26).y);
    let t27 = select(0u, x[t18 + t23], t17);
    let v56_6 = f16(unpack2x16float(t27).x);
    let v56_7 = f16(unpack2x16float(t27).y);
    let t28 = t7 + (t22 >> 4u) * 128;
    let t29 = w[t28];
    let v61_0 = t29 & 15u;
    let v61_1 = (t29 >> 4u) & 15u;
    let v61_2 = (t29 >> 8u) & 15u;
    let v61_3 = (t29 >> 12u) & 15u;
    let v61_4 = (t29 >> 16u) & 15u;
    let v61_5 = (t29 >> 20u) & 15u;
    let v61_6 = (t29 >> 24u) & 15u;
    let v61_7 = t29 >> 28u;
    let t30 = w[t28 + 1];
    let v61_8 = t30 & 15u;
    let v61_9 = (t30 >> 4u) & 15u;
    let v61_10 = (t30 >> 8u) & 15u;
    let v61_11 = (t30 >> 12u) & 15u;
    let v61_12 = (t30 >> 16u) & 15u;
    let v61_13 = (t30 >> 20u) & 15u;
    let v61_14 = (t30 >> 24u) & 15u;
    let v61_15 = t30 >> 28u;
    let t31 = w[t28 + 2];
    let v61_16 = t31 & 15u;
    let v61_17 = (t31 >> 4u) & 15u;
    let v61_18 = (t31 >> 8u) & 15u;
    let v61_19 = (t31 >> 12u) & 15u;
    let v61_20 = (t31 >> 16u) & 15u;
    let v61_21 = (t31 >> 20u) & 15u;
    let v61_22 = (t31 >> 24u) & 15u;
    let v61_23 = t31 >> 28u;
    let t32 = w[t28 + 3];
    let v61_24 = t32 & 15u;
    let v61_25 = (t32 >> 4u) & 15u;
    let v61_26 = (t32 >> 8u) & 15u;
    let v61_27 = (t32 >> 12u) & 15u;
    let v61_28 = (t32 >> 16u) & 15u;
    let v61_29 = (t32 >> 20u) & 15u;
    let v61_30 = (t32 >> 24u) & 15u;
    let v61_31 = t32 >> 28u;
    let t33 = t19 + (k >> 6u) * 8;
    let t34 = zero[t33];
    let v26_0 = unpack2x16float(t34.x).x;
    let v26_1 = unpack2x16float(t34.x).y;
    let v26_2 = unpack2x16float(t34.y).x;
    let v26_3 = unpack2x16float(t34.y).y;
    let v26_4 = unpack2x16float(t34.z).x;
    let v26_5 = unpack2x16float(t34.z).y;
    let v26_6 = unpack2x16float(t34.w).x;
    let v26_7 = unpack2x16float(t34.w).y;
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
    var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
    var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f; var sum_16 = 0f;
    var sum_17 = 0f; var sum_18 = 0f; var sum_19 = 0f; var sum_20 = 0f; var sum_21 = 0f;
    var sum_22 = 0f; var sum_23 = 0f; var sum_24 = 0f; var sum_25 = 0f; var sum_26 = 0f;
    var sum_27 = 0f; var sum_28 = 0f; var sum_29 = 0f; var sum_30 = 0f; var sum_31 = 0f;
    let t35 = (k >> 4u) & 1;
    let t36 = t20 + t35 * 256;
    let t37 = t21 + t35 * 1280;
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t38 = t36 + k_1;
      let t39 = sx[t38];
      let t40 = t37 + k_1;
      let t41 = f32(sw[t40]) - v26_0;
      sum_0 += f32(t39) * t41;
      let t42 = f32(sw[t40 + 160]) - v26_1;
      sum_1 += f32(t39) * t42;
      let t43 = f32(sw[t40 + 320]) - v26_2;
      sum_2 += f32(t39) * t43;
      let t44 = f32(sw[t40 + 480]) - v26_3;
      sum_3 += f32(t39) * t44;
      let t45 = f32(sw[t40 + 640]) - v26_4;
      sum_4 += f32(t39) * t45;
      let t46 = f32(sw[t40 + 800]) - v26_5;
      sum_5 += f32(t39) * t46;
      let t47 = f32(sw[t40 + 960]) - v26_6;
      sum_6 += f32(t39) * t47;
      let t48 = f32(sw[t40 + 1120]) - v26_7;
      sum_7 += f32(t39) * t48;
      let t49 = sx[t38 + 64];
      sum_8 += t41 * f32(t49);
      sum_9 += t42 * f32(t49);
      sum_10 += t43 * f32(t49);
      sum_11 += t44 * f32(t49);
      sum_12 += t45 * f32(t49);
      sum_13 += t46 * f32(t49);
      sum_14 += t47 * f32(t49);
      sum_15 += t48 * f32(t49);
      let t50 = sx[t38 + 128];
      sum_16 += t41 * f32(t50);
      sum_17 += t42 * f32(t50);
      sum_18 += t43 * f32(t50);
      sum_19 += t44 * f32(t50);
      sum_20 += t45 * f32(t50);
      sum_21 += t46 * f32(t50);
      sum_22 += t47 * f32(t50);
      sum_23 += t48 * f32(t50);
      let t51 = sx[t38 + 192];
      sum_24 += t41 * f32(t51);
      sum_25 += t42 * f32(t51);
      sum_26 += t43 * f32(t51);
      sum_27 += t44 * f32(t51);
      sum_28 += t45 * f32(t51);
      sum_29 += t46 * f32(t51);
      sum_30 += t47 * f32(t51);
      sum_31 += t48 * f32(t51);
    }
    let t52 = scale[t33];
    let v32_0 = unpack2x16float(t52.x).x;
    let v32_1 = unpack2x16float(t52.x).y;
    let v32_2 = unpack2x16float(t52.y).x;
    let v32_3 = unpack2x16float(t52.y).y;
    let v32_4 = unpack2x16float(t52.z).x;
    let v32_5 = unpack2x16float(t52.z).y;
    let v32_6 = unpack2x16float(t52.w).x;
    let v32_7 = unpack2x16float(t52.w).y;
    acc_0 += sum_0 * v32_0;
    acc_1 += sum_1 * v32_1;
    acc_2 += sum_2 * v32_2;
    acc_3 += sum_3 * v32_3;
    acc_4 += sum_4 * v32_4;
    acc_5 += sum_5 * v32_5;
    acc_6 += sum_6 * v32_6;
    acc_7 += sum_7 * v32_7;
    acc_8 += v32_0 * sum_8;
    acc_9 += v32_1 * sum_9;
    acc_10 += v32_2 * sum_10;
    acc_11 += v32_3 * sum_11;
    acc_12 += v32_4 * sum_12;
    acc_13 += v32_5 * sum_13;
    acc_14 += v32_6 * sum_14;
    acc_15 += v32_7 * sum_15;
    acc_16 += v32_0 * sum_16;
    acc_17 += v32_1 * sum_17;
    acc_18 += v32_2 * sum_18;
    acc_19 += v32_3 * sum_19;
    acc_20 += v32_4 * sum_20;
    acc_21 += v32_5 * sum_21;
    acc_22 += v32_6 * sum_22;
    acc_23 += v32_7 * sum_23;
    acc_24 += v32_0 * sum_24;
    acc_25 += v32_1 * sum_25;
    acc_26 += v32_2 * sum_26;
    acc_27 += v32_3 * sum_27;
    acc_28 += v32_4 * sum_28;
    acc_29 += v32_5 * sum_29;
    acc_30 += v32_6 * sum_30;
    acc_31 += v32_7 * sum_31;
    var v57 = array<f16, 8>();
    v57[0] = v56_0;
    v57[1] = v56_1;
    v57[2] = v56_2;
    v57[3] = v56_3;
    v57[4] = v56_4;
    v57[5] = v56_5;
    v57[6] = v56_6;
    v57[7] = v56_7;
    let t53 = ((k >> 4u) + 1) & 1;
    let t54 = t * 2 + t53 * 256;
    for (var s = 0; s < 2 + none; s++) {
      let t55 = t54 + s * 128;
      sx[t55] = v57[s * 4];
      sx[t55 + 1] = v57[s * 4 + 1];
      sx[t55 + 64] = v57[s * 4 + 2];
      sx[t55 + 65] = v57[s * 4 + 3];
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
    let t56 = t6 + t53 * 1280;
    for (var s = 0; s < 8 + none; s++) {
      let t57 = t56 + s * 160;
      sw[t57] = (bitcast<vec2<f16>>((v62[s * 4] & 0xf000fu) ^ 0x64006400u) - vec2<f16>(1024h)).x;
      sw[t57 + 4] = (bitcast<vec2<f16>>((v62[s * 4 + 1] & 0xf000fu) ^ 0x64006400u) - vec2<f16>(1024h)).x;
      sw[t57 + 8] = (bitcast<vec2<f16>>((v62[s * 4 + 2] & 0xf000fu) ^ 0x64006400u) - vec2<f16>(1024h)).x;
      sw[t57 + 12] = (bitcast<vec2<f16>>((v62[s * 4 + 3] & 0xf000fu) ^ 0x64006400u) - vec2<f16>(1024h)).x;
    }
  }
  var v38 = array<f32, 8>();
  let t58 = bn * 64 + (t & 7);
  for (var s = 0; s < 2 + none; s++) {
    let t59 = t58 + s * 32;
    v38[s * 4] = bitcast<f32>(bias[t59]);
    v38[s * 4 + 1] = bitcast<f32>(bias[t59 + 8]);
    v38[s * 4 + 2] = bitcast<f32>(bias[t59 + 16]);
    v38[s * 4 + 3] = bitcast<f32>(bias[t59 + 24]);
  }
  var acc = array<f32, 32>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  acc[8] = acc_8;
  acc[9] = acc_9;
  acc[10] = acc_10;
  acc[11] = acc_11;
  acc[12] = acc_12;
  acc[13] = acc_13;
  acc[14] = acc_14;
  acc[15] = acc_15;
  acc[16] = acc_16;
  acc[17] = acc_17;
  acc[18] = acc_18;
  acc[19] = acc_19;
  acc[20] = acc_20;
  acc[21] = acc_21;
  acc[22] = acc_22;
  acc[23] = acc_23;
  acc[24] = acc_24;
  acc[25] = acc_25;
  acc[26] = acc_26;
  acc[27] = acc_27;
  acc[28] = acc_28;
  acc[29] = acc_29;
  acc[30] = acc_30;
  acc[31] = acc_31;
  let t60 = bn * 64 + bm * 2048 + (t >> 3u) * 128 + (t & 7);
  for (var s = 0; s < 8 + none; s++) {
    if (t0 + (s >> 1u) * 4 < params.M) {
      let t61 = t60 + ((s >> 1u) * 512 + (s & 1) * 32);
      let t62 = (s & 1) * 4;
      y[t61] = bitcast<u32>(acc[s * 4] + v38[t62]);
      y[t61 + 8] = bitcast<u32>(acc[s * 4 + 1] + v38[t62 + 1]);
      y[t61 + 16] = bitcast<u32>(acc[s * 4 + 2] + v38[t62 + 2]);
      y[t61 + 24] = bitcast<u32>(acc[s * 4 + 3] + v38[t62 + 3]);
    }
  }
}
