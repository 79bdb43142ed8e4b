// transpose T = f32, B = 64; target base
// 281 lines, 128 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn transpose_1(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 63) >> 6u) * u32((params.M + 63) >> 6u)) { return; }
  let n = i32(block % u32((params.N + 63) >> 6u));
  let m = i32(block / u32((params.N + 63) >> 6u));
  let t0 = m * 64 + t;
  let t1 = t0 < params.M;
  let t2 = (n * 64 < params.N) & t1;
  let t3 = max(params.N - 1, 0);
  let t4 = params.N * min(t0, max(params.M - 1, 0));
  if (t2) {
    y[m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(n * 64, t3) + t4]), t2));
  }
  let t5 = t1 & (n * 64 + 1 < params.N);
  if (t5) {
    y[params.M + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 1) + t4]), t5));
  }
  let t6 = t1 & (n * 64 + 2 < params.N);
  if (t6) {
    y[params.M * 2 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 2) + t4]), t6));
  }
  let t7 = t1 & (n * 64 + 3 < params.N);
  if (t7) {
    y[params.M * 3 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 3) + t4]), t7));
  }
  let t8 = t1 & (n * 64 + 4 < params.N);
  if (t8) {
    y[params.M * 4 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 4) + t4]), t8));
  }
  let t9 = t1 & (n * 64 + 5 < params.N);
  if (t9) {
    y[params.M * 5 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 5) + t4]), t9));
  }
  let t10 = t1 & (n * 64 + 6 < params.N);
  if (t10) {
    y[params.M * 6 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 6) + t4]), t10));
  }
  let t11 = t1 & (n * 64 + 7 < params.N);
  if (t11) {
    y[params.M * 7 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 7) + t4]), t11));
  }
  let t12 = t1 & (n * 64 + 8 < params.N);
  if (t12) {
    y[params.M * 8 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 8) + t4]), t12));
  }
  let t13 = t1 & (n * 64 + 9 < params.N);
  if (t13) {
    y[params.M * 9 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 9) + t4]), t13));
  }
  let t14 = t1 & (n * 64 + 10 < params.N);
  if (t14) {
    y[params.M * 10 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 10) + t4]), t14));
  }
  let t15 = t1 & (n * 64 + 11 < params.N);
  if (t15) {
    y[params.M * 11 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 11) + t4]), t15));
  }
  let t16 = t1 & (n * 64 + 12 < params.N);
  if (t16) {
    y[params.M * 12 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 12) + t4]), t16));
  }
  let t17 = t1 & (n * 64 + 13 < params.N);
  if (t17) {
    y[params.M * 13 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 13) + t4]), t17));
  }
  let t18 = t1 & (n * 64 + 14 < params.N);
  if (t18) {
    y[params.M * 14 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 14) + t4]), t18));
  }
  let t19 = t1 & (n * 64 + 15 < params.N);
  if (t19) {
    y[params.M * 15 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 15) + t4]), t19));
  }
  let t20 = t1 & (n * 64 + 16 < params.N);
  if (t20) {
    y[params.M * 16 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 16) + t4]), t20));
  }
  let t21 = t1 & (n * 64 + 17 < params.N);
  if (t21) {
    y[params.M * 17 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 17) + t4]), t21));
  }
  let t22 = t1 & (n * 64 + 18 < params.N);
  if (t22) {
    y[params.M * 18 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 18) + t4]), t22));
  }
  let t23 = t1 & (n * 64 + 19 < params.N);
  if (t23) {
    y[params.M * 19 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 19) + t4]), t23));
  }
  let t24 = t1 & (n * 64 + 20 < params.N);
  if (t24) {
    y[params.M * 20 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 20) + t4]), t24));
  }
  let t25 = t1 & (n * 64 + 21 < params.N);
  if (t25) {
    y[params.M * 21 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 21) + t4]), t25));
  }
  let t26 = t1 & (n * 64 + 22 < params.N);
  if (t26) {
    y[params.M * 22 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 22) + t4]), t26));
  }
  let t27 = t1 & (n * 64 + 23 < params.N);
  if (t27) {
    y[params.M * 23 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 23) + t4]), t27));
  }
  let t28 = t1 & (n * 64 + 24 < params.N);
  if (t28) {
    y[params.M * 24 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 24) + t4]), t28));
  }
  let t29 = t1 & (n * 64 + 25 < params.N);
  if (t29) {
    y[params.M * 25 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 25) + t4]), t29));
  }
  let t30 = t1 & (n * 64 + 26 < params.N);
  if (t30) {
    y[params.M * 26 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 26) + t4]), t30));
  }
  let t31 = t1 & (n * 64 + 27 < params.N);
  if (t31) {
    y[params.M * 27 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 27) + t4]), t31));
  }
  let t32 = t1 & (n * 64 + 28 < params.N);
  if (t32) {
    y[params.M * 28 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 28) + t4]), t32));
  }
  let t33 = t1 & (n * 64 + 29 < params.N);
  if (t33) {
    y[params.M * 29 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 29) + t4]), t33));
  }
  let t34 = t1 & (n * 64 + 30 < params.N);
  if (t34) {
    y[params.M * 30 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 30) + t4]), t34));
  }
  let t35 = t1 & (n * 64 + 31 < params.N);
  if (t35) {
    y[params.M * 31 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 31) + t4]), t35));
  }
  let t36 = t1 & (n * 64 + 32 < params.N);
  if (t36) {
    y[params.M * 32 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 32) + t4]), t36));
  }
  let t37 = t1 & (n * 64 + 33 < params.N);
  if (t37) {
    y[params.M * 33 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 33) + t4]), t37));
  }
  let t38 = t1 & (n * 64 + 34 < params.N);
  if (t38) {
    y[params.M * 34 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 34) + t4]), t38));
  }
  let t39 = t1 & (n * 64 + 35 < params.N);
  if (t39) {
    y[params.M * 35 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 35) + t4]), t39));
  }
  let t40 = t1 & (n * 64 + 36 < params.N);
  if (t40) {
    y[params.M * 36 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 36) + t4]), t40));
  }
  let t41 = t1 & (n * 64 + 37 < params.N);
  if (t41) {
    y[params.M * 37 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 37) + t4]), t41));
  }
  let t42 = t1 & (n * 64 + 38 < params.N);
  if (t42) {
    y[params.M * 38 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 38) + t4]), t42));
  }
  let t43 = t1 & (n * 64 + 39 < params.N);
  if (t43) {
    y[params.M * 39 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 39) + t4]), t43));
  }
  let t44 = t1 & (n * 64 + 40 < params.N);
  if (t44) {
    y[params.M * 40 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 40) + t4]), t44));
  }
  let t45 = t1 & (n * 64 + 41 < params.N);
  if (t45) {
    y[params.M * 41 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 41) + t4]), t45));
  }
  let t46 = t1 & (n * 64 + 42 < params.N);
  if (t46) {
    y[params.M * 42 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 42) + t4]), t46));
  }
  let t47 = t1 & (n * 64 + 43 < params.N);
  if (t47) {
    y[params.M * 43 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 43) + t4]), t47));
  }
  let t48 = t1 & (n * 64 + 44 < params.N);
  if (t48) {
    y[params.M * 44 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 44) + t4]), t48));
  }
  let t49 = t1 & (n * 64 + 45 < params.N);
  if (t49) {
    y[params.M * 45 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 45) + t4]), t49));
  }
  let t50 = t1 & (n * 64 + 46 < params.N);
  if (t50) {
    y[params.M * 46 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 46) + t4]), t50));
  }
  let t51 = t1 & (n * 64 + 47 < params.N);
  if (t51) {
    y[params.M * 47 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 47) + t4]), t51));
  }
  let t52 = t1 & (n * 64 + 48 < params.N);
  if (t52) {
    y[params.M * 48 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 48) + t4]), t52));
  }
  let t53 = t1 & (n * 64 + 49 < params.N);
  if (t53) {
    y[params.M * 49 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 49) + t4]), t53));
  }
  let t54 = t1 & (n * 64 + 50 < params.N);
  if (t54) {
    y[params.M * 50 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 50) + t4]), t54));
  }
  let t55 = t1 & (n * 64 + 51 < params.N);
  if (t55) {
    y[params.M * 51 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 51) + t4]), t55));
  }
  let t56 = t1 & (n * 64 + 52 < params.N);
  if (t56) {
    y[params.M * 52 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 52) + t4]), t56));
  }
  let t57 = t1 & (n * 64 + 53 < params.N);
  if (t57) {
    y[params.M * 53 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 53) + t4]), t57));
  }
  let t58 = t1 & (n * 64 + 54 < params.N);
  if (t58) {
    y[params.M * 54 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 54) + t4]), t58));
  }
  let t59 = t1 & (n * 64 + 55 < params.N);
  if (t59) {
    y[params.M * 55 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 55) + t4]), t59));
  }
  let t60 = t1 & (n * 64 + 56 < params.N);
  if (t60) {
    y[params.M * 56 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 56) + t4]), t60));
  }
  let t61 = t1 & (n * 64 + 57 < params.N);
  if (t61) {
    y[params.M * 57 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 57) + t4]), t61));
  }
  let t62 = t1 & (n * 64 + 58 < params.N);
  if (t62) {
    y[params.M * 58 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 58) + t4]), t62));
  }
  let t63 = t1 & (n * 64 + 59 < params.N);
  if (t63) {
    y[params.M * 59 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 59) + t4]), t63));
  }
  let t64 = t1 & (n * 64 + 60 < params.N);
  if (t64) {
    y[params.M * 60 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 60) + t4]), t64));
  }
  let t65 = t1 & (n * 64 + 61 < params.N);
  if (t65) {
    y[params.M * 61 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 61) + t4]), t65));
  }
  let t66 = t1 & (n * 64 + 62 < params.N);
  if (t66) {
    y[params.M * 62 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 62) + t4]), t66));
  }
  let t67 = t1 & (n * 64 + 63 < params.N);
  if (t67) {
    y[params.M * 63 + m * 64 + t + params.M * n * 64] = bitcast<u32>(select(1f, bitcast<f32>(x[min(t3, n * 64 + 63) + t4]), t67));
  }
}
