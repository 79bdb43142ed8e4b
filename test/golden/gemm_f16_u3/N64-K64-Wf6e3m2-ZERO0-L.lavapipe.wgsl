// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target lavapipe
// 206 lines, 29 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
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
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bm = i32(block) + frame[groups.x >> 31u];
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 3) * 2;
  let t3 = scale[t & 7];
  let t4 = f16(unpack2x16float(t3.x).x);
  let t5 = f16(unpack2x16float(t3.x).y);
  let t6 = f16(unpack2x16float(t3.y).x);
  let t7 = f16(unpack2x16float(t3.y).y);
  let t8 = f16(unpack2x16float(t3.z).x);
  let t9 = f16(unpack2x16float(t3.z).y);
  let t10 = f16(unpack2x16float(t3.w).x);
  let t11 = f16(unpack2x16float(t3.w).y);
  let t12 = (t >> 3u) * 256 + (t & 7) * 8;
  let t13 = (t >> 3u) * 128;
  let t14 = (t & 7) * 8;
  for (var k = 0; k < 64; k += 32) {
    let t15 = t2 + (k >> 2u);
    for (var s = 0; s < 4 + none; s++) {
      let t16 = t * 8 + ((s >> 1u) * 512 + (s & 1) * 4);
      let t17 = t0 + (s >> 1u) * 16;
      let t18 = t17 < params.M;
      let t19 = a[t15 + ((s & 1) + min(t1, t17) * 16)];
      let t20 = select(0u, t19.x, t18);
      sa[t16] = f16(unpack2x16float(t20).x);
      sa[t16 + 1] = f16(unpack2x16float(t20).y);
      let t21 = select(0u, t19.y, t18);
      sa[t16 + 2] = f16(unpack2x16float(t21).x);
      sa[t16 + 3] = f16(unpack2x16float(t21).y);
    }
    var s = array<f16, 8>();
    s[0] = t4;
    s[1] = t5;
    s[2] = t6;
    s[3] = t7;
    s[4] = t8;
    s[5] = t9;
    s[6] = t10;
    s[7] = t11;
    let t22 = t * 2 + (k >> 5u) * 384;
    for (var s_1 = 0; s_1 < 8 + none; s_1++) {
      let t23 = t12 + ((s_1 >> 1u) * 64 + (s_1 & 1) * 4);
      let t24 = (s_1 >> 1u) & 1;
      let t25 = (s_1 & 1) * 3 + t24 * 2;
      let t26 = ((s_1 * 3) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + (t25 >> 2u)) & 1);
      let t27 = b[t22 + t26];
      let t28 = t25 & 3;
      let t29 = t28 * 8;
      let t30 = (s_1 & 1) * 4;
      let t31 = (((t27 >> u32(t29 + 5)) & 1u) << 31u) | encode((t27 >> u32(t29)) & 31u);
      sb[t23] = f16(bitcast<f32>(t31)) * s[t30];
      let t32 = u32(t29 + 6);
      let t33 = ((s_1 * 3 + 1) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + ((t25 + 1) >> 2u)) & 1);
      let t34 = b[t22 + t33];
      let t35 = (t27 >> t32) | select(0u, t34 << (32u - t32), t28 == 3);
      let t36 = f16(bitcast<f32>(((t35 << 26u) & 0x80000000u) | encode(t35 & 31u)));
      sb[t23 + 1] = t36 * s[t30 + 1];
      let t37 = (t25 + 1) & 3;
      let t38 = u32(t37 * 8 + 4);
      let t39 = ((s_1 * 3 + 2) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + ((t25 + 2) >> 2u)) & 1);
      let t40 = b[t22 + t39];
      let t41 = (t34 >> t38) | select(0u, t40 << (32u - t38), t37 == 3);
      let t42 = f16(bitcast<f32>(((t41 << 26u) & 0x80000000u) | encode(t41 & 31u)));
      sb[t23 + 2] = t42 * s[t30 + 2];
      let t43 = ((t25 + 2) & 3) * 8;
      let t44 = (((t40 >> u32(t43 + 7)) & 1u) << 31u) | encode((t40 >> u32(t43 + 2)) & 31u);
      sb[t23 + 3] = f16(bitcast<f32>(t44)) * s[t30 + 3];
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t45 = t13 + k_1;
      let t46 = sa[t45];
      let t47 = t14 + k_1 * 64;
      let t48 = sb[t47];
      acc_0 += f32(t46) * f32(t48);
      let t49 = sb[t47 + 1];
      acc_1 += f32(t46) * f32(t49);
      let t50 = sb[t47 + 2];
      acc_2 += f32(t46) * f32(t50);
      let t51 = sb[t47 + 3];
      acc_3 += f32(t46) * f32(t51);
      let t52 = sb[t47 + 4];
      acc_4 += f32(t46) * f32(t52);
      let t53 = sb[t47 + 5];
      acc_5 += f32(t46) * f32(t53);
      let t54 = sb[t47 + 6];
      acc_6 += f32(t46) * f32(t54);
      let t55 = sb[t47 + 7];
      acc_7 += f32(t46) * f32(t55);
      let t56 = sa[t45 + 32];
      acc_8 += f32(t48) * f32(t56);
      acc_9 += f32(t49) * f32(t56);
      acc_10 += f32(t50) * f32(t56);
      acc_11 += f32(t51) * f32(t56);
      acc_12 += f32(t52) * f32(t56);
      acc_13 += f32(t53) * f32(t56);
      acc_14 += f32(t54) * f32(t56);
      acc_15 += f32(t55) * f32(t56);
      let t57 = sa[t45 + 64];
      acc_16 += f32(t48) * f32(t57);
      acc_17 += f32(t49) * f32(t57);
      acc_18 += f32(t50) * f32(t57);
      acc_19 += f32(t51) * f32(t57);
      acc_20 += f32(t52) * f32(t57);
      acc_21 += f32(t53) * f32(t57);
      acc_22 += f32(t54) * f32(t57);
      acc_23 += f32(t55) * f32(t57);
      let t58 = sa[t45 + 96];
      acc_24 += f32(t48) * f32(t58);
      acc_25 += f32(t49) * f32(t58);
      acc_26 += f32(t50) * f32(t58);
      acc_27 += f32(t51) * f32(t58);
      acc_28 += f32(t52) * f32(t58);
      acc_29 += f32(t53) * f32(t58);
      acc_30 += f32(t54) * f32(t58);
      acc_31 += f32(t55) * f32(t58);
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
  let t59 = bm * 32 + (t >> 3u) * 4;
  let t60 = bm * 1024 + (t >> 3u) * 128 + (t & 7) * 4;
  for (var s = 0; s < 4 + none; s++) {
    if (t59 + s < params.M) {
      let t61 = t60 + s * 32;
      c[t61] = encode_1(bitcast<u32>(acc[s * 8])) | (encode_1(bitcast<u32>(acc[s * 8 + 1])) << 16u);
      c[t61 + 1] = encode_1(bitcast<u32>(acc[s * 8 + 2])) | (encode_1(bitcast<u32>(acc[s * 8 + 3])) << 16u);
      c[t61 + 2] = encode_1(bitcast<u32>(acc[s * 8 + 4])) | (encode_1(bitcast<u32>(acc[s * 8 + 5])) << 16u);
      c[t61 + 3] = encode_1(bitcast<u32>(acc[s * 8 + 6])) | (encode_1(bitcast<u32>(acc[s * 8 + 7])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = bitcast<f32>((x << 21u) + 0x3e000000u);
  return bitcast<u32>(min(t0, fma(t0, 2f, -0.25f)));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
