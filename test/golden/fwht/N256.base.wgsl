// fwht N = 256; target base
// 136 lines, 53 memory accesses, 1024 bytes of workgroup memory
struct Params {
  M: i32,
  scale: f32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
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
  let t0 = x[b * 64 + t];
  let v5_0 = bitcast<f32>(t0.x);
  let v5_1 = bitcast<f32>(t0.y);
  let v5_2 = bitcast<f32>(t0.z);
  let v5_3 = bitcast<f32>(t0.w);
  let v11_0 = v5_1;
  let v11_1 = v5_0;
  let v11_2 = v5_3;
  let v11_3 = v5_2;
  let v18_0 = v5_0 + v11_0;
  let v18_1 = v11_1 - v5_1;
  let v18_2 = v5_2 + v11_2;
  let v18_3 = v11_3 - v5_3;
  let v19_0 = v18_2;
  let v19_1 = v18_3;
  let v19_2 = v18_0;
  let v19_3 = v18_1;
  let v26_0 = select(v18_0 + v19_0, v19_0 - v18_0, ((t * 4) & 2) != 0);
  let v26_1 = select(v18_1 + v19_1, v19_1 - v18_1, ((t * 4 + 1) & 2) != 0);
  let v26_2 = select(v18_2 + v19_2, v19_2 - v18_2, ((t * 4 + 2) & 2) != 0);
  let v26_3 = select(v18_3 + v19_3, v19_3 - v18_3, ((t * 4 + 3) & 2) != 0);
  scratch[t * 4] = bitcast<u32>(v26_0);
  scratch[t * 4 + 1] = bitcast<u32>(v26_1);
  scratch[t * 4 + 2] = bitcast<u32>(v26_2);
  scratch[t * 4 + 3] = bitcast<u32>(v26_3);
  workgroupBarrier();
  let t1 = t * 4 - (t & 1) * 8;
  let v27_0 = bitcast<f32>(scratch[t1 + 4]);
  let v27_1 = bitcast<f32>(scratch[t1 + 5]);
  let v27_2 = bitcast<f32>(scratch[t1 + 6]);
  let v27_3 = bitcast<f32>(scratch[t1 + 7]);
  let v34_0 = select(v27_0 + v26_0, v27_0 - v26_0, ((t * 4) & 4) != 0);
  let v34_1 = select(v27_1 + v26_1, v27_1 - v26_1, ((t * 4 + 1) & 4) != 0);
  let v34_2 = select(v27_2 + v26_2, v27_2 - v26_2, ((t * 4 + 2) & 4) != 0);
  let v34_3 = select(v27_3 + v26_3, v27_3 - v26_3, ((t * 4 + 3) & 4) != 0);
  workgroupBarrier();
  scratch[t * 4] = bitcast<u32>(v34_0);
  scratch[t * 4 + 1] = bitcast<u32>(v34_1);
  scratch[t * 4 + 2] = bitcast<u32>(v34_2);
  scratch[t * 4 + 3] = bitcast<u32>(v34_3);
  workgroupBarrier();
  let t2 = t * 4 - ((t >> 1u) & 1) * 16;
  let v35_0 = bitcast<f32>(scratch[t2 + 8]);
  let v35_1 = bitcast<f32>(scratch[t2 + 9]);
  let v35_2 = bitcast<f32>(scratch[t2 + 10]);
  let v35_3 = bitcast<f32>(scratch[t2 + 11]);
  let v42_0 = select(v35_0 + v34_0, v35_0 - v34_0, ((t * 4) & 8) != 0);
  let v42_1 = select(v35_1 + v34_1, v35_1 - v34_1, ((t * 4 + 1) & 8) != 0);
  let v42_2 = select(v35_2 + v34_2, v35_2 - v34_2, ((t * 4 + 2) & 8) != 0);
  let v42_3 = select(v35_3 + v34_3, v35_3 - v34_3, ((t * 4 + 3) & 8) != 0);
  workgroupBarrier();
  scratch[t * 4] = bitcast<u32>(v42_0);
  scratch[t * 4 + 1] = bitcast<u32>(v42_1);
  scratch[t * 4 + 2] = bitcast<u32>(v42_2);
  scratch[t * 4 + 3] = bitcast<u32>(v42_3);
  workgroupBarrier();
  let t3 = t * 4 - ((t >> 2u) & 1) * 32;
  let v43_0 = bitcast<f32>(scratch[t3 + 16]);
  let v43_1 = bitcast<f32>(scratch[t3 + 17]);
  let v43_2 = bitcast<f32>(scratch[t3 + 18]);
  let v43_3 = bitcast<f32>(scratch[t3 + 19]);
  let v50_0 = select(v43_0 + v42_0, v43_0 - v42_0, ((t * 4) & 16) != 0);
  let v50_1 = select(v43_1 + v42_1, v43_1 - v42_1, ((t * 4 + 1) & 16) != 0);
  let v50_2 = select(v43_2 + v42_2, v43_2 - v42_2, ((t * 4 + 2) & 16) != 0);
  let v50_3 = select(v43_3 + v42_3, v43_3 - v42_3, ((t * 4 + 3) & 16) != 0);
  workgroupBarrier();
  scratch[t * 4] = bitcast<u32>(v50_0);
  scratch[t * 4 + 1] = bitcast<u32>(v50_1);
  scratch[t * 4 + 2] = bitcast<u32>(v50_2);
  scratch[t * 4 + 3] = bitcast<u32>(v50_3);
  workgroupBarrier();
  let t4 = t * 4 - ((t >> 3u) & 1) * 64;
  let v51_0 = bitcast<f32>(scratch[t4 + 32]);
  let v51_1 = bitcast<f32>(scratch[t4 + 33]);
  let v51_2 = bitcast<f32>(scratch[t4 + 34]);
  let v51_3 = bitcast<f32>(scratch[t4 + 35]);
  let v58_0 = select(v51_0 + v50_0, v51_0 - v50_0, ((t * 4) & 32) != 0);
  let v58_1 = select(v51_1 + v50_1, v51_1 - v50_1, ((t * 4 + 1) & 32) != 0);
  let v58_2 = select(v51_2 + v50_2, v51_2 - v50_2, ((t * 4 + 2) & 32) != 0);
  let v58_3 = select(v51_3 + v50_3, v51_3 - v50_3, ((t * 4 + 3) & 32) != 0);
  workgroupBarrier();
  scratch[t * 4] = bitcast<u32>(v58_0);
  scratch[t * 4 + 1] = bitcast<u32>(v58_1);
  scratch[t * 4 + 2] = bitcast<u32>(v58_2);
  scratch[t * 4 + 3] = bitcast<u32>(v58_3);
  workgroupBarrier();
  let t5 = t * 4 - ((t >> 4u) & 1) * 128;
  let v59_0 = bitcast<f32>(scratch[t5 + 64]);
  let v59_1 = bitcast<f32>(scratch[t5 + 65]);
  let v59_2 = bitcast<f32>(scratch[t5 + 66]);
  let v59_3 = bitcast<f32>(scratch[t5 + 67]);
  let v66_0 = select(v59_0 + v58_0, v59_0 - v58_0, ((t * 4) & 64) != 0);
  let v66_1 = select(v59_1 + v58_1, v59_1 - v58_1, ((t * 4 + 1) & 64) != 0);
  let v66_2 = select(v59_2 + v58_2, v59_2 - v58_2, ((t * 4 + 2) & 64) != 0);
  let v66_3 = select(v59_3 + v58_3, v59_3 - v58_3, ((t * 4 + 3) & 64) != 0);
  workgroupBarrier();
  scratch[t * 4] = bitcast<u32>(v66_0);
  scratch[t * 4 + 1] = bitcast<u32>(v66_1);
  scratch[t * 4 + 2] = bitcast<u32>(v66_2);
  scratch[t * 4 + 3] = bitcast<u32>(v66_3);
  workgroupBarrier();
  let t6 = t * 4 - (t >> 5u) * 256;
  let v67_0 = bitcast<f32>(scratch[t6 + 128]);
  let v67_1 = bitcast<f32>(scratch[t6 + 129]);
  let v67_2 = bitcast<f32>(scratch[t6 + 130]);
  let v67_3 = bitcast<f32>(scratch[t6 + 131]);
  let t7 = b * 256 + t * 4;
  let t8 = params.scale * select(v67_0 + v66_0, v67_0 - v66_0, ((t * 4) & 128) != 0);
  y[t7] = bitcast<u32>(t8);
  let t9 = params.scale * select(v67_1 + v66_1, v67_1 - v66_1, ((t * 4 + 1) & 128) != 0);
  y[t7 + 1] = bitcast<u32>(t9);
  let t10 = params.scale * select(v67_2 + v66_2, v67_2 - v66_2, ((t * 4 + 2) & 128) != 0);
  y[t7 + 2] = bitcast<u32>(t10);
  let t11 = params.scale * select(v67_3 + v66_3, v67_3 - v66_3, ((t * 4 + 3) & 128) != 0);
  y[t7 + 3] = bitcast<u32>(t11);
}
