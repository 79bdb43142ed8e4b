// What the codes of layouts and packings (L) and of resources and races (R) mean.
import { row, type Explanation } from "./messages.ts";

/** Layouts and packings. */
export const layoutCodes: Readonly<Record<string, Explanation>> = {
  L0101: row("malformed layout", "Modes must refine the shape, and each is spatial or local, once. Extents are at least 1."),
  L0102: row("wrong dimensions for this operation", "The operation names dimensions that the layout lacks, twice, or of another extent."),
  L0103: row("no quotient", "a / b is the c with c * b = a; left_divide(a, b) the c with b * c = a. There is none."),
  L0104: row("no reshape", "A mode would have to straddle two dimensions of the new shape: the result is no layout."),
  L0105: row("can't be spread evenly", "`auto` needs the elements to be a multiple of the threads, or the threads of the elements."),
  L0106: row("malformed swizzle", "A swizzle xors bits of the offset that exist and don't overlap."),
  L0107: row("no such shared layout", "The operation isn't defined on this layout of a shared tile."),
  L0108: row("no such global layout", "Windows can't be composed or reshaped at will: do that with the whole first."),
  L0109: row("layout too large to list", "Tables and pictures are for tiles; this one has too many entries."),
  L0203: row("a tile that isn't whole words", "`packed(L)` stores each thread's elements as 32-bit words, so slots × bits must be a multiple of 32."),
  L0210: row("a packing that forgets something", "Every axis and every bit must be among the digits, in full."),
  L0211: row("a packing that stores something twice", "Parts of `++` and `|` must take disjoint ranges; one list uses a digit once."),
  L0212: row("bits that share an address", "The digits of an index form a chain, each beginning where the one before ends: x % 8, (x / 8) % 4, x / 32."),
  L0213: row("reversing something unknown", "`~` counts from the end, which must be known at compile time and small."),
  L0214: row("malformed digit", "Divisors and moduli are positive integers, ranges lie inside their axis."),
  L0215: row("packing too large to draw", "Pictures are for small tensors; the order repeats."),
  L0216: row("a packing of another rank", "The packing speaks of more or fewer axes than the tensor has."),
  L0301: row("a view for another number of threads", "A view reads the bits that each thread holds, so both layouts have the same threads."),
  L0302: row("a view of another number of bits", "A view keeps the bits of each thread: slots × bits must agree."),
  L0303: row("layout and tile have different shapes", "A layout's shape is the product of its factors' shapes, dimension by dimension."),
  L0305: row("layout for more threads than the block has", "A layout of fewer threads is fine (thread t holds what t mod S holds), one of more isn't."),
  L0401: row("a division that must be exact", "Sizes, widths, grids and layouts count whole things, so a compile-time `/` must come out even there. `cdiv(a, b)` rounds up."),
  L0402: row("not a packing", "Packings are `dense`, `planes`, `planes(n)`, `packed(L)` and lists of digits; they stand behind `@` in the type of a tensor."),
  L0403: row("unknown axis in a packing", "Digits are made of the axes named in the type, `u3[k: K, n: N]`, and `bit`."),
  L0405: row("shared tiles are laid out by the compiler", "In this version a `shared` takes no layout."),
};

/** Resources, uniformity and races. */
export const resourceCodes: Readonly<Record<string, Explanation>> = {
  R0101: row("impossible number of threads", "A block has 1 to 1,024 threads; 256 run on every device."),
  R0201: row("too many registers", "A register tile may take 8,192 bytes of a thread. Use smaller tiles or more threads."),
  R0202: row("too many tensors", "Devices bind a limited number of buffers, 8 at least."),
  R0203: row("too much shared memory", "Devices have a limited workgroup memory, 16 KiB at least."),
  R0301: row("too much work to elaborate", "Unrolled loops and inlined functions multiply. The limit keeps a slip from hanging the editor."),
  R0302: row("calls or expressions nested too deep", "Functions are inlined and can't call themselves; expressions have a limited depth."),
  R0303: row("unrolled too often", "`unroll for` makes a copy of the body for each turn, up to 4,096."),
  R0304: row("too large", "A tile or table of this size can't be meant."),
  R0305: row("impossible pipeline", "A pipeline has 1 to 16 stages."),
  R0306: row("nothing to pipeline", "`pipeline(n) for` copies ahead what the next turns need: its body begins with `copy` and `barrier()`."),
  R0307: row("too many grid axes", "A grid has up to three axes; join two with `/` and `%`."),
  R0311: row("a window that differs between threads", "A window begins at one place for the whole block."),
  R0312: row("a loop bound that differs between threads", "All threads of a block take the same turns."),
  R0313: row("a condition that differs between threads", "All threads of a block go the same way; `select` chooses element by element."),
  R0401: row("a race", "A tile is read while others may still write it, or the other way round: a `barrier()` is missing."),
  R0402: row("an input is written", "Tensors are inputs unless they are declared `out` or `inout`."),
  R0403: row("a barrier that orders nothing", "A barrier stands between accesses of shared tiles or outputs: before it, or after it, there is none up to the next barrier. Waiting costs time."),
  R0404: row("a read of what nobody wrote", "Shared tiles, variables without a first value and outputs hold anything until something is written to them. A warning says that only some paths lack the write."),
  R0405: row("two blocks meet", "Blocks run in any order, perhaps at the same time: what one of them writes, no other may read or write. The message has an example."),
};
