// group_gemm of group_dequant N = 37, K = 100, G = 32, W = u3, BM = 1, BN = 32; target base
// 104 lines, 12 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read> sx: array<u32>;
@group(0) @binding(3) var<storage, read> w: array<u32>;
@group(0) @binding(4) var<storage, read> s: array<u32>;
@group(0) @binding(5) var<storage, read> z: array<u32>;
@group(0) @binding(6) var<storage, read> bias: array<u32>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(32)
fn group_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32(params.M)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = 0f;
  let t0 = bn * 32 + t;
  let t1 = t0 < 37;
  let t2 = bn * 384 + t * 12;
  let t3 = min(t0, 36);
  let t4 = (t3 & 31) * 3;
  let t5 = (t3 >> 5u) * 3;
  for (var g = 0; g < 4; g++) {
    var d = 0;
    let t6 = bm * 8 + g * 2;
    let t7 = x[t6];
    let t8 = t2 + g * 3;
    let t9 = select(0u, w[select(0, t8, t1)], t1);
    let t10 = t9 & 7u;
    let t11 = (t9 >> 3u) & 7u;
    let t12 = (t9 >> 6u) & 7u;
    let t13 = (t9 >> 12u) & 7u;
    let t14 = (t9 >> 15u) & 7u;
    let t15 = (t9 >> 18u) & 7u;
    let t16 = (t9 >> 24u) & 7u;
    let t17 = (t9 >> 27u) & 7u;
    let t18 = t9 >> 30u;
    let t19 = select(0u, w[select(0, t8 + 1, t1)], t1);
    let t20 = t19 & 1u;
    let t21 = (t19 >> 4u) & 7u;
    let t22 = (t19 >> 7u) & 7u;
    let t23 = (t19 >> 10u) & 7u;
    let t24 = x[t6 + 1];
    let t25 = (t19 >> 16u) & 7u;
    let t26 = (t19 >> 19u) & 7u;
    let t27 = (t19 >> 22u) & 7u;
    let t28 = (t19 >> 28u) & 7u;
    let t29 = t19 >> 31u;
    let t30 = select(0u, w[select(0, t8 + 2, t1)], t1);
    let t31 = t30 & 3u;
    let t32 = (t30 >> 2u) & 7u;
    let t33 = (t30 >> 8u) & 7u;
    let t34 = (t30 >> 11u) & 7u;
    let t35 = (t30 >> 14u) & 7u;
    let t36 = (t30 >> 20u) & 7u;
    let t37 = (t30 >> 23u) & 7u;
    let t38 = (t30 >> 26u) & 7u;
    let t39 = (i32(t7.x << 16u) >> 24u) * (i32((t10 << 16u) | (t11 << 24u)) >> 24u);
    let t40 = (i32(t7.x << 8u) >> 24u) * (i32((t10 << 8u) | (t11 << 16u) | (t12 << 24u)) >> 24u);
    let t41 = i32(t10 | (t11 << 8u) | (t12 << 16u) | (((t9 >> 9u) & 7u) << 24u));
    let t42 = (i32(t7.y << 16u) >> 24u) * (i32((t13 << 16u) | (t14 << 24u)) >> 24u);
    let t43 = (i32(t7.y << 8u) >> 24u) * (i32((t13 << 8u) | (t14 << 16u) | (t15 << 24u)) >> 24u);
    let t44 = i32(t13 | (t14 << 8u) | (t15 << 16u) | (((t9 >> 21u) & 7u) << 24u));
    let t45 = (i32(t7.z << 16u) >> 24u) * (i32((t16 << 16u) | (t17 << 24u)) >> 24u);
    let t46 = i32((t16 << 8u) | (t17 << 16u) | (t18 << 24u) | (t20 << 26u)) >> 24u;
    let t47 = t16 | (t17 << 8u) | (t18 << 16u) | (t20 << 18u) | (((t19 >> 1u) & 7u) << 24u);
    let t48 = (i32(t7.w << 16u) >> 24u) * (i32((t21 << 16u) | (t22 << 24u)) >> 24u);
    let t49 = (i32(t7.w << 8u) >> 24u) * (i32((t21 << 8u) | (t22 << 16u) | (t23 << 24u)) >> 24u);
    let t50 = i32(t21 | (t22 << 8u) | (t23 << 16u) | (((t19 >> 13u) & 7u) << 24u));
    let t51 = (i32(t24.x << 16u) >> 24u) * (i32((t19 & 0x70000u) | (t26 << 24u)) >> 24u);
    let t52 = (i32(t24.x << 8u) >> 24u) * (i32((t25 << 8u) | (t26 << 16u) | (t27 << 24u)) >> 24u);
    let t53 = i32(t25 | (t26 << 8u) | (t27 << 16u) | (((t19 >> 25u) & 7u) << 24u));
    let t54 = (i32(t24.y << 16u) >> 24u) * (i32((t28 << 16u) | (t29 << 24u) | (t31 << 25u)) >> 24u);
    let t55 = i32((t28 << 8u) | (t29 << 16u) | (t31 << 17u) | (t32 << 24u)) >> 24u;
    let t56 = t28 | (t29 << 8u) | (t31 << 9u) | (t32 << 16u) | (((t30 >> 5u) & 7u) << 24u);
    let t57 = (i32(t24.z << 16u) >> 24u) * (i32((t33 << 16u) | (t34 << 24u)) >> 24u);
    let t58 = (i32(t24.z << 8u) >> 24u) * (i32((t30 & 0x700u) | (t34 << 16u) | (t35 << 24u)) >> 24u);
    let t59 = i32(t33 | (t34 << 8u) | (t35 << 16u) | (((t30 >> 17u) & 7u) << 24u));
    let t60 = (i32(t24.w << 16u) >> 24u) * (i32((t36 << 16u) | (t37 << 24u)) >> 24u);
    let t61 = (i32(t24.w << 8u) >> 24u) * (i32((t36 << 8u) | (t37 << 16u) | (t38 << 24u)) >> 24u);
    let t62 = i32(t36 | (t37 << 8u) | (t38 << 16u) | ((t30 >> 29u) << 24u)) >> 24u;
    d += (i32(t7.x << 24u) >> 24u) * (i32(t10 << 24u) >> 24u) + t39 + t40 + (i32(t7.x) >> 24u) * (t41 >> 24u) + (i32(t7.y << 24u) >> 24u) * (i32(t13 << 24u) >> 24u) + t42 + t43 + (i32(t7.y) >> 24u) * (t44 >> 24u) + (i32(t7.z << 24u) >> 24u) * (i32(t9 & 0x7000000u) >> 24u) + t45 + (i32(t7.z << 8u) >> 24u) * t46 + (i32(t7.z) >> 24u) * (i32(t47) >> 24u) + (i32(t7.w << 24u) >> 24u) * (i32(t21 << 24u) >> 24u) + t48 + t49 + (i32(t7.w) >> 24u) * (t50 >> 24u) + (i32(t24.x << 24u) >> 24u) * (i32(t25 << 24u) >> 24u) + t51 + t52 + (i32(t24.x) >> 24u) * (t53 >> 24u) + (i32(t24.y << 24u) >> 24u) * (i32(t28 << 24u) >> 24u) + t54 + (i32(t24.y << 8u) >> 24u) * t55 + (i32(t24.y) >> 24u) * (i32(t56) >> 24u) + (i32(t24.z << 24u) >> 24u) * (i32(t33 << 24u) >> 24u) + t57 + t58 + (i32(t24.z) >> 24u) * (t59 >> 24u) + (i32(t24.w << 24u) >> 24u) * (i32(t36 << 24u) >> 24u) + t60 + t61 + (i32(t24.w) >> 24u) * t62;
    let t63 = t4 + g * 15;
    let t64 = t63 & 31;
    let t65 = u32(t64);
    let t66 = select(0u, z[t5 + (g * 3 + ((t63 + 2) >> 5u))], t1) << (32u - t65);
    let t67 = (select(0u, z[t5 + (g * 3 + (t63 >> 5u))], t1) >> t65) | select(0u, t66, (t64 >= 30));
    acc = fma(f32(-(i32(t67 & 7u) * i32(sum[bm * 4 + g])) + d), bitcast<f32>(select(0u, s[t3 + g * 37], t1)), acc);
  }
  if (t1) {
    let t68 = acc * bitcast<f32>(sx[bm]) + bitcast<f32>(select(0u, bias[t3], t1));
    y[bn * 32 + bm * 37 + t] = bitcast<u32>(t68);
  }
}
