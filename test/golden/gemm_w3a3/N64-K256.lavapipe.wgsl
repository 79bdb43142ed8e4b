// gemm_w3a3 N = 64, K = 256; target lavapipe
// 184 lines, 29 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0; var acc_1 = 0; var acc_2 = 0; var acc_3 = 0; var acc_4 = 0; var acc_5 = 0;
  var acc_6 = 0; var acc_7 = 0; var acc_8 = 0; var acc_9 = 0; var acc_10 = 0; var acc_11 = 0;
  var acc_12 = 0; var acc_13 = 0; var acc_14 = 0; var acc_15 = 0;
  let t0 = max(params.M - 1, 0);
  let t1 = (t & 1) * 4 + min(bm * 32 + (t >> 1u), t0) * 8;
  for (var s = 0; s < 4 + none; s++) {
    let t2 = (s * 3) >> 2u;
    let t3 = (s * 3) & 3;
    xa[t * 4 + (t2 * 256 + t3)] = a[t1 + (t3 + params.M * t2 * 8)];
    let t4 = (s * 3 + 1) >> 2u;
    let t5 = (s * 3 + 1) & 3;
    xa[t * 4 + (t4 * 256 + t5)] = a[t1 + (t5 + params.M * t4 * 8)];
    let t6 = (s * 3 + 2) >> 2u;
    let t7 = (s * 3 + 2) & 3;
    xa[t * 4 + (t6 * 256 + t7)] = a[t1 + (t7 + params.M * t6 * 8)];
  }
  let t8 = bn * 256 + t * 4;
  for (var s = 0; s < 4 + none; s++) {
    let t9 = (s * 3) >> 2u;
    let t10 = (s * 3) & 3;
    xw[t * 4 + (t9 * 256 + t10)] = w[t8 + (t9 * 512 + t10)];
    let t11 = (s * 3 + 1) >> 2u;
    let t12 = (s * 3 + 1) & 3;
    xw[t * 4 + (t11 * 256 + t12)] = w[t8 + (t11 * 512 + t12)];
    let t13 = (s * 3 + 2) >> 2u;
    let t14 = (s * 3 + 2) & 3;
    xw[t * 4 + (t13 * 256 + t14)] = w[t8 + (t13 * 512 + t14)];
  }
  workgroupBarrier();
  let t15 = (t & 7) * 32;
  let t16 = (t >> 3u) * 32;
  for (var i = 0; i < 3 + none; i++) {
    let t17 = t16 + i * 256;
    for (var j = 0; j < 3 + none; j++) {
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
      let t18 = t15 + j * 256;
      for (var k = 0; k < 8 + none; k++) {
        let t19 = t18 + k;
        let t20 = xw[t19];
        let t21 = t17 + k;
        let t22 = xa[t21];
        v15_part_0 = v15_part_0 + i32(countOneBits(t20 ^ t22));
        let t23 = xw[t19 + 8];
        v15_part_1 = v15_part_1 + i32(countOneBits(t22 ^ t23));
        let t24 = xw[t19 + 16];
        v15_part_2 = v15_part_2 + i32(countOneBits(t22 ^ t24));
        let t25 = xw[t19 + 24];
        v15_part_3 = v15_part_3 + i32(countOneBits(t22 ^ t25));
        let t26 = xa[t21 + 8];
        v15_part_4 = v15_part_4 + i32(countOneBits(t20 ^ t26));
        v15_part_5 = v15_part_5 + i32(countOneBits(t23 ^ t26));
        v15_part_6 = v15_part_6 + i32(countOneBits(t24 ^ t26));
        v15_part_7 = v15_part_7 + i32(countOneBits(t25 ^ t26));
        let t27 = xa[t21 + 16];
        v15_part_8 = v15_part_8 + i32(countOneBits(t20 ^ t27));
        v15_part_9 = v15_part_9 + i32(countOneBits(t23 ^ t27));
        v15_part_10 = v15_part_10 + i32(countOneBits(t24 ^ t27));
        v15_part_11 = v15_part_11 + i32(countOneBits(t25 ^ t27));
        let t28 = xa[t21 + 24];
        v15_part_12 = v15_part_12 + i32(countOneBits(t20 ^ t28));
        v15_part_13 = v15_part_13 + i32(countOneBits(t23 ^ t28));
        v15_part_14 = v15_part_14 + i32(countOneBits(t24 ^ t28));
        v15_part_15 = v15_part_15 + i32(countOneBits(t25 ^ t28));
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
    }
  }
  workgroupBarrier();
  var rows = array<f32, 4>();
  let t30 = bm * 32 + (t >> 3u) * 4;
  rows[0] = bitcast<f32>(select(0u, sa[min(t0, t30)], (t30 < params.M)));
  rows[1] = bitcast<f32>(select(0u, sa[min(t0, t30 + 1)], (t30 + 1 < params.M)));
  rows[2] = bitcast<f32>(select(0u, sa[min(t0, t30 + 2)], (t30 + 2 < params.M)));
  rows[3] = bitcast<f32>(select(0u, sa[min(t0, t30 + 3)], (t30 + 3 < params.M)));
  let t31 = sw[bn * 8 + (t & 7)];
  let cols_0 = bitcast<f32>(t31.x);
  let cols_1 = bitcast<f32>(t31.y);
  let cols_2 = bitcast<f32>(t31.z);
  let cols_3 = bitcast<f32>(t31.w);
  var acc = array<i32, 16>();
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
  let t32 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 4 + none; s++) {
    if (t30 + s < params.M) {
      let t33 = t32 + s * 64;
      c[t33] = bitcast<u32>(cols_0 * (f32(acc[s * 4]) * rows[s]));
      c[t33 + 1] = bitcast<u32>(cols_1 * (rows[s] * f32(acc[s * 4 + 1])));
      c[t33 + 2] = bitcast<u32>(cols_2 * (rows[s] * f32(acc[s * 4 + 2])));
      c[t33 + 3] = bitcast<u32>(cols_3 * (rows[s] * f32(acc[s * 4 + 3])));
    }
  }
}
