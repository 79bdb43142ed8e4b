// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target lavapipe
// 180 lines, 41 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc = array<f32, 32>();
  let t0 = bm * 32 + (t >> 2u);
  let t1 = max(params.M - 1, 0);
  let t2 = scale[t & 7];
  let t3 = f16(unpack2x16float(t2.x).x);
  let t4 = f16(unpack2x16float(t2.x).y);
  let t5 = f16(unpack2x16float(t2.y).x);
  let t6 = f16(unpack2x16float(t2.y).y);
  let t7 = f16(unpack2x16float(t2.z).x);
  let t8 = f16(unpack2x16float(t2.z).y);
  let t9 = f16(unpack2x16float(t2.w).x);
  let t10 = f16(unpack2x16float(t2.w).y);
  let t11 = (t >> 3u) * 256 + (t & 7) * 8;
  let t12 = (t >> 3u) * 128;
  let t13 = (t & 7) * 8;
  for (var k = 0; k < 64; k += 32) {
    let t14 = (t & 3) + (k >> 3u);
    for (var s = 0; s < 2; s++) {
      let t15 = t * 8 + s * 512;
      let t16 = t0 + s * 16;
      let t17 = t16 < params.M;
      let t18 = a[t14 + min(t1, t16) * 8];
      let t19 = select(0u, t18.x, t17);
      sa[t15] = f16(unpack2x16float(t19).x);
      sa[t15 + 1] = f16(unpack2x16float(t19).y);
      let t20 = select(0u, t18.y, t17);
      sa[t15 + 2] = f16(unpack2x16float(t20).x);
      sa[t15 + 3] = f16(unpack2x16float(t20).y);
      let t21 = select(0u, t18.z, t17);
      sa[t15 + 4] = f16(unpack2x16float(t21).x);
      sa[t15 + 5] = f16(unpack2x16float(t21).y);
      let t22 = select(0u, t18.w, t17);
      sa[t15 + 6] = f16(unpack2x16float(t22).x);
      sa[t15 + 7] = f16(unpack2x16float(t22).y);
    }
    let s_0 = t3;
    let s_1 = t4;
    let s_2 = t5;
    let s_3 = t6;
    let s_4 = t7;
    let s_5 = t8;
    let s_6 = t9;
    let s_7 = t10;
    let t23 = t * 2 + (k >> 5u) * 384;
    for (var s = 0; s < 4; s++) {
      let t24 = t11 + s * 64;
      let t25 = (s & 1) + (s >> 1u);
      let t26 = b[t23 + (((s * 3) >> 2u) * 128 + (t25 & 1))];
      let t27 = (s & 1) * 16;
      let t28 = (((t26 >> u32(t27 + 5)) & 1u) << 31u) | encode((t26 >> u32(t27)) & 31u);
      sb[t24] = s_0 * f16(bitcast<f32>(t28));
      let t29 = (((t26 >> u32(t27 + 11)) & 1u) << 31u) | encode((t26 >> u32(t27 + 6)) & 31u);
      sb[t24 + 1] = s_1 * f16(bitcast<f32>(t29));
      let t30 = u32(t27 + 12);
      let t31 = ((s * 3 + 1) >> 2u) * 128 + (((s & 1) + (s >> 1u) + (((s & 1) + 1) >> 1u)) & 1);
      let t32 = b[t23 + t31];
      let t33 = (t26 >> t30) | select(0u, t32 << (32u - t30), (s & 1) == 1);
      let t34 = f16(bitcast<f32>(((t33 << 26u) & 0x80000000u) | encode(t33 & 31u)));
      sb[t24 + 2] = s_2 * t34;
      let t35 = ((s & 1) + 1) & 1;
      let t36 = t35 * 16;
      let t37 = (((t32 >> u32(t36 + 7)) & 1u) << 31u) | encode((t32 >> u32(t36 + 2)) & 31u);
      sb[t24 + 3] = s_3 * f16(bitcast<f32>(t37));
      let t38 = (((t32 >> u32(t36 + 13)) & 1u) << 31u) | encode((t32 >> u32(t36 + 8)) & 31u);
      sb[t24 + 4] = s_4 * f16(bitcast<f32>(t38));
      let t39 = u32(t36 + 14);
      let t40 = b[t23 + (((s * 3 + 2) >> 2u) * 128 + ((t25 + 1) & 1))];
      let t41 = (t32 >> t39) | select(0u, t40 << (32u - t39), t35 == 1);
      let t42 = f16(bitcast<f32>(((t41 << 26u) & 0x80000000u) | encode(t41 & 31u)));
      sb[t24 + 5] = s_5 * t42;
      let t43 = (((t40 >> u32(t27 + 9)) & 1u) << 31u) | encode((t40 >> u32(t27 + 4)) & 31u);
      sb[t24 + 6] = s_6 * f16(bitcast<f32>(t43));
      let t44 = (((t40 >> u32(t27 + 15)) & 1u) << 31u) | encode((t40 >> u32(t27 + 10)) & 31u);
      sb[t24 + 7] = s_7 * f16(bitcast<f32>(t44));
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t45 = t12 + k_1;
      let t46 = sa[t45];
      let t47 = t13 + k_1 * 64;
      let t48 = sb[t47];
      acc[0] += f32(t46) * f32(t48);
      let t49 = sb[t47 + 1];
      acc[1] += f32(t46) * f32(t49);
      let t50 = sb[t47 + 2];
      acc[2] += f32(t46) * f32(t50);
      let t51 = sb[t47 + 3];
      acc[3] += f32(t46) * f32(t51);
      let t52 = sb[t47 + 4];
      acc[4] += f32(t46) * f32(t52);
      let t53 = sb[t47 + 5];
      acc[5] += f32(t46) * f32(t53);
      let t54 = sb[t47 + 6];
      acc[6] += f32(t46) * f32(t54);
      let t55 = sb[t47 + 7];
      acc[7] += f32(t46) * f32(t55);
      let t56 = sa[t45 + 32];
      acc[8] += f32(t48) * f32(t56);
      acc[9] += f32(t49) * f32(t56);
      acc[10] += f32(t50) * f32(t56);
      acc[11] += f32(t51) * f32(t56);
      acc[12] += f32(t52) * f32(t56);
      acc[13] += f32(t53) * f32(t56);
      acc[14] += f32(t54) * f32(t56);
      acc[15] += f32(t55) * f32(t56);
      let t57 = sa[t45 + 64];
      acc[16] += f32(t48) * f32(t57);
      acc[17] += f32(t49) * f32(t57);
      acc[18] += f32(t50) * f32(t57);
      acc[19] += f32(t51) * f32(t57);
      acc[20] += f32(t52) * f32(t57);
      acc[21] += f32(t53) * f32(t57);
      acc[22] += f32(t54) * f32(t57);
      acc[23] += f32(t55) * f32(t57);
      let t58 = sa[t45 + 96];
      acc[24] += f32(t48) * f32(t58);
      acc[25] += f32(t49) * f32(t58);
      acc[26] += f32(t50) * f32(t58);
      acc[27] += f32(t51) * f32(t58);
      acc[28] += f32(t52) * f32(t58);
      acc[29] += f32(t53) * f32(t58);
      acc[30] += f32(t54) * f32(t58);
      acc[31] += f32(t55) * f32(t58);
    }
    workgroupBarrier();
  }
  let t59 = bm * 32 + (t >> 3u) * 4;
  let t60 = bm * 1024 + (t >> 3u) * 128 + (t & 7) * 4;
  for (var s = 0; s < 2; s++) {
    let t61 = t59 + s * 2;
    let t62 = t60 + s * 64;
    if (t61 < params.M) {
      c[t62] = encode_1(bitcast<u32>(acc[s * 16])) | (encode_1(bitcast<u32>(acc[s * 16 + 1])) << 16u);
      c[t62 + 1] = encode_1(bitcast<u32>(acc[s * 16 + 2])) | (encode_1(bitcast<u32>(acc[s * 16 + 3])) << 16u);
      c[t62 + 2] = encode_1(bitcast<u32>(acc[s * 16 + 4])) | (encode_1(bitcast<u32>(acc[s * 16 + 5])) << 16u);
      c[t62 + 3] = encode_1(bitcast<u32>(acc[s * 16 + 6])) | (encode_1(bitcast<u32>(acc[s * 16 + 7])) << 16u);
    }
    if (t61 + 1 < params.M) {
      c[t62 + 32] = encode_1(bitcast<u32>(acc[s * 16 + 8])) | (encode_1(bitcast<u32>(acc[s * 16 + 9])) << 16u);
      c[t62 + 33] = encode_1(bitcast<u32>(acc[s * 16 + 10])) | (encode_1(bitcast<u32>(acc[s * 16 + 11])) << 16u);
      c[t62 + 34] = encode_1(bitcast<u32>(acc[s * 16 + 12])) | (encode_1(bitcast<u32>(acc[s * 16 + 13])) << 16u);
      c[t62 + 35] = encode_1(bitcast<u32>(acc[s * 16 + 14])) | (encode_1(bitcast<u32>(acc[s * 16 + 15])) << 16u);
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
