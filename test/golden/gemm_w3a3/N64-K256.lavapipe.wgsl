// gemm_w3a3 N = 64, K = 256; target lavapipe
// 114 lines, 14 memory accesses, 6144 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec2<u32>>;
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
  let t1 = (t & 1) * 4 + min(bm * 32 + (t >> 1u), t0) * 8;
  for (var s = 0; s < 12; s++) {
    xa[t * 4 + ((s >> 2u) * 256 + (s & 3))] = a[t1 + ((s & 3) + params.M * (s >> 2u) * 8)];
  }
  let t2 = bn * 256 + t * 4;
  for (var s = 0; s < 12; s++) {
    xw[t * 4 + ((s >> 2u) * 256 + (s & 3))] = w[t2 + ((s >> 2u) * 512 + (s & 3))];
  }
  workgroupBarrier();
  let t3 = (t & 7) * 32;
  let t4 = (t >> 3u) * 32;
  for (var i = 0; i < 3; i++) {
    let t5 = t4 + i * 256;
    for (var j = 0; j < 3; j++) {
      var v15 = array<i32, 16>();
      v15[0] = 256;
      v15[1] = 256;
      v15[2] = 256;
      v15[3] = 256;
      v15[4] = 256;
      v15[5] = 256;
      v15[6] = 256;
      v15[7] = 256;
      v15[8] = 256;
      v15[9] = 256;
      v15[10] = 256;
      v15[11] = 256;
      v15[12] = 256;
      v15[13] = 256;
      v15[14] = 256;
      v15[15] = 256;
      let t6 = t3 + j * 256;
      for (var k = 0; k < 8; k++) {
        let t7 = t6 + k;
        let t8 = t5 + k;
        for (var s = 0; s < 4; s++) {
          let t9 = xa[t8 + s * 8];
          v15[s * 4] = v15[s * 4] - i32(countOneBits(xw[t7] ^ t9)) * 2;
          v15[s * 4 + 1] = v15[s * 4 + 1] - i32(countOneBits(xw[t7 + 8] ^ t9)) * 2;
          v15[s * 4 + 2] = v15[s * 4 + 2] - i32(countOneBits(xw[t7 + 16] ^ t9)) * 2;
          v15[s * 4 + 3] = v15[s * 4 + 3] - i32(countOneBits(xw[t7 + 24] ^ t9)) * 2;
        }
      }
      let t10 = u32(i + j);
      acc[0] = acc[0] + (v15[0] << t10);
      acc[1] = acc[1] + (v15[1] << t10);
      acc[2] = acc[2] + (v15[2] << t10);
      acc[3] = acc[3] + (v15[3] << t10);
      acc[4] = acc[4] + (v15[4] << t10);
      acc[5] = acc[5] + (v15[5] << t10);
      acc[6] = acc[6] + (v15[6] << t10);
      acc[7] = acc[7] + (v15[7] << t10);
      acc[8] = acc[8] + (v15[8] << t10);
      acc[9] = acc[9] + (v15[9] << t10);
      acc[10] = acc[10] + (v15[10] << t10);
      acc[11] = acc[11] + (v15[11] << t10);
      acc[12] = acc[12] + (v15[12] << t10);
      acc[13] = acc[13] + (v15[13] << t10);
      acc[14] = acc[14] + (v15[14] << t10);
      acc[15] = acc[15] + (v15[15] << t10);
    }
  }
  workgroupBarrier();
  var rows = array<f32, 4>();
  let t11 = bm * 32 + (t >> 3u) * 4;
  for (var s = 0; s < 2; s++) {
    let t12 = t11 + s * 2;
    rows[s * 2] = bitcast<f32>(select(0u, sa[min(t0, t12)], (t12 < params.M)));
    rows[s * 2 + 1] = bitcast<f32>(select(0u, sa[min(t0, t12 + 1)], (t12 + 1 < params.M)));
  }
  var cols = array<f32, 4>();
  let t13 = bn * 16 + (t & 7) * 2;
  for (var s = 0; s < 2; s++) {
    let t14 = sw[t13 + s];
    cols[s * 2] = bitcast<f32>(t14.x);
    cols[s * 2 + 1] = bitcast<f32>(t14.y);
  }
  let t15 = bn * 32 + bm * 2048 + (t >> 3u) * 256 + (t & 7) * 4;
  for (var s = 0; s < 8; s++) {
    if (t11 + (s >> 1u) < params.M) {
      let t16 = t15 + ((s >> 1u) * 64 + (s & 1) * 2);
      let t17 = rows[s >> 1u];
      let t18 = (s & 1) * 2;
      c[t16] = bitcast<u32>(f32(acc[s * 2]) * t17 * cols[t18]);
      c[t16 + 1] = bitcast<u32>(t17 * f32(acc[s * 2 + 1]) * cols[t18 + 1]);
    }
  }
}
