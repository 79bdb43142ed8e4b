// grouped_gemm of flexq_gemm H = 130, N = 9, K = 150, T = i3, U = i4, W = i2; target lavapipe
// 75 lines, 15 memory accesses, 0 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  let t0 = bn * 4 + (t & 3);
  let t1 = t0 < 5;
  let t2 = bn * 8 + (t & 3) * 2;
  let t3 = min(t2, 8);
  var acc_0 = bitcast<f32>(select(0u, bias[t3], t1));
  let t4 = t0 < 4;
  let t5 = min(t2 + 1, 8);
  var acc_1 = bitcast<f32>(select(0u, bias[t5], t4));
  let t6 = bn * 64 + (t & 3) * 8;
  let t7 = (params.M + 7) >> 3u;
  let t8 = bm * 128 + (t >> 2u) * 4;
  let t9 = bm * 8 + (t >> 2u);
  let t10 = t9 < params.M;
  let t11 = min(t9, max(params.M - 1, 0)) * 2;
  for (var g = 0; g < 2 + none; g++) {
    var d_0 = 0; var d_1 = 0;
    let t12 = t6 + g * 128;
    let t13 = t8 + t7 * g * 128;
    for (var k = 0; k < 4; k++) {
      let t14 = t12 + k;
      let t15 = w[t14 + 32];
      let t16 = t13 + k;
      let t17 = q[t16 + 96];
      let t18 = w[t14];
      let t19 = q[t16 + 64];
      let t20 = q[t16];
      let t21 = q[t16 + 32];
      let t22 = (countOneBits(t18 & t19) << 2u) + (countOneBits(t18 & t20) + (countOneBits(t18 & t21) << 1u));
      let t23 = (countOneBits(t15 & t20) << 1u) + (countOneBits(t15 & t21) << 2u);
      let t24 = ((countOneBits(t15 & t19) + countOneBits(t18 & t17)) << 3u) + t23;
      d_0 += i32((countOneBits(t15 & t17) << 4u) + t22 - t24);
      let t25 = w[t14 + 36];
      let t26 = w[t14 + 4];
      let t27 = (countOneBits(t19 & t26) << 2u) + (countOneBits(t20 & t26) + (countOneBits(t21 & t26) << 1u));
      let t28 = (countOneBits(t20 & t25) << 1u) + (countOneBits(t21 & t25) << 2u);
      let t29 = ((countOneBits(t19 & t25) + countOneBits(t17 & t26)) << 3u) + t28;
      d_1 += i32((countOneBits(t17 & t25) << 4u) + t27 - t29);
    }
    let v16 = bitcast<f32>(select(0u, s[t11 + g], t10));
    acc_0 = fma(f32(d_0), v16 * bitcast<f32>(select(0u, sw[t3 + g * 9], t1)), acc_0);
    acc_1 = fma(f32(d_1), v16 * bitcast<f32>(select(0u, sw[t5 + g * 9], t4)), acc_1);
  }
  let t30 = bn * 8 + bm * 72 + (t >> 2u) * 9 + (t & 3) * 2;
  if (t1 & t10) {
    y[t30] = bitcast<u32>(acc_0);
  }
  if (t4 & t10) {
    y[t30 + 1] = bitcast<u32>(acc_1);
  }
}
