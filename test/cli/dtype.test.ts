// `bitloom dtype`: its JSON, and the streaming that `layout -` shares.
import { describe, expect, test } from "vitest";
import { dtype } from "../../vm/index.ts";
import { longestLine } from "../../cli/lines.ts";
import { bitloom } from "./support.ts";

test("--json prints name, bits, kind and the value of every code", async () => {
  const r = await bitloom(["dtype", "--json", "b2"]);
  expect(r.out).toBe('{"name":"b2","bits":2,"kind":"bipolar","values":[-3,-1,1,3]}\n');
});

test("infinities and NaN are words, -0 keeps its sign", async () => {
  const { values } = (await bitloom(["dtype", "--json", "f8e5m2"])).json() as { values: (number | string)[] };
  expect(values[0x7c]).toBe("inf");
  expect(values[0xfc]).toBe("-inf");
  expect(values[0x7f]).toBe("nan");
  expect(Object.is(values[0x80], -0)).toBe(true);
  expect(values[1]).toBe(dtype("f8e5m2").decode(1));
});

test("an unknown type says what it might have been", async () => {
  expect(await bitloom(["dtype", "f6e3m3"])).toMatchObject({ code: 1, out: "" });
  const r = await bitloom(["dtype", "--json", "i1"]);
  expect(r.code).toBe(1);
  expect(r.json()["error"]).toMatchObject({ code: "N0110", message: "there is no number type 'i1'" });
});

describe("- reads lines", () => {
  test("one line for each, good or bad, whatever the pieces", async () => {
    for (const piece of [1, 3, 1 << 16]) {
      const r = await bitloom(["dtype", "--json", "-"], "u1\nnone\r\nb1\n\nu2", piece);
      expect(r.code).toBe(0);
      expect(r.lines().map((l) => { const x = JSON.parse(l) as { name?: string; error?: { code: string } }; return x.name ?? x.error?.code; })).toEqual(["u1", "N0110", "b1", "N0110", "u2"]);
    }
  });
  test("10,000 lines", async () => {
    const r = await bitloom(["dtype", "--json", "-"], "u3\nf6e3m2\nx\nb4\n".repeat(2500));
    expect(r.lines()).toHaveLength(10_000);
    expect(r.lines()[9_999]).toBe((await bitloom(["dtype", "--json", "b4"])).out.trim());
  }, 120_000);
  test("a line without end costs no memory and spoils no other", async () => {
    const r = await bitloom(["dtype", "--json", "-"], `u1\n${"x".repeat(longestLine * 2 + 5)}\nu2\n`);
    expect(r.lines().map((l) => { const x = JSON.parse(l) as { name?: string; error?: { code: string } }; return x.name ?? x.error?.code; })).toEqual(["u1", "H0901", "u2"]);
  });
});
