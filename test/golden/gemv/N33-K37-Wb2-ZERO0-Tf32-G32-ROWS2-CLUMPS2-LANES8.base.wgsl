// gemv N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, ROWS = 2, CLUMPS = 2, LANES = 8; target base
// 148 lines, 31 memory accesses, 560 bytes of workgroup memory
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
  let t16 = bitcast<f32>((select(2u, (t13 >> u32(t15)) & 3u, t9) << 1u) ^ 0x4b000000u);
  sum_0 += (t16 - 8388611f) * a_0;
  let t17 = bitcast<f32>((select(2u, (t13 >> u32(t15 + 2)) & 3u, t9) << 1u) ^ 0x4b000000u);
  sum_0 += (t17 - 8388611f) * a_1;
  let t18 = bitcast<f32>((select(2u, (t13 >> u32(t15 + 4)) & 3u, t9) << 1u) ^ 0x4b000000u);
  sum_0 += (t18 - 8388611f) * a_2;
  let t19 = bitcast<f32>((select(2u, (t13 >> u32(t15 + 6)) & 3u, t9) << 1u) ^ 0x4b000000u);
  sum_0 += (t19 - 8388611f) * a_3;
  let t20 = (t3 >> 2u) & 7;
  let t21 = t3 >> 5u;
  let t22 = select(2u, (w[t11 * 64 + t12 * 8 + t20] >> u32(t14 * 16 + t21 * 8)) & 3u, t1 & t9);
  sum_1 += (bitcast<f32>((t22 << 1u) ^ 0x4b000000u) - 8388611f) * a_4;
  let t23 = t4 & t9;
  let t24 = (t5 >> 2u) & 7;
  let t25 = t5 >> 5u;
  let t26 = t5 & 3;
  let t27 = (w[t11 * 64 + t12 * 8 + t24] >> u32(t14 * 16 + t25 * 8 + t26 * 2)) & 3u;
  let t28 = bitcast<f32>((select(2u, t27, t23) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_1 += t28 * a_5;
  let t29 = (t6 >> 2u) & 7;
  let t30 = t6 >> 5u;
  let t31 = t6 & 3;
  let t32 = (w[t11 * 64 + t12 * 8 + t29] >> u32(t14 * 16 + t30 * 8 + t31 * 2)) & 3u;
  let t33 = bitcast<f32>((select(2u, t32, t23) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_1 += t33 * a_6;
  let t34 = (t7 >> 2u) & 7;
  let t35 = t7 >> 5u;
  let t36 = t7 & 3;
  let t37 = (w[t11 * 64 + t12 * 8 + t34] >> u32(t14 * 16 + t35 * 8 + t36 * 2)) & 3u;
  let t38 = bitcast<f32>((select(2u, t37, t23) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_1 += t38 * a_7;
  let t39 = t8 < 25;
  let t40 = min(t8 + 8, 32);
  let t41 = t40 >> 4u;
  let t42 = t40 & 7;
  let t43 = w[(t & 7) + t41 * 64 + t42 * 8];
  let t44 = (t40 >> 3u) & 1;
  let t45 = t44 * 16;
  let t46 = bitcast<f32>((select(2u, (t43 >> u32(t45)) & 3u, t39) << 1u) ^ 0x4b000000u);
  sum_2 += a_0 * (t46 - 8388611f);
  let t47 = (select(2u, (t43 >> u32(t45 + 2)) & 3u, t39) << 1u) ^ 0x4b000000u;
  sum_2 += a_1 * (bitcast<f32>(t47) - 8388611f);
  let t48 = (select(2u, (t43 >> u32(t45 + 4)) & 3u, t39) << 1u) ^ 0x4b000000u;
  sum_2 += a_2 * (bitcast<f32>(t48) - 8388611f);
  let t49 = (select(2u, (t43 >> u32(t45 + 6)) & 3u, t39) << 1u) ^ 0x4b000000u;
  sum_2 += a_3 * (bitcast<f32>(t49) - 8388611f);
  let t50 = select(2u, (w[t20 + t41 * 64 + t42 * 8] >> u32(t21 * 8 + t44 * 16)) & 3u, t1 & t39);
  sum_3 += a_4 * (bitcast<f32>((t50 << 1u) ^ 0x4b000000u) - 8388611f);
  let t51 = t4 & t39;
  let t52 = (w[t24 + t41 * 64 + t42 * 8] >> u32(t25 * 8 + t26 * 2 + t44 * 16)) & 3u;
  let t53 = bitcast<f32>((select(2u, t52, t51) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_3 += a_5 * t53;
  let t54 = (w[t29 + t41 * 64 + t42 * 8] >> u32(t30 * 8 + t31 * 2 + t44 * 16)) & 3u;
  let t55 = bitcast<f32>((select(2u, t54, t51) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_3 += a_6 * t55;
  let t56 = (w[t34 + t41 * 64 + t42 * 8] >> u32(t35 * 8 + t36 * 2 + t44 * 16)) & 3u;
  let t57 = bitcast<f32>((select(2u, t56, t51) << 1u) ^ 0x4b000000u) - 8388611f;
  sum_3 += a_7 * t57;
  var v24_0 = 0f; var v24_1 = 0f;
  let t58 = scale[bn * 8 + (t >> 3u)];
  v24_0 += sum_0 * bitcast<f32>(t58.x);
  v24_0 += sum_1 * bitcast<f32>(t58.y);
  v24_1 += sum_2 * bitcast<f32>(t58.z);
  v24_1 += sum_3 * bitcast<f32>(t58.w);
  acc_0 += v24_0;
  acc_1 += v24_1;
  let v28_0 = acc_0;
  let v28_1 = acc_1;
  let t59 = t + (t >> 5u) * 4;
  scratch[t59] = bitcast<u32>(v28_0);
  scratch[t59 + 72] = bitcast<u32>(v28_1);
  workgroupBarrier();
  let t60 = (t >> 2u) * 8 + (t & 3) + (t >> 4u) * 4;
  for (var r = 0; r < 3; r++) {
    let t61 = ((1 << u32(r)) + 7) >> u32(r);
    let t62 = (t61 + 1) >> 1u;
    if ((t & 3) + t62 < t61) {
      scratch[t60] = bitcast<u32>(bitcast<f32>(scratch[t60]) + bitcast<f32>(scratch[t60 + t62]));
    }
    workgroupBarrier();
  }
  let t63 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let v28_0_1 = bitcast<f32>(scratch[t63]);
  let v28_1_1 = bitcast<f32>(scratch[t63 + 72]);
  workgroupBarrier();
  if (t4) {
    scratch[t >> 3u] = bitcast<u32>(v28_0_1);
    scratch[(t >> 3u) + 8] = bitcast<u32>(v28_1_1);
  }
  workgroupBarrier();
  let sum = bitcast<f32>(scratch[t & 15]);
  if (t < 16) {
    let t64 = bn * 16 + (t & 15);
    let t65 = t64 < 33;
    if (t65) {
      y[bn * 16 + bm * 33 + (t & 15)] = bitcast<u32>(sum + bitcast<f32>(select(0u, bias[min(t64, 32)], t65)));
    }
  }
}
