// philox_dropout T = f32, BN = 512; target base
// 218 lines, 16 memory accesses, 0 bytes of workgroup memory
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
  let b = i32(block);
  let t0 = b * 512 + t * 4;
  let t1 = t0 < params.N;
  let t2 = max(params.N - 1, 0);
  let t3 = encode(params.seed);
  if (t1) {
    let t4 = u32(t0);
    let t5 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t4));
    let t6 = (t4 * 0xd2511f53u) ^ t3 ^ 0xbb67ae85u;
    let t7 = (params.seed + 0x3c6ef372u) ^ (encode_3(t4) ^ encode_4(t6));
    let t8 = (t5 * 0xd2511f53u) ^ encode(t7) ^ 0x32370b8fu;
    let t9 = (params.seed * 0xd2511f53u) ^ encode(t5) ^ 0x76cf5d0au;
    let t10 = (params.seed + 0xdaa66d2bu) ^ ((t6 * 0xcd9e8d57u) ^ encode_4(t9));
    let t11 = (t7 * 0xd2511f53u) ^ encode(t10) ^ 0xed9eba14u;
    let t12 = (params.seed + 0x1715609du) ^ ((t8 * 0xcd9e8d57u) ^ encode_4(t11));
    let t13 = (params.seed + 0x78dde6e4u) ^ ((t9 * 0xcd9e8d57u) ^ encode_4(t8));
    let t14 = (t10 * 0xd2511f53u) ^ encode(t13) ^ 0xa9066899u;
    let t15 = (params.seed + 0xb54cda56u) ^ ((t11 * 0xcd9e8d57u) ^ encode_4(t14));
    let t16 = (t14 * 0xcd9e8d57u) ^ encode_4((t13 * 0xd2511f53u) ^ encode(t12) ^ 0x646e171eu);
    let t17 = (t15 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t16) ^ 0xdb3d7428u;
    let t18 = (((t12 * 0xd2511f53u) ^ encode(t15) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t17);
    let t19 = select(0f, bitcast<f32>(select(0u, x[min(t0, t2)], t1)) / params.keep, (decode((params.seed + 0x8ff34781u) ^ t18) < params.keep));
    y[t0] = bitcast<u32>(t19);
  }
  let t20 = t0 + 1 < params.N;
  if (t20) {
    let t21 = u32(t0 + 1);
    let t22 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t21));
    let t23 = t3 ^ (t21 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t24 = (params.seed + 0x3c6ef372u) ^ (encode_3(t21) ^ encode_4(t23));
    let t25 = (t22 * 0xd2511f53u) ^ encode(t24) ^ 0x32370b8fu;
    let t26 = (params.seed * 0xd2511f53u) ^ encode(t22) ^ 0x76cf5d0au;
    let t27 = (params.seed + 0xdaa66d2bu) ^ ((t23 * 0xcd9e8d57u) ^ encode_4(t26));
    let t28 = (t24 * 0xd2511f53u) ^ encode(t27) ^ 0xed9eba14u;
    let t29 = (params.seed + 0x1715609du) ^ ((t25 * 0xcd9e8d57u) ^ encode_4(t28));
    let t30 = (params.seed + 0x78dde6e4u) ^ ((t26 * 0xcd9e8d57u) ^ encode_4(t25));
    let t31 = (t27 * 0xd2511f53u) ^ encode(t30) ^ 0xa9066899u;
    let t32 = (params.seed + 0xb54cda56u) ^ ((t28 * 0xcd9e8d57u) ^ encode_4(t31));
    let t33 = (t31 * 0xcd9e8d57u) ^ encode_4((t30 * 0xd2511f53u) ^ encode(t29) ^ 0x646e171eu);
    let t34 = (t32 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t33) ^ 0xdb3d7428u;
    let t35 = (((t29 * 0xd2511f53u) ^ encode(t32) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t34);
    let t36 = select(0f, bitcast<f32>(select(0u, x[min(t2, t0 + 1)], t20)) / params.keep, (decode((params.seed + 0x8ff34781u) ^ t35) < params.keep));
    y[t0 + 1] = bitcast<u32>(t36);
  }
  let t37 = t0 + 2 < params.N;
  if (t37) {
    let t38 = u32(t0 + 2);
    let t39 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t38));
    let t40 = t3 ^ (t38 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t41 = (params.seed + 0x3c6ef372u) ^ (encode_3(t38) ^ encode_4(t40));
    let t42 = (t39 * 0xd2511f53u) ^ encode(t41) ^ 0x32370b8fu;
    let t43 = (params.seed * 0xd2511f53u) ^ encode(t39) ^ 0x76cf5d0au;
    let t44 = (params.seed + 0xdaa66d2bu) ^ ((t40 * 0xcd9e8d57u) ^ encode_4(t43));
    let t45 = (t41 * 0xd2511f53u) ^ encode(t44) ^ 0xed9eba14u;
    let t46 = (params.seed + 0x1715609du) ^ ((t42 * 0xcd9e8d57u) ^ encode_4(t45));
    let t47 = (params.seed + 0x78dde6e4u) ^ ((t43 * 0xcd9e8d57u) ^ encode_4(t42));
    let t48 = (t44 * 0xd2511f53u) ^ encode(t47) ^ 0xa9066899u;
    let t49 = (params.seed + 0xb54cda56u) ^ ((t45 * 0xcd9e8d57u) ^ encode_4(t48));
    let t50 = (t48 * 0xcd9e8d57u) ^ encode_4((t47 * 0xd2511f53u) ^ encode(t46) ^ 0x646e171eu);
    let t51 = (t49 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t50) ^ 0xdb3d7428u;
    let t52 = (((t46 * 0xd2511f53u) ^ encode(t49) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t51);
    let t53 = select(0f, bitcast<f32>(select(0u, x[min(t2, t0 + 2)], t37)) / params.keep, (decode((params.seed + 0x8ff34781u) ^ t52) < params.keep));
    y[t0 + 2] = bitcast<u32>(t53);
  }
  let t54 = t0 + 3 < params.N;
  if (t54) {
    let t55 = u32(t0 + 3);
    let t56 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t55));
    let t57 = t3 ^ (t55 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t58 = (params.seed + 0x3c6ef372u) ^ (encode_3(t55) ^ encode_4(t57));
    let t59 = (t56 * 0xd2511f53u) ^ encode(t58) ^ 0x32370b8fu;
    let t60 = (params.seed * 0xd2511f53u) ^ encode(t56) ^ 0x76cf5d0au;
    let t61 = (params.seed + 0xdaa66d2bu) ^ ((t57 * 0xcd9e8d57u) ^ encode_4(t60));
    let t62 = (t58 * 0xd2511f53u) ^ encode(t61) ^ 0xed9eba14u;
    let t63 = (params.seed + 0x1715609du) ^ ((t59 * 0xcd9e8d57u) ^ encode_4(t62));
    let t64 = (params.seed + 0x78dde6e4u) ^ ((t60 * 0xcd9e8d57u) ^ encode_4(t59));
    let t65 = (t61 * 0xd2511f53u) ^ encode(t64) ^ 0xa9066899u;
    let t66 = (params.seed + 0xb54cda56u) ^ ((t62 * 0xcd9e8d57u) ^ encode_4(t65));
    let t67 = (t65 * 0xcd9e8d57u) ^ encode_4((t64 * 0xd2511f53u) ^ encode(t63) ^ 0x646e171eu);
    let t68 = (t66 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t67) ^ 0xdb3d7428u;
    let t69 = (((t63 * 0xd2511f53u) ^ encode(t66) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t68);
    let t70 = select(0f, bitcast<f32>(select(0u, x[min(t2, t0 + 3)], t54)) / params.keep, (decode((params.seed + 0x8ff34781u) ^ t69) < params.keep));
    y[t0 + 3] = bitcast<u32>(t70);
  }
  let t71 = t0 + 256 < params.N;
  if (t71) {
    let t72 = u32(t0 + 256);
    let t73 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t72));
    let t74 = t3 ^ (t72 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t75 = (params.seed + 0x3c6ef372u) ^ (encode_3(t72) ^ encode_4(t74));
    let t76 = (t73 * 0xd2511f53u) ^ encode(t75) ^ 0x32370b8fu;
    let t77 = (params.seed * 0xd2511f53u) ^ encode(t73) ^ 0x76cf5d0au;
    let t78 = (params.seed + 0xdaa66d2bu) ^ ((t74 * 0xcd9e8d57u) ^ encode_4(t77));
    let t79 = (t75 * 0xd2511f53u) ^ encode(t78) ^ 0xed9eba14u;
    let t80 = (params.seed + 0x1715609du) ^ ((t76 * 0xcd9e8d57u) ^ encode_4(t79));
    let t81 = (params.seed + 0x78dde6e4u) ^ ((t77 * 0xcd9e8d57u) ^ encode_4(t76));
    let t82 = (t78 * 0xd2511f53u) ^ encode(t81) ^ 0xa9066899u;
    let t83 = (params.seed + 0xb54cda56u) ^ ((t79 * 0xcd9e8d57u) ^ encode_4(t82));
    let t84 = bitcast<f32>(select(0u, x[min(t2, t0 + 256)], t71)) / params.keep;
    let t85 = (t82 * 0xcd9e8d57u) ^ encode_4((t81 * 0xd2511f53u) ^ encode(t80) ^ 0x646e171eu);
    let t86 = (t83 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t85) ^ 0xdb3d7428u;
    let t87 = (((t80 * 0xd2511f53u) ^ encode(t83) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t86);
    let t88 = select(0f, t84, (decode((params.seed + 0x8ff34781u) ^ t87) < params.keep));
    y[t0 + 256] = bitcast<u32>(t88);
  }
  let t89 = t0 + 257 < params.N;
  if (t89) {
    let t90 = u32(t0 + 257);
    let t91 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t90));
    let t92 = t3 ^ (t90 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t93 = (params.seed + 0x3c6ef372u) ^ (encode_3(t90) ^ encode_4(t92));
    let t94 = (t91 * 0xd2511f53u) ^ encode(t93) ^ 0x32370b8fu;
    let t95 = (params.seed * 0xd2511f53u) ^ encode(t91) ^ 0x76cf5d0au;
    let t96 = (params.seed + 0xdaa66d2bu) ^ ((t92 * 0xcd9e8d57u) ^ encode_4(t95));
    let t97 = (t93 * 0xd2511f53u) ^ encode(t96) ^ 0xed9eba14u;
    let t98 = (params.seed + 0x1715609du) ^ ((t94 * 0xcd9e8d57u) ^ encode_4(t97));
    let t99 = (params.seed + 0x78dde6e4u) ^ ((t95 * 0xcd9e8d57u) ^ encode_4(t94));
    let t100 = (t96 * 0xd2511f53u) ^ encode(t99) ^ 0xa9066899u;
    let t101 = (params.seed + 0xb54cda56u) ^ ((t97 * 0xcd9e8d57u) ^ encode_4(t100));
    let t102 = bitcast<f32>(select(0u, x[min(t2, t0 + 257)], t89)) / params.keep;
    let t103 = (t100 * 0xcd9e8d57u) ^ encode_4((t99 * 0xd2511f53u) ^ encode(t98) ^ 0x646e171eu);
    let t104 = (t101 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t103);
    let t105 = (((t98 * 0xd2511f53u) ^ encode(t101) ^ 0x1fd5c5a3u) * 0xcd9e8d57u) ^ encode_4(t104 ^ 0xdb3d7428u);
    let t106 = select(0f, t102, (decode((params.seed + 0x8ff34781u) ^ t105) < params.keep));
    y[t0 + 257] = bitcast<u32>(t106);
  }
  let t107 = t0 + 258 < params.N;
  if (t107) {
    let t108 = u32(t0 + 258);
    let t109 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t108));
    let t110 = t3 ^ (t108 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t111 = (params.seed + 0x3c6ef372u) ^ (encode_3(t108) ^ encode_4(t110));
    let t112 = (t109 * 0xd2511f53u) ^ encode(t111) ^ 0x32370b8fu;
    let t113 = (params.seed * 0xd2511f53u) ^ encode(t109) ^ 0x76cf5d0au;
    let t114 = (params.seed + 0xdaa66d2bu) ^ ((t110 * 0xcd9e8d57u) ^ encode_4(t113));
    let t115 = (t111 * 0xd2511f53u) ^ encode(t114) ^ 0xed9eba14u;
    let t116 = (params.seed + 0x1715609du) ^ ((t112 * 0xcd9e8d57u) ^ encode_4(t115));
    let t117 = (params.seed + 0x78dde6e4u) ^ ((t113 * 0xcd9e8d57u) ^ encode_4(t112));
    let t118 = (t114 * 0xd2511f53u) ^ encode(t117) ^ 0xa9066899u;
    let t119 = (params.seed + 0xb54cda56u) ^ ((t115 * 0xcd9e8d57u) ^ encode_4(t118));
    let t120 = bitcast<f32>(select(0u, x[min(t2, t0 + 258)], t107)) / params.keep;
    let t121 = ((t116 * 0xd2511f53u) ^ encode(t119) ^ 0x1fd5c5a3u) * 0xcd9e8d57u;
    let t122 = (t118 * 0xcd9e8d57u) ^ encode_4((t117 * 0xd2511f53u) ^ encode(t116) ^ 0x646e171eu);
    let t123 = (t119 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t122);
    let t124 = (params.seed + 0x8ff34781u) ^ (t121 ^ encode_4(t123 ^ 0xdb3d7428u));
    y[t0 + 258] = bitcast<u32>(select(0f, t120, (decode(t124) < params.keep)));
  }
  let t125 = t0 + 259 < params.N;
  if (t125) {
    let t126 = u32(t0 + 259);
    let t127 = (params.seed + 0x9e3779b9u) ^ encode_1(encode_2(t126));
    let t128 = t3 ^ (t126 * 0xd2511f53u) ^ 0xbb67ae85u;
    let t129 = (params.seed + 0x3c6ef372u) ^ (encode_3(t126) ^ encode_4(t128));
    let t130 = (t127 * 0xd2511f53u) ^ encode(t129) ^ 0x32370b8fu;
    let t131 = (params.seed * 0xd2511f53u) ^ encode(t127) ^ 0x76cf5d0au;
    let t132 = (params.seed + 0xdaa66d2bu) ^ ((t128 * 0xcd9e8d57u) ^ encode_4(t131));
    let t133 = (t129 * 0xd2511f53u) ^ encode(t132) ^ 0xed9eba14u;
    let t134 = (params.seed + 0x1715609du) ^ ((t130 * 0xcd9e8d57u) ^ encode_4(t133));
    let t135 = (params.seed + 0x78dde6e4u) ^ ((t131 * 0xcd9e8d57u) ^ encode_4(t130));
    let t136 = (t132 * 0xd2511f53u) ^ encode(t135) ^ 0xa9066899u;
    let t137 = (params.seed + 0xb54cda56u) ^ ((t133 * 0xcd9e8d57u) ^ encode_4(t136));
    let t138 = bitcast<f32>(select(0u, x[min(t2, t0 + 259)], t125)) / params.keep;
    let t139 = ((t134 * 0xd2511f53u) ^ encode(t137) ^ 0x1fd5c5a3u) * 0xcd9e8d57u;
    let t140 = (t136 * 0xcd9e8d57u) ^ encode_4((t135 * 0xd2511f53u) ^ encode(t134) ^ 0x646e171eu);
    let t141 = (t137 * 0xd2511f53u) ^ encode((params.seed + 0x5384540fu) ^ t140);
    let t142 = (params.seed + 0x8ff34781u) ^ (t139 ^ encode_4(t141 ^ 0xdb3d7428u));
    y[t0 + 259] = bitcast<u32>(select(0f, t138, (decode(t142) < params.keep)));
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

fn decode(x_1: u32) -> f32 {
  return f32(select(i32(x_1), ~i32(x_1), (i32(x_1) < 0))) * 4.6566126e-10f;
}
