// Every format of the library in the loop form: the same bits as the interpreter's.
import { describe, expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { decodeCase, encodeCase, repackCase, shapes } from "../conformance/formats-cases.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

const agrees = (c: Case): void => { expect(difference(c, byInterpreter(c), byEvaluator(c, baseTarget), "loop form")).toBeUndefined(); };

describe("decoding", () => { test.each(Object.keys(shapes))("%s", (name) => agrees(decodeCase(name))); });
describe("encoding", () => { test.each([["q4_0", 8], ["q4_1", 15], ["q5_0", 16], ["q8_0", 127], ["tq2_0", 1], ["mx(Q: f6e3m2)", 16], ["grouped(Q: i5, group: 16)", 15], ["bnb_int8", 127]] as const)("%s", (name, top) => agrees(encodeCase(name, top))); });
test.each([["q4_0", "offset(Q: u4, group: 32)"], ["bipolar(Q: b3)", "grouped(Q: i4)"]])("%s → %s", (from, to) => agrees(repackCase(from, to)));
