// gemm_groups N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, BM = 16, BN = 32, BK = 32; target lavapipe
// 284 lines, 42 memory accesses, 14336 bytes of workgroup memory
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
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 2u * u32((params.M + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let bn = i32(block % 2u) + frame[groups.x >> 31u];
  let bm = i32(block / 2u);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f;
  let t0 = (t >> 3u) * 40 + (t & 7);
  let t1 = bm * 16 + (t >> 3u);
  let t2 = max(params.M - 1, 0);
  for (var s = 0; s < 8 + none; s++) {
    let t3 = t0 + ((s >> 1u) * 160 + (s & 1) * 16);
    let t4 = t1 + (s >> 1u) * 4;
    let t5 = t4 < params.M;
    let t6 = (t & 7) + ((s & 1) * 16 + min(t2, t4) * 37);
    sx[t3] = bitcast<f32>(select(0u, x[t6], t5));
    sx[t3 + 8] = bitcast<f32>(select(0u, x[t6 + 8], t5));
  }
  let t7 = (t >> 2u) * 36 + (t & 3);
  let t8 = bn * 32 + (t >> 2u);
  let t9 = (t & 3) * 2;
  for (var s = 0; s < 8 + none; s++) {
    let t10 = t7 + ((s >> 1u) * 288 + (s & 1) * 16);
    let t11 = t8 + (s >> 1u) * 8;
    let t12 = t11 < 33;
    let t13 = min(t11, 32);
    let t14 = w[t9 + ((t13 >> 5u) * 128 + (t13 & 7) * 8 + ((t13 >> 4u) & 1))];
    let t15 = (s & 1) * 8 + ((t13 >> 3u) & 1) * 16;
    let t16 = bitcast<f32>((select(2u, (t14 >> u32(t15)) & 3u, t12) << 1u) ^ 0x4b000000u);
    sw[t10] = t16 - 8388611f;
    let t17 = (select(2u, (t14 >> u32(t15 + 2)) & 3u, t12) << 1u) ^ 0x4b000000u;
    sw[t10 + 4] = bitcast<f32>(t17) - 8388611f;
    let t18 = (select(2u, (t14 >> u32(t15 + 4)) & 3u, t12) << 1u) ^ 0x4b000000u;
    sw[t10 + 8] = bitcast<f32>(t18) - 8388611f;
    let t19 = (select(2u, (t14 >> u32(t15 + 6)) & 3u, t12) << 1u) ^ 0x4b000000u;
    sw[t10 + 12] = bitcast<f32>(t19) - 8388611f;
  }
  let t20 = (t & 7) < 5;
  let t21 = min((t & 7) + 32, 36);
  let t22 = bitcast<f32>(select(0u, x[min(t1, t2) * 37 + t21], (t1 < params.M) & t20));
  let t23 = select(0u, x[t21 + min(t2, t1 + 4) * 37], t20 & (t1 + 4 < params.M));
  let t24 = bitcast<f32>(t23);
  let t25 = select(0u, x[t21 + min(t2, t1 + 8) * 37], t20 & (t1 + 8 < params.M));
  let t26 = bitcast<f32>(t25);
  let t27 = select(0u, x[t21 + min(t2, t1 + 12) * 37], t20 & (t1 + 12 < params.M));
  let t28 = bitcast<f32>(t27);
  let t29 = (t & 3) == 0;
  let t30 = (t >> 3u) * 40;
  let t31 = (t & 7) * 36;
  let t32 = bn * 16 + (t & 7);
  for (var k = 0; k < 37; k += 32) {
    workgroupBarrier();
    let v54_0 = t22;
    let v54_1 = 0f;
    let v54_2 = 0f;
    let v54_3 = 0f;
    let v54_4 = t24;
    let v54_5 = 0f;
    let v54_6 = 0f;
    let v54_7 = 0f;
    let v54_8 = t26;
    let v54_9 = 0f;
    let v54_10 = 0f;
    let v54_11 = 0f;
    let v54_12 = t28;
    let v54_13 = 0f;
    let v54_14 = 0f;
    let v54_15 = 0f;
    var v59 = array<u32, 32>();
    for (var s = 0; s < 2 + none; s++) {
      let t33 = t8 + s * 16;
      let t34 = t33 < 33;
      let t35 = min(t33, 32);
      let t36 = (t35 >> 5u) * 128 + (t35 & 7) * 8 + ((t35 >> 4u) & 1);
      let t37 = ((t35 >> 3u) & 1) * 16;
      v59[s * 16] = select(2u, (w[t9 + t36 + 64] >> u32(t37)) & 3u, t34);
      v59[s * 16 + 1] = select(2u, (w[t36 + 64] >> u32(t37 + 2)) & 3u, t29 & t34);
      v59[s * 16 + 2] = 2u;
      v59[s * 16 + 3] = 2u;
      v59[s * 16 + 4] = 2u;
      v59[s * 16 + 5] = 2u;
      v59[s * 16 + 6] = 2u;
      v59[s * 16 + 7] = 2u;
      let t38 = t33 < 25;
      let t39 = min(t33 + 8, 32);
      let t40 = (t39 >> 5u) * 128 + (t39 & 7) * 8 + ((t39 >> 4u) & 1);
      let t41 = ((t39 >> 3u) & 1) * 16;
      v59[s * 16 + 8] = select(2u, (w[t9 + t40 + 64] >> u32(t41)) & 3u, t38);
      v59[s * 16 + 9] = select(2u, (w[t40 + 64] >> u32(t41 + 2)) & 3u, t29 & t38);
      v59[s * 16 + 10] = 2u;
      v59[s * 16 + 11] = 2u;
      v59[s * 16 + 12] = 2u;
      v59[s * 16 + 13] = 2u;
      v59[s * 16 + 14] = 2u;
      v59[s * 16 + 15] = 2u;
    }
    var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
    var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
    var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
    let t42 = t30 + (k >> 5u) * 640;
    let t43 = t31 + (k >> 5u) * 1152;
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t44 = t42 + k_1;
      let t45 = sx[t44];
      let t46 = t43 + k_1;
      let t47 = sw[t46];
      sum_0 += t45 * t47;
      let t48 = sw[t46 + 288];
      sum_1 += t45 * t48;
      let t49 = sw[t46 + 576];
      sum_2 += t45 * t49;
      let t50 = sw[t46 + 864];
      sum_3 += t45 * t50;
      let t51 = sx[t44 + 160];
      sum_4 += t47 * t51;
      sum_5 += t48 * t51;
      sum_6 += t49 * t51;
      sum_7 += t50 * t51;
      let t52 = sx[t44 + 320];
      sum_8 += t47 * t52;
      sum_9 += t48 * t52;
      sum_10 += t49 * t52;
      sum_11 += t50 * t52;
      let t53 = sx[t44 + 480];
      sum_12 += t47 * t53;
      sum_13 += t48 * t53;
      sum_14 += t49 * t53;
      sum_15 += t50 * t53;
    }
    let t54 = scale[t32 + (k >> 5u) * 8];
    let v28_0 = bitcast<f32>(t54.x);
    let v28_1 = bitcast<f32>(t54.y);
    let v28_2 = bitcast<f32>(t54.z);
    let v28_3 = bitcast<f32>(t54.w);
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
    var v55 = array<f32, 16>();
    v55[0] = v54_0;
    v55[1] = v54_1;
    v55[2] = v54_2;
    v55[3] = v54_3;
    v55[4] = v54_4;
    v55[5] = v54_5;
    v55[6] = v54_6;
    v55[7] = v54_7;
    v55[8] = v54_8;
    v55[9] = v54_9;
    v55[10] = v54_10;
    v55[11] = v54_11;
    v55[12] = v54_12;
    v55[13] = v54_13;
    v55[14] = v54_14;
    v55[15] = v54_15;
    let t55 = ((k >> 5u) + 1) & 1;
    let t56 = t0 + t55 * 640;
    for (var s = 0; s < 4 + none; s++) {
      let t57 = t56 + s * 160;
      sx[t57] = v55[s * 4];
      sx[t57 + 8] = v55[s * 4 + 1];
      sx[t57 + 16] = v55[s * 4 + 2];
      sx[t57 + 24] = v55[s * 4 + 3];
    }
    var v60 = array<u32, 32>();
    v60[0] = v59[0];
    v60[1] = v59[1];
    v60[2] = v59[2];
    v60[3] = v59[3];
    v60[4] = v59[4];
    v60[5] = v59[5];
    v60[6] = v59[6];
    v60[7] = v59[7];
    v60[8] = v59[8];
    v60[9] = v59[9];
    v60[10] = v59[10];
    v60[11] = v59[11];
    v60[12] = v59[12];
    v60[13] = v59[13];
    v60[14] = v59[14];
    v60[15] = v59[15];
    v60[16] = v59[16];
    v60[17] = v59[17];
    v60[18] = v59[18];
    v60[19] = v59[19];
    v60[20] = v59[20];
    v60[21] = v59[21];
    v60[22] = v59[22];
    v60[23] = v59[23];
    v60[24] = v59[24];
    v60[25] = v59[25];
    v60[26] = v59[26];
    v60[27] = v59[27];
    v60[28] = v59[28];
    v60[29] = v59[29];
    v60[30] = v59[30];
    v60[31] = v59[31];
    let t58 = t7 + t55 * 1152;
    for (var s = 0; s < 8 + none; s++) {
      let t59 = t58 + ((s >> 1u) * 288 + (s & 1) * 16);
      sw[t59] = bitcast<f32>(((v60[s * 4] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t59 + 4] = bitcast<f32>(((v60[s * 4 + 1] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t59 + 8] = bitcast<f32>(((v60[s * 4 + 2] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t59 + 12] = bitcast<f32>(((v60[s * 4 + 3] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    }
  }
  let t60 = bn * 32 + (t & 7);
  let t61 = t60 < 33;
  let v34_0 = bitcast<f32>(select(0u, bias[min(t60, 32)], t61));
  let t62 = t60 < 25;
  let v34_1 = bitcast<f32>(select(0u, bias[min(t60 + 8, 32)], t62));
  let t63 = t60 < 17;
  let v34_2 = bitcast<f32>(select(0u, bias[min(t60 + 16, 32)], t63));
  let t64 = t60 < 9;
  let v34_3 = bitcast<f32>(select(0u, bias[min(t60 + 24, 32)], t64));
  var acc = array<f32, 16>();
  acc[0] = acc_0;
  acc[1] = acc_1;
  acc[2] = acc_2;
  acc[3] = acc_3;
  acc[4] = acc_4;
  acc[5] = acc_5;
  acc[6] = acc_6;
  acc[7] = acc_7;
  acc[8] = acc_8;
  acc[9] = acc_9;
  acc[10] = acc_10;
  acc[11] = acc_11;
  acc[12] = acc_12;
  acc[13] = acc_13;
  acc[14] = acc_14;
  acc[15] = acc_15;
  let t65 = bn * 32 + bm * 528 + (t >> 3u) * 33 + (t & 7);
  for (var s = 0; s < 4 + none; s++) {
    let t66 = t1 + s * 4 < params.M;
    let t67 = t65 + s * 132;
    if (t61 & t66) {
      y[t67] = bitcast<u32>(v34_0 + acc[s * 4]);
    }
    if (t62 & t66) {
      y[t67 + 8] = bitcast<u32>(v34_1 + acc[s * 4 + 1]);
    }
    if (t63 & t66) {
      y[t67 + 16] = bitcast<u32>(v34_2 + acc[s * 4 + 2]);
    }
    if (t64 & t66) {
      y[t67 + 24] = bitcast<u32>(v34_3 + acc[s * 4 + 3]);
    }
  }
}
