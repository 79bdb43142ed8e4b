// w2star K = 256; target lavapipe
// 66 lines, 10 memory accesses, 272 bytes of workgroup memory
struct Params {
  N: i32,
}

@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
var<workgroup> scratch: array<u32, 68>;
const T0 = array<u32, 13>(1u, 5u, 25u, 125u, 0x271u, 0xc35u, 0x3d09u, 0x1312du, 0x5f5e1u, 0x1dcd65u, 0x9502f9u, 0x2e90eddu, 0xe8d4a51u);
const T1 = array<u32, 13>(5u, 25u, 125u, 0x271u, 0xc35u, 0x3d09u, 0x1312du, 0x5f5e1u, 0x1dcd65u, 0x9502f9u, 0x2e90eddu, 0xe8d4a51u, 0x48c27395u);
const T2 = array<i32, 8>(-2, -1, 0, 1, 2, 2, 2, 2);

@compute @workgroup_size(64)
fn gemv_w2star(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let none = i32(groups.x >> 31u); // 0, which no driver knows: it would write loops out
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= u32((params.N + 7) >> 3u)) { return; }
  var frame = array<i32, 2>(i32(block >> 31u), 0); // 0, which no driver knows: it keeps an array then, and aligns what lies beside it
  let b = i32(block) + frame[groups.x >> 31u];
  var acc = 0f;
  let t0 = b * 8 + (t >> 3u);
  let t1 = t0 < params.N;
  let t2 = min(t0, max(params.N - 1, 0));
  let t3 = t2 * 20;
  let t4 = (t & 7) * 13;
  for (var c = 0; c < 20; c += 8) {
    let t5 = (t & 7) + c;
    let code = select(0u, w[t3 + min(t5, 19)], t1 & (t5 < 20));
    var v16 = 0f;
    let t6 = t4 + c * 13;
    for (var s_1 = 0; s_1 < 13 + none; s_1++) {
      let t7 = t6 + s_1;
      v16 += f32(T2[(code / T0[u32(s_1)] - code / T1[u32(s_1)] * 5u) & 7u]) * bitcast<f32>(select(0u, x[min(t7, 255)], (t7 < 256)));
    }
    acc += v16;
  }
  let v19 = acc;
  workgroupBarrier();
  scratch[t + (t >> 5u) * 4] = bitcast<u32>(v19);
  workgroupBarrier();
  let t8 = (t >> 2u) < 8;
  let t9 = (t & 3) + (t >> 2u) * 8 + (t >> 4u) * 4;
  for (var r = 0; r < 3 + none; r++) {
    let t10 = ((1 << u32(r)) + 7) >> u32(r);
    let t11 = (t10 + 1) >> 1u;
    if (((t & 3) + t11 < t10) & t8) {
      scratch[t9] = bitcast<u32>(bitcast<f32>(scratch[t9]) + bitcast<f32>(scratch[t9 + t11]));
    }
    workgroupBarrier();
  }
  let v19_1 = bitcast<f32>(scratch[(t >> 3u) * 8 + (t >> 5u) * 4]);
  if ((t & 7) == 0) {
    if (t1) {
      let t12 = v19_1 * bitcast<f32>(select(0u, s[t2], t1)) + bitcast<f32>(select(0u, bias[t2], t1));
      y[t0] = bitcast<u32>(t12);
    }
  }
}
