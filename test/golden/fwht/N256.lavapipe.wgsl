// fwht N = 256; target lavapipe
// 165 lines, 27 memory accesses, 1024 bytes of workgroup memory
struct Params {
  M: i32,
  scale: f32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 256>;

@compute @workgroup_size(64)
fn fwht_rows(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32(params.M)) { return; }
  let b = i32(block);
  var v5 = array<f32, 4>();
  let t0 = b * 128 + t * 2;
  for (var s = 0; s < 2; s++) {
    let t1 = x[t0 + s];
    v5[s * 2] = bitcast<f32>(t1.x);
    v5[s * 2 + 1] = bitcast<f32>(t1.y);
  }
  let v11_0 = v5[1];
  let v11_1 = v5[0];
  let v11_2 = v5[3];
  let v11_3 = v5[2];
  let v18_0 = v5[0] + v11_0;
  let v18_1 = v11_1 - v5[1];
  let v18_2 = v5[2] + v11_2;
  let v18_3 = v11_3 - v5[3];
  let v19_0 = v18_2;
  let v19_1 = v18_3;
  let v19_2 = v18_0;
  let v19_3 = v18_1;
  var v26 = array<f32, 4>();
  v26[0] = select(v18_0 + v19_0, v19_0 - v18_0, ((t * 4) & 2) != 0);
  v26[1] = select(v18_1 + v19_1, v19_1 - v18_1, ((t * 4 + 1) & 2) != 0);
  v26[2] = select(v18_2 + v19_2, v19_2 - v18_2, ((t * 4 + 2) & 2) != 0);
  v26[3] = select(v18_3 + v19_3, v19_3 - v18_3, ((t * 4 + 3) & 2) != 0);
  var v27 = array<f32, 4>();
  for (var s = 0; s < 2; s++) {
    let t2 = t * 4 + s * 2;
    scratch[t2] = bitcast<u32>(v26[s * 2]);
    scratch[t2 + 1] = bitcast<u32>(v26[s * 2 + 1]);
  }
  workgroupBarrier();
  let t3 = t * 4 - (t & 1) * 8;
  for (var s = 0; s < 2; s++) {
    let t4 = t3 + s * 2;
    v27[s * 2] = bitcast<f32>(scratch[t4 + 4]);
    v27[s * 2 + 1] = bitcast<f32>(scratch[t4 + 5]);
  }
  var v34 = array<f32, 4>();
  v34[0] = select(v27[0] + v26[0], v27[0] - v26[0], ((t * 4) & 4) != 0);
  v34[1] = select(v27[1] + v26[1], v27[1] - v26[1], ((t * 4 + 1) & 4) != 0);
  v34[2] = select(v27[2] + v26[2], v27[2] - v26[2], ((t * 4 + 2) & 4) != 0);
  v34[3] = select(v27[3] + v26[3], v27[3] - v26[3], ((t * 4 + 3) & 4) != 0);
  var v35 = array<f32, 4>();
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    let t5 = t * 4 + s * 2;
    scratch[t5] = bitcast<u32>(v34[s * 2]);
    scratch[t5 + 1] = bitcast<u32>(v34[s * 2 + 1]);
  }
  workgroupBarrier();
  let t6 = t * 4 - ((t >> 1u) & 1) * 16;
  for (var s = 0; s < 2; s++) {
    let t7 = t6 + s * 2;
    v35[s * 2] = bitcast<f32>(scratch[t7 + 8]);
    v35[s * 2 + 1] = bitcast<f32>(scratch[t7 + 9]);
  }
  var v42 = array<f32, 4>();
  v42[0] = select(v35[0] + v34[0], v35[0] - v34[0], ((t * 4) & 8) != 0);
  v42[1] = select(v35[1] + v34[1], v35[1] - v34[1], ((t * 4 + 1) & 8) != 0);
  v42[2] = select(v35[2] + v34[2], v35[2] - v34[2], ((t * 4 + 2) & 8) != 0);
  v42[3] = select(v35[3] + v34[3], v35[3] - v34[3], ((t * 4 + 3) & 8) != 0);
  var v43 = array<f32, 4>();
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    let t8 = t * 4 + s * 2;
    scratch[t8] = bitcast<u32>(v42[s * 2]);
    scratch[t8 + 1] = bitcast<u32>(v42[s * 2 + 1]);
  }
  workgroupBarrier();
  let t9 = t * 4 - ((t >> 2u) & 1) * 32;
  for (var s = 0; s < 2; s++) {
    let t10 = t9 + s * 2;
    v43[s * 2] = bitcast<f32>(scratch[t10 + 16]);
    v43[s * 2 + 1] = bitcast<f32>(scratch[t10 + 17]);
  }
  var v50 = array<f32, 4>();
  v50[0] = select(v43[0] + v42[0], v43[0] - v42[0], ((t * 4) & 16) != 0);
  v50[1] = select(v43[1] + v42[1], v43[1] - v42[1], ((t * 4 + 1) & 16) != 0);
  v50[2] = select(v43[2] + v42[2], v43[2] - v42[2], ((t * 4 + 2) & 16) != 0);
  v50[3] = select(v43[3] + v42[3], v43[3] - v42[3], ((t * 4 + 3) & 16) != 0);
  var v51 = array<f32, 4>();
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    let t11 = t * 4 + s * 2;
    scratch[t11] = bitcast<u32>(v50[s * 2]);
    scratch[t11 + 1] = bitcast<u32>(v50[s * 2 + 1]);
  }
  workgroupBarrier();
  let t12 = t * 4 - ((t >> 3u) & 1) * 64;
  for (var s = 0; s < 2; s++) {
    let t13 = t12 + s * 2;
    v51[s * 2] = bitcast<f32>(scratch[t13 + 32]);
    v51[s * 2 + 1] = bitcast<f32>(scratch[t13 + 33]);
  }
  var v58 = array<f32, 4>();
  v58[0] = select(v51[0] + v50[0], v51[0] - v50[0], ((t * 4) & 32) != 0);
  v58[1] = select(v51[1] + v50[1], v51[1] - v50[1], ((t * 4 + 1) & 32) != 0);
  v58[2] = select(v51[2] + v50[2], v51[2] - v50[2], ((t * 4 + 2) & 32) != 0);
  v58[3] = select(v51[3] + v50[3], v51[3] - v50[3], ((t * 4 + 3) & 32) != 0);
  var v59 = array<f32, 4>();
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    let t14 = t * 4 + s * 2;
    scratch[t14] = bitcast<u32>(v58[s * 2]);
    scratch[t14 + 1] = bitcast<u32>(v58[s * 2 + 1]);
  }
  workgroupBarrier();
  let t15 = t * 4 - ((t >> 4u) & 1) * 128;
  for (var s = 0; s < 2; s++) {
    let t16 = t15 + s * 2;
    v59[s * 2] = bitcast<f32>(scratch[t16 + 64]);
    v59[s * 2 + 1] = bitcast<f32>(scratch[t16 + 65]);
  }
  var v66 = array<f32, 4>();
  v66[0] = select(v59[0] + v58[0], v59[0] - v58[0], ((t * 4) & 64) != 0);
  v66[1] = select(v59[1] + v58[1], v59[1] - v58[1], ((t * 4 + 1) & 64) != 0);
  v66[2] = select(v59[2] + v58[2], v59[2] - v58[2], ((t * 4 + 2) & 64) != 0);
  v66[3] = select(v59[3] + v58[3], v59[3] - v58[3], ((t * 4 + 3) & 64) != 0);
  var v67 = array<f32, 4>();
  workgroupBarrier();
  for (var s = 0; s < 2; s++) {
    let t17 = t * 4 + s * 2;
    scratch[t17] = bitcast<u32>(v66[s * 2]);
    scratch[t17 + 1] = bitcast<u32>(v66[s * 2 + 1]);
  }
  workgroupBarrier();
  let t18 = t * 4 - (t >> 5u) * 256;
  for (var s = 0; s < 2; s++) {
    let t19 = t18 + s * 2;
    v67[s * 2] = bitcast<f32>(scratch[t19 + 128]);
    v67[s * 2 + 1] = bitcast<f32>(scratch[t19 + 129]);
  }
  let t20 = b * 256 + t * 4;
  for (var s = 0; s < 2; s++) {
    let t21 = t20 + s * 2;
    let t22 = t * 4 + s * 2;
    let t23 = v67[s * 2];
    let t24 = v66[s * 2];
    y[t21] = bitcast<u32>(params.scale * select(t23 + t24, t23 - t24, (t22 & 128) != 0));
    let t25 = v67[s * 2 + 1];
    let t26 = v66[s * 2 + 1];
    let t27 = params.scale * select(t25 + t26, t25 - t26, ((t22 + 1) & 128) != 0);
    y[t21 + 1] = bitcast<u32>(t27);
  }
}
