// outlier_columns of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target base
// 236 lines, 67 memory accesses, 2564 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> list: array<u32>;
@group(0) @binding(2) var<storage, read> count: array<u32>;
@group(0) @binding(3) var<storage, read> v: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> s23: array<f32, 128>;
var<workgroup> s24: array<f32, 512>;
var<workgroup> scratch: array<u32, 1>;

@compute @workgroup_size(64)
fn outlier_columns(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 15) >> 4u)) { return; }
  let bn = i32(block % u32((params.N + 63) >> 6u));
  let bm = i32(block / u32((params.N + 63) >> 6u));
  if (t == 0) {
    scratch[0] = count[0];
  }
  let found = workgroupUniformLoad(&scratch[0]);
  if (i32(found) == 0) {
    return;
  }
  var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f; var sum_4 = 0f; var sum_5 = 0f;
  var sum_6 = 0f; var sum_7 = 0f; var sum_8 = 0f; var sum_9 = 0f; var sum_10 = 0f; var sum_11 = 0f;
  var sum_12 = 0f; var sum_13 = 0f; var sum_14 = 0f; var sum_15 = 0f;
  let t0 = (t & 3) * 2;
  let t1 = bm * 16 + (t >> 2u);
  let t2 = t1 < params.M;
  let t3 = max(params.M - 1, 0);
  let t4 = min(t1, t3) * 37;
  let t5 = bn * 64 + (t & 15) * 4;
  let t6 = t5 < params.N;
  let t7 = max(params.N - 1, 0);
  let t8 = min(t5, t7);
  let t9 = t5 + 1 < params.N;
  let t10 = min(t7, t5 + 1);
  let t11 = t5 + 2 < params.N;
  let t12 = min(t7, t5 + 2);
  let t13 = t5 + 3 < params.N;
  let t14 = min(t7, t5 + 3);
  let t15 = (t >> 4u) * 32;
  let t16 = (t & 15) * 4;
  for (var h = 0; h < i32(found); h += 8) {
    let t17 = (t >> 4u) + h;
    let v26_0 = i32(select(0u, list[min(t17, 36)], (t17 < 37)));
    let v26_1 = i32(select(0u, list[min(t17 + 4, 36)], (t17 < 33)));
    let t18 = t0 + h;
    let t19 = i32(select(0u, list[min(t18, 36)], (t18 < 38)));
    s23[t * 2] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t19, 36), 0)], t2)), (t19 >= 0) & (t19 < 37));
    let t20 = i32(select(0u, list[min(t18 + 1, 36)], (t18 < 36)));
    s23[t * 2 + 1] = select(0f, bitcast<f32>(select(0u, x[t4 + max(min(t20, 36), 0)], t2)), (t20 >= 0) & (t20 < 37));
    let t21 = (v26_0 >= 0) & (v26_0 < 37);
    let t22 = params.N * max(min(v26_0, 36), 0);
    s24[t * 4] = select(0f, bitcast<f32>(select(0u, v[t8 + t22], t6)), t21);
    s24[t * 4 + 1] = select(0f, bitcast<f32>(select(0u, v[t10 + t22], t9)), t21);
    s24[t * 4 + 2] = select(0f, bitcast<f32>(select(0u, v[t12 + t22], t11)), t21);
    s24[t * 4 + 3] = select(0f, bitcast<f32>(select(0u, v[t14 + t22], t13)), t21);
    let t23 = (v26_1 >= 0) & (v26_1 < 37);
    let t24 = params.N * max(min(v26_1, 36), 0);
    s24[t * 4 + 256] = select(0f, bitcast<f32>(select(0u, v[t8 + t24], t6)), t23);
    s24[t * 4 + 257] = select(0f, bitcast<f32>(select(0u, v[t10 + t24], t9)), t23);
    s24[t * 4 + 258] = select(0f, bitcast<f32>(select(0u, v[t12 + t24], t11)), t23);
    s24[t * 4 + 259] = select(0f, bitcast<f32>(select(0u, v[t14 + t24], t13)), t23);
    workgroupBarrier();
    storageBarrier();
    var v18_0 = sum_0;
    var v18_1 = sum_1;
    var v18_2 = sum_2;
    var v18_3 = sum_3;
    var v18_4 = sum_4;
    var v18_5 = sum_5;
    var v18_6 = sum_6;
    var v18_7 = sum_7;
    var v18_8 = sum_8;
    var v18_9 = sum_9;
    var v18_10 = sum_10;
    var v18_11 = sum_11;
    var v18_12 = sum_12;
    var v18_13 = sum_13;
    var v18_14 = sum_14;
    var v18_15 = sum_15;
    let t25 = min(i32(found) + -h, 8);
    for (var k = 0; k < 8; k++) {
      let t26 = k < t25;
      let t27 = t15 + k;
      let t28 = s23[t27];
      let t29 = t16 + k * 64;
      let t30 = s24[t29];
      v18_0 += select(0f, t28 * t30, t26);
      let t31 = s24[t29 + 1];
      v18_1 += select(0f, t28 * t31, t26);
      let t32 = s24[t29 + 2];
      v18_2 += select(0f, t28 * t32, t26);
      let t33 = s24[t29 + 3];
      v18_3 += select(0f, t28 * t33, t26);
      let t34 = s23[t27 + 8];
      v18_4 += select(0f, t30 * t34, t26);
      v18_5 += select(0f, t31 * t34, t26);
      v18_6 += select(0f, t32 * t34, t26);
      v18_7 += select(0f, t33 * t34, t26);
      let t35 = s23[t27 + 16];
      v18_8 += select(0f, t30 * t35, t26);
      v18_9 += select(0f, t31 * t35, t26);
      v18_10 += select(0f, t32 * t35, t26);
      v18_11 += select(0f, t33 * t35, t26);
      let t36 = s23[t27 + 24];
      v18_12 += select(0f, t30 * t36, t26);
      v18_13 += select(0f, t31 * t36, t26);
      v18_14 += select(0f, t32 * t36, t26);
      v18_15 += select(0f, t33 * t36, t26);
    }
    workgroupBarrier();
    storageBarrier();
    sum_0 = v18_0;
    sum_1 = v18_1;
    sum_2 = v18_2;
    sum_3 = v18_3;
    sum_4 = v18_4;
    sum_5 = v18_5;
    sum_6 = v18_6;
    sum_7 = v18_7;
    sum_8 = v18_8;
    sum_9 = v18_9;
    sum_10 = v18_10;
    sum_11 = v18_11;
    sum_12 = v18_12;
    sum_13 = v18_13;
    sum_14 = v18_14;
    sum_15 = v18_15;
  }
  let t37 = bm * 16 + (t >> 4u) * 4;
  let t38 = t37 < params.M;
  let t39 = t6 & t38;
  let t40 = params.N * min(t3, t37);
  let v22_0 = bitcast<f32>(select(0u, y[t8 + t40], t39)) + sum_0;
  let t41 = t9 & t38;
  let v22_1 = bitcast<f32>(select(0u, y[t10 + t40], t41)) + sum_1;
  let t42 = t11 & t38;
  let v22_2 = bitcast<f32>(select(0u, y[t12 + t40], t42)) + sum_2;
  let t43 = t13 & t38;
  let v22_3 = bitcast<f32>(select(0u, y[t14 + t40], t43)) + sum_3;
  let t44 = t37 + 1 < params.M;
  let t45 = t6 & t44;
  let t46 = params.N * min(t3, t37 + 1);
  let v22_4 = bitcast<f32>(select(0u, y[t8 + t46], t45)) + sum_4;
  let t47 = t9 & t44;
  let v22_5 = bitcast<f32>(select(0u, y[t10 + t46], t47)) + sum_5;
  let t48 = t11 & t44;
  let v22_6 = bitcast<f32>(select(0u, y[t12 + t46], t48)) + sum_6;
  let t49 = t13 & t44;
  let v22_7 = bitcast<f32>(select(0u, y[t14 + t46], t49)) + sum_7;
  let t50 = t37 + 2 < params.M;
  let t51 = t6 & t50;
  let t52 = params.N * min(t3, t37 + 2);
  let v22_8 = bitcast<f32>(select(0u, y[t8 + t52], t51)) + sum_8;
  let t53 = t9 & t50;
  let v22_9 = bitcast<f32>(select(0u, y[t10 + t52], t53)) + sum_9;
  let t54 = t11 & t50;
  let v22_10 = bitcast<f32>(select(0u, y[t12 + t52], t54)) + sum_10;
  let t55 = t13 & t50;
  let v22_11 = bitcast<f32>(select(0u, y[t14 + t52], t55)) + sum_11;
  let t56 = t37 + 3 < params.M;
  let t57 = t6 & t56;
  let t58 = params.N * min(t3, t37 + 3);
  let v22_12 = bitcast<f32>(select(0u, y[t8 + t58], t57)) + sum_12;
  let t59 = t9 & t56;
  let v22_13 = bitcast<f32>(select(0u, y[t10 + t58], t59)) + sum_13;
  let t60 = t11 & t56;
  let v22_14 = bitcast<f32>(select(0u, y[t12 + t58], t60)) + sum_14;
  let t61 = t13 & t56;
  let v22_15 = bitcast<f32>(select(0u, y[t14 + t58], t61)) + sum_15;
  let t62 = params.N * (t >> 4u);
  let t63 = bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t62 * 4;
  if (t39) {
    y[t63] = bitcast<u32>(v22_0);
  }
  if (t41) {
    y[t63 + 1] = bitcast<u32>(v22_1);
  }
  if (t42) {
    y[t63 + 2] = bitcast<u32>(v22_2);
  }
  if (t43) {
    y[t63 + 3] = bitcast<u32>(v22_3);
  }
  let t64 = params.N + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t62 * 4;
  if (t45) {
    y[t64] = bitcast<u32>(v22_4);
  }
  if (t47) {
    y[t64 + 1] = bitcast<u32>(v22_5);
  }
  if (t48) {
    y[t64 + 2] = bitcast<u32>(v22_6);
  }
  if (t49) {
    y[t64 + 3] = bitcast<u32>(v22_7);
  }
  let t65 = params.N * 2 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t62 * 4;
  if (t51) {
    y[t65] = bitcast<u32>(v22_8);
  }
  if (t53) {
    y[t65 + 1] = bitcast<u32>(v22_9);
  }
  if (t54) {
    y[t65 + 2] = bitcast<u32>(v22_10);
  }
  if (t55) {
    y[t65 + 3] = bitcast<u32>(v22_11);
  }
  let t66 = params.N * 3 + bn * 64 + (t & 15) * 4 + params.N * bm * 16 + t62 * 4;
  if (t57) {
    y[t66] = bitcast<u32>(v22_12);
  }
  if (t59) {
    y[t66 + 1] = bitcast<u32>(v22_13);
  }
  if (t60) {
    y[t66 + 2] = bitcast<u32>(v22_14);
  }
  if (t61) {
    y[t66 + 3] = bitcast<u32>(v22_15);
  }
}
