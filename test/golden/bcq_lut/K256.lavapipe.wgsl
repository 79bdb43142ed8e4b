// bcq_lut K = 256; target lavapipe
// 81 lines, 16 memory accesses, 1284 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> digits: array<u32>;
@group(0) @binding(2) var<storage, read> alpha: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> table: array<f32, 256>;
var<workgroup> scratch: array<u32, 65>;

@compute @workgroup_size(64)
fn bcq_lut(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 31) >> 5u)) + frame[groups.x >> 31u];
  let m = i32(block / u32((params.N + 31) >> 5u));
  var acc = 0f;
  let t0 = m * 256 + (t >> 2u) * 4;
  let t1 = bn * 32 + (t >> 1u);
  let t2 = t1 < params.N;
  let t3 = min(t1, max(params.N - 1, 0));
  let t4 = (t & 1) + t3 * 8;
  let t5 = (t & 1) * 128;
  let t6 = t3 * 2;
  for (var k = 0; k < 256 + none; k += 64) {
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f;
    let t7 = t0 + k;
    for (var j = 0; j < 4; j++) {
      let t8 = x[t7 + j];
      let v_0 = bitcast<f32>(t8);
      let v_1 = bitcast<f32>(t8);
      let v_2 = bitcast<f32>(t8);
      let v_3 = bitcast<f32>(t8);
      sum_0 += select(-v_0, v_0, ((((t * 4) >> u32(j)) & 1) == 1));
      sum_1 += select(-v_1, v_1, ((((t * 4 + 1) >> u32(j)) & 1) == 1));
      sum_2 += select(-v_2, v_2, ((((t * 4 + 2) >> u32(j)) & 1) == 1));
      sum_3 += select(-v_3, v_3, ((((t * 4 + 3) >> u32(j)) & 1) == 1));
    }
    table[t * 4] = sum_0;
    table[t * 4 + 1] = sum_1;
    table[t * 4 + 2] = sum_2;
    table[t * 4 + 3] = sum_3;
    workgroupBarrier();
    let t9 = t4 + (k >> 5u);
    let t10 = t6 + (k >> 7u);
    for (var i = 0; i < 3 + none; i++) {
      var v45 = 0f;
      let t11 = select(0u, digits[t9 + params.N * i * 8], t2);
      for (var s = 0; s < 2 + none; s++) {
        v45 += table[t5 + (s * 64 + i32((t11 >> u32(s * 16)) & 15u))];
        v45 += table[t5 + (s * 64 + i32((t11 >> u32(s * 16 + 4)) & 15u)) + 16];
        v45 += table[t5 + (s * 64 + i32((t11 >> u32(s * 16 + 8)) & 15u)) + 32];
        v45 += table[t5 + (s * 64 + i32((t11 >> u32(s * 16 + 12)) & 15u)) + 48];
      }
      acc += bitcast<f32>(select(0u, alpha[t10 + params.N * i * 2], t2)) * v45;
    }
    workgroupBarrier();
  }
  let v49 = acc;
  workgroupBarrier();
  scratch[t + (t >> 5u)] = bitcast<u32>(v49);
  workgroupBarrier();
  let t12 = (t >> 1u) * 2 + (t >> 5u);
  let v49_1 = bitcast<f32>(scratch[t12]) + bitcast<f32>(scratch[t12 + 1]);
  if ((t & 1) == 0) {
    if (t2) {
      y[bn * 32 + (t >> 1u) + params.N * m] = bitcast<u32>(v49_1 + bitcast<f32>(select(0u, bias[t3], t2)));
    }
  }
}
