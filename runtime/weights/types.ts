// What a weight file is, whatever wrote it: named tensors, each of a format, each made of stored parts that are read by range.
//
//   openWeights(from) ──▶ WeightFile { kind, metadata, tensors } ──read(name, { part, offset, length })──▶ bytes
//
// A format that keeps all of an element in one block (q4_0) has one part, "data". One with fields beside each other (gptq4) has a part
// for each: qweight, qzeros, scales, g_idx. Bytes are as the file has them, little-endian; nobody but `read` touches the file.

/** What kind of file it is. */
export type WeightKind = "safetensors" | "gguf" | "onnx" | "npy" | "npz";

/** A value that a file says about itself: text, numbers, and lists of them. */
export type MetadataValue = string | number | bigint | boolean | readonly MetadataValue[];

/** One stored array of a tensor. */
export interface WeightPart {
  /** Its role: "data" where there is one part, else as the format's own files call it ("qweight", "scales", "zero_points", …). */
  readonly name: string;
  /** The name under which the file stores it. */
  readonly stored: string;
  /** Type of the stored elements by Bitloom's names: "u8", "i32", "f16", "q4_0", …; "i64", "u64", "f64" and "c64" can be stored, too. */
  readonly type: string;
  /** Sizes of the stored array, slowest axis first. */
  readonly shape: readonly number[];
  /** First byte in its file; undefined where the bytes aren't as stored (deflated, column-major, varints) and `read` makes them. */
  readonly offset: number | undefined;
  /** Bytes that `read` gives. */
  readonly length: number;
  /** Which file has it, where there are several; else the name of the one. */
  readonly file: string;
}

/** One tensor: numbers of a shape in some format. */
export interface WeightTensor {
  readonly name: string;
  /** The format's name in Bitloom's library: "f16", "bf16", "q4_0", "q6_k", "mxfp4", "gptq4", "awq4", "matmulnbits4", "nf4", … */
  readonly format: string;
  /** Sizes of the tensor of numbers, slowest axis first: of gptq and awq [K, N] (in, out), of all others as stored, mostly [N, K]. */
  readonly shape: readonly number[];
  /** What the format takes: `{ group: 128, zeros: "v1" }` of gptq, `{ block: 32, bits: 4 }` of matmulnbits; often nothing. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly parts: readonly WeightPart[];
  /** Bytes of all parts. */
  readonly length: number;
  /** `length` in bits by the number of elements; 0 where there are none. */
  readonly bitsPerWeight: number;
}

/** Which bytes of a tensor. */
export interface WeightRange {
  /** The part; may be left out where there is one. */
  readonly part?: string | undefined;
  /** First byte, counted from the part's begin; default 0. */
  readonly offset?: number | undefined;
  /** How many bytes; default up to the part's end. */
  readonly length?: number | undefined;
}

/** An open weight file: what it holds is known and checked, its bytes are read when asked for. */
export interface WeightFile {
  readonly kind: WeightKind;
  /** Path or address. */
  readonly name: string;
  /** What the file says about itself, e.g. "general.architecture" of GGUF. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** In the order of the file. */
  readonly tensors: readonly WeightTensor[];
  /** What is sound but ought to be known, e.g. that the file leaves open which zeros it has. */
  readonly notes: readonly string[];
  /** The tensor of a name. @throws Diagnostic H0202 with the nearest name */
  tensor(name: string): WeightTensor;
  /** Bytes of one part. @throws Diagnostic H0202 (no such tensor or part), H0206 (outside of it) */
  read(name: string, range?: WeightRange): Promise<Uint8Array>;
  /** The same in pieces of at most `size` bytes (default 4 MiB), so that a tensor of gigabytes needs no memory. */
  pieces(name: string, range?: WeightRange & { readonly size?: number | undefined }): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
