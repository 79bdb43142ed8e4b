// gemm_f16_u3 N = 64, K = 64, W = f6e3m2, ZERO = 0, L = …; target lavapipe
// 152 lines, 27 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> s4: array<f16, 1024>;
var<workgroup> s5: array<f16, 2048>;

fn to_f32(x: u32) -> f32 {
  return f32(x >> 16u) * 65536f + f32(x & 0xffffu);
}

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
  var v7 = array<f32, 32>();
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
      s4[t16] = f16(unpack2x16float(t20).x);
      s4[t16 + 1] = f16(unpack2x16float(t20).y);
      let t21 = select(0u, t19.y, t18);
      s4[t16 + 2] = f16(unpack2x16float(t21).x);
      s4[t16 + 3] = f16(unpack2x16float(t21).y);
    }
    var v12 = array<f16, 8>();
    v12[0] = t4;
    v12[1] = t5;
    v12[2] = t6;
    v12[3] = t7;
    v12[4] = t8;
    v12[5] = t9;
    v12[6] = t10;
    v12[7] = t11;
    let t22 = t * 2 + (k >> 5u) * 384;
    for (var s = 0; s < 8; s++) {
      let t23 = t12 + ((s >> 1u) * 64 + (s & 1) * 4);
      let t24 = (s >> 1u) & 1;
      let t25 = (s & 1) * 3 + t24 * 2;
      let t26 = b[t22 + (((s * 3) >> 3u) * 128 + ((t24 + (s >> 2u) + (t25 >> 2u)) & 1))];
      let t27 = t25 & 3;
      let t28 = t27 * 8;
      let t29 = (s & 1) * 4;
      let t30 = encode((t26 >> u32(t28)) & 31u) | (((t26 >> u32(t28 + 5)) & 1u) << 31u);
      s5[t23] = f16(bitcast<f32>(t30)) * v12[t29];
      let t31 = u32(t28 + 6);
      let t32 = ((s * 3 + 1) >> 3u) * 128 + ((t24 + (s >> 2u) + ((t25 + 1) >> 2u)) & 1);
      let t33 = b[t22 + t32];
      let t34 = (t26 >> t31) | select(0u, t33 << (32u - t31), t27 == 3);
      s5[t23 + 1] = f16(bitcast<f32>(encode(t34 & 31u) | ((t34 >> 5u) << 31u))) * v12[t29 + 1];
      let t35 = (t25 + 1) & 3;
      let t36 = u32(t35 * 8 + 4);
      let t37 = ((s * 3 + 2) >> 3u) * 128 + ((t24 + (s >> 2u) + ((t25 + 2) >> 2u)) & 1);
      let t38 = b[t22 + t37];
      let t39 = (t33 >> t36) | select(0u, t38 << (32u - t36), t35 == 3);
      s5[t23 + 2] = f16(bitcast<f32>(encode(t39 & 31u) | ((t39 >> 5u) << 31u))) * v12[t29 + 2];
      let t40 = ((t25 + 2) & 3) * 8;
      let t41 = encode((t38 >> u32(t40 + 2)) & 31u) | (((t38 >> u32(t40 + 7)) & 1u) << 31u);
      s5[t23 + 3] = f16(bitcast<f32>(t41)) * v12[t29 + 3];
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t42 = t13 + k_1 * 64;
      let t43 = t14 + k_1;
      for (var s = 0; s < 2; s++) {
        let t44 = s5[t42];
        let t45 = t43 + s * 64;
        let t46 = s4[t45];
        v7[s * 16] += f32(t44) * f32(t46);
        let t47 = s5[t42 + 1];
        v7[s * 16 + 1] += f32(t47) * f32(t46);
        let t48 = s5[t42 + 2];
        v7[s * 16 + 2] += f32(t48) * f32(t46);
        let t49 = s5[t42 + 3];
        v7[s * 16 + 3] += f32(t49) * f32(t46);
        let t50 = s5[t42 + 4];
        v7[s * 16 + 4] += f32(t50) * f32(t46);
        let t51 = s5[t42 + 5];
        v7[s * 16 + 5] += f32(t51) * f32(t46);
        let t52 = s5[t42 + 6];
        v7[s * 16 + 6] += f32(t52) * f32(t46);
        let t53 = s5[t42 + 7];
        v7[s * 16 + 7] += f32(t53) * f32(t46);
        let t54 = s4[t45 + 32];
        v7[s * 16 + 8] += f32(t44) * f32(t54);
        v7[s * 16 + 9] += f32(t47) * f32(t54);
        v7[s * 16 + 10] += f32(t48) * f32(t54);
        v7[s * 16 + 11] += f32(t49) * f32(t54);
        v7[s * 16 + 12] += f32(t50) * f32(t54);
        v7[s * 16 + 13] += f32(t51) * f32(t54);
        v7[s * 16 + 14] += f32(t52) * f32(t54);
        v7[s * 16 + 15] += f32(t53) * f32(t54);
      }
    }
    workgroupBarrier();
  }
  let t55 = bm * 32 + (t >> 3u) * 4;
  let t56 = (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    let t57 = t55 + s;
    if (t57 < params.M) {
      let t58 = t56 + min(t1, t57) * 32;
      c[t58] = encode_1(bitcast<u32>(v7[s * 8])) | (encode_1(bitcast<u32>(v7[s * 8 + 1])) << 16u);
      c[t58 + 1] = encode_1(bitcast<u32>(v7[s * 8 + 2])) | (encode_1(bitcast<u32>(v7[s * 8 + 3])) << 16u);
      c[t58 + 2] = encode_1(bitcast<u32>(v7[s * 8 + 4])) | (encode_1(bitcast<u32>(v7[s * 8 + 5])) << 16u);
      c[t58 + 3] = encode_1(bitcast<u32>(v7[s * 8 + 6])) | (encode_1(bitcast<u32>(v7[s * 8 + 7])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  return select((x << 21u) + 0x3e000000u, bitcast<u32>(to_f32(x) * 0.0625f), (x < 4u));
}

fn encode_1(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
