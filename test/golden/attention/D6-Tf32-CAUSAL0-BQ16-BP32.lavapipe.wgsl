// attention D = 6, T = f32, CAUSAL = 0, BQ = 16, BP = 32; target lavapipe
// 209 lines, 26 memory accesses, 4480 bytes of workgroup memory
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
var<workgroup> s61: array<f32, 512>;
var<workgroup> sq: array<f32, 96>;
var<workgroup> sk: array<f32, 192>;
var<workgroup> sv: array<f32, 192>;
var<workgroup> scratch: array<u32, 128>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(64)
fn attention(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.S + 15) >> 4u)) { return; }
  let b = i32(block);
  if (t < 48) {
    let t0 = b * 16 + ((t / 6) & 7);
    let t1 = max(params.S - 1, 0);
    for (var s = 0; s < 2; s++) {
      let t2 = t0 + s * 8;
      sq[t % 48 + s * 48] = bitcast<f32>(select(0u, q[t % 6 + min(t1, t2) * 6], (t2 < params.S)));
    }
  }
  var top_0 = -3e+38f;
  var top_1 = -3e+38f;
  var den = array<f32, 2>(); var acc = array<f32, 2>();
  let last_0 = params.P - 1;
  let last_1 = params.P - 1;
  let t3 = (t >> 1u) + (t & 1) * 96;
  let t4 = max(params.P - 1, 0);
  let t5 = (t & 1) * 3;
  let t6 = (t >> 3u) * 12;
  let t7 = (t & 7) * 4;
  let t8 = (t >> 3u) * 16 + (t & 7);
  let t9 = (t >> 2u) * 8 + (t & 3);
  let t10 = (t >> 3u) * 16;
  let t11 = (t & 7) == 0;
  let t12 = (t >> 3u) * 2;
  let t13 = (t / 3) & 15;
  let t14 = (t >> 3u) * 64 + (t & 7) * 4;
  let t15 = t13 * 32;
  let t16 = t % 3 * 2;
  for (var p = 0; p < params.P; p += 32) {
    let t17 = (t >> 1u) + p;
    let t18 = t17 < params.P;
    let t19 = t5 + min(t17, t4) * 6;
    for (var s = 0; s < 3; s++) {
      sk[t3 + s * 32] = bitcast<f32>(select(0u, k[t19 + s], t18));
    }
    for (var s = 0; s < 3; s++) {
      sv[t * 3 + s] = bitcast<f32>(select(0u, v[t19 + s], t18));
    }
    workgroupBarrier();
    var v25 = array<f32, 8>();
    for (var k_1 = 0; k_1 < 6; k_1++) {
      let t20 = t6 + k_1;
      let t21 = t7 + k_1 * 32;
      for (var s = 0; s < 8; s++) {
        v25[s] += sq[t20 + (s >> 2u) * 6] * sk[t21 + (s & 3)];
      }
    }
    let score_0 = params.scale * v25[0];
    let score_1 = params.scale * v25[1];
    let score_2 = params.scale * v25[2];
    let score_3 = params.scale * v25[3];
    let score_4 = params.scale * v25[4];
    let score_5 = params.scale * v25[5];
    let score_6 = params.scale * v25[6];
    let score_7 = params.scale * v25[7];
    let t22 = t7 + p;
    let v30_0 = t22;
    let v30_1 = t22 + 1;
    let v30_2 = t22 + 2;
    let v30_3 = t22 + 3;
    let seen_0 = last_0 >= v30_0;
    let seen_1 = last_0 >= v30_1;
    let seen_2 = last_0 >= v30_2;
    let seen_3 = last_0 >= v30_3;
    let seen_4 = last_1 >= v30_0;
    let seen_5 = last_1 >= v30_1;
    let seen_6 = last_1 >= v30_2;
    let seen_7 = last_1 >= v30_3;
    var v34 = array<f32, 2>();
    v34[0] = bitcast<f32>(bits_ff800000);
    v34[1] = bitcast<f32>(bits_ff800000);
    v34[0] = max(v34[0], select(-3e+38f, score_0, seen_0));
    v34[0] = max(v34[0], select(-3e+38f, score_1, seen_1));
    v34[0] = max(v34[0], select(-3e+38f, score_2, seen_2));
    v34[0] = max(v34[0], select(-3e+38f, score_3, seen_3));
    v34[1] = max(v34[1], select(-3e+38f, score_4, seen_4));
    v34[1] = max(v34[1], select(-3e+38f, score_5, seen_5));
    v34[1] = max(v34[1], select(-3e+38f, score_6, seen_6));
    v34[1] = max(v34[1], select(-3e+38f, score_7, seen_7));
    for (var s = 0; s < 2; s++) {
      scratch[t8 + s * 8] = bitcast<u32>(v34[s]);
    }
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t23 = ((1 << u32(r)) + 7) >> u32(r);
      let t24 = (t23 + 1) >> 1u;
      if ((t & 3) + t24 < t23) {
        scratch[t9] = bitcast<u32>(max(bitcast<f32>(scratch[t9]), bitcast<f32>(scratch[t9 + t24])));
      }
      workgroupBarrier();
    }
    var v34_1 = array<f32, 2>();
    for (var s = 0; s < 2; s++) {
      v34_1[s] = bitcast<f32>(scratch[t10 + s * 8]);
    }
    let now_0 = max(top_0, v34_1[0]);
    let now_1 = max(top_1, v34_1[1]);
    var e = array<f32, 8>();
    e[0] = select(0f, exp(max(score_0 - now_0, -100f)), seen_0);
    e[1] = select(0f, exp(max(score_1 - now_0, -100f)), seen_1);
    e[2] = select(0f, exp(max(score_2 - now_0, -100f)), seen_2);
    e[3] = select(0f, exp(max(score_3 - now_0, -100f)), seen_3);
    e[4] = select(0f, exp(max(score_4 - now_1, -100f)), seen_4);
    e[5] = select(0f, exp(max(score_5 - now_1, -100f)), seen_5);
    e[6] = select(0f, exp(max(score_6 - now_1, -100f)), seen_6);
    e[7] = select(0f, exp(max(score_7 - now_1, -100f)), seen_7);
    var kept = array<f32, 2>();
    kept[0] = exp(max(top_0 - now_0, -100f));
    kept[1] = exp(max(top_1 - now_1, -100f));
    var v47 = array<f32, 2>();
    v47[0] += e[0];
    v47[0] += e[1];
    v47[0] += e[2];
    v47[0] += e[3];
    v47[1] += e[4];
    v47[1] += e[5];
    v47[1] += e[6];
    v47[1] += e[7];
    workgroupBarrier();
    for (var s = 0; s < 2; s++) {
      scratch[t8 + s * 8] = bitcast<u32>(v47[s]);
    }
    workgroupBarrier();
    for (var r = 0; r < 3; r++) {
      let t25 = ((1 << u32(r)) + 7) >> u32(r);
      let t26 = (t25 + 1) >> 1u;
      if ((t & 3) + t26 < t25) {
        scratch[t9] = bitcast<u32>(bitcast<f32>(scratch[t9]) + bitcast<f32>(scratch[t9 + t26]));
      }
      workgroupBarrier();
    }
    var v47_1 = array<f32, 2>();
    for (var s = 0; s < 2; s++) {
      v47_1[s] = bitcast<f32>(scratch[t10 + s * 8]);
    }
    den[0] = den[0] * kept[0] + v47_1[0];
    den[1] = den[1] * kept[1] + v47_1[1];
    workgroupBarrier();
    if (t11) {
      for (var s = 0; s < 2; s++) {
        scratch[t12 + s] = bitcast<u32>(kept[s]);
      }
    }
    workgroupBarrier();
    let v62 = bitcast<f32>(scratch[t13]);
    for (var s = 0; s < 8; s++) {
      s61[t14 + ((s >> 2u) * 32 + (s & 3))] = e[s];
    }
    workgroupBarrier();
    var v50 = array<f32, 2>();
    for (var k_1 = 0; k_1 < 32; k_1++) {
      let t27 = t15 + k_1;
      let t28 = t16 + k_1 * 6;
      for (var s = 0; s < 2; s++) {
        v50[s] += s61[t27] * sv[t28 + s];
      }
    }
    workgroupBarrier();
    acc[0] = acc[0] * v62 + v50[0];
    acc[1] = v62 * acc[1] + v50[1];
    top_0 = now_0;
    top_1 = now_1;
    workgroupBarrier();
  }
  workgroupBarrier();
  if (t11) {
    for (var s = 0; s < 2; s++) {
      scratch[t12 + s] = bitcast<u32>(select(1f, den[s], (den[s] > 0f)));
    }
  }
  workgroupBarrier();
  let v63 = bitcast<f32>(scratch[t13]);
  if (t < 48) {
    let t29 = b * 16 + t13 < params.S;
    let t30 = b * 96 + t % 48 * 2;
    for (var s = 0; s < 2; s++) {
      if (t29) {
        o[t30 + s] = bitcast<u32>(acc[s] / v63);
      }
    }
  }
}
