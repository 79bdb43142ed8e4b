// gemv K = 256; target base
// 106 lines, 14 memory accesses, 256 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scale: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4<u32>>;
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
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f;
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = t2 * 2;
  let t4 = (t >> 2u) & 1;
  let t5 = (t & 3) * 5;
  let t6 = t2 * 40 + t4 * 5 + (t5 >> 2u);
  let t7 = t5 & 3;
  let t8 = t7 * 8;
  let t9 = u32(t8 + 5);
  let t10 = t7 == 3;
  let t11 = t2 * 40 + t4 * 5 + ((t5 + 1) >> 2u);
  let t12 = 32u - t9;
  let t13 = (t5 + 1) & 3;
  let t14 = t13 * 8;
  let t15 = u32(t14 + 7);
  let t16 = t13 == 3;
  let t17 = t2 * 40 + t4 * 5 + ((t5 + 2) >> 2u);
  let t18 = 32u - t15;
  let t19 = (t5 + 2) & 3;
  let t20 = u32(t19 * 8 + 4);
  let t21 = t19 == 3;
  let t22 = t2 * 40 + t4 * 5 + ((t5 + 3) >> 2u);
  let t23 = 32u - t20;
  let t24 = (t5 + 3) & 3;
  let t25 = t24 * 8;
  let t26 = u32(t25 + 6);
  let t27 = t24 == 3;
  let t28 = 32u - t26;
  for (var k = 0; k < 256; k += 64) {
    let t29 = (select(0u, scale[t3 + (k >> 7u)], t1) >> u32(((k >> 6u) & 1) * 16)) & 0xffffu;
    let s = unpack2x16float(t29).x;
    let t30 = (k >> 5u) * 5;
    let t31 = t6 + t30;
    let t32 = w[t31];
    let t33 = x[(t & 7) + (k >> 3u)];
    acc_0 += (f32(select(1u, (t32 >> u32(t8)) & 31u, t1)) - 16f) * s * unpack2x16float(t33.x).x;
    let t34 = w[t11 + t30];
    let t35 = select(1u, ((t32 >> t9) | select(0u, t34 << t12, t10)) & 31u, t1);
    acc_1 += s * (f32(t35) - 16f) * unpack2x16float(t33.x).y;
    acc_2 += s * (f32(select(1u, (t34 >> u32(t14 + 2)) & 31u, t1)) - 16f) * unpack2x16float(t33.y).x;
    let t36 = w[t17 + t30];
    let t37 = select(1u, ((t34 >> t15) | select(0u, t36 << t18, t16)) & 31u, t1);
    acc_3 += s * (f32(t37) - 16f) * unpack2x16float(t33.y).y;
    let t38 = w[t22 + t30];
    let t39 = select(1u, ((t36 >> t20) | select(0u, t38 << t23, t21)) & 31u, t1);
    acc_4 += s * (f32(t39) - 16f) * unpack2x16float(t33.z).x;
    acc_5 += s * (f32(select(1u, (t38 >> u32(t25 + 1)) & 31u, t1)) - 16f) * unpack2x16float(t33.z).y;
    let t40 = w[t31 + 1];
    let t41 = select(1u, ((t38 >> t26) | select(0u, t40 << t28, t27)) & 31u, t1);
    acc_6 += s * (f32(t41) - 16f) * unpack2x16float(t33.w).x;
    acc_7 += s * (f32(select(1u, (t40 >> u32(t8 + 3)) & 31u, t1)) - 16f) * unpack2x16float(t33.w).y;
  }
  var v22 = 0f;
  v22 += acc_0;
  v22 += acc_1;
  v22 += acc_2;
  v22 += acc_3;
  v22 += acc_4;
  v22 += acc_5;
  v22 += acc_6;
  v22 += acc_7;
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v22);
  workgroupBarrier();
  let t42 = (t >> 2u) < 8;
  let t43 = (t >> 2u) * 8 + (t & 3);
  for (var r = 0; r < 3; r++) {
    let t44 = ((1 << u32(r)) + 7) >> u32(r);
    let t45 = (t44 + 1) >> 1u;
    if (((t & 3) + t45 < t44) & t42) {
      scratch[t43] = bitcast<u32>(bitcast<f32>(scratch[t43]) + bitcast<f32>(scratch[t43 + t45]));
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
