// w4ax_gemm N = 37, K = 300, BM = 1, BN = 32; target lavapipe
// 176 lines, 26 memory accesses, 4 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
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
      for (var k = 0; k < 4; k++) {
        let t10 = t9 + k * 8;
        let t11 = select(0u, x8[select(0, t10, t8)], t8);
        let t12 = t1 & (b * 4 + k < 10);
        let t13 = t7 + k * 4;
        let t14 = select(0u, x8[select(0, t10 + 1, t8)], t8);
        let t15 = select(0u, x8[select(0, t10 + 2, t8)], t8);
        let t16 = select(0u, x8[select(0, t10 + 3, t8)], t8);
        let t17 = select(0u, x8[select(0, t10 + 4, t8)], t8);
        let t18 = select(0u, x8[select(0, t10 + 5, t8)], t8);
        let t19 = select(0u, x8[select(0, t10 + 6, t8)], t8);
        let t20 = select(0u, x8[select(0, t10 + 7, t8)], t8);
        let t21 = encode(select(0u, w[select(0, t13, t12)], t12));
        let t22 = encode(select(0u, w[select(0, t13 + 1, t12)], t12));
        let t23 = encode(select(0u, w[select(0, t13 + 2, t12)], t12));
        let t24 = encode(select(0u, w[select(0, t13 + 3, t12)], t12));
        v16_part += (i32(t11 << 24u) >> 24u) * decode(t21) + (i32(t11 << 16u) >> 24u) * decode_1(t21) + (i32(t11 << 8u) >> 24u) * decode_2(t21) + (i32(t11) >> 24u) * decode_3(t21) + (i32(t14 << 24u) >> 24u) * decode_4(t21) + (i32(t14 << 16u) >> 24u) * decode_5(t21) + (i32(t14 << 8u) >> 24u) * decode_6(t21) + (i32(t14) >> 24u) * decode_7(t21) + (i32(t15 << 24u) >> 24u) * decode(t22) + (i32(t15 << 16u) >> 24u) * decode_1(t22) + (i32(t15 << 8u) >> 24u) * decode_2(t22) + (i32(t15) >> 24u) * decode_3(t22) + (i32(t16 << 24u) >> 24u) * decode_4(t22) + (i32(t16 << 16u) >> 24u) * decode_5(t22) + (i32(t16 << 8u) >> 24u) * decode_6(t22) + (i32(t16) >> 24u) * decode_7(t22) + (i32(t17 << 24u) >> 24u) * decode(t23) + (i32(t17 << 16u) >> 24u) * decode_1(t23) + (i32(t17 << 8u) >> 24u) * decode_2(t23) + (i32(t17) >> 24u) * decode_3(t23) + (i32(t18 << 24u) >> 24u) * decode_4(t23) + (i32(t18 << 16u) >> 24u) * decode_5(t23) + (i32(t18 << 8u) >> 24u) * decode_6(t23) + (i32(t18) >> 24u) * decode_7(t23) + (i32(t19 << 24u) >> 24u) * decode(t24) + (i32(t19 << 16u) >> 24u) * decode_1(t24) + (i32(t19 << 8u) >> 24u) * decode_2(t24) + (i32(t19) >> 24u) * decode_3(t24) + (i32(t20 << 24u) >> 24u) * decode_4(t24) + (i32(t20 << 16u) >> 24u) * decode_5(t24) + (i32(t20 << 8u) >> 24u) * decode_6(t24) + (i32(t20) >> 24u) * decode_7(t24);
      }
      v16 = v16 + (v16_part >> 4u);
      d = v16;
    } else {
      var v18 = 0; var v18_part = 0;
      let t25 = (i32(p) < 0) & (-i32(p) - 1 < params.B4);
      let t26 = t3 + t6 * -16;
      for (var k = 0; k < 4 + none; k++) {
        let t27 = t26 + k * 4;
        let t28 = select(0u, x4[select(0, t27, t25)], t25);
        let t29 = t1 & (b * 4 + k < 10);
        let t30 = t7 + k * 4;
        let t31 = select(0u, w[select(0, t30, t29)], t29);
        let t32 = select(0u, x4[select(0, t27 + 1, t25)], t25);
        let t33 = select(0u, w[select(0, t30 + 1, t29)], t29);
        let t34 = select(0u, x4[select(0, t27 + 2, t25)], t25);
        let t35 = select(0u, w[select(0, t30 + 2, t29)], t29);
        let t36 = select(0u, x4[select(0, t27 + 3, t25)], t25);
        let t37 = select(0u, w[select(0, t30 + 3, t29)], t29);
        let t38 = (i32((t28 << 20u) & 0xf0f00000u) >> 24u) * (i32((t31 << 20u) & 0xf0f00000u) >> 24u);
        let t39 = (i32((t28 << 12u) & 0xf0f0f000u) >> 24u) * (i32((t31 << 12u) & 0xf0f0f000u) >> 24u);
        let t40 = (i32((t28 << 4u) & 0xf0f0f0f0u) >> 24u) * (i32((t31 << 4u) & 0xf0f0f0f0u) >> 24u);
        let t41 = (i32((t28 << 24u) & 0xf0000000u) >> 24u) * (i32((t31 << 24u) & 0xf0000000u) >> 24u);
        let t42 = (i32((t28 << 16u) & 0xf0f00000u) >> 24u) * (i32((t31 << 16u) & 0xf0f00000u) >> 24u);
        let t43 = (i32((t28 << 8u) & 0xf0f0f000u) >> 24u) * (i32((t31 << 8u) & 0xf0f0f000u) >> 24u);
        let t44 = (i32(t28 & 0xf0f0f0f0u) >> 24u) * (i32(t31 & 0xf0f0f0f0u) >> 24u);
        let t45 = (i32((t32 << 20u) & 0xf0f00000u) >> 24u) * (i32((t33 << 20u) & 0xf0f00000u) >> 24u);
        let t46 = (i32((t32 << 12u) & 0xf0f0f000u) >> 24u) * (i32((t33 << 12u) & 0xf0f0f000u) >> 24u);
        let t47 = (i32((t32 << 4u) & 0xf0f0f0f0u) >> 24u) * (i32((t33 << 4u) & 0xf0f0f0f0u) >> 24u);
        let t48 = (i32((t32 << 24u) & 0xf0000000u) >> 24u) * (i32((t33 << 24u) & 0xf0000000u) >> 24u);
        let t49 = (i32((t32 << 16u) & 0xf0f00000u) >> 24u) * (i32((t33 << 16u) & 0xf0f00000u) >> 24u);
        let t50 = (i32((t32 << 8u) & 0xf0f0f000u) >> 24u) * (i32((t33 << 8u) & 0xf0f0f000u) >> 24u);
        let t51 = (i32(t32 & 0xf0f0f0f0u) >> 24u) * (i32(t33 & 0xf0f0f0f0u) >> 24u);
        let t52 = (i32((t34 << 20u) & 0xf0f00000u) >> 24u) * (i32((t35 << 20u) & 0xf0f00000u) >> 24u);
        let t53 = (i32((t34 << 12u) & 0xf0f0f000u) >> 24u) * (i32((t35 << 12u) & 0xf0f0f000u) >> 24u);
        let t54 = (i32((t34 << 4u) & 0xf0f0f0f0u) >> 24u) * (i32((t35 << 4u) & 0xf0f0f0f0u) >> 24u);
        let t55 = (i32((t34 << 24u) & 0xf0000000u) >> 24u) * (i32((t35 << 24u) & 0xf0000000u) >> 24u);
        let t56 = (i32((t34 << 16u) & 0xf0f00000u) >> 24u) * (i32((t35 << 16u) & 0xf0f00000u) >> 24u);
        let t57 = (i32((t34 << 8u) & 0xf0f0f000u) >> 24u) * (i32((t35 << 8u) & 0xf0f0f000u) >> 24u);
        let t58 = (i32(t34 & 0xf0f0f0f0u) >> 24u) * (i32(t35 & 0xf0f0f0f0u) >> 24u);
        let t59 = (i32((t36 << 20u) & 0xf0f00000u) >> 24u) * (i32((t37 << 20u) & 0xf0f00000u) >> 24u);
        let t60 = (i32((t36 << 12u) & 0xf0f0f000u) >> 24u) * (i32((t37 << 12u) & 0xf0f0f000u) >> 24u);
        let t61 = (i32((t36 << 4u) & 0xf0f0f0f0u) >> 24u) * (i32((t37 << 4u) & 0xf0f0f0f0u) >> 24u);
        let t62 = (i32((t36 << 24u) & 0xf0000000u) >> 24u) * (i32((t37 << 24u) & 0xf0000000u) >> 24u);
        let t63 = (i32((t36 << 16u) & 0xf0f00000u) >> 24u) * (i32((t37 << 16u) & 0xf0f00000u) >> 24u);
        let t64 = (i32((t36 << 8u) & 0xf0f0f000u) >> 24u) * (i32((t37 << 8u) & 0xf0f0f000u) >> 24u);
        let t65 = (i32(t36 & 0xf0f0f0f0u) >> 24u) * (i32(t37 & 0xf0f0f0f0u) >> 24u);
        v18_part += (i32(t28 << 28u) >> 24u) * (i32(t31 << 28u) >> 24u) + t38 + t39 + t40 + t41 + t42 + t43 + t44 + (i32(t32 << 28u) >> 24u) * (i32(t33 << 28u) >> 24u) + t45 + t46 + t47 + t48 + t49 + t50 + t51 + (i32(t34 << 28u) >> 24u) * (i32(t35 << 28u) >> 24u) + t52 + t53 + t54 + t55 + t56 + t57 + t58 + (i32(t36 << 28u) >> 24u) * (i32(t37 << 28u) >> 24u) + t59 + t60 + t61 + t62 + t63 + t64 + t65;
      }
      v18 = v18 + (v18_part >> 8u);
      d = v18;
    }
    let t66 = bitcast<f32>(sx[bm * 3 + b]) * bitcast<f32>(select(0u, sw[t4 + b * 37], t1));
    acc = fma(f32(d), t66, acc);
  }
  if (t1) {
    y[bn * 32 + bm * 37 + t] = bitcast<u32>(acc);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = x ^ (x >> 8u);
  return x ^ (t0 & 0xff00u) ^ ((t0 << 8u) & 0xff0000u);
}

fn decode(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  return i32((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 28u) >> 24u;
}

fn decode_1(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 20u) & 0xf0f00000u;
  return i32(t1) >> 24u;
}

fn decode_2(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 12u) & 0xf0f0f000u;
  return i32(t1) >> 24u;
}

fn decode_3(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 4u) & 0xf0f0f0f0u;
  return i32(t1) >> 24u;
}

fn decode_4(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 24u) & 0xf0000000u;
  return i32(t1) >> 24u;
}

fn decode_5(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 16u) & 0xf0f00000u;
  return i32(t1) >> 24u;
}

fn decode_6(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = ((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) << 8u) & 0xf0f0f000u;
  return i32(t1) >> 24u;
}

fn decode_7(x: u32) -> i32 {
  let t0 = x ^ (x >> 4u);
  let t1 = i32((x ^ (t0 & 0xf000f0u) ^ ((t0 << 4u) & 0xf000f00u)) & 0xf0f0f0f0u);
  return t1 >> 24u;
}
