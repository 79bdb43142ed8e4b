// gemm_f16_u3 N = 128, K = 128; target lavapipe
// 135 lines, 28 memory accesses, 6144 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = array<f32, 32>();
  let t0 = bm * 32 + (t >> 2u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 3) * 2;
  let t3 = bn * 16 + (t & 7);
  let t4 = (t >> 3u) * 128 + (t & 7) * 4;
  let t5 = bn * 192 + t;
  let t6 = (t & 7) * 8;
  let t7 = (t >> 3u) * 128;
  for (var k = 0; k < 128; k += 32) {
    let t8 = t2 + (k >> 2u);
    for (var s = 0; s < 4; s++) {
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
    for (var s_1 = 0; s_1 < 8; s_1++) {
      let t19 = (s_1 >> 1u) & 1;
      let t20 = t4 + ((s_1 >> 2u) * 1024 + t19 * 32 + (s_1 & 1) * 64);
      let t21 = (s_1 >> 2u) * 4 + (s_1 & 3) * 3;
      let t22 = b[t18 + ((s_1 >> 2u) * 64 + (t21 >> 3u) * 64)];
      let t23 = t21 & 7;
      let t24 = t23 * 4;
      let t25 = t19 * 4;
      sb[t20] = (f16((t22 >> u32(t24)) & 7u) - 4h) * s[t25];
      let t26 = u32(t24 + 3);
      let t27 = b[t18 + ((s_1 >> 2u) * 64 + ((t21 + 1) >> 3u) * 64)];
      let t28 = f16(((t22 >> t26) | select(0u, t27 << (32u - t26), t23 == 7)) & 7u);
      sb[t20 + 1] = (t28 - 4h) * s[t25 + 1];
      let t29 = (t21 + 1) & 7;
      let t30 = u32(t29 * 4 + 2);
      let t31 = b[t18 + ((s_1 >> 2u) * 64 + ((t21 + 2) >> 3u) * 64)];
      let t32 = f16(((t27 >> t30) | select(0u, t31 << (32u - t30), t29 == 7)) & 7u);
      sb[t20 + 2] = (t32 - 4h) * s[t25 + 2];
      sb[t20 + 3] = (f16((t31 >> u32(((t21 + 2) & 7) * 4 + 1)) & 7u) - 4h) * s[t25 + 3];
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t33 = t6 + k_1 * 64;
      let t34 = t7 + k_1;
      for (var s_1 = 0; s_1 < 2; s_1++) {
        let t35 = sb[t33];
        let t36 = t34 + s_1 * 64;
        let t37 = sa[t36];
        acc[s_1 * 16] += f32(t35) * f32(t37);
        let t38 = sb[t33 + 1];
        acc[s_1 * 16 + 1] += f32(t38) * f32(t37);
        let t39 = sb[t33 + 2];
        acc[s_1 * 16 + 2] += f32(t39) * f32(t37);
        let t40 = sb[t33 + 3];
        acc[s_1 * 16 + 3] += f32(t40) * f32(t37);
        let t41 = sb[t33 + 4];
        acc[s_1 * 16 + 4] += f32(t41) * f32(t37);
        let t42 = sb[t33 + 5];
        acc[s_1 * 16 + 5] += f32(t42) * f32(t37);
        let t43 = sb[t33 + 6];
        acc[s_1 * 16 + 6] += f32(t43) * f32(t37);
        let t44 = sb[t33 + 7];
        acc[s_1 * 16 + 7] += f32(t44) * f32(t37);
        let t45 = sa[t36 + 32];
        acc[s_1 * 16 + 8] += f32(t35) * f32(t45);
        acc[s_1 * 16 + 9] += f32(t38) * f32(t45);
        acc[s_1 * 16 + 10] += f32(t39) * f32(t45);
        acc[s_1 * 16 + 11] += f32(t40) * f32(t45);
        acc[s_1 * 16 + 12] += f32(t41) * f32(t45);
        acc[s_1 * 16 + 13] += f32(t42) * f32(t45);
        acc[s_1 * 16 + 14] += f32(t43) * f32(t45);
        acc[s_1 * 16 + 15] += f32(t44) * f32(t45);
      }
    }
    workgroupBarrier();
  }
  let t46 = bm * 32 + (t >> 3u) * 4;
  let t47 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    if (t46 + s < params.M) {
      let t48 = t47 + s * 64;
      c[t48] = encode(bitcast<u32>(acc[s * 8])) | (encode(bitcast<u32>(acc[s * 8 + 1])) << 16u);
      c[t48 + 1] = encode(bitcast<u32>(acc[s * 8 + 2])) | (encode(bitcast<u32>(acc[s * 8 + 3])) << 16u);
      c[t48 + 2] = encode(bitcast<u32>(acc[s * 8 + 4])) | (encode(bitcast<u32>(acc[s * 8 + 5])) << 16u);
      c[t48 + 3] = encode(bitcast<u32>(acc[s * 8 + 6])) | (encode(bitcast<u32>(acc[s * 8 + 7])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
