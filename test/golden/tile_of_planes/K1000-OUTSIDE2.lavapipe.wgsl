// tile_of_planes K = 1000, OUTSIDE = 2; target lavapipe
// 89 lines, 19 memory accesses, 0 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u) * u32((params.M + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 7) >> 3u)) + frame[groups.x >> 31u];
  let bm = i32(block / u32((params.N + 7) >> 3u));
  var acc = 0; var v9 = 0;
  let t0 = bn * 8 + (t & 7) < params.N;
  let t1 = bn * 256 + (t & 7) * 32;
  let t2 = bm * 8 + (t >> 3u) < params.M;
  let t3 = bm * 256 + (t >> 3u) * 32;
  for (var k = 0; k < 32 + none; k++) {
    let t4 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t3 + k, t2)], t2);
    v9 += i32(countOneBits(select(0u, w[select(0, t1 + k, t0)], t0) & t4));
  }
  acc = acc + v9;
  var v17 = 0;
  let t5 = params.N * 32 + bn * 256 + (t & 7) * 32;
  for (var k = 0; k < 32 + none; k++) {
    let t6 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t3 + k, t2)], t2);
    v17 += i32(countOneBits(select(0u, w[select(0, t5 + k, t0)], t0) & t6));
  }
  acc = acc + v17 * 2;
  var v25 = 0;
  let t7 = params.N * 64 + bn * 256 + (t & 7) * 32;
  for (var k = 0; k < 32 + none; k++) {
    let t8 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t3 + k, t2)], t2);
    v25 += i32(countOneBits(select(0u, w[select(0, t7 + k, t0)], t0) & t8));
  }
  acc = acc - v25 * 4;
  var v33 = 0;
  let t9 = params.M * 32 + bm * 256 + (t >> 3u) * 32;
  for (var k = 0; k < 32 + none; k++) {
    let t10 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t9 + k, t2)], t2);
    v33 += i32(countOneBits(select(0u, w[select(0, t1 + k, t0)], t0) & t10));
  }
  acc = acc + v33 * 2;
  var v41 = 0;
  for (var k = 0; k < 32 + none; k++) {
    let t11 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t9 + k, t2)], t2);
    v41 += i32(countOneBits(select(0u, w[select(0, t5 + k, t0)], t0) & t11));
  }
  acc = acc + v41 * 4;
  var v49 = 0;
  for (var k = 0; k < 32 + none; k++) {
    let t12 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t9 + k, t2)], t2);
    v49 += i32(countOneBits(select(0u, w[select(0, t7 + k, t0)], t0) & t12));
  }
  acc = acc - v49 * 8;
  var v57 = 0;
  let t13 = params.M * 64 + bm * 256 + (t >> 3u) * 32;
  for (var k = 0; k < 32 + none; k++) {
    let t14 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t13 + k, t2)], t2);
    v57 += i32(countOneBits(select(0u, w[select(0, t1 + k, t0)], t0) & t14));
  }
  acc = acc + v57 * 4;
  var v65 = 0;
  for (var k = 0; k < 32 + none; k++) {
    let t15 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t13 + k, t2)], t2);
    v65 += i32(countOneBits(select(0u, w[select(0, t5 + k, t0)], t0) & t15));
  }
  acc = acc + v65 * 8;
  var v73 = 0;
  for (var k = 0; k < 32 + none; k++) {
    let t16 = select((1u << u32(k * -32 + 1000)) - 1u, 0xffffffffu, k != 31) & select(0u, x[select(0, t13 + k, t2)], t2);
    v73 += i32(countOneBits(select(0u, w[select(0, t7 + k, t0)], t0) & t16));
  }
  acc = acc - v73 * 16;
  if (t0 & t2) {
    c[bn * 8 + (t & 7) + params.N * bm * 8 + params.N * (t >> 3u)] = u32(acc);
  }
}
