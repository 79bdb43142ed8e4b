// gemm_f16_u3 N = 128, K = 128; target lavapipe
// 171 lines, 42 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = array<f32, 32>();
  let t0 = bm * 32 + (t >> 2u);
  let t1 = max(params.M - 1, 0);
  let t2 = bn * 16 + (t & 7);
  let t3 = (t >> 3u) * 128 + (t & 7) * 4;
  let t4 = bn * 192 + t;
  let t5 = (t >> 3u) * 128;
  let t6 = (t & 7) * 8;
  for (var k = 0; k < 128; k += 32) {
    let t7 = (t & 3) + (k >> 3u);
    for (var s = 0; s < 2; s++) {
      let t8 = t * 8 + s * 512;
      let t9 = t0 + s * 16;
      let t10 = t9 < params.M;
      let t11 = a[t7 + min(t1, t9) * 16];
      let t12 = select(0u, t11.x, t10);
      sa[t8] = f16(unpack2x16float(t12).x);
      sa[t8 + 1] = f16(unpack2x16float(t12).y);
      let t13 = select(0u, t11.y, t10);
      sa[t8 + 2] = f16(unpack2x16float(t13).x);
      sa[t8 + 3] = f16(unpack2x16float(t13).y);
      let t14 = select(0u, t11.z, t10);
      sa[t8 + 4] = f16(unpack2x16float(t14).x);
      sa[t8 + 5] = f16(unpack2x16float(t14).y);
      let t15 = select(0u, t11.w, t10);
      sa[t8 + 6] = f16(unpack2x16float(t15).x);
      sa[t8 + 7] = f16(unpack2x16float(t15).y);
    }
    var s = array<f16, 8>();
    let t16 = t2 + (k >> 6u) * 32;
    let t17 = scale[t16];
    s[0] = f16(unpack2x16float(t17.x).x);
    s[1] = f16(unpack2x16float(t17.x).y);
    s[2] = f16(unpack2x16float(t17.y).x);
    s[3] = f16(unpack2x16float(t17.y).y);
    let t18 = scale[t16 + 8];
    s[4] = f16(unpack2x16float(t18.x).x);
    s[5] = f16(unpack2x16float(t18.x).y);
    s[6] = f16(unpack2x16float(t18.y).x);
    s[7] = f16(unpack2x16float(t18.y).y);
    let t19 = t4 + (k >> 5u) * 384;
    for (var s_1 = 0; s_1 < 4; s_1++) {
      let t20 = t3 + ((s_1 >> 1u) * 1024 + (s_1 & 1) * 32);
      let t21 = (s_1 >> 1u) * 2 + (s_1 & 1) * 3;
      let t22 = b[t19 + ((s_1 >> 1u) * 64 + (t21 >> 2u) * 64)];
      let t23 = t21 & 3;
      let t24 = t23 * 8;
      let t25 = (s_1 & 1) * 4;
      let t26 = s[t25];
      sb[t20] = (f16((t22 >> u32(t24)) & 7u) - 4h) * t26;
      let t27 = s[t25 + 1];
      sb[t20 + 1] = (f16((t22 >> u32(t24 + 3)) & 7u) - 4h) * t27;
      let t28 = u32(t24 + 6);
      let t29 = b[t19 + ((s_1 >> 1u) * 64 + ((t21 + 1) >> 2u) * 64)];
      let t30 = s[t25 + 2];
      let t31 = f16(((t22 >> t28) | select(0u, t29 << (32u - t28), t23 == 3)) & 7u);
      sb[t20 + 2] = (t31 - 4h) * t30;
      let t32 = (t21 + 1) & 3;
      let t33 = t32 * 8;
      let t34 = s[t25 + 3];
      sb[t20 + 3] = (f16((t29 >> u32(t33 + 1)) & 7u) - 4h) * t34;
      sb[t20 + 64] = t26 * (f16((t29 >> u32(t33 + 4)) & 7u) - 4h);
      let t35 = u32(t33 + 7);
      let t36 = b[t19 + ((s_1 >> 1u) * 64 + ((t21 + 2) >> 2u) * 64)];
      let t37 = f16(((t29 >> t35) | select(0u, t36 << (32u - t35), t32 == 3)) & 7u);
      sb[t20 + 65] = t27 * (t37 - 4h);
      let t38 = ((t21 + 2) & 3) * 8;
      sb[t20 + 66] = t30 * (f16((t36 >> u32(t38 + 2)) & 7u) - 4h);
      sb[t20 + 67] = t34 * (f16((t36 >> u32(t38 + 5)) & 7u) - 4h);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t39 = t5 + k_1;
      let t40 = sa[t39];
      let t41 = t6 + k_1 * 64;
      let t42 = sb[t41];
      acc[0] += f32(t40) * f32(t42);
      let t43 = sb[t41 + 1];
      acc[1] += f32(t40) * f32(t43);
      let t44 = sb[t41 + 2];
      acc[2] += f32(t40) * f32(t44);
      let t45 = sb[t41 + 3];
      acc[3] += f32(t40) * f32(t45);
      let t46 = sb[t41 + 4];
      acc[4] += f32(t40) * f32(t46);
      let t47 = sb[t41 + 5];
      acc[5] += f32(t40) * f32(t47);
      let t48 = sb[t41 + 6];
      acc[6] += f32(t40) * f32(t48);
      let t49 = sb[t41 + 7];
      acc[7] += f32(t40) * f32(t49);
      let t50 = sa[t39 + 32];
      acc[8] += f32(t42) * f32(t50);
      acc[9] += f32(t43) * f32(t50);
      acc[10] += f32(t44) * f32(t50);
      acc[11] += f32(t45) * f32(t50);
      acc[12] += f32(t46) * f32(t50);
      acc[13] += f32(t47) * f32(t50);
      acc[14] += f32(t48) * f32(t50);
      acc[15] += f32(t49) * f32(t50);
      let t51 = sa[t39 + 64];
      acc[16] += f32(t42) * f32(t51);
      acc[17] += f32(t43) * f32(t51);
      acc[18] += f32(t44) * f32(t51);
      acc[19] += f32(t45) * f32(t51);
      acc[20] += f32(t46) * f32(t51);
      acc[21] += f32(t47) * f32(t51);
      acc[22] += f32(t48) * f32(t51);
      acc[23] += f32(t49) * f32(t51);
      let t52 = sa[t39 + 96];
      acc[24] += f32(t42) * f32(t52);
      acc[25] += f32(t43) * f32(t52);
      acc[26] += f32(t44) * f32(t52);
      acc[27] += f32(t45) * f32(t52);
      acc[28] += f32(t46) * f32(t52);
      acc[29] += f32(t47) * f32(t52);
      acc[30] += f32(t48) * f32(t52);
      acc[31] += f32(t49) * f32(t52);
    }
    workgroupBarrier();
  }
  let t53 = bm * 32 + (t >> 3u) * 4;
  let t54 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 2; s++) {
    let t55 = t53 + s * 2;
    let t56 = t54 + s * 128;
    if (t55 < params.M) {
      c[t56] = encode(bitcast<u32>(acc[s * 16])) | (encode(bitcast<u32>(acc[s * 16 + 1])) << 16u);
      c[t56 + 1] = encode(bitcast<u32>(acc[s * 16 + 2])) | (encode(bitcast<u32>(acc[s * 16 + 3])) << 16u);
      c[t56 + 2] = encode(bitcast<u32>(acc[s * 16 + 4])) | (encode(bitcast<u32>(acc[s * 16 + 5])) << 16u);
      c[t56 + 3] = encode(bitcast<u32>(acc[s * 16 + 6])) | (encode(bitcast<u32>(acc[s * 16 + 7])) << 16u);
    }
    if (t55 + 1 < params.M) {
      c[t56 + 64] = encode(bitcast<u32>(acc[s * 16 + 8])) | (encode(bitcast<u32>(acc[s * 16 + 9])) << 16u);
      c[t56 + 65] = encode(bitcast<u32>(acc[s * 16 + 10])) | (encode(bitcast<u32>(acc[s * 16 + 11])) << 16u);
      c[t56 + 66] = encode(bitcast<u32>(acc[s * 16 + 12])) | (encode(bitcast<u32>(acc[s * 16 + 13])) << 16u);
      c[t56 + 67] = encode(bitcast<u32>(acc[s * 16 + 14])) | (encode(bitcast<u32>(acc[s * 16 + 15])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
