// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target lavapipe
// 223 lines, 30 memory accesses, 3584 bytes of workgroup memory
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
  var acc = array<i32, 32>();
  let t0 = (t >> 4u) % 3;
  let t1 = t0 * 128 + (t & 15) * 4;
  let t2 = max(params.M - 1, 0);
  let t3 = bm * 32 + (t & 15);
  let t4 = params.M * t0 * 4;
  let t5 = (t & 7) * 32;
  let t6 = (t >> 3u) * 16;
  for (var k = 0; k < 512; k += 128) {
    if (t < 48) {
      let t7 = t4 + (k >> 7u);
      for (var s = 0; s < 2; s++) {
        let t8 = t1 + s * 64;
        let t9 = a[t7 + min(t2, t3 + s * 16) * 4];
        xa[t8] = t9.x;
        xa[t8 + 1] = t9.y;
        xa[t8 + 2] = t9.z;
        xa[t8 + 3] = t9.w;
      }
    }
    let t10 = t * 4 + (k >> 7u);
    for (var s = 0; s < 2; s++) {
      let t11 = t * 4 + s * 256;
      let t12 = w[t10 + s * 256];
      xw[t11] = t12.x;
      xw[t11 + 1] = t12.y;
      xw[t11 + 2] = t12.z;
      xw[t11 + 3] = t12.w;
    }
    workgroupBarrier();
    for (var i = 0; i < 3; i++) {
      let t13 = t6 + i * 128;
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
        var v15_part = array<i32, 32>();
        let t14 = t5 + j * 256;
        for (var k_1 = 0; k_1 < 4; k_1++) {
          let t15 = t14 + k_1;
          let t16 = t13 + k_1;
          for (var s = 0; s < 2; s++) {
            let t17 = xw[t15];
            let t18 = t16 + s * 8;
            let t19 = xa[t18];
            v15_part[s * 16] = v15_part[s * 16] + i32(countOneBits(t17 ^ t19));
            let t20 = xw[t15 + 4];
            v15_part[s * 16 + 1] = v15_part[s * 16 + 1] + i32(countOneBits(t20 ^ t19));
            let t21 = xw[t15 + 8];
            v15_part[s * 16 + 2] = v15_part[s * 16 + 2] + i32(countOneBits(t21 ^ t19));
            let t22 = xw[t15 + 12];
            v15_part[s * 16 + 3] = v15_part[s * 16 + 3] + i32(countOneBits(t22 ^ t19));
            let t23 = xw[t15 + 16];
            v15_part[s * 16 + 4] = v15_part[s * 16 + 4] + i32(countOneBits(t23 ^ t19));
            let t24 = xw[t15 + 20];
            v15_part[s * 16 + 5] = v15_part[s * 16 + 5] + i32(countOneBits(t24 ^ t19));
            let t25 = xw[t15 + 24];
            v15_part[s * 16 + 6] = v15_part[s * 16 + 6] + i32(countOneBits(t25 ^ t19));
            let t26 = xw[t15 + 28];
            v15_part[s * 16 + 7] = v15_part[s * 16 + 7] + i32(countOneBits(t26 ^ t19));
            let t27 = xa[t18 + 4];
            v15_part[s * 16 + 8] = v15_part[s * 16 + 8] + i32(countOneBits(t17 ^ t27));
            v15_part[s * 16 + 9] = v15_part[s * 16 + 9] + i32(countOneBits(t20 ^ t27));
            v15_part[s * 16 + 10] = v15_part[s * 16 + 10] + i32(countOneBits(t21 ^ t27));
            v15_part[s * 16 + 11] = v15_part[s * 16 + 11] + i32(countOneBits(t22 ^ t27));
            v15_part[s * 16 + 12] = v15_part[s * 16 + 12] + i32(countOneBits(t23 ^ t27));
            v15_part[s * 16 + 13] = v15_part[s * 16 + 13] + i32(countOneBits(t24 ^ t27));
            v15_part[s * 16 + 14] = v15_part[s * 16 + 14] + i32(countOneBits(t25 ^ t27));
            v15_part[s * 16 + 15] = v15_part[s * 16 + 15] + i32(countOneBits(t26 ^ t27));
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
        v15_8 = v15_8 - v15_part[8] * 2;
        v15_9 = v15_9 - v15_part[9] * 2;
        v15_10 = v15_10 - v15_part[10] * 2;
        v15_11 = v15_11 - v15_part[11] * 2;
        v15_12 = v15_12 - v15_part[12] * 2;
        v15_13 = v15_13 - v15_part[13] * 2;
        v15_14 = v15_14 - v15_part[14] * 2;
        v15_15 = v15_15 - v15_part[15] * 2;
        v15_16 = v15_16 - v15_part[16] * 2;
        v15_17 = v15_17 - v15_part[17] * 2;
        v15_18 = v15_18 - v15_part[18] * 2;
        v15_19 = v15_19 - v15_part[19] * 2;
        v15_20 = v15_20 - v15_part[20] * 2;
        v15_21 = v15_21 - v15_part[21] * 2;
        v15_22 = v15_22 - v15_part[22] * 2;
        v15_23 = v15_23 - v15_part[23] * 2;
        v15_24 = v15_24 - v15_part[24] * 2;
        v15_25 = v15_25 - v15_part[25] * 2;
        v15_26 = v15_26 - v15_part[26] * 2;
        v15_27 = v15_27 - v15_part[27] * 2;
        v15_28 = v15_28 - v15_part[28] * 2;
        v15_29 = v15_29 - v15_part[29] * 2;
        v15_30 = v15_30 - v15_part[30] * 2;
        v15_31 = v15_31 - v15_part[31] * 2;
        let t28 = u32(i + j);
        acc[0] = acc[0] + (v15_0 << t28);
        acc[1] = acc[1] + (v15_1 << t28);
        acc[2] = acc[2] + (v15_2 << t28);
        acc[3] = acc[3] + (v15_3 << t28);
        acc[4] = acc[4] + (v15_4 << t28);
        acc[5] = acc[5] + (v15_5 << t28);
        acc[6] = acc[6] + (v15_6 << t28);
        acc[7] = acc[7] + (v15_7 << t28);
        acc[8] = acc[8] + (v15_8 << t28);
        acc[9] = acc[9] + (v15_9 << t28);
        acc[10] = acc[10] + (v15_10 << t28);
        acc[11] = acc[11] + (v15_11 << t28);
        acc[12] = acc[12] + (v15_12 << t28);
        acc[13] = acc[13] + (v15_13 << t28);
        acc[14] = acc[14] + (v15_14 << t28);
        acc[15] = acc[15] + (v15_15 << t28);
        acc[16] = acc[16] + (v15_16 << t28);
        acc[17] = acc[17] + (v15_17 << t28);
        acc[18] = acc[18] + (v15_18 << t28);
        acc[19] = acc[19] + (v15_19 << t28);
        acc[20] = acc[20] + (v15_20 << t28);
        acc[21] = acc[21] + (v15_21 << t28);
        acc[22] = acc[22] + (v15_22 << t28);
        acc[23] = acc[23] + (v15_23 << t28);
        acc[24] = acc[24] + (v15_24 << t28);
        acc[25] = acc[25] + (v15_25 << t28);
        acc[26] = acc[26] + (v15_26 << t28);
        acc[27] = acc[27] + (v15_27 << t28);
        acc[28] = acc[28] + (v15_28 << t28);
        acc[29] = acc[29] + (v15_29 << t28);
        acc[30] = acc[30] + (v15_30 << t28);
        acc[31] = acc[31] + (v15_31 << t28);
      }
    }
    workgroupBarrier();
  }
  var rows = array<f32, 4>();
  let t29 = bm * 32 + (t >> 3u) * 4;
  rows[0] = bitcast<f32>(select(0u, sa[min(t2, t29)], (t29 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t2, t29 + 1)], (t29 + 1 < params.M)));
  rows[2] = bitcast<f32>(select(0u, sa[min(t2, t29 + 2)], (t29 + 2 < params.M)));
  rows[3] = bitcast<f32>(select(0u, sa[min(t2, t29 + 3)], (t29 + 3 < params.M)));
  var cols = array<f32, 8>();
  let t30 = (t & 7) * 2;
  let t31 = sw[t30];
  cols[0] = bitcast<f32>(t31.x);
  cols[1] = bitcast<f32>(t31.y);
  cols[2] = bitcast<f32>(t31.z);
  cols[3] = bitcast<f32>(t31.w);
  let t32 = sw[t30 + 1];
  cols[4] = bitcast<f32>(t32.x);
  cols[5] = bitcast<f32>(t32.y);
  cols[6] = bitcast<f32>(t32.z);
  cols[7] = bitcast<f32>(t32.w);
  let t33 = bm * 2048 + (t >> 3u) * 256 + (t & 7) * 8;
  for (var s = 0; s < 8; s++) {
    if (t29 + (s >> 1u) < params.M) {
      let t34 = t33 + ((s >> 1u) * 64 + (s & 1) * 4);
      let t35 = rows[s >> 1u];
      let t36 = (s & 1) * 4;
      c[t34] = bitcast<u32>(f32(acc[s * 4]) * t35 * cols[t36]);
      c[t34 + 1] = bitcast<u32>(t35 * f32(acc[s * 4 + 1]) * cols[t36 + 1]);
      c[t34 + 2] = bitcast<u32>(t35 * f32(acc[s * 4 + 2]) * cols[t36 + 2]);
      c[t34 + 3] = bitcast<u32>(t35 * f32(acc[s * 4 + 3]) * cols[t36 + 3]);
    }
  }
}
