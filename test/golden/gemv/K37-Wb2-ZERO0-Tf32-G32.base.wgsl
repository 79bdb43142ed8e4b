// gemv K = 37, W = b2, ZERO = 0, T = f32, G = 32; target base
// 78 lines, 16 memory accesses, 256 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scale: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 64>;

@compute @workgroup_size(64)
fn gemv(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u)) { return; }
  let b = i32(block);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f;
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = t2 * 2;
  let t4 = (t & 7) * 4;
  let t5 = (t2 & 15) * 5;
  let t6 = t2 * 2 + (t2 >> 4u) * 5;
  for (var k = 0; k < 37; k += 32) {
    let s = bitcast<f32>(select(0u, scale[t3 + (k >> 5u)], t1));
    let t7 = t4 + k;
    let t8 = t7 < 40;
    let t9 = min(t7, 36);
    let t10 = t5 + (t9 & 15);
    let t11 = select(2u, (w[t6 + ((t9 >> 4u) + (t10 >> 4u))] >> u32((t10 & 15) * 2)) & 3u, t1 & t8);
    acc_0 += f32(i32(t11) * 2 - 3) * s * bitcast<f32>(select(0u, x[t9], t8));
    let t12 = t7 < 36;
    let t13 = t1 & t12;
    let t14 = min(t7 + 1, 36);
    let t15 = t5 + (t14 & 15);
    let t16 = (w[t6 + ((t14 >> 4u) + (t15 >> 4u))] >> u32((t15 & 15) * 2)) & 3u;
    acc_1 += s * f32(i32(select(2u, t16, t13)) * 2 - 3) * bitcast<f32>(select(0u, x[t14], t12));
    let t17 = min(t7 + 2, 36);
    let t18 = t5 + (t17 & 15);
    let t19 = (w[t6 + ((t17 >> 4u) + (t18 >> 4u))] >> u32((t18 & 15) * 2)) & 3u;
    acc_2 += s * f32(i32(select(2u, t19, t13)) * 2 - 3) * bitcast<f32>(select(0u, x[t17], t12));
    let t20 = min(t7 + 3, 36);
    let t21 = t5 + (t20 & 15);
    let t22 = (w[t6 + ((t20 >> 4u) + (t21 >> 4u))] >> u32((t21 & 15) * 2)) & 3u;
    acc_3 += s * f32(i32(select(2u, t22, t13)) * 2 - 3) * bitcast<f32>(select(0u, x[t20], t12));
  }
  var v22 = 0f;
  v22 += acc_0;
  v22 += acc_1;
  v22 += acc_2;
  v22 += acc_3;
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v22);
  workgroupBarrier();
  let t23 = (t >> 2u) < 8;
  let t24 = (t >> 2u) * 8 + (t & 3);
  for (var r = 0; r < 3; r++) {
    let t25 = ((1 << u32(r)) + 7) >> u32(r);
    let t26 = (t25 + 1) >> 1u;
    if (((t & 3) + t26 < t25) & t23) {
      scratch[t24] = bitcast<u32>(bitcast<f32>(scratch[t24]) + bitcast<f32>(scratch[t24 + t26]));
    }
    workgroupBarrier();
  }
  let v22_1 = bitcast<f32>(scratch[(t >> 3u) * 8]);
  if ((t & 7) == 0) {
    if (t1) {
      y[t0] = bitcast<u32>(v22_1 + bitcast<f32>(select(0u, bias[t2], t1)));
    }
  }
}
