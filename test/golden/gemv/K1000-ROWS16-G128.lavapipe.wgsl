// gemv K = 1000, ROWS = 16, G = 128; target lavapipe
// 111 lines, 14 memory accesses, 256 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scale: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec2<u32>>;
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
  let t5 = (t & 3) * 8;
  let t6 = (t2 & 3) * 2;
  let t7 = t2 * 156 + (t2 >> 2u);
  for (var k = 0; k < 1000; k += 128) {
    let t8 = (select(0u, scale[t3 + (k >> 8u)], t1) >> u32(((k >> 7u) & 1) * 16)) & 0xffffu;
    let s = unpack2x16float(t8).x;
    let t9 = t4 + k;
    let t10 = t5 + (k >> 2u);
    for (var s_1 = 0; s_1 < 8; s_1++) {
      let t11 = t9 + s_1 * 4 < 1000;
      let t12 = t1 & t11;
      let t13 = min(t10 + s_1, 249);
      let t14 = t13 >> 3u;
      let t15 = t6 + (t13 & 7) * 5;
      let t16 = t15 & 7;
      let t17 = u32(t16 * 4);
      let t18 = w[t7 + (t14 * 5 + ((t15 + 1) >> 3u))];
      let t19 = x[t13];
      let t20 = select(0u, t19.x, t11);
      let t21 = (w[t7 + (t14 * 5 + (t15 >> 3u))] >> t17) | select(0u, t18 << (32u - t17), t16 == 7);
      acc[s_1 * 4] += s * (f32(select(1u, t21 & 31u, t12)) - 16f) * unpack2x16float(t20).x;
      let t22 = (t15 + 1) & 7;
      let t23 = u32(t22 * 4 + 1);
      let t24 = w[t7 + (t14 * 5 + ((t15 + 2) >> 3u))];
      let t25 = select(1u, ((t18 >> t23) | select(0u, t24 << (32u - t23), t22 == 7)) & 31u, t12);
      acc[s_1 * 4 + 1] += s * (f32(t25) - 16f) * unpack2x16float(t20).y;
      let t26 = (t15 + 2) & 7;
      let t27 = u32(t26 * 4 + 2);
      let t28 = w[t7 + (t14 * 5 + ((t15 + 3) >> 3u))];
      let t29 = select(0u, t19.y, t11);
      let t30 = select(1u, ((t24 >> t27) | select(0u, t28 << (32u - t27), t26 == 7)) & 31u, t12);
      acc[s_1 * 4 + 2] += s * (f32(t30) - 16f) * unpack2x16float(t29).x;
      let t31 = (t15 + 3) & 7;
      let t32 = u32(t31 * 4 + 3);
      let t33 = select(0u, w[t7 + (t14 * 5 + ((t15 + 4) >> 3u))] << (32u - t32), t31 == 7);
      acc[s_1 * 4 + 3] += s * (f32(select(1u, ((t28 >> t32) | t33) & 31u, t12)) - 16f) * unpack2x16float(t29).y;
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
  let t34 = (t >> 2u) * 4;
  let t35 = bitcast<f32>(scratch[t34 + 2]) + (bitcast<f32>(scratch[t34]) + bitcast<f32>(scratch[t34 + 1]));
  let v22_1 = bitcast<f32>(scratch[t34 + 3]) + t35;
  if ((t & 3) == 0) {
    if (t1) {
      y[t0] = bitcast<u32>(v22_1 + bitcast<f32>(select(0u, bias[t2], t1)));
    }
  }
}
