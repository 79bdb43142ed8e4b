// gemm_f16_u3 N = 1, K = 37; target lavapipe
// 121 lines, 22 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
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
  let t1 = (t & 3) * 8;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) == 0;
  let t4 = f16(unpack2x16float(select(0u, scale[0], t3)).x);
  let t5 = (t >> 3u) * 128 + (t & 7) * 4;
  let t6 = (t >> 3u) * 2;
  let t7 = (t & 7) * 8;
  let t8 = (t >> 3u) * 128;
  for (var k = 0; k < 37; k += 32) {
    let t9 = t1 + k;
    for (var s = 0; s < 8; s++) {
      let t10 = t * 8 + ((s >> 2u) * 512 + (s & 3) * 2);
      let t11 = t0 + (s >> 2u) * 16;
      let t12 = t11 < params.M;
      let t13 = t9 + (s & 3) * 2;
      let t14 = min(t2, t11);
      let t15 = t14 >> 1u;
      let t16 = t14 & 1;
      let t17 = select(0u, a[t14 * 18 + t15 + (min(t13, 36) >> 1u)], t12 & (t13 < 38));
      sa[t10] = f16(unpack2x16float((t17 >> u32(t16 * 16)) & 0xffffu).x);
      let t18 = min(t13 + 1, 36);
      let t19 = t16 + (t18 & 1);
      let t20 = select(0u, a[t14 * 18 + t15 + (t18 >> 1u) + (t19 >> 1u)], t12 & (t13 < 36));
      sa[t10 + 1] = f16(unpack2x16float((t20 >> u32((t19 & 1) * 16)) & 0xffffu).x);
    }
    var s = array<f16, 8>();
    s[0] = t4;
    let t21 = t6 + k;
    for (var s_1 = 0; s_1 < 8; s_1++) {
      let t22 = (s_1 >> 1u) & 1;
      let t23 = t5 + ((s_1 >> 2u) * 1024 + t22 * 32 + (s_1 & 1) * 64);
      let t24 = t21 + ((s_1 >> 2u) * 16 + (s_1 & 1));
      let t25 = min(t24, 36);
      let t26 = t22 * 4;
      let t27 = (b[(t25 >> 5u) * 192 + ((t25 >> 1u) & 15) * 8] >> u32(((t25 >> 4u) & 1) * 16 + (t25 & 1) * 12)) & 7u;
      sb[t23] = (f16(select(1u, t27, (t24 < 37) & ((t & 7) + t22 * 8 == 0))) - 4h) * s[t26];
      sb[t23 + 1] = s[t26 + 1] * -3h;
      sb[t23 + 2] = s[t26 + 2] * -3h;
      sb[t23 + 3] = s[t26 + 3] * -3h;
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t28 = t7 + k_1 * 64;
      let t29 = t8 + k_1;
      for (var s_1 = 0; s_1 < 2; s_1++) {
        let t30 = sb[t28];
        let t31 = t29 + s_1 * 64;
        let t32 = sa[t31];
        acc[s_1 * 16] += f32(t30) * f32(t32);
        let t33 = sb[t28 + 1];
        acc[s_1 * 16 + 1] += f32(t33) * f32(t32);
        let t34 = sb[t28 + 2];
        acc[s_1 * 16 + 2] += f32(t34) * f32(t32);
        let t35 = sb[t28 + 3];
        acc[s_1 * 16 + 3] += f32(t35) * f32(t32);
        let t36 = sb[t28 + 4];
        acc[s_1 * 16 + 4] += f32(t36) * f32(t32);
        let t37 = sb[t28 + 5];
        acc[s_1 * 16 + 5] += f32(t37) * f32(t32);
        let t38 = sb[t28 + 6];
        acc[s_1 * 16 + 6] += f32(t38) * f32(t32);
        let t39 = sb[t28 + 7];
        acc[s_1 * 16 + 7] += f32(t39) * f32(t32);
        let t40 = sa[t31 + 32];
        acc[s_1 * 16 + 8] += f32(t30) * f32(t40);
        acc[s_1 * 16 + 9] += f32(t33) * f32(t40);
        acc[s_1 * 16 + 10] += f32(t34) * f32(t40);
        acc[s_1 * 16 + 11] += f32(t35) * f32(t40);
        acc[s_1 * 16 + 12] += f32(t36) * f32(t40);
        acc[s_1 * 16 + 13] += f32(t37) * f32(t40);
        acc[s_1 * 16 + 14] += f32(t38) * f32(t40);
        acc[s_1 * 16 + 15] += f32(t39) * f32(t40);
      }
    }
    workgroupBarrier();
  }
  let t41 = bm * 16 + (t >> 3u) * 2;
  let t42 = (params.M + 1) >> 1u;
  let t43 = bm * 32 + (t >> 3u) * 4;
  if (t3 & (t41 < t42)) {
    let t44 = select(0u, encode(bitcast<u32>(acc[8])) << 16u, t3 & (t43 + 1 < params.M));
    c[t41] = select(0u, encode(bitcast<u32>(acc[0])), t3 & (t43 < params.M)) | t44;
  }
  if (t3 & (t41 + 1 < t42)) {
    let t45 = select(0u, encode(bitcast<u32>(acc[16])), t3 & (t43 + 2 < params.M));
    let t46 = select(0u, encode(bitcast<u32>(acc[24])) << 16u, t3 & (t43 + 3 < params.M));
    c[t41 + 1] = t45 | t46;
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 31u) << 15u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
