// gemm_w3a3 N = 64, K = 256; target lavapipe
// 147 lines, 25 memory accesses, 6144 bytes of workgroup memory
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
  var acc = array<i32, 16>();
  let t0 = max(params.M - 1, 0);
  let t1 = (t & 1) + min(bm * 32 + (t >> 1u), t0) * 2;
  for (var s = 0; s < 3; s++) {
    let t2 = t * 4 + s * 256;
    let t3 = a[t1 + params.M * s * 2];
    xa[t2] = t3.x;
    xa[t2 + 1] = t3.y;
    xa[t2 + 2] = t3.z;
    xa[t2 + 3] = t3.w;
  }
  let t4 = bn * 64 + t;
  for (var s = 0; s < 3; s++) {
    let t5 = t * 4 + s * 256;
    let t6 = w[t4 + s * 128];
    xw[t5] = t6.x;
    xw[t5 + 1] = t6.y;
    xw[t5 + 2] = t6.z;
    xw[t5 + 3] = t6.w;
  }
  workgroupBarrier();
  let t7 = (t & 7) * 32;
  let t8 = (t >> 3u) * 32;
  for (var i = 0; i < 3; i++) {
    let t9 = t8 + i * 256;
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
      var v15_part = array<i32, 16>();
      let t10 = t7 + j * 256;
      for (var k = 0; k < 8; k++) {
        let t11 = t10 + k;
        let t12 = t9 + k;
        for (var s = 0; s < 2; s++) {
          let t13 = xw[t11];
          let t14 = t12 + s * 16;
          let t15 = xa[t14];
          v15_part[s * 8] = v15_part[s * 8] + i32(countOneBits(t13 ^ t15));
          let t16 = xw[t11 + 8];
          v15_part[s * 8 + 1] = v15_part[s * 8 + 1] + i32(countOneBits(t16 ^ t15));
          let t17 = xw[t11 + 16];
          v15_part[s * 8 + 2] = v15_part[s * 8 + 2] + i32(countOneBits(t17 ^ t15));
          let t18 = xw[t11 + 24];
          v15_part[s * 8 + 3] = v15_part[s * 8 + 3] + i32(countOneBits(t18 ^ t15));
          let t19 = xa[t14 + 8];
          v15_part[s * 8 + 4] = v15_part[s * 8 + 4] + i32(countOneBits(t13 ^ t19));
          v15_part[s * 8 + 5] = v15_part[s * 8 + 5] + i32(countOneBits(t16 ^ t19));
          v15_part[s * 8 + 6] = v15_part[s * 8 + 6] + i32(countOneBits(t17 ^ t19));
          v15_part[s * 8 + 7] = v15_part[s * 8 + 7] + i32(countOneBits(t18 ^ t19));
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
      let t20 = u32(i + j);
      acc[0] = acc[0] + (v15_0 << t20);
      acc[1] = acc[1] + (v15_1 << t20);
      acc[2] = acc[2] + (v15_2 << t20);
      acc[3] = acc[3] + (v15_3 << t20);
      acc[4] = acc[4] + (v15_4 << t20);
      acc[5] = acc[5] + (v15_5 << t20);
      acc[6] = acc[6] + (v15_6 << t20);
      acc[7] = acc[7] + (v15_7 << t20);
      acc[8] = acc[8] + (v15_8 << t20);
      acc[9] = acc[9] + (v15_9 << t20);
      acc[10] = acc[10] + (v15_10 << t20);
      acc[11] = acc[11] + (v15_11 << t20);
      acc[12] = acc[12] + (v15_12 << t20);
      acc[13] = acc[13] + (v15_13 << t20);
      acc[14] = acc[14] + (v15_14 << t20);
      acc[15] = acc[15] + (v15_15 << t20);
    }
  }
  workgroupBarrier();
  var rows = array<f32, 4>();
  let t21 = bm * 32 + (t >> 3u) * 4;
  rows[0] = bitcast<f32>(select(0u, sa[min(t0, t21)], (t21 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t0, t21 + 1)], (t21 + 1 < params.M)));
  rows[2] = bitcast<f32>(select(0u, sa[min(t0, t21 + 2)], (t21 + 2 < params.M)));
  rows[3] = bitcast<f32>(select(0u, sa[min(t0, t21 + 3)], (t21 + 3 < params.M)));
  let t22 = sw[bn * 8 + (t & 7)];
  let cols_0 = bitcast<f32>(t22.x);
  let cols_1 = bitcast<f32>(t22.y);
  let cols_2 = bitcast<f32>(t22.z);
  let cols_3 = bitcast<f32>(t22.w);
  let t23 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 4; s++) {
    if (t21 + s < params.M) {
      let t24 = t23 + s * 64;
      c[t24] = bitcast<u32>(cols_0 * (f32(acc[s * 4]) * rows[s]));
      c[t24 + 1] = bitcast<u32>(cols_1 * (rows[s] * f32(acc[s * 4 + 1])));
      c[t24 + 2] = bitcast<u32>(cols_2 * (rows[s] * f32(acc[s * 4 + 2])));
      c[t24 + 3] = bitcast<u32>(cols_3 * (rows[s] * f32(acc[s * 4 + 3])));
    }
  }
}
