// The layers of the models in plain doubles, by the names of their kernels: the reference.

/** Activations. */
export interface Numbers { readonly shape: readonly number[]; readonly values: Float64Array }
/** A matrix [N, K] with a bias, four outputs side by side for each input: element [n, k] at ((n div 4) K + k) 4 + n mod 4. */
export interface Dense { readonly N: number; readonly K: number; readonly quads: Float64Array; readonly bias: ArrayLike<number> }

/** A matrix in that order. */
export function dense([N, K]: readonly [number, number], w: ArrayLike<number>, bias: ArrayLike<number>): Dense {
  const quads = new Float64Array(Math.ceil(N / 4) * 4 * K);
  for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) quads[((n >> 2) * K + k) * 4 + (n & 3)] = w[n * K + k];
  return { N, K, quads, bias };
}

/** y = x · wᵀ + bias, two rows and four outputs at a time. Most features of some inputs are 0: they are left out. */
export function product({ shape: [M, K], values: x }: Numbers, { N, quads, bias }: Dense): Numbers {
  const y = new Float64Array(M * N), at = new Int32Array(K), pairs = new Float64Array(2 * K), sums = new Float64Array(8);
  for (let m = 0; m < M; m += 2) {
    const two = m + 1 < M;
    let count = 0;
    for (let k = 0; k < K; k++) {
      const a = x[m * K + k], b = two ? x[(m + 1) * K + k] : 0;
      if (a !== 0 || b !== 0) { pairs[2 * count] = a; pairs[2 * count + 1] = b; at[count++] = 4 * k; }
    }
    for (let n = 0; n < N; n += 4) {
      const w = quads.subarray(n * K, (n + 4) * K);
      let p = 0, q = 0, r = 0, s = 0, t = 0, u = 0, v = 0, z = 0;
      for (let i = 0; i < count; i++) {
        const k = at[i], a = pairs[2 * i], b = pairs[2 * i + 1], c = w[k], d = w[k + 1], e = w[k + 2], f = w[k + 3];
        p += a * c; q += a * d; r += a * e; s += a * f;
        t += b * c; u += b * d; v += b * e; z += b * f;
      }
      sums[0] = p; sums[1] = q; sums[2] = r; sums[3] = s; sums[4] = t; sums[5] = u; sums[6] = v; sums[7] = z;
      for (let j = 0; j < Math.min(4, N - n); j++) {
        y[m * N + n + j] = sums[j] + bias[n + j];
        if (two) y[(m + 1) * N + n + j] = sums[4 + j] + bias[n + j];
      }
    }
  }
  return { shape: [M, N], values: y };
}

type Inputs = Readonly<Record<string, Numbers>>;

const each = (x: Numbers, of: (v: number, i: number) => number): Numbers => ({ shape: x.shape, values: x.values.map(of) });

/** x / √(mean of a row's squares + 1e-5) · gain. */
function norm({ x, gain }: Inputs): Numbers {
  const [M, D] = x.shape;
  const scales = Array.from({ length: M }, (_, m) => { let sum = 0; for (let d = 0; d < D; d++) sum += x.values[m * D + d] ** 2; return 1 / Math.sqrt(sum / D + 1e-5); });
  return each(x, (v, i) => v * scales[Math.floor(i / D)] * gain.values[i % D]);
}

/** Pairs (i, i + D / 2) of each head, turned by the angle of their row. */
function rotate({ x, cosine, sine }: Inputs): Numbers {
  const [, W] = x.shape, half = cosine.shape[1], D = 2 * half;
  return each(x, (v, i) => {
    const d = i % D, a = Math.floor(i / W) * half + (d % half);
    return v * cosine.values[a] + (d < half ? -x.values[i + half] : x.values[i - half]) * sine.values[a];
  });
}

/** Attention of each head of D features to the rows up to its own; heads share keys and values where k has fewer. */
function attend({ q, k, v }: Inputs, { D, G, SCALE }: Readonly<Record<string, number>>): Numbers {
  const [S, W] = q.shape, C = k.shape[1], out = new Float64Array(S * W), p = new Float64Array(S);
  for (let h = 0; h < W / D; h++)
    for (let s = 0; s < S; s++) {
      const c = Math.floor(h / G) * D, from = s * W + h * D;
      let top = -Infinity, sum = 0;
      for (let t = 0; t <= s; t++) {
        let score = 0;
        for (let d = 0; d < D; d++) score += q.values[from + d] * k.values[t * C + c + d];
        p[t] = score * SCALE;
        top = Math.max(top, p[t]);
      }
      for (let t = 0; t <= s; t++) sum += p[t] = Math.exp(p[t] - top);
      for (let t = 0; t <= s; t++) for (let d = 0; d < D; d++) out[from + d] += (p[t] / sum) * v.values[t * C + c + d];
    }
  return { shape: q.shape, values: out };
}

/** What each kernel between products means. */
export const plain: Readonly<Record<string, (inputs: Inputs, params: Readonly<Record<string, number>>) => Numbers>> = {
  relu: ({ x }) => each(x, (v) => Math.max(v, 0)),
  add: ({ x, y }) => each(x, (v, i) => v + y.values[i]),
  swiglu: ({ gate, up }) => each(gate, (g, i) => (g / (1 + Math.exp(-g))) * up.values[i]),
  norm, rotate, attend,
};
