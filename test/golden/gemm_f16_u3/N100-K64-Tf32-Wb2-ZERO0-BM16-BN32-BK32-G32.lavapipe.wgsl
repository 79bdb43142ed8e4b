// gemm_f16_u3 N = 100, K = 64, T = f32, W = b2, ZERO = 0, BM = 16, BN = 32, BK = 32, G = 32; target lavapipe
// 90 lines, 19 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
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
  var acc = array<f32, 8>();
  let t0 = bm * 16 + (t >> 3u);
  let t1 = max(params.M - 1, 0);
  let t2 = (t & 7) * 2;
  let t3 = bn * 8 + (t & 7);
  let t4 = t3 < 25;
  let t5 = min(t3, 24);
  let t6 = (t >> 3u) * 64 + (t & 7) * 4;
  let t7 = (t >> 3u) * 8 + (t5 >> 3u) * 64 + (t5 & 7);
  let t8 = (t >> 3u) * 64;
  let t9 = (t & 7) * 4;
  for (var k = 0; k < 64; k += 32) {
    let t10 = t2 + (k >> 1u);
    for (var s = 0; s < 4; s++) {
      let t11 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t12 = t0 + (s >> 1u) * 8;
      let t13 = t12 < params.M;
      let t14 = a[t10 + ((s & 1) + min(t1, t12) * 32)];
      sa[t11] = bitcast<f32>(select(0u, t14.x, t13));
      sa[t11 + 1] = bitcast<f32>(select(0u, t14.y, t13));
    }
    let t15 = scale[t5 + (k >> 5u) * 25];
    let s_0 = bitcast<f32>(select(0u, t15.x, t4));
    let s_1 = bitcast<f32>(select(0u, t15.y, t4));
    let s_2 = bitcast<f32>(select(0u, t15.z, t4));
    let s_3 = bitcast<f32>(select(0u, t15.w, t4));
    let t16 = b[t7 + (k >> 5u) * 256];
    for (var s = 0; s < 4; s++) {
      let t17 = t6 + ((s >> 1u) * 512 + (s & 1) * 32);
      sb[t17] = s_0 * f32(i32(select(2u, (t16 >> u32(s * 8)) & 3u, t4)) * 2 - 3);
      sb[t17 + 1] = s_1 * f32(i32(select(2u, (t16 >> u32(s * 8 + 2)) & 3u, t4)) * 2 - 3);
      sb[t17 + 2] = s_2 * f32(i32(select(2u, (t16 >> u32(s * 8 + 4)) & 3u, t4)) * 2 - 3);
      sb[t17 + 3] = s_3 * f32(i32(select(2u, (t16 >> u32(s * 8 + 6)) & 3u, t4)) * 2 - 3);
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t18 = t8 + k_1;
      let t19 = sa[t18];
      let t20 = t9 + k_1 * 32;
      let t21 = sb[t20];
      acc[0] += t19 * t21;
      let t22 = sb[t20 + 1];
      acc[1] += t19 * t22;
      let t23 = sb[t20 + 2];
      acc[2] += t19 * t23;
      let t24 = sb[t20 + 3];
      acc[3] += t19 * t24;
      let t25 = sa[t18 + 32];
      acc[4] += t21 * t25;
      acc[5] += t22 * t25;
      acc[6] += t23 * t25;
      acc[7] += t24 * t25;
    }
    workgroupBarrier();
  }
  let t26 = bm * 16 + (t >> 3u) * 2;
  let t27 = bn * 32 + bm * 1600 + (t >> 3u) * 200 + (t & 7) * 4;
  for (var s = 0; s < 2; s++) {
    if (t4 & (t26 + s < params.M)) {
      let t28 = t27 + s * 100;
      c[t28] = bitcast<u32>(acc[s * 4]);
      c[t28 + 1] = bitcast<u32>(acc[s * 4 + 1]);
      c[t28 + 2] = bitcast<u32>(acc[s * 4 + 2]);
      c[t28 + 3] = bitcast<u32>(acc[s * 4 + 3]);
    }
  }
}
