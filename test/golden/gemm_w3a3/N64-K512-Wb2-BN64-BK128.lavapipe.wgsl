// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target lavapipe
// 157 lines, 18 memory accesses, 3584 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec2<u32>>;
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
  let t4 = params.M * t0 * 16;
  let t5 = (t & 7) * 32;
  let t6 = (t >> 3u) * 16;
  for (var k = 0; k < 512; k += 128) {
    if (t < 48) {
      let t7 = t4 + (k >> 5u);
      for (var s = 0; s < 8; s++) {
        xa[t1 + ((s >> 2u) * 64 + (s & 3))] = a[t7 + ((s & 3) + min(t2, t3 + (s >> 2u) * 16) * 16)];
      }
    }
    let t8 = t * 16 + (k >> 5u);
    for (var s = 0; s < 8; s++) {
      xw[t * 4 + ((s >> 2u) * 256 + (s & 3))] = w[t8 + ((s >> 2u) * 1024 + (s & 3))];
    }
    workgroupBarrier();
    for (var i = 0; i < 3; i++) {
      let t9 = t6 + i * 128;
      for (var j = 0; j < 2; j++) {
        var v15 = array<i32, 32>();
        v15[0] = 128;
        v15[1] = 128;
        v15[2] = 128;
        v15[3] = 128;
        v15[4] = 128;
        v15[5] = 128;
        v15[6] = 128;
        v15[7] = 128;
        v15[8] = 128;
        v15[9] = 128;
        v15[10] = 128;
        v15[11] = 128;
        v15[12] = 128;
        v15[13] = 128;
        v15[14] = 128;
        v15[15] = 128;
        v15[16] = 128;
        v15[17] = 128;
        v15[18] = 128;
        v15[19] = 128;
        v15[20] = 128;
        v15[21] = 128;
        v15[22] = 128;
        v15[23] = 128;
        v15[24] = 128;
        v15[25] = 128;
        v15[26] = 128;
        v15[27] = 128;
        v15[28] = 128;
        v15[29] = 128;
        v15[30] = 128;
        v15[31] = 128;
        let t10 = t5 + j * 256;
        for (var k_1 = 0; k_1 < 4; k_1++) {
          let t11 = t10 + k_1;
          let t12 = t9 + k_1;
          for (var s = 0; s < 4; s++) {
            let t13 = xa[t12 + s * 4];
            v15[s * 8] = v15[s * 8] - i32(countOneBits(xw[t11] ^ t13)) * 2;
            v15[s * 8 + 1] = v15[s * 8 + 1] - i32(countOneBits(xw[t11 + 4] ^ t13)) * 2;
            v15[s * 8 + 2] = v15[s * 8 + 2] - i32(countOneBits(xw[t11 + 8] ^ t13)) * 2;
            v15[s * 8 + 3] = v15[s * 8 + 3] - i32(countOneBits(xw[t11 + 12] ^ t13)) * 2;
            v15[s * 8 + 4] = v15[s * 8 + 4] - i32(countOneBits(xw[t11 + 16] ^ t13)) * 2;
            v15[s * 8 + 5] = v15[s * 8 + 5] - i32(countOneBits(xw[t11 + 20] ^ t13)) * 2;
            v15[s * 8 + 6] = v15[s * 8 + 6] - i32(countOneBits(xw[t11 + 24] ^ t13)) * 2;
            v15[s * 8 + 7] = v15[s * 8 + 7] - i32(countOneBits(xw[t11 + 28] ^ t13)) * 2;
          }
        }
        let t14 = u32(i + j);
        acc[0] = acc[0] + (v15[0] << t14);
        acc[1] = acc[1] + (v15[1] << t14);
        acc[2] = acc[2] + (v15[2] << t14);
        acc[3] = acc[3] + (v15[3] << t14);
        acc[4] = acc[4] + (v15[4] << t14);
        acc[5] = acc[5] + (v15[5] << t14);
        acc[6] = acc[6] + (v15[6] << t14);
        acc[7] = acc[7] + (v15[7] << t14);
        acc[8] = acc[8] + (v15[8] << t14);
        acc[9] = acc[9] + (v15[9] << t14);
        acc[10] = acc[10] + (v15[10] << t14);
        acc[11] = acc[11] + (v15[11] << t14);
        acc[12] = acc[12] + (v15[12] << t14);
        acc[13] = acc[13] + (v15[13] << t14);
        acc[14] = acc[14] + (v15[14] << t14);
        acc[15] = acc[15] + (v15[15] << t14);
        acc[16] = acc[16] + (v15[16] << t14);
        acc[17] = acc[17] + (v15[17] << t14);
        acc[18] = acc[18] + (v15[18] << t14);
        acc[19] = acc[19] + (v15[19] << t14);
        acc[20] = acc[20] + (v15[20] << t14);
        acc[21] = acc[21] + (v15[21] << t14);
        acc[22] = acc[22] + (v15[22] << t14);
        acc[23] = acc[23] + (v15[23] << t14);
        acc[24] = acc[24] + (v15[24] << t14);
        acc[25] = acc[25] + (v15[25] << t14);
        acc[26] = acc[26] + (v15[26] << t14);
        acc[27] = acc[27] + (v15[27] << t14);
        acc[28] = acc[28] + (v15[28] << t14);
        acc[29] = acc[29] + (v15[29] << t14);
        acc[30] = acc[30] + (v15[30] << t14);
        acc[31] = acc[31] + (v15[31] << t14);
      }
    }
    workgroupBarrier();
  }
  var rows = array<f32, 4>();
  let t15 = bm * 32 + (t >> 3u) * 4;
  for (var s = 0; s < 2; s++) {
    let t16 = t15 + s * 2;
    rows[s * 2] = bitcast<f32>(select(0u, sa[min(t2, t16)], (t16 < params.M)));
    rows[s * 2 + 1] = bitcast<f32>(select(0u, sa[min(t2, t16 + 1)], (t16 + 1 < params.M)));
  }
  var cols = array<f32, 8>();
  let t17 = (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    let t18 = sw[t17 + s];
    cols[s * 2] = bitcast<f32>(t18.x);
    cols[s * 2 + 1] = bitcast<f32>(t18.y);
  }
  let t19 = bm * 2048 + (t >> 3u) * 256 + (t & 7) * 8;
  for (var s = 0; s < 16; s++) {
    if (t15 + (s >> 2u) < params.M) {
      let t20 = t19 + ((s >> 2u) * 64 + (s & 3) * 2);
      let t21 = rows[s >> 2u];
      let t22 = (s & 3) * 2;
      c[t20] = bitcast<u32>(f32(acc[s * 2]) * t21 * cols[t22]);
      c[t20 + 1] = bitcast<u32>(t21 * f32(acc[s * 2 + 1]) * cols[t22 + 1]);
    }
  }
}
