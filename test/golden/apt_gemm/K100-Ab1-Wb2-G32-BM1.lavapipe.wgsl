// apt_gemm K = 100, A = b1, W = b2, G = 32, BM = 1; target lavapipe
// 65 lines, 13 memory accesses, 272 bytes of workgroup memory
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
var<workgroup> xs: array<u32, 4>;
var<workgroup> ws: array<u32, 64>;

@compute @workgroup_size(64)
fn apt_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0f;
  let row = 0;
  if (t < 4) {
    xs[t & 3] = x[bm * 4 + (t & 3)];
  }
  let t0 = max(params.N - 1, 0);
  if (t < 32) {
    let t1 = min(bn * 8 + ((t >> 2u) & 7), t0);
    ws[t & 31] = w[(t & 3) + t1 * 4];
    ws[(t & 31) + 32] = w[params.N * 4 + (t & 3) + t1 * 4];
  }
  workgroupBarrier();
  let t2 = (t & 7) * 4;
  let t3 = bn * 8 + (t & 7);
  let t4 = t3 < params.N;
  let t5 = min(t0, t3);
  let t6 = t5 * 4;
  for (var g = 0; g < 4 + none; g++) {
    let t7 = min(g * -32 + 100, 32);
    var sum = t7 * 3;
    var sum_part = 0;
    let t8 = select((1u << u32(t7)) - 1u, 0xffffffffu, (t7 >= 32));
    let t9 = t8 & xs[g];
    let t10 = t2 + g;
    let t11 = countOneBits(t9 ^ (t8 & ws[t10])) + (countOneBits(t9 ^ (t8 & ws[t10 + 32])) << 1u);
    sum_part = sum_part + i32(t11);
    sum = sum - sum_part * 2;
    let t12 = bitcast<f32>(sx[bm * 4 + g]) * bitcast<f32>(select(0u, sw[t6 + g], t4));
    acc += f32(sum) * t12;
  }
  workgroupBarrier();
  if (t < 8) {
    if (t4) {
      y[bn * 8 + (t & 7) + params.N * bm] = bitcast<u32>(acc + bitcast<f32>(select(0u, bias[t5], t4)));
    }
  }
}
