// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target lavapipe
// 148 lines, 27 memory accesses, 6144 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc = array<f32, 32>();
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
  let t13 = (t & 7) * 8;
  let t14 = (t >> 3u) * 128;
  for (var k = 0; k < 64; k += 32) {
    let t15 = t2 + (k >> 2u);
    for (var s = 0; s < 4; s++) {
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
    for (var s_1 = 0; s_1 < 8; s_1++) {
      let t23 = t12 + ((s_1 >> 1u) * 64 + (s_1 & 1) * 4);
      let t24 = (s_1 >> 1u) & 1;
      let t25 = (s_1 & 1) * 3 + t24 * 2;
      let t26 = ((s_1 * 3) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + (t25 >> 2u)) & 1);
      let t27 = b[t22 + t26];
      let t28 = t25 & 3;
      let t29 = t28 * 8;
      let t30 = (s_1 & 1) * 4;
      let t31 = encode((t27 >> u32(t29)) & 31u) | (((t27 >> u32(t29 + 5)) & 1u) << 31u);
      sb[t23] = f16(bitcast<f32>(t31)) * s[t30];
      let t32 = u32(t29 + 6);
      let t33 = ((s_1 * 3 + 1) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + ((t25 + 1) >> 2u)) & 1);
      let t34 = b[t22 + t33];
      let t35 = (t27 >> t32) | select(0u, t34 << (32u - t32), t28 == 3);
      sb[t23 + 1] = f16(bitcast<f32>(encode(t35 & 31u) | ((t35 >> 5u) << 31u))) * s[t30 + 1];
      let t36 = (t25 + 1) & 3;
      let t37 = u32(t36 * 8 + 4);
      let t38 = ((s_1 * 3 + 2) >> 3u) * 128 + ((t24 + (s_1 >> 2u) + ((t25 + 2) >> 2u)) & 1);
      let t39 = b[t22 + t38];
      let t40 = (t34 >> t37) | select(0u, t39 << (32u - t37), t36 == 3);
      sb[t23 + 2] = f16(bitcast<f32>(encode(t40 & 31u) | ((t40 >> 5u) << 31u))) * s[t30 + 2];
      let t41 = ((t25 + 2) & 3) * 8;
      let t42 = encode((t39 >> u32(t41 + 2)) & 31u) | (((t39 >> u32(t41 + 7)) & 1u) << 31u);
      sb[t23 + 3] = f16(bitcast<f32>(t42)) * s[t30 + 3];
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t43 = t13 + k_1 * 64;
      let t44 = t14 + k_1;
      for (var s_1 = 0; s_1 < 2; s_1++) {
        let t45 = sb[t43];
        let t46 = t44 + s_1 * 64;
        let t47 = sa[t46];
        acc[s_1 * 16] += f32(t45) * f32(t47);
        let t48 = sb[t43 + 1];
        acc[s_1 * 16 + 1] += f32(t48) * f32(t47);
        let t49 = sb[t43 + 2];
        acc[s_1 * 16 + 2] += f32(t49) * f32(t47);
        let t50 = sb[t43 + 3];
        acc[s_1 * 16 + 3] += f32(t50) * f32(t47);
        let t51 = sb[t43 + 4];
        acc[s_1 * 16 + 4] += f32(t51) * f32(t47);
        let t52 = sb[t43 + 5];
        acc[s_1 * 16 + 5] += f32(t52) * f32(t47);
        let t53 = sb[t43 + 6];
        acc[s_1 * 16 + 6] += f32(t53) * f32(t47);
        let t54 = sb[t43 + 7];
        acc[s_1 * 16 + 7] += f32(t54) * f32(t47);
        let t55 = sa[t46 + 32];
        acc[s_1 * 16 + 8] += f32(t45) * f32(t55);
        acc[s_1 * 16 + 9] += f32(t48) * f32(t55);
        acc[s_1 * 16 + 10] += f32(t49) * f32(t55);
        acc[s_1 * 16 + 11] += f32(t50) * f32(t55);
        acc[s_1 * 16 + 12] += f32(t51) * f32(t55);
        acc[s_1 * 16 + 13] += f32(t52) * f32(t55);
        acc[s_1 * 16 + 14] += f32(t53) * f32(t55);
        acc[s_1 * 16 + 15] += f32(t54) * f32(t55);
      }
    }
    workgroupBarrier();
  }
  let t56 = bm * 32 + (t >> 3u) * 4;
  let t57 = bm * 1024 + (t >> 3u) * 128 + (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    if (t56 + s < params.M) {
      let t58 = t57 + s * 32;
      c[t58] = encode_1(bitcast<u32>(acc[s * 8])) | (encode_1(bitcast<u32>(acc[s * 8 + 1])) << 16u);
      c[t58 + 1] = encode_1(bitcast<u32>(acc[s * 8 + 2])) | (encode_1(bitcast<u32>(acc[s * 8 + 3])) << 16u);
      c[t58 + 2] = encode_1(bitcast<u32>(acc[s * 8 + 4])) | (encode_1(bitcast<u32>(acc[s * 8 + 5])) << 16u);
      c[t58 + 3] = encode_1(bitcast<u32>(acc[s * 8 + 6])) | (encode_1(bitcast<u32>(acc[s * 8 + 7])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  return select((x << 21u) + 0x3e000000u, bitcast<u32>(f32(x) * 0.0625f), (x < 4u));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
