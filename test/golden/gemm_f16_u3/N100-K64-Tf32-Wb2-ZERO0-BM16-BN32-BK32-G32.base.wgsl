// gemm_f16_u3 N = 100, K = 64, T = f32, W = b2, ZERO = 0, BM = 16, BN = 32, BK = 32, G = 32; target base
// 123 lines, 42 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f32, 512>;
var<workgroup> sb: array<f32, 1024>;

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 4u * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % 4u);
  let bm = i32(block / 4u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f;
  let t0 = bm * 16 + (t >> 3u);
  let t1 = t0 < params.M;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) + min(t0, t2) * 16;
  let t4 = t0 + 8 < params.M;
  let t5 = (t & 7) + min(t2, t0 + 8) * 16;
  let t6 = bn * 8 + (t & 7);
  let t7 = t6 < 25;
  let t8 = min(t6, 24);
  let t9 = (t >> 3u) * 64 + (t & 7) * 4;
  let t10 = (t >> 3u) * 8 + (t8 >> 3u) * 64 + (t8 & 7);
  let t11 = (t >> 3u) * 64;
  let t12 = (t & 7) * 4;
  for (var k = 0; k < 64; k += 32) {
    let t13 = a[t3 + (k >> 2u)];
    sa[t * 4] = bitcast<f32>(select(0u, t13.x, t1));
    sa[t * 4 + 1] = bitcast<f32>(select(0u, t13.y, t1));
    sa[t * 4 + 2] = bitcast<f32>(select(0u, t13.z, t1));
    sa[t * 4 + 3] = bitcast<f32>(select(0u, t13.w, t1));
    let t14 = a[t5 + (k >> 2u)];
    sa[t * 4 + 256] = bitcast<f32>(select(0u, t14.x, t4));
    sa[t * 4 + 257] = bitcast<f32>(select(0u, t14.y, t4));
    sa[t * 4 + 258] = bitcast<f32>(select(0u, t14.z, t4));
    sa[t * 4 + 259] = bitcast<f32>(select(0u, t14.w, t4));
    let t15 = scale[t8 + (k >> 5u) * 25];
    let s_0 = bitcast<f32>(select(0u, t15.x, t7));
    let s_1 = bitcast<f32>(select(0u, t15.y, t7));
    let s_2 = bitcast<f32>(select(0u, t15.z, t7));
    let s_3 = bitcast<f32>(select(0u, t15.w, t7));
    let t16 = b[t10 + (k >> 5u) * 256];
    let t17 = bitcast<f32>((select(2u, t16 & 3u, t7) << 1u) ^ 0x4b000000u) - 8388611f;
    sb[t9] = t17 * s_0;
    let t18 = bitcast<f32>((select(2u, (t16 >> 2u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 1] = (t18 - 8388611f) * s_1;
    let t19 = bitcast<f32>((select(2u, (t16 >> 4u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 2] = (t19 - 8388611f) * s_2;
    let t20 = bitcast<f32>((select(2u, (t16 >> 6u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 3] = (t20 - 8388611f) * s_3;
    let t21 = bitcast<f32>((select(2u, (t16 >> 8u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 32] = s_0 * (t21 - 8388611f);
    let t22 = bitcast<f32>((select(2u, (t16 >> 10u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 33] = s_1 * (t22 - 8388611f);
    let t23 = bitcast<f32>((select(2u, (t16 >> 12u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 34] = s_2 * (t23 - 8388611f);
    let t24 = bitcast<f32>((select(2u, (t16 >> 14u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 35] = s_3 * (t24 - 8388611f);
    let t25 = bitcast<f32>((select(2u, (t16 >> 16u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 512] = s_0 * (t25 - 8388611f);
    let t26 = bitcast<f32>((select(2u, (t16 >> 18u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 513] = s_1 * (t26 - 8388611f);
    let t27 = bitcast<f32>((select(2u, (t16 >> 20u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 514] = s_2 * (t27 - 8388611f);
    let t28 = bitcast<f32>((select(2u, (t16 >> 22u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 515] = s_3 * (t28 - 8388611f);
    let t29 = bitcast<f32>((select(2u, (t16 >> 24u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 544] = s_0 * (t29 - 8388611f);
    let t30 = bitcast<f32>((select(2u, (t16 >> 26u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 545] = s_1 * (t30 - 8388611f);
    let t31 = bitcast<f32>((select(2u, (t16 >> 28u) & 3u, t7) << 1u) ^ 0x4b000000u);
    sb[t9 + 546] = s_2 * (t31 - 8388611f);
    let t32 = bitcast<f32>((select(2u, t16 >> 30u, t7) << 1u) ^ 0x4b000000u) - 8388611f;
    sb[t9 + 547] = s_3 * t32;
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t33 = t11 + k_1;
      let t34 = sa[t33];
      let t35 = t12 + k_1 * 32;
      let t36 = sb[t35];
      acc_0 += t34 * t36;
      let t37 = sb[t35 + 1];
      acc_1 += t34 * t37;
      let t38 = sb[t35 + 2];
      acc_2 += t34 * t38;
      let t39 = sb[t35 + 3];
      acc_3 += t34 * t39;
      let t40 = sa[t33 + 32];
      acc_4 += t36 * t40;
      acc_5 += t37 * t40;
      acc_6 += t38 * t40;
      acc_7 += t39 * t40;
    }
    workgroupBarrier();
  }
  let t41 = bm * 16 + (t >> 3u) * 2;
  let t42 = bn * 32 + bm * 1600 + (t >> 3u) * 200 + (t & 7) * 4;
  if (t7 & (t41 < params.M)) {
    c[t42] = bitcast<u32>(acc_0);
    c[t42 + 1] = bitcast<u32>(acc_1);
    c[t42 + 2] = bitcast<u32>(acc_2);
    c[t42 + 3] = bitcast<u32>(acc_3);
  }
  if (t7 & (t41 + 1 < params.M)) {
    c[t42 + 100] = bitcast<u32>(acc_4);
    c[t42 + 101] = bitcast<u32>(acc_5);
    c[t42 + 102] = bitcast<u32>(acc_6);
    c[t42 + 103] = bitcast<u32>(acc_7);
  }
}
