// gemm_w3a3 N = 64, K = 512, W = b2, BN = 64, BK = 128; target base
// 253 lines, 70 memory accesses, 3584 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> sa: array<u32>;
@group(0) @binding(3) var<storage, read> sw: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> c: array<u32>;
var<workgroup> s5: array<u32, 384>;
var<workgroup> s6: array<u32, 512>;

@compute @workgroup_size(64)
fn gemm_w3a3(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 31) >> 5u)) { return; }
  let bm = i32(block);
  var v8_0 = 0; var v8_1 = 0; var v8_2 = 0; var v8_3 = 0; var v8_4 = 0; var v8_5 = 0; var v8_6 = 0;
  var v8_7 = 0; var v8_8 = 0; var v8_9 = 0; var v8_10 = 0; var v8_11 = 0; var v8_12 = 0;
  var v8_13 = 0; var v8_14 = 0; var v8_15 = 0; var v8_16 = 0; var v8_17 = 0; var v8_18 = 0;
  var v8_19 = 0; var v8_20 = 0; var v8_21 = 0; var v8_22 = 0; var v8_23 = 0; var v8_24 = 0;
  var v8_25 = 0; var v8_26 = 0; var v8_27 = 0; var v8_28 = 0; var v8_29 = 0; var v8_30 = 0;
  var v8_31 = 0;
  let t0 = (t >> 4u) % 3;
  let t1 = t0 * 128 + (t & 15) * 4;
  let t2 = bm * 32 + (t & 15);
  let t3 = max(params.M - 1, 0);
  let t4 = params.M * t0;
  let t5 = min(t2, t3) * 4 + t4 * 4;
  let t6 = t4 * 4 + min(t3, t2 + 16) * 4;
  let t7 = (t >> 3u) * 16;
  let t8 = (t & 7) * 32;
  for (var k = 0; k < 512; k += 128) {
    if (t < 48) {
      let t9 = a[t5 + (k >> 7u)];
      s5[t1] = t9.x;
      s5[t1 + 1] = t9.y;
      s5[t1 + 2] = t9.z;
      s5[t1 + 3] = t9.w;
      let t10 = a[t6 + (k >> 7u)];
      s5[t1 + 64] = t10.x;
      s5[t1 + 65] = t10.y;
      s5[t1 + 66] = t10.z;
      s5[t1 + 67] = t10.w;
    }
    let t11 = t * 4 + (k >> 7u);
    let t12 = w[t11];
    s6[t * 4] = t12.x;
    s6[t * 4 + 1] = t12.y;
    s6[t * 4 + 2] = t12.z;
    s6[t * 4 + 3] = t12.w;
    let t13 = w[t11 + 256];
    s6[t * 4 + 256] = t13.x;
    s6[t * 4 + 257] = t13.y;
    s6[t * 4 + 258] = t13.z;
    s6[t * 4 + 259] = t13.w;
    workgroupBarrier();
    for (var i = 0; i < 3; i++) {
      let t14 = t7 + i * 128;
      for (var j = 0; j < 2; j++) {
        var v15_0 = 128;
        var v15_1 = 128;
        var v15_2 = 128;
        var v15_3 = 128;
        var v15_4 = 128;
        var v15_5 = 128;
        var v15_6 = 128;
        var v15_7 = 128;
        var v15_8 = 128;
        var v15_9 = 128;
        var v15_10 = 128;
        var v15_11 = 128;
        var v15_12 = 128;
        var v15_13 = 128;
        var v15_14 = 128;
        var v15_15 = 128;
        var v15_16 = 128;
        var v15_17 = 128;
        var v15_18 = 128;
        var v15_19 = 128;
        var v15_20 = 128;
        var v15_21 = 128;
        var v15_22 = 128;
        var v15_23 = 128;
        var v15_24 = 128;
        var v15_25 = 128;
        var v15_26 = 128;
        var v15_27 = 128;
        var v15_28 = 128;
        var v15_29 = 128;
        var v15_30 = 128;
        var v15_31 = 128;
        let t15 = t8 + j * 256;
        for (var k_1 = 0; k_1 < 4; k_1++) {
          let t16 = t14 + k_1;
          let t17 = s5[t16];
          let t18 = t15 + k_1;
          let t19 = s6[t18];
          v15_0 = v15_0 - i32(countOneBits(t17 ^ t19)) * 2;
          let t20 = s6[t18 + 4];
          v15_1 = v15_1 - i32(countOneBits(t17 ^ t20)) * 2;
          let t21 = s6[t18 + 8];
          v15_2 = v15_2 - i32(countOneBits(t17 ^ t21)) * 2;
          let t22 = s6[t18 + 12];
          v15_3 = v15_3 - i32(countOneBits(t17 ^ t22)) * 2;
          let t23 = s6[t18 + 16];
          v15_4 = v15_4 - i32(countOneBits(t17 ^ t23)) * 2;
          let t24 = s6[t18 + 20];
          v15_5 = v15_5 - i32(countOneBits(t17 ^ t24)) * 2;
          let t25 = s6[t18 + 24];
          v15_6 = v15_6 - i32(countOneBits(t17 ^ t25)) * 2;
          let t26 = s6[t18 + 28];
          v15_7 = v15_7 - i32(countOneBits(t17 ^ t26)) * 2;
          let t27 = s5[t16 + 4];
          v15_8 = v15_8 - i32(countOneBits(t19 ^ t27)) * 2;
          v15_9 = v15_9 - i32(countOneBits(t20 ^ t27)) * 2;
          v15_10 = v15_10 - i32(countOneBits(t21 ^ t27)) * 2;
          v15_11 = v15_11 - i32(countOneBits(t22 ^ t27)) * 2;
          v15_12 = v15_12 - i32(countOneBits(t23 ^ t27)) * 2;
          v15_13 = v15_13 - i32(countOneBits(t24 ^ t27)) * 2;
          v15_14 = v15_14 - i32(countOneBits(t25 ^ t27)) * 2;
          v15_15 = v15_15 - i32(countOneBits(t26 ^ t27)) * 2;
          let t28 = s5[t16 + 8];
          v15_16 = v15_16 - i32(countOneBits(t19 ^ t28)) * 2;
          v15_17 = v15_17 - i32(countOneBits(t20 ^ t28)) * 2;
          v15_18 = v15_18 - i32(countOneBits(t21 ^ t28)) * 2;
          v15_19 = v15_19 - i32(countOneBits(t22 ^ t28)) * 2;
          v15_20 = v15_20 - i32(countOneBits(t23 ^ t28)) * 2;
          v15_21 = v15_21 - i32(countOneBits(t24 ^ t28)) * 2;
          v15_22 = v15_22 - i32(countOneBits(t25 ^ t28)) * 2;
          v15_23 = v15_23 - i32(countOneBits(t26 ^ t28)) * 2;
          let t29 = s5[t16 + 12];
          v15_24 = v15_24 - i32(countOneBits(t19 ^ t29)) * 2;
          v15_25 = v15_25 - i32(countOneBits(t20 ^ t29)) * 2;
          v15_26 = v15_26 - i32(countOneBits(t21 ^ t29)) * 2;
          v15_27 = v15_27 - i32(countOneBits(t22 ^ t29)) * 2;
          v15_28 = v15_28 - i32(countOneBits(t23 ^ t29)) * 2;
          v15_29 = v15_29 - i32(countOneBits(t24 ^ t29)) * 2;
          v15_30 = v15_30 - i32(countOneBits(t25 ^ t29)) * 2;
          v15_31 = v15_31 - i32(countOneBits(t26 ^ t29)) * 2;
        }
        let t30 = u32(i + j);
        v8_0 = v8_0 + (v15_0 << t30);
        v8_1 = v8_1 + (v15_1 << t30);
        v8_2 = v8_2 + (v15_2 << t30);
        v8_3 = v8_3 + (v15_3 << t30);
        v8_4 = v8_4 + (v15_4 << t30);
        v8_5 = v8_5 + (v15_5 << t30);
        v8_6 = v8_6 + (v15_6 << t30);
        v8_7 = v8_7 + (v15_7 << t30);
        v8_8 = v8_8 + (v15_8 << t30);
        v8_9 = v8_9 + (v15_9 << t30);
        v8_10 = v8_10 + (v15_10 << t30);
        v8_11 = v8_11 + (v15_11 << t30);
        v8_12 = v8_12 + (v15_12 << t30);
        v8_13 = v8_13 + (v15_13 << t30);
        v8_14 = v8_14 + (v15_14 << t30);
        v8_15 = v8_15 + (v15_15 << t30);
        v8_16 = v8_16 + (v15_16 << t30);
        v8_17 = v8_17 + (v15_17 << t30);
        v8_18 = v8_18 + (v15_18 << t30);
        v8_19 = v8_19 + (v15_19 << t30);
        v8_20 = v8_20 + (v15_20 << t30);
        v8_21 = v8_21 + (v15_21 << t30);
        v8_22 = v8_22 + (v15_22 << t30);
        v8_23 = v8_23 + (v15_23 << t30);
        v8_24 = v8_24 + (v15_24 << t30);
        v8_25 = v8_25 + (v15_25 << t30);
        v8_26 = v8_26 + (v15_26 << t30);
        v8_27 = v8_27 + (v15_27 << t30);
        v8_28 = v8_28 + (v15_28 << t30);
        v8_29 = v8_29 + (v15_29 << t30);
        v8_30 = v8_30 + (v15_30 << t30);
        v8_31 = v8_31 + (v15_31 << t30);
      }
    }
    workgroupBarrier();
  }
  let t31 = bm * 32 + (t >> 3u) * 4;
  let t32 = t31 < params.M;
  let t33 = min(t3, t31);
  let v20_0 = bitcast<f32>(select(0u, sa[t33], t32));
  let t34 = t31 + 1 < params.M;
  let t35 = min(t3, t31 + 1);
  let v20_1 = bitcast<f32>(select(0u, sa[t35], t34));
  let t36 = t31 + 2 < params.M;
  let t37 = min(t3, t31 + 2);
  let v20_2 = bitcast<f32>(select(0u, sa[t37], t36));
  let t38 = t31 + 3 < params.M;
  let t39 = min(t3, t31 + 3);
  let v20_3 = bitcast<f32>(select(0u, sa[t39], t38));
  let t40 = (t & 7) * 2;
  let t41 = sw[t40];
  let v22_0 = bitcast<f32>(t41.x);
  let v22_1 = bitcast<f32>(t41.y);
  let v22_2 = bitcast<f32>(t41.z);
  let v22_3 = bitcast<f32>(t41.w);
  let t42 = sw[t40 + 1];
  let v22_4 = bitcast<f32>(t42.x);
  let v22_5 = bitcast<f32>(t42.y);
  let v22_6 = bitcast<f32>(t42.z);
  let v22_7 = bitcast<f32>(t42.w);
  if (t32) {
    let t43 = (t & 7) * 8 + t33 * 64;
    c[t43] = bitcast<u32>(f32(v8_0) * v20_0 * v22_0);
    c[t43 + 1] = bitcast<u32>(v20_0 * f32(v8_1) * v22_1);
    c[t43 + 2] = bitcast<u32>(v20_0 * f32(v8_2) * v22_2);
    c[t43 + 3] = bitcast<u32>(v20_0 * f32(v8_3) * v22_3);
    c[t43 + 4] = bitcast<u32>(v20_0 * f32(v8_4) * v22_4);
    c[t43 + 5] = bitcast<u32>(v20_0 * f32(v8_5) * v22_5);
    c[t43 + 6] = bitcast<u32>(v20_0 * f32(v8_6) * v22_6);
    c[t43 + 7] = bitcast<u32>(v20_0 * f32(v8_7) * v22_7);
  }
  if (t34) {
    let t44 = (t & 7) * 8 + t35 * 64;
    c[t44] = bitcast<u32>(v22_0 * (f32(v8_8) * v20_1));
    c[t44 + 1] = bitcast<u32>(v22_1 * (v20_1 * f32(v8_9)));
    c[t44 + 2] = bitcast<u32>(v22_2 * (v20_1 * f32(v8_10)));
    c[t44 + 3] = bitcast<u32>(v22_3 * (v20_1 * f32(v8_11)));
    c[t44 + 4] = bitcast<u32>(v22_4 * (v20_1 * f32(v8_12)));
    c[t44 + 5] = bitcast<u32>(v22_5 * (v20_1 * f32(v8_13)));
    c[t44 + 6] = bitcast<u32>(v22_6 * (v20_1 * f32(v8_14)));
    c[t44 + 7] = bitcast<u32>(v22_7 * (v20_1 * f32(v8_15)));
  }
  if (t36) {
    let t45 = (t & 7) * 8 + t37 * 64;
    c[t45] = bitcast<u32>(v22_0 * (f32(v8_16) * v20_2));
    c[t45 + 1] = bitcast<u32>(v22_1 * (v20_2 * f32(v8_17)));
    c[t45 + 2] = bitcast<u32>(v22_2 * (v20_2 * f32(v8_18)));
    c[t45 + 3] = bitcast<u32>(v22_3 * (v20_2 * f32(v8_19)));
    c[t45 + 4] = bitcast<u32>(v22_4 * (v20_2 * f32(v8_20)));
    c[t45 + 5] = bitcast<u32>(v22_5 * (v20_2 * f32(v8_21)));
    c[t45 + 6] = bitcast<u32>(v22_6 * (v20_2 * f32(v8_22)));
    c[t45 + 7] = bitcast<u32>(v22_7 * (v20_2 * f32(v8_23)));
  }
  if (t38) {
    let t46 = (t & 7) * 8 + t39 * 64;
    c[t46] = bitcast<u32>(v22_0 * (f32(v8_24) * v20_3));
    c[t46 + 1] = bitcast<u32>(v22_1 * (v20_3 * f32(v8_25)));
    c[t46 + 2] = bitcast<u32>(v22_2 * (v20_3 * f32(v8_26)));
    c[t46 + 3] = bitcast<u32>(v22_3 * (v20_3 * f32(v8_27)));
    c[t46 + 4] = bitcast<u32>(v22_4 * (v20_3 * f32(v8_28)));
    c[t46 + 5] = bitcast<u32>(v22_5 * (v20_3 * f32(v8_29)));
    c[t46 + 6] = bitcast<u32>(v22_6 * (v20_3 * f32(v8_30)));
    c[t46 + 7] = bitcast<u32>(v22_7 * (v20_3 * f32(v8_31)));
  }
}
