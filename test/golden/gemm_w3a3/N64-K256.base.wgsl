// gemm_w3a3 N = 64, K = 256; target base
// 191 lines, 59 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> c: array<u32>;
var<workgroup> xa: array<u32, 768>;
var<workgroup> xw: array<u32, 768>;

@compute @workgroup_size(64)
fn gemm_w3a3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0; var acc_8 = 0; var acc_9 = 0; var acc_10 = 0; var acc_11 = 0;
  var acc_12 = 0; var acc_13 = 0; var acc_14 = 0; var acc_15 = 0;
  let t0 = max(params.M - 1, 0);
  let t1 = min(bm * 32 + (t >> 1u), t0);
  let t2 = a[(t & 1) + t1 * 2];
  xa[t * 4] = t2.x;
  xa[t * 4 + 1] = t2.y;
  xa[t * 4 + 2] = t2.z;
  xa[t * 4 + 3] = t2.w;
  let t3 = a[params.M * 2 + (t & 1) + t1 * 2];
  xa[t * 4 + 256] = t3.x;
  xa[t * 4 + 257] = t3.y;
  xa[t * 4 + 258] = t3.z;
  xa[t * 4 + 259] = t3.w;
  let t4 = a[params.M * 4 + (t & 1) + t1 * 2];
  xa[t * 4 + 512] = t4.x;
  xa[t * 4 + 513] = t4.y;
  xa[t * 4 + 514] = t4.z;
  xa[t * 4 + 515] = t4.w;
  let t5 = bn * 64 + t;
  let t6 = w[t5];
  xw[t * 4] = t6.x;
  xw[t * 4 + 1] = t6.y;
  xw[t * 4 + 2] = t6.z;
  xw[t * 4 + 3] = t6.w;
  let t7 = w[t5 + 128];
  xw[t * 4 + 256] = t7.x;
  xw[t * 4 + 257] = t7.y;
  xw[t * 4 + 258] = t7.z;
  xw[t * 4 + 259] = t7.w;
  let t8 = w[t5 + 256];
  xw[t * 4 + 512] = t8.x;
  xw[t * 4 + 513] = t8.y;
  xw[t * 4 + 514] = t8.z;
  xw[t * 4 + 515] = t8.w;
  workgroupBarrier();
  let t9 = (t & 7) * 32;
  let t10 = (t >> 3u) * 32;
  for (var i = 0; i < 3; i++) {
    let t11 = t10 + i * 256;
    for (var j = 0; j < 3; j++) {
      var v15_0 = 256;
      var v15_1 = 256;
      var v15_2 = 256;
      var v15_3 = 256;
      var v15_4 = 256;
      var v15_5 = 256;
      var v15_6 = 256;
      var v15_7 = 256;
      var v15_8 = 256;
      var v15_9 = 256;
      var v15_10 = 256;
      var v15_11 = 256;
      var v15_12 = 256;
      var v15_13 = 256;
      var v15_14 = 256;
      var v15_15 = 256;
      var v15_part_0 = 0; var v15_part_1 = 0; var v15_part_2 = 0; var v15_part_3 = 0; var v15_part_4 = 0;
      var v15_part_5 = 0; var v15_part_6 = 0; var v15_part_7 = 0; var v15_part_8 = 0; var v15_part_9 = 0;
      var v15_part_10 = 0; var v15_part_11 = 0; var v15_part_12 = 0; var v15_part_13 = 0;
      var v15_part_14 = 0; var v15_part_15 = 0;
      let t12 = t9 + j * 256;
      for (var k = 0; k < 8; k++) {
        let t13 = t12 + k;
        let t14 = xw[t13];
        let t15 = t11 + k;
        let t16 = xa[t15];
        v15_part_0 = v15_part_0 + i32(countOneBits(t14 ^ t16));
        let t17 = xw[t13 + 8];
        v15_part_1 = v15_part_1 + i32(countOneBits(t16 ^ t17));
        let t18 = xw[t13 + 16];
        v15_part_2 = v15_part_2 + i32(countOneBits(t16 ^ t18));
        let t19 = xw[t13 + 24];
        v15_part_3 = v15_part_3 + i32(countOneBits(t16 ^ t19));
        let t20 = xa[t15 + 8];
        v15_part_4 = v15_part_4 + i32(countOneBits(t14 ^ t20));
        v15_part_5 = v15_part_5 + i32(countOneBits(t17 ^ t20));
        v15_part_6 = v15_part_6 + i32(countOneBits(t18 ^ t20));
        v15_part_7 = v15_part_7 + i32(countOneBits(t19 ^ t20));
        let t21 = xa[t15 + 16];
        v15_part_8 = v15_part_8 + i32(countOneBits(t14 ^ t21));
        v15_part_9 = v15_part_9 + i32(countOneBits(t17 ^ t21));
        v15_part_10 = v15_part_10 + i32(countOneBits(t18 ^ t21));
        v15_part_11 = v15_part_11 + i32(countOneBits(t19 ^ t21));
        let t22 = xa[t15 + 24];
        v15_part_12 = v15_part_12 + i32(countOneBits(t14 ^ t22));
        v15_part_13 = v15_part_13 + i32(countOneBits(t17 ^ t22));
        v15_part_14 = v15_part_14 + i32(countOneBits(t18 ^ t22));
        v15_part_15 = v15_part_15 + i32(countOneBits(t19 ^ t22));
      }
      v15_0 = v15_0 - v15_part_0 * 2;
      v15_1 = v15_1 - v15_part_1 * 2;
      v15_2 = v15_2 - v15_part_2 * 2;
      v15_3 = v15_3 - v15_part_3 * 2;
      v15_4 = v15_4 - v15_part_4 * 2;
      v15_5 = v15_5 - v15_part_5 * 2;
      v15_6 = v15_6 - v15_part_6 * 2;
      v15_7 = v15_7 - v15_part_7 * 2;
      v15_8 = v15_8 - v15_part_8 * 2;
      v15_9 = v15_9 - v15_part_9 * 2;
      v15_10 = v15_10 - v15_part_10 * 2;
      v15_11 = v15_11 - v15_part_11 * 2;
      v15_12 = v15_12 - v15_part_12 * 2;
      v15_13 = v15_13 - v15_part_13 * 2;
      v15_14 = v15_14 - v15_part_14 * 2;
      v15_15 = v15_15 - v15_part_15 * 2;
      let t23 = u32(i + j);
      acc_0 = acc_0 + (v15_0 << t23);
      acc_1 = acc_1 + (v15_1 << t23);
      acc_2 = acc_2 + (v15_2 << t23);
      acc_3 = acc_3 + (v15_3 << t23);
      acc_4 = acc_4 + (v15_4 << t23);
      acc_5 = acc_5 + (v15_5 << t23);
      acc_6 = acc_6 + (v15_6 << t23);
      acc_7 = acc_7 + (v15_7 << t23);
      acc_8 = acc_8 + (v15_8 << t23);
      acc_9 = acc_9 + (v15_9 << t23);
      acc_10 = acc_10 + (v15_10 << t23);
      acc_11 = acc_11 + (v15_11 << t23);
      acc_12 = acc_12 + (v15_12 << t23);
      acc_13 = acc_13 + (v15_13 << t23);
      acc_14 = acc_14 + (v15_14 << t23);
      acc_15 = acc_15 + (v15_15 << t23);
    }
  }
  workgroupBarrier();
  let t24 = bm * 32 + (t >> 3u) * 4;
  let t25 = t24 < params.M;
  let rows_0 = bitcast<f32>(select(0u, sa[min(t0, t24)], t25));
  let t26 = t24 + 1 < params.M;
  let rows_1 = bitcast<f32>(select(0u, sa[min(t0, t24 + 1)], t26));
  let t27 = t24 + 2 < params.M;
  let rows_2 = bitcast<f32>(select(0u, sa[min(t0, t24 + 2)], t27));
  let t28 = t24 + 3 < params.M;
  let rows_3 = bitcast<f32>(select(0u, sa[min(t0, t24 + 3)], t28));
  let t29 = sw[bn * 8 + (t & 7)];
  let cols_0 = bitcast<f32>(t29.x);
  let cols_1 = bitcast<f32>(t29.y);
  let cols_2 = bitcast<f32>(t29.z);
  let cols_3 = bitcast<f32>(t29.w);
  let t30 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  if (t25) {
    c[t30] = bitcast<u32>(f32(acc_0) * rows_0 * cols_0);
    c[t30 + 1] = bitcast<u32>(rows_0 * f32(acc_1) * cols_1);
    c[t30 + 2] = bitcast<u32>(rows_0 * f32(acc_2) * cols_2);
    c[t30 + 3] = bitcast<u32>(rows_0 * f32(acc_3) * cols_3);
  }
  if (t26) {
    c[t30 + 64] = bitcast<u32>(cols_0 * (f32(acc_4) * rows_1));
    c[t30 + 65] = bitcast<u32>(cols_1 * (rows_1 * f32(acc_5)));
    c[t30 + 66] = bitcast<u32>(cols_2 * (rows_1 * f32(acc_6)));
    c[t30 + 67] = bitcast<u32>(cols_3 * (rows_1 * f32(acc_7)));
  }
  if (t27) {
    c[t30 + 128] = bitcast<u32>(cols_0 * (f32(acc_8) * rows_2));
    c[t30 + 129] = bitcast<u32>(cols_1 * (rows_2 * f32(acc_9)));
    c[t30 + 130] = bitcast<u32>(cols_2 * (rows_2 * f32(acc_10)));
    c[t30 + 131] = bitcast<u32>(cols_3 * (rows_2 * f32(acc_11)));
  }
  if (t28) {
    c[t30 + 192] = bitcast<u32>(cols_0 * (f32(acc_12) * rows_3));
    c[t30 + 193] = bitcast<u32>(cols_1 * (rows_3 * f32(acc_13)));
    c[t30 + 194] = bitcast<u32>(cols_2 * (rows_3 * f32(acc_14)));
    c[t30 + 195] = bitcast<u32>(cols_3 * (rows_3 * f32(acc_15)));
  }
}
