// gemv N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, ROWS = 2, CLUMPS = 2, LANES = 8; target lavapipe
// 117 lines, 22 memory accesses, 560 bytes of workgroup memory
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
  let bn = i32(block % 3u);
  let bm = i32(block / 3u);
  var acc_0 = 0f; var acc_1 = 0f; var a = array<f32, 8>();
  let t0 = (t & 7) * 4;
  for (var s = 0; s < 2 + none; s++) {
    let t1 = (t & 7) + s * 8;
    let t2 = t0 + s * 32;
    a[s * 4] = bitcast<f32>(select(0u, x[bm * 37 + min(t2, 36)], (t1 < 10)));
    let t3 = t1 < 9;
    a[s * 4 + 1] = bitcast<f32>(select(0u, x[bm * 37 + min(t2 + 1, 36)], t3));
    a[s * 4 + 2] = bitcast<f32>(select(0u, x[bm * 37 + min(t2 + 2, 36)], t3));
    a[s * 4 + 3] = bitcast<f32>(select(0u, x[bm * 37 + min(t2 + 3, 36)], t3));
  }
  var sum = array<f32, 4>();
  let t4 = bn * 16 + (t >> 3u);
  let t5 = (t & 7) < 2;
  let t6 = min(t0 + 32, 36);
  let t7 = (t6 >> 2u) & 7;
  let t8 = (t6 >> 5u) * 8;
  let t9 = (t & 7) == 0;
  let t10 = min(t0 + 33, 36);
  let t11 = (t10 >> 2u) & 7;
  let t12 = (t10 >> 5u) * 8 + (t10 & 3) * 2;
  let t13 = min(t0 + 34, 36);
  let t14 = (t13 >> 2u) & 7;
  let t15 = (t13 >> 5u) * 8 + (t13 & 3) * 2;
  let t16 = min(t0 + 35, 36);
  let t17 = (t16 >> 2u) & 7;
  let t18 = (t16 >> 5u) * 8 + (t16 & 3) * 2;
  for (var s = 0; s < 2; s++) {
    let t19 = t4 + s * 8;
    let t20 = t19 < 33;
    let t21 = min(t19, 32);
    let t22 = (t21 >> 4u) * 64 + (t21 & 7) * 8;
    let t23 = w[(t & 7) + t22];
    let t24 = ((t21 >> 3u) & 1) * 16;
    let t25 = bitcast<f32>((select(2u, (t23 >> u32(t24)) & 3u, t20) << 1u) ^ 0x4b000000u);
    sum[s * 2] += a[0] * (t25 - 8388611f);
    let t26 = (select(2u, (t23 >> u32(t24 + 2)) & 3u, t20) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a[1] * (bitcast<f32>(t26) - 8388611f);
    let t27 = (select(2u, (t23 >> u32(t24 + 4)) & 3u, t20) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a[2] * (bitcast<f32>(t27) - 8388611f);
    let t28 = (select(2u, (t23 >> u32(t24 + 6)) & 3u, t20) << 1u) ^ 0x4b000000u;
    sum[s * 2] += a[3] * (bitcast<f32>(t28) - 8388611f);
    let t29 = (select(2u, (w[t7 + t22] >> u32(t8 + t24)) & 3u, t5 & t20) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a[4] * (bitcast<f32>(t29) - 8388611f);
    let t30 = t9 & t20;
    let t31 = (select(2u, (w[t11 + t22] >> u32(t12 + t24)) & 3u, t30) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a[5] * (bitcast<f32>(t31) - 8388611f);
    let t32 = (select(2u, (w[t14 + t22] >> u32(t15 + t24)) & 3u, t30) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a[6] * (bitcast<f32>(t32) - 8388611f);
    let t33 = (select(2u, (w[t17 + t22] >> u32(t18 + t24)) & 3u, t30) << 1u) ^ 0x4b000000u;
    sum[s * 2 + 1] += a[7] * (bitcast<f32>(t33) - 8388611f);
  }
  var v24_0 = 0f; var v24_1 = 0f;
  let t34 = scale[bn * 8 + (t >> 3u)];
  v24_0 += sum[0] * bitcast<f32>(t34.x);
  v24_0 += sum[1] * bitcast<f32>(t34.y);
  v24_1 += sum[2] * bitcast<f32>(t34.z);
  v24_1 += sum[3] * bitcast<f32>(t34.w);
  acc_0 += v24_0;
  acc_1 += v24_1;
  let v28_0 = acc_0;
  let v28_1 = acc_1;
  let t35 = t + (t >> 5u) * 4;
  scratch[t35] = bitcast<u32>(v28_0);
  scratch[t35 + 72] = bitcast<u32>(v28_1);
  workgroupBarrier();
  let t36 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3 + none; r++) {
    let t37 = ((1 << u32(r)) + 7) >> u32(r);
    let t38 = (t37 + 1) >> 1u;
    if ((t & 3) + t38 < t37) {
      scratch[t36] = bitcast<u32>(bitcast<f32>(scratch[t36]) + bitcast<f32>(scratch[t36 + t38]));
    }
    workgroupBarrier();
  }
  let t39 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let v28_0_1 = bitcast<f32>(scratch[t39]);
  let v28_1_1 = bitcast<f32>(scratch[t39 + 72]);
  workgroupBarrier();
  if (t9) {
    scratch[t >> 3u] = bitcast<u32>(v28_0_1);
    scratch[(t >> 3u) + 8] = bitcast<u32>(v28_1_1);
  }
  workgroupBarrier();
  let sum_1 = bitcast<f32>(scratch[t & 15]);
  if (t < 16) {
    let t40 = bn * 16 + (t & 15);
    let t41 = t40 < 33;
    if (t41) {
      y[bn * 16 + bm * 33 + (t & 15)] = bitcast<u32>(sum_1 + bitcast<f32>(select(0u, bias[min(t40, 32)], t41)));
    }
  }
}
