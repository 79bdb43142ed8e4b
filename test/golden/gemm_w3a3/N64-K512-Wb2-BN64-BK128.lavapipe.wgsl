// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target lavapipe
// 198 lines, 24 memory accesses, 3584 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc = array<i32, 32>();
  let t0 = (t >> 4u) % 3;
  let t1 = t0 * 128 + (t & 15) * 4;
  let t2 = max(params.M - 1, 0);
  let t3 = bm * 32 + (t & 15);
  let t4 = params.M * t0 * 8;
  let t5 = (t & 7) * 32;
  let t6 = (t >> 3u) * 16;
  for (var k = 0; k < 512; k += 128) {
    if (t < 48) {
      let t7 = t4 + (k >> 6u);
      for (var s = 0; s < 4; s++) {
        let t8 = t1 + ((s >> 1u) * 64 + (s & 1) * 2);
        let t9 = a[t7 + ((s & 1) + min(t2, t3 + (s >> 1u) * 16) * 8)];
        xa[t8] = t9.x;
        xa[t8 + 1] = t9.y;
      }
    }
    let t10 = t * 8 + (k >> 6u);
    for (var s = 0; s < 4; s++) {
      let t11 = t * 4 + ((s >> 1u) * 256 + (s & 1) * 2);
      let t12 = w[t10 + ((s >> 1u) * 512 + (s & 1))];
      xw[t11] = t12.x;
      xw[t11 + 1] = t12.y;
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
          for (var s = 0; s < 4; s++) {
            let t17 = xa[t16 + s * 4];
            v15_part[s * 8] = v15_part[s * 8] + i32(countOneBits(xw[t15] ^ t17));
            v15_part[s * 8 + 1] = v15_part[s * 8 + 1] + i32(countOneBits(xw[t15 + 4] ^ t17));
            v15_part[s * 8 + 2] = v15_part[s * 8 + 2] + i32(countOneBits(xw[t15 + 8] ^ t17));
            v15_part[s * 8 + 3] = v15_part[s * 8 + 3] + i32(countOneBits(xw[t15 + 12] ^ t17));
            v15_part[s * 8 + 4] = v15_part[s * 8 + 4] + i32(countOneBits(xw[t15 + 16] ^ t17));
            v15_part[s * 8 + 5] = v15_part[s * 8 + 5] + i32(countOneBits(xw[t15 + 20] ^ t17));
            v15_part[s * 8 + 6] = v15_part[s * 8 + 6] + i32(countOneBits(xw[t15 + 24] ^ t17));
            v15_part[s * 8 + 7] = v15_part[s * 8 + 7] + i32(countOneBits(xw[t15 + 28] ^ t17));
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
        let t18 = u32(i + j);
        acc[0] = acc[0] + (v15_0 << t18);
        acc[1] = acc[1] + (v15_1 << t18);
        acc[2] = acc[2] + (v15_2 << t18);
        acc[3] = acc[3] + (v15_3 << t18);
        acc[4] = acc[4] + (v15_4 << t18);
        acc[5] = acc[5] + (v15_5 << t18);
        acc[6] = acc[6] + (v15_6 << t18);
        acc[7] = acc[7] + (v15_7 << t18);
        acc[8] = acc[8] + (v15_8 << t18);
        acc[9] = acc[9] + (v15_9 << t18);
        acc[10] = acc[10] + (v15_10 << t18);
        acc[11] = acc[11] + (v15_11 << t18);
        acc[12] = acc[12] + (v15_12 << t18);
        acc[13] = acc[13] + (v15_13 << t18);
        acc[14] = acc[14] + (v15_14 << t18);
        acc[15] = acc[15] + (v15_15 << t18);
        acc[16] = acc[16] + (v15_16 << t18);
        acc[17] = acc[17] + (v15_17 << t18);
        acc[18] = acc[18] + (v15_18 << t18);
        acc[19] = acc[19] + (v15_19 << t18);
        acc[20] = acc[20] + (v15_20 << t18);
        acc[21] = acc[21] + (v15_21 << t18);
        acc[22] = acc[22] + (v15_22 << t18);
        acc[23] = acc[23] + (v15_23 << t18);
        acc[24] = acc[24] + (v15_24 << t18);
        acc[25] = acc[25] + (v15_25 << t18);
        acc[26] = acc[26] + (v15_26 << t18);
        acc[27] = acc[27] + (v15_27 << t18);
        acc[28] = acc[28] + (v15_28 << t18);
        acc[29] = acc[29] + (v15_29 << t18);
        acc[30] = acc[30] + (v15_30 << t18);
        acc[31] = acc[31] + (v15_31 << t18);
      }
    }
    workgroupBarrier();
  }
  var rows = array<f32, 4>();
  let t19 = bm * 32 + (t >> 3u) * 4;
  rows[0] = bitcast<f32>(select(0u, sa[min(t2, t19)], (t19 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t2, t19 + 1)], (t19 + 1 < params.M)));
  rows[2] = bitcast<f32>(select(0u, sa[min(t2, t19 + 2)], (t19 + 2 < params.M)));
  rows[3] = bitcast<f32>(select(0u, sa[min(t2, t19 + 3)], (t19 + 3 < params.M)));
  var cols = array<f32, 8>();
  let t20 = (t & 7) * 2;
  for (var s = 0; s < 2; s++) {
    let t21 = sw[t20 + s];
    cols[s * 4] = bitcast<f32>(t21.x);
    cols[s * 4 + 1] = bitcast<f32>(t21.y);
    cols[s * 4 + 2] = bitcast<f32>(t21.z);
    cols[s * 4 + 3] = bitcast<f32>(t21.w);
  }
  let t22 = bm * 2048 + (t >> 3u) * 256 + (t & 7) * 8;
  for (var s = 0; s < 8; s++) {
    if (t19 + (s >> 1u) < params.M) {
      let t23 = t22 + ((s >> 1u) * 64 + (s & 1) * 4);
      let t24 = rows[s >> 1u];
      let t25 = (s & 1) * 4;
      c[t23] = bitcast<u32>(f32(acc[s * 4]) * t24 * cols[t25]);
      c[t23 + 1] = bitcast<u32>(t24 * f32(acc[s * 4 + 1]) * cols[t25 + 1]);
      c[t23 + 2] = bitcast<u32>(t24 * f32(acc[s * 4 + 2]) * cols[t25 + 2]);
      c[t23 + 3] = bitcast<u32>(t24 * f32(acc[s * 4 + 3]) * cols[t25 + 3]);
    }
  }
}
