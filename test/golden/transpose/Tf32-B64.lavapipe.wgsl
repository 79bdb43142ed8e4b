// transpose T = f32, B = 64; target lavapipe
// 109 lines, 32 memory accesses, 0 bytes of workgroup memory
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
  let t2 = m * 64 + t + params.M * n * 64;
  let t3 = params.N * min(t0, max(params.M - 1, 0));
  let t4 = max(params.N - 1, 0);
  let t5 = params.M + m * 64 + t + params.M * n * 64;
  let t6 = params.M * 2 + m * 64 + t + params.M * n * 64;
  let t7 = params.M * 3 + m * 64 + t + params.M * n * 64;
  let t8 = params.M * 4 + m * 64 + t + params.M * n * 64;
  let t9 = params.M * 5 + m * 64 + t + params.M * n * 64;
  let t10 = params.M * 6 + m * 64 + t + params.M * n * 64;
  let t11 = params.M * 7 + m * 64 + t + params.M * n * 64;
  let t12 = params.M * 8 + m * 64 + t + params.M * n * 64;
  let t13 = params.M * 9 + m * 64 + t + params.M * n * 64;
  let t14 = params.M * 10 + m * 64 + t + params.M * n * 64;
  let t15 = params.M * 11 + m * 64 + t + params.M * n * 64;
  let t16 = params.M * 12 + m * 64 + t + params.M * n * 64;
  let t17 = params.M * 13 + m * 64 + t + params.M * n * 64;
  let t18 = params.M * 14 + m * 64 + t + params.M * n * 64;
  let t19 = params.M * 15 + m * 64 + t + params.M * n * 64;
  for (var s = 0; s < 4; s++) {
    let t20 = n * 64 + s * 16;
    let t21 = t1 & (t20 < params.N);
    let t22 = params.M * s * 16;
    if (t21) {
      y[t2 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20)]), t21));
    }
    let t23 = t1 & (t20 + 1 < params.N);
    if (t23) {
      y[t5 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 1)]), t23));
    }
    let t24 = t1 & (t20 + 2 < params.N);
    if (t24) {
      y[t6 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 2)]), t24));
    }
    let t25 = t1 & (t20 + 3 < params.N);
    if (t25) {
      y[t7 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 3)]), t25));
    }
    let t26 = t1 & (t20 + 4 < params.N);
    if (t26) {
      y[t8 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 4)]), t26));
    }
    let t27 = t1 & (t20 + 5 < params.N);
    if (t27) {
      y[t9 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 5)]), t27));
    }
    let t28 = t1 & (t20 + 6 < params.N);
    if (t28) {
      y[t10 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 6)]), t28));
    }
    let t29 = t1 & (t20 + 7 < params.N);
    if (t29) {
      y[t11 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 7)]), t29));
    }
    let t30 = t1 & (t20 + 8 < params.N);
    if (t30) {
      y[t12 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 8)]), t30));
    }
    let t31 = t1 & (t20 + 9 < params.N);
    if (t31) {
      y[t13 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 9)]), t31));
    }
    let t32 = t1 & (t20 + 10 < params.N);
    if (t32) {
      y[t14 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 10)]), t32));
    }
    let t33 = t1 & (t20 + 11 < params.N);
    if (t33) {
      y[t15 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 11)]), t33));
    }
    let t34 = t1 & (t20 + 12 < params.N);
    if (t34) {
      y[t16 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 12)]), t34));
    }
    let t35 = t1 & (t20 + 13 < params.N);
    if (t35) {
      y[t17 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 13)]), t35));
    }
    let t36 = t1 & (t20 + 14 < params.N);
    if (t36) {
      y[t18 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 14)]), t36));
    }
    let t37 = t1 & (t20 + 15 < params.N);
    if (t37) {
      y[t19 + t22] = bitcast<u32>(select(1f, bitcast<f32>(x[t3 + min(t4, t20 + 15)]), t37));
    }
  }
}
