// attention D = 6, T = f32, CAUSAL = 0, BQ = 16, BP = 32; target lavapipe
// 212 lines, 51 memory accesses, 4528 bytes of workgroup memory
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
var<workgroup> scratch: array<u32, 140>;
var<private> bits_ff800000 = 0xff800000u;

@compute @workgroup_size(64)
fn attention(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.S + 15) >> 4u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  if (t < 48) {
    let t0 = b * 16 + ((t / 6) & 7);
    let t1 = max(params.S - 1, 0);
    sq[t % 48] = bitcast<f32>(select(0u, q[t % 6 + min(t0, t1) * 6], (t0 < params.S)));
    sq[t % 48 + 48] = bitcast<f32>(select(0u, q[t % 6 + min(t1, t0 + 8) * 6], (t0 + 8 < params.S)));
  }
  var top_0 = -3e+38f;
  var top_1 = -3e+38f;
  var den_0 = 0f; var den_1 = 0f; var acc_0 = 0f; var acc_1 = 0f;
  let last_0 = params.P - 1;
  let last_1 = params.P - 1;
  let t2 = (t >> 1u) + (t & 1) * 96;
  let t3 = max(params.P - 1, 0);
  let t4 = (t & 1) * 3;
  let t5 = (t >> 3u) * 12;
  let t6 = (t & 7) * 4;
  let t7 = (t >> 3u) * 16 + (t & 7) + (t >> 4u) * 4;
  let t8 = (t >> 4u) * 4 + (t >> 2u) * 8 + (t & 3);
  let t9 = (t >> 3u) * 16 + (t >> 4u) * 4;
  let t10 = (t & 7) == 0;
  let t11 = (t >> 3u) * 2;
  let t12 = (t / 3) & 15;
  let t13 = (t >> 3u) * 64 + (t & 7) * 4;
  let t14 = t12 * 32;
  let t15 = t % 3 * 2;
  for (var p = 0; p < params.P; p += 32) {
    let t16 = (t >> 1u) + p;
    let t17 = t16 < params.P;
    let t18 = t4 + min(t16, t3) * 6;
    sk[t2] = bitcast<f32>(select(0u, k[t18], t17));
    sk[t2 + 32] = bitcast<f32>(select(0u, k[t18 + 1], t17));
    sk[t2 + 64] = bitcast<f32>(select(0u, k[t18 + 2], t17));
    sv[t * 3] = bitcast<f32>(select(0u, v[t18], t17));
    sv[t * 3 + 1] = bitcast<f32>(select(0u, v[t18 + 1], t17));
    sv[t * 3 + 2] = bitcast<f32>(select(0u, v[t18 + 2], t17));
    workgroupBarrier();
    var v25_0 = 0f; var v25_1 = 0f; var v25_2 = 0f; var v25_3 = 0f; var v25_4 = 0f; var v25_5 = 0f;
    var v25_6 = 0f; var v25_7 = 0f;
    for (var k_1 = 0; k_1 < 6 + none; k_1++) {
      let t19 = t5 + k_1;
      let t20 = sq[t19];
      let t21 = t6 + k_1 * 32;
      let t22 = sk[t21];
      v25_0 += t20 * t22;
      let t23 = sk[t21 + 1];
      v25_1 += t20 * t23;
      let t24 = sk[t21 + 2];
      v25_2 += t20 * t24;
      let t25 = sk[t21 + 3];
      v25_3 += t20 * t25;
      let t26 = sq[t19 + 6];
      v25_4 += t22 * t26;
      v25_5 += t23 * t26;
      v25_6 += t24 * t26;
      v25_7 += t25 * t26;
    }
    let score_0 = params.scale * v25_0;
    let score_1 = params.scale * v25_1;
    let score_2 = params.scale * v25_2;
    let score_3 = params.scale * v25_3;
    let score_4 = params.scale * v25_4;
    let score_5 = params.scale * v25_5;
    let score_6 = params.scale * v25_6;
    let score_7 = params.scale * v25_7;
    let t27 = t6 + p;
    let v30_0 = t27;
    let v30_1 = t27 + 1;
    let v30_2 = t27 + 2;
    let v30_3 = t27 + 3;
    let seen_0 = last_0 >= v30_0;
    let seen_1 = last_0 >= v30_1;
    let seen_2 = last_0 >= v30_2;
    let seen_3 = last_0 >= v30_3;
    let seen_4 = last_1 >= v30_0;
    let seen_5 = last_1 >= v30_1;
    let seen_6 = last_1 >= v30_2;
    let seen_7 = last_1 >= v30_3;
    var v34_0 = bitcast<f32>(bits_ff800000);
    var v34_1 = bitcast<f32>(bits_ff800000);
    v34_0 = max(v34_0, select(-3e+38f, score_0, seen_0));
    v34_0 = max(v34_0, select(-3e+38f, score_1, seen_1));
    v34_0 = max(v34_0, select(-3e+38f, score_2, seen_2));
    v34_0 = max(v34_0, select(-3e+38f, score_3, seen_3));
    v34_1 = max(v34_1, select(-3e+38f, score_4, seen_4));
    v34_1 = max(v34_1, select(-3e+38f, score_5, seen_5));
    v34_1 = max(v34_1, select(-3e+38f, score_6, seen_6));
    v34_1 = max(v34_1, select(-3e+38f, score_7, seen_7));
    scratch[t7] = bitcast<u32>(v34_0);
    scratch[t7 + 8] = bitcast<u32>(v34_1);
    workgroupBarrier();
    for (var r = 0; r < 3 + none; r++) {
      let t28 = ((1 << u32(r)) + 7) >> u32(r);
      let t29 = (t28 + 1) >> 1u;
      if ((t & 3) + t29 < t28) {
        scratch[t8] = bitcast<u32>(max(bitcast<f32>(scratch[t8]), bitcast<f32>(scratch[t8 + t29])));
      }
      workgroupBarrier();
    }
    let v34_0_1 = bitcast<f32>(scratch[t9]);
    let v34_1_1 = bitcast<f32>(scratch[t9 + 8]);
    let now_0 = max(top_0, v34_0_1);
    let now_1 = max(top_1, v34_1_1);
    var e = array<f32, 8>();
    e[0] = select(0f, exp(max(score_0 - now_0, -100f)), seen_0);
    e[1] = select(0f, exp(max(score_1 - now_0, -100f)), seen_1);
    e[2] = select(0f, exp(max(score_2 - now_0, -100f)), seen_2);
    e[3] = select(0f, exp(max(score_3 - now_0, -100f)), seen_3);
    e[4] = select(0f, exp(max(score_4 - now_1, -100f)), seen_4);
    e[5] = select(0f, exp(max(score_5 - now_1, -100f)), seen_5);
    e[6] = select(0f, exp(max(score_6 - now_1, -100f)), seen_6);
    e[7] = select(0f, exp(max(score_7 - now_1, -100f)), seen_7);
    let kept_0 = exp(max(top_0 - now_0, -100f));
    let kept_1 = exp(max(top_1 - now_1, -100f));
    var v47_0 = 0f; var v47_1 = 0f;
    v47_0 += e[0];
    v47_0 += e[1];
    v47_0 += e[2];
    v47_0 += e[3];
    v47_1 += e[4];
    v47_1 += e[5];
    v47_1 += e[6];
    v47_1 += e[7];
    workgroupBarrier();
    scratch[t7] = bitcast<u32>(v47_0);
    scratch[t7 + 8] = bitcast<u32>(v47_1);
    workgroupBarrier();
    for (var r = 0; r < 3 + none; r++) {
      let t30 = ((1 << u32(r)) + 7) >> u32(r);
      let t31 = (t30 + 1) >> 1u;
      if ((t & 3) + t31 < t30) {
        scratch[t8] = bitcast<u32>(bitcast<f32>(scratch[t8]) + bitcast<f32>(scratch[t8 + t31]));
      }
      workgroupBarrier();
    }
    let v47_0_1 = bitcast<f32>(scratch[t9]);
    let v47_1_1 = bitcast<f32>(scratch[t9 + 8]);
    den_0 = den_0 * kept_0 + v47_0_1;
    den_1 = den_1 * kept_1 + v47_1_1;
    workgroupBarrier();
    if (t10) {
      scratch[t11] = bitcast<u32>(kept_0);
      scratch[t11 + 1] = bitcast<u32>(kept_1);
    }
    workgroupBarrier();
    let v62 = bitcast<f32>(scratch[t12]);
    for (var s = 0; s < 2 + none; s++) {
      let t32 = t13 + s * 32;
      s61[t32] = e[s * 4];
      s61[t32 + 1] = e[s * 4 + 1];
      s61[t32 + 2] = e[s * 4 + 2];
      s61[t32 + 3] = e[s * 4 + 3];
    }
    workgroupBarrier();
    var v50_0 = 0f; var v50_1 = 0f;
    for (var k_1 = 0; k_1 < 32 + none; k_1++) {
      let t33 = s61[t14 + k_1];
      let t34 = t15 + k_1 * 6;
      v50_0 += t33 * sv[t34];
      v50_1 += t33 * sv[t34 + 1];
    }
    workgroupBarrier();
    acc_0 = acc_0 * v62 + v50_0;
    acc_1 = v62 * acc_1 + v50_1;
    top_0 = now_0;
    top_1 = now_1;
    workgroupBarrier();
  }
  workgroupBarrier();
  if (t10) {
    scratch[t11] = bitcast<u32>(select(1f, den_0, (den_0 > 0f)));
    scratch[t11 + 1] = bitcast<u32>(select(1f, den_1, (den_1 > 0f)));
  }
  workgroupBarrier();
  let v63 = bitcast<f32>(scratch[t12]);
  if (t < 48) {
    if (b * 16 + t12 < params.S) {
      let t35 = b * 96 + t % 48 * 2;
      o[t35] = bitcast<u32>(acc_0 / v63);
      o[t35 + 1] = bitcast<u32>(acc_1 / v63);
    }
  }
}
