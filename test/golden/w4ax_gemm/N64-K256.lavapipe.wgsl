// w4ax_gemm N = 64, K = 256; target lavapipe
// 113 lines, 14 memory accesses, 4 bytes of workgroup memory
struct Params {
  B4: i32,
  M: i32,
  B8: i32,
}

@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x4: array<u32>;
@group(0) @binding(1) var<storage, read> x8: array<u32>;
@group(0) @binding(2) var<storage, read> place: array<u32>;
@group(0) @binding(3) var<storage, read> sx: array<u32>;
@group(0) @binding(4) var<storage, read> w: array<u32>;
@group(0) @binding(5) var<storage, read> sw: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 1>;

@compute @workgroup_size(32)
fn w4ax_gemm(
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
  var acc_0 = 0f; var acc_1 = 0f; var d_0 = 0; var d_1 = 0;
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = bm * 256 + (t >> 2u) * 32;
  let t3 = bn * 256 + (t & 3) * 64;
  let t4 = bm * 128 + (t >> 2u) * 16 - params.M * 16;
  let t5 = min(t0, max(params.M - 1, 0)) * 2;
  let t6 = bn * 4 + (t & 3);
  for (var b = 0; b < 2; b++) {
    workgroupBarrier();
    if (t == 0) {
      scratch[0] = place[b];
    }
    let p = workgroupUniformLoad(&scratch[0]);
    let t7 = i32(p) >= 0;
    let t8 = params.M * i32(p);
    let t9 = t3 + b * 16;
    if (t7) {
      var v16_0 = 0; var v16_1 = 0; var v16_part_0 = 0; var v16_part_1 = 0;
      let t10 = t7 & (i32(p) < params.B8) & t1;
      let t11 = t2 + t8 * 32;
      for (var k = 0; k < 16; k++) {
        let t12 = t11 + k * 2;
        let t13 = select(0u, x8[select(0, t12, t10)], t10);
        let t14 = select(0u, x8[select(0, t12 + 1, t10)], t10);
        let t15 = t14 ^ (t13 >> 16u);
        let t16 = t13 ^ (t15 << 16u);
        let t17 = t14 ^ (t15 & 0xffffu);
        let t18 = t17 ^ (t16 >> 8u);
        let t19 = t16 ^ ((t18 << 8u) & 0xff00ff00u);
        let t20 = i32(t19 << 24u) >> 24u;
        let t21 = t9 + k;
        let t22 = w[t21];
        let t23 = i32(t19 << 16u) >> 24u;
        let t24 = i32(t19 << 8u) >> 24u;
        let t25 = i32(t19) >> 24u;
        let t26 = t17 ^ (t18 & 0xff00ffu);
        let t27 = i32(t26 << 24u) >> 24u;
        let t28 = i32(t26 << 16u) >> 24u;
        let t29 = i32(t26 << 8u) >> 24u;
        let t30 = i32(t26) >> 24u;
        v16_part_0 += t20 * (i32(t22 << 28u) >> 24u) + t23 * (i32((t22 << 20u) & 0xf0f00000u) >> 24u) + t24 * (i32((t22 << 12u) & 0xf0f0f000u) >> 24u) + t25 * (i32((t22 << 4u) & 0xf0f0f0f0u) >> 24u) + t27 * (i32((t22 << 24u) & 0xf0000000u) >> 24u) + t28 * (i32((t22 << 16u) & 0xf0f00000u) >> 24u) + t29 * (i32((t22 << 8u) & 0xf0f0f000u) >> 24u) + t30 * (i32(t22 & 0xf0f0f0f0u) >> 24u);
        let t31 = w[t21 + 32];
        v16_part_1 += t20 * (i32(t31 << 28u) >> 24u) + t23 * (i32((t31 << 20u) & 0xf0f00000u) >> 24u) + t24 * (i32((t31 << 12u) & 0xf0f0f000u) >> 24u) + t25 * (i32((t31 << 4u) & 0xf0f0f0f0u) >> 24u) + t27 * (i32((t31 << 24u) & 0xf0000000u) >> 24u) + t28 * (i32((t31 << 16u) & 0xf0f00000u) >> 24u) + t29 * (i32((t31 << 8u) & 0xf0f0f000u) >> 24u) + t30 * (i32(t31 & 0xf0f0f0f0u) >> 24u);
      }
      v16_0 = v16_0 + (v16_part_0 >> 4u);
      v16_1 = v16_1 + (v16_part_1 >> 4u);
      d_0 = v16_0;
      d_1 = v16_1;
    } else {
      var v18_0 = 0; var v18_1 = 0; var v18_part_0 = 0; var v18_part_1 = 0;
      let t32 = (i32(p) < 0) & t1 & (-i32(p) - 1 < params.B4);
      let t33 = t4 + t8 * -16;
      for (var k = 0; k < 16; k++) {
        let t34 = select(0u, x4[select(0, t33 + k, t32)], t32);
        let t35 = i32(t34 << 28u) >> 24u;
        let t36 = t9 + k;
        let t37 = w[t36];
        let t38 = i32((t34 << 20u) & 0xf0f00000u) >> 24u;
        let t39 = i32((t34 << 12u) & 0xf0f0f000u) >> 24u;
        let t40 = i32((t34 << 4u) & 0xf0f0f0f0u) >> 24u;
        let t41 = i32((t34 << 24u) & 0xf0000000u) >> 24u;
        let t42 = i32((t34 << 16u) & 0xf0f00000u) >> 24u;
        let t43 = i32((t34 << 8u) & 0xf0f0f000u) >> 24u;
        let t44 = i32(t34 & 0xf0f0f0f0u) >> 24u;
        v18_part_0 += t35 * (i32(t37 << 28u) >> 24u) + t38 * (i32((t37 << 20u) & 0xf0f00000u) >> 24u) + t39 * (i32((t37 << 12u) & 0xf0f0f000u) >> 24u) + t40 * (i32((t37 << 4u) & 0xf0f0f0f0u) >> 24u) + t41 * (i32((t37 << 24u) & 0xf0000000u) >> 24u) + t42 * (i32((t37 << 16u) & 0xf0f00000u) >> 24u) + t43 * (i32((t37 << 8u) & 0xf0f0f000u) >> 24u) + t44 * (i32(t37 & 0xf0f0f0f0u) >> 24u);
        let t45 = w[t36 + 32];
        v18_part_1 += t35 * (i32(t45 << 28u) >> 24u) + t38 * (i32((t45 << 20u) & 0xf0f00000u) >> 24u) + t39 * (i32((t45 << 12u) & 0xf0f0f000u) >> 24u) + t40 * (i32((t45 << 4u) & 0xf0f0f0f0u) >> 24u) + t41 * (i32((t45 << 24u) & 0xf0000000u) >> 24u) + t42 * (i32((t45 << 16u) & 0xf0f00000u) >> 24u) + t43 * (i32((t45 << 8u) & 0xf0f0f000u) >> 24u) + t44 * (i32(t45 & 0xf0f0f0f0u) >> 24u);
      }
      v18_0 = v18_0 + (v18_part_0 >> 8u);
      v18_1 = v18_1 + (v18_part_1 >> 8u);
      d_0 = v18_0;
      d_1 = v18_1;
    }
    let v21 = bitcast<f32>(select(0u, sx[t5 + b], t1));
    let t46 = sw[t6 + b * 32];
    acc_0 = fma(f32(d_0), v21 * bitcast<f32>(t46.x), acc_0);
    acc_1 = fma(f32(d_1), v21 * bitcast<f32>(t46.y), acc_1);
  }
  if (t1) {
    let t47 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    y[t47] = bitcast<u32>(acc_0);
    y[t47 + 1] = bitcast<u32>(acc_1);
  }
}
