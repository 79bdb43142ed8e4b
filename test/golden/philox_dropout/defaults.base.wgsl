// philox_dropout with its defaults; target base
// 138 lines, 4 memory accesses, 0 bytes of workgroup memory
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
  if (block >= u32((params.N + 255) >> 8u)) { return; }
  let b = i32(block);
  let t0 = b * 128 + t * 2;
  let t1 = (params.N + 1) >> 1u;
  let t2 = t0 < t1;
  let t3 = b * 256 + t * 4;
  let t4 = max(t1 - 1, 0);
  let t5 = encode(params.seed);
  if (t2) {
    let t6 = u32(t3);
    let t7 = select(0u, x[min(t0, t4)], t2);
    let t8 = u32(t3 + 1);
    let t9 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t6));
    let t10 = (t6 * 0xd2511f53u) ^ t5 ^ 0xbb67ae85u;
    let t11 = (params.seed + 0x3c6ef372u) ^ (encode_3(t6) ^ encode_4(t10));
    let t12 = (t9 * 0xd2511f53u) ^ encode(t11) ^ 0x32370b8fu;
    let t13 = (params.seed * 0xd2511f53u) ^ encode(t9) ^ 0x76cf5d0au;
    let t14 = (params.seed + 0xdaa66d2bu) ^ ((t10 * 0xcd9e8d57u) ^ encode_4(t13));
    let t15 = (t11 * 0xd2511f53u) ^ encode(t14) ^ 0xed9eba14u;
    let t16 = (params.seed + 0x1715609du) ^ ((t12 * 0xcd9e8d57u) ^ encode_4(t15));
    let t17 = (params.seed + 0x78dde6e4u) ^ ((t13 * 0xcd9e8d57u) ^ encode_4(t12));
    let t18 = (t14 * 0xd2511f53u) ^ encode(t17) ^ 0xa9066899u;
    let t19 = (params.seed + 0xb54cda56u) ^ ((t15 * 0xcd9e8d57u) ^ encode_4(t18));
    let t20 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t8));
    let t21 = t5 ^ (t8 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t22 = (params.seed + 0x3c6ef372u) ^ (encode_3(t8) ^ encode_4(t21));
    let t23 = (t20 * 0xd2511f53u) ^ encode(t22) ^ 0x32370b8fu;
    let t24 = (params.seed * 0xd2511f53u) ^ encode(t20) ^ 0x76cf5d0au;
    let t25 = (params.seed + 0xdaa66d2bu) ^ ((t21 * 0xcd9e8d57u) ^ encode_4(t24));
    let t26 = (t22 * 0xd2511f53u) ^ encode(t25) ^ 0xed9eba14u;
    let t27 = (params.seed + 0x1715609du) ^ ((t23 * 0xcd9e8d57u) ^ encode_4(t26));
    let t28 = (params.seed + 0x78dde6e4u) ^ ((t24 * 0xcd9e8d57u) ^ encode_4(t23));
    let t29 = (t25 * 0xd2511f53u) ^ encode(t28) ^ 0xa9066899u;
    let t30 = (params.seed + 0xb54cda56u) ^ ((t26 * 0xcd9e8d57u) ^ encode_4(t29));
    let t31 = (t18 * 0xcd9e8d57u) ^ encode_4((t17 * 0xd2511f53u) ^ encode(t16) ^ 0x646e171eu);
    let t32 = (t19 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t31) ^ 0xdb3d7428u;
    let t33 = (((t16 * 0xd2511f53u) ^ encode(t19) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t32);
    let t34 = select(0f, unpack2x16float(t7).x / params.keep, (decode((params.seed + 0x8ff34781u) ^ t33) < params.keep));
    let t35 = (t29 * 0xcd9e8d57u) ^ encode_4((t28 * 0xd2511f53u) ^ encode(t27) ^ 0x646e171eu);
    let t36 = (t30 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t35) ^ 0xdb3d7428u;
    let t37 = (((t27 * 0xd2511f53u) ^ encode(t30) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t36);
    let t38 = select(0f, unpack2x16float(t7).y / params.keep, (decode((params.seed + 0x8ff34781u) ^ t37) < params.keep));
    let t39 = select(0u, encode_5(bitcast<u32>(t38)) << 16u, (t3 + 1 < params.N));
    y[t0] = select(0u, encode_5(bitcast<u32>(t34)), (t3 < params.N)) | t39;
  }
  let t40 = t0 + 1 < t1;
  if (t40) {
    let t41 = u32(t3 + 2);
    let t42 = select(0u, x[min(t4, t0 + 1)], t40);
    let t43 = u32(t3 + 3);
    let t44 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t41));
    let t45 = t5 ^ (t41 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t46 = (params.seed + 0x3c6ef372u) ^ (encode_3(t41) ^ encode_4(t45));
    let t47 = (t44 * 0xd2511f53u) ^ encode(t46) ^ 0x32370b8fu;
    let t48 = (params.seed * 0xd2511f53u) ^ encode(t44) ^ 0x76cf5d0au;
    let t49 = (params.seed + 0xdaa66d2bu) ^ ((t45 * 0xcd9e8d57u) ^ encode_4(t48));
    let t50 = (t46 * 0xd2511f53u) ^ encode(t49) ^ 0xed9eba14u;
    let t51 = (params.seed + 0x1715609du) ^ ((t47 * 0xcd9e8d57u) ^ encode_4(t50));
    let t52 = (params.seed + 0x78dde6e4u) ^ ((t48 * 0xcd9e8d57u) ^ encode_4(t47));
    let t53 = (t49 * 0xd2511f53u) ^ encode(t52) ^ 0xa9066899u;
    let t54 = (params.seed + 0xb54cda56u) ^ ((t50 * 0xcd9e8d57u) ^ encode_4(t53));
    let t55 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t43));
    let t56 = t5 ^ (t43 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t57 = (params.seed + 0x3c6ef372u) ^ (encode_3(t43) ^ encode_4(t56));
    let t58 = (t55 * 0xd2511f53u) ^ encode(t57) ^ 0x32370b8fu;
    let t59 = (params.seed * 0xd2511f53u) ^ encode(t55) ^ 0x76cf5d0au;
    let t60 = (params.seed + 0xdaa66d2bu) ^ ((t56 * 0xcd9e8d57u) ^ encode_4(t59));
    let t61 = (t57 * 0xd2511f53u) ^ encode(t60) ^ 0xed9eba14u;
    let t62 = (params.seed + 0x1715609du) ^ ((t58 * 0xcd9e8d57u) ^ encode_4(t61));
    let t63 = (params.seed + 0x78dde6e4u) ^ ((t59 * 0xcd9e8d57u) ^ encode_4(t58));
    let t64 = (t60 * 0xd2511f53u) ^ encode(t63) ^ 0xa9066899u;
    let t65 = (params.seed + 0xb54cda56u) ^ ((t61 * 0xcd9e8d57u) ^ encode_4(t64));
    let t66 = (t53 * 0xcd9e8d57u) ^ encode_4((t52 * 0xd2511f53u) ^ encode(t51) ^ 0x646e171eu);
    let t67 = (t54 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t66) ^ 0xdb3d7428u;
    let t68 = (((t51 * 0xd2511f53u) ^ encode(t54) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t67);
    let t69 = select(0f, unpack2x16float(t42).x / params.keep, (decode((params.seed + 0x8ff34781u) ^ t68) < params.keep));
    let t70 = (t64 * 0xcd9e8d57u) ^ encode_4((t63 * 0xd2511f53u) ^ encode(t62) ^ 0x646e171eu);
    let t71 = (t65 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t70) ^ 0xdb3d7428u;
    let t72 = (((t62 * 0xd2511f53u) ^ encode(t65) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t71);
    let t73 = select(0f, unpack2x16float(t42).y / params.keep, (decode((params.seed + 0x8ff34781u) ^ t72) < params.keep));
    let t74 = select(0u, encode_5(bitcast<u32>(t73)) << 16u, (t3 + 3 < params.N));
    y[t0 + 1] = select(0u, encode_5(bitcast<u32>(t69)), (t3 + 2 < params.N)) | t74;
  }
}

fn encode(x_1: u32) -> u32 {
  let t0 = (x_1 >> 16u) * 0x1f53u + ((((x_1 & 0xffffu) * 0x1f53u) >> 16u) & 0x1fffu);
  return (x_1 >> 16u) * 0xd251u + ((t0 >> 16u) & 0x1fffu) + (((x_1 & 0xffffu) * 0xd251u + (t0 & 0xffffu)) >> 16u);
}

fn encode_1(x_1: u32) -> u32 {
  let t0 = ((x_1 >> 16u) & 0x3fffu) * 0x8d57u + (((x_1 & 0xffffu) * 0x8d57u) >> 16u);
  return ((x_1 >> 16u) & 0x3fffu) * 0xcd9eu + ((t0 >> 16u) & 0x1fffu) + (((x_1 & 0xffffu) * 0xcd9eu + (t0 & 0xffffu)) >> 16u);
}

fn encode_2(x_1: u32) -> u32 {
  let t0 = ((x_1 >> 16u) & 0x3fffu) * 0x1f53u + ((((x_1 & 0xffffu) * 0x1f53u) >> 16u) & 0x1fffu);
  return ((x_1 >> 16u) & 0x3fffu) * 0xd251u + ((t0 >> 16u) & 0x7ffu) + (((x_1 & 0xffffu) * 0xd251u + (t0 & 0xffffu)) >> 16u);
}

fn encode_3(x_1: u32) -> u32 {
  let t0 = ((x_1 >> 16u) & 0x3fffu) * 0x1f53u + ((((x_1 & 0xffffu) * 0x1f53u) >> 16u) & 0x1fffu);
  let t1 = ((x_1 >> 16u) & 0x3fffu) * 0xd251u + ((t0 >> 16u) & 0x7ffu) + (((x_1 & 0xffffu) * 0xd251u + (t0 & 0xffffu)) >> 16u);
  return t1 * 0xcd9e8d57u;
}

fn encode_4(x_1: u32) -> u32 {
  let t0 = (x_1 >> 16u) * 0x8d57u + (((x_1 & 0xffffu) * 0x8d57u) >> 16u);
  return (x_1 >> 16u) * 0xcd9eu + (t0 >> 16u) + (((x_1 & 0xffffu) * 0xcd9eu + (t0 & 0xffffu)) >> 16u);
}

fn encode_5(x_1: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x_1 & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x_1 & 0x7fffffffu) == 0x7f800000u) | ((x_1 >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x_1 & 0x7fffffffu) >= 0x7f800001u));
}

fn decode(x_1: u32) -> f32 {
  return f32(select(i32(x_1), ~i32(x_1), (i32(x_1) < 0))) * 4.6566126e-10f;
}
