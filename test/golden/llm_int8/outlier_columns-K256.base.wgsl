// outlier_columns of llm_int8 K = 256; target base
// 156 lines, 30 memory accesses, 1284 bytes of workgroup memory
struct Params {
  M: i32,
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> list: array<u32>;
@group(0) @binding(2) var<storage, read> count: array<u32>;
@group(0) @binding(3) var<storage, read> v: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> s23: array<f32, 64>;
var<workgroup> s24: array<f32, 256>;
var<workgroup> scratch: array<u32, 1>;

@compute @workgroup_size(64)
fn outlier_columns(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 31) >> 5u) * u32((params.M + 7) >> 3u)) { return; }
  let bn = i32(block % u32((params.N + 31) >> 5u));
  let bm = i32(block / u32((params.N + 31) >> 5u));
  if (t == 0) {
    scratch[0] = count[0];
  }
  let found = workgroupUniformLoad(&scratch[0]);
  if (i32(found) == 0) {
    return;
  }
  var sum_0 = 0f; var sum_1 = 0f; var sum_2 = 0f; var sum_3 = 0f;
  let t0 = (t & 31) * 2;
  let t1 = (t & 3) * 2;
  let t2 = bm * 8 + ((t >> 2u) & 7);
  let t3 = t2 < params.M;
  let t4 = max(params.M - 1, 0);
  let t5 = min(t2, t4) * 128;
  let t6 = bn * 32 + (t & 7) * 4;
  let t7 = t6 < params.N;
  let t8 = max(params.N - 1, 0);
  let t9 = min(t6, t8);
  let t10 = t9 >> 1u;
  let t11 = (params.N * 16) >> 5u;
  let t12 = t9 & 1;
  let t13 = (params.N * 16) & 31;
  let t14 = t6 + 1 < params.N;
  let t15 = min(t8, t6 + 1);
  let t16 = t15 >> 1u;
  let t17 = t15 & 1;
  let t18 = t6 + 2 < params.N;
  let t19 = min(t8, t6 + 2);
  let t20 = t19 >> 1u;
  let t21 = t19 & 1;
  let t22 = t6 + 3 < params.N;
  let t23 = min(t8, t6 + 3);
  let t24 = t23 >> 1u;
  let t25 = t23 & 1;
  let t26 = (t >> 4u) * 16;
  let t27 = (t & 15) * 2;
  for (var h = 0; h < i32(found); h += 8) {
    let t28 = (t >> 3u) + h;
    let v26 = i32(select(0u, list[min(t28, 255)], (t28 < 256)));
    if (t < 32) {
      let t29 = t1 + h < 256;
      let t30 = min((t & 3) + (h >> 1u), 127) * 2;
      let t31 = i32(select(0u, list[t30], t29));
      let t32 = max(min(t31, 255), 0);
      let t33 = (select(0u, x[t5 + (t32 >> 1u)], t3) >> u32((t32 & 1) * 16)) & 0xffffu;
      s23[t0] = select(0f, unpack2x16float(t33).x, (t31 >= 0) & (t31 < 256));
      let t34 = i32(select(0u, list[t30 + 1], t29));
      let t35 = max(min(t34, 255), 0);
      let t36 = (select(0u, x[t5 + (t35 >> 1u)], t3) >> u32((t35 & 1) * 16)) & 0xffffu;
      s23[t0 + 1] = select(0f, unpack2x16float(t36).x, (t34 >= 0) & (t34 < 256));
    }
    let t37 = (v26 >= 0) & (v26 < 256);
    let t38 = max(min(v26, 255), 0);
    let t39 = params.N * (t38 >> 1u);
    let t40 = t38 & 1;
    let t41 = t40 * t11;
    let t42 = (t40 * t13) >> 4u;
    let t43 = t12 + t42;
    let t44 = (select(0u, v[t10 + (t39 + t41 + (t43 >> 1u))], t7) >> u32((t43 & 1) * 16)) & 0xffffu;
    s24[t * 4] = select(0f, unpack2x16float(t44).x, t37);
    let t45 = t17 + t42;
    let t46 = (select(0u, v[t16 + (t39 + t41 + (t45 >> 1u))], t14) >> u32((t45 & 1) * 16)) & 0xffffu;
    s24[t * 4 + 1] = select(0f, unpack2x16float(t46).x, t37);
    let t47 = t21 + t42;
    let t48 = (select(0u, v[t20 + (t39 + t41 + (t47 >> 1u))], t18) >> u32((t47 & 1) * 16)) & 0xffffu;
    s24[t * 4 + 2] = select(0f, unpack2x16float(t48).x, t37);
    let t49 = t25 + t42;
    let t50 = (select(0u, v[t24 + (t39 + t41 + (t49 >> 1u))], t22) >> u32((t49 & 1) * 16)) & 0xffffu;
    s24[t * 4 + 3] = select(0f, unpack2x16float(t50).x, t37);
    workgroupBarrier();
    storageBarrier();
    var v18_0 = sum_0;
    var v18_1 = sum_1;
    var v18_2 = sum_2;
    var v18_3 = sum_3;
    let t51 = min(i32(found) + -h, 8);
    for (var k = 0; k < 8; k++) {
      let t52 = k < t51;
      let t53 = t26 + k;
      let t54 = s23[t53];
      let t55 = t27 + k * 32;
      let t56 = s24[t55];
      v18_0 += select(0f, t54 * t56, t52);
      let t57 = s24[t55 + 1];
      v18_1 += select(0f, t54 * t57, t52);
      let t58 = s23[t53 + 8];
      v18_2 += select(0f, t56 * t58, t52);
      v18_3 += select(0f, t57 * t58, t52);
    }
    workgroupBarrier();
    storageBarrier();
    sum_0 = v18_0;
    sum_1 = v18_1;
    sum_2 = v18_2;
    sum_3 = v18_3;
  }
  let t59 = bm * 8 + (t >> 4u) * 2;
  let t60 = t59 < params.M;
  let t61 = bn * 32 + (t & 15) * 2;
  let t62 = t61 < params.N;
  let t63 = t60 & t62;
  let t64 = min(t8, t61);
  let t65 = params.N * min(t4, t59);
  let v22_0 = bitcast<f32>(select(0u, y[t64 + t65], t63)) + sum_0;
  let t66 = t61 + 1 < params.N;
  let t67 = t60 & t66;
  let t68 = min(t8, t61 + 1);
  let v22_1 = bitcast<f32>(select(0u, y[t65 + t68], t67)) + sum_1;
  let t69 = t59 + 1 < params.M;
  let t70 = t62 & t69;
  let t71 = params.N * min(t4, t59 + 1);
  let v22_2 = bitcast<f32>(select(0u, y[t64 + t71], t70)) + sum_2;
  let t72 = t66 & t69;
  let v22_3 = bitcast<f32>(select(0u, y[t68 + t71], t72)) + sum_3;
  let t73 = params.N * (t >> 4u);
  let t74 = bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t73 * 2;
  if (t63) {
    y[t74] = bitcast<u32>(v22_0);
  }
  if (t67) {
    y[t74 + 1] = bitcast<u32>(v22_1);
  }
  let t75 = params.N + bn * 32 + (t & 15) * 2 + params.N * bm * 8 + t73 * 2;
  if (t70) {
    y[t75] = bitcast<u32>(v22_2);
  }
  if (t72) {
    y[t75 + 1] = bitcast<u32>(v22_3);
  }
}
