// The commands, one row each. A row loads its room only when it runs, so that help and small questions answer at once.
import type { Command, Flag } from "./command.ts";

const watch: Readonly<Record<string, Flag>> = { watch: { doc: "again whenever a file that it reads changes, until Ctrl-C" } };

/** The names of `--adapter` elsewhere. */
const also = ["device", "gpu", "backend", "target"];

const kernel: Readonly<Record<string, Flag>> = {
  kernel: { value: "NAME", doc: "the kernel of the file; may be left out where there is one" },
  set: { value: "NAME=VALUE", many: true, doc: "a compile-time parameter, run-time dimension or scalar" },
};

/** Of the commands that write a weight file anew. */
const converting: Readonly<Record<string, Flag>> = {
  format: { value: "FORMAT", doc: "a format of the library, q4_0, or one with arguments, \"grouped(Q: i3, group: 64)\"" },
  only: { value: "PATTERN", many: true, doc: "tensors whose names match: a pattern with * and ?, or a part of the name" },
  skip: { value: "PATTERN", many: true, doc: "not those whose names match" },
  given: { value: "FIELD=NUMBER", many: true, doc: "a field that the format has once for a tensor; default: a tensor of that name beside it" },
  device: { doc: "on a device, by a kernel; else on the host" },
  adapter: { value: "NAME", takes: "adapters", also, doc: "the device: gpu, lavapipe, swiftshader or a part of a name" },
};

export const commands: readonly Command[] = [
  {
    name: "run", summary: "run a kernel on files and random data", usage: "FILE [flags]", words: [1, 1], takes: "sources",
    flags: {
      ...kernel,
      in: { value: "NAME=SOURCE", many: true, takes: "arrays", doc: "an input: a.npy, a.npz:name, w.safetensors:name, m.gguf:name, random:SEED, a list [1, 2, 3], or one number for all" },
      out: { value: "NAME=FILE", many: true, takes: "arrays", doc: "where an output goes, a .npy, .npz or .safetensors; others are summed up" },
      codes: { value: "NAME,…", doc: "tensors whose files hold codes, not values" },
      on: { value: "interpreter|webgpu", takes: "places", doc: "where; default webgpu if a device opens" },
      adapter: { value: "NAME", takes: "adapters", also, doc: "gpu, lavapipe, swiftshader or a part of a name" },
      model: { doc: "of a tuning space that nobody has tuned here, the values that the cost model finds cheapest, not those that are written" },
      debug: { doc: "with what `print` says, in the order of blocks" },
      sanitise: { doc: "on the interpreter, watch every element: races, reads of what nobody wrote, blocks that meet" },
      ...watch,
    },
    examples: [
      ["run examples/vector_add/vector_add.loom --set N=1000 --in x=random:1 --in y=random:2", "adds two random vectors and sums up the result"],
      ["run softmax.loom --set N=64 --in x=x.npy --out y=y.npy --on interpreter", "reads and writes NumPy files, without a GPU"],
      ["run gemv.loom --set M=1 --set N=4096 --set K=4096 --in x=random:1 --in w=random:2 --in scale=0.01 --in bias=0 --model", "and tells which values of ROWS, CLUMPS and LANES were taken"],
      ["run k.loom --in x=a.npz:x --out y=out.npz --out z=out.npz", "from an array of an archive into an archive of two"],
      ["run g.loom --kernel gemm_f16_u3 --set N=512 --set K=256 --in b=codes.npy --codes b --in a=random:1 --in scale=w.safetensors:scale", "packed weights from codes, scales from a weight file"],
    ],
    run: async (args, io) => (await import("./run.ts")).runRun(args, io),
  },
  {
    name: "check", summary: "look for mistakes in .loom files, or in a device", usage: "FILE… [flags]", words: [1, Infinity], takes: "sources",
    flags: {
      ...watch,
      device: { doc: "run the kernels on a device and compare with the interpreter" },
      adapter: { value: "NAME", takes: "adapters", also, doc: "the device: gpu, lavapipe, swiftshader or a part of a name" },
      ...kernel,
      blocks: { value: "N", doc: "how many blocks are compared; default 8" },
      seed: { value: "N", doc: "chooses the blocks and the random inputs; default 1" },
    },
    examples: [
      ["check examples/softmax/softmax.loom", "draws each mistake with its place; exit code 1 if there is an error"],
      ["check \"kernels/**/*.loom\" --watch", "all of a folder, again after each change"],
      ["check --json kernels/*.loom", "prints {diagnostics: […]}"],
      ["check --device examples/softmax/softmax.loom --set N=1000", "whether this machine's GPU computes what the kernel means"],
    ],
    run: async (args, io) => (await import("./check.ts")).runCheck(args, io),
  },
  {
    name: "fmt", summary: "format .loom files", usage: "FILE… [flags]", words: [0, Infinity], takes: "sources",
    flags: {
      check: { doc: "write nothing; exit code 1 if a file would change" },
      stdin: { doc: "from standard input to standard output" },
      ...watch,
    },
    examples: [
      ["fmt kernels/*.loom", "writes each file anew, whole or not at all; files with syntax errors stay as they are"],
      ["fmt --check \"**/*.loom\"", "names the files that aren't formatted"],
      ["fmt --stdin < k.loom", "for editors"],
    ],
    run: async (args, io) => (await import("./fmt.ts")).runFmt(args, io),
  },
  {
    name: "build", summary: "compile a kernel to a library that runs without the compiler", usage: "FILE [flags]", words: [1, 1], takes: "sources",
    flags: {
      ...kernel,
      out: { value: "FILE.json", short: "o", takes: "files", doc: "where the library goes; without it, to standard output" },
      variant: { value: "\"NAME=VALUE …\"", many: true, doc: "build it for these parameters, too: one of several to choose from" },
      f16: { doc: "also a form for devices with f16 arithmetic" },
      parts: { value: "NAME,…", doc: "also a form for tensors of these names that are larger than a device binds at once" },
    },
    examples: [
      ["build examples/softmax/softmax.loom --set N=1000 -o softmax.json", "what an application gives openLibrary() of bitloom/run"],
      ["build gemm.loom --set N=4096 --set K=4096 --variant \"BM=16\" --variant \"BM=64\" --f16 -o gemm.json", "two tile sizes, each for devices with and without f16"],
    ],
    run: async (args, io) => (await import("./build.ts")).runBuild(args, io),
  },
  {
    name: "tune", summary: "find what is fastest on a device, of a kernel's tuning space or for products, and keep it", usage: "FILE [flags]", words: [0, 1], takes: "sources",
    flags: {
      ...kernel,
      in: { value: "NAME=SOURCE", many: true, takes: "arrays", doc: "an input, as of `run`; those left out are random" },
      codes: { value: "NAME,…", doc: "tensors whose files hold codes, not values" },
      most: { value: "N", doc: "how many points of a space are timed, those that the model finds cheapest; default 12" },
      product: { value: "MxNxK", many: true, doc: "instead of FILE: how matmul cuts x[M, K] · w[N, K]" },
      usual: { doc: "instead of FILE: products that most people have" },
      type: { value: "TYPE", takes: "types", doc: "number type of w; default u4" },
      x: { value: "TYPE", takes: "types", doc: "number type of x; default f32" },
      group: { value: "G", doc: "elements of w along K that share a scale, 0: no scales; default 64" },
      adapter: { value: "NAME", takes: "adapters", also, doc: "gpu, lavapipe, swiftshader or a part of a name" },
      fresh: { doc: "time again what is known" },
      atlas: { value: "FILE.json", takes: "files", doc: "adds what was found to this file, to be sent to others" },
      merge: { value: "FILE.json", many: true, takes: "files", doc: "instead of FILE: adds what others have found to the atlas" },
    },
    examples: [
      ["tune examples/gemm_f32/gemm_f32.loom --set M=256 --set N=256 --set K=256", "from then on, runs for about these sizes take what was fastest; Ctrl-C keeps what was found, and the next call goes on"],
      ["tune gemv.loom --set N=4096 --set K=4096 --set G=64 --adapter lavapipe --fresh --json", "{choice, ms, points: [{choice, predicted, ms, why}, …]}; parameters that are set are no part of the search"],
      ["tune --product 1x4096x4096 --type u3 --group 128", "how matmul cuts one row of f32 times 3-bit weights"],
      ["tune --usual --adapter swiftshader --atlas mine.json", "usual products; mine.json is what one sends to the project"],
      ["tune --merge mine.json --merge yours.json --atlas runtime/tuning/atlas.json", "of records of one thing the newer compiler's, else the finished, else the one of more points, else the later is kept"],
    ],
    run: async (args, io) => (await import("./tune.ts")).runTune(args, io),
  },
  {
    name: "inspect", summary: "show what a kernel becomes", usage: "FILE [flags]", words: [1, 1], takes: "sources",
    flags: {
      ...kernel,
      pass: { value: "NAME", takes: "passes", doc: "the Program after this pass; without any flag, the Program as it was written" },
      passes: { doc: "the Program as written and after each pass" },
      layouts: { doc: "the register layout of every tile, as inferred, and its picture" },
      loop: { doc: "the loop form: what one thread does" },
      wgsl: { doc: "the WGSL" },
      lines: { doc: "with --wgsl: the line of the source beside each line" },
      counts: { doc: "memory accesses, operations and bytes, exactly" },
      cost: { doc: "for each product of integers the ways to multiply with their prices and the one taken; bank conflicts of shared tiles" },
      target: { value: "NAME", takes: "targets", doc: "with --cost: what for, base, lavapipe, swiftshader, nvidia, amd or apple; default: the device of this machine" },
      ast: { doc: "the syntax tree" },
      html: { value: "FILE", takes: "pages", doc: "all of this as one page, source and WGSL side by side" },
      ...watch,
    },
    examples: [
      ["inspect examples/gemm_f16_u3/gemm_f16_u3.loom --set N=128 --set K=128 --wgsl", "the shader of a 3-bit matrix product"],
      ["inspect examples/softmax/softmax.loom --set N=1000 --layouts", "which thread holds which element"],
      ["inspect examples/softmax/softmax.loom --set N=1000 --html softmax.html", "a page to look at and to send; it needs no network"],
    ],
    run: async (args, io) => (await import("./inspect.ts")).runInspect(args, io),
  },
  {
    name: "layout", summary: "work out a register layout", usage: "EXPR|-", words: [1, 1],
    flags: { svg: { doc: "a picture as SVG" } },
    examples: [
      ["layout \"spatial(8, 4) * local(2, 1)\"", "draws thread:slot of every element"],
      ["layout --json \"reduce(spatial(8, 4), dims: [0])\"", "the four tuples and the table of indices"],
      ["layout --json - < expressions.txt", "one expression a line in, one JSON line for each out"],
    ],
    run: async (args, io) => (await import("./layout.ts")).runLayout(args, io),
  },
  {
    name: "draw", summary: "draw where each bit of a packed tensor or of a format lies", usage: "TYPE|FORMAT [flags]", words: [1, 1],
    flags: {
      svg: { value: "FILE", takes: "files", doc: "a picture as SVG, written whole or not at all" },
      words: { value: "N", doc: "how many u32 words; default 32" },
      from: { value: "WORD", doc: "the first word; default 0" },
    },
    examples: [
      ["draw \"u4[k: 2, n: 8] @ [k, n / 8, n % 2, (n / 2) % 4, bit]\"", "the nibbles of AWQ: a cell is an element's index, as wide as its bits"],
      ["draw \"u3[k: 32, n: 4] @ [k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]\" --svg gptq.svg", "a picture of GPTQ's order, where elements pass from word to word"],
      ["draw q4_0", "a block of a format of the library, field by field"],
      ["draw --json \"u2[8] @ planes\"", "{words: [[{field, element, index, bit}, …]]}, bit 0 first"],
    ],
    run: async (args, io) => (await import("./draw.ts")).runDraw(args, io),
  },
  {
    name: "dtype", summary: "show a number type and the value of every code", usage: "NAME|-", words: [1, 1], takes: "types", flags: {},
    examples: [
      ["dtype f6e3m2", "a float of six bits"],
      ["dtype --json b3", "{name, bits, kind, values}"],
    ],
    run: async (args, io) => (await import("./dtype.ts")).runDtype(args, io),
  },
  {
    name: "weights", summary: "list the tensors of a weight file", usage: "FILE [flags]", words: [1, 1], takes: "weights",
    flags: {
      zeros: { value: "v1|v2", doc: "how GPTQ's zeros are stored, less one or as they are; default: as the zeros and the file tell" },
      metadata: { doc: "also what the file says about itself" },
    },
    examples: [
      ["weights model.gguf", "name, format, shape and bits per weight of each tensor, and totals by format"],
      ["weights model.safetensors.index.json", "a model in several files; .onnx, .npy and .npz are read, too"],
      ["weights model.safetensors --json", "{file, kind, tensors: [{name, format, shape, parts, …}], totals, notes, metadata}"],
    ],
    run: async (args, io) => (await import("./weights.ts")).runWeights(args, io),
  },
  {
    name: "quantise", summary: "write a weight file with its tensors in a format of few bits", usage: "IN OUT --format F [flags]", words: [2, 2], takes: "weights",
    flags: converting,
    examples: [
      ["quantise model.safetensors small.safetensors --format q4_0", "every float tensor of two axes or more whose rows are whole blocks; the others are copied, and it says why"],
      ["quantise model.safetensors small.safetensors --format \"grouped(Q: i3, group: 64)\" --only \"*.mlp.*\"", "some of them"],
    ],
    run: async (args, io) => (await import("./quantise.ts")).runQuantise(args, io),
  },
  {
    name: "repack", summary: "write a weight file with its quantised tensors in another format", usage: "IN OUT --format F [flags]", words: [2, 2], takes: "weights",
    flags: converting,
    examples: [
      ["repack model.gguf repacked.safetensors --format \"offset(Q: u4, group: 32)\"", "keeps numbers and scales where both formats have them, and says what was lost where not"],
    ],
    run: async (args, io) => (await import("./quantise.ts")).runRepack(args, io),
  },
  {
    name: "devices", summary: "list adapters and why some were refused, or measure how fast one is", usage: "[flags]", words: [0, 0],
    flags: {
      rates: { doc: "how many operations of each kind an adapter does in a second; measured once, then known" },
      fresh: { doc: "with --rates: measure again" },
      adapter: { value: "NAME", takes: "adapters", also, doc: "with --rates: gpu, lavapipe, swiftshader or a part of a name" },
    },
    examples: [
      ["devices", "what `run --adapter` can choose from"],
      ["devices --rates", "of the best adapter here: multiply-adds, popcounts, packed products, reads, barriers"],
      ["devices --rates --adapter swiftshader --fresh --json", "{rates: {of, source, fma, …}}, measured anew"],
    ],
    run: async (args, io) => (await import("./devices.ts")).runDevices(args, io),
  },
  {
    name: "explain", summary: "explain the code of a message, an instruction or a function", usage: "CODE|NAME", words: [1, 1], takes: "codes", flags: {},
    examples: [["explain L0203", "what the message means and what to do"], ["explain scan_sum", "what an instruction does, with an example"]],
    run: async (args, io) => (await import("./explain.ts")).runExplain(args, io),
  },
  {
    name: "completion", summary: "print the completion script of a shell", usage: "bash|zsh|fish", words: [1, 1], takes: "shells", flags: {},
    examples: [["completion bash > ~/.local/share/bash-completion/completions/bitloom", "commands, flags, files, number types and codes at the tab key"]],
    run: async (args, io) => (await import("./complete.ts")).runCompletion(args, io),
  },
  {
    name: "demo", summary: "multiply by low-bit weights of a real model and compare", usage: "[WEIGHTS] [flags]", words: [0, 1], takes: "arrays",
    flags: {
      type: { value: "TYPE", takes: "types", doc: "number type of the weights, u1…u8, i2…i8, b1…b8 or a small float; default u3" },
      bits: { value: "N", doc: "short for --type uN" },
      group: { value: "G", doc: "weights along K that share a scale; default 64" },
      rows: { value: "M", doc: "rows of activations; default 32" },
      adapter: { value: "NAME", takes: "adapters", also, doc: "gpu, lavapipe, swiftshader or a part of a name" },
    },
    examples: [
      ["demo", "3-bit weights from examples/data on the best adapter here"],
      ["demo --bits 5 --adapter swiftshader", "another width, another device"],
      ["demo model.safetensors:layers.0.weight --type f4e2m1", "your own weights (or a matrix in a .npy file)"],
    ],
    run: async (args, io) => (await import("./demo.ts")).runDemo(args, io),
  },
];

