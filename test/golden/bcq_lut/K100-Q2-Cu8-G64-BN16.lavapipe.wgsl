// bcq_lut K = 100, Q = 2, C = u8, G = 64, BN = 16; target lavapipe
// 103 lines, 16 memory accesses, 8320 bytes of workgroup memory
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
var<workgroup> scratch: array<u32, 32>;

@compute @workgroup_size(32)
fn bcq_lut(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u) * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % u32((params.N + 15) >> 4u)) + frame[groups.x >> 31u];
  let m = i32(block / u32((params.N + 15) >> 4u));
  var acc = 0f;
  let t0 = bn * 16 + (t >> 1u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = (t & 1) + t2 * 4;
  let t4 = (t & 1) * 1024;
  let t5 = t2 * 2;
  for (var k = 0; k < 100 + none; k += 64) {
    for (var first = 0; first < 2048 + none; first += 256) {
      var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
      var sum_6 = 0f; var sum_7 = 0f;
      let t6 = k + (first >> 8u) * 8;
      let t7 = t * 4 + first;
      for (var j = 0; j < 8 + none; j++) {
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
      var sum = array<f32, 8>();
      sum[0] = sum_0;
      sum[1] = sum_1;
      sum[2] = sum_2;
      sum[3] = sum_3;
      sum[4] = sum_4;
      sum[5] = sum_5;
      sum[6] = sum_6;
      sum[7] = sum_7;
      for (var s = 0; s < 2 + none; s++) {
        let t10 = t7 + s * 128;
        table[t10] = sum[s * 4];
        table[t10 + 1] = sum[s * 4 + 1];
        table[t10 + 2] = sum[s * 4 + 2];
        table[t10 + 3] = sum[s * 4 + 3];
      }
    }
    workgroupBarrier();
    let t11 = t3 + (k >> 5u);
    let t12 = t5 + (k >> 6u);
    for (var i = 0; i < 2 + none; i++) {
      var v45 = 0f;
      let t13 = select(0u, digits[t11 + params.N * i * 4], t1);
      v45 += table[t4 + i32(t13 & 255u)];
      v45 += table[t4 + i32((t13 >> 8u) & 255u) + 256];
      v45 += table[t4 + i32((t13 >> 16u) & 255u) + 512];
      v45 += table[t4 + i32(t13 >> 24u) + 768];
      acc += bitcast<f32>(select(0u, alpha[t12 + params.N * i * 2], t1)) * v45;
    }
    workgroupBarrier();
  }
  let v49 = acc;
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v49);
  workgroupBarrier();
  let t14 = (t >> 1u) * 2;
  let v49_1 = bitcast<f32>(scratch[t14]) + bitcast<f32>(scratch[t14 + 1]);
  if ((t & 1) == 0) {
    if (t1) {
      y[bn * 16 + (t >> 1u) + params.N * m] = bitcast<u32>(v49_1 + bitcast<f32>(select(0u, bias[t2], t1)));
    }
  }
}
