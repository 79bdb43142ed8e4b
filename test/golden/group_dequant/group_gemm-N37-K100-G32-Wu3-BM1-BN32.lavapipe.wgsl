// group_gemm of group_dequant N = 37, K = 100, G = 32, W = u3, BM = 1, BN = 32; target lavapipe
// 96 lines, 12 memory accesses, 0 bytes of workgroup memory
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
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
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
    let t11 = select(0u, w[select(0, t8 + 1, t1)], t1);
    let t12 = t11 & 1u;
    let t13 = x[t6 + 1];
    let t14 = select(0u, w[select(0, t8 + 2, t1)], t1);
    let t15 = t14 & 3u;
    let t16 = (i32(t7.x << 16u) >> 24u) * (i32((t10 << 16u) | ((t9 << 21u) & 0x7000000u)) >> 24u);
    let t17 = (t10 << 8u) | ((t9 << 13u) & 0x70000u) | ((t9 << 18u) & 0x7000000u);
    let t18 = t10 | ((t9 << 5u) & 0x700u) | ((t9 << 10u) & 0x70000u) | ((t9 << 15u) & 0x7000000u);
    let t19 = (i32(t7.y << 24u) >> 24u) * (i32((t9 << 12u) & 0x7000000u) >> 24u);
    let t20 = (i32(t7.y << 16u) >> 24u) * (i32(((t9 << 4u) & 0x70000u) | ((t9 << 9u) & 0x7000000u)) >> 24u);
    let t21 = ((t9 >> 4u) & 0x700u) | ((t9 << 1u) & 0x70000u) | ((t9 << 6u) & 0x7000000u);
    let t22 = ((t9 >> 12u) & 7u) | ((t9 >> 7u) & 0x700u) | ((t9 >> 2u) & 0x70000u);
    let t23 = (i32(t7.y) >> 24u) * (i32(t22 | ((t9 << 3u) & 0x7000000u)) >> 24u);
    let t24 = (i32(t7.z << 16u) >> 24u) * (i32(((t9 >> 8u) & 0x70000u) | ((t9 >> 3u) & 0x7000000u)) >> 24u);
    let t25 = ((t9 >> 16u) & 0x700u) | ((t9 >> 11u) & 0x70000u) | ((t9 >> 6u) & 0x3000000u);
    let t26 = ((t9 >> 24u) & 7u) | ((t9 >> 19u) & 0x700u) | ((t9 >> 14u) & 0x30000u);
    let t27 = (i32(t7.z) >> 24u) * (i32(t26 | (t12 << 18u) | ((t11 << 23u) & 0x7000000u)) >> 24u);
    let t28 = (i32(t7.w << 24u) >> 24u) * (i32((t11 << 20u) & 0x7000000u) >> 24u);
    let t29 = i32(((t11 << 12u) & 0x70000u) | ((t11 << 17u) & 0x7000000u)) >> 24u;
    let t30 = ((t11 << 4u) & 0x700u) | ((t11 << 9u) & 0x70000u) | ((t11 << 14u) & 0x7000000u);
    let t31 = ((t11 >> 4u) & 7u) | ((t11 << 1u) & 0x700u) | ((t11 << 6u) & 0x70000u);
    let t32 = (i32(t7.w) >> 24u) * (i32(t31 | ((t11 << 11u) & 0x7000000u)) >> 24u);
    let t33 = (i32(t13.x << 24u) >> 24u) * (i32((t11 << 8u) & 0x7000000u) >> 24u);
    let t34 = (i32(t13.x << 16u) >> 24u) * (i32((t11 & 0x70000u) | ((t11 << 5u) & 0x7000000u)) >> 24u);
    let t35 = ((t11 >> 8u) & 0x700u) | ((t11 >> 3u) & 0x70000u) | ((t11 << 2u) & 0x7000000u);
    let t36 = ((t11 >> 16u) & 7u) | ((t11 >> 11u) & 0x700u) | ((t11 >> 6u) & 0x70000u);
    let t37 = (i32(t13.x) >> 24u) * (i32(t36 | ((t11 >> 1u) & 0x7000000u)) >> 24u);
    let t38 = (i32(t13.y << 24u) >> 24u) * (i32((t11 >> 4u) & 0x7000000u) >> 24u);
    let t39 = ((t11 >> 12u) & 0x70000u) | ((t11 >> 7u) & 0x1000000u) | (t15 << 25u);
    let t40 = ((t11 >> 20u) & 0x700u) | ((t11 >> 15u) & 0x10000u) | (t15 << 17u);
    let t41 = (i32(t13.y << 8u) >> 24u) * (i32(t40 | ((t14 << 22u) & 0x7000000u)) >> 24u);
    let t42 = ((t11 >> 28u) & 7u) | ((t11 >> 23u) & 0x100u) | (t15 << 9u) | ((t14 << 14u) & 0x70000u);
    let t43 = (i32(t13.y) >> 24u) * (i32(t42 | ((t14 << 19u) & 0x7000000u)) >> 24u);
    let t44 = (i32(t13.z << 24u) >> 24u) * (i32((t14 << 16u) & 0x7000000u) >> 24u);
    let t45 = i32(((t14 << 8u) & 0x70000u) | ((t14 << 13u) & 0x7000000u)) >> 24u;
    let t46 = (t14 & 0x700u) | ((t14 << 5u) & 0x70000u) | ((t14 << 10u) & 0x7000000u);
    let t47 = ((t14 >> 8u) & 7u) | ((t14 >> 3u) & 0x700u) | ((t14 << 2u) & 0x70000u);
    let t48 = (i32(t13.z) >> 24u) * (i32(t47 | ((t14 << 7u) & 0x7000000u)) >> 24u);
    let t49 = (i32(t13.w << 24u) >> 24u) * (i32((t14 << 4u) & 0x7000000u) >> 24u);
    let t50 = i32(((t14 >> 4u) & 0x70000u) | ((t14 << 1u) & 0x7000000u)) >> 24u;
    let t51 = ((t14 >> 12u) & 0x700u) | ((t14 >> 7u) & 0x70000u) | ((t14 >> 2u) & 0x7000000u);
    let t52 = ((t14 >> 20u) & 7u) | ((t14 >> 15u) & 0x700u) | ((t14 >> 10u) & 0x70000u);
    let t53 = (i32(t13.w) >> 24u) * (i32(t52 | ((t14 >> 5u) & 0x7000000u)) >> 24u);
    d += (i32(t7.x << 24u) >> 24u) * (i32(t10 << 24u) >> 24u) + t16 + (i32(t7.x << 8u) >> 24u) * (i32(t17) >> 24u) + (i32(t7.x) >> 24u) * (i32(t18) >> 24u) + t19 + t20 + (i32(t7.y << 8u) >> 24u) * (i32(t21) >> 24u) + t23 + (i32(t7.z << 24u) >> 24u) * (i32(t9 & 0x7000000u) >> 24u) + t24 + (i32(t7.z << 8u) >> 24u) * (i32(t25 | (t12 << 26u)) >> 24u) + t27 + t28 + (i32(t7.w << 16u) >> 24u) * t29 + (i32(t7.w << 8u) >> 24u) * (i32(t30) >> 24u) + t32 + t33 + t34 + (i32(t13.x << 8u) >> 24u) * (i32(t35) >> 24u) + t37 + t38 + (i32(t13.y << 16u) >> 24u) * (i32(t39) >> 24u) + t41 + t43 + t44 + (i32(t13.z << 16u) >> 24u) * t45 + (i32(t13.z << 8u) >> 24u) * (i32(t46) >> 24u) + t48 + t49 + (i32(t13.w << 16u) >> 24u) * t50 + (i32(t13.w << 8u) >> 24u) * (i32(t51) >> 24u) + t53;
    let t54 = t4 + g * 15;
    let t55 = t54 & 31;
    let t56 = u32(t55);
    let t57 = select(0u, z[t5 + (g * 3 + ((t54 + 2) >> 5u))], t1) << (32u - t56);
    let t58 = (select(0u, z[t5 + (g * 3 + (t54 >> 5u))], t1) >> t56) | select(0u, t57, (t55 >= 30));
    acc = fma(f32(-(i32(t58 & 7u) * i32(sum[bm * 4 + g])) + d), bitcast<f32>(select(0u, s[t3 + g * 37], t1)), acc);
  }
  if (t1) {
    let t59 = acc * bitcast<f32>(sx[bm]) + bitcast<f32>(select(0u, bias[t3], t1));
    y[bn * 32 + bm * 37 + t] = bitcast<u32>(t59);
  }
}
