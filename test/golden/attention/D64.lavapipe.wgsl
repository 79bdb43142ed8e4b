// attention D = 64; target lavapipe
// 172 lines, 31 memory accesses, 5904 bytes of workgroup memory
enable f16;

struct Params {
  S: i32,
  P: i32,
  scale: f32,
}

@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> q: array<u32>;
@group(0) @binding(1) var<storage, read> k: array<u32>;
@group(0) @binding(2) var<storage, read> v: array<u32>;
@group(0) @binding(3) var<storage, read_write> o: array<u32>;
var<workgroup> s61: array<f32, 128>;
var<workgroup> sq: array<f16, 512>;
var<workgroup> sk: array<f16, 1024>;
var<workgroup> sv: array<f16, 1024>;
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
  let t2 = (t & 7) * 4 + min(t0, max(params.S - 1, 0)) * 32;
  for (var s = 0; s < 8; s++) {
    let t3 = (select(0u, q[t2 + (s >> 1u)], t1) >> u32((s & 1) * 16)) & 0xffffu;
    sq[t * 8 + s] = f16(unpack2x16float(t3).x);
  }
  var top = -3e+38f;
  var den = 0f; var acc = array<f32, 8>();
  let last = params.P + b * 8 + (t >> 3u) - params.S;
  let t4 = min(params.P, params.P + b * 8 - params.S + 8);
  let t5 = (t >> 3u) + (t & 7) * 128;
  let t6 = max(params.P - 1, 0);
  let t7 = (t & 7) * 4;
  let t8 = (t >> 3u) * 64;
  let t9 = (t & 7) * 2;
  let t10 = t + (t >> 5u) * 4;
  let t11 = (t >> 2u) < 8;
  let t12 = (t >> 4u) * 4 + (t >> 2u) * 8 + (t & 3);
  let t13 = (t >> 3u) * 8 + (t >> 5u) * 4;
  let t14 = (t & 7) == 0;
  let t15 = (t >> 4u) * 2;
  let t16 = (t >> 4u) * 32;
  let t17 = (t & 15) * 4;
  for (var p = 0; p < t4; p += 16) {
    let t18 = (t >> 3u) + p;
    for (var s = 0; s < 16; s++) {
      let t19 = t18 + (s >> 3u) * 8;
      let t20 = select(0u, k[t7 + (min(t6, t19) * 32 + ((s >> 1u) & 3))], (t19 < params.P));
      sk[t5 + ((s >> 3u) * 8 + (s & 7) * 16)] = f16(unpack2x16float((t20 >> u32((s & 1) * 16)) & 0xffffu).x);
    }
    for (var s = 0; s < 16; s++) {
      let t21 = t18 + (s >> 3u) * 8;
      let t22 = select(0u, v[t7 + (min(t6, t21) * 32 + ((s >> 1u) & 3))], (t21 < params.P));
      sv[t * 8 + ((s >> 3u) * 512 + (s & 7))] = f16(unpack2x16float((t22 >> u32((s & 1) * 16)) & 0xffffu).x);
    }
    workgroupBarrier();
    var v25 = array<f32, 2>();
    for (var k_1 = 0; k_1 < 64; k_1++) {
      let t23 = t8 + k_1;
      let t24 = t9 + k_1 * 16;
      for (var s = 0; s < 2; s++) {
        v25[s] += f32(sq[t23]) * f32(sk[t24 + s]);
      }
    }
    let score_0 = params.scale * v25[0];
    let score_1 = params.scale * v25[1];
    let t25 = t9 + p;
    let seen_0 = last >= t25;
    let seen_1 = last >= t25 + 1;
    var v34 = bitcast<f32>(bits_ff800000);
    v34 = max(v34, select(-3e+38f, score_0, seen_0));
    v34 = max(v34, select(-3e+38f, score_1, seen_1));
    scratch[t10] = bitcast<u32>(v34);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t26 = ((1 << u32(r)) + 7) >> u32(r);
      let t27 = (t26 + 1) >> 1u;
      if (((t & 3) + t27 < t26) & t11) {
        let t28 = max(bitcast<f32>(scratch[t12]), bitcast<f32>(scratch[t12 + t27]));
        scratch[t12] = bitcast<u32>(t28);
      }
      workgroupBarrier();
    }
    let v34_1 = bitcast<f32>(scratch[t13]);
    let now = max(top, v34_1);
    let e_0 = select(0f, exp(max(score_0 - now, -100f)), seen_0);
    let e_1 = select(0f, exp(max(score_1 - now, -100f)), seen_1);
    let kept = exp(max(top - now, -100f));
    var v47 = 0f;
    v47 += e_0;
    v47 += e_1;
    workgroupBarrier();
    scratch[t10] = bitcast<u32>(v47);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t29 = ((1 << u32(r)) + 7) >> u32(r);
      let t30 = (t29 + 1) >> 1u;
      if (t11 & ((t & 3) + t30 < t29)) {
        scratch[t12] = bitcast<u32>(bitcast<f32>(scratch[t12]) + bitcast<f32>(scratch[t12 + t30]));
      }
      workgroupBarrier();
    }
    let v47_1 = bitcast<f32>(scratch[t13]);
    den = den * kept + v47_1;
    workgroupBarrier();
    if (t14) {
      scratch[t >> 3u] = bitcast<u32>(kept);
    }
    workgroupBarrier();
    let v62_0 = bitcast<f32>(scratch[t15]);
    let v62_1 = bitcast<f32>(scratch[t15 + 1]);
    s61[t * 2] = e_0;
    s61[t * 2 + 1] = e_1;
    workgroupBarrier();
    var v50 = array<f32, 8>();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t31 = t16 + k_1;
      let t32 = t17 + k_1 * 64;
      for (var s = 0; s < 4; s++) {
        let t33 = s61[t31 + (s >> 1u) * 16];
        let t34 = t32 + (s & 1) * 2;
        v50[s * 2] += t33 * f32(sv[t34]);
        v50[s * 2 + 1] += t33 * f32(sv[t34 + 1]);
      }
    }
    workgroupBarrier();
    acc[0] = acc[0] * v62_0 + v50[0];
    acc[1] = v62_0 * acc[1] + v50[1];
    acc[2] = v62_0 * acc[2] + v50[2];
    acc[3] = v62_0 * acc[3] + v50[3];
    acc[4] = acc[4] * v62_1 + v50[4];
    acc[5] = v62_1 * acc[5] + v50[5];
    acc[6] = v62_1 * acc[6] + v50[6];
    acc[7] = v62_1 * acc[7] + v50[7];
    top = now;
    workgroupBarrier();
  }
  var v63 = array<f32, 2>();
  workgroupBarrier();
  if (t14) {
    scratch[t >> 3u] = bitcast<u32>(select(1f, den, (den > 0f)));
  }
  workgroupBarrier();
  v63[0] = bitcast<f32>(scratch[t15]);
  v63[1] = bitcast<f32>(scratch[t15 + 1]);
  let t35 = b * 8 + (t >> 4u) * 2;
  let t36 = b * 256 + (t >> 4u) * 64 + (t & 15) * 2;
  for (var s = 0; s < 2; s++) {
    if (t35 + s < params.S) {
      let t37 = t36 + s * 32;
      o[t37] = encode(bitcast<u32>(acc[s * 4] / v63[s])) | (encode(bitcast<u32>(acc[s * 4 + 1] / v63[s])) << 16u);
      o[t37 + 1] = encode(bitcast<u32>(acc[s * 4 + 2] / v63[s])) | (encode(bitcast<u32>(acc[s * 4 + 3] / v63[s])) << 16u);
    }
  }
}

fn encode(x: u32) -> u32 {
  let t0 = pack2x16float(vec2(bitcast<f32>(min(x & 0x7fffffffu, 0x477fe000u)), 0f));
  let t1 = select(t0, 0x7c00u, (x & 0x7fffffffu) == 0x7f800000u) | ((x >> 16u) & 0x8000u);
  return select(t1, 0x7e00u, ((x & 0x7fffffffu) >= 0x7f800001u));
}
