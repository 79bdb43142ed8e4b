// fwht N = 8, T = f16, ROWS = 4; target base
// 66 lines, 10 memory accesses, 128 bytes of workgroup memory
struct Params {
  M: i32,
  scale: f32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 32>;

@compute @workgroup_size(64)
fn fwht_rows(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.M + 3) >> 2u)) { return; }
  let b = i32(block);
  let t0 = b * 4 + ((t >> 2u) & 3);
  let t1 = t0 < params.M;
  let t2 = select(0u, x[(t & 3) + min(t0, max(params.M - 1, 0)) * 4], t1);
  let v5_0 = unpack2x16float(t2).x;
  let v5_1 = unpack2x16float(t2).y;
  let v11_0 = v5_1;
  let v11_1 = v5_0;
  let v18_0 = v5_0 + v11_0;
  let v18_1 = v11_1 - v5_1;
  let t3 = (t & 15) * 2;
  if (t < 16) {
    scratch[t3] = bitcast<u32>(v18_0);
    scratch[t3 + 1] = bitcast<u32>(v18_1);
  }
  workgroupBarrier();
  let t4 = (t & 15) * 2 - (t & 1) * 4;
  let v19_0 = bitcast<f32>(scratch[t4 + 2]);
  let v19_1 = bitcast<f32>(scratch[t4 + 3]);
  let t5 = (t & 3) * 2;
  let v26_0 = select(v19_0 + v18_0, v19_0 - v18_0, (t5 & 2) != 0);
  let v26_1 = select(v19_1 + v18_1, v19_1 - v18_1, ((t5 + 1) & 2) != 0);
  workgroupBarrier();
  if (t < 16) {
    scratch[t3] = bitcast<u32>(v26_0);
    scratch[t3 + 1] = bitcast<u32>(v26_1);
  }
  workgroupBarrier();
  let t6 = (t & 15) * 2 - ((t >> 1u) & 1) * 8;
  let v27_0 = bitcast<f32>(scratch[t6 + 4]);
  let v27_1 = bitcast<f32>(scratch[t6 + 5]);
  if (t < 16) {
    if (t1) {
      let t7 = params.scale * select(v27_0 + v26_0, v27_0 - v26_0, (t5 & 4) != 0);
      let t8 = bitcast<u32>(t7);
      let t9 = t8 & 0x7fffffffu;
      let t10 = params.scale * select(v27_1 + v26_1, v27_1 - v26_1, ((t5 + 1) & 4) != 0);
      let t11 = bitcast<u32>(t10);
      let t12 = t11 & 0x7fffffffu;
      let t13 = select(pack2x16float(vec2(bitcast<f32>(min(t9, 0x477fe000u)), 0f)), 0x7c00u, t9 == 0x7f800000u);
      let t14 = select(t13 | ((t8 >> 16u) & 0x8000u), 0x7e00u, (t9 >= 0x7f800001u));
      let t15 = select(pack2x16float(vec2(bitcast<f32>(min(t12, 0x477fe000u)), 0f)), 0x7c00u, t12 == 0x7f800000u);
      let t16 = select(t15 | ((t11 >> 16u) & 0x8000u), 0x7e00u, (t12 >= 0x7f800001u));
      y[b * 16 + (t & 15)] = t14 | (t16 << 16u);
    }
  }
}
