// gemm_groups N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, BM = 16, BN = 32, BK = 32; target base
// 437 lines, 157 memory accesses, 14336 bytes of workgroup memory
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
  let t25 = bitcast<f32>((select(2u, (t23 >> u32(t24)) & 3u, t17) << 1u) ^ 0x4b000000u);
  sw[t15] = t25 - 8388611f;
  let t26 = (select(2u, (t23 >> u32(t24 + 2)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 4] = bitcast<f32>(t26) - 8388611f;
  let t27 = (select(2u, (t23 >> u32(t24 + 4)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 8] = bitcast<f32>(t27) - 8388611f;
  let t28 = (select(2u, (t23 >> u32(t24 + 6)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 12] = bitcast<f32>(t28) - 8388611f;
  let t29 = (select(2u, (t23 >> u32(t24 + 8)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 16] = bitcast<f32>(t29) - 8388611f;
  let t30 = (select(2u, (t23 >> u32(t24 + 10)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 20] = bitcast<f32>(t30) - 8388611f;
  let t31 = (select(2u, (t23 >> u32(t24 + 12)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 24] = bitcast<f32>(t31) - 8388611f;
  let t32 = (select(2u, (t23 >> u32(t24 + 14)) & 3u, t17) << 1u) ^ 0x4b000000u;
  sw[t15 + 28] = bitcast<f32>(t32) - 8388611f;
  let t33 = t16 < 25;
  let t34 = min(t16 + 8, 32);
  let t35 = t34 >> 5u;
  let t36 = t34 & 7;
  let t37 = (t34 >> 4u) & 1;
  let t38 = (t & 3) * 2 + t35 * 128 + t36 * 8 + t37;
  let t39 = w[t38];
  let t40 = ((t34 >> 3u) & 1) * 16;
  let t41 = bitcast<f32>((select(2u, (t39 >> u32(t40)) & 3u, t33) << 1u) ^ 0x4b000000u);
  sw[t15 + 288] = t41 - 8388611f;
  let t42 = (select(2u, (t39 >> u32(t40 + 2)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 292] = bitcast<f32>(t42) - 8388611f;
  let t43 = (select(2u, (t39 >> u32(t40 + 4)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 296] = bitcast<f32>(t43) - 8388611f;
  let t44 = (select(2u, (t39 >> u32(t40 + 6)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 300] = bitcast<f32>(t44) - 8388611f;
  let t45 = (select(2u, (t39 >> u32(t40 + 8)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 304] = bitcast<f32>(t45) - 8388611f;
  let t46 = (select(2u, (t39 >> u32(t40 + 10)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 308] = bitcast<f32>(t46) - 8388611f;
  let t47 = (select(2u, (t39 >> u32(t40 + 12)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 312] = bitcast<f32>(t47) - 8388611f;
  let t48 = (select(2u, (t39 >> u32(t40 + 14)) & 3u, t33) << 1u) ^ 0x4b000000u;
  sw[t15 + 316] = bitcast<f32>(t48) - 8388611f;
  let t49 = t16 < 17;
  let t50 = min(t16 + 16, 32);
  let t51 = t50 >> 5u;
  let t52 = t50 & 7;
  let t53 = (t50 >> 4u) & 1;
  let t54 = (t & 3) * 2 + t51 * 128 + t52 * 8 + t53;
  let t55 = w[t54];
  let t56 = ((t50 >> 3u) & 1) * 16;
  let t57 = bitcast<f32>((select(2u, (t55 >> u32(t56)) & 3u, t49) << 1u) ^ 0x4b000000u);
  sw[t15 + 576] = t57 - 8388611f;
  let t58 = (select(2u, (t55 >> u32(t56 + 2)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 580] = bitcast<f32>(t58) - 8388611f;
  let t59 = (select(2u, (t55 >> u32(t56 + 4)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 584] = bitcast<f32>(t59) - 8388611f;
  let t60 = (select(2u, (t55 >> u32(t56 + 6)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 588] = bitcast<f32>(t60) - 8388611f;
  let t61 = (select(2u, (t55 >> u32(t56 + 8)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 592] = bitcast<f32>(t61) - 8388611f;
  let t62 = (select(2u, (t55 >> u32(t56 + 10)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 596] = bitcast<f32>(t62) - 8388611f;
  let t63 = (select(2u, (t55 >> u32(t56 + 12)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 600] = bitcast<f32>(t63) - 8388611f;
  let t64 = (select(2u, (t55 >> u32(t56 + 14)) & 3u, t49) << 1u) ^ 0x4b000000u;
  sw[t15 + 604] = bitcast<f32>(t64) - 8388611f;
  let t65 = t16 < 9;
  let t66 = min(t16 + 24, 32);
  let t67 = t66 >> 5u;
  let t68 = t66 & 7;
  let t69 = (t66 >> 4u) & 1;
  let t70 = (t & 3) * 2 + t67 * 128 + t68 * 8 + t69;
  let t71 = w[t70];
  let t72 = ((t66 >> 3u) & 1) * 16;
  let t73 = bitcast<f32>((select(2u, (t71 >> u32(t72)) & 3u, t65) << 1u) ^ 0x4b000000u);
  sw[t15 + 864] = t73 - 8388611f;
  let t74 = (select(2u, (t71 >> u32(t72 + 2)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 868] = bitcast<f32>(t74) - 8388611f;
  let t75 = (select(2u, (t71 >> u32(t72 + 4)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 872] = bitcast<f32>(t75) - 8388611f;
  let t76 = (select(2u, (t71 >> u32(t72 + 6)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 876] = bitcast<f32>(t76) - 8388611f;
  let t77 = (select(2u, (t71 >> u32(t72 + 8)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 880] = bitcast<f32>(t77) - 8388611f;
  let t78 = (select(2u, (t71 >> u32(t72 + 10)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 884] = bitcast<f32>(t78) - 8388611f;
  let t79 = (select(2u, (t71 >> u32(t72 + 12)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 888] = bitcast<f32>(t79) - 8388611f;
  let t80 = (select(2u, (t71 >> u32(t72 + 14)) & 3u, t65) << 1u) ^ 0x4b000000u;
  sw[t15 + 892] = bitcast<f32>(t80) - 8388611f;
  let t81 = (t & 7) < 5;
  let t82 = min((t & 7) + 32, 36);
  let t83 = bitcast<f32>(select(0u, x[t4 * 37 + t82], t2 & t81));
  let t84 = bitcast<f32>(select(0u, x[t7 * 37 + t82], t6 & t81));
  let t85 = bitcast<f32>(select(0u, x[t10 * 37 + t82], t9 & t81));
  let t86 = bitcast<f32>(select(0u, x[t13 * 37 + t82], t12 & t81));
  let t87 = select(2u, (w[t22 + 64] >> u32(t24)) & 3u, t17);
  let t88 = (t & 3) == 0;
  let t89 = select(2u, (w[t19 * 128 + t20 * 8 + t21 + 64] >> u32(t24 + 2)) & 3u, t17 & t88);
  let t90 = select(2u, (w[t38 + 64] >> u32(t40)) & 3u, t33);
  let t91 = select(2u, (w[t35 * 128 + t36 * 8 + t37 + 64] >> u32(t40 + 2)) & 3u, t33 & t88);
  let t92 = select(2u, (w[t54 + 64] >> u32(t56)) & 3u, t49);
  let t93 = select(2u, (w[t51 * 128 + t52 * 8 + t53 + 64] >> u32(t56 + 2)) & 3u, t49 & t88);
  let t94 = select(2u, (w[t70 + 64] >> u32(t72)) & 3u, t65);
  let t95 = select(2u, (w[t67 * 128 + t68 * 8 + t69 + 64] >> u32(t72 + 2)) & 3u, t65 & t88);
  let t96 = (t >> 3u) * 40;
  let t97 = (t & 7) * 36;
  let t98 = bn * 16 + (t & 7);
  for (var k = 0; k < 37; k += 32) {
    workgroupBarrier();
    let v54_0 = t83;
    let v54_1 = 0f;
    let v54_2 = 0f;
    let v54_3 = 0f;
    let v54_4 = t84;
    let v54_5 = 0f;
    let v54_6 = 0f;
    let v54_7 = 0f;
    let v54_8 = t85;
    let v54_9 = 0f;
    let v54_10 = 0f;
    let v54_11 = 0f;
    let v54_12 = t86;
    let v54_13 = 0f;
    let v54_14 = 0f;
    let v54_15 = 0f;
    let v59_0 = t87;
    let v59_1 = t89;
    let v59_2 = 2u;
    let v59_3 = 2u;
    let v59_4 = 2u;
    let v59_5 = 2u;
    let v59_6 = 2u;
    let v59_7 = 2u;
    let v59_8 = t90;
    let v59_9 = t91;
    let v59_10 = 2u;
    let v59_11 = 2u;
    let v59_12 = 2u;
    let v59_13 = 2u;
    let v59_14 = 2u;
    let v59_15 = 2u;
    let v59_16 = t92;
    let v59_17 = t93;
    let v59_18 = 2u;
    let v59_19 = 2u;
    let v59_20 = 2u;
    let v59_21 = 2u;
    let v59_22 = 2u;
    let v59_23 = 2u;
    let v59_24 = t94;
    let v59_25 = t95;
    let v59_26 = 2u;
    let v59_27 = 2u;
    let v59_28 = 2u;
    let v59_29 = 2u;
    let v59_30 = 2u;
    let v59_31 = 2u;
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
    var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
    var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
    let t99 = t96 + (k >> 5u) * 640;
    let t100 = t97 + (k >> 5u) * 1152;
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t101 = t99 + k_1;
      let t102 = sx[t101];
      let t103 = t100 + k_1;
      let t104 = sw[t103];
      sum_0 += t102 * t104;
      let t105 = sw[t103 + 288];
      sum_1 += t102 * t105;
      let t106 = sw[t103 + 576];
      sum_2 += t102 * t106;
      let t107 = sw[t103 + 864];
      sum_3 += t102 * t107;
      let t108 = sx[t101 + 160];
      sum_4 += t104 * t108;
      sum_5 += t105 * t108;
      sum_6 += t106 * t108;
      sum_7 += t107 * t108;
      let t109 = sx[t101 + 320];
      sum_8 += t104 * t109;
      sum_9 += t105 * t109;
      sum_10 += t106 * t109;
      sum_11 += t107 * t109;
      let t110 = sx[t101 + 480];
      sum_12 += t104 * t110;
      sum_13 += t105 * t110;
      sum_14 += t106 * t110;
      sum_15 += t107 * t110;
    }
    let t111 = scale[t98 + (k >> 5u) * 8];
    let v28_0 = bitcast<f32>(t111.x);
    let v28_1 = bitcast<f32>(t111.y);
    let v28_2 = bitcast<f32>(t111.z);
    let v28_3 = bitcast<f32>(t111.w);
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
    let t112 = ((k >> 5u) + 1) & 1;
    let t113 = t0 + t112 * 640;
    sx[t113] = v55_0;
    sx[t113 + 8] = v55_1;
    sx[t113 + 16] = v55_2;
    sx[t113 + 24] = v55_3;
    sx[t113 + 160] = v55_4;
    sx[t113 + 168] = v55_5;
    sx[t113 + 176] = v55_6;
    sx[t113 + 184] = v55_7;
    sx[t113 + 320] = v55_8;
    sx[t113 + 328] = v55_9;
    sx[t113 + 336] = v55_10;
    sx[t113 + 344] = v55_11;
    sx[t113 + 480] = v55_12;
    sx[t113 + 488] = v55_13;
    sx[t113 + 496] = v55_14;
    sx[t113 + 504] = v55_15;
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
    let t114 = t15 + t112 * 1152;
    sw[t114] = bitcast<f32>(((v60_0 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 4] = bitcast<f32>(((v60_1 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 8] = bitcast<f32>(((v60_2 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 12] = bitcast<f32>(((v60_3 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 16] = bitcast<f32>(((v60_4 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 20] = bitcast<f32>(((v60_5 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 24] = bitcast<f32>(((v60_6 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 28] = bitcast<f32>(((v60_7 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 288] = bitcast<f32>(((v60_8 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 292] = bitcast<f32>(((v60_9 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 296] = bitcast<f32>(((v60_10 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 300] = bitcast<f32>(((v60_11 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 304] = bitcast<f32>(((v60_12 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 308] = bitcast<f32>(((v60_13 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 312] = bitcast<f32>(((v60_14 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 316] = bitcast<f32>(((v60_15 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 576] = bitcast<f32>(((v60_16 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 580] = bitcast<f32>(((v60_17 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 584] = bitcast<f32>(((v60_18 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 588] = bitcast<f32>(((v60_19 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 592] = bitcast<f32>(((v60_20 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 596] = bitcast<f32>(((v60_21 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 600] = bitcast<f32>(((v60_22 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 604] = bitcast<f32>(((v60_23 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 864] = bitcast<f32>(((v60_24 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 868] = bitcast<f32>(((v60_25 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 872] = bitcast<f32>(((v60_26 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 876] = bitcast<f32>(((v60_27 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 880] = bitcast<f32>(((v60_28 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 884] = bitcast<f32>(((v60_29 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 888] = bitcast<f32>(((v60_30 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    sw[t114 + 892] = bitcast<f32>(((v60_31 & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
  }
  let t115 = bn * 32 + (t & 7);
  let t116 = t115 < 33;
  let v34_0 = bitcast<f32>(select(0u, bias[min(t115, 32)], t116));
  let t117 = t115 < 25;
  let v34_1 = bitcast<f32>(select(0u, bias[min(t115 + 8, 32)], t117));
  let t118 = t115 < 17;
  let v34_2 = bitcast<f32>(select(0u, bias[min(t115 + 16, 32)], t118));
  let t119 = t115 < 9;
  let v34_3 = bitcast<f32>(select(0u, bias[min(t115 + 24, 32)], t119));
  let t120 = bn * 32 + bm * 528 + (t >> 3u) * 33 + (t & 7);
  if (t2 & t116) {
    y[t120] = bitcast<u32>(acc_0 + v34_0);
  }
  if (t2 & t117) {
    y[t120 + 8] = bitcast<u32>(acc_1 + v34_1);
  }
  if (t2 & t118) {
    y[t120 + 16] = bitcast<u32>(acc_2 + v34_2);
  }
  if (t2 & t119) {
    y[t120 + 24] = bitcast<u32>(acc_3 + v34_3);
  }
  if (t6 & t116) {
    y[t120 + 132] = bitcast<u32>(v34_0 + acc_4);
  }
  if (t6 & t117) {
    y[t120 + 140] = bitcast<u32>(v34_1 + acc_5);
  }
  if (t6 & t118) {
    y[t120 + 148] = bitcast<u32>(v34_2 + acc_6);
  }
  if (t6 & t119) {
    y[t120 + 156] = bitcast<u32>(v34_3 + acc_7);
  }
  if (t9 & t116) {
    y[t120 + 264] = bitcast<u32>(v34_0 + acc_8);
  }
  if (t9 & t117) {
    y[t120 + 272] = bitcast<u32>(v34_1 + acc_9);
  }
  if (t9 & t118) {
    y[t120 + 280] = bitcast<u32>(v34_2 + acc_10);
  }
  if (t9 & t119) {
    y[t120 + 288] = bitcast<u32>(v34_3 + acc_11);
  }
  if (t12 & t116) {
    y[t120 + 396] = bitcast<u32>(v34_0 + acc_12);
  }
  if (t12 & t117) {
    y[t120 + 404] = bitcast<u32>(v34_1 + acc_13);
  }
  if (t12 & t118) {
    y[t120 + 412] = bitcast<u32>(v34_2 + acc_14);
  }
  if (t12 & t119) {
    y[t120 + 420] = bitcast<u32>(v34_3 + acc_15);
  }
}
