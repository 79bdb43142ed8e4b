// gemm_f16_u3 N = 128, K = 128; target base
// 212 lines, 83 memory accesses, 12288 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> s4: array<f32, 1024>;
var<workgroup> s5: array<f32, 2048>;

fn round_f16(x: f32) -> f32 {
  return unpack2x16float(pack_f16(x)).x;
}

fn pack_f16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let special = select(0x7c00u | ((bits >> 16u) & 0x8000u), 0x7e00u, size > 0x7f800000u);
  return select(pack2x16float(vec2(x, 0f)), special, size >= 0x477ff000u);
}

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var v7_0 = 0f; var v7_1 = 0f; var v7_2 = 0f; var v7_3 = 0f; var v7_4 = 0f; var v7_5 = 0f;
  var v7_6 = 0f; var v7_7 = 0f; var v7_8 = 0f; var v7_9 = 0f; var v7_10 = 0f; var v7_11 = 0f;
  var v7_12 = 0f; var v7_13 = 0f; var v7_14 = 0f; var v7_15 = 0f; var v7_16 = 0f; var v7_17 = 0f;
  var v7_18 = 0f; var v7_19 = 0f; var v7_20 = 0f; var v7_21 = 0f; var v7_22 = 0f; var v7_23 = 0f;
  var v7_24 = 0f; var v7_25 = 0f; var v7_26 = 0f; var v7_27 = 0f; var v7_28 = 0f; var v7_29 = 0f;
  var v7_30 = 0f; var v7_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 3) + min(t0, t2) * 16;
  let t4 = t0 + 16 < params.M;
  let t5 = (t & 3) + min(t2, t0 + 16) * 16;
  let t6 = bn * 16 + (t & 7);
  let t7 = (t >> 3u) * 128 + (t & 7) * 4;
  let t8 = bn * 192 + t;
  let t9 = (t >> 3u) * 128;
  let t10 = (t & 7) * 8;
  for (var k = 0; k < 128; k += 32) {
    let t11 = a[t3 + (k >> 3u)];
    let t12 = select(0u, t11.x, t1);
    s4[t * 8] = unpack2x16float(t12).x;
    s4[t * 8 + 1] = unpack2x16float(t12).y;
    let t13 = select(0u, t11.y, t1);
    s4[t * 8 + 2] = unpack2x16float(t13).x;
    s4[t * 8 + 3] = unpack2x16float(t13).y;
    let t14 = select(0u, t11.z, t1);
    s4[t * 8 + 4] = unpack2x16float(t14).x;
    s4[t * 8 + 5] = unpack2x16float(t14).y;
    let t15 = select(0u, t11.w, t1);
    s4[t * 8 + 6] = unpack2x16float(t15).x;
    s4[t * 8 + 7] = unpack2x16float(t15).y;
    let t16 = a[t5 + (k >> 3u)];
    let t17 = select(0u, t16.x, t4);
    s4[t * 8 + 512] = unpack2x16float(t17).x;
    s4[t * 8 + 513] = unpack2x16float(t17).y;
    let t18 = select(0u, t16.y, t4);
    s4[t * 8 + 514] = unpack2x16float(t18).x;
    s4[t * 8 + 515] = unpack2x16float(t18).y;
    let t19 = select(0u, t16.z, t4);
    s4[t * 8 + 516] = unpack2x16float(t19).x;
    s4[t * 8 + 517] = unpack2x16float(t19).y;
    let t20 = select(0u, t16.w, t4);
    s4[t * 8 + 518] = unpack2x16float(t20).x;
    s4[t * 8 + 519] = unpack2x16float(t20).y;
    let t21 = t6 + (k >> 6u) * 32;
    let t22 = scale[t21];
    let v12_0 = unpack2x16float(t22.x).x;
    let v12_1 = unpack2x16float(t22.x).y;
    let v12_2 = unpack2x16float(t22.y).x;
    let v12_3 = unpack2x16float(t22.y).y;
    let t23 = scale[t21 + 8];
    let v12_4 = unpack2x16float(t23.x).x;
    let v12_5 = unpack2x16float(t23.x).y;
    let v12_6 = unpack2x16float(t23.y).x;
    let v12_7 = unpack2x16float(t23.y).y;
    let t24 = t8 + (k >> 5u) * 384;
    let t25 = b[t24];
    s5[t7] = round_f16(round_f16(f32(t25 & 7u) - 4f) * v12_0);
    s5[t7 + 1] = round_f16(round_f16(f32((t25 >> 3u) & 7u) - 4f) * v12_1);
    s5[t7 + 2] = round_f16(round_f16(f32((t25 >> 6u) & 7u) - 4f) * v12_2);
    s5[t7 + 3] = round_f16(round_f16(f32((t25 >> 9u) & 7u) - 4f) * v12_3);
    s5[t7 + 64] = round_f16(v12_0 * round_f16(f32((t25 >> 12u) & 7u) - 4f));
    s5[t7 + 65] = round_f16(v12_1 * round_f16(f32((t25 >> 15u) & 7u) - 4f));
    s5[t7 + 66] = round_f16(v12_2 * round_f16(f32((t25 >> 18u) & 7u) - 4f));
    s5[t7 + 67] = round_f16(v12_3 * round_f16(f32((t25 >> 21u) & 7u) - 4f));
    s5[t7 + 32] = round_f16(round_f16(f32((t25 >> 24u) & 7u) - 4f) * v12_4);
    s5[t7 + 33] = round_f16(round_f16(f32((t25 >> 27u) & 7u) - 4f) * v12_5);
    let t26 = b[t24 + 64];
    s5[t7 + 34] = round_f16(round_f16(f32((t25 >> 30u) | ((t26 & 1u) << 2u)) - 4f) * v12_6);
    s5[t7 + 35] = round_f16(round_f16(f32((t26 >> 1u) & 7u) - 4f) * v12_7);
    s5[t7 + 96] = round_f16(v12_4 * round_f16(f32((t26 >> 4u) & 7u) - 4f));
    s5[t7 + 97] = round_f16(v12_5 * round_f16(f32((t26 >> 7u) & 7u) - 4f));
    s5[t7 + 98] = round_f16(v12_6 * round_f16(f32((t26 >> 10u) & 7u) - 4f));
    s5[t7 + 99] = round_f16(v12_7 * round_f16(f32((t26 >> 13u) & 7u) - 4f));
    s5[t7 + 1024] = round_f16(v12_0 * round_f16(f32((t26 >> 16u) & 7u) - 4f));
    s5[t7 + 1025] = round_f16(v12_1 * round_f16(f32((t26 >> 19u) & 7u) - 4f));
    s5[t7 + 1026] = round_f16(v12_2 * round_f16(f32((t26 >> 22u) & 7u) - 4f));
    s5[t7 + 1027] = round_f16(v12_3 * round_f16(f32((t26 >> 25u) & 7u) - 4f));
    s5[t7 + 1088] = round_f16(v12_0 * round_f16(f32((t26 >> 28u) & 7u) - 4f));
    let t27 = b[t24 + 128];
    s5[t7 + 1089] = round_f16(v12_1 * round_f16(f32((t26 >> 31u) | ((t27 & 3u) << 1u)) - 4f));
    s5[t7 + 1090] = round_f16(v12_2 * round_f16(f32((t27 >> 2u) & 7u) - 4f));
    s5[t7 + 1091] = round_f16(v12_3 * round_f16(f32((t27 >> 5u) & 7u) - 4f));
    s5[t7 + 1056] = round_f16(v12_4 * round_f16(f32((t27 >> 8u) & 7u) - 4f));
    s5[t7 + 1057] = round_f16(v12_5 * round_f16(f32((t27 >> 11u) & 7u) - 4f));
    s5[t7 + 1058] = round_f16(v12_6 * round_f16(f32((t27 >> 14u) & 7u) - 4f));
    s5[t7 + 1059] = round_f16(v12_7 * round_f16(f32((t27 >> 17u) & 7u) - 4f));
    s5[t7 + 1120] = round_f16(v12_4 * round_f16(f32((t27 >> 20u) & 7u) - 4f));
    s5[t7 + 1121] = round_f16(v12_5 * round_f16(f32((t27 >> 23u) & 7u) - 4f));
    s5[t7 + 1122] = round_f16(v12_6 * round_f16(f32((t27 >> 26u) & 7u) - 4f));
    s5[t7 + 1123] = round_f16(v12_7 * round_f16(f32(t27 >> 29u) - 4f));
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t28 = t9 + k_1;
      let t29 = s4[t28];
      let t30 = t10 + k_1 * 64;
      let t31 = s5[t30];
      v7_0 += t29 * t31;
      let t32 = s5[t30 + 1];
      v7_1 += t29 * t32;
      let t33 = s5[t30 + 2];
      v7_2 += t29 * t33;
      let t34 = s5[t30 + 3];
      v7_3 += t29 * t34;
      let t35 = s5[t30 + 4];
      v7_4 += t29 * t35;
      let t36 = s5[t30 + 5];
      v7_5 += t29 * t36;
      let t37 = s5[t30 + 6];
      v7_6 += t29 * t37;
      let t38 = s5[t30 + 7];
      v7_7 += t29 * t38;
      let t39 = s4[t28 + 32];
      v7_8 += t31 * t39;
      v7_9 += t32 * t39;
      v7_10 += t33 * t39;
      v7_11 += t34 * t39;
      v7_12 += t35 * t39;
      v7_13 += t36 * t39;
      v7_14 += t37 * t39;
      v7_15 += t38 * t39;
      let t40 = s4[t28 + 64];
      v7_16 += t31 * t40;
      v7_17 += t32 * t40;
      v7_18 += t33 * t40;
      v7_19 += t34 * t40;
      v7_20 += t35 * t40;
      v7_21 += t36 * t40;
      v7_22 += t37 * t40;
      v7_23 += t38 * t40;
      let t41 = s4[t28 + 96];
      v7_24 += t31 * t41;
      v7_25 += t32 * t41;
      v7_26 += t33 * t41;
      v7_27 += t34 * t41;
      v7_28 += t35 * t41;
      v7_29 += t36 * t41;
      v7_30 += t37 * t41;
      v7_31 += t38 * t41;
    }
    workgroupBarrier();
  }
  let t42 = bm * 32 + (t >> 3u) * 4;
  if (t42 < params.M) {
    let t43 = bn * 32 + (t & 7) * 4 + min(t2, t42) * 64;
    c[t43] = encode(bitcast<u32>(v7_0)) | (encode(bitcast<u32>(v7_1)) << 16u);
    c[t43 + 1] = encode(bitcast<u32>(v7_2)) | (encode(bitcast<u32>(v7_3)) << 16u);
    c[t43 + 2] = encode(bitcast<u32>(v7_4)) | (encode(bitcast<u32>(v7_5)) << 16u);
    c[t43 + 3] = encode(bitcast<u32>(v7_6)) | (encode(bitcast<u32>(v7_7)) << 16u);
  }
  if (t42 + 1 < params.M) {
    let t44 = bn * 32 + (t & 7) * 4 + min(t2, t42 + 1) * 64;
    c[t44] = encode(bitcast<u32>(v7_8)) | (encode(bitcast<u32>(v7_9)) << 16u);
    c[t44 + 1] = encode(bitcast<u32>(v7_10)) | (encode(bitcast<u32>(v7_11)) << 16u);
    c[t44 + 2] = encode(bitcast<u32>(v7_12)) | (encode(bitcast<u32>(v7_13)) << 16u);
    c[t44 + 3] = encode(bitcast<u32>(v7_14)) | (encode(bitcast<u32>(v7_15)) << 16u);
  }
  if (t42 + 2 < params.M) {
    let t45 = bn * 32 + (t & 7) * 4 + min(t2, t42 + 2) * 64;
    c[t45] = encode(bitcast<u32>(v7_16)) | (encode(bitcast<u32>(v7_17)) << 16u);
    c[t45 + 1] = encode(bitcast<u32>(v7_18)) | (encode(bitcast<u32>(v7_19)) << 16u);
    c[t45 + 2] = encode(bitcast<u32>(v7_20)) | (encode(bitcast<u32>(v7_21)) << 16u);
    c[t45 + 3] = encode(bitcast<u32>(v7_22)) | (encode(bitcast<u32>(v7_23)) << 16u);
  }
  if (t42 + 3 < params.M) {
    let t46 = bn * 32 + (t & 7) * 4 + min(t2, t42 + 3) * 64;
    c[t46] = encode(bitcast<u32>(v7_24)) | (encode(bitcast<u32>(v7_25)) << 16u);
    c[t46 + 1] = encode(bitcast<u32>(v7_26)) | (encode(bitcast<u32>(v7_27)) << 16u);
    c[t46 + 2] = encode(bitcast<u32>(v7_28)) | (encode(bitcast<u32>(v7_29)) << 16u);
    c[t46 + 3] = encode(bitcast<u32>(v7_30)) | (encode(bitcast<u32>(v7_31)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
