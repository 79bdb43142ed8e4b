// gemm_w3a3 N = 37, K = 100, A = b1, W = b8, BM = 16; target lavapipe
// 100 lines, 15 memory accesses, 8704 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<u32>;
var<workgroup> xa: array<u32, 128>;
var<workgroup> xw: array<u32, 2048>;

@compute @workgroup_size(64)
fn gemm_w3a3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc = array<i32, 8>();
  let t0 = max(params.M - 1, 0);
  let t1 = (t & 3) * 2;
  let t2 = min(bm * 16 + (t >> 2u), t0) * 4;
  for (var s = 0; s < 2; s++) {
    xa[t * 2 + s] = a[t2 + min(t1 + s, 3)];
  }
  let t3 = (t & 1) * 4;
  let t4 = min(bn * 32 + (t >> 1u), 36) * 4;
  for (var s = 0; s < 32; s++) {
    xw[t * 4 + ((s >> 2u) * 256 + (s & 3))] = w[t4 + ((s >> 2u) * 148 + min(t3 + (s & 3), 3))];
  }
  workgroupBarrier();
  let t5 = (t & 7) * 32;
  let t6 = (t >> 3u) * 16;
  for (var j = 0; j < 8; j++) {
    var v15 = array<i32, 8>();
    v15[0] = 100;
    v15[1] = 100;
    v15[2] = 100;
    v15[3] = 100;
    v15[4] = 100;
    v15[5] = 100;
    v15[6] = 100;
    v15[7] = 100;
    let t7 = t5 + j * 256;
    for (var k = 0; k < 4; k++) {
      let t8 = select((1u << u32(k * -32 + 100)) - 1u, 0xffffffffu, k != 3);
      let t9 = t7 + k;
      let t10 = t6 + k;
      for (var s = 0; s < 2; s++) {
        let t11 = xa[t10 + s * 8];
        v15[s * 4] = v15[s * 4] - i32(countOneBits(t8 & (xw[t9] ^ t11))) * 2;
        v15[s * 4 + 1] = v15[s * 4 + 1] - i32(countOneBits(t8 & (xw[t9 + 8] ^ t11))) * 2;
        v15[s * 4 + 2] = v15[s * 4 + 2] - i32(countOneBits(t8 & (xw[t9 + 16] ^ t11))) * 2;
        v15[s * 4 + 3] = v15[s * 4 + 3] - i32(countOneBits(t8 & (xw[t9 + 24] ^ t11))) * 2;
      }
    }
    acc[0] = acc[0] + (v15[0] << u32(j));
    acc[1] = acc[1] + (v15[1] << u32(j));
    acc[2] = acc[2] + (v15[2] << u32(j));
    acc[3] = acc[3] + (v15[3] << u32(j));
    acc[4] = acc[4] + (v15[4] << u32(j));
    acc[5] = acc[5] + (v15[5] << u32(j));
    acc[6] = acc[6] + (v15[6] << u32(j));
    acc[7] = acc[7] + (v15[7] << u32(j));
  }
  workgroupBarrier();
  var rows = array<f32, 2>();
  let t12 = bm * 16 + (t >> 3u) * 2;
  rows[0] = bitcast<f32>(select(0u, sa[min(t0, t12)], (t12 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t0, t12 + 1)], (t12 + 1 < params.M)));
  var cols = array<f32, 4>();
  let t13 = bn * 16 + (t & 7) * 2;
  let t14 = bn * 32 + (t & 7) * 4;
  for (var s = 0; s < 2; s++) {
    let t15 = t13 + s;
    let t16 = t14 + s * 2;
    cols[s * 2] = bitcast<f32>(select(0u, sw[min(t16, 36)], (t15 < 19)));
    cols[s * 2 + 1] = bitcast<f32>(select(0u, sw[min(t16 + 1, 36)], (t15 < 18)));
  }
  let t17 = bn * 32 + bm * 592 + (t >> 3u) * 74 + (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    let t18 = t12 + (s >> 1u) < params.M;
    let t19 = t13 + (s & 1);
    let t20 = t17 + ((s >> 1u) * 37 + (s & 1) * 2);
    let t21 = rows[s >> 1u];
    let t22 = (s & 1) * 2;
    if (t18 & (t19 < 19)) {
      c[t20] = bitcast<u32>(f32(acc[s * 2]) * t21 * cols[t22]);
    }
    if (t18 & (t19 < 18)) {
      c[t20 + 1] = bitcast<u32>(t21 * f32(acc[s * 2 + 1]) * cols[t22 + 1]);
    }
  }
}
