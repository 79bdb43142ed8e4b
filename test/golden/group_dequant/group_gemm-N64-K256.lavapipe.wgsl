// group_gemm of group_dequant N = 64, K = 256; target lavapipe
// 125 lines, 17 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read> sx: array<u32>;
@group(0) @binding(3) var<storage, read> w: array<vec4<u32>>;
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
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 8u) + frame[groups.x >> 31u];
  let bm = i32(block / 8u);
  var acc_0 = 0f; var acc_1 = 0f;
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = bm * 512 + (t >> 2u) * 64;
  let t3 = bn * 64 + (t & 3) * 16;
  let t4 = min(t0, max(params.M - 1, 0));
  let t5 = t4 * 4;
  let t6 = (t & 3) * 8;
  let t7 = bn * 4 + (t & 3);
  for (var g = 0; g < 4; g++) {
    var d_0 = 0; var d_1 = 0;
    let t8 = t2 + g * 16;
    let t9 = t3 + g * 2;
    for (var k = 0; k < 2; k++) {
      let t10 = t8 + k * 8;
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
      let t29 = select(0u, x[select(0, t10 + 2, t1)], t1);
      let t30 = select(0u, x[select(0, t10 + 3, t1)], t1);
      let t31 = t30 ^ (t29 >> 16u);
      let t32 = t29 ^ (t31 << 16u);
      let t33 = t30 ^ (t31 & 0xffffu);
      let t34 = t33 ^ (t32 >> 8u);
      let t35 = t32 ^ ((t34 << 8u) & 0xff00ff00u);
      let t36 = i32(t35 << 24u) >> 24u;
      let t37 = i32(t35 << 16u) >> 24u;
      let t38 = i32(t35 << 8u) >> 24u;
      let t39 = i32(t35) >> 24u;
      let t40 = t33 ^ (t34 & 0xff00ffu);
      let t41 = i32(t40 << 24u) >> 24u;
      let t42 = i32(t40 << 16u) >> 24u;
      let t43 = i32(t40 << 8u) >> 24u;
      let t44 = i32(t40) >> 24u;
      let t45 = select(0u, x[select(0, t10 + 4, t1)], t1);
      let t46 = select(0u, x[select(0, t10 + 5, t1)], t1);
      let t47 = t46 ^ (t45 >> 16u);
      let t48 = t45 ^ (t47 << 16u);
      let t49 = t46 ^ (t47 & 0xffffu);
      let t50 = t49 ^ (t48 >> 8u);
      let t51 = t48 ^ ((t50 << 8u) & 0xff00ff00u);
      let t52 = i32(t51 << 24u) >> 24u;
      let t53 = i32(t51 << 16u) >> 24u;
      let t54 = i32(t51 << 8u) >> 24u;
      let t55 = i32(t51) >> 24u;
      let t56 = t49 ^ (t50 & 0xff00ffu);
      let t57 = i32(t56 << 24u) >> 24u;
      let t58 = i32(t56 << 16u) >> 24u;
      let t59 = i32(t56 << 8u) >> 24u;
      let t60 = i32(t56) >> 24u;
      let t61 = select(0u, x[select(0, t10 + 6, t1)], t1);
      let t62 = select(0u, x[select(0, t10 + 7, t1)], t1);
      let t63 = t62 ^ (t61 >> 16u);
      let t64 = t61 ^ (t63 << 16u);
      let t65 = t62 ^ (t63 & 0xffffu);
      let t66 = t65 ^ (t64 >> 8u);
      let t67 = t64 ^ ((t66 << 8u) & 0xff00ff00u);
      let t68 = i32(t67 << 24u) >> 24u;
      let t69 = i32(t67 << 16u) >> 24u;
      let t70 = i32(t67 << 8u) >> 24u;
      let t71 = i32(t67) >> 24u;
      let t72 = t65 ^ (t66 & 0xff00ffu);
      let t73 = i32(t72 << 24u) >> 24u;
      let t74 = i32(t72 << 16u) >> 24u;
      let t75 = i32(t72 << 8u) >> 24u;
      let t76 = i32(t72) >> 24u;
      d_0 += t18 * (i32((t20.x & 15u) << 24u) >> 24u) + t21 * (i32((t20.x << 16u) & 0xf0f0000u) >> 24u) + t22 * (i32((t20.x << 8u) & 0xf0f0f00u) >> 24u) + t23 * (i32(t20.x & 0xf0f0f0fu) >> 24u) + t25 * (i32((t20.x << 20u) & 0xf000000u) >> 24u) + t26 * (i32((t20.x << 12u) & 0xf0f0000u) >> 24u) + t27 * (i32((t20.x << 4u) & 0xf0f0f00u) >> 24u) + t28 * (i32((t20.x >> 4u) & 0xf0f0f0fu) >> 24u) + t36 * (i32((t20.y & 15u) << 24u) >> 24u) + t37 * (i32((t20.y << 16u) & 0xf0f0000u) >> 24u) + t38 * (i32((t20.y << 8u) & 0xf0f0f00u) >> 24u) + t39 * (i32(t20.y & 0xf0f0f0fu) >> 24u) + t41 * (i32((t20.y << 20u) & 0xf000000u) >> 24u) + t42 * (i32((t20.y << 12u) & 0xf0f0000u) >> 24u) + t43 * (i32((t20.y << 4u) & 0xf0f0f00u) >> 24u) + t44 * (i32((t20.y >> 4u) & 0xf0f0f0fu) >> 24u) + t52 * (i32((t20.z & 15u) << 24u) >> 24u) + t53 * (i32((t20.z << 16u) & 0xf0f0000u) >> 24u) + t54 * (i32((t20.z << 8u) & 0xf0f0f00u) >> 24u) + t55 * (i32(t20.z & 0xf0f0f0fu) >> 24u) + t57 * (i32((t20.z << 20u) & 0xf000000u) >> 24u) + t58 * (i32((t20.z << 12u) & 0xf0f0000u) >> 24u) + t59 * (i32((t20.z << 4u) & 0xf0f0f00u) >> 24u) + t60 * (i32((t20.z >> 4u) & 0xf0f0f0fu) >> 24u) + t68 * (i32((t20.w & 15u) << 24u) >> 24u) + t69 * (i32((t20.w << 16u) & 0xf0f0000u) >> 24u) + t70 * (i32((t20.w << 8u) & 0xf0f0f00u) >> 24u) + t71 * (i32(t20.w & 0xf0f0f0fu) >> 24u) + t73 * (i32((t20.w << 20u) & 0xf000000u) >> 24u) + t74 * (i32((t20.w << 12u) & 0xf0f0000u) >> 24u) + t75 * (i32((t20.w << 4u) & 0xf0f0f00u) >> 24u) + t76 * (i32((t20.w >> 4u) & 0xf0f0f0fu) >> 24u);
      let t77 = w[t19 + 8];
      d_1 += t18 * (i32((t77.x & 15u) << 24u) >> 24u) + t21 * (i32((t77.x << 16u) & 0xf0f0000u) >> 24u) + t22 * (i32((t77.x << 8u) & 0xf0f0f00u) >> 24u) + t23 * (i32(t77.x & 0xf0f0f0fu) >> 24u) + t25 * (i32((t77.x << 20u) & 0xf000000u) >> 24u) + t26 * (i32((t77.x << 12u) & 0xf0f0000u) >> 24u) + t27 * (i32((t77.x << 4u) & 0xf0f0f00u) >> 24u) + t28 * (i32((t77.x >> 4u) & 0xf0f0f0fu) >> 24u) + t36 * (i32((t77.y & 15u) << 24u) >> 24u) + t37 * (i32((t77.y << 16u) & 0xf0f0000u) >> 24u) + t38 * (i32((t77.y << 8u) & 0xf0f0f00u) >> 24u) + t39 * (i32(t77.y & 0xf0f0f0fu) >> 24u) + t41 * (i32((t77.y << 20u) & 0xf000000u) >> 24u) + t42 * (i32((t77.y << 12u) & 0xf0f0000u) >> 24u) + t43 * (i32((t77.y << 4u) & 0xf0f0f00u) >> 24u) + t44 * (i32((t77.y >> 4u) & 0xf0f0f0fu) >> 24u) + t52 * (i32((t77.z & 15u) << 24u) >> 24u) + t53 * (i32((t77.z << 16u) & 0xf0f0000u) >> 24u) + t54 * (i32((t77.z << 8u) & 0xf0f0f00u) >> 24u) + t55 * (i32(t77.z & 0xf0f0f0fu) >> 24u) + t57 * (i32((t77.z << 20u) & 0xf000000u) >> 24u) + t58 * (i32((t77.z << 12u) & 0xf0f0000u) >> 24u) + t59 * (i32((t77.z << 4u) & 0xf0f0f00u) >> 24u) + t60 * (i32((t77.z >> 4u) & 0xf0f0f0fu) >> 24u) + t68 * (i32((t77.w & 15u) << 24u) >> 24u) + t69 * (i32((t77.w << 16u) & 0xf0f0000u) >> 24u) + t70 * (i32((t77.w << 8u) & 0xf0f0f00u) >> 24u) + t71 * (i32(t77.w & 0xf0f0f0fu) >> 24u) + t73 * (i32((t77.w << 20u) & 0xf000000u) >> 24u) + t74 * (i32((t77.w << 12u) & 0xf0f0000u) >> 24u) + t75 * (i32((t77.w << 4u) & 0xf0f0f00u) >> 24u) + t76 * (i32((t77.w >> 4u) & 0xf0f0f0fu) >> 24u);
    }
    let v18 = i32(select(0u, sum[t5 + g], t1));
    let t78 = z[bn + g * 8];
    let t79 = s[t7 + g * 32];
    acc_0 = fma(f32(d_0 - i32((t78 >> u32(t6)) & 15u) * v18), bitcast<f32>(t79.x), acc_0);
    acc_1 = fma(f32(d_1 - v18 * i32((t78 >> u32(t6 + 4)) & 15u)), bitcast<f32>(t79.y), acc_1);
  }
  let v27 = bitcast<f32>(select(0u, sx[t4], t1));
  if (t1) {
    let t80 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    let t81 = bias[t7];
    y[t80] = bitcast<u32>(acc_0 * v27 + bitcast<f32>(t81.x));
    y[t80 + 1] = bitcast<u32>(v27 * acc_1 + bitcast<f32>(t81.y));
  }
}
