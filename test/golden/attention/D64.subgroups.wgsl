// attention D = 64; target subgroups
// 215 lines, 60 memory accesses, 5632 bytes of workgroup memory
enable f16;
enable subgroups;

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
var<workgroup> sq: array<f16, 512>;
var<workgroup> sk: array<f16, 1024>;
var<workgroup> sv: array<f16, 1024>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(64)
fn attention(
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(subgroup * 32u + lane);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.S + 7) >> 3u)) { return; }
  let b = i32(block);
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.S;
  let t2 = q[(t & 7) + min(t0, max(params.S - 1, 0)) * 8];
  let t3 = select(0u, t2.x, t1);
  sq[t * 8] = f16(unpack2x16float(t3).x);
  sq[t * 8 + 1] = f16(unpack2x16float(t3).y);
  let t4 = select(0u, t2.y, t1);
  sq[t * 8 + 2] = f16(unpack2x16float(t4).x);
  sq[t * 8 + 3] = f16(unpack2x16float(t4).y);
  let t5 = select(0u, t2.z, t1);
  sq[t * 8 + 4] = f16(unpack2x16float(t5).x);
  sq[t * 8 + 5] = f16(unpack2x16float(t5).y);
  let t6 = select(0u, t2.w, t1);
  sq[t * 8 + 6] = f16(unpack2x16float(t6).x);
  sq[t * 8 + 7] = f16(unpack2x16float(t6).y);
  var top = -3e+38f;
  var den = 0f; var acc_0 = 0f; var acc_1 = 0f; var acc_2 = 0f; var acc_3 = 0f; var acc_4 = 0f;
  var acc_5 = 0f; var acc_6 = 0f; var acc_7 = 0f;
  let last = params.P + b * 8 + (t >> 3u) - params.S;
  let t7 = min(params.P, params.P + b * 8 - params.S + 8);
  let t8 = (t >> 3u) + (t & 7) * 128;
  let t9 = max(params.P - 1, 0);
  let t10 = (t >> 3u) * 64;
  let t11 = (t & 7) * 2;
  let t12 = t + (t >> 4u) * 16 - (t >> 3u) * 8;
  let t13 = u32(t12 & 31);
  let t14 = u32((t12 + 8) & 31);
  let t15 = (t >> 4u) * 32;
  let t16 = (t & 15) * 4;
  for (var p = 0; p < t7; p += 16) {
    let t17 = (t >> 3u) + p;
    let t18 = t17 < params.P;
    let t19 = (t & 7) + min(t17, t9) * 8;
    let t20 = k[t19];
    let t21 = select(0u, t20.x, t18);
    sk[t8] = f16(unpack2x16float(t21).x);
    sk[t8 + 16] = f16(unpack2x16float(t21).y);
    let t22 = select(0u, t20.y, t18);
    sk[t8 + 32] = f16(unpack2x16float(t22).x);
    sk[t8 + 48] = f16(unpack2x16float(t22).y);
    let t23 = select(0u, t20.z, t18);
    sk[t8 + 64] = f16(unpack2x16float(t23).x);
    sk[t8 + 80] = f16(unpack2x16float(t23).y);
    let t24 = select(0u, t20.w, t18);
    sk[t8 + 96] = f16(unpack2x16float(t24).x);
    sk[t8 + 112] = f16(unpack2x16float(t24).y);
    let t25 = t17 + 8 < params.P;
    let t26 = (t & 7) + min(t9, t17 + 8) * 8;
    let t27 = k[t26];
    let t28 = select(0u, t27.x, t25);
    sk[t8 + 8] = f16(unpack2x16float(t28).x);
    sk[t8 + 24] = f16(unpack2x16float(t28).y);
    let t29 = select(0u, t27.y, t25);
    sk[t8 + 40] = f16(unpack2x16float(t29).x);
    sk[t8 + 56] = f16(unpack2x16float(t29).y);
    let t30 = select(0u, t27.z, t25);
    sk[t8 + 72] = f16(unpack2x16float(t30).x);
    sk[t8 + 88] = f16(unpack2x16float(t30).y);
    let t31 = select(0u, t27.w, t25);
    sk[t8 + 104] = f16(unpack2x16float(t31).x);
    sk[t8 + 120] = f16(unpack2x16float(t31).y);
    let t32 = v[t19];
    let t33 = select(0u, t32.x, t18);
    sv[t * 8] = f16(unpack2x16float(t33).x);
    sv[t * 8 + 1] = f16(unpack2x16float(t33).y);
    let t34 = select(0u, t32.y, t18);
    sv[t * 8 + 2] = f16(unpack2x16float(t34).x);
    sv[t * 8 + 3] = f16(unpack2x16float(t34).y);
    let t35 = select(0u, t32.z, t18);
    sv[t * 8 + 4] = f16(unpack2x16float(t35).x);
    sv[t * 8 + 5] = f16(unpack2x16float(t35).y);
    let t36 = select(0u, t32.w, t18);
    sv[t * 8 + 6] = f16(unpack2x16float(t36).x);
    sv[t * 8 + 7] = f16(unpack2x16float(t36).y);
    let t37 = v[t26];
    let t38 = select(0u, t37.x, t25);
    sv[t * 8 + 512] = f16(unpack2x16float(t38).x);
    sv[t * 8 + 513] = f16(unpack2x16float(t38).y);
    let t39 = select(0u, t37.y, t25);
    sv[t * 8 + 514] = f16(unpack2x16float(t39).x);
    sv[t * 8 + 515] = f16(unpack2x16float(t39).y);
    let t40 = select(0u, t37.z, t25);
    sv[t * 8 + 516] = f16(unpack2x16float(t40).x);
    sv[t * 8 + 517] = f16(unpack2x16float(t40).y);
    let t41 = select(0u, t37.w, t25);
    sv[t * 8 + 518] = f16(unpack2x16float(t41).x);
    sv[t * 8 + 519] = f16(unpack2x16float(t41).y);
    workgroupBarrier();
    var v25_0 = 0f; var v25_1 = 0f;
    for (var k_1 = 0; k_1 < 64; k_1++) {
      let t42 = sq[t10 + k_1];
      let t43 = t11 + k_1 * 16;
      v25_0 += f32(t42) * f32(sk[t43]);
      v25_1 += f32(t42) * f32(sk[t43 + 1]);
    }
    let score_0 = params.scale * v25_0;
    let score_1 = params.scale * v25_1;
    let t44 = t11 + p;
    let seen_0 = last >= t44;
    let seen_1 = last >= t44 + 1;
    var v34 = bitcast<f32>(bits_ff800000);
    v34 = max(v34, select(-3e+38f, score_0, seen_0));
    v34 = max(v34, select(-3e+38f, score_1, seen_1));
    let other = subgroupShuffleXor(v34, 1u);
    v34 = max(v34, other);
    let other_1 = subgroupShuffleXor(v34, 2u);
    v34 = max(v34, other_1);
    let other_2 = subgroupShuffleXor(v34, 4u);
    v34 = max(v34, other_2);
    let now = max(top, v34);
    let e_0 = select(0f, exp(max(score_0 - now, -100f)), seen_0);
    let e_1 = select(0f, exp(max(score_1 - now, -100f)), seen_1);
    let kept = exp(max(top - now, -100f));
    var v47 = 0f;
    v47 += e_0;
    v47 += e_1;
    let other_3 = subgroupShuffleXor(v47, 1u);
    v47 += other_3;
    let other_4 = subgroupShuffleXor(v47, 2u);
    v47 += other_4;
    let other_5 = subgroupShuffleXor(v47, 4u);
    v47 += other_5;
    den = den * kept + v47;
    let other_6 = subgroupShuffle(kept, t13);
    let v62_0 = other_6;
    let other_7 = subgroupShuffle(kept, t14);
    let v62_1 = other_7;
    s61[t * 2] = e_0;
    s61[t * 2 + 1] = e_1;
    workgroupBarrier();
    var v50_0 = 0f; var v50_1 = 0f; var v50_2 = 0f; var v50_3 = 0f; var v50_4 = 0f; var v50_5 = 0f;
    var v50_6 = 0f; var v50_7 = 0f;
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t45 = t15 + k_1;
      let t46 = s61[t45];
      let t47 = t16 + k_1 * 64;
      let t48 = sv[t47];
      v50_0 += t46 * f32(t48);
      let t49 = sv[t47 + 1];
      v50_1 += t46 * f32(t49);
      let t50 = sv[t47 + 2];
      v50_2 += t46 * f32(t50);
      let t51 = sv[t47 + 3];
      v50_3 += t46 * f32(t51);
      let t52 = s61[t45 + 16];
      v50_4 += f32(t48) * t52;
      v50_5 += f32(t49) * t52;
      v50_6 += f32(t50) * t52;
      v50_7 += f32(t51) * t52;
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
  let v56 = select(1f, den, (den > 0f));
  let other = subgroupShuffle(v56, t13);
  let v63_0 = other;
  let other_1 = subgroupShuffle(v56, t14);
  let v63_1 = other_1;
  let t53 = b * 8 + (t >> 4u) * 2;
  let t54 = b * 256 + (t >> 4u) * 64 + (t & 15) * 2;
  if (t53 < params.S) {
    o[t54] = encode(bitcast<u32>(acc_0 / v63_0)) | (encode(bitcast<u32>(acc_1 / v63_0)) << 16u);
    o[t54 + 1] = encode(bitcast<u32>(acc_2 / v63_0)) | (encode(bitcast<u32>(acc_3 / v63_0)) << 16u);
  }
  if (t53 + 1 < params.S) {
    o[t54 + 32] = encode(bitcast<u32>(acc_4 / v63_1)) | (encode(bitcast<u32>(acc_5 / v63_1)) << 16u);
    o[t54 + 33] = encode(bitcast<u32>(acc_6 / v63_1)) | (encode(bitcast<u32>(acc_7 / v63_1)) << 16u);
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
