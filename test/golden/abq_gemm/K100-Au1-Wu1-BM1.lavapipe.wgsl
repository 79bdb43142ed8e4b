// abq_gemm K = 100, A = u1, W = u1, BM = 1; target lavapipe
// 53 lines, 8 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> zx: array<u32>;
@group(0) @binding(2) var<storage, read> sx: array<u32>;
@group(0) @binding(3) var<storage, read> w: array<u32>;
@group(0) @binding(4) var<storage, read> zw: array<u32>;
@group(0) @binding(5) var<storage, read> sw: array<u32>;
@group(0) @binding(6) var<storage, read> bias: array<u32>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn abq_gemm(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0f;
  let t0 = ((params.M + 31) >> 5u) * 32;
  let t1 = min(bm, max(t0 - 1, 0));
  let v14 = (select(0u, zx[t1 >> 5u], (bm < t0)) >> u32(t1 & 31)) & 1u;
  let t2 = bn * 8 + (t & 7);
  let t3 = ((params.N + 31) >> 5u) * 32;
  let t4 = min(t2, max(t3 - 1, 0));
  let v17 = (select(0u, zw[t4 >> 5u], (t2 < t3)) >> u32(t4 & 31)) & 1u;
  var sum = i32(v14) * i32(v17) * 100;
  let t5 = t2 < params.N;
  let t6 = bn * 32 + (t & 7) * 4;
  for (var k = 0; k < 4; k++) {
    let t7 = select((1u << u32(k * -32 + 100)) - 1u, 0xffffffffu, k != 3);
    let t8 = t7 & x[bm * 4 + k];
    let t9 = t7 & select(0u, w[select(0, t6 + k, t5)], t5);
    let t10 = sum - i32(v17) * i32(countOneBits(t8)) - i32(v14) * i32(countOneBits(t9));
    sum = i32(countOneBits(t8 & t9)) + t10;
  }
  let t11 = min(t2, max(params.N - 1, 0));
  acc += f32(sum) * (bitcast<f32>(sx[bm]) * bitcast<f32>(select(0u, sw[t11], t5)));
  if (t < 8) {
    if (t5) {
      y[bn * 8 + (t & 7) + params.N * bm] = bitcast<u32>(acc + bitcast<f32>(select(0u, bias[t11], t5)));
    }
  }
}
