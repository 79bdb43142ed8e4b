// outliers of llm_int8 K = 37, T = f32, LIMIT = 2.5, BM = 16, BN = 64; target base
// 21 lines, 2 memory accesses, 0 bytes of workgroup memory
struct Params {
  M: i32,
}

@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> flag: array<u32>;

@compute @workgroup_size(64)
fn outliers(@builtin(local_invocation_index) local: u32) {
  let t = i32(local);
  var most = 0f;
  let t0 = max(params.M - 1, 0);
  for (var m = 0; m < params.M; m++) {
    let t1 = select(0u, x[min(t, 36) + min(m, t0) * 37], (m < params.M) & (t < 37));
    most = max(most, abs(bitcast<f32>(t1)));
  }
  if (t < 37) {
    flag[t] = u32(select(0, 1, (most >= 2.5f)));
  }
}
