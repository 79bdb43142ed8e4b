// bcq_lut K = 100, Q = 2, C = u8, G = 64, BN = 16; target subgroups
// 92 lines, 17 memory accesses, 8192 bytes of workgroup memory
enable subgroups;

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
var<workgroup> table: array<f32, 2048>;

@compute @workgroup_size(32)
fn bcq_lut(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u) * u32(params.M)) { return; }
  let bn = i32(block % u32((params.N + 15) >> 4u));
  let m = i32(block / u32((params.N + 15) >> 4u));
  var acc = 0f;
  let t0 = bn * 16 + (t >> 1u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = (t & 1) + t2 * 4;
  let t4 = (t & 1) * 1024;
  let t5 = t2 * 2;
  for (var k = 0; k < 100; k += 64) {
    for (var first = 0; first < 2048; first += 256) {
      var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
      var sum_6 = 0f; var sum_7 = 0f;
      let t6 = k + (first >> 8u) * 8;
      let t7 = t * 4 + first;
      for (var j = 0; j < 8; j++) {
        let t8 = t6 + j;
        let t9 = bitcast<f32>(select(0u, x[m * 100 + min(t8, 99)], (t8 < 100)));
        let v_0 = t9;
        let v_1 = t9;
        let v_2 = t9;
        let v_3 = t9;
        let v_4 = t9;
        let v_5 = t9;
        let v_6 = t9;
        let v_7 = t9;
        sum_0 += select(-v_0, v_0, (((t7 >> u32(j)) & 1) == 1));
        sum_1 += select(-v_1, v_1, ((((t7 + 1) >> u32(j)) & 1) == 1));
        sum_2 += select(-v_2, v_2, ((((t7 + 2) >> u32(j)) & 1) == 1));
        sum_3 += select(-v_3, v_3, ((((t7 + 3) >> u32(j)) & 1) == 1));
        sum_4 += select(-v_4, v_4, ((((t7 + 128) >> u32(j)) & 1) == 1));
        sum_5 += select(-v_5, v_5, ((((t7 + 129) >> u32(j)) & 1) == 1));
        sum_6 += select(-v_6, v_6, ((((t7 + 130) >> u32(j)) & 1) == 1));
        sum_7 += select(-v_7, v_7, ((((t7 + 131) >> u32(j)) & 1) == 1));
      }
      table[t7] = sum_0;
      table[t7 + 1] = sum_1;
      table[t7 + 2] = sum_2;
      table[t7 + 3] = sum_3;
      table[t7 + 128] = sum_4;
      table[t7 + 129] = sum_5;
      table[t7 + 130] = sum_6;
      table[t7 + 131] = sum_7;
    }
    workgroupBarrier();
    let t10 = t3 + (k >> 5u);
    let t11 = t5 + (k >> 6u);
    for (var i = 0; i < 2; i++) {
      var v45 = 0f;
      let t12 = select(0u, digits[t10 + params.N * i * 4], t1);
      v45 += table[t4 + i32(t12 & 255u)];
      v45 += table[t4 + i32((t12 >> 8u) & 255u) + 256];
      v45 += table[t4 + i32((t12 >> 16u) & 255u) + 512];
      v45 += table[t4 + i32(t12 >> 24u) + 768];
      acc += bitcast<f32>(select(0u, alpha[t11 + params.N * i * 2], t1)) * v45;
    }
    workgroupBarrier();
  }
  var v49 = acc;
  let other = subgroupShuffleXor(v49, 1u);
  v49 += other;
  if ((t & 1) == 0) {
    if (t1) {
      y[bn * 16 + (t >> 1u) + params.N * m] = bitcast<u32>(v49 + bitcast<f32>(select(0u, bias[t2], t1)));
    }
  }
}
