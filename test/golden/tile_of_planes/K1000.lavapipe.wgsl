// tile_of_planes K = 1000; target lavapipe
// 48 lines, 7 memory accesses, 0 bytes of workgroup memory
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
  let t0 = bn * 8 + (t & 7) < params.N;
  let t1 = params.N * 32 + bn * 256 + (t & 7) * 32;
  let t2 = bm * 8 + (t >> 3u) < params.M;
  let t3 = params.M * 64 + bm * 256 + (t >> 3u) * 32;
  let t4 = params.M * 32 + bm * 256 + (t >> 3u) * 32;
  let t5 = bn * 256 + (t & 7) * 32;
  let t6 = bm * 256 + (t >> 3u) * 32;
  let t7 = params.N * 64 + bn * 256 + (t & 7) * 32;
  for (var k = 0; k < 32; k++) {
    let t8 = select(0u, w[select(0, t1 + k, t0)], t0);
    let t9 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31);
    let t10 = t9 & select(0u, x[select(0, t3 + k, t2)], t2);
    let t11 = t9 & select(0u, x[select(0, t4 + k, t2)], t2);
    let t12 = select(0u, w[select(0, t5 + k, t0)], t0);
    let t13 = t9 & select(0u, x[select(0, t6 + k, t2)], t2);
    let t14 = select(0u, w[select(0, t7 + k, t0)], t0);
    let t15 = countOneBits(t12 & t13) + ((countOneBits(t8 & t13) + countOneBits(t12 & t11)) << 1u);
    let t16 = (countOneBits(t8 & t10) << 3u) + (((countOneBits(t8 & t11) + countOneBits(t12 & t10)) << 2u) + t15);
    let t17 = (countOneBits(t14 & t13) << 2u) + (countOneBits(t14 & t11) << 3u);
    acc += i32(t16 - ((countOneBits(t14 & t10) << 4u) + t17));
  }
  if (t0 & t2) {
    c[bn * 8 + (t & 7) + params.N * bm * 8 + params.N * (t >> 3u)] = u32(acc);
  }
}
