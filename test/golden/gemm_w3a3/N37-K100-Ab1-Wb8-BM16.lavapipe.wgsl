// gemm_w3a3 N = 37, K = 100, A = b1, W = b8, BM = 16; target lavapipe
// 128 lines, 24 memory accesses, 8704 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0;
  let t0 = max(params.M - 1, 0);
  let t1 = min(bm * 16 + (t >> 2u), t0);
  let t2 = (t & 3) * 2;
  xa[t * 2] = a[t1 * 4 + min(t2, 3)];
  xa[t * 2 + 1] = a[t1 * 4 + min(t2 + 1, 3)];
  let t3 = (t & 1) * 4;
  let t4 = min(bn * 32 + (t >> 1u), 36) * 4;
  for (var s = 0; s < 16 + none; s++) {
    let t5 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
    let t6 = t3 + (s & 1) * 2;
    xw[t5] = w[t4 + ((s >> 1u) * 148 + min(t6, 3))];
    xw[t5 + 1] = w[t4 + ((s >> 1u) * 148 + min(t6 + 1, 3))];
  }
  workgroupBarrier();
  let t7 = (t >> 3u) * 16;
  let t8 = (t & 7) * 32;
  for (var j = 0; j < 8 + none; j++) {
    var v15_0 = 100;
    var v15_1 = 100;
    var v15_2 = 100;
    var v15_3 = 100;
    var v15_4 = 100;
    var v15_5 = 100;
    var v15_6 = 100;
    var v15_7 = 100;
    var v15_part_0 = 0; var v15_part_1 = 0; var v15_part_2 = 0; var v15_part_3 = 0; var v15_part_4 = 0;
    var v15_part_5 = 0; var v15_part_6 = 0; var v15_part_7 = 0;
    let t9 = t8 + j * 256;
    for (var k = 0; k < 4 + none; k++) {
      let t10 = select((1u << u32(k * -32 + 100)) - 1u, 0xffffffffu, k != 3);
      let t11 = t7 + k;
      let t12 = t10 & xa[t11];
      let t13 = t9 + k;
      let t14 = t10 & xw[t13];
      v15_part_0 = v15_part_0 + i32(countOneBits(t12 ^ t14));
      let t15 = t10 & xw[t13 + 8];
      v15_part_1 = v15_part_1 + i32(countOneBits(t12 ^ t15));
      let t16 = t10 & xw[t13 + 16];
      v15_part_2 = v15_part_2 + i32(countOneBits(t12 ^ t16));
      let t17 = t10 & xw[t13 + 24];
      v15_part_3 = v15_part_3 + i32(countOneBits(t12 ^ t17));
      let t18 = t10 & xa[t11 + 8];
      v15_part_4 = v15_part_4 + i32(countOneBits(t14 ^ t18));
      v15_part_5 = v15_part_5 + i32(countOneBits(t15 ^ t18));
      v15_part_6 = v15_part_6 + i32(countOneBits(t16 ^ t18));
      v15_part_7 = v15_part_7 + i32(countOneBits(t17 ^ t18));
    }
    v15_0 = v15_0 - v15_part_0 * 2;
    v15_1 = v15_1 - v15_part_1 * 2;
    v15_2 = v15_2 - v15_part_2 * 2;
    v15_3 = v15_3 - v15_part_3 * 2;
    v15_4 = v15_4 - v15_part_4 * 2;
    v15_5 = v15_5 - v15_part_5 * 2;
    v15_6 = v15_6 - v15_part_6 * 2;
    v15_7 = v15_7 - v15_part_7 * 2;
    acc_0 = acc_0 + (v15_0 << u32(j));
    acc_1 = acc_1 + (v15_1 << u32(j));
    acc_2 = acc_2 + (v15_2 << u32(j));
    acc_3 = acc_3 + (v15_3 << u32(j));
    acc_4 = acc_4 + (v15_4 << u32(j));
    acc_5 = acc_5 + (v15_5 << u32(j));
    acc_6 = acc_6 + (v15_6 << u32(j));
    acc_7 = acc_7 + (v15_7 << u32(j));
  }
  workgroupBarrier();
  var rows = array<f32, 2>();
  let t19 = bm * 16 + (t >> 3u) * 2;
  rows[0] = bitcast<f32>(select(0u, sa[min(t0, t19)], (t19 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t0, t19 + 1)], (t19 + 1 < params.M)));
  let t20 = bn * 8 + (t & 7);
  let t21 = t20 < 10;
  let t22 = bn * 32 + (t & 7) * 4;
  let cols_0 = bitcast<f32>(select(0u, sw[min(t22, 36)], t21));
  let t23 = t20 < 9;
  let cols_1 = bitcast<f32>(select(0u, sw[min(t22 + 1, 36)], t23));
  let cols_2 = bitcast<f32>(select(0u, sw[min(t22 + 2, 36)], t23));
  let cols_3 = bitcast<f32>(select(0u, sw[min(t22 + 3, 36)], t23));
  var acc = array<i32, 8>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  let t24 = bn * 32 + bm * 592 + (t >> 3u) * 74 + (t & 7) * 4;
  for (var s = 0; s < 2 + none; s++) {
    let t25 = t19 + s < params.M;
    let t26 = t24 + s * 37;
    if (t21 & t25) {
      c[t26] = bitcast<u32>(cols_0 * (f32(acc[s * 4]) * rows[s]));
    }
    if (t23 & t25) {
      c[t26 + 1] = bitcast<u32>(cols_1 * (rows[s] * f32(acc[s * 4 + 1])));
      c[t26 + 2] = bitcast<u32>(cols_2 * (rows[s] * f32(acc[s * 4 + 2])));
      c[t26 + 3] = bitcast<u32>(cols_3 * (rows[s] * f32(acc[s * 4 + 3])));
    }
  }
}
