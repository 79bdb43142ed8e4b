// apt_gemm K = 200, A = b6, W = b6, G = 200, BM = 16, BK = 256; target base
// 135 lines, 61 memory accesses, 4608 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> sx: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<u32>;
@group(0) @binding(4) var<storage, read> bias: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;
var<workgroup> xs: array<u32, 768>;
var<workgroup> ws: array<u32, 384>;

@compute @workgroup_size(64)
fn apt_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % u32((params.N + 7) >> 3u));
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc_0 = 0f; var acc_1 = 0f; var row_0 = 0; var row_1 = 0;
  let t0 = (t >> 2u) & 1;
  let t1 = (t & 3) + (t >> 3u) * 4 + t0 * 384;
  let t2 = bm * 16 + (t >> 3u);
  let t3 = max(params.M - 1, 0);
  let t4 = min(t2, t3);
  let t5 = min(t & 7, 6);
  xs[t1] = x[t4 * 7 + t5];
  xs[t1 + 32] = x[params.M * 7 + t4 * 7 + t5];
  xs[t1 + 64] = x[params.M * 14 + t4 * 7 + t5];
  xs[t1 + 96] = x[params.M * 21 + t4 * 7 + t5];
  xs[t1 + 128] = x[params.M * 28 + t4 * 7 + t5];
  xs[t1 + 160] = x[params.M * 35 + t4 * 7 + t5];
  let t6 = min(t3, t2 + 8);
  xs[t1 + 192] = x[t5 + t6 * 7];
  xs[t1 + 224] = x[params.M * 7 + t5 + t6 * 7];
  xs[t1 + 256] = x[params.M * 14 + t5 + t6 * 7];
  xs[t1 + 288] = x[params.M * 21 + t5 + t6 * 7];
  xs[t1 + 320] = x[params.M * 28 + t5 + t6 * 7];
  xs[t1 + 352] = x[params.M * 35 + t5 + t6 * 7];
  let t7 = (t & 3) + (t >> 3u) * 4 + t0 * 192;
  let t8 = max(params.N - 1, 0);
  let t9 = min(bn * 8 + (t >> 3u), t8);
  ws[t7] = w[t5 + t9 * 7];
  ws[t7 + 32] = w[params.N * 7 + t5 + t9 * 7];
  ws[t7 + 64] = w[params.N * 14 + t5 + t9 * 7];
  ws[t7 + 96] = w[params.N * 21 + t5 + t9 * 7];
  ws[t7 + 128] = w[params.N * 28 + t5 + t9 * 7];
  ws[t7 + 160] = w[params.N * 35 + t5 + t9 * 7];
  workgroupBarrier();
  row_0 += 793800;
  row_1 += 793800;
  var row_part_0 = 0; var row_part_1 = 0;
  let t10 = (t >> 5u) * 192 + ((t >> 2u) & 7) * 4;
  let t11 = (t & 3) * 8;
  for (var k = 0; k < 7; k++) {
    let t12 = select((1u << u32(k * -32 + 200)) - 1u, 0xffffffffu, k != 6);
    let t13 = t10 + ((k >> 2u) * 384 + (k & 3));
    let t14 = t12 & xs[t13 + 160];
    let t15 = t11 + ((k >> 2u) * 192 + (k & 3));
    let t16 = t12 & ws[t15 + 160];
    let t17 = t12 & xs[t13 + 128];
    let t18 = t12 & ws[t15 + 128];
    let t19 = t12 & ws[t15 + 96];
    let t20 = t12 & xs[t13 + 96];
    let t21 = t12 & ws[t15 + 64];
    let t22 = t12 & xs[t13 + 64];
    let t23 = t12 & ws[t15 + 32];
    let t24 = t12 & xs[t13 + 32];
    let t25 = t12 & ws[t15];
    let t26 = t12 & xs[t13];
    let t27 = countOneBits(t14 ^ t19) + (countOneBits(t20 ^ t16) + countOneBits(t17 ^ t18));
    let t28 = countOneBits(t17 ^ t19) + (countOneBits(t22 ^ t16) + countOneBits(t20 ^ t18));
    let t29 = countOneBits(t20 ^ t19) + (countOneBits(t24 ^ t16) + countOneBits(t22 ^ t18));
    let t30 = (countOneBits(t14 ^ t23) + (countOneBits(t17 ^ t21) + t29)) << 6u;
    let t31 = countOneBits(t22 ^ t19) + (countOneBits(t26 ^ t16) + countOneBits(t24 ^ t18));
    let t32 = countOneBits(t14 ^ t25) + (countOneBits(t17 ^ t23) + (countOneBits(t20 ^ t21) + t31));
    let t33 = countOneBits(t22 ^ t21) + (countOneBits(t26 ^ t18) + countOneBits(t24 ^ t19));
    let t34 = (countOneBits(t17 ^ t25) + (countOneBits(t20 ^ t23) + t33)) << 4u;
    let t35 = countOneBits(t22 ^ t23) + (countOneBits(t26 ^ t19) + countOneBits(t24 ^ t21));
    let t36 = countOneBits(t22 ^ t25) + (countOneBits(t26 ^ t21) + countOneBits(t24 ^ t23));
    let t37 = countOneBits(t26 ^ t25) + ((countOneBits(t26 ^ t23) + countOneBits(t24 ^ t25)) << 1u);
    let t38 = t34 + (((countOneBits(t20 ^ t25) + t35) << 3u) + ((t36 << 2u) + t37));
    let t39 = ((countOneBits(t14 ^ t21) + t28) << 7u) + (t30 + ((t32 << 5u) + t38));
    let t40 = ((countOneBits(t17 ^ t16) + countOneBits(t14 ^ t18)) << 9u) + ((t27 << 8u) + t39);
    row_part_0 = row_part_0 + i32((countOneBits(t14 ^ t16) << 10u) + t40);
    let t41 = t12 & ws[t15 + 164];
    let t42 = t12 & ws[t15 + 132];
    let t43 = t12 & ws[t15 + 100];
    let t44 = t12 & ws[t15 + 68];
    let t45 = t12 & ws[t15 + 36];
    let t46 = t12 & ws[t15 + 4];
    let t47 = countOneBits(t14 ^ t43) + (countOneBits(t20 ^ t41) + countOneBits(t17 ^ t42));
    let t48 = countOneBits(t17 ^ t43) + (countOneBits(t22 ^ t41) + countOneBits(t20 ^ t42));
    let t49 = countOneBits(t20 ^ t43) + (countOneBits(t24 ^ t41) + countOneBits(t22 ^ t42));
    let t50 = (countOneBits(t14 ^ t45) + (countOneBits(t17 ^ t44) + t49)) << 6u;
    let t51 = countOneBits(t22 ^ t43) + (countOneBits(t26 ^ t41) + countOneBits(t24 ^ t42));
    let t52 = countOneBits(t14 ^ t46) + (countOneBits(t17 ^ t45) + (countOneBits(t20 ^ t44) + t51));
    let t53 = countOneBits(t22 ^ t44) + (countOneBits(t26 ^ t42) + countOneBits(t24 ^ t43));
    let t54 = (countOneBits(t17 ^ t46) + (countOneBits(t20 ^ t45) + t53)) << 4u;
    let t55 = countOneBits(t22 ^ t45) + (countOneBits(t26 ^ t43) + countOneBits(t24 ^ t44));
    let t56 = countOneBits(t22 ^ t46) + (countOneBits(t26 ^ t44) + countOneBits(t24 ^ t45));
    let t57 = countOneBits(t26 ^ t46) + ((countOneBits(t26 ^ t45) + countOneBits(t24 ^ t46)) << 1u);
    let t58 = t54 + (((countOneBits(t20 ^ t46) + t55) << 3u) + ((t56 << 2u) + t57));
    let t59 = ((countOneBits(t14 ^ t44) + t48) << 7u) + (t50 + ((t52 << 5u) + t58));
    let t60 = ((countOneBits(t17 ^ t41) + countOneBits(t14 ^ t42)) << 9u) + ((t47 << 8u) + t59);
    row_part_1 = row_part_1 + i32((countOneBits(t14 ^ t41) << 10u) + t60);
  }
  row_0 = row_0 - row_part_0 * 2;
  row_1 = row_1 - row_part_1 * 2;
  workgroupBarrier();
  let t61 = bm * 16 + (t >> 2u);
  let t62 = t61 < params.M;
  let v18 = bitcast<f32>(select(0u, sx[min(t3, t61)], t62));
  let t63 = bn * 8 + (t & 3) * 2;
  let t64 = t63 < params.N;
  let t65 = min(t8, t63);
  acc_0 = f32(row_0) * (v18 * bitcast<f32>(select(0u, sw[t65], t64)));
  let t66 = t63 + 1 < params.N;
  let t67 = min(t8, t63 + 1);
  acc_1 = f32(row_1) * (v18 * bitcast<f32>(select(0u, sw[t67], t66)));
  let t68 = bn * 8 + (t & 3) * 2 + params.N * bm * 16 + params.N * (t >> 2u);
  if (t62 & t64) {
    y[t68] = bitcast<u32>(acc_0 + bitcast<f32>(select(0u, bias[t65], t64)));
  }
  if (t62 & t66) {
    y[t68 + 1] = bitcast<u32>(acc_1 + bitcast<f32>(select(0u, bias[t67], t66)));
  }
}
