// group_gemm of group_dequant N = 64, K = 256; target lavapipe
// 77 lines, 11 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read> sx: array<u32>;
@group(0) @binding(3) var<storage, read> w: array<u32>;
@group(0) @binding(4) var<storage, read> s: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> z: array<u32>;
@group(0) @binding(6) var<storage, read> bias: array<vec2<u32>>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn group_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32((params.M + 7) >> 3u)) { return; }
  var zeros = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 8u) + zeros[groups.x >> 31u];
  let bm = i32(block / 8u);
  var acc_0 = 0f; var acc_1 = 0f;
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = bm * 512 + (t >> 2u) * 64;
  let t3 = bn * 256 + (t & 3) * 64;
  let t4 = min(t0, max(params.M - 1, 0));
  let t5 = t4 * 4;
  let t6 = (t & 3) * 8;
  let t7 = bn * 4 + (t & 3);
  for (var g = 0; g < 4; g++) {
    var d_0 = 0; var d_1 = 0;
    let t8 = t2 + g * 16;
    let t9 = t3 + g * 8;
    for (var k = 0; k < 8; k++) {
      let t10 = t8 + k * 2;
      let t11 = select(0u, x[select(0, t10, t1)], t1);
      let t12 = select(0u, x[select(0, t10 + 1, t1)], t1);
      let t13 = t12 ^ (t11 >> 16u);
      let t14 = t11 ^ (t13 << 16u);
      let t15 = t12 ^ (t13 & 0xffffu);
      let t16 = t15 ^ (t14 >> 8u);
      let t17 = t14 ^ ((t16 << 8u) & 0xff00ff00u);
      let t18 = i32(t17 << 24u) >> 24u;
      let t19 = t9 + k;
      let t20 = w[t19];
      let t21 = i32(t17 << 16u) >> 24u;
      let t22 = i32(t17 << 8u) >> 24u;
      let t23 = i32(t17) >> 24u;
      let t24 = t15 ^ (t16 & 0xff00ffu);
      let t25 = i32(t24 << 24u) >> 24u;
      let t26 = i32(t24 << 16u) >> 24u;
      let t27 = i32(t24 << 8u) >> 24u;
      let t28 = i32(t24) >> 24u;
      d_0 += t18 * (i32((t20 & 15u) << 24u) >> 24u) + t21 * (i32((t20 << 16u) & 0xf0f0000u) >> 24u) + t22 * (i32((t20 << 8u) & 0xf0f0f00u) >> 24u) + t23 * (i32(t20 & 0xf0f0f0fu) >> 24u) + t25 * (i32((t20 << 20u) & 0xf000000u) >> 24u) + t26 * (i32((t20 << 12u) & 0xf0f0000u) >> 24u) + t27 * (i32((t20 << 4u) & 0xf0f0f00u) >> 24u) + t28 * (i32((t20 >> 4u) & 0xf0f0f0fu) >> 24u);
      let t29 = w[t19 + 32];
      d_1 += t18 * (i32((t29 & 15u) << 24u) >> 24u) + t21 * (i32((t29 << 16u) & 0xf0f0000u) >> 24u) + t22 * (i32((t29 << 8u) & 0xf0f0f00u) >> 24u) + t23 * (i32(t29 & 0xf0f0f0fu) >> 24u) + t25 * (i32((t29 << 20u) & 0xf000000u) >> 24u) + t26 * (i32((t29 << 12u) & 0xf0f0000u) >> 24u) + t27 * (i32((t29 << 4u) & 0xf0f0f00u) >> 24u) + t28 * (i32((t29 >> 4u) & 0xf0f0f0fu) >> 24u);
    }
    let v18 = i32(select(0u, sum[t5 + g], t1));
    let t30 = z[bn + g * 8];
    let t31 = s[t7 + g * 32];
    acc_0 = fma(f32(d_0 - i32((t30 >> u32(t6)) & 15u) * v18), bitcast<f32>(t31.x), acc_0);
    acc_1 = fma(f32(d_1 - v18 * i32((t30 >> u32(t6 + 4)) & 15u)), bitcast<f32>(t31.y), acc_1);
  }
  let v27 = bitcast<f32>(select(0u, sx[t4], t1));
  if (t1) {
    let t32 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    let t33 = bias[t7];
    y[t32] = bitcast<u32>(acc_0 * v27 + bitcast<f32>(t33.x));
    y[t32 + 1] = bitcast<u32>(v27 * acc_1 + bitcast<f32>(t33.y));
  }
}
