// gemv N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, ROWS = 2, CLUMPS = 2, LANES = 8; target lavapipe
// 118 lines, 26 memory accesses, 560 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 140>;

@compute @workgroup_size(64)
fn gemv(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 3u * u32(params.M)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 3u) + frame[groups.x >> 31u];
  let bm = i32(block / 3u);
  var acc_0 = 0f; var acc_1 = 0f;
  let t0 = bm * 37 + (t & 7) * 4;
  let a_0 = bitcast<f32>(x[t0]);
  let a_1 = bitcast<f32>(x[t0 + 1]);
  let a_2 = bitcast<f32>(x[t0 + 2]);
  let a_3 = bitcast<f32>(x[t0 + 3]);
  let t1 = (t & 7) < 2;
  let t2 = (t & 7) * 4;
  let t3 = min(t2 + 32, 36);
  let a_4 = bitcast<f32>(select(0u, x[bm * 37 + t3], t1));
  let t4 = (t & 7) == 0;
  let t5 = min(t2 + 33, 36);
  let a_5 = bitcast<f32>(select(0u, x[bm * 37 + t5], t4));
  let t6 = min(t2 + 34, 36);
  let a_6 = bitcast<f32>(select(0u, x[bm * 37 + t6], t4));
  let t7 = min(t2 + 35, 36);
  let a_7 = bitcast<f32>(select(0u, x[bm * 37 + t7], t4));
  var sum = array<f32, 4>();
  let t8 = bn * 16 + (t >> 3u);
  let t9 = (t3 >> 2u) & 7;
  let t10 = (t3 >> 5u) * 8;
  let t11 = (t5 >> 2u) & 7;
  let t12 = (t5 >> 5u) * 8 + (t5 & 3) * 2;
  let t13 = (t6 >> 2u) & 7;
  let t14 = (t6 >> 5u) * 8 + (t6 & 3) * 2;
  let t15 = (t7 >> 2u) & 7;
  let t16 = (t7 >> 5u) * 8 + (t7 & 3) * 2;
  for (var s = 0; s < 2; s++) {
    let t17 = t8 + s * 8;
    let t18 = t17 < 33;
    let t19 = min(t17, 32);
    let t20 = (t19 >> 4u) * 64 + (t19 & 7) * 8;
    let t21 = w[(t & 7) + t20];
    let t22 = ((t19 >> 3u) & 1) * 16;
    let t23 = bitcast<f32>((select(2u, (t21 >> u32(t22)) & 3u, t18) << 1u) ^ 0x4b000000u);
    sum[s * 2] += a_0 * (t23 - 8388611f);
    let t24 = (select(2u, (t21 >> u32(t22 + 2)) & 3u, t18) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a_1 * (bitcast<f32>(t24) - 8388611f);
    let t25 = (select(2u, (t21 >> u32(t22 + 4)) & 3u, t18) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a_2 * (bitcast<f32>(t25) - 8388611f);
    let t26 = (select(2u, (t21 >> u32(t22 + 6)) & 3u, t18) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a_3 * (bitcast<f32>(t26) - 8388611f);
    let t27 = (select(2u, (w[t9 + t20] >> u32(t10 + t22)) & 3u, t1 & t18) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a_4 * (bitcast<f32>(t27) - 8388611f);
    let t28 = t4 & t18;
    let t29 = (select(2u, (w[t11 + t20] >> u32(t12 + t22)) & 3u, t28) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a_5 * (bitcast<f32>(t29) - 8388611f);
    let t30 = (select(2u, (w[t13 + t20] >> u32(t14 + t22)) & 3u, t28) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a_6 * (bitcast<f32>(t30) - 8388611f);
    let t31 = (select(2u, (w[t15 + t20] >> u32(t16 + t22)) & 3u, t28) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a_7 * (bitcast<f32>(t31) - 8388611f);
  }
  var v24_0 = 0f; var v24_1 = 0f;
  let t32 = scale[bn * 8 + (t >> 3u)];
  v24_0 += sum[0] * bitcast<f32>(t32.x);
  v24_0 += sum[1] * bitcast<f32>(t32.y);
  v24_1 += sum[2] * bitcast<f32>(t32.z);
  v24_1 += sum[3] * bitcast<f32>(t32.w);
  acc_0 += v24_0;
  acc_1 += v24_1;
  let v28_0 = acc_0;
  let v28_1 = acc_1;
  let t33 = t + (t >> 5u) * 4;
  scratch[t33] = bitcast<u32>(v28_0);
  scratch[t33 + 72] = bitcast<u32>(v28_1);
  workgroupBarrier();
  let t34 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3 + none; r++) {
    let t35 = ((1 << u32(r)) + 7) >> u32(r);
    let t36 = (t35 + 1) >> 1u;
    if ((t & 3) + t36 < t35) {
      scratch[t34] = bitcast<u32>(bitcast<f32>(scratch[t34]) + bitcast<f32>(scratch[t34 + t36]));
    }
    workgroupBarrier();
  }
  let t37 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let v28_0_1 = bitcast<f32>(scratch[t37]);
  let v28_1_1 = bitcast<f32>(scratch[t37 + 72]);
  workgroupBarrier();
  if (t4) {
    scratch[t >> 3u] = bitcast<u32>(v28_0_1);
    scratch[(t >> 3u) + 8] = bitcast<u32>(v28_1_1);
  }
  workgroupBarrier();
  let sum_1 = bitcast<f32>(scratch[t & 15]);
  if (t < 16) {
    let t38 = bn * 16 + (t & 15);
    let t39 = t38 < 33;
    if (t39) {
      y[bn * 16 + bm * 33 + (t & 15)] = bitcast<u32>(sum_1 + bitcast<f32>(select(0u, bias[min(t38, 32)], t39)));
    }
  }
}
