// gemv N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, ROWS = 2, CLUMPS = 2, LANES = 8; target base
// 134 lines, 31 memory accesses, 560 bytes of workgroup memory
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
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 3u * u32(params.M)) { return; }
  let bn = i32(block % 3u);
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
  var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f;
  let t8 = bn * 16 + (t >> 3u);
  let t9 = t8 < 33;
  let t10 = min(t8, 32);
  let t11 = t10 >> 4u;
  let t12 = t10 & 7;
  let t13 = w[(t & 7) + t11 * 64 + t12 * 8];
  let t14 = (t10 >> 3u) & 1;
  let t15 = t14 * 16;
  sum_0 += f32(i32(select(2u, (t13 >> u32(t15)) & 3u, t9)) * 2 - 3) * a_0;
  sum_0 += f32(i32(select(2u, (t13 >> u32(t15 + 2)) & 3u, t9)) * 2 - 3) * a_1;
  sum_0 += f32(i32(select(2u, (t13 >> u32(t15 + 4)) & 3u, t9)) * 2 - 3) * a_2;
  sum_0 += f32(i32(select(2u, (t13 >> u32(t15 + 6)) & 3u, t9)) * 2 - 3) * a_3;
  let t16 = (t3 >> 2u) & 7;
  let t17 = t3 >> 5u;
  let t18 = select(2u, (w[t11 * 64 + t12 * 8 + t16] >> u32(t14 * 16 + t17 * 8)) & 3u, t1 & t9);
  sum_1 += f32(i32(t18) * 2 - 3) * a_4;
  let t19 = t4 & t9;
  let t20 = (t5 >> 2u) & 7;
  let t21 = t5 >> 5u;
  let t22 = t5 & 3;
  let t23 = (w[t11 * 64 + t12 * 8 + t20] >> u32(t14 * 16 + t21 * 8 + t22 * 2)) & 3u;
  sum_1 += f32(i32(select(2u, t23, t19)) * 2 - 3) * a_5;
  let t24 = (t6 >> 2u) & 7;
  let t25 = t6 >> 5u;
  let t26 = t6 & 3;
  let t27 = (w[t11 * 64 + t12 * 8 + t24] >> u32(t14 * 16 + t25 * 8 + t26 * 2)) & 3u;
  sum_1 += f32(i32(select(2u, t27, t19)) * 2 - 3) * a_6;
  let t28 = (t7 >> 2u) & 7;
  let t29 = t7 >> 5u;
  let t30 = t7 & 3;
  let t31 = (w[t11 * 64 + t12 * 8 + t28] >> u32(t14 * 16 + t29 * 8 + t30 * 2)) & 3u;
  sum_1 += f32(i32(select(2u, t31, t19)) * 2 - 3) * a_7;
  let t32 = t8 < 25;
  let t33 = min(t8 + 8, 32);
  let t34 = t33 >> 4u;
  let t35 = t33 & 7;
  let t36 = w[(t & 7) + t34 * 64 + t35 * 8];
  let t37 = (t33 >> 3u) & 1;
  let t38 = t37 * 16;
  sum_2 += a_0 * f32(i32(select(2u, (t36 >> u32(t38)) & 3u, t32)) * 2 - 3);
  sum_2 += a_1 * f32(i32(select(2u, (t36 >> u32(t38 + 2)) & 3u, t32)) * 2 - 3);
  sum_2 += a_2 * f32(i32(select(2u, (t36 >> u32(t38 + 4)) & 3u, t32)) * 2 - 3);
  sum_2 += a_3 * f32(i32(select(2u, (t36 >> u32(t38 + 6)) & 3u, t32)) * 2 - 3);
  let t39 = select(2u, (w[t16 + t34 * 64 + t35 * 8] >> u32(t17 * 8 + t37 * 16)) & 3u, t1 & t32);
  sum_3 += a_4 * f32(i32(t39) * 2 - 3);
  let t40 = t4 & t32;
  let t41 = (w[t20 + t34 * 64 + t35 * 8] >> u32(t21 * 8 + t22 * 2 + t37 * 16)) & 3u;
  sum_3 += a_5 * f32(i32(select(2u, t41, t40)) * 2 - 3);
  let t42 = (w[t24 + t34 * 64 + t35 * 8] >> u32(t25 * 8 + t26 * 2 + t37 * 16)) & 3u;
  sum_3 += a_6 * f32(i32(select(2u, t42, t40)) * 2 - 3);
  let t43 = (w[t28 + t34 * 64 + t35 * 8] >> u32(t29 * 8 + t30 * 2 + t37 * 16)) & 3u;
  sum_3 += a_7 * f32(i32(select(2u, t43, t40)) * 2 - 3);
  var v24_0 = 0f; var v24_1 = 0f;
  let t44 = scale[bn * 8 + (t >> 3u)];
  v24_0 += sum_0 * bitcast<f32>(t44.x);
  v24_0 += sum_1 * bitcast<f32>(t44.y);
  v24_1 += sum_2 * bitcast<f32>(t44.z);
  v24_1 += sum_3 * bitcast<f32>(t44.w);
  acc_0 += v24_0;
  acc_1 += v24_1;
  let v28_0 = acc_0;
  let v28_1 = acc_1;
  let t45 = t + (t >> 5u) * 4;
  scratch[t45] = bitcast<u32>(v28_0);
  scratch[t45 + 72] = bitcast<u32>(v28_1);
  workgroupBarrier();
  let t46 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3; r++) {
    let t47 = ((1 << u32(r)) + 7) >> u32(r);
    let t48 = (t47 + 1) >> 1u;
    if ((t & 3) + t48 < t47) {
      scratch[t46] = bitcast<u32>(bitcast<f32>(scratch[t46]) + bitcast<f32>(scratch[t46 + t48]));
    }
    workgroupBarrier();
  }
  let t49 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let v28_0_1 = bitcast<f32>(scratch[t49]);
  let v28_1_1 = bitcast<f32>(scratch[t49 + 72]);
  workgroupBarrier();
  if (t4) {
    scratch[t >> 3u] = bitcast<u32>(v28_0_1);
    scratch[(t >> 3u) + 8] = bitcast<u32>(v28_1_1);
  }
  workgroupBarrier();
  let sum = bitcast<f32>(scratch[t & 15]);
  if (t < 16) {
    let t50 = bn * 16 + (t & 15);
    let t51 = t50 < 33;
    if (t51) {
      y[bn * 16 + bm * 33 + (t & 15)] = bitcast<u32>(sum + bitcast<f32>(select(0u, bias[min(t50, 32)], t51)));
    }
  }
}
