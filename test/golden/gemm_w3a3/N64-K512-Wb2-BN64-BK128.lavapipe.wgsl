// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target lavapipe
// 281 lines, 28 memory accesses, 3584 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec2<u32>>;
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bm = i32(block) + frame[groups.x >> 31u];
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0; var acc_8 = 0; var acc_9 = 0; var acc_10 = 0; var acc_11 = 0;
  var acc_12 = 0; var acc_13 = 0; var acc_14 = 0; var acc_15 = 0; var acc_16 = 0; var acc_17 = 0;
  var acc_18 = 0; var acc_19 = 0; var acc_20 = 0; var acc_21 = 0; var acc_22 = 0; var acc_23 = 0;
  var acc_24 = 0; var acc_25 = 0; var acc_26 = 0; var acc_27 = 0; var acc_28 = 0; var acc_29 = 0;
  var acc_30 = 0; var acc_31 = 0;
  let t0 = (t >> 4u) % 3;
  let t1 = t0 * 128 + (t & 15) * 4;
  let t2 = max(params.M - 1, 0);
  let t3 = bm * 32 + (t & 15);
  let t4 = params.M * t0 * 8;
  let t5 = (t & 7) * 32;
  let t6 = (t >> 3u) * 16;
  for (var k = 0; k < 512 + none; k += 128) {
    if (t < 48) {
      let t7 = t4 + (k >> 6u);
      for (var s = 0; s < 4 + none; s++) {
        let t8 = t1 + ((s >> 1u) * 64 + (s & 1) * 2);
        let t9 = a[t7 + ((s & 1) + min(t2, t3 + (s >> 1u) * 16) * 8)];
        xa[t8] = t9.x;
        xa[t8 + 1] = t9.y;
      }
    }
    let t10 = t * 8 + (k >> 6u);
    for (var s = 0; s < 4 + none; s++) {
      let t11 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t12 = w[t10 + ((s >> 1u) * 512 + (s & 1))];
      xw[t11] = t12.x;
      xw[t11 + 1] = t12.y;
    }
    workgroupBarrier();
    for (var i = 0; i < 3 + none; i++) {
      let t13 = t6 + i * 128;
      for (var j = 0; j < 2 + none; j++) {
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
        let t14 = t5 + j * 256;
        for (var k_1 = 0; k_1 < 4 + none; k_1++) {
          let t15 = t14 + k_1;
          let t16 = xw[t15];
          let t17 = t13 + k_1;
          let t18 = xa[t17];
          v15_part_0 = v15_part_0 + i32(countOneBits(t16 ^ t18));
          let t19 = xw[t15 + 4];
          v15_part_1 = v15_part_1 + i32(countOneBits(t18 ^ t19));
          let t20 = xw[t15 + 8];
          v15_part_2 = v15_part_2 + i32(countOneBits(t18 ^ t20));
          let t21 = xw[t15 + 12];
          v15_part_3 = v15_part_3 + i32(countOneBits(t18 ^ t21));
          let t22 = xw[t15 + 16];
          v15_part_4 = v15_part_4 + i32(countOneBits(t18 ^ t22));
          let t23 = xw[t15 + 20];
          v15_part_5 = v15_part_5 + i32(countOneBits(t18 ^ t23));
          let t24 = xw[t15 + 24];
          v15_part_6 = v15_part_6 + i32(countOneBits(t18 ^ t24));
          let t25 = xw[t15 + 28];
          v15_part_7 = v15_part_7 + i32(countOneBits(t18 ^ t25));
          let t26 = xa[t17 + 4];
          v15_part_8 = v15_part_8 + i32(countOneBits(t16 ^ t26));
          v15_part_9 = v15_part_9 + i32(countOneBits(t19 ^ t26));
          v15_part_10 = v15_part_10 + i32(countOneBits(t20 ^ t26));
          v15_part_11 = v15_part_11 + i32(countOneBits(t21 ^ t26));
          v15_part_12 = v15_part_12 + i32(countOneBits(t22 ^ t26));
          v15_part_13 = v15_part_13 + i32(countOneBits(t23 ^ t26));
          v15_part_14 = v15_part_14 + i32(countOneBits(t24 ^ t26));
          v15_part_15 = v15_part_15 + i32(countOneBits(t25 ^ t26));
          let t27 = xa[t17 + 8];
          v15_part_16 = v15_part_16 + i32(countOneBits(t16 ^ t27));
          v15_part_17 = v15_part_17 + i32(countOneBits(t19 ^ t27));
          v15_part_18 = v15_part_18 + i32(countOneBits(t20 ^ t27));
          v15_part_19 = v15_part_19 + i32(countOneBits(t21 ^ t27));
          v15_part_20 = v15_part_20 + i32(countOneBits(t22 ^ t27));
          v15_part_21 = v15_part_21 + i32(countOneBits(t23 ^ t27));
          v15_part_22 = v15_part_22 + i32(countOneBits(t24 ^ t27));
          v15_part_23 = v15_part_23 + i32(countOneBits(t25 ^ t27));
          let t28 = xa[t17 + 12];
          v15_part_24 = v15_part_24 + i32(countOneBits(t16 ^ t28));
          v15_part_25 = v15_part_25 + i32(countOneBits(t19 ^ t28));
          v15_part_26 = v15_part_26 + i32(countOneBits(t20 ^ t28));
          v15_part_27 = v15_part_27 + i32(countOneBits(t21 ^ t28));
          v15_part_28 = v15_part_28 + i32(countOneBits(t22 ^ t28));
          v15_part_29 = v15_part_29 + i32(countOneBits(t23 ^ t28));
          v15_part_30 = v15_part_30 + i32(countOneBits(t24 ^ t28));
          v15_part_31 = v15_part_31 + i32(countOneBits(t25 ^ t28));
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
        let t29 = u32(i + j);
        acc_0 = acc_0 + (v15_0 << t29);
        acc_1 = acc_1 + (v15_1 << t29);
        acc_2 = acc_2 + (v15_2 << t29);
        acc_3 = acc_3 + (v15_3 << t29);
        acc_4 = acc_4 + (v15_4 << t29);
        acc_5 = acc_5 + (v15_5 << t29);
        acc_6 = acc_6 + (v15_6 << t29);
        acc_7 = acc_7 + (v15_7 << t29);
        acc_8 = acc_8 + (v15_8 << t29);
        acc_9 = acc_9 + (v15_9 << t29);
        acc_10 = acc_10 + (v15_10 << t29);
        acc_11 = acc_11 + (v15_11 << t29);
        acc_12 = acc_12 + (v15_12 << t29);
        acc_13 = acc_13 + (v15_13 << t29);
        acc_14 = acc_14 + (v15_14 << t29);
        acc_15 = acc_15 + (v15_15 << t29);
        acc_16 = acc_16 + (v15_16 << t29);
        acc_17 = acc_17 + (v15_17 << t29);
        acc_18 = acc_18 + (v15_18 << t29);
        acc_19 = acc_19 + (v15_19 << t29);
        acc_20 = acc_20 + (v15_20 << t29);
        acc_21 = acc_21 + (v15_21 << t29);
        acc_22 = acc_22 + (v15_22 << t29);
        acc_23 = acc_23 + (v15_23 << t29);
        acc_24 = acc_24 + (v15_24 << t29);
        acc_25 = acc_25 + (v15_25 << t29);
        acc_26 = acc_26 + (v15_26 << t29);
        acc_27 = acc_27 + (v15_27 << t29);
        acc_28 = acc_28 + (v15_28 << t29);
        acc_29 = acc_29 + (v15_29 << t29);
        acc_30 = acc_30 + (v15_30 << t29);
        acc_31 = acc_31 + (v15_31 << t29);
      }
    }
    workgroupBarrier();
  }
  var rows = array<f32, 4>();
  let t30 = bm * 32 + (t >> 3u) * 4;
  rows[0] = bitcast<f32>(select(0u, sa[min(t2, t30)], (t30 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t2, t30 + 1)], (t30 + 1 < params.M)));
  rows[2] = bitcast<f32>(select(0u, sa[min(t2, t30 + 2)], (t30 + 2 < params.M)));
  rows[3] = bitcast<f32>(select(0u, sa[min(t2, t30 + 3)], (t30 + 3 < params.M)));
  var cols = array<f32, 8>();
  let t31 = (t & 7) * 2;
  let t32 = sw[t31];
  cols[0] = bitcast<f32>(t32.x);
  cols[1] = bitcast<f32>(t32.y);
  cols[2] = bitcast<f32>(t32.z);
  cols[3] = bitcast<f32>(t32.w);
  let t33 = sw[t31 + 1];
  cols[4] = bitcast<f32>(t33.x);
  cols[5] = bitcast<f32>(t33.y);
  cols[6] = bitcast<f32>(t33.z);
  cols[7] = bitcast<f32>(t33.w);
  var acc = array<i32, 32>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  acc[8] = acc_8;
  acc[9] = acc_9;
  acc[10] = acc_10;
  acc[11] = acc_11;
  acc[12] = acc_12;
  acc[13] = acc_13;
  acc[14] = acc_14;
  acc[15] = acc_15;
  acc[16] = acc_16;
  acc[17] = acc_17;
  acc[18] = acc_18;
  acc[19] = acc_19;
  acc[20] = acc_20;
  acc[21] = acc_21;
  acc[22] = acc_22;
  acc[23] = acc_23;
  acc[24] = acc_24;
  acc[25] = acc_25;
  acc[26] = acc_26;
  acc[27] = acc_27;
  acc[28] = acc_28;
  acc[29] = acc_29;
  acc[30] = acc_30;
  acc[31] = acc_31;
  let t34 = bm * 2048 + (t >> 3u) * 256 + (t & 7) * 8;
  for (var s = 0; s < 8 + none; s++) {
    if (t30 + (s >> 1u) < params.M) {
      let t35 = t34 + ((s >> 1u) * 64 + (s & 1) * 4);
      let t36 = rows[s >> 1u];
      let t37 = (s & 1) * 4;
      c[t35] = bitcast<u32>(f32(acc[s * 4]) * t36 * cols[t37]);
      c[t35 + 1] = bitcast<u32>(t36 * f32(acc[s * 4 + 1]) * cols[t37 + 1]);
      c[t35 + 2] = bitcast<u32>(t36 * f32(acc[s * 4 + 2]) * cols[t37 + 2]);
      c[t35 + 3] = bitcast<u32>(t36 * f32(acc[s * 4 + 3]) * cols[t37 + 3]);
    }
  }
}
