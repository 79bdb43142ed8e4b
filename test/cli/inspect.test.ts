// `bitloom inspect`: every stage as text, and the page that shows them all, whatever the source is called and says.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { escapeHtml } from "../../cli/inspect-html.ts";
import { bitloom, folder } from "./support.ts";

const softmax = ["inspect", "examples/softmax/softmax.loom", "--set", "N=1000"];

describe("stages", () => {
  test("--passes has the Program after each, as --pass infer has it", async () => {
    const { out } = await bitloom([...softmax, "--passes"]), parts = out.split(/^── \w+ ──\n/m);
    expect([...out.matchAll(/^── (\w+) ──$/gm)].map((m) => m[1])).toEqual(["written", "fold", "pipeline", "decompose", "infer", "plan"]);
    expect(parts[1]?.trim()).toBe((await bitloom(softmax)).out.trim());
    expect(parts[5]?.trim()).toBe((await bitloom([...softmax, "--pass", "infer"])).out.trim());
    const { passes } = (await bitloom([...softmax, "--passes", "--json"])).json() as { passes: { pass: string; program: string }[] };
    expect(passes.map((p) => p.pass)).toEqual(["written", "fold", "pipeline", "decompose", "infer", "plan"]);
  });
  test("--loop says what one thread does", async () => {
    const { out } = await bitloom(["inspect", "examples/vector_add/vector_add.loom", "--set", "BN=128", "--loop"]);
    expect(out).toMatch(/^64 threads\nblock b\nuniform N: i32\nstorage x: u32 read\nstorage y: u32 read\nstorage z: u32 read_write\n/);
    // A name stands before its first use, and is made once.
    const made = [...out.matchAll(/^\s*(e\d+): /gm)].map((m) => m[1] ?? "");
    expect(new Set(made).size).toBe(made.length);
    for (const use of out.matchAll(/\be\d+\b/g)) expect(out.indexOf(`${use[0]}: `)).toBeLessThanOrEqual(use.index);
  });
  test("--counts are those of the module", async () => {
    const { counts } = (await bitloom([...softmax, "--counts", "--json"])).json() as { counts: { staticAccesses: number } };
    expect((await bitloom([...softmax, "--counts"])).out).toContain(`${counts.staticAccesses}  memory accesses in the text\n`);
  });
  test("--wgsl --lines puts each line of the source before what it became", async () => {
    const { out } = await bitloom([...softmax, "--wgsl", "--lines"]), source = readFileSync("examples/softmax/softmax.loom", "utf8").split("\n");
    expect(out.split("\n").map((l) => l.slice(l.indexOf("┃") + 1).trim()).join("\n").trim()).toBe((await bitloom([...softmax, "--wgsl"])).out.split("\n").map((l) => l.trim()).join("\n").trim());
    for (const [, line, text] of out.matchAll(/^(\d+)│ (.*?)\s*┃/gm)) expect(source[Number(line) - 1]).toContain((text ?? "").replace(/…$/, ""));
  });
  test("--ast is an outline with places; with mistakes they are drawn", async () => {
    expect((await bitloom(["inspect", "--ast", "examples/vector_add/vector_add.loom"])).out).toMatch(/^  items\[0\]: kernel vector_add "z = x \+ y\..*" 2:1$/m);
  });
  test("one thing at a time", async () => {
    expect(await bitloom([...softmax, "--loop", "--wgsl"])).toMatchObject({ code: 2, err: expect.stringContaining("--html shows all") as string });
    expect((await bitloom([...softmax, "--lines"])).code).toBe(2);
  });
});

describe("the page", () => {
  test("holds all stages, asks nobody for anything, and its lines are linked both ways", async () => {
    const file = join(folder(), "out/softmax.html");
    const r = await bitloom([...softmax, "--html", file]), page = readFileSync(file, "utf8");
    expect(r).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(join(file, ".."))).toEqual(["softmax.html"]);
    for (const title of ["Source and WGSL", "after decompose", "Layouts", "Loop form", "Syntax tree", "Counts"]) expect(page).toContain(title);
    expect(page.match(/<svg /g)?.length).toBeGreaterThan(3);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|src=|@import|url\(/);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1])), links = [...page.matchAll(/<a id="([sw])([^"]+)" href="#([^"]+)" data-l="([^"]+)">/g)];
    expect(ids.size).toBe([...page.matchAll(/ id="/g)].length);
    expect(links.length).toBeGreaterThan(40);
    for (const [, side = "", , to = ""] of links) { expect(ids).toContain(to); expect(to[0]).toBe(side === "s" ? "w" : "s"); }
    // The line of the shader that stores y comes from the one of the source.
    const wgsl = (await bitloom([...softmax, "--wgsl"])).out.split("\n"), store = wgsl.findIndex((l) => /^\s*y\[/.test(l)) + 1;
    const line = readFileSync("examples/softmax/softmax.loom", "utf8").split("\n").findIndex((l) => l.includes("store(")) + 1;
    expect(page).toContain(`<a id="w${store}" href="#s0-${line}" data-l="0-${line}">`);
  });

  const evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007";
  test("names of files, comments and texts of the source can't become markup", async () => {
    const dir = join(folder(), "a'\"<b>"), file = join(dir, "<i>&k.loom"), out = join(dir, "o.html");
    mkdirSync(dir);
    writeFileSync(file, `/// ${evil}\nkernel k(x: f32[N], out y: f32[N]) grid (b in 1) threads 64 {\n  require N == N, "${evil.replaceAll('"', "")}"\n  store(y[0 +: 64], load(x[0 +: 64])) // ${evil}\n}\n`);
    expect(await bitloom(["inspect", file, "--html", out])).toMatchObject({ code: 0, err: "" });
    const page = readFileSync(out, "utf8"), tags = [...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((m) => m[1]);
    expect(tags.filter((t) => t === "script")).toHaveLength(2); // ours, opened and closed
    expect(tags).not.toContain("img");
    expect(tags).not.toContain("i");
    expect(page).not.toMatch(/[\u202e\u0007]/);
    expect(page).toContain(escapeHtml("</script><script>alert(1)</script>"));
  });
  test("an imported file is shown, too, and a place that can't be written is told", async () => {
    const dir = folder();
    writeFileSync(join(dir, "lib.loom"), "fn twice(v) = v + v\n");
    writeFileSync(join(dir, "k.loom"), "import { twice } from \"lib.loom\"\nkernel k(x: f32[64], out y: f32[64]) grid (b in 1) threads 64 { store(y, twice(load(x))) }\n");
    await bitloom(["inspect", join(dir, "k.loom"), "--html", join(dir, "o.html")]);
    expect(readFileSync(join(dir, "o.html"), "utf8")).toContain(`<h3>${escapeHtml(join(dir, "lib.loom"))}</h3>`);
    expect(await bitloom(["inspect", join(dir, "k.loom"), "--html", join(dir, "k.loom/o.html")])).toMatchObject({ code: 1, err: expect.stringContaining("error[H0208]: can't write") as string });
  });
});
