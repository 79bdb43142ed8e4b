// transpose T = f32; target lavapipe
// 54 lines, 8 memory accesses, 4224 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> tile: array<f32, 1056>;

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 31) >> 5u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let n = i32(block % u32((params.N + 31) >> 5u)) + frame[groups.x >> 31u];
  let m = i32(block / u32((params.N + 31) >> 5u));
  let t0 = (t >> 5u) * 33 + (t & 31);
  let t1 = n * 32 + (t & 31);
  let t2 = t1 < params.N;
  let t3 = m * 32 + (t >> 5u);
  let t4 = min(t1, max(params.N - 1, 0));
  let t5 = max(params.M - 1, 0);
  for (var s = 0; s < 8 + none; s++) {
    let t6 = t0 + s * 132;
    let t7 = t3 + s * 4;
    tile[t6] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7)]), t2 & (t7 < params.M));
    tile[t6 + 66] = select(1f, bitcast<f32>(x[t4 + params.N * min(t5, t7 + 2)]), t2 & (t7 + 2 < params.M));
  }
  workgroupBarrier();
  let t8 = m * 32 + (t & 31) < params.M;
  let t9 = n * 32 + (t >> 5u);
  let t10 = params.M * (t >> 5u);
  let t11 = m * 32 + (t & 31) + params.M * n * 32 + t10;
  let t12 = (t >> 5u) + (t & 31) * 33;
  let t13 = params.M * 2 + m * 32 + (t & 31) + params.M * n * 32 + t10;
  for (var s = 0; s < 8 + none; s++) {
    let t14 = t9 + s * 4;
    let t15 = params.M * s * 4;
    let t16 = t12 + s * 4;
    if (t8 & (t14 < params.N)) {
      y[t11 + t15] = bitcast<u32>(tile[t16]);
    }
    if (t8 & (t14 + 2 < params.N)) {
      y[t13 + t15] = bitcast<u32>(tile[t16 + 2]);
    }
  }
}
