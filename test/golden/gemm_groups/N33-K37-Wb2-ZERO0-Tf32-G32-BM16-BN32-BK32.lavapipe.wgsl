// gemm_groups N = 33, K = 37, W = b2, ZERO = 0, T = f32, G = 32, BM = 16, BN = 32, BK = 32; target lavapipe
// 254 lines, 40 memory accesses, 14336 bytes of workgroup memory
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
  var acc = array<f32, 16>();
  let t0 = (t >> 3u) * 40 + (t & 7);
  let t1 = bm * 16 + (t >> 3u);
  let t2 = max(params.M - 1, 0);
  for (var s = 0; s < 8; s++) {
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
  for (var s = 0; s < 8; s++) {
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
  let t23 = select(0u, x[min(t2, t1 + 4) * 37 + t21], (t1 + 4 < params.M) & t20);
  let t24 = bitcast<f32>(t23);
  let t25 = select(0u, x[min(t2, t1 + 8) * 37 + t21], (t1 + 8 < params.M) & t20);
  let t26 = bitcast<f32>(t25);
  let t27 = select(0u, x[min(t2, t1 + 12) * 37 + t21], (t1 + 12 < params.M) & t20);
  let t28 = bitcast<f32>(t27);
  let t29 = (t & 3) == 0;
  let t30 = (t & 7) * 36;
  let t31 = (t >> 3u) * 40;
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
    for (var s = 0; s < 2; s++) {
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
    var sum = array<f32, 16>();
    let t42 = t30 + (k >> 5u) * 1152;
    let t43 = t31 + (k >> 5u) * 640;
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t44 = t42 + k_1;
      let t45 = t43 + k_1;
      for (var s = 0; s < 2; s++) {
        let t46 = sw[t44];
        let t47 = t45 + s * 320;
        let t48 = sx[t47];
        sum[s * 8] += t46 * t48;
        let t49 = sw[t44 + 288];
        sum[s * 8 + 1] += t49 * t48;
        let t50 = sw[t44 + 576];
        sum[s * 8 + 2] += t50 * t48;
        let t51 = sw[t44 + 864];
        sum[s * 8 + 3] += t51 * t48;
        let t52 = sx[t47 + 160];
        sum[s * 8 + 4] += t46 * t52;
        sum[s * 8 + 5] += t49 * t52;
        sum[s * 8 + 6] += t50 * t52;
        sum[s * 8 + 7] += t51 * t52;
      }
    }
    let t53 = scale[t32 + (k >> 5u) * 8];
    let v28_0 = bitcast<f32>(t53.x);
    let v28_1 = bitcast<f32>(t53.y);
    let v28_2 = bitcast<f32>(t53.z);
    let v28_3 = bitcast<f32>(t53.w);
    acc[0] += sum[0] * v28_0;
    acc[1] += sum[1] * v28_1;
    acc[2] += sum[2] * v28_2;
    acc[3] += sum[3] * v28_3;
    acc[4] += v28_0 * sum[4];
    acc[5] += v28_1 * sum[5];
    acc[6] += v28_2 * sum[6];
    acc[7] += v28_3 * sum[7];
    acc[8] += v28_0 * sum[8];
    acc[9] += v28_1 * sum[9];
    acc[10] += v28_2 * sum[10];
    acc[11] += v28_3 * sum[11];
    acc[12] += v28_0 * sum[12];
    acc[13] += v28_1 * sum[13];
    acc[14] += v28_2 * sum[14];
    acc[15] += v28_3 * sum[15];
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
    let t54 = ((k >> 5u) + 1) & 1;
    let t55 = t0 + t54 * 640;
    for (var s = 0; s < 4; s++) {
      let t56 = t55 + s * 160;
      sx[t56] = v55[s * 4];
      sx[t56 + 8] = v55[s * 4 + 1];
      sx[t56 + 16] = v55[s * 4 + 2];
      sx[t56 + 24] = v55[s * 4 + 3];
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
    let t57 = t7 + t54 * 1152;
    for (var s = 0; s < 8; s++) {
      let t58 = t57 + ((s >> 1u) * 288 + (s & 1) * 16);
      sw[t58] = bitcast<f32>(((v60[s * 4] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t58 + 4] = bitcast<f32>(((v60[s * 4 + 1] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t58 + 8] = bitcast<f32>(((v60[s * 4 + 2] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
      sw[t58 + 12] = bitcast<f32>(((v60[s * 4 + 3] & 3u) << 1u) ^ 0x4b000000u) - 8388611f;
    }
  }
  let t59 = bn * 32 + (t & 7);
  let t60 = t59 < 33;
  let v34_0 = bitcast<f32>(select(0u, bias[min(t59, 32)], t60));
  let t61 = t59 < 25;
  let v34_1 = bitcast<f32>(select(0u, bias[min(t59 + 8, 32)], t61));
  let t62 = t59 < 17;
  let v34_2 = bitcast<f32>(select(0u, bias[min(t59 + 16, 32)], t62));
  let t63 = t59 < 9;
  let v34_3 = bitcast<f32>(select(0u, bias[min(t59 + 24, 32)], t63));
  let t64 = bn * 32 + bm * 528 + (t >> 3u) * 33 + (t & 7);
  for (var s = 0; s < 4; s++) {
    let t65 = t1 + s * 4 < params.M;
    let t66 = t64 + s * 132;
    if (t60 & t65) {
      y[t66] = bitcast<u32>(v34_0 + acc[s * 4]);
    }
    if (t61 & t65) {
      y[t66 + 8] = bitcast<u32>(v34_1 + acc[s * 4 + 1]);
    }
    if (t62 & t65) {
      y[t66 + 16] = bitcast<u32>(v34_2 + acc[s * 4 + 2]);
    }
    if (t63 & t65) {
      y[t66 + 24] = bitcast<u32>(v34_3 + acc[s * 4 + 3]);
    }
  }
}
