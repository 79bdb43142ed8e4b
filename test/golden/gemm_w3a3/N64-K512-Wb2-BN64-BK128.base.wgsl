// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target base
// 286 lines, 70 memory accesses, 3584 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> c: array<u32>;
var<workgroup> xa: array<u32, 384>;
var<workgroup> xw: array<u32, 512>;

@compute @workgroup_size(64)
fn gemm_w3a3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0; var acc_8 = 0; var acc_9 = 0; var acc_10 = 0; var acc_11 = 0;
  var acc_12 = 0; var acc_13 = 0; var acc_14 = 0; var acc_15 = 0; var acc_16 = 0; var acc_17 = 0;
  var acc_18 = 0; var acc_19 = 0; var acc_20 = 0; var acc_21 = 0; var acc_22 = 0; var acc_23 = 0;
  var acc_24 = 0; var acc_25 = 0; var acc_26 = 0; var acc_27 = 0; var acc_28 = 0; var acc_29 = 0;
  var acc_30 = 0; var acc_31 = 0;
  let t0 = (t >> 4u) % 3;
  let t1 = t0 * 128 + (t & 15) * 4;
  let t2 = bm * 32 + (t & 15);
  let t3 = max(params.M - 1, 0);
  let t4 = params.M * t0;
  let t5 = min(t2, t3) * 4 + t4 * 4;
  let t6 = t4 * 4 + min(t3, t2 + 16) * 4;
  let t7 = (t & 7) * 32;
  let t8 = (t >> 3u) * 16;
  for (var k = 0; k < 512; k += 128) {
    if (t < 48) {
      let t9 = a[t5 + (k >> 7u)];
      xa[t1] = t9.x;
      xa[t1 + 1] = t9.y;
      xa[t1 + 2] = t9.z;
      xa[t1 + 3] = t9.w;
      let t10 = a[t6 + (k >> 7u)];
      xa[t1 + 64] = t10.x;
      xa[t1 + 65] = t10.y;
      xa[t1 + 66] = t10.z;
      xa[t1 + 67] = t10.w;
    }
    let t11 = t * 4 + (k >> 7u);
    let t12 = w[t11];
    xw[t * 4] = t12.x;
    xw[t * 4 + 1] = t12.y;
    xw[t * 4 + 2] = t12.z;
    xw[t * 4 + 3] = t12.w;
    let t13 = w[t11 + 256];
    xw[t * 4 + 256] = t13.x;
    xw[t * 4 + 257] = t13.y;
    xw[t * 4 + 258] = t13.z;
    xw[t * 4 + 259] = t13.w;
    workgroupBarrier();
    for (var i = 0; i < 3; i++) {
      let t14 = t8 + i * 128;
      for (var j = 0; j < 2; j++) {
        var v15_0 = 128;
        var v15_1 = 128;
        var v15_2 = 128;
        var v15_3 = 128;
        var v15_4 = 128;
        var v15_5 = 128;
        var v15_6 = 128;
        var v15_7 = 128;
        var v15_8 = 128;
        var v15_9 = 128;
        var v15_10 = 128;
        var v15_11 = 128;
        var v15_12 = 128;
        var v15_13 = 128;
        var v15_14 = 128;
        var v15_15 = 128;
        var v15_16 = 128;
        var v15_17 = 128;
        var v15_18 = 128;
        var v15_19 = 128;
        var v15_20 = 128;
        var v15_21 = 128;
        var v15_22 = 128;
        var v15_23 = 128;
        var v15_24 = 128;
        var v15_25 = 128;
        var v15_26 = 128;
        var v15_27 = 128;
        var v15_28 = 128;
        var v15_29 = 128;
        var v15_30 = 128;
        var v15_31 = 128;
        var v15_part_0 = 0; var v15_part_1 = 0; var v15_part_2 = 0; var v15_part_3 = 0; var v15_part_4 = 0;
        var v15_part_5 = 0; var v15_part_6 = 0; var v15_part_7 = 0; var v15_part_8 = 0; var v15_part_9 = 0;
        var v15_part_10 = 0; var v15_part_11 = 0; var v15_part_12 = 0; var v15_part_13 = 0;
        var v15_part_14 = 0; var v15_part_15 = 0; var v15_part_16 = 0; var v15_part_17 = 0;
        var v15_part_18 = 0; var v15_part_19 = 0; var v15_part_20 = 0; var v15_part_21 = 0;
        var v15_part_22 = 0; var v15_part_23 = 0; var v15_part_24 = 0; var v15_part_25 = 0;
        var v15_part_26 = 0; var v15_part_27 = 0; var v15_part_28 = 0; var v15_part_29 = 0;
        var v15_part_30 = 0; var v15_part_31 = 0;
        let t15 = t7 + j * 256;
        for (var k_1 = 0; k_1 < 4; k_1++) {
          let t16 = t15 + k_1;
          let t17 = xw[t16];
          let t18 = t14 + k_1;
          let t19 = xa[t18];
          v15_part_0 = v15_part_0 + i32(countOneBits(t17 ^ t19));
          let t20 = xw[t16 + 4];
          v15_part_1 = v15_part_1 + i32(countOneBits(t19 ^ t20));
          let t21 = xw[t16 + 8];
          v15_part_2 = v15_part_2 + i32(countOneBits(t19 ^ t21));
          let t22 = xw[t16 + 12];
          v15_part_3 = v15_part_3 + i32(countOneBits(t19 ^ t22));
          let t23 = xw[t16 + 16];
          v15_part_4 = v15_part_4 + i32(countOneBits(t19 ^ t23));
          let t24 = xw[t16 + 20];
          v15_part_5 = v15_part_5 + i32(countOneBits(t19 ^ t24));
          let t25 = xw[t16 + 24];
          v15_part_6 = v15_part_6 + i32(countOneBits(t19 ^ t25));
          let t26 = xw[t16 + 28];
          v15_part_7 = v15_part_7 + i32(countOneBits(t19 ^ t26));
          let t27 = xa[t18 + 4];
          v15_part_8 = v15_part_8 + i32(countOneBits(t17 ^ t27));
          v15_part_9 = v15_part_9 + i32(countOneBits(t20 ^ t27));
          v15_part_10 = v15_part_10 + i32(countOneBits(t21 ^ t27));
          v15_part_11 = v15_part_11 + i32(countOneBits(t22 ^ t27));
          v15_part_12 = v15_part_12 + i32(countOneBits(t23 ^ t27));
          v15_part_13 = v15_part_13 + i32(countOneBits(t24 ^ t27));
          v15_part_14 = v15_part_14 + i32(countOneBits(t25 ^ t27));
          v15_part_15 = v15_part_15 + i32(countOneBits(t26 ^ t27));
          let t28 = xa[t18 + 8];
          v15_part_16 = v15_part_16 + i32(countOneBits(t17 ^ t28));
          v15_part_17 = v15_part_17 + i32(countOneBits(t20 ^ t28));
          v15_part_18 = v15_part_18 + i32(countOneBits(t21 ^ t28));
          v15_part_19 = v15_part_19 + i32(countOneBits(t22 ^ t28));
          v15_part_20 = v15_part_20 + i32(countOneBits(t23 ^ t28));
          v15_part_21 = v15_part_21 + i32(countOneBits(t24 ^ t28));
          v15_part_22 = v15_part_22 + i32(countOneBits(t25 ^ t28));
          v15_part_23 = v15_part_23 + i32(countOneBits(t26 ^ t28));
          let t29 = xa[t18 + 12];
          v15_part_24 = v15_part_24 + i32(countOneBits(t17 ^ t29));
          v15_part_25 = v15_part_25 + i32(countOneBits(t20 ^ t29));
          v15_part_26 = v15_part_26 + i32(countOneBits(t21 ^ t29));
          v15_part_27 = v15_part_27 + i32(countOneBits(t22 ^ t29));
          v15_part_28 = v15_part_28 + i32(countOneBits(t23 ^ t29));
          v15_part_29 = v15_part_29 + i32(countOneBits(t24 ^ t29));
          v15_part_30 = v15_part_30 + i32(countOneBits(t25 ^ t29));
          v15_part_31 = v15_part_31 + i32(countOneBits(t26 ^ t29));
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
        v15_16 = v15_16 - v15_part_16 * 2;
        v15_17 = v15_17 - v15_part_17 * 2;
        v15_18 = v15_18 - v15_part_18 * 2;
        v15_19 = v15_19 - v15_part_19 * 2;
        v15_20 = v15_20 - v15_part_20 * 2;
        v15_21 = v15_21 - v15_part_21 * 2;
        v15_22 = v15_22 - v15_part_22 * 2;
        v15_23 = v15_23 - v15_part_23 * 2;
        v15_24 = v15_24 - v15_part_24 * 2;
        v15_25 = v15_25 - v15_part_25 * 2;
        v15_26 = v15_26 - v15_part_26 * 2;
        v15_27 = v15_27 - v15_part_27 * 2;
        v15_28 = v15_28 - v15_part_28 * 2;
        v15_29 = v15_29 - v15_part_29 * 2;
        v15_30 = v15_30 - v15_part_30 * 2;
        v15_31 = v15_31 - v15_part_31 * 2;
        let t30 = u32(i + j);
        acc_0 = acc_0 + (v15_0 << t30);
        acc_1 = acc_1 + (v15_1 << t30);
        acc_2 = acc_2 + (v15_2 << t30);
        acc_3 = acc_3 + (v15_3 << t30);
        acc_4 = acc_4 + (v15_4 << t30);
        acc_5 = acc_5 + (v15_5 << t30);
        acc_6 = acc_6 + (v15_6 << t30);
        acc_7 = acc_7 + (v15_7 << t30);
        acc_8 = acc_8 + (v15_8 << t30);
        acc_9 = acc_9 + (v15_9 << t30);
        acc_10 = acc_10 + (v15_10 << t30);
        acc_11 = acc_11 + (v15_11 << t30);
        acc_12 = acc_12 + (v15_12 << t30);
        acc_13 = acc_13 + (v15_13 << t30);
        acc_14 = acc_14 + (v15_14 << t30);
        acc_15 = acc_15 + (v15_15 << t30);
        acc_16 = acc_16 + (v15_16 << t30);
        acc_17 = acc_17 + (v15_17 << t30);
        acc_18 = acc_18 + (v15_18 << t30);
        acc_19 = acc_19 + (v15_19 << t30);
        acc_20 = acc_20 + (v15_20 << t30);
        acc_21 = acc_21 + (v15_21 << t30);
        acc_22 = acc_22 + (v15_22 << t30);
        acc_23 = acc_23 + (v15_23 << t30);
        acc_24 = acc_24 + (v15_24 << t30);
        acc_25 = acc_25 + (v15_25 << t30);
        acc_26 = acc_26 + (v15_26 << t30);
        acc_27 = acc_27 + (v15_27 << t30);
        acc_28 = acc_28 + (v15_28 << t30);
        acc_29 = acc_29 + (v15_29 << t30);
        acc_30 = acc_30 + (v15_30 << t30);
        acc_31 = acc_31 + (v15_31 << t30);
      }
    }
    workgroupBarrier();
  }
  let t31 = bm * 32 + (t >> 3u) * 4;
  let t32 = t31 < params.M;
  let rows_0 = bitcast<f32>(select(0u, sa[min(t3, t31)], t32));
  let t33 = t31 + 1 < params.M;
  let rows_1 = bitcast<f32>(select(0u, sa[min(t3, t31 + 1)], t33));
  let t34 = t31 + 2 < params.M;
  let rows_2 = bitcast<f32>(select(0u, sa[min(t3, t31 + 2)], t34));
  let t35 = t31 + 3 < params.M;
  let rows_3 = bitcast<f32>(select(0u, sa[min(t3, t31 + 3)], t35));
  let t36 = (t & 7) * 2;
  let t37 = sw[t36];
  let cols_0 = bitcast<f32>(t37.x);
  let cols_1 = bitcast<f32>(t37.y);
  let cols_2 = bitcast<f32>(t37.z);
  let cols_3 = bitcast<f32>(t37.w);
  let t38 = sw[t36 + 1];
  let cols_4 = bitcast<f32>(t38.x);
  let cols_5 = bitcast<f32>(t38.y);
  let cols_6 = bitcast<f32>(t38.z);
  let cols_7 = bitcast<f32>(t38.w);
  let t39 = bm * 2048 + (t >> 3u) * 256 + (t & 7) * 8;
  if (t32) {
    c[t39] = bitcast<u32>(f32(acc_0) * rows_0 * cols_0);
    c[t39 + 1] = bitcast<u32>(rows_0 * f32(acc_1) * cols_1);
    c[t39 + 2] = bitcast<u32>(rows_0 * f32(acc_2) * cols_2);
    c[t39 + 3] = bitcast<u32>(rows_0 * f32(acc_3) * cols_3);
    c[t39 + 4] = bitcast<u32>(rows_0 * f32(acc_4) * cols_4);
    c[t39 + 5] = bitcast<u32>(rows_0 * f32(acc_5) * cols_5);
    c[t39 + 6] = bitcast<u32>(rows_0 * f32(acc_6) * cols_6);
    c[t39 + 7] = bitcast<u32>(rows_0 * f32(acc_7) * cols_7);
  }
  if (t33) {
    c[t39 + 64] = bitcast<u32>(cols_0 * (f32(acc_8) * rows_1));
    c[t39 + 65] = bitcast<u32>(cols_1 * (rows_1 * f32(acc_9)));
    c[t39 + 66] = bitcast<u32>(cols_2 * (rows_1 * f32(acc_10)));
    c[t39 + 67] = bitcast<u32>(cols_3 * (rows_1 * f32(acc_11)));
    c[t39 + 68] = bitcast<u32>(cols_4 * (rows_1 * f32(acc_12)));
    c[t39 + 69] = bitcast<u32>(cols_5 * (rows_1 * f32(acc_13)));
    c[t39 + 70] = bitcast<u32>(cols_6 * (rows_1 * f32(acc_14)));
    c[t39 + 71] = bitcast<u32>(cols_7 * (rows_1 * f32(acc_15)));
  }
  if (t34) {
    c[t39 + 128] = bitcast<u32>(cols_0 * (f32(acc_16) * rows_2));
    c[t39 + 129] = bitcast<u32>(cols_1 * (rows_2 * f32(acc_17)));
    c[t39 + 130] = bitcast<u32>(cols_2 * (rows_2 * f32(acc_18)));
    c[t39 + 131] = bitcast<u32>(cols_3 * (rows_2 * f32(acc_19)));
    c[t39 + 132] = bitcast<u32>(cols_4 * (rows_2 * f32(acc_20)));
    c[t39 + 133] = bitcast<u32>(cols_5 * (rows_2 * f32(acc_21)));
    c[t39 + 134] = bitcast<u32>(cols_6 * (rows_2 * f32(acc_22)));
    c[t39 + 135] = bitcast<u32>(cols_7 * (rows_2 * f32(acc_23)));
  }
  if (t35) {
    c[t39 + 192] = bitcast<u32>(cols_0 * (f32(acc_24) * rows_3));
    c[t39 + 193] = bitcast<u32>(cols_1 * (rows_3 * f32(acc_25)));
    c[t39 + 194] = bitcast<u32>(cols_2 * (rows_3 * f32(acc_26)));
    c[t39 + 195] = bitcast<u32>(cols_3 * (rows_3 * f32(acc_27)));
    c[t39 + 196] = bitcast<u32>(cols_4 * (rows_3 * f32(acc_28)));
    c[t39 + 197] = bitcast<u32>(cols_5 * (rows_3 * f32(acc_29)));
    c[t39 + 198] = bitcast<u32>(cols_6 * (rows_3 * f32(acc_30)));
    c[t39 + 199] = bitcast<u32>(cols_7 * (rows_3 * f32(acc_31)));
  }
}
