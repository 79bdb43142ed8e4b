// gemm_f16_u3 N = 128, K = 128; target lavapipe
// 194 lines, 30 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f16, 1024>;
var<workgroup> sb: array<f16, 2048>;

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 3) * 2;
  let t3 = bn * 16 + (t & 7);
  let t4 = (t >> 3u) * 128 + (t & 7) * 4;
  let t5 = bn * 192 + t;
  let t6 = (t >> 3u) * 128;
  let t7 = (t & 7) * 8;
  for (var k = 0; k < 128; k += 32) {
    let t8 = t2 + (k >> 2u);
    for (var s = 0; s < 4 + none; s++) {
      let t9 = t * 8 + ((s >> 1u) * 512 + (s & 1) * 4);
      let t10 = t0 + (s >> 1u) * 16;
      let t11 = t10 < params.M;
      let t12 = a[t8 + ((s & 1) + min(t1, t10) * 32)];
      let t13 = select(0u, t12.x, t11);
      sa[t9] = f16(unpack2x16float(t13).x);
      sa[t9 + 1] = f16(unpack2x16float(t13).y);
      let t14 = select(0u, t12.y, t11);
      sa[t9 + 2] = f16(unpack2x16float(t14).x);
      sa[t9 + 3] = f16(unpack2x16float(t14).y);
    }
    var s = array<f16, 8>();
    let t15 = t3 + (k >> 6u) * 32;
    let t16 = scale[t15];
    s[0] = f16(unpack2x16float(t16.x).x);
    s[1] = f16(unpack2x16float(t16.x).y);
    s[2] = f16(unpack2x16float(t16.y).x);
    s[3] = f16(unpack2x16float(t16.y).y);
    let t17 = scale[t15 + 8];
    s[4] = f16(unpack2x16float(t17.x).x);
    s[5] = f16(unpack2x16float(t17.x).y);
    s[6] = f16(unpack2x16float(t17.y).x);
    s[7] = f16(unpack2x16float(t17.y).y);
    let t18 = t5 + (k >> 5u) * 384;
    for (var s_1 = 0; s_1 < 8 + none; s_1++) {
      let t19 = (s_1 >> 1u) & 1;
      let t20 = t4 + ((s_1 >> 2u) * 1024 + t19 * 32 + (s_1 & 1) * 64);
      let t21 = (s_1 >> 2u) * 4 + (s_1 & 3) * 3;
      let t22 = b[t18 + ((s_1 >> 2u) * 64 + (t21 >> 3u) * 64)];
      let t23 = t21 & 7;
      let t24 = t23 * 4;
      let t25 = t19 * 4;
      let t26 = (bitcast<vec2<f16>>(((t22 >> u32(t24)) & 7u) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
      sb[t20] = t26 * s[t25];
      let t27 = u32(t24 + 3);
      let t28 = b[t18 + ((s_1 >> 2u) * 64 + ((t21 + 1) >> 3u) * 64)];
      let t29 = ((t22 >> t27) | select(0u, t28 << (32u - t27), t23 == 7)) & 0x1c0007u;
      let t30 = (bitcast<vec2<f16>>(t29 ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
      sb[t20 + 1] = t30 * s[t25 + 1];
      let t31 = (t21 + 1) & 7;
      let t32 = u32(t31 * 4 + 2);
      let t33 = b[t18 + ((s_1 >> 2u) * 64 + ((t21 + 2) >> 3u) * 64)];
      let t34 = ((t28 >> t32) | select(0u, t33 << (32u - t32), t31 == 7)) & 0x1c0007u;
      let t35 = (bitcast<vec2<f16>>(t34 ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
      sb[t20 + 2] = t35 * s[t25 + 2];
      let t36 = (bitcast<vec2<f16>>(((t33 >> u32(((t21 + 2) & 7) * 4 + 1)) & 7u) ^ 0x5c006400u) - vec2<f16>(1028h, 260h)).x;
      sb[t20 + 3] = t36 * s[t25 + 3];
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t37 = t6 + k_1;
      let t38 = sa[t37];
      let t39 = t7 + k_1 * 64;
      let t40 = sb[t39];
      acc_0 += f32(t38) * f32(t40);
      let t41 = sb[t39 + 1];
      acc_1 += f32(t38) * f32(t41);
      let t42 = sb[t39 + 2];
      acc_2 += f32(t38) * f32(t42);
      let t43 = sb[t39 + 3];
      acc_3 += f32(t38) * f32(t43);
      let t44 = sb[t39 + 4];
      acc_4 += f32(t38) * f32(t44);
      let t45 = sb[t39 + 5];
      acc_5 += f32(t38) * f32(t45);
      let t46 = sb[t39 + 6];
      acc_6 += f32(t38) * f32(t46);
      let t47 = sb[t39 + 7];
      acc_7 += f32(t38) * f32(t47);
      let t48 = sa[t37 + 32];
      acc_8 += f32(t40) * f32(t48);
      acc_9 += f32(t41) * f32(t48);
      acc_10 += f32(t42) * f32(t48);
      acc_11 += f32(t43) * f32(t48);
      acc_12 += f32(t44) * f32(t48);
      acc_13 += f32(t45) * f32(t48);
      acc_14 += f32(t46) * f32(t48);
      acc_15 += f32(t47) * f32(t48);
      let t49 = sa[t37 + 64];
      acc_16 += f32(t40) * f32(t49);
      acc_17 += f32(t41) * f32(t49);
      acc_18 += f32(t42) * f32(t49);
      acc_19 += f32(t43) * f32(t49);
      acc_20 += f32(t44) * f32(t49);
      acc_21 += f32(t45) * f32(t49);
      acc_22 += f32(t46) * f32(t49);
      acc_23 += f32(t47) * f32(t49);
      let t50 = sa[t37 + 96];
      acc_24 += f32(t40) * f32(t50);
      acc_25 += f32(t41) * f32(t50);
      acc_26 += f32(t42) * f32(t50);
      acc_27 += f32(t43) * f32(t50);
      acc_28 += f32(t44) * f32(t50);
      acc_29 += f32(t45) * f32(t50);
      acc_30 += f32(t46) * f32(t50);
      acc_31 += f32(t47) * f32(t50);
    }
    workgroupBarrier();
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
  let t51 = bm * 32 + (t >> 3u) * 4;
  let t52 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 4 + none; s++) {
    if (t51 + s < params.M) {
      let t53 = t52 + s * 64;
      c[t53] = encode(bitcast<u32>(acc[s * 8])) | (encode(bitcast<u32>(acc[s * 8 + 1])) << 16u);
      c[t53 + 1] = encode(bitcast<u32>(acc[s * 8 + 2])) | (encode(bitcast<u32>(acc[s * 8 + 3])) << 16u);
      c[t53 + 2] = encode(bitcast<u32>(acc[s * 8 + 4])) | (encode(bitcast<u32>(acc[s * 8 + 5])) << 16u);
      c[t53 + 3] = encode(bitcast<u32>(acc[s * 8 + 6])) | (encode(bitcast<u32>(acc[s * 8 + 7])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
