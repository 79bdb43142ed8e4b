// grouped_gemm of flexq_gemm N = 37, K = 300, T = i8, BM = 1, BN = 32; target lavapipe
// 84 lines, 18 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> w: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<u32>;
@group(0) @binding(4) var<storage, read> bias: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn grouped_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  let t0 = bn * 32 + t;
  let t1 = t0 < 37;
  let t2 = min(t0, 36);
  var acc = bitcast<f32>(select(0u, bias[t2], t1));
  let t3 = t0 < 40;
  let t4 = bn * 768 + (t >> 3u) * 192 + (t & 7) * 4;
  let t5 = (params.M + 7) >> 3u;
  let t6 = bm < t5 * 8;
  let t7 = (bm >> 3u) * 256 + (bm & 7) * 4;
  for (var g = 0; g < 3; g++) {
    var d = 0;
    let t8 = t4 + g * 960;
    let t9 = t7 + g * t5 * 256;
    for (var k = 0; k < 4; k++) {
      let t10 = t8 + k;
      let t11 = select(0u, w[select(0, t10 + 160, t3)], t3);
      let t12 = t9 + k;
      let t13 = select(0u, q[select(0, t12 + 224, t6)], t6);
      let t14 = select(0u, w[select(0, t10 + 128, t3)], t3);
      let t15 = select(0u, q[select(0, t12 + 192, t6)], t6);
      let t16 = select(0u, q[select(0, t12 + 160, t6)], t6);
      let t17 = select(0u, w[select(0, t10 + 96, t3)], t3);
      let t18 = select(0u, w[select(0, t10 + 64, t3)], t3);
      let t19 = select(0u, q[select(0, t12 + 128, t6)], t6);
      let t20 = select(0u, w[select(0, t10 + 32, t3)], t3);
      let t21 = select(0u, q[select(0, t12 + 96, t6)], t6);
      let t22 = select(0u, w[select(0, t10, t3)], t3);
      let t23 = select(0u, q[select(0, t12 + 64, t6)], t6);
      let t24 = select(0u, q[select(0, t12 + 32, t6)], t6);
      let t25 = select(0u, q[select(0, t12, t6)], t6);
      let t26 = countOneBits(t18 & t15) + (countOneBits(t14 & t19) + countOneBits(t17 & t16));
      let t27 = countOneBits(t18 & t16) + (countOneBits(t14 & t21) + countOneBits(t17 & t19));
      let t28 = countOneBits(t18 & t19) + (countOneBits(t14 & t23) + countOneBits(t17 & t21));
      let t29 = (countOneBits(t22 & t15) + (countOneBits(t20 & t16) + t28)) << 6u;
      let t30 = countOneBits(t18 & t21) + (countOneBits(t14 & t24) + countOneBits(t17 & t23));
      let t31 = (countOneBits(t22 & t16) + (countOneBits(t20 & t19) + t30)) << 5u;
      let t32 = countOneBits(t18 & t23) + (countOneBits(t14 & t25) + countOneBits(t17 & t24));
      let t33 = (countOneBits(t22 & t19) + (countOneBits(t20 & t21) + t32)) << 4u;
      let t34 = countOneBits(t20 & t23) + (countOneBits(t17 & t25) + countOneBits(t18 & t24));
      let t35 = countOneBits(t22 & t23) + (countOneBits(t18 & t25) + countOneBits(t20 & t24));
      let t36 = countOneBits(t22 & t25) + ((countOneBits(t20 & t25) + countOneBits(t22 & t24)) << 1u);
      let t37 = t33 + (((countOneBits(t22 & t21) + t34) << 3u) + ((t35 << 2u) + t36));
      let t38 = (t26 << 8u) + (((countOneBits(t20 & t15) + t27) << 7u) + (t29 + (t31 + t37)));
      let t39 = ((countOneBits(t14 & t16) + countOneBits(t17 & t15)) << 9u) + t38;
      let t40 = (countOneBits(t11 & t13) << 12u) + ((countOneBits(t14 & t15) << 10u) + t39);
      let t41 = (countOneBits(t11 & t25) << 5u) + (countOneBits(t11 & t24) << 6u);
      let t42 = ((countOneBits(t11 & t23) + countOneBits(t22 & t13)) << 7u) + t41;
      let t43 = ((countOneBits(t11 & t21) + countOneBits(t20 & t13)) << 8u) + t42;
      let t44 = ((countOneBits(t11 & t19) + countOneBits(t18 & t13)) << 9u) + t43;
      let t45 = ((countOneBits(t11 & t16) + countOneBits(t17 & t13)) << 10u) + t44;
      let t46 = ((countOneBits(t11 & t15) + countOneBits(t14 & t13)) << 11u) + t45;
      d += i32(t40 - t46);
    }
    let t47 = bitcast<f32>(s[bm * 3 + g]) * bitcast<f32>(select(0u, sw[t2 + g * 37], t1));
    acc = fma(f32(d), t47, acc);
  }
  if (t1) {
    y[bn * 32 + bm * 37 + t] = bitcast<u32>(acc);
  }
}
