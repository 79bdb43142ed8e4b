// w4ax_gemm N = 64, K = 256; target base
// 134 lines, 14 memory accesses, 4 bytes of workgroup memory
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
  let bn = i32(block % 8u);
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
        let t14 = i32(t13 << 24u) >> 24u;
        let t15 = t9 + k;
        let t16 = w[t15];
        let t17 = i32(t13 << 16u) >> 24u;
        let t18 = i32(t13 << 8u) >> 24u;
        let t19 = i32(t13) >> 24u;
        let t20 = select(0u, x8[select(0, t12 + 1, t10)], t10);
        let t21 = i32(t20 << 24u) >> 24u;
        let t22 = i32(t20 << 16u) >> 24u;
        let t23 = i32(t20 << 8u) >> 24u;
        let t24 = i32(t20) >> 24u;
        v16_part_0 += t14 * (i32(t16 << 28u) >> 24u) + t17 * decode(t16) + t18 * decode_1(t16) + t19 * decode_2(t16) + t21 * (i32((t16 << 12u) & 0xf0000000u) >> 24u) + t22 * decode_3(t16) + t23 * decode_4(t16) + t24 * decode_5(t16);
        let t25 = w[t15 + 32];
        v16_part_1 += t14 * (i32(t25 << 28u) >> 24u) + t17 * decode(t25) + t18 * decode_1(t25) + t19 * decode_2(t25) + t21 * (i32((t25 << 12u) & 0xf0000000u) >> 24u) + t22 * decode_3(t25) + t23 * decode_4(t25) + t24 * decode_5(t25);
      }
      v16_0 = v16_0 + (v16_part_0 >> 4u);
      v16_1 = v16_1 + (v16_part_1 >> 4u);
      d_0 = v16_0;
      d_1 = v16_1;
    } else {
      var v18_0 = 0; var v18_1 = 0; var v18_part_0 = 0; var v18_part_1 = 0;
      let t26 = (i32(p) < 0) & t1 & (-i32(p) - 1 < params.B4);
      let t27 = t4 + t8 * -16;
      for (var k = 0; k < 16; k++) {
        let t28 = select(0u, x4[select(0, t27 + k, t26)], t26);
        let t29 = i32(t28 << 28u) >> 24u;
        let t30 = t9 + k;
        let t31 = w[t30];
        let t32 = i32((t28 << 12u) & 0xf0000000u) >> 24u;
        let t33 = decode(t28);
        let t34 = decode_1(t28);
        let t35 = decode_2(t28);
        let t36 = decode_3(t28);
        let t37 = decode_4(t28);
        let t38 = decode_5(t28);
        v18_part_0 += t29 * (i32(t31 << 28u) >> 24u) + t33 * decode(t31) + t34 * decode_1(t31) + t35 * decode_2(t31) + t32 * (i32((t31 << 12u) & 0xf0000000u) >> 24u) + t36 * decode_3(t31) + t37 * decode_4(t31) + t38 * decode_5(t31);
        let t39 = w[t30 + 32];
        v18_part_1 += t29 * (i32(t39 << 28u) >> 24u) + t33 * decode(t39) + t34 * decode_1(t39) + t35 * decode_2(t39) + t32 * (i32((t39 << 12u) & 0xf0000000u) >> 24u) + t36 * decode_3(t39) + t37 * decode_4(t39) + t38 * decode_5(t39);
      }
      v18_0 = v18_0 + (v18_part_0 >> 8u);
      v18_1 = v18_1 + (v18_part_1 >> 8u);
      d_0 = v18_0;
      d_1 = v18_1;
    }
    let v21 = bitcast<f32>(select(0u, sx[t5 + b], t1));
    let t40 = sw[t6 + b * 32];
    acc_0 = fma(f32(d_0), v21 * bitcast<f32>(t40.x), acc_0);
    acc_1 = fma(f32(d_1), v21 * bitcast<f32>(t40.y), acc_1);
  }
  if (t1) {
    let t41 = bn * 8 + bm * 512 + (t >> 2u) * 64 + (t & 3) * 2;
    y[t41] = bitcast<u32>(acc_0);
    y[t41 + 1] = bitcast<u32>(acc_1);
  }
}

fn decode(x: u32) -> i32 {
  return i32(((x & 15u) << 20u) | ((x << 24u) & 0xf0000000u)) >> 24u;
}

fn decode_1(x: u32) -> i32 {
  let t0 = ((x & 15u) << 12u) | ((x << 16u) & 0xf00000u) | ((x << 20u) & 0xf0000000u);
  return i32(t0) >> 24u;
}

fn decode_2(x: u32) -> i32 {
  let t0 = ((x & 15u) << 4u) | ((x << 8u) & 0xf000u) | ((x << 12u) & 0xf00000u);
  return i32(t0 | ((x << 16u) & 0xf0000000u)) >> 24u;
}

fn decode_3(x: u32) -> i32 {
  return i32(((x << 4u) & 0xf00000u) | ((x << 8u) & 0xf0000000u)) >> 24u;
}

fn decode_4(x: u32) -> i32 {
  let t0 = ((x >> 4u) & 0xf000u) | (x & 0xf00000u) | ((x << 4u) & 0xf0000000u);
  return i32(t0) >> 24u;
}

fn decode_5(x: u32) -> i32 {
  let t0 = ((x >> 12u) & 240u) | ((x >> 8u) & 0xf000u) | ((x >> 4u) & 0xf00000u);
  return i32(t0 | (x & 0xf0000000u)) >> 24u;
}
