// gemm_w3a3 N = 37, K = 100, A = b1, W = b8, BM = 16; target lavapipe
// 108 lines, 23 memory accesses, 8704 bytes of workgroup memory
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
  let t1 = min(bm * 16 + (t >> 2u), t0);
  let t2 = (t & 3) * 2;
  xa[t * 2] = a[t1 * 4 + min(t2, 3)];
  xa[t * 2 + 1] = a[t1 * 4 + min(t2 + 1, 3)];
  let t3 = (t & 1) * 4;
  let t4 = min(bn * 32 + (t >> 1u), 36) * 4;
  for (var s = 0; s < 16; s++) {
    let t5 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
    let t6 = t3 + (s & 1) * 2;
    xw[t5] = w[t4 + ((s >> 1u) * 148 + min(t6, 3))];
    xw[t5 + 1] = w[t4 + ((s >> 1u) * 148 + min(t6 + 1, 3))];
  }
  workgroupBarrier();
  let t7 = (t & 7) * 32;
  let t8 = (t >> 3u) * 16;
  for (var j = 0; j < 8; j++) {
    var v15_0 = 100;
    var v15_1 = 100;
    var v15_2 = 100;
    var v15_3 = 100;
    var v15_4 = 100;
    var v15_5 = 100;
    var v15_6 = 100;
    var v15_7 = 100;
    var v15_part = array<i32, 8>();
    let t9 = t7 + j * 256;
    for (var k = 0; k < 4; k++) {
      let t10 = select((1u << u32(k * -32 + 100)) - 1u, 0xffffffffu, k != 3);
      let t11 = t9 + k;
      let t12 = t8 + k;
      for (var s = 0; s < 2; s++) {
        let t13 = t10 & xa[t12 + s * 8];
        v15_part[s * 4] = v15_part[s * 4] + i32(countOneBits((t10 & xw[t11]) ^ t13));
        v15_part[s * 4 + 1] = v15_part[s * 4 + 1] + i32(countOneBits((t10 & xw[t11 + 8]) ^ t13));
        v15_part[s * 4 + 2] = v15_part[s * 4 + 2] + i32(countOneBits((t10 & xw[t11 + 16]) ^ t13));
        v15_part[s * 4 + 3] = v15_part[s * 4 + 3] + i32(countOneBits((t10 & xw[t11 + 24]) ^ t13));
      }
    }
    v15_0 = v15_0 - v15_part[0] * 2;
    v15_1 = v15_1 - v15_part[1] * 2;
    v15_2 = v15_2 - v15_part[2] * 2;
    v15_3 = v15_3 - v15_part[3] * 2;
    v15_4 = v15_4 - v15_part[4] * 2;
    v15_5 = v15_5 - v15_part[5] * 2;
    v15_6 = v15_6 - v15_part[6] * 2;
    v15_7 = v15_7 - v15_part[7] * 2;
    acc[0] = acc[0] + (v15_0 << u32(j));
    acc[1] = acc[1] + (v15_1 << u32(j));
    acc[2] = acc[2] + (v15_2 << u32(j));
    acc[3] = acc[3] + (v15_3 << u32(j));
    acc[4] = acc[4] + (v15_4 << u32(j));
    acc[5] = acc[5] + (v15_5 << u32(j));
    acc[6] = acc[6] + (v15_6 << u32(j));
    acc[7] = acc[7] + (v15_7 << u32(j));
  }
  workgroupBarrier();
  var rows = array<f32, 2>();
  let t14 = bm * 16 + (t >> 3u) * 2;
  rows[0] = bitcast<f32>(select(0u, sa[min(t0, t14)], (t14 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t0, t14 + 1)], (t14 + 1 < params.M)));
  let t15 = bn * 8 + (t & 7);
  let t16 = t15 < 10;
  let t17 = bn * 32 + (t & 7) * 4;
  let cols_0 = bitcast<f32>(select(0u, sw[min(t17, 36)], t16));
  let t18 = t15 < 9;
  let cols_1 = bitcast<f32>(select(0u, sw[min(t17 + 1, 36)], t18));
  let cols_2 = bitcast<f32>(select(0u, sw[min(t17 + 2, 36)], t18));
  let cols_3 = bitcast<f32>(select(0u, sw[min(t17 + 3, 36)], t18));
  let t19 = bn * 32 + bm * 592 + (t >> 3u) * 74 + (t & 7) * 4;
  for (var s = 0; s < 2; s++) {
    let t20 = t14 + s < params.M;
    let t21 = t19 + s * 37;
    if (t16 & t20) {
      c[t21] = bitcast<u32>(cols_0 * (f32(acc[s * 4]) * rows[s]));
    }
    if (t18 & t20) {
      c[t21 + 1] = bitcast<u32>(cols_1 * (rows[s] * f32(acc[s * 4 + 1])));
      c[t21 + 2] = bitcast<u32>(cols_2 * (rows[s] * f32(acc[s * 4 + 2])));
      c[t21 + 3] = bitcast<u32>(cols_3 * (rows[s] * f32(acc[s * 4 + 3])));
    }
  }
}
