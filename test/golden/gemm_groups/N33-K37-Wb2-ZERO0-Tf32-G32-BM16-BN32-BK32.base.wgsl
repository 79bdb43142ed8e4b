// gemm_groups N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, BM = 16, BN = 32, BK = 32; target base
// 405 lines, 157 memory accesses, 14336 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> sx: array<f32, 1280>;
var<workgroup> sw: array<f32, 2304>;

@compute @workgroup_size(32)
fn gemm_groups(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % 2u);
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = (t >> 3u) * 40 + (t & 7);
  let t1 = bm * 16 + (t >> 3u);
  let t2 = t1 < params.M;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t1, t3);
  let t5 = (t & 7) + t4 * 37;
  sx[t0] = bitcast<f32>(select(0u, x[t5], t2));
  sx[t0 + 8] = bitcast<f32>(select(0u, x[t5 + 8], t2));
  sx[t0 + 16] = bitcast<f32>(select(0u, x[t5 + 16], t2));
  sx[t0 + 24] = bitcast<f32>(select(0u, x[t5 + 24], t2));
  let t6 = t1 + 4 < params.M;
  let t7 = min(t3, t1 + 4);
  let t8 = (t & 7) + t7 * 37;
  sx[t0 + 160] = bitcast<f32>(select(0u, x[t8], t6));
  sx[t0 + 168] = bitcast<f32>(select(0u, x[t8 + 8], t6));
  sx[t0 + 176] = bitcast<f32>(select(0u, x[t8 + 16], t6));
  sx[t0 + 184] = bitcast<f32>(select(0u, x[t8 + 24], t6));
  let t9 = t1 + 8 < params.M;
  let t10 = min(t3, t1 + 8);
  let t11 = (t & 7) + t10 * 37;
  sx[t0 + 320] = bitcast<f32>(select(0u, x[t11], t9));
  sx[t0 + 328] = bitcast<f32>(select(0u, x[t11 + 8], t9));
  sx[t0 + 336] = bitcast<f32>(select(0u, x[t11 + 16], t9));
  sx[t0 + 344] = bitcast<f32>(select(0u, x[t11 + 24], t9));
  let t12 = t1 + 12 < params.M;
  let t13 = min(t3, t1 + 12);
  let t14 = (t & 7) + t13 * 37;
  sx[t0 + 480] = bitcast<f32>(select(0u, x[t14], t12));
  sx[t0 + 488] = bitcast<f32>(select(0u, x[t14 + 8], t12));
  sx[t0 + 496] = bitcast<f32>(select(0u, x[t14 + 16], t12));
  sx[t0 + 504] = bitcast<f32>(select(0u, x[t14 + 24], t12));
  let t15 = (t >> 2u) * 36 + (t & 3);
  let t16 = bn * 32 + (t >> 2u);
  let t17 = t16 < 33;
  let t18 = min(t16, 32);
  let t19 = t18 >> 5u;
  let t20 = t18 & 7;
  let t21 = (t18 >> 4u) & 1;
  let t22 = (t & 3) * 2 + t19 * 128 + t20 * 8 + t21;
  let t23 = w[t22];
  let t24 = ((t18 >> 3u) & 1) * 16;
  sw[t15] = f32(i32(select(2u, (t23 >> u32(t24)) & 3u, t17)) * 2 - 3);
  sw[t15 + 4] = f32(i32(select(2u, (t23 >> u32(t24 + 2)) & 3u, t17)) * 2 - 3);
  sw[t15 + 8] = f32(i32(select(2u, (t23 >> u32(t24 + 4)) & 3u, t17)) * 2 - 3);
  sw[t15 + 12] = f32(i32(select(2u, (t23 >> u32(t24 + 6)) & 3u, t17)) * 2 - 3);
  sw[t15 + 16] = f32(i32(select(2u, (t23 >> u32(t24 + 8)) & 3u, t17)) * 2 - 3);
  sw[t15 + 20] = f32(i32(select(2u, (t23 >> u32(t24 + 10)) & 3u, t17)) * 2 - 3);
  sw[t15 + 24] = f32(i32(select(2u, (t23 >> u32(t24 + 12)) & 3u, t17)) * 2 - 3);
  sw[t15 + 28] = f32(i32(select(2u, (t23 >> u32(t24 + 14)) & 3u, t17)) * 2 - 3);
  let t25 = t16 < 25;
  let t26 = min(t16 + 8, 32);
  let t27 = t26 >> 5u;
  let t28 = t26 & 7;
  let t29 = (t26 >> 4u) & 1;
  let t30 = (t & 3) * 2 + t27 * 128 + t28 * 8 + t29;
  let t31 = w[t30];
  let t32 = ((t26 >> 3u) & 1) * 16;
  sw[t15 + 288] = f32(i32(select(2u, (t31 >> u32(t32)) & 3u, t25)) * 2 - 3);
  sw[t15 + 292] = f32(i32(select(2u, (t31 >> u32(t32 + 2)) & 3u, t25)) * 2 - 3);
  sw[t15 + 296] = f32(i32(select(2u, (t31 >> u32(t32 + 4)) & 3u, t25)) * 2 - 3);
  sw[t15 + 300] = f32(i32(select(2u, (t31 >> u32(t32 + 6)) & 3u, t25)) * 2 - 3);
  sw[t15 + 304] = f32(i32(select(2u, (t31 >> u32(t32 + 8)) & 3u, t25)) * 2 - 3);
  sw[t15 + 308] = f32(i32(select(2u, (t31 >> u32(t32 + 10)) & 3u, t25)) * 2 - 3);
  sw[t15 + 312] = f32(i32(select(2u, (t31 >> u32(t32 + 12)) & 3u, t25)) * 2 - 3);
  sw[t15 + 316] = f32(i32(select(2u, (t31 >> u32(t32 + 14)) & 3u, t25)) * 2 - 3);
  let t33 = t16 < 17;
  let t34 = min(t16 + 16, 32);
  let t35 = t34 >> 5u;
  let t36 = t34 & 7;
  let t37 = (t34 >> 4u) & 1;
  let t38 = (t & 3) * 2 + t35 * 128 + t36 * 8 + t37;
  let t39 = w[t38];
  let t40 = ((t34 >> 3u) & 1) * 16;
  sw[t15 + 576] = f32(i32(select(2u, (t39 >> u32(t40)) & 3u, t33)) * 2 - 3);
  sw[t15 + 580] = f32(i32(select(2u, (t39 >> u32(t40 + 2)) & 3u, t33)) * 2 - 3);
  sw[t15 + 584] = f32(i32(select(2u, (t39 >> u32(t40 + 4)) & 3u, t33)) * 2 - 3);
  sw[t15 + 588] = f32(i32(select(2u, (t39 >> u32(t40 + 6)) & 3u, t33)) * 2 - 3);
  sw[t15 + 592] = f32(i32(select(2u, (t39 >> u32(t40 + 8)) & 3u, t33)) * 2 - 3);
  sw[t15 + 596] = f32(i32(select(2u, (t39 >> u32(t40 + 10)) & 3u, t33)) * 2 - 3);
  sw[t15 + 600] = f32(i32(select(2u, (t39 >> u32(t40 + 12)) & 3u, t33)) * 2 - 3);
  sw[t15 + 604] = f32(i32(select(2u, (t39 >> u32(t40 + 14)) & 3u, t33)) * 2 - 3);
  let t41 = t16 < 9;
  let t42 = min(t16 + 24, 32);
  let t43 = t42 >> 5u;
  let t44 = t42 & 7;
  let t45 = (t42 >> 4u) & 1;
  let t46 = (t & 3) * 2 + t43 * 128 + t44 * 8 + t45;
  let t47 = w[t46];
  let t48 = ((t42 >> 3u) & 1) * 16;
  sw[t15 + 864] = f32(i32(select(2u, (t47 >> u32(t48)) & 3u, t41)) * 2 - 3);
  sw[t15 + 868] = f32(i32(select(2u, (t47 >> u32(t48 + 2)) & 3u, t41)) * 2 - 3);
  sw[t15 + 872] = f32(i32(select(2u, (t47 >> u32(t48 + 4)) & 3u, t41)) * 2 - 3);
  sw[t15 + 876] = f32(i32(select(2u, (t47 >> u32(t48 + 6)) & 3u, t41)) * 2 - 3);
  sw[t15 + 880] = f32(i32(select(2u, (t47 >> u32(t48 + 8)) & 3u, t41)) * 2 - 3);
  sw[t15 + 884] = f32(i32(select(2u, (t47 >> u32(t48 + 10)) & 3u, t41)) * 2 - 3);
  sw[t15 + 888] = f32(i32(select(2u, (t47 >> u32(t48 + 12)) & 3u, t41)) * 2 - 3);
  sw[t15 + 892] = f32(i32(select(2u, (t47 >> u32(t48 + 14)) & 3u, t41)) * 2 - 3);
  let t49 = (t & 7) < 5;
  let t50 = min((t & 7) + 32, 36);
  let t51 = bitcast<f32>(select(0u, x[t4 * 37 + t50], t2 & t49));
  let t52 = bitcast<f32>(select(0u, x[t7 * 37 + t50], t6 & t49));
  let t53 = bitcast<f32>(select(0u, x[t10 * 37 + t50], t9 & t49));
  let t54 = bitcast<f32>(select(0u, x[t13 * 37 + t50], t12 & t49));
  let t55 = select(2u, (w[t22 + 64] >> u32(t24)) & 3u, t17);
  let t56 = (t & 3) == 0;
  let t57 = select(2u, (w[t19 * 128 + t20 * 8 + t21 + 64] >> u32(t24 + 2)) & 3u, t17 & t56);
  let t58 = select(2u, (w[t30 + 64] >> u32(t32)) & 3u, t25);
  let t59 = select(2u, (w[t27 * 128 + t28 * 8 + t29 + 64] >> u32(t32 + 2)) & 3u, t25 & t56);
  let t60 = select(2u, (w[t38 + 64] >> u32(t40)) & 3u, t33);
  let t61 = select(2u, (w[t35 * 128 + t36 * 8 + t37 + 64] >> u32(t40 + 2)) & 3u, t33 & t56);
  let t62 = select(2u, (w[t46 + 64] >> u32(t48)) & 3u, t41);
  let t63 = select(2u, (w[t43 * 128 + t44 * 8 + t45 + 64] >> u32(t48 + 2)) & 3u, t41 & t56);
  let t64 = (t >> 3u) * 40;
  let t65 = (t & 7) * 36;
  let t66 = bn * 16 + (t & 7);
  for (var k = 0; k < 37; k += 32) {
    workgroupBarrier();
    let v54_0 = t51;
    let v54_1 = 0f;
    let v54_2 = 0f;
    let v54_3 = 0f;
    let v54_4 = t52;
    let v54_5 = 0f;
    let v54_6 = 0f;
    let v54_7 = 0f;
    let v54_8 = t53;
    let v54_9 = 0f;
    let v54_10 = 0f;
    let v54_11 = 0f;
    let v54_12 = t54;
    let v54_13 = 0f;
    let v54_14 = 0f;
    let v54_15 = 0f;
    let v59_0 = t55;
    let v59_1 = t57;
    let v59_2 = 2u;
    let v59_3 = 2u;
    let v59_4 = 2u;
    let v59_5 = 2u;
    let v59_6 = 2u;
    let v59_7 = 2u;
    let v59_8 = t58;
    let v59_9 = t59;
    let v59_10 = 2u;
    let v59_11 = 2u;
    let v59_12 = 2u;
    let v59_13 = 2u;
    let v59_14 = 2u;
    let v59_15 = 2u;
    let v59_16 = t60;
    let v59_17 = t61;
    let v59_18 = 2u;
    let v59_19 = 2u;
    let v59_20 = 2u;
    let v59_21 = 2u;
    let v59_22 = 2u;
    let v59_23 = 2u;
    let v59_24 = t62;
    let v59_25 = t63;
    let v59_26 = 2u;
    let v59_27 = 2u;
    let v59_28 = 2u;
    let v59_29 = 2u;
    let v59_30 = 2u;
    let v59_31 = 2u;
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
    var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
    var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
    let t67 = t64 + (k >> 5u) * 640;
    let t68 = t65 + (k >> 5u) * 1152;
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t69 = t67 + k_1;
      let t70 = sx[t69];
      let t71 = t68 + k_1;
      let t72 = sw[t71];
      sum_0 += t70 * t72;
      let t73 = sw[t71 + 288];
      sum_1 += t70 * t73;
      let t74 = sw[t71 + 576];
      sum_2 += t70 * t74;
      let t75 = sw[t71 + 864];
      sum_3 += t70 * t75;
      let t76 = sx[t69 + 160];
      sum_4 += t72 * t76;
      sum_5 += t73 * t76;
      sum_6 += t74 * t76;
      sum_7 += t75 * t76;
      let t77 = sx[t69 + 320];
      sum_8 += t72 * t77;
      sum_9 += t73 * t77;
      sum_10 += t74 * t77;
      sum_11 += t75 * t77;
      let t78 = sx[t69 + 480];
      sum_12 += t72 * t78;
      sum_13 += t73 * t78;
      sum_14 += t74 * t78;
      sum_15 += t75 * t78;
    }
    let t79 = scale[t66 + (k >> 5u) * 8];
    let v28_0 = bitcast<f32>(t79.x);
    let v28_1 = bitcast<f32>(t79.y);
    let v28_2 = bitcast<f32>(t79.z);
    let v28_3 = bitcast<f32>(t79.w);
    acc_0 += sum_0 * v28_0;
    acc_1 += sum_1 * v28_1;
    acc_2 += sum_2 * v28_2;
    acc_3 += sum_3 * v28_3;
    acc_4 += v28_0 * sum_4;
    acc_5 += v28_1 * sum_5;
    acc_6 += v28_2 * sum_6;
    acc_7 += v28_3 * sum_7;
    acc_8 += v28_0 * sum_8;
    acc_9 += v28_1 * sum_9;
    acc_10 += v28_2 * sum_10;
    acc_11 += v28_3 * sum_11;
    acc_12 += v28_0 * sum_12;
    acc_13 += v28_1 * sum_13;
    acc_14 += v28_2 * sum_14;
    acc_15 += v28_3 * sum_15;
    let v55_0 = v54_0;
    let v55_1 = v54_1;
    let v55_2 = v54_2;
    let v55_3 = v54_3;
    let v55_4 = v54_4;
    let v55_5 = v54_5;
    let v55_6 = v54_6;
    let v55_7 = v54_7;
    let v55_8 = v54_8;
    let v55_9 = v54_9;
    let v55_10 = v54_10;
    let v55_11 = v54_11;
    let v55_12 = v54_12;
    let v55_13 = v54_13;
    let v55_14 = v54_14;
    let v55_15 = v54_15;
    let t80 = ((k >> 5u) + 1) & 1;
    let t81 = t0 + t80 * 640;
    sx[t81] = v55_0;
    sx[t81 + 8] = v55_1;
    sx[t81 + 16] = v55_2;
    sx[t81 + 24] = v55_3;
    sx[t81 + 160] = v55_4;
    sx[t81 + 168] = v55_5;
    sx[t81 + 176] = v55_6;
    sx[t81 + 184] = v55_7;
    sx[t81 + 320] = v55_8;
    sx[t81 + 328] = v55_9;
    sx[t81 + 336] = v55_10;
    sx[t81 + 344] = v55_11;
    sx[t81 + 480] = v55_12;
    sx[t81 + 488] = v55_13;
    sx[t81 + 496] = v55_14;
    sx[t81 + 504] = v55_15;
    let v60_0 = v59_0;
    let v60_1 = v59_1;
    let v60_2 = v59_2;
    let v60_3 = v59_3;
    let v60_4 = v59_4;
    let v60_5 = v59_5;
    let v60_6 = v59_6;
    let v60_7 = v59_7;
    let v60_8 = v59_8;
    let v60_9 = v59_9;
    let v60_10 = v59_10;
    let v60_11 = v59_11;
    let v60_12 = v59_12;
    let v60_13 = v59_13;
    let v60_14 = v59_14;
    let v60_15 = v59_15;
    let v60_16 = v59_16;
    let v60_17 = v59_17;
    let v60_18 = v59_18;
    let v60_19 = v59_19;
    let v60_20 = v59_20;
    let v60_21 = v59_21;
    let v60_22 = v59_22;
    let v60_23 = v59_23;
    let v60_24 = v59_24;
    let v60_25 = v59_25;
    let v60_26 = v59_26;
    let v60_27 = v59_27;
    let v60_28 = v59_28;
    let v60_29 = v59_29;
    let v60_30 = v59_30;
    let v60_31 = v59_31;
    let t82 = t15 + t80 * 1152;
    sw[t82] = f32(i32(v60_0) * 2 - 3);
    sw[t82 + 4] = f32(i32(v60_1) * 2 - 3);
    sw[t82 + 8] = f32(i32(v60_2) * 2 - 3);
    sw[t82 + 12] = f32(i32(v60_3) * 2 - 3);
    sw[t82 + 16] = f32(i32(v60_4) * 2 - 3);
    sw[t82 + 20] = f32(i32(v60_5) * 2 - 3);
    sw[t82 + 24] = f32(i32(v60_6) * 2 - 3);
    sw[t82 + 28] = f32(i32(v60_7) * 2 - 3);
    sw[t82 + 288] = f32(i32(v60_8) * 2 - 3);
    sw[t82 + 292] = f32(i32(v60_9) * 2 - 3);
    sw[t82 + 296] = f32(i32(v60_10) * 2 - 3);
    sw[t82 + 300] = f32(i32(v60_11) * 2 - 3);
    sw[t82 + 304] = f32(i32(v60_12) * 2 - 3);
    sw[t82 + 308] = f32(i32(v60_13) * 2 - 3);
    sw[t82 + 312] = f32(i32(v60_14) * 2 - 3);
    sw[t82 + 316] = f32(i32(v60_15) * 2 - 3);
    sw[t82 + 576] = f32(i32(v60_16) * 2 - 3);
    sw[t82 + 580] = f32(i32(v60_17) * 2 - 3);
    sw[t82 + 584] = f32(i32(v60_18) * 2 - 3);
    sw[t82 + 588] = f32(i32(v60_19) * 2 - 3);
    sw[t82 + 592] = f32(i32(v60_20) * 2 - 3);
    sw[t82 + 596] = f32(i32(v60_21) * 2 - 3);
    sw[t82 + 600] = f32(i32(v60_22) * 2 - 3);
    sw[t82 + 604] = f32(i32(v60_23) * 2 - 3);
    sw[t82 + 864] = f32(i32(v60_24) * 2 - 3);
    sw[t82 + 868] = f32(i32(v60_25) * 2 - 3);
    sw[t82 + 872] = f32(i32(v60_26) * 2 - 3);
    sw[t82 + 876] = f32(i32(v60_27) * 2 - 3);
    sw[t82 + 880] = f32(i32(v60_28) * 2 - 3);
    sw[t82 + 884] = f32(i32(v60_29) * 2 - 3);
    sw[t82 + 888] = f32(i32(v60_30) * 2 - 3);
    sw[t82 + 892] = f32(i32(v60_31) * 2 - 3);
  }
  let t83 = bn * 32 + (t & 7);
  let t84 = t83 < 33;
  let v34_0 = bitcast<f32>(select(0u, bias[min(t83, 32)], t84));
  let t85 = t83 < 25;
  let v34_1 = bitcast<f32>(select(0u, bias[min(t83 + 8, 32)], t85));
  let t86 = t83 < 17;
  let v34_2 = bitcast<f32>(select(0u, bias[min(t83 + 16, 32)], t86));
  let t87 = t83 < 9;
  let v34_3 = bitcast<f32>(select(0u, bias[min(t83 + 24, 32)], t87));
  let t88 = bn * 32 + bm * 528 + (t >> 3u) * 33 + (t & 7);
  if (t2 & t84) {
    y[t88] = bitcast<u32>(acc_0 + v34_0);
  }
  if (t2 & t85) {
    y[t88 + 8] = bitcast<u32>(acc_1 + v34_1);
  }
  if (t2 & t86) {
    y[t88 + 16] = bitcast<u32>(acc_2 + v34_2);
  }
  if (t2 & t87) {
    y[t88 + 24] = bitcast<u32>(acc_3 + v34_3);
  }
  if (t6 & t84) {
    y[t88 + 132] = bitcast<u32>(v34_0 + acc_4);
  }
  if (t6 & t85) {
    y[t88 + 140] = bitcast<u32>(v34_1 + acc_5);
  }
  if (t6 & t86) {
    y[t88 + 148] = bitcast<u32>(v34_2 + acc_6);
  }
  if (t6 & t87) {
    y[t88 + 156] = bitcast<u32>(v34_3 + acc_7);
  }
  if (t9 & t84) {
    y[t88 + 264] = bitcast<u32>(v34_0 + acc_8);
  }
  if (t9 & t85) {
    y[t88 + 272] = bitcast<u32>(v34_1 + acc_9);
  }
  if (t9 & t86) {
    y[t88 + 280] = bitcast<u32>(v34_2 + acc_10);
  }
  if (t9 & t87) {
    y[t88 + 288] = bitcast<u32>(v34_3 + acc_11);
  }
  if (t12 & t84) {
    y[t88 + 396] = bitcast<u32>(v34_0 + acc_12);
  }
  if (t12 & t85) {
    y[t88 + 404] = bitcast<u32>(v34_1 + acc_13);
  }
  if (t12 & t86) {
    y[t88 + 412] = bitcast<u32>(v34_2 + acc_14);
  }
  if (t12 & t87) {
    y[t88 + 420] = bitcast<u32>(v34_3 + acc_15);
  }
}
