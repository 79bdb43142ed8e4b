// tile_of_planes K = 37, A = b2, W = b1, OUTSIDE = 2; target lavapipe
// 50 lines, 5 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read_write> c: array<u32>;

@compute @workgroup_size(64)
fn tile_of_planes(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0;
  var v9 = 37;
  var v9_part = 0;
  let t0 = bm * 8 + (t >> 3u) < params.M;
  let t1 = bm * 16 + (t >> 3u) * 2;
  let t2 = bn * 8 + (t & 7) < params.N;
  let t3 = bn * 16 + (t & 7) * 2;
  for (var k = 0; k < 2; k++) {
    let t4 = select((1u << u32(k * -32 + 37)) - 1u, 0xffffffffu, k != 1);
    let t5 = (t4 & select(0u, x[select(0, t1 + k, t0)], t0)) ^ (t4 & select(0u, w[select(0, t3 + k, t2)], t2));
    v9_part += i32(countOneBits(t5));
  }
  v9 = v9 - v9_part * 2;
  acc = acc + v9;
  var v17 = 37;
  var v17_part = 0;
  let t6 = params.M * 2 + bm * 16 + (t >> 3u) * 2;
  for (var k = 0; k < 2; k++) {
    let t7 = select((1u << u32(k * -32 + 37)) - 1u, 0xffffffffu, k != 1);
    let t8 = (t7 & select(0u, x[select(0, t6 + k, t0)], t0)) ^ (t7 & select(0u, w[select(0, t3 + k, t2)], t2));
    v17_part += i32(countOneBits(t8));
  }
  v17 = v17 - v17_part * 2;
  acc = acc + v17 * 2;
  if (t2 & t0) {
    c[bn * 8 + (t & 7) + params.N * bm * 8 + params.N * (t >> 3u)] = u32(acc);
  }
}
