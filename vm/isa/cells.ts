// Scalars that the block makes while it runs: variables, and what may be assumed of scalars. A variable is read by an
// instruction whose result never changes, so that every other scalar is a value and no place.
import { fail } from "../../diagnostic.ts";
import { dtype } from "../dtype.ts";
import { define, optionalAttr, scalar, word, type ScalarResult } from "../instruction.ts";
import { knownScalar, printScalar, type Scalar } from "../scalar.ts";

/** The id of a scalar variable. */
const cell = (name: string, key: string, x: Scalar): string =>
  (x.kind === "symbol" && x.role === "var" ? x.id : fail({ code: "T0304", message: `'${key}' of '${name}' is no scalar variable`, help: "name what scalar_var made" }));

export const scalar_var = define({
  name: "scalar_var",
  doc: "A number of the whole block that can be assigned to.",
  example: "var i: i32 = 0",
  operands: {},
  attrs: { init: { ...scalar, doc: "the first value" } },
  effect: "declare",
  hidden: true,
  type: (_, { init }): ScalarResult => ({ space: "scalar", dtype: dtype(init.type), mutable: true }),
  run: (_, { init }, r) => r.scalar(init),
  emit: (e, _, { init }) => ({ form: "cell", init: e.scalar(init) }),
});

export const scalar_get = define({
  name: "scalar_get",
  doc: "What a scalar variable holds now.",
  example: "var i = 0; let now = i + 1",
  operands: {},
  attrs: { of: { ...scalar, doc: "the variable" } },
  effect: "read",
  hidden: true,
  type: (_, { of }): ScalarResult => { cell("scalar_get", "of", of); return { space: "scalar", dtype: dtype(of.type) }; },
  run: (_, { of }, r) => r.scalar(of),
  emit: (_e, _o, { of }) => ({ form: "current", of: cell("scalar_get", "of", of) }),
});

export const scalar_set = define({
  name: "scalar_set",
  doc: "Overwrites a scalar variable.",
  example: "var i = 0; i += 1",
  operands: {},
  attrs: { to: { ...scalar, doc: "the variable" }, value: scalar },
  effect: "write",
  hidden: true,
  type: (_, { to, value }): undefined => {
    cell("scalar_set", "to", to);
    if (to.type !== value.type) fail({ code: "T0301", message: `the variable is ${to.type}, its new value ${value.type}`, help: `convert it: … as ${to.type}` });
  },
  run: (_, { value }, r) => r.scalar(value),
  emit: (e, _, { to, value }) => ({ form: "overwrite", to: cell("scalar_set", "to", to), value: e.scalar(value) }),
});

export const assume = define({
  name: "assume",
  doc: "Takes a condition for granted from here on: the compiler leaves out tests that follow from it. The interpreter checks it.",
  example: "assume(g < 1, \"one block\")",
  operands: {},
  attrs: { condition: { ...scalar, doc: "one truth value for the block" }, why: optionalAttr({ ...word, doc: "why it holds" }) },
  effect: "write",
  type: (_, { condition, why }): undefined => {
    if (knownScalar(condition) === 0) fail({ code: "T0103", message: `an assumption is false${why === undefined ? "" : `: ${why}`}`, help: "remove it, or choose other compile-time parameters" });
    if (condition.type !== "bool") fail({ code: "T0303", message: `'assume' takes a condition, not ${condition.type}`, help: "compare something: assume(k < K)" });
  },
  run: (_, { condition, why }, r) => {
    if (!r.scalar(condition)) fail({ code: "H0420", message: `an assumption doesn't hold: ${why ?? printScalar(condition)}`, help: "a device would go on with wrong results: fix the inputs, or test it with 'if'" });
  },
  emit: () => ({ form: "nothing" }),
});
