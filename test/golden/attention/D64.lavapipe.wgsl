// attention D = 64; target lavapipe
// 174 lines, 26 memory accesses, 5888 bytes of workgroup memory
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
var<workgroup> scratch: array<u32, 64>;
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
  let t10 = (t >> 2u) < 8;
  let t11 = (t >> 2u) * 8 + (t & 3);
  let t12 = (t >> 3u) * 8;
  let t13 = (t & 7) == 0;
  let t14 = (t >> 4u) * 2;
  let t15 = (t >> 4u) * 32;
  let t16 = (t & 15) * 4;
  for (var p = 0; p < t4; p += 16) {
    let t17 = (t >> 3u) + p;
    for (var s = 0; s < 16; s++) {
      let t18 = t17 + (s >> 3u) * 8;
      let t19 = select(0u, k[t7 + (min(t6, t18) * 32 + ((s >> 1u) & 3))], (t18 < params.P));
      sk[t5 + ((s >> 3u) * 8 + (s & 7) * 16)] = f16(unpack2x16float((t19 >> u32((s & 1) * 16)) & 0xffffu).x);
    }
    for (var s = 0; s < 16; s++) {
      let t20 = t17 + (s >> 3u) * 8;
      let t21 = select(0u, v[t7 + (min(t6, t20) * 32 + ((s >> 1u) & 3))], (t20 < params.P));
      sv[t * 8 + ((s >> 3u) * 512 + (s & 7))] = f16(unpack2x16float((t21 >> u32((s & 1) * 16)) & 0xffffu).x);
    }
    workgroupBarrier();
    var v25 = array<f32, 2>();
    for (var k_1 = 0; k_1 < 64; k_1++) {
      let t22 = t8 + k_1;
      let t23 = t9 + k_1 * 16;
      for (var s = 0; s < 2; s++) {
        v25[s] += f32(sq[t22]) * f32(sk[t23 + s]);
      }
    }
    let score_0 = params.scale * v25[0];
    let score_1 = params.scale * v25[1];
    let t24 = t9 + p;
    let seen_0 = last >= t24;
    let seen_1 = last >= t24 + 1;
    var v34 = bitcast<f32>(bits_ff800000);
    v34 = max(v34, select(-3e+38f, score_0, seen_0));
    v34 = max(v34, select(-3e+38f, score_1, seen_1));
    scratch[t] = bitcast<u32>(v34);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t25 = ((1 << u32(r)) + 7) >> u32(r);
      let t26 = (t25 + 1) >> 1u;
      if (((t & 3) + t26 < t25) & t10) {
        let t27 = max(bitcast<f32>(scratch[t11]), bitcast<f32>(scratch[t11 + t26]));
        scratch[t11] = bitcast<u32>(t27);
      }
      workgroupBarrier();
    }
    let v34_1 = bitcast<f32>(scratch[t12]);
    let now = max(top, v34_1);
    var e = array<f32, 2>();
    e[0] = select(0f, exp(max(score_0 - now, -100f)), seen_0);
    e[1] = select(0f, exp(max(score_1 - now, -100f)), seen_1);
    let kept = exp(max(top - now, -100f));
    var v47 = 0f;
    v47 += e[0];
    v47 += e[1];
    workgroupBarrier();
    scratch[t] = bitcast<u32>(v47);
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t28 = ((1 << u32(r)) + 7) >> u32(r);
      let t29 = (t28 + 1) >> 1u;
      if (t10 & ((t & 3) + t29 < t28)) {
        scratch[t11] = bitcast<u32>(bitcast<f32>(scratch[t11]) + bitcast<f32>(scratch[t11 + t29]));
      }
      workgroupBarrier();
    }
    let v47_1 = bitcast<f32>(scratch[t12]);
    den = den * kept + v47_1;
    var v62 = array<f32, 2>();
    workgroupBarrier();
    if (t13) {
      scratch[t >> 3u] = bitcast<u32>(kept);
    }
    workgroupBarrier();
    for (var s = 0; s < 2; s++) {
      v62[s] = bitcast<f32>(scratch[t14 + s]);
    }
    for (var s = 0; s < 2; s++) {
      s61[t * 2 + s] = e[s];
    }
    workgroupBarrier();
    var v50 = array<f32, 8>();
    for (var k_1 = 0; k_1 < 16; k_1++) {
      let t30 = t15 + k_1;
      let t31 = t16 + k_1 * 64;
      for (var s = 0; s < 8; s++) {
        v50[s] += s61[t30 + (s >> 2u) * 16] * f32(sv[t31 + (s & 3)]);
      }
    }
    workgroupBarrier();
    acc[0] = acc[0] * v62[0] + v50[0];
    acc[1] = v62[0] * acc[1] + v50[1];
    acc[2] = v62[0] * acc[2] + v50[2];
    acc[3] = v62[0] * acc[3] + v50[3];
    acc[4] = acc[4] * v62[1] + v50[4];
    acc[5] = v62[1] * acc[5] + v50[5];
    acc[6] = v62[1] * acc[6] + v50[6];
    acc[7] = v62[1] * acc[7] + v50[7];
    top = now;
    workgroupBarrier();
  }
  var v63 = array<f32, 2>();
  workgroupBarrier();
  if (t13) {
    scratch[t >> 3u] = bitcast<u32>(select(1f, den, (den > 0f)));
  }
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    v63[s] = bitcast<f32>(scratch[t14 + s]);
  }
  let t32 = b * 8 + (t >> 4u) * 2;
  let t33 = b * 256 + (t >> 4u) * 64 + (t & 15) * 2;
  for (var s = 0; s < 4; s++) {
    if (t32 + (s >> 1u) < params.S) {
      let t34 = v63[s >> 1u];
      let t35 = bitcast<u32>(acc[s * 2] / t34);
      let t36 = t35 & 0x7fffffffu;
      let t37 = bitcast<u32>(acc[s * 2 + 1] / t34);
      let t38 = t37 & 0x7fffffffu;
      let t39 = select(pack2x16float(vec2(bitcast<f32>(min(t36, 0x477fe000u)), 0f)), 0x7c00u, t36 == 0x7f800000u);
      let t40 = select(t39 | ((t35 >> 31u) << 15u), 0x7e00u, (t36 >= 0x7f800001u));
      let t41 = select(pack2x16float(vec2(bitcast<f32>(min(t38, 0x477fe000u)), 0f)), 0x7c00u, t38 == 0x7f800000u);
      let t42 = select(t41 | ((t37 >> 31u) << 15u), 0x7e00u, (t38 >= 0x7f800001u));
      o[t33 + ((s >> 1u) * 32 + (s & 1))] = t40 | (t42 << 16u);
    }
  }
}
