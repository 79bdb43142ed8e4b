// apt_gemm K = 300; target lavapipe
// 106 lines, 39 memory accesses, 1792 bytes of workgroup memory
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
var<workgroup> xs: array<u32, 256>;
var<workgroup> ws: array<u32, 192>;

@compute @workgroup_size(64)
fn apt_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0f;
  let row = 0;
  let t0 = (t >> 2u) & 7;
  let t1 = max(params.M - 1, 0);
  let t2 = min(bm * 8 + t0, t1);
  let t3 = max(params.N - 1, 0);
  let t4 = min(bn * 8 + t0, t3);
  if (t < 32) {
    xs[t & 31] = x[(t & 3) + t2 * 10];
    xs[(t & 31) + 32] = x[params.M * 10 + (t & 3) + t2 * 10];
    xs[(t & 31) + 64] = x[params.M * 20 + (t & 3) + t2 * 10];
    xs[(t & 31) + 96] = x[params.M * 30 + (t & 3) + t2 * 10];
    ws[t & 31] = w[(t & 3) + t4 * 10];
    ws[(t & 31) + 32] = w[params.N * 10 + (t & 3) + t4 * 10];
    ws[(t & 31) + 64] = w[params.N * 20 + (t & 3) + t4 * 10];
  }
  let t5 = (t >> 3u) * 4;
  let t6 = (t & 7) * 4;
  let t7 = bm * 8 + (t >> 3u);
  let t8 = t7 < params.M;
  let t9 = min(t1, t7) * 3;
  let t10 = bn * 8 + (t & 7);
  let t11 = t10 < params.N;
  let t12 = min(t3, t10);
  let t13 = t12 * 3;
  let t14 = t2 * 10;
  let t15 = params.M * 10 + t2 * 10;
  let t16 = params.M * 20 + t2 * 10;
  let t17 = params.M * 30 + t2 * 10;
  let t18 = t4 * 10;
  let t19 = params.N * 10 + t4 * 10;
  let t20 = params.N * 20 + t4 * 10;
  for (var k0 = 0; k0 < 300 + none; k0 += 128) {
    workgroupBarrier();
    let t21 = min(-k0 + 300, 128);
    var sum = t21 * 105;
    var sum_part = 0;
    let t22 = (k0 >> 7u) & 1;
    let t23 = t5 + t22 * 128;
    let t24 = t6 + t22 * 96;
    for (var k = 0; k < 4 + none; k++) {
      let t25 = select((1u << u32(max(t21 + k * -32, 0))) - 1u, 0xffffffffu, (t21 >= k * 32 + 32));
      let t26 = t23 + k;
      let t27 = t25 & xs[t26 + 96];
      let t28 = t24 + k;
      let t29 = t25 & ws[t28 + 64];
      let t30 = t25 & xs[t26 + 64];
      let t31 = t25 & ws[t28 + 32];
      let t32 = t25 & ws[t28];
      let t33 = t25 & xs[t26 + 32];
      let t34 = t25 & xs[t26];
      let t35 = countOneBits(t27 ^ t32) + (countOneBits(t33 ^ t29) + countOneBits(t30 ^ t31));
      let t36 = countOneBits(t30 ^ t32) + (countOneBits(t34 ^ t29) + countOneBits(t33 ^ t31));
      let t37 = countOneBits(t34 ^ t32) + ((countOneBits(t34 ^ t31) + countOneBits(t33 ^ t32)) << 1u);
      let t38 = ((countOneBits(t30 ^ t29) + countOneBits(t27 ^ t31)) << 4u) + ((t35 << 3u) + ((t36 << 2u) + t37));
      sum_part = sum_part + i32((countOneBits(t27 ^ t29) << 5u) + t38);
    }
    sum = sum - sum_part * 2;
    let t39 = bitcast<f32>(select(0u, sx[t9 + (k0 >> 7u)], t8)) * bitcast<f32>(select(0u, sw[t13 + (k0 >> 7u)], t11));
    acc += f32(sum) * t39;
    if (t < 32) {
      let t40 = ((k0 >> 7u) + 1) & 1;
      let t41 = (t & 31) + t40 * 128;
      let t42 = min((t & 3) + (min(k0 + 128, 256) >> 5u), 9);
      xs[t41] = x[t14 + t42];
      xs[t41 + 32] = x[t15 + t42];
      xs[t41 + 64] = x[t16 + t42];
      xs[t41 + 96] = x[t17 + t42];
      let t43 = (t & 31) + t40 * 96;
      ws[t43] = w[t18 + t42];
      ws[t43 + 32] = w[t19 + t42];
      ws[t43 + 64] = w[t20 + t42];
    }
  }
  if (t8 & t11) {
    y[bn * 8 + (t & 7) + params.N * bm * 8 + params.N * (t >> 3u)] = bitcast<u32>(acc + bitcast<f32>(select(0u, bias[t12], t11)));
  }
}
