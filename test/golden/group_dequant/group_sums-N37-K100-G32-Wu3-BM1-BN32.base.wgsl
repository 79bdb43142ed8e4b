// group_sums of group_dequant N = 37, K = 100, G = 32, W = u3, BM = 1, BN = 32; target base
// 44 lines, 7 memory accesses, 128 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> sum: array<u32>;
var<workgroup> scratch: array<u32, 32>;

@compute @workgroup_size(32)
fn group_sums(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let t = i32(local);
  let block = group.x + groups.x * (group.y + groups.y * group.z);
  if (block >= 4u * u32((params.M + 7) >> 3u)) { return; }
  let g = i32(block % 4u);
  let bm = i32(block / 4u);
  var v7 = 0;
  let t0 = bm * 8 + (t >> 2u);
  let t1 = t0 < params.M;
  let t2 = x[g * 4 + (t & 3) + min(t0, max(params.M - 1, 0)) * 16];
  let t3 = select(0u, t2.x, t1);
  v7 += i32(t3 << 24u) >> 24u;
  v7 += i32(t3 << 16u) >> 24u;
  v7 += i32(t3 << 8u) >> 24u;
  v7 += i32(t3) >> 24u;
  let t4 = select(0u, t2.y, t1);
  v7 += i32(t4 << 24u) >> 24u;
  v7 += i32(t4 << 16u) >> 24u;
  v7 += i32(t4 << 8u) >> 24u;
  v7 += i32(t4) >> 24u;
  scratch[t] = u32(v7);
  workgroupBarrier();
  let t5 = (t >> 2u) * 4;
  let v7_1 = i32(scratch[t5]) + i32(scratch[t5 + 1]) + i32(scratch[t5 + 2]) + i32(scratch[t5 + 3]);
  if ((t & 3) == 0) {
    if (t1) {
      sum[g + bm * 32 + (t >> 2u) * 4] = u32(v7_1);
    }
  }
}
