// grouped_gemm of flexq_gemm N = 64, K = 256; target base
// 101 lines, 23 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn grouped_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % 8u);
  let bm = i32(block / 8u);
  let t0 = bn * 4 + (t & 3);
  let t1 = bias[t0];
  var acc_0 = bitcast<f32>(t1.x);
  var acc_1 = bitcast<f32>(t1.y);
  let t2 = bn * 192 + (t & 3) * 8;
  let t3 = bm * 8 + (t >> 2u);
  let t4 = (params.M + 7) >> 3u;
  let t5 = t3 < t4 * 8;
  let t6 = bm * 192 + (t >> 2u) * 4;
  let t7 = t3 < params.M;
  let t8 = min(t3, max(params.M - 1, 0)) * 2;
  for (var g = 0; g < 2; g++) {
    var d_0 = 0; var d_1 = 0;
    let t9 = t2 + g * 1536;
    let t10 = t6 + t4 * g * 192;
    for (var k = 0; k < 4; k++) {
      let t11 = t9 + k;
      let t12 = w[t11 + 160];
      let t13 = t10 + k;
      let t14 = select(0u, q[select(0, t13 + 160, t5)], t5);
      let t15 = w[t11 + 128];
      let t16 = select(0u, q[select(0, t13 + 128, t5)], t5);
      let t17 = select(0u, q[select(0, t13 + 96, t5)], t5);
      let t18 = w[t11 + 96];
      let t19 = w[t11 + 64];
      let t20 = select(0u, q[select(0, t13 + 64, t5)], t5);
      let t21 = w[t11 + 32];
      let t22 = select(0u, q[select(0, t13 + 32, t5)], t5);
      let t23 = w[t11];
      let t24 = select(0u, q[select(0, t13, t5)], t5);
      let t25 = countOneBits(t19 & t16) + (countOneBits(t15 & t20) + countOneBits(t18 & t17));
      let t26 = countOneBits(t19 & t17) + (countOneBits(t15 & t22) + countOneBits(t18 & t20));
      let t27 = countOneBits(t19 & t20) + (countOneBits(t15 & t24) + countOneBits(t18 & t22));
      let t28 = (countOneBits(t23 & t16) + (countOneBits(t21 & t17) + t27)) << 4u;
      let t29 = countOneBits(t21 & t20) + (countOneBits(t18 & t24) + countOneBits(t19 & t22));
      let t30 = countOneBits(t23 & t20) + (countOneBits(t19 & t24) + countOneBits(t21 & t22));
      let t31 = countOneBits(t23 & t24) + ((countOneBits(t21 & t24) + countOneBits(t23 & t22)) << 1u);
      let t32 = t28 + (((countOneBits(t23 & t17) + t29) << 3u) + ((t30 << 2u) + t31));
      let t33 = ((countOneBits(t15 & t17) + countOneBits(t18 & t16)) << 7u) + ((t25 << 6u) + (((countOneBits(t21 & t16) + t26) << 5u) + t32));
      let t34 = (countOneBits(t12 & t14) << 10u) + ((countOneBits(t15 & t16) << 8u) + t33);
      let t35 = ((countOneBits(t12 & t24) + countOneBits(t23 & t14)) << 5u) + ((countOneBits(t12 & t22) + countOneBits(t21 & t14)) << 6u);
      let t36 = ((countOneBits(t12 & t20) + countOneBits(t19 & t14)) << 7u) + t35;
      let t37 = ((countOneBits(t12 & t17) + countOneBits(t18 & t14)) << 8u) + t36;
      let t38 = ((countOneBits(t12 & t16) + countOneBits(t15 & t14)) << 9u) + t37;
      d_0 += i32(t34 - t38);
      let t39 = w[t11 + 164];
      let t40 = w[t11 + 132];
      let t41 = w[t11 + 100];
      let t42 = w[t11 + 68];
      let t43 = w[t11 + 36];
      let t44 = w[t11 + 4];
      let t45 = countOneBits(t16 & t42) + (countOneBits(t20 & t40) + countOneBits(t17 & t41));
      let t46 = countOneBits(t17 & t42) + (countOneBits(t22 & t40) + countOneBits(t20 & t41));
      let t47 = countOneBits(t20 & t42) + (countOneBits(t24 & t40) + countOneBits(t22 & t41));
      let t48 = (countOneBits(t16 & t44) + (countOneBits(t17 & t43) + t47)) << 4u;
      let t49 = countOneBits(t20 & t43) + (countOneBits(t24 & t41) + countOneBits(t22 & t42));
      let t50 = countOneBits(t20 & t44) + (countOneBits(t24 & t42) + countOneBits(t22 & t43));
      let t51 = countOneBits(t24 & t44) + ((countOneBits(t24 & t43) + countOneBits(t22 & t44)) << 1u);
      let t52 = t48 + (((countOneBits(t17 & t44) + t49) << 3u) + ((t50 << 2u) + t51));
      let t53 = ((countOneBits(t17 & t40) + countOneBits(t16 & t41)) << 7u) + ((t45 << 6u) + (((countOneBits(t16 & t43) + t46) << 5u) + t52));
      let t54 = (countOneBits(t14 & t39) << 10u) + ((countOneBits(t16 & t40) << 8u) + t53);
      let t55 = ((countOneBits(t24 & t39) + countOneBits(t14 & t44)) << 5u) + ((countOneBits(t22 & t39) + countOneBits(t14 & t43)) << 6u);
      let t56 = ((countOneBits(t20 & t39) + countOneBits(t14 & t42)) << 7u) + t55;
      let t57 = ((countOneBits(t17 & t39) + countOneBits(t14 & t41)) << 8u) + t56;
      let t58 = ((countOneBits(t16 & t39) + countOneBits(t14 & t40)) << 9u) + t57;
      d_1 += i32(t54 - t58);
    }
    let v16 = bitcast<f32>(select(0u, s[t8 + g], t7));
    let t59 = sw[t0 + g * 32];
    acc_0 = fma(f32(d_0), v16 * bitcast<f32>(t59.x), acc_0);
    acc_1 = fma(f32(d_1), v16 * bitcast<f32>(t59.y), acc_1);
  }
  if (t7) {
    let t60 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    y[t60] = bitcast<u32>(acc_0);
    y[t60 + 1] = bitcast<u32>(acc_1);
  }
}
