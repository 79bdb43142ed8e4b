// apt_gemm K = 200, A = b6, W = b6, G = 200, BM = 16, BK = 256; target lavapipe
// 118 lines, 40 memory accesses, 4608 bytes of workgroup memory
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
  var acc = array<f32, 2>(); var row = array<i32, 2>();
  let t0 = (t >> 2u) & 1;
  let t1 = (t & 3) + (t >> 3u) * 4 + t0 * 384;
  let t2 = min(t & 7, 6);
  let t3 = max(params.M - 1, 0);
  let t4 = bm * 16 + (t >> 3u);
  let t5 = params.M * 7 + t2;
  let t6 = params.M * 14 + t2;
  let t7 = params.M * 21 + t2;
  let t8 = params.M * 28 + t2;
  let t9 = params.M * 35 + t2;
  for (var s = 0; s < 2; s++) {
    let t10 = t1 + s * 192;
    let t11 = min(t3, t4 + s * 8) * 7;
    xs[t10] = x[t2 + t11];
    xs[t10 + 32] = x[t5 + t11];
    xs[t10 + 64] = x[t6 + t11];
    xs[t10 + 96] = x[t7 + t11];
    xs[t10 + 128] = x[t8 + t11];
    xs[t10 + 160] = x[t9 + t11];
  }
  let t12 = (t & 3) + (t >> 3u) * 4 + t0 * 192;
  let t13 = max(params.N - 1, 0);
  let t14 = min(bn * 8 + (t >> 3u), t13);
  ws[t12] = w[t2 + t14 * 7];
  ws[t12 + 32] = w[params.N * 7 + t2 + t14 * 7];
  ws[t12 + 64] = w[params.N * 14 + t2 + t14 * 7];
  ws[t12 + 96] = w[params.N * 21 + t2 + t14 * 7];
  ws[t12 + 128] = w[params.N * 28 + t2 + t14 * 7];
  ws[t12 + 160] = w[params.N * 35 + t2 + t14 * 7];
  workgroupBarrier();
  row[0] += 793800;
  row[1] += 793800;
  var row_part = array<i32, 2>();
  let t15 = (t >> 5u) * 192 + ((t >> 2u) & 7) * 4;
  let t16 = (t & 3) * 8;
  for (var k = 0; k < 7; k++) {
    let t17 = select((1u << u32(k * -32 + 200)) - 1u, 0xffffffffu, k != 6);
    let t18 = t15 + ((k >> 2u) * 384 + (k & 3));
    let t19 = t16 + ((k >> 2u) * 192 + (k & 3));
    for (var s = 0; s < 2; s++) {
      let t20 = t17 & xs[t18 + 160];
      let t21 = t19 + s * 4;
      let t22 = t17 & ws[t21 + 160];
      let t23 = t17 & xs[t18 + 128];
      let t24 = t17 & ws[t21 + 128];
      let t25 = t17 & ws[t21 + 96];
      let t26 = t17 & xs[t18 + 96];
      let t27 = t17 & ws[t21 + 64];
      let t28 = t17 & xs[t18 + 64];
      let t29 = t17 & ws[t21 + 32];
      let t30 = t17 & xs[t18 + 32];
      let t31 = t17 & ws[t21];
      let t32 = t17 & xs[t18];
      let t33 = countOneBits(t20 ^ t25) + (countOneBits(t26 ^ t22) + countOneBits(t23 ^ t24));
      let t34 = countOneBits(t23 ^ t25) + (countOneBits(t28 ^ t22) + countOneBits(t26 ^ t24));
      let t35 = countOneBits(t26 ^ t25) + (countOneBits(t30 ^ t22) + countOneBits(t28 ^ t24));
      let t36 = (countOneBits(t20 ^ t29) + (countOneBits(t23 ^ t27) + t35)) << 6u;
      let t37 = countOneBits(t28 ^ t25) + (countOneBits(t32 ^ t22) + countOneBits(t30 ^ t24));
      let t38 = countOneBits(t20 ^ t31) + (countOneBits(t23 ^ t29) + (countOneBits(t26 ^ t27) + t37));
      let t39 = countOneBits(t28 ^ t27) + (countOneBits(t32 ^ t24) + countOneBits(t30 ^ t25));
      let t40 = (countOneBits(t23 ^ t31) + (countOneBits(t26 ^ t29) + t39)) << 4u;
      let t41 = countOneBits(t28 ^ t29) + (countOneBits(t32 ^ t25) + countOneBits(t30 ^ t27));
      let t42 = countOneBits(t28 ^ t31) + (countOneBits(t32 ^ t27) + countOneBits(t30 ^ t29));
      let t43 = countOneBits(t32 ^ t31) + ((countOneBits(t32 ^ t29) + countOneBits(t30 ^ t31)) << 1u);
      let t44 = t40 + (((countOneBits(t26 ^ t31) + t41) << 3u) + ((t42 << 2u) + t43));
      let t45 = ((countOneBits(t20 ^ t27) + t34) << 7u) + (t36 + ((t38 << 5u) + t44));
      let t46 = ((countOneBits(t23 ^ t22) + countOneBits(t20 ^ t24)) << 9u) + ((t33 << 8u) + t45);
      row_part[s] = row_part[s] + i32((countOneBits(t20 ^ t22) << 10u) + t46);
    }
  }
  row[0] = row[0] - row_part[0] * 2;
  row[1] = row[1] - row_part[1] * 2;
  workgroupBarrier();
  let t47 = bm * 16 + (t >> 2u);
  let t48 = t47 < params.M;
  let v18 = bitcast<f32>(select(0u, sx[min(t3, t47)], t48));
  let t49 = bn * 8 + (t & 3) * 2;
  for (var s = 0; s < 2; s++) {
    let t50 = t49 + s;
    let t51 = v18 * bitcast<f32>(select(0u, sw[min(t13, t50)], (t50 < params.N)));
    acc[s] = f32(row[s]) * t51;
  }
  let t52 = bn * 8 + (t & 3) * 2 + params.N * bm * 16 + params.N * (t >> 2u);
  for (var s = 0; s < 2; s++) {
    let t53 = t49 + s;
    let t54 = t53 < params.N;
    if (t48 & t54) {
      y[t52 + s] = bitcast<u32>(acc[s] + bitcast<f32>(select(0u, bias[min(t13, t53)], t54)));
    }
  }
}
