// y = x · w of four-bit weights, without shared memory: a thread has four columns, reads eight weights of each at once as vec4<u32>,
// and scales every 32.
struct Sizes { N: u32, K: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> w: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> scales: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> sizes: Sizes;

fn part(word: u32, a: vec4<f32>, b: vec4<f32>) -> f32 {
  let low = vec4<f32>(vec4<u32>(word, word >> 4, word >> 8, word >> 12) & vec4<u32>(15)) - 8;
  let high = vec4<f32>(vec4<u32>(word >> 16, word >> 20, word >> 24, word >> 28) & vec4<u32>(15)) - 8;
  return dot(low, a) + dot(high, b);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let columns = sizes.N / 4;
  var sum = vec4<f32>();
  for (var g = 0u; g < sizes.K / 32; g++) {
    var inner = vec4<f32>();
    for (var i = 4 * g; i < 4 * g + 4; i++) {
      let words = w[i * columns + id.x];
      let at = (id.y * sizes.K) / 4 + 2 * i;
      let a = x[at];
      let b = x[at + 1];
      inner += vec4<f32>(part(words.x, a, b), part(words.y, a, b), part(words.z, a, b), part(words.w, a, b));
    }
    sum += inner * scales[g * columns + id.x];
  }
  y[id.y * columns + id.x] = sum;
}
