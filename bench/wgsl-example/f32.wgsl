// y = x · w, a thread for each element: the plainest kernel there is.
override N: u32;
override K: u32;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var sum = 0.0;
  for (var k = 0u; k < K; k++) { sum += x[id.y * K + k] * w[k * N + id.x]; }
  y[id.y * N + id.x] = sum;
}
