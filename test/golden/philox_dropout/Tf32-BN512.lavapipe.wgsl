// philox_dropout T = f32, BN = 512; target lavapipe
// 96 lines, 4 memory accesses, 0 bytes of workgroup memory
struct Params {
  N: i32,
  keep: f32,
  seed: u32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn philox_dropout(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 511) >> 9u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  let t0 = b * 512 + t * 4;
  let t1 = max(params.N - 1, 0);
  let t2 = encode(params.seed);
  for (var s = 0; s < 4; s++) {
    let t3 = t0 + ((s >> 1u) * 256 + (s & 1) * 2);
    let t4 = t3 < params.N;
    if (t4) {
      let t5 = u32(t3);
      let t6 = (t5 >> 16u) & 0x3fffu;
      let t7 = t5 & 0xffffu;
      let t8 = t6 * 0x1f53u + (((t7 * 0x1f53u) >> 16u) & 0x1fffu);
      let t9 = t6 * 0xd251u + ((t8 >> 16u) & 0x7ffu) + ((t7 * 0xd251u + (t8 & 0xffffu)) >> 16u);
      let t10 = (t9 >> 16u) & 0x3fffu;
      let t11 = t9 & 0xffffu;
      let t12 = t10 * 0x8d57u + ((t11 * 0x8d57u) >> 16u);
      let t13 = t10 * 0xcd9eu + ((t12 >> 16u) & 0x1fffu) + ((t11 * 0xcd9eu + (t12 & 0xffffu)) >> 16u);
      let t14 = (params.seed + 0x9e3779b9u) ^ t13;
      let t15 = t2 ^ (t5 * 0xd2511f53u) ^ 0xbb67ae85u;
      let t16 = (params.seed + 0x3c6ef372u) ^ ((t9 * 0xcd9e8d57u) ^ encode_1(t15));
      let t17 = (t14 * 0xd2511f53u) ^ encode(t16) ^ 0x32370b8fu;
      let t18 = (params.seed * 0xd2511f53u) ^ encode(t14) ^ 0x76cf5d0au;
      let t19 = (params.seed + 0xdaa66d2bu) ^ ((t15 * 0xcd9e8d57u) ^ encode_1(t18));
      let t20 = (t16 * 0xd2511f53u) ^ encode(t19) ^ 0xed9eba14u;
      let t21 = (params.seed + 0x1715609du) ^ ((t17 * 0xcd9e8d57u) ^ encode_1(t20));
      let t22 = (params.seed + 0x78dde6e4u) ^ ((t18 * 0xcd9e8d57u) ^ encode_1(t17));
      let t23 = (t19 * 0xd2511f53u) ^ encode(t22) ^ 0xa9066899u;
      let t24 = (params.seed + 0xb54cda56u) ^ ((t20 * 0xcd9e8d57u) ^ encode_1(t23));
      let t25 = (t23 * 0xcd9e8d57u) ^ encode_1((t22 * 0xd2511f53u) ^ encode(t21) ^ 0x646e171eu);
      let t26 = (t24 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t25) ^ 0xdb3d7428u;
      let t27 = (((t21 * 0xd2511f53u) ^ encode(t24) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_1(t26);
      let t28 = i32((params.seed + 0x8ff34781u) ^ t27);
      let t29 = select(0f, bitcast<f32>(select(0u, x[min(t1, t3)], t4)) / params.keep, (f32(select(t28, ~t28, (t28 < 0))) * 4.6566126e-10f < params.keep));
      y[t3] = bitcast<u32>(t29);
    }
    let t30 = t3 + 1 < params.N;
    if (t30) {
      let t31 = u32(t3 + 1);
      let t32 = (t31 >> 16u) & 0x3fffu;
      let t33 = t31 & 0xffffu;
      let t34 = t32 * 0x1f53u + (((t33 * 0x1f53u) >> 16u) & 0x1fffu);
      let t35 = t32 * 0xd251u + ((t34 >> 16u) & 0x7ffu) + ((t33 * 0xd251u + (t34 & 0xffffu)) >> 16u);
      let t36 = (t35 >> 16u) & 0x3fffu;
      let t37 = t35 & 0xffffu;
      let t38 = t36 * 0x8d57u + ((t37 * 0x8d57u) >> 16u);
      let t39 = t36 * 0xcd9eu + ((t38 >> 16u) & 0x1fffu) + ((t37 * 0xcd9eu + (t38 & 0xffffu)) >> 16u);
      let t40 = (params.seed + 0x9e3779b9u) ^ t39;
      let t41 = t2 ^ (t31 * 0xd2511f53u) ^ 0xbb67ae85u;
      let t42 = (params.seed + 0x3c6ef372u) ^ ((t35 * 0xcd9e8d57u) ^ encode_1(t41));
      let t43 = (t40 * 0xd2511f53u) ^ encode(t42) ^ 0x32370b8fu;
      let t44 = (params.seed * 0xd2511f53u) ^ encode(t40) ^ 0x76cf5d0au;
      let t45 = (params.seed + 0xdaa66d2bu) ^ ((t41 * 0xcd9e8d57u) ^ encode_1(t44));
      let t46 = (t42 * 0xd2511f53u) ^ encode(t45) ^ 0xed9eba14u;
      let t47 = (params.seed + 0x1715609du) ^ ((t43 * 0xcd9e8d57u) ^ encode_1(t46));
      let t48 = (params.seed + 0x78dde6e4u) ^ ((t44 * 0xcd9e8d57u) ^ encode_1(t43));
      let t49 = (t45 * 0xd2511f53u) ^ encode(t48) ^ 0xa9066899u;
      let t50 = (params.seed + 0xb54cda56u) ^ ((t46 * 0xcd9e8d57u) ^ encode_1(t49));
      let t51 = (t49 * 0xcd9e8d57u) ^ encode_1((t48 * 0xd2511f53u) ^ encode(t47) ^ 0x646e171eu);
      let t52 = (t50 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t51) ^ 0xdb3d7428u;
      let t53 = (((t47 * 0xd2511f53u) ^ encode(t50) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_1(t52);
      let t54 = i32((params.seed + 0x8ff34781u) ^ t53);
      let t55 = select(0f, bitcast<f32>(select(0u, x[min(t1, t3 + 1)], t30)) / params.keep, (f32(select(t54, ~t54, (t54 < 0))) * 4.6566126e-10f < params.keep));
      y[t3 + 1] = bitcast<u32>(t55);
    }
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = (x_1 >> 16u) * 0x1f53u + ((((x_1 & 0xffffu) * 0x1f53u) >> 16u) & 0x1fffu);
  return (x_1 >> 16u) * 0xd251u + ((t0 >> 16u) & 0x1fffu) + (((x_1 & 0xffffu) * 0xd251u + (t0 & 0xffffu)) >> 16u);
}

fn encode_1(x_1: u32) -> u32 {
  let t0 = (x_1 >> 16u) * 0x8d57u + (((x_1 & 0xffffu) * 0x8d57u) >> 16u);
  return (x_1 >> 16u) * 0xcd9eu + (t0 >> 16u) + (((x_1 & 0xffffu) * 0xcd9eu + (t0 & 0xffffu)) >> 16u);
}
