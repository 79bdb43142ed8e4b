// attention D = 64; target base
// 232 lines, 76 memory accesses, 11024 bytes of workgroup memory
struct Params {
  S: i32,
  P: i32,
  scale: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> k: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> o: array<u32>;
var<workgroup> s61: array<f32, 128>;
var<workgroup> sq: array<f32, 512>;
var<workgroup> sk: array<f32, 1024>;
var<workgroup> sv: array<f32, 1024>;
var<workgroup> scratch: array<u32, 68>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(64)
fn attention(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.S + 7) >> 3u)) { return; }
  let b = i32(block);
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.S;
  let t2 = q[(t & 7) + min(t0, max(params.S - 1, 0)) * 8];
  let t3 = select(0u, t2.x, t1);
  sq[t * 8] = unpack2x16float(t3).x;
  sq[t * 8 + 1] = unpack2x16float(t3).y;
  let t4 = select(0u, t2.y, t1);
  sq[t * 8 + 2] = unpack2x16float(t4).x;
  sq[t * 8 + 3] = unpack2x16float(t4).y;
  let t5 = select(0u, t2.z, t1);
  sq[t * 8 + 4] = unpack2x16float(t5).x;
  sq[t * 8 + 5] = unpack2x16float(t5).y;
  let t6 = select(0u, t2.w, t1);
  sq[t * 8 + 6] = unpack2x16float(t6).x;
  sq[t * 8 + 7] = unpack2x16float(t6).y;
  var top = -3e+38f;
  var den = 0f; var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f;
  var acc_5 = 0f; var acc_6 = 0f; var acc_7 = 0f;
  let last = params.P + b * 8 + (t >> 3u) - params.S;
  let t7 = min(params.P, params.P + b * 8 - params.S + 8);
  let t8 = (t >> 3u) + (t & 7) * 128;
  let t9 = max(params.P - 1, 0);
  let t10 = (t >> 3u) * 64;
  let t11 = (t & 7) * 2;
  let t12 = t + (t >> 5u) * 4;
  let t13 = (t >> 2u) < 8;
  let t14 = (t >> 4u) * 4 + (t >> 2u) * 8 + (t & 3);
  let t15 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let t16 = (t & 7) == 0;
  let t17 = (t >> 4u) * 2;
  let t18 = (t >> 4u) * 32;
  let t19 = (t & 15) * 4;
  for (var p = 0; p < t7; p += 16) {
    let t20 = (t >> 3u) + p;
    let t21 = t20 < params.P;
    let t22 = (t & 7) + min(t20, t9) * 8;
    let t23 = k[t22];
    let t24 = select(0u, t23.x, t21);
    sk[t8] = unpack2x16float(t24).x;
    sk[t8 + 16] = unpack2x16float(t24).y;
    let t25 = select(0u, t23.y, t21);
    sk[t8 + 32] = unpack2x16float(t25).x;
    sk[t8 + 48] = unpack2x16float(t25).y;
    let t26 = select(0u, t23.z, t21);
    sk[t8 + 64] = unpack2x16float(t26).x;
    sk[t8 + 80] = unpack2x16float(t26).y;
    let t27 = select(0u, t23.w, t21);
    sk[t8 + 96] = unpack2x16float(t27).x;
    sk[t8 + 112] = unpack2x16float(t27).y;
    let t28 = t20 + 8 < params.P;
    let t29 = (t & 7) + min(t9, t20 + 8) * 8;
    let t30 = k[t29];
    let t31 = select(0u, t30.x, t28);
    sk[t8 + 8] = unpack2x16float(t31).x;
    sk[t8 + 24] = unpack2x16float(t31).y;
    let t32 = select(0u, t30.y, t28);
    sk[t8 + 40] = unpack2x16float(t32).x;
    sk[t8 + 56] = unpack2x16float(t32).y;
    let t33 = select(0u, t30.z, t28);
    sk[t8 + 72] = unpack2x16float(t33).x;
    sk[t8 + 88] = unpack2x16float(t33).y;
    let t34 = select(0u, t30.w, t28);
    sk[t8 + 104] = unpack2x16float(t34).x;
    sk[t8 + 120] = unpack2x16float(t34).y;
    let t35 = v[t22];
    let t36 = select(0u, t35.x, t21);
    sv[t * 8] = unpack2x16float(t36).x;
    sv[t * 8 + 1] = unpack2x16float(t36).y;
    let t37 = select(0u, t35.y, t21);
    sv[t * 8 + 2] = unpack2x16float(t37).x;
    sv[t * 8 + 3] = unpack2x16float(t37).y;
    let t38 = select(0u, t35.z, t21);
    sv[t * 8 + 4] = unpack2x16float(t38).x;
    sv[t * 8 + 5] = unpack2x16float(t38).y;
    let t39 = select(0u, t35.w, t21);
    sv[t * 8 + 6] = unpack2x16float(t39).x;
    sv[t * 8 + 7] = unpack2x16float(t39).y;
    let t40 = v[t29];
    let t41 = select(0u, t40.x, t28);
    sv[t * 8 + 512] = unpack2x16float(t41).x;
    sv[t * 8 + 513] = unpack2x16float(t41).y;
    let t42 = select(0u, t40.y, t28);
    sv[t * 8 + 514] = unpack2x16float(t42).x;
    sv[t * 8 + 515] = unpack2x16float(t42).y;
    let t43 = select(0u, t40.z, t28);
    sv[t * 8 + 516] = unpack2x16float(t43).x;
    sv[t * 8 + 517] = unpack2x16float(t43).y;
    let t44 = select(0u, t40.w, t28);
    sv[t * 8 + 518] = unpack2x16float(t44).x;
    sv[t * 8 + 519] = unpack2x16float(t44).y;
    workgroupBarrier();
    var v25_0 = 0f; var v25_1 = 0f;
    for (var k_1 = 0; k_1 < 64; k_1++) {
      let t45 = sq[t10 + k_1];
      let t46 = t11 + k_1 * 16;
      v25_0 += t45 * sk[t46];
      v25_1 += t45 * sk[t46 + 1];
    }
    let score_0 = params.scale * v25_0;
    let score_1 = params.scale * v25_1;
    let t47 = t11 + p;
    let seen_0 = last >= t47;
    let seen_1 = last >= t47 + 1;
    var v34 = bitcast<f32>(bits_ff800000);
    v34 = max(v34, select(-3e+38f, score_0, seen_0));
    v34 = max(v34, select(-3e+38f, score_1, seen_1));
    scratch[t12] = bitcast<u32>(v34);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t48 = ((1 << u32(r)) + 7) >> u32(r);
      let t49 = (t48 + 1) >> 1u;
      if (((t & 3) + t49 < t48) & t13) {
        let t50 = max(bitcast<f32>(scratch[t14]), bitcast<f32>(scratch[t14 + t49]));
        scratch[t14] = bitcast<u32>(t50);
      }
      workgroupBarrier();
    }
    let v34_1 = bitcast<f32>(scratch[t15]);
    let now = max(top, v34_1);
    let e_0 = select(0f, exp(max(score_0 - now, -100f)), seen_0);
    let e_1 = select(0f, exp(max(score_1 - now, -100f)), seen_1);
    let kept = exp(max(top - now, -100f));
    var v47 = 0f;
    v47 += e_0;
    v47 += e_1;
    workgroupBarrier();
    scratch[t12] = bitcast<u32>(v47);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t51 = ((1 << u32(r)) + 7) >> u32(r);
      let t52 = (t51 + 1) >> 1u;
      if (t13 & ((t & 3) + t52 < t51)) {
        scratch[t14] = bitcast<u32>(bitcast<f32>(scratch[t14]) + bitcast<f32>(scratch[t14 + t52]));
      }
      workgroupBarrier();
    }
    let v47_1 = bitcast<f32>(scratch[t15]);
    den = den * kept + v47_1;
    workgroupBarrier();
    if (t16) {
      scratch[t >> 3u] = bitcast<u32>(kept);
    }
    workgroupBarrier();
    let v62_0 = bitcast<f32>(scratch[t17]);
    let v62_1 = bitcast<f32>(scratch[t17 + 1]);
    s61[t * 2] = e_0;
    s61[t * 2 + 1] = e_1;
    workgroupBarrier();
    var v50_0 = 0f; var v50_1 = 0f; var v50_2 = 0f; var v50_3 = 0f; var v50_4 = 0f; var v50_5 = 0f;
    var v50_6 = 0f; var v50_7 = 0f;
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t53 = t18 + k_1;
      let t54 = s61[t53];
      let t55 = t19 + k_1 * 64;
      let t56 = sv[t55];
      v50_0 += t54 * t56;
      let t57 = sv[t55 + 1];
      v50_1 += t54 * t57;
      let t58 = sv[t55 + 2];
      v50_2 += t54 * t58;
      let t59 = sv[t55 + 3];
      v50_3 += t54 * t59;
      let t60 = s61[t53 + 16];
      v50_4 += t56 * t60;
      v50_5 += t57 * t60;
      v50_6 += t58 * t60;
      v50_7 += t59 * t60;
    }
    workgroupBarrier();
    acc_0 = acc_0 * v62_0 + v50_0;
    acc_1 = v62_0 * acc_1 + v50_1;
    acc_2 = v62_0 * acc_2 + v50_2;
    acc_3 = v62_0 * acc_3 + v50_3;
    acc_4 = acc_4 * v62_1 + v50_4;
    acc_5 = v62_1 * acc_5 + v50_5;
    acc_6 = v62_1 * acc_6 + v50_6;
    acc_7 = v62_1 * acc_7 + v50_7;
    top = now;
    workgroupBarrier();
  }
  workgroupBarrier();
  if (t16) {
    scratch[t >> 3u] = bitcast<u32>(select(1f, den, (den > 0f)));
  }
  workgroupBarrier();
  let v63_0 = bitcast<f32>(scratch[t17]);
  let v63_1 = bitcast<f32>(scratch[t17 + 1]);
  let t61 = b * 8 + (t >> 4u) * 2;
  let t62 = b * 256 + (t >> 4u) * 64 + (t & 15) * 2;
  if (t61 < params.S) {
    o[t62] = encode(bitcast<u32>(acc_0 / v63_0)) | (encode(bitcast<u32>(acc_1 / v63_0)) << 16u);
    o[t62 + 1] = encode(bitcast<u32>(acc_2 / v63_0)) | (encode(bitcast<u32>(acc_3 / v63_0)) << 16u);
  }
  if (t61 + 1 < params.S) {
    o[t62 + 32] = encode(bitcast<u32>(acc_4 / v63_1)) | (encode(bitcast<u32>(acc_5 / v63_1)) << 16u);
    o[t62 + 33] = encode(bitcast<u32>(acc_6 / v63_1)) | (encode(bitcast<u32>(acc_7 / v63_1)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
