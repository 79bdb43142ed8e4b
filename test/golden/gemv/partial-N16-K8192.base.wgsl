// partial of gemv N = 16, K = 8192; target base
// 232 lines, 29 memory accesses, 1472 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32(params.M) * 4u) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u % u32(params.M));
  let s = i32(block / (2u * u32(params.M)));
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f;
  let t0 = s * 2048 + 2048;
  let t1 = (t & 31) * 8;
  let t2 = bn * 8192 + (t >> 5u) * 128;
  let t3 = (t >> 3u) & 3;
  let t4 = bn * 128 + (t >> 5u) * 4;
  for (var k = s * 2048; k < t0; k += 512) {
    let t5 = t1 + k;
    let t6 = t5 < 8192;
    let t7 = (t & 31) + (k >> 3u);
    let t8 = min(t7, 1023);
    let t9 = x[bm * 1024 + t8];
    let t10 = select(0u, t9.x, t6);
    let a_0 = unpack2x16float(t10).x;
    let a_1 = unpack2x16float(t10).y;
    let t11 = select(0u, t9.y, t6);
    let a_2 = unpack2x16float(t11).x;
    let a_3 = unpack2x16float(t11).y;
    let t12 = select(0u, t9.z, t6);
    let a_4 = unpack2x16float(t12).x;
    let a_5 = unpack2x16float(t12).y;
    let t13 = select(0u, t9.w, t6);
    let a_6 = unpack2x16float(t13).x;
    let a_7 = unpack2x16float(t13).y;
    let t14 = t5 < 7936;
    let t15 = min(t7 + 32, 1023);
    let t16 = x[bm * 1024 + t15];
    let t17 = select(0u, t16.x, t14);
    let a_8 = unpack2x16float(t17).x;
    let a_9 = unpack2x16float(t17).y;
    let t18 = select(0u, t16.y, t14);
    let a_10 = unpack2x16float(t18).x;
    let a_11 = unpack2x16float(t18).y;
    let t19 = select(0u, t16.z, t14);
    let a_12 = unpack2x16float(t19).x;
    let a_13 = unpack2x16float(t19).y;
    let t20 = select(0u, t16.w, t14);
    let a_14 = unpack2x16float(t20).x;
    let a_15 = unpack2x16float(t20).y;
    var v20_0 = 0f; var v20_1 = 0f; var v20_2 = 0f; var v20_3 = 0f; var v20_4 = 0f; var v20_5 = 0f;
    var v20_6 = 0f; var v20_7 = 0f;
    let t21 = t2 + ((t8 >> 6u) * 512 + (t8 & 31) * 4 + ((t8 >> 5u) & 1));
    let t22 = w[t21];
    v20_0 += f32(select(1u, t22 & 15u, t6)) * a_0;
    v20_0 += f32(select(1u, (t22 >> 4u) & 15u, t6)) * a_1;
    v20_0 += f32(select(1u, (t22 >> 8u) & 15u, t6)) * a_2;
    v20_0 += f32(select(1u, (t22 >> 12u) & 15u, t6)) * a_3;
    v20_0 += f32(select(1u, (t22 >> 16u) & 15u, t6)) * a_4;
    v20_0 += f32(select(1u, (t22 >> 20u) & 15u, t6)) * a_5;
    v20_0 += f32(select(1u, (t22 >> 24u) & 15u, t6)) * a_6;
    v20_0 += f32(select(1u, t22 >> 28u, t6)) * a_7;
    let t23 = t2 + ((t15 >> 6u) * 512 + (t15 & 31) * 4 + ((t15 >> 5u) & 1));
    let t24 = w[t23];
    v20_1 += f32(select(1u, t24 & 15u, t14)) * a_8;
    v20_1 += f32(select(1u, (t24 >> 4u) & 15u, t14)) * a_9;
    v20_1 += f32(select(1u, (t24 >> 8u) & 15u, t14)) * a_10;
    v20_1 += f32(select(1u, (t24 >> 12u) & 15u, t14)) * a_11;
    v20_1 += f32(select(1u, (t24 >> 16u) & 15u, t14)) * a_12;
    v20_1 += f32(select(1u, (t24 >> 20u) & 15u, t14)) * a_13;
    v20_1 += f32(select(1u, (t24 >> 24u) & 15u, t14)) * a_14;
    v20_1 += f32(select(1u, t24 >> 28u, t14)) * a_15;
    let t25 = w[t21 + 2];
    v20_2 += a_0 * f32(select(1u, t25 & 15u, t6));
    v20_2 += a_1 * f32(select(1u, (t25 >> 4u) & 15u, t6));
    v20_2 += a_2 * f32(select(1u, (t25 >> 8u) & 15u, t6));
    v20_2 += a_3 * f32(select(1u, (t25 >> 12u) & 15u, t6));
    v20_2 += a_4 * f32(select(1u, (t25 >> 16u) & 15u, t6));
    v20_2 += a_5 * f32(select(1u, (t25 >> 20u) & 15u, t6));
    v20_2 += a_6 * f32(select(1u, (t25 >> 24u) & 15u, t6));
    v20_2 += a_7 * f32(select(1u, t25 >> 28u, t6));
    let t26 = w[t23 + 2];
    v20_3 += a_8 * f32(select(1u, t26 & 15u, t14));
    v20_3 += a_9 * f32(select(1u, (t26 >> 4u) & 15u, t14));
    v20_3 += a_10 * f32(select(1u, (t26 >> 8u) & 15u, t14));
    v20_3 += a_11 * f32(select(1u, (t26 >> 12u) & 15u, t14));
    v20_3 += a_12 * f32(select(1u, (t26 >> 16u) & 15u, t14));
    v20_3 += a_13 * f32(select(1u, (t26 >> 20u) & 15u, t14));
    v20_3 += a_14 * f32(select(1u, (t26 >> 24u) & 15u, t14));
    v20_3 += a_15 * f32(select(1u, t26 >> 28u, t14));
    let t27 = w[t21 + 256];
    v20_4 += a_0 * f32(select(1u, t27 & 15u, t6));
    v20_4 += a_1 * f32(select(1u, (t27 >> 4u) & 15u, t6));
    v20_4 += a_2 * f32(select(1u, (t27 >> 8u) & 15u, t6));
    v20_4 += a_3 * f32(select(1u, (t27 >> 12u) & 15u, t6));
    v20_4 += a_4 * f32(select(1u, (t27 >> 16u) & 15u, t6));
    v20_4 += a_5 * f32(select(1u, (t27 >> 20u) & 15u, t6));
    v20_4 += a_6 * f32(select(1u, (t27 >> 24u) & 15u, t6));
    v20_4 += a_7 * f32(select(1u, t27 >> 28u, t6));
    let t28 = w[t23 + 256];
    v20_5 += a_8 * f32(select(1u, t28 & 15u, t14));
    v20_5 += a_9 * f32(select(1u, (t28 >> 4u) & 15u, t14));
    v20_5 += a_10 * f32(select(1u, (t28 >> 8u) & 15u, t14));
    v20_5 += a_11 * f32(select(1u, (t28 >> 12u) & 15u, t14));
    v20_5 += a_12 * f32(select(1u, (t28 >> 16u) & 15u, t14));
    v20_5 += a_13 * f32(select(1u, (t28 >> 20u) & 15u, t14));
    v20_5 += a_14 * f32(select(1u, (t28 >> 24u) & 15u, t14));
    v20_5 += a_15 * f32(select(1u, t28 >> 28u, t14));
    let t29 = w[t21 + 258];
    v20_6 += a_0 * f32(select(1u, t29 & 15u, t6));
    v20_6 += a_1 * f32(select(1u, (t29 >> 4u) & 15u, t6));
    v20_6 += a_2 * f32(select(1u, (t29 >> 8u) & 15u, t6));
    v20_6 += a_3 * f32(select(1u, (t29 >> 12u) & 15u, t6));
    v20_6 += a_4 * f32(select(1u, (t29 >> 16u) & 15u, t6));
    v20_6 += a_5 * f32(select(1u, (t29 >> 20u) & 15u, t6));
    v20_6 += a_6 * f32(select(1u, (t29 >> 24u) & 15u, t6));
    v20_6 += a_7 * f32(select(1u, t29 >> 28u, t6));
    let t30 = w[t23 + 258];
    v20_7 += a_8 * f32(select(1u, t30 & 15u, t14));
    v20_7 += a_9 * f32(select(1u, (t30 >> 4u) & 15u, t14));
    v20_7 += a_10 * f32(select(1u, (t30 >> 8u) & 15u, t14));
    v20_7 += a_11 * f32(select(1u, (t30 >> 12u) & 15u, t14));
    v20_7 += a_12 * f32(select(1u, (t30 >> 16u) & 15u, t14));
    v20_7 += a_13 * f32(select(1u, (t30 >> 20u) & 15u, t14));
    v20_7 += a_14 * f32(select(1u, (t30 >> 24u) & 15u, t14));
    v20_7 += a_15 * f32(select(1u, t30 >> 28u, t14));
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
    let t31 = t3 + (k >> 6u);
    let t32 = t31 < 128;
    let t33 = min(t31, 127);
    let t34 = scale[t4 + ((t33 >> 3u) * 8 + (t33 & 3))];
    let t35 = ((t33 >> 2u) & 1) * 16;
    let t36 = unpack2x16float((select(0u, t34.x, t32) >> u32(t35)) & 0xffffu).x;
    v28_0 += (v20_0 - v24_0) * t36;
    let t37 = t31 < 124;
    let t38 = min(t31 + 4, 127);
    let t39 = scale[t4 + ((t38 >> 3u) * 8 + (t38 & 3))];
    let t40 = ((t38 >> 2u) & 1) * 16;
    let t41 = unpack2x16float((select(0u, t39.x, t37) >> u32(t40)) & 0xffffu).x;
    v28_0 += (v20_1 - v24_1) * t41;
    let t42 = unpack2x16float((select(0u, t34.y, t32) >> u32(t35)) & 0xffffu).x;
    v28_1 += (v20_2 - v24_0) * t42;
    let t43 = unpack2x16float((select(0u, t39.y, t37) >> u32(t40)) & 0xffffu).x;
    v28_1 += (v20_3 - v24_1) * t43;
    let t44 = unpack2x16float((select(0u, t34.z, t32) >> u32(t35)) & 0xffffu).x;
    v28_2 += (v20_4 - v24_0) * t44;
    let t45 = unpack2x16float((select(0u, t39.z, t37) >> u32(t40)) & 0xffffu).x;
    v28_2 += (v20_5 - v24_1) * t45;
    let t46 = unpack2x16float((select(0u, t34.w, t32) >> u32(t35)) & 0xffffu).x;
    v28_3 += (v20_6 - v24_0) * t46;
    let t47 = unpack2x16float((select(0u, t39.w, t37) >> u32(t40)) & 0xffffu).x;
    v28_3 += (v20_7 - v24_1) * t47;
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
  let t48 = (t >> 5u) * 48 + (t & 31);
  scratch[t48] = bitcast<u32>(v32_0);
  scratch[t48 + 96] = bitcast<u32>(v32_1);
  scratch[t48 + 192] = bitcast<u32>(v32_2);
  scratch[t48 + 288] = bitcast<u32>(v32_3);
  workgroupBarrier();
  let t49 = (t >> 4u) * 48 + (t & 15);
  for (var r = 0; r < 5; r++) {
    let t50 = ((1 << u32(r)) + 31) >> u32(r);
    let t51 = (t50 + 1) >> 1u;
    let t52 = (t & 15) + t51 < t50;
    let t53 = t49 + t51;
    for (var w_1 = 0; w_1 < 2; w_1++) {
      if (t52) {
        let t54 = t49 + w_1 * 192;
        let t55 = bitcast<f32>(scratch[t54]) + bitcast<f32>(scratch[t53 + w_1 * 192]);
        scratch[t54] = bitcast<u32>(t55);
      }
    }
    workgroupBarrier();
  }
  let t56 = (t >> 5u) * 48;
  let v32_0_1 = bitcast<f32>(scratch[t56]);
  let v32_1_1 = bitcast<f32>(scratch[t56 + 96]);
  let v32_2_1 = bitcast<f32>(scratch[t56 + 192]);
  let v32_3_1 = bitcast<f32>(scratch[t56 + 288]);
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
