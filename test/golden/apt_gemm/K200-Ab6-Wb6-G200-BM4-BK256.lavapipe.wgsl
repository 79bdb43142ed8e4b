// apt_gemm K = 200, A = b6, W = b6, G = 200, BM = 4, BK = 256; target lavapipe
// 103 lines, 40 memory accesses, 2304 bytes of workgroup memory
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
var<workgroup> xs: array<u32, 192>;
var<workgroup> ws: array<u32, 384>;

@compute @workgroup_size(64)
fn apt_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32((params.M + 3) >> 2u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0f; var row = 0;
  let t0 = (t >> 3u) & 3;
  let t1 = (t >> 2u) & 1;
  let t2 = bm * 4 + t0;
  let t3 = min(t2, max(params.M - 1, 0));
  let t4 = min(t & 7, 6);
  if (t < 32) {
    let t5 = t0 * 4 + (t & 3) + t1 * 96;
    xs[t5] = x[t3 * 7 + t4];
    xs[t5 + 16] = x[params.M * 7 + t3 * 7 + t4];
    xs[t5 + 32] = x[params.M * 14 + t3 * 7 + t4];
    xs[t5 + 48] = x[params.M * 21 + t3 * 7 + t4];
    xs[t5 + 64] = x[params.M * 28 + t3 * 7 + t4];
    xs[t5 + 80] = x[params.M * 35 + t3 * 7 + t4];
  }
  let t6 = (t >> 3u) * 4 + (t & 3) + t1 * 192;
  let t7 = max(params.N - 1, 0);
  let t8 = min(bn * 8 + (t >> 3u), t7);
  ws[t6] = w[t4 + t8 * 7];
  ws[t6 + 32] = w[params.N * 7 + t4 + t8 * 7];
  ws[t6 + 64] = w[params.N * 14 + t4 + t8 * 7];
  ws[t6 + 96] = w[params.N * 21 + t4 + t8 * 7];
  ws[t6 + 128] = w[params.N * 28 + t4 + t8 * 7];
  ws[t6 + 160] = w[params.N * 35 + t4 + t8 * 7];
  workgroupBarrier();
  row += 793800;
  var row_part = 0;
  let t9 = t0 * 4;
  let t10 = (t & 7) * 4;
  for (var k = 0; k < 7 + none; k++) {
    let t11 = select((1u << u32(k * -32 + 200)) - 1u, 0xffffffffu, k != 6);
    let t12 = t9 + ((k >> 2u) * 96 + (k & 3));
    let t13 = t11 & xs[t12 + 80];
    let t14 = t10 + ((k >> 2u) * 192 + (k & 3));
    let t15 = t11 & ws[t14 + 160];
    let t16 = t11 & xs[t12 + 64];
    let t17 = t11 & ws[t14 + 128];
    let t18 = t11 & ws[t14 + 96];
    let t19 = t11 & xs[t12 + 48];
    let t20 = t11 & ws[t14 + 64];
    let t21 = t11 & xs[t12 + 32];
    let t22 = t11 & ws[t14 + 32];
    let t23 = t11 & xs[t12 + 16];
    let t24 = t11 & ws[t14];
    let t25 = t11 & xs[t12];
    let t26 = countOneBits(t13 ^ t18) + (countOneBits(t19 ^ t15) + countOneBits(t16 ^ t17));
    let t27 = countOneBits(t16 ^ t18) + (countOneBits(t21 ^ t15) + countOneBits(t19 ^ t17));
    let t28 = countOneBits(t19 ^ t18) + (countOneBits(t23 ^ t15) + countOneBits(t21 ^ t17));
    let t29 = (countOneBits(t13 ^ t22) + (countOneBits(t16 ^ t20) + t28)) << 6u;
    let t30 = countOneBits(t21 ^ t18) + (countOneBits(t25 ^ t15) + countOneBits(t23 ^ t17));
    let t31 = countOneBits(t13 ^ t24) + (countOneBits(t16 ^ t22) + (countOneBits(t19 ^ t20) + t30));
    let t32 = countOneBits(t21 ^ t20) + (countOneBits(t25 ^ t17) + countOneBits(t23 ^ t18));
    let t33 = (countOneBits(t16 ^ t24) + (countOneBits(t19 ^ t22) + t32)) << 4u;
    let t34 = countOneBits(t21 ^ t22) + (countOneBits(t25 ^ t18) + countOneBits(t23 ^ t20));
    let t35 = countOneBits(t21 ^ t24) + (countOneBits(t25 ^ t20) + countOneBits(t23 ^ t22));
    let t36 = countOneBits(t25 ^ t24) + ((countOneBits(t25 ^ t22) + countOneBits(t23 ^ t24)) << 1u);
    let t37 = t33 + (((countOneBits(t19 ^ t24) + t34) << 3u) + ((t35 << 2u) + t36));
    let t38 = ((countOneBits(t13 ^ t20) + t27) << 7u) + (t29 + ((t31 << 5u) + t37));
    let t39 = ((countOneBits(t16 ^ t15) + countOneBits(t13 ^ t17)) << 9u) + ((t26 << 8u) + t38);
    row_part = row_part + i32((countOneBits(t13 ^ t15) << 10u) + t39);
  }
  row = row - row_part * 2;
  workgroupBarrier();
  let t40 = t2 < params.M;
  let t41 = bn * 8 + (t & 7);
  let t42 = t41 < params.N;
  let t43 = min(t7, t41);
  let t44 = bitcast<f32>(select(0u, sx[t3], t40)) * bitcast<f32>(select(0u, sw[t43], t42));
  acc = f32(row) * t44;
  if (t < 32) {
    if (t40 & t42) {
      y[bn * 8 + (t & 7) + params.N * bm * 4 + params.N * t0] = bitcast<u32>(acc + bitcast<f32>(select(0u, bias[t43], t42)));
    }
  }
}
