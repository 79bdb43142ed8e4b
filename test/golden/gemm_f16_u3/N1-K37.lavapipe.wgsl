// gemm_f16_u3 N = 1, K = 37; target lavapipe
// 159 lines, 33 memory accesses, 6144 bytes of workgroup memory
enable f16;

struct Params {
  M: i32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read_write> c: array<u32>;
var<workgroup> sa: array<f16, 1024>;
var<workgroup> sb: array<f16, 2048>;

@compute @workgroup_size(64)
fn gemm_f16_u3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f; var acc_5 = 0f;
  var acc_6 = 0f; var acc_7 = 0f; var acc_8 = 0f; var acc_9 = 0f; var acc_10 = 0f; var acc_11 = 0f;
  var acc_12 = 0f; var acc_13 = 0f; var acc_14 = 0f; var acc_15 = 0f; var acc_16 = 0f;
  var acc_17 = 0f; var acc_18 = 0f; var acc_19 = 0f; var acc_20 = 0f; var acc_21 = 0f;
  var acc_22 = 0f; var acc_23 = 0f; var acc_24 = 0f; var acc_25 = 0f; var acc_26 = 0f;
  var acc_27 = 0f; var acc_28 = 0f; var acc_29 = 0f; var acc_30 = 0f; var acc_31 = 0f;
  let t0 = bm * 32 + (t >> 2u);
  let t1 = (t & 3) * 8;
  let t2 = max(params.M - 1, 0);
  let t3 = (t & 7) == 0;
  let t4 = f16(unpack2x16float(select(0u, scale[0], t3)).x);
  let t5 = (t >> 3u) * 128 + (t & 7) * 4;
  let t6 = (t >> 3u) * 2;
  let t7 = (t >> 3u) * 128;
  let t8 = (t & 7) * 8;
  for (var k = 0; k < 37; k += 32) {
    let t9 = t1 + k;
    for (var s = 0; s < 4; s++) {
      let t10 = t * 8 + ((s >> 1u) * 512 + (s & 1) * 4);
      let t11 = t0 + (s >> 1u) * 16;
      let t12 = t11 < params.M;
      let t13 = t9 + (s & 1) * 4;
      let t14 = min(t2, t11);
      let t15 = t14 >> 1u;
      let t16 = t14 & 1;
      let t17 = t16 * 16;
      let t18 = select(0u, a[t14 * 18 + t15 + (min(t13, 36) >> 1u)], t12 & (t13 < 40));
      sa[t10] = f16(unpack2x16float((t18 >> u32(t17)) & 0xffffu).x);
      let t19 = t12 & (t13 < 36);
      let t20 = min(t13 + 1, 36);
      let t21 = t16 + (t20 & 1);
      let t22 = (select(0u, a[t14 * 18 + t15 + (t20 >> 1u) + (t21 >> 1u)], t19) >> u32((t21 & 1) * 16)) & 0xffffu;
      sa[t10 + 1] = f16(unpack2x16float(t22).x);
      let t23 = (select(0u, a[t14 * 18 + t15 + (min(t13 + 2, 36) >> 1u)], t19) >> u32(t17)) & 0xffffu;
      sa[t10 + 2] = f16(unpack2x16float(t23).x);
      let t24 = min(t13 + 3, 36);
      let t25 = t16 + (t24 & 1);
      let t26 = (select(0u, a[t14 * 18 + t15 + (t24 >> 1u) + (t25 >> 1u)], t19) >> u32((t25 & 1) * 16)) & 0xffffu;
      sa[t10 + 3] = f16(unpack2x16float(t26).x);
    }
    var s = array<f16, 8>();
    s[0] = t4;
    let t27 = t6 + k;
    for (var s_1 = 0; s_1 < 4; s_1++) {
      let t28 = t5 + ((s_1 >> 1u) * 1024 + (s_1 & 1) * 32);
      let t29 = t27 + (s_1 >> 1u) * 16;
      let t30 = (t & 7) + (s_1 & 1) * 8 == 0;
      let t31 = min(t29, 36);
      let t32 = (s_1 & 1) * 4;
      let t33 = s[t32];
      let t34 = (b[(t31 >> 5u) * 192 + ((t31 >> 1u) & 15) * 8] >> u32(((t31 >> 4u) & 1) * 16)) & 7u;
      sb[t28] = (f16(select(1u, t34, (t29 < 38) & t30)) - 4h) * t33;
      let t35 = s[t32 + 1] * -3h;
      sb[t28 + 1] = t35;
      let t36 = s[t32 + 2] * -3h;
      sb[t28 + 2] = t36;
      let t37 = s[t32 + 3] * -3h;
      sb[t28 + 3] = t37;
      let t38 = min(t29 + 1, 36);
      let t39 = (b[(t38 >> 5u) * 192 + ((t38 >> 1u) & 15) * 8] >> u32(((t38 >> 4u) & 1) * 16 + (t38 & 1) * 12)) & 7u;
      sb[t28 + 64] = t33 * (f16(select(1u, t39, t30 & (t29 < 36))) - 4h);
      sb[t28 + 65] = t35;
      sb[t28 + 66] = t36;
      sb[t28 + 67] = t37;
    }
    workgroupBarrier();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t40 = t7 + k_1;
      let t41 = sa[t40];
      let t42 = t8 + k_1 * 64;
      let t43 = sb[t42];
      acc_0 += f32(t41) * f32(t43);
      let t44 = sb[t42 + 1];
      acc_1 += f32(t41) * f32(t44);
      let t45 = sb[t42 + 2];
      acc_2 += f32(t41) * f32(t45);
      let t46 = sb[t42 + 3];
      acc_3 += f32(t41) * f32(t46);
      let t47 = sb[t42 + 4];
      acc_4 += f32(t41) * f32(t47);
      let t48 = sb[t42 + 5];
      acc_5 += f32(t41) * f32(t48);
      let t49 = sb[t42 + 6];
      acc_6 += f32(t41) * f32(t49);
      let t50 = sb[t42 + 7];
      acc_7 += f32(t41) * f32(t50);
      let t51 = sa[t40 + 32];
      acc_8 += f32(t43) * f32(t51);
      acc_9 += f32(t44) * f32(t51);
      acc_10 += f32(t45) * f32(t51);
      acc_11 += f32(t46) * f32(t51);
      acc_12 += f32(t47) * f32(t51);
      acc_13 += f32(t48) * f32(t51);
      acc_14 += f32(t49) * f32(t51);
      acc_15 += f32(t50) * f32(t51);
      let t52 = sa[t40 + 64];
      acc_16 += f32(t43) * f32(t52);
      acc_17 += f32(t44) * f32(t52);
      acc_18 += f32(t45) * f32(t52);
      acc_19 += f32(t46) * f32(t52);
      acc_20 += f32(t47) * f32(t52);
      acc_21 += f32(t48) * f32(t52);
      acc_22 += f32(t49) * f32(t52);
      acc_23 += f32(t50) * f32(t52);
      let t53 = sa[t40 + 96];
      acc_24 += f32(t43) * f32(t53);
      acc_25 += f32(t44) * f32(t53);
      acc_26 += f32(t45) * f32(t53);
      acc_27 += f32(t46) * f32(t53);
      acc_28 += f32(t47) * f32(t53);
      acc_29 += f32(t48) * f32(t53);
      acc_30 += f32(t49) * f32(t53);
      acc_31 += f32(t50) * f32(t53);
    }
    workgroupBarrier();
  }
  let t54 = bm * 16 + (t >> 3u) * 2;
  let t55 = (params.M + 1) >> 1u;
  let t56 = bm * 32 + (t >> 3u) * 4;
  if (t3 & (t54 < t55)) {
    let t57 = select(0u, encode(bitcast<u32>(acc_8)) << 16u, t3 & (t56 + 1 < params.M));
    c[t54] = select(0u, encode(bitcast<u32>(acc_0)), t3 & (t56 < params.M)) | t57;
  }
  if (t3 & (t54 + 1 < t55)) {
    let t58 = select(0u, encode(bitcast<u32>(acc_16)), t3 & (t56 + 2 < params.M));
    let t59 = select(0u, encode(bitcast<u32>(acc_24)) << 16u, t3 & (t56 + 3 < params.M));
    c[t54 + 1] = t58 | t59;
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
