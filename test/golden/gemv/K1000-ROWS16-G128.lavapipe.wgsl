// gemv K = 1000, ROWS = 16, G = 128; target lavapipe
// 164 lines, 20 memory accesses, 256 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scale: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 64>;

@compute @workgroup_size(64)
fn gemv(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 15) >> 4u)) { return; }
  let b = i32(block);
  var acc = array<f32, 32>();
  let t0 = b * 16 + (t >> 2u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = t2 * 4;
  let t4 = (t & 3) * 32;
  let t5 = (t & 3) * 4;
  let t6 = t2 & 3;
  let t7 = t2 * 156 + (t2 >> 2u);
  for (var k = 0; k < 1000; k += 128) {
    let t8 = (select(0u, scale[t3 + (k >> 8u)], t1) >> u32(((k >> 7u) & 1) * 16)) & 0xffffu;
    let s = unpack2x16float(t8).x;
    let t9 = t4 + k;
    let t10 = t5 + (k >> 3u);
    for (var s_1 = 0; s_1 < 2; s_1++) {
      let t11 = t9 + s_1 * 16;
      let t12 = t11 < 1008;
      let t13 = t1 & t12;
      let t14 = t10 + s_1 * 2;
      let t15 = min(t14, 124);
      let t16 = t15 >> 2u;
      let t17 = t6 + ((t15 >> 1u) & 1) * 10;
      let t18 = t7 + (t16 * 5 + (t17 >> 2u));
      let t19 = w[t18];
      let t20 = t17 & 3;
      let t21 = t20 * 8;
      let t22 = x[t15];
      let t23 = select(0u, t22.x, t12);
      acc[s_1 * 16] += s * (f32(select(1u, (t19 >> u32(t21)) & 31u, t13)) - 16f) * unpack2x16float(t23).x;
      let t24 = u32(t21 + 5);
      let t25 = w[t7 + (t16 * 5 + ((t17 + 1) >> 2u))];
      let t26 = select(1u, ((t19 >> t24) | select(0u, t25 << (32u - t24), t20 == 3)) & 31u, t13);
      acc[s_1 * 16 + 1] += s * (f32(t26) - 16f) * unpack2x16float(t23).y;
      let t27 = (t17 + 1) & 3;
      let t28 = t27 * 8;
      let t29 = select(0u, t22.y, t12);
      acc[s_1 * 16 + 2] += s * (f32(select(1u, (t25 >> u32(t28 + 2)) & 31u, t13)) - 16f) * unpack2x16float(t29).x;
      let t30 = u32(t28 + 7);
      let t31 = w[t7 + (t16 * 5 + ((t17 + 2) >> 2u))];
      let t32 = select(1u, ((t25 >> t30) | select(0u, t31 << (32u - t30), t27 == 3)) & 31u, t13);
      acc[s_1 * 16 + 3] += s * (f32(t32) - 16f) * unpack2x16float(t29).y;
      let t33 = (t17 + 2) & 3;
      let t34 = u32(t33 * 8 + 4);
      let t35 = w[t7 + (t16 * 5 + ((t17 + 3) >> 2u))];
      let t36 = select(0u, t22.z, t12);
      let t37 = select(1u, ((t31 >> t34) | select(0u, t35 << (32u - t34), t33 == 3)) & 31u, t13);
      acc[s_1 * 16 + 4] += s * (f32(t37) - 16f) * unpack2x16float(t36).x;
      let t38 = (t17 + 3) & 3;
      let t39 = t38 * 8;
      acc[s_1 * 16 + 5] += s * (f32(select(1u, (t35 >> u32(t39 + 1)) & 31u, t13)) - 16f) * unpack2x16float(t36).y;
      let t40 = u32(t39 + 6);
      let t41 = w[t18 + 1];
      let t42 = select(0u, t22.w, t12);
      let t43 = select(1u, ((t35 >> t40) | select(0u, t41 << (32u - t40), t38 == 3)) & 31u, t13);
      acc[s_1 * 16 + 6] += s * (f32(t43) - 16f) * unpack2x16float(t42).x;
      acc[s_1 * 16 + 7] += s * (f32(select(1u, (t41 >> u32(t21 + 3)) & 31u, t13)) - 16f) * unpack2x16float(t42).y;
      let t44 = t11 < 992;
      let t45 = t1 & t44;
      let t46 = min(t14 + 1, 124);
      let t47 = t46 >> 2u;
      let t48 = t6 + (t46 & 3) * 5;
      let t49 = t7 + (t47 * 5 + (t48 >> 2u));
      let t50 = w[t49];
      let t51 = t48 & 3;
      let t52 = t51 * 8;
      let t53 = x[t46];
      let t54 = select(0u, t53.x, t44);
      acc[s_1 * 16 + 8] += s * (f32(select(1u, (t50 >> u32(t52)) & 31u, t45)) - 16f) * unpack2x16float(t54).x;
      let t55 = u32(t52 + 5);
      let t56 = w[t7 + (t47 * 5 + ((t48 + 1) >> 2u))];
      let t57 = select(1u, ((t50 >> t55) | select(0u, t56 << (32u - t55), t51 == 3)) & 31u, t45);
      acc[s_1 * 16 + 9] += s * (f32(t57) - 16f) * unpack2x16float(t54).y;
      let t58 = (t48 + 1) & 3;
      let t59 = t58 * 8;
      let t60 = select(0u, t53.y, t44);
      acc[s_1 * 16 + 10] += s * (f32(select(1u, (t56 >> u32(t59 + 2)) & 31u, t45)) - 16f) * unpack2x16float(t60).x;
      let t61 = u32(t59 + 7);
      let t62 = w[t7 + (t47 * 5 + ((t48 + 2) >> 2u))];
      let t63 = select(1u, ((t56 >> t61) | select(0u, t62 << (32u - t61), t58 == 3)) & 31u, t45);
      acc[s_1 * 16 + 11] += s * (f32(t63) - 16f) * unpack2x16float(t60).y;
      let t64 = (t48 + 2) & 3;
      let t65 = u32(t64 * 8 + 4);
      let t66 = w[t7 + (t47 * 5 + ((t48 + 3) >> 2u))];
      let t67 = select(0u, t53.z, t44);
      let t68 = select(1u, ((t62 >> t65) | select(0u, t66 << (32u - t65), t64 == 3)) & 31u, t45);
      acc[s_1 * 16 + 12] += s * (f32(t68) - 16f) * unpack2x16float(t67).x;
      let t69 = (t48 + 3) & 3;
      let t70 = t69 * 8;
      acc[s_1 * 16 + 13] += s * (f32(select(1u, (t66 >> u32(t70 + 1)) & 31u, t45)) - 16f) * unpack2x16float(t67).y;
      let t71 = u32(t70 + 6);
      let t72 = w[t49 + 1];
      let t73 = select(0u, t53.w, t44);
      let t74 = select(1u, ((t66 >> t71) | select(0u, t72 << (32u - t71), t69 == 3)) & 31u, t45);
      acc[s_1 * 16 + 14] += s * (f32(t74) - 16f) * unpack2x16float(t73).x;
      acc[s_1 * 16 + 15] += s * (f32(select(1u, (t72 >> u32(t52 + 3)) & 31u, t45)) - 16f) * unpack2x16float(t73).y;
    }
  }
  var v22 = 0f;
  v22 += acc[0];
  v22 += acc[1];
  v22 += acc[2];
  v22 += acc[3];
  v22 += acc[4];
  v22 += acc[5];
  v22 += acc[6];
  v22 += acc[7];
  v22 += acc[8];
  v22 += acc[9];
  v22 += acc[10];
  v22 += acc[11];
  v22 += acc[12];
  v22 += acc[13];
  v22 += acc[14];
  v22 += acc[15];
  v22 += acc[16];
  v22 += acc[17];
  v22 += acc[18];
  v22 += acc[19];
  v22 += acc[20];
  v22 += acc[21];
  v22 += acc[22];
  v22 += acc[23];
  v22 += acc[24];
  v22 += acc[25];
  v22 += acc[26];
  v22 += acc[27];
  v22 += acc[28];
  v22 += acc[29];
  v22 += acc[30];
  v22 += acc[31];
  workgroupBarrier();
  scratch[t] = bitcast<u32>(v22);
  workgroupBarrier();
  let t75 = (t >> 2u) * 4;
  let t76 = bitcast<f32>(scratch[t75 + 2]) + (bitcast<f32>(scratch[t75]) + bitcast<f32>(scratch[t75 + 1]));
  let v22_1 = bitcast<f32>(scratch[t75 + 3]) + t76;
  if ((t & 3) == 0) {
    if (t1) {
      y[t0] = bitcast<u32>(v22_1 + bitcast<f32>(select(0u, bias[t2], t1)));
    }
  }
}
