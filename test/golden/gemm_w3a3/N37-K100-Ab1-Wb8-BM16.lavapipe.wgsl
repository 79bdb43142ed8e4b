// gemm_w3a3 N = 37, K = 100, A = b1, W = b8, BM = 16; target lavapipe
// 143 lines, 56 memory accesses, 8704 bytes of workgroup memory
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
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0;
  let t0 = max(params.M - 1, 0);
  let t1 = min(bm * 16 + (t >> 2u), t0);
  let t2 = (t & 3) * 2;
  xa[t * 2] = a[t1 * 4 + min(t2, 3)];
  xa[t * 2 + 1] = a[t1 * 4 + min(t2 + 1, 3)];
  let t3 = min(bn * 32 + (t >> 1u), 36);
  let t4 = (t & 1) * 4;
  let t5 = t3 * 4 + min(t4, 3);
  let t6 = t3 * 4 + min(t4 + 1, 3);
  let t7 = t3 * 4 + min(t4 + 2, 3);
  let t8 = t3 * 4;
  for (var s = 0; s < 2; s++) {
    let t9 = t * 4 + s * 1024;
    let t10 = t5 + s * 592;
    xw[t9] = w[t10];
    let t11 = t6 + s * 592;
    xw[t9 + 1] = w[t11];
    let t12 = t7 + s * 592;
    xw[t9 + 2] = w[t12];
    let t13 = t8 + s * 592;
    xw[t9 + 3] = w[t13 + 3];
    xw[t9 + 256] = w[t10 + 148];
    xw[t9 + 257] = w[t11 + 148];
    xw[t9 + 258] = w[t12 + 148];
    xw[t9 + 259] = w[t13 + 151];
    xw[t9 + 512] = w[t10 + 296];
    xw[t9 + 513] = w[t11 + 296];
    xw[t9 + 514] = w[t12 + 296];
    xw[t9 + 515] = w[t13 + 299];
    xw[t9 + 768] = w[t10 + 444];
    xw[t9 + 769] = w[t11 + 444];
    xw[t9 + 770] = w[t12 + 444];
    xw[t9 + 771] = w[t13 + 447];
  }
  workgroupBarrier();
  let t14 = (t >> 3u) * 16;
  let t15 = (t & 7) * 32;
  for (var j = 0; j < 8; j++) {
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
    let t16 = t15 + j * 256;
    for (var k = 0; k < 4; k++) {
      let t17 = select((1u << u32(k * -32 + 100)) - 1u, 0xffffffffu, k != 3);
      let t18 = t14 + k;
      let t19 = t17 & xa[t18];
      let t20 = t16 + k;
      let t21 = t17 & xw[t20];
      v15_part_0 = v15_part_0 + i32(countOneBits(t19 ^ t21));
      let t22 = t17 & xw[t20 + 8];
      v15_part_1 = v15_part_1 + i32(countOneBits(t19 ^ t22));
      let t23 = t17 & xw[t20 + 16];
      v15_part_2 = v15_part_2 + i32(countOneBits(t19 ^ t23));
      let t24 = t17 & xw[t20 + 24];
      v15_part_3 = v15_part_3 + i32(countOneBits(t19 ^ t24));
      let t25 = t17 & xa[t18 + 8];
      v15_part_4 = v15_part_4 + i32(countOneBits(t21 ^ t25));
      v15_part_5 = v15_part_5 + i32(countOneBits(t22 ^ t25));
      v15_part_6 = v15_part_6 + i32(countOneBits(t23 ^ t25));
      v15_part_7 = v15_part_7 + i32(countOneBits(t24 ^ t25));
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
  let t26 = bm * 16 + (t >> 3u) * 2;
  let t27 = t26 < params.M;
  let rows_0 = bitcast<f32>(select(0u, sa[min(t0, t26)], t27));
  let t28 = t26 + 1 < params.M;
  let rows_1 = bitcast<f32>(select(0u, sa[min(t0, t26 + 1)], t28));
  let t29 = bn * 8 + (t & 7);
  let t30 = t29 < 10;
  let t31 = bn * 32 + (t & 7) * 4;
  let cols_0 = bitcast<f32>(select(0u, sw[min(t31, 36)], t30));
  let t32 = t29 < 9;
  let cols_1 = bitcast<f32>(select(0u, sw[min(t31 + 1, 36)], t32));
  let cols_2 = bitcast<f32>(select(0u, sw[min(t31 + 2, 36)], t32));
  let cols_3 = bitcast<f32>(select(0u, sw[min(t31 + 3, 36)], t32));
  let t33 = bn * 32 + bm * 592 + (t >> 3u) * 74 + (t & 7) * 4;
  if (t27 & t30) {
    c[t33] = bitcast<u32>(f32(acc_0) * rows_0 * cols_0);
  }
  if (t27 & t32) {
    c[t33 + 1] = bitcast<u32>(rows_0 * f32(acc_1) * cols_1);
    c[t33 + 2] = bitcast<u32>(rows_0 * f32(acc_2) * cols_2);
    c[t33 + 3] = bitcast<u32>(rows_0 * f32(acc_3) * cols_3);
  }
  if (t28 & t30) {
    c[t33 + 37] = bitcast<u32>(cols_0 * (f32(acc_4) * rows_1));
  }
  if (t28 & t32) {
    c[t33 + 38] = bitcast<u32>(cols_1 * (rows_1 * f32(acc_5)));
    c[t33 + 39] = bitcast<u32>(cols_2 * (rows_1 * f32(acc_6)));
    c[t33 + 40] = bitcast<u32>(cols_3 * (rows_1 * f32(acc_7)));
  }
}
