// grouped_gemm of flexq_gemm N = 64, K = 256; target lavapipe
// 102 lines, 23 memory accesses, 0 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 8u * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 8u) + frame[groups.x >> 31u];
  let bm = i32(block / 8u);
  let t0 = bn * 4 + (t & 3);
  let t1 = bias[t0];
  var acc_0 = bitcast<f32>(t1.x);
  var acc_1 = bitcast<f32>(t1.y);
  let t2 = bn * 192 + (t & 3) * 8;
  let t3 = (params.M + 7) >> 3u;
  let t4 = bm * 192 + (t >> 2u) * 4;
  let t5 = bm * 8 + (t >> 2u);
  let t6 = t5 < params.M;
  let t7 = min(t5, max(params.M - 1, 0)) * 2;
  for (var g = 0; g < 2 + none; g++) {
    var d_0 = 0; var d_1 = 0;
    let t8 = t2 + g * 1536;
    let t9 = t4 + t3 * g * 192;
    for (var k = 0; k < 4 + none; k++) {
      let t10 = t8 + k;
      let t11 = w[t10 + 160];
      let t12 = t9 + k;
      let t13 = q[t12 + 160];
      let t14 = w[t10 + 128];
      let t15 = q[t12 + 128];
      let t16 = q[t12 + 96];
      let t17 = w[t10 + 96];
      let t18 = w[t10 + 64];
      let t19 = q[t12 + 64];
      let t20 = w[t10 + 32];
      let t21 = q[t12 + 32];
      let t22 = w[t10];
      let t23 = q[t12];
      let t24 = countOneBits(t18 & t15) + (countOneBits(t14 & t19) + countOneBits(t17 & t16));
      let t25 = countOneBits(t18 & t16) + (countOneBits(t14 & t21) + countOneBits(t17 & t19));
      let t26 = countOneBits(t18 & t19) + (countOneBits(t14 & t23) + countOneBits(t17 & t21));
      let t27 = (countOneBits(t22 & t15) + (countOneBits(t20 & t16) + t26)) << 4u;
      let t28 = countOneBits(t20 & t19) + (countOneBits(t17 & t23) + countOneBits(t18 & t21));
      let t29 = countOneBits(t22 & t19) + (countOneBits(t18 & t23) + countOneBits(t20 & t21));
      let t30 = countOneBits(t22 & t23) + ((countOneBits(t20 & t23) + countOneBits(t22 & t21)) << 1u);
      let t31 = t27 + (((countOneBits(t22 & t16) + t28) << 3u) + ((t29 << 2u) + t30));
      let t32 = ((countOneBits(t14 & t16) + countOneBits(t17 & t15)) << 7u) + ((t24 << 6u) + (((countOneBits(t20 & t15) + t25) << 5u) + t31));
      let t33 = (countOneBits(t11 & t13) << 10u) + ((countOneBits(t14 & t15) << 8u) + t32);
      let t34 = ((countOneBits(t11 & t23) + countOneBits(t22 & t13)) << 5u) + ((countOneBits(t11 & t21) + countOneBits(t20 & t13)) << 6u);
      let t35 = ((countOneBits(t11 & t19) + countOneBits(t18 & t13)) << 7u) + t34;
      let t36 = ((countOneBits(t11 & t16) + countOneBits(t17 & t13)) << 8u) + t35;
      let t37 = ((countOneBits(t11 & t15) + countOneBits(t14 & t13)) << 9u) + t36;
      d_0 += i32(t33 - t37);
      let t38 = w[t10 + 164];
      let t39 = w[t10 + 132];
      let t40 = w[t10 + 100];
      let t41 = w[t10 + 68];
      let t42 = w[t10 + 36];
      let t43 = w[t10 + 4];
      let t44 = countOneBits(t15 & t41) + (countOneBits(t19 & t39) + countOneBits(t16 & t40));
      let t45 = countOneBits(t16 & t41) + (countOneBits(t21 & t39) + countOneBits(t19 & t40));
      let t46 = countOneBits(t19 & t41) + (countOneBits(t23 & t39) + countOneBits(t21 & t40));
      let t47 = (countOneBits(t15 & t43) + (countOneBits(t16 & t42) + t46)) << 4u;
      let t48 = countOneBits(t19 & t42) + (countOneBits(t23 & t40) + countOneBits(t21 & t41));
      let t49 = countOneBits(t19 & t43) + (countOneBits(t23 & t41) + countOneBits(t21 & t42));
      let t50 = countOneBits(t23 & t43) + ((countOneBits(t23 & t42) + countOneBits(t21 & t43)) << 1u);
      let t51 = t47 + (((countOneBits(t16 & t43) + t48) << 3u) + ((t49 << 2u) + t50));
      let t52 = ((countOneBits(t16 & t39) + countOneBits(t15 & t40)) << 7u) + ((t44 << 6u) + (((countOneBits(t15 & t42) + t45) << 5u) + t51));
      let t53 = (countOneBits(t13 & t38) << 10u) + ((countOneBits(t15 & t39) << 8u) + t52);
      let t54 = ((countOneBits(t23 & t38) + countOneBits(t13 & t43)) << 5u) + ((countOneBits(t21 & t38) + countOneBits(t13 & t42)) << 6u);
      let t55 = ((countOneBits(t19 & t38) + countOneBits(t13 & t41)) << 7u) + t54;
      let t56 = ((countOneBits(t16 & t38) + countOneBits(t13 & t40)) << 8u) + t55;
      let t57 = ((countOneBits(t15 & t38) + countOneBits(t13 & t39)) << 9u) + t56;
      d_1 += i32(t53 - t57);
    }
    let v16 = bitcast<f32>(select(0u, s[t7 + g], t6));
    let t58 = sw[t0 + g * 32];
    acc_0 = fma(f32(d_0), v16 * bitcast<f32>(t58.x), acc_0);
    acc_1 = fma(f32(d_1), v16 * bitcast<f32>(t58.y), acc_1);
  }
  if (t6) {
    let t59 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    y[t59] = bitcast<u32>(acc_0);
    y[t59 + 1] = bitcast<u32>(acc_1);
  }
}
