// w4ax_gemm N = 37, K = 300, BM = 1, BN = 32; target base
// 112 lines, 11 memory accesses, 4 bytes of workgroup memory
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
@group(0) @binding(5) var<storage, read> sw: array<u32>;
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
  if (block >= 2u * u32(params.M)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = 0f; var d = 0;
  let t0 = bn * 32 + t;
  let t1 = t0 < 37;
  let t2 = bn * 1280 + t * 40;
  let t3 = bm * 16 - params.M * 16;
  let t4 = min(t0, 36);
  for (var b = 0; b < 3; b++) {
    workgroupBarrier();
    if (t == 0) {
      scratch[0] = place[b];
    }
    let p = workgroupUniformLoad(&scratch[0]);
    let t5 = i32(p) >= 0;
    let t6 = params.M * i32(p);
    let t7 = t2 + b * 16;
    if (t5) {
      var v16 = 0; var v16_part = 0;
      let t8 = t5 & (i32(p) < params.B8);
      let t9 = bm * 32 + t6 * 32;
      for (var k = 0; k < 16; k++) {
        let t10 = t9 + k * 2;
        let t11 = select(0u, x8[select(0, t10, t8)], t8);
        let t12 = t1 & (b * 16 + k < 40);
        let t13 = select(0u, w[select(0, t7 + k, t12)], t12);
        let t14 = t13 & 15u;
        let t15 = t13 << 16u;
        let t16 = t13 << 8u;
        let t17 = t13 << 12u;
        let t18 = select(0u, x8[select(0, t10 + 1, t8)], t8);
        let t19 = t13 << 4u;
        let t20 = t13 >> 4u;
        let t21 = (i32(t11 << 16u) >> 24u) * (i32((t14 << 20u) | ((t13 << 24u) & 0xf0000000u)) >> 24u);
        let t22 = i32((t14 << 12u) | (t15 & 0xf00000u) | ((t13 << 20u) & 0xf0000000u));
        let t23 = (t14 << 4u) | (t16 & 0xf000u) | (t17 & 0xf00000u) | (t15 & 0xf0000000u);
        let t24 = (i32(t18 << 16u) >> 24u) * (i32((t19 & 0xf00000u) | (t16 & 0xf0000000u)) >> 24u);
        let t25 = i32((t20 & 0xf000u) | (t13 & 0xf00000u) | (t19 & 0xf0000000u)) >> 24u;
        let t26 = ((t13 >> 12u) & 240u) | ((t13 >> 8u) & 0xf000u) | (t20 & 0xf00000u);
        v16_part += (i32(t11 << 24u) >> 24u) * (i32(t13 << 28u) >> 24u) + t21 + (i32(t11 << 8u) >> 24u) * (t22 >> 24u) + (i32(t11) >> 24u) * (i32(t23) >> 24u) + (i32(t18 << 24u) >> 24u) * (i32(t17 & 0xf0000000u) >> 24u) + t24 + (i32(t18 << 8u) >> 24u) * t25 + (i32(t18) >> 24u) * (i32(t26 | (t13 & 0xf0000000u)) >> 24u);
      }
      v16 = v16 + (v16_part >> 4u);
      d = v16;
    } else {
      var v18 = 0; var v18_part = 0;
      let t27 = (i32(p) < 0) & (-i32(p) - 1 < params.B4);
      let t28 = t3 + t6 * -16;
      for (var k = 0; k < 16; k++) {
        let t29 = select(0u, x4[select(0, t28 + k, t27)], t27);
        let t30 = t1 & (b * 16 + k < 40);
        let t31 = select(0u, w[select(0, t7 + k, t30)], t30);
        let t32 = t29 & 15u;
        let t33 = t31 & 15u;
        let t34 = t29 << 16u;
        let t35 = t31 << 16u;
        let t36 = t29 << 8u;
        let t37 = t29 << 12u;
        let t38 = t31 << 8u;
        let t39 = t31 << 12u;
        let t40 = t29 << 4u;
        let t41 = t31 << 4u;
        let t42 = t29 >> 4u;
        let t43 = t31 >> 4u;
        let t44 = (i32((t32 << 20u) | ((t29 << 24u) & 0xf0000000u)) >> 24u) * (i32((t33 << 20u) | ((t31 << 24u) & 0xf0000000u)) >> 24u);
        let t45 = i32((t32 << 12u) | (t34 & 0xf00000u) | ((t29 << 20u) & 0xf0000000u));
        let t46 = i32((t33 << 12u) | (t35 & 0xf00000u) | ((t31 << 20u) & 0xf0000000u));
        let t47 = (t32 << 4u) | (t36 & 0xf000u) | (t37 & 0xf00000u) | (t34 & 0xf0000000u);
        let t48 = (t33 << 4u) | (t38 & 0xf000u) | (t39 & 0xf00000u) | (t35 & 0xf0000000u);
        let t49 = (i32(t37 & 0xf0000000u) >> 24u) * (i32(t39 & 0xf0000000u) >> 24u);
        let t50 = (i32((t40 & 0xf00000u) | (t36 & 0xf0000000u)) >> 24u) * (i32((t41 & 0xf00000u) | (t38 & 0xf0000000u)) >> 24u);
        let t51 = i32((t42 & 0xf000u) | (t29 & 0xf00000u) | (t40 & 0xf0000000u)) >> 24u;
        let t52 = i32((t43 & 0xf000u) | (t31 & 0xf00000u) | (t41 & 0xf0000000u)) >> 24u;
        let t53 = ((t29 >> 12u) & 240u) | ((t29 >> 8u) & 0xf000u) | (t42 & 0xf00000u);
        let t54 = ((t31 >> 12u) & 240u) | ((t31 >> 8u) & 0xf000u) | (t43 & 0xf00000u);
        let t55 = (i32(t53 | (t29 & 0xf0000000u)) >> 24u) * (i32(t54 | (t31 & 0xf0000000u)) >> 24u);
        v18_part += (i32(t29 << 28u) >> 24u) * (i32(t31 << 28u) >> 24u) + t44 + (t45 >> 24u) * (t46 >> 24u) + (i32(t47) >> 24u) * (i32(t48) >> 24u) + t49 + t50 + t51 * t52 + t55;
      }
      v18 = v18 + (v18_part >> 8u);
      d = v18;
    }
    let t56 = bitcast<f32>(sx[bm * 3 + b]) * bitcast<f32>(select(0u, sw[t4 + b * 37], t1));
    acc = fma(f32(d), t56, acc);
  }
  if (t1) {
    y[bn * 32 + bm * 37 + t] = bitcast<u32>(acc);
  }
}
