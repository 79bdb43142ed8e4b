// Files that use other files: what comes over, what is missing, and where a mistake in one of them is drawn.
import { describe, expect, test } from "vitest";
import { render } from "../../diagnostic.ts";
import { check, load, type Importer } from "../../lang/index.ts";
import { compile } from "../../runtime/index.ts";

const files: Readonly<Record<string, string>> = {
  "math.loom": "import {SCALE} from \"const.loom\"\nfn twice(v) = v * SCALE\nfn bad(v) = v + nothing\nkernel copied(x: f32[64], out y: f32[64]) grid (g in 1) threads 64 { store(y, twice(load(x))) }",
  "const.loom": "const SCALE = 2.0\nconst SIZES = [16, 32]\nconst T = f16",
  "wrong.loom": "const A = 1 +\nconst B = 2",
  "a.loom": "import {b} from \"b.loom\"\nconst a = 1", "b.loom": "import {a} from \"a.loom\"\nconst b = 1",
};
const importer: Importer = (path) => (Object.hasOwn(files, path) ? { source: files[path], file: path } : undefined);
const kernel = (body: string): string => `kernel k(x: f32[64], out y: f32[64]) grid (g in 1) threads 64 { let v = load(x)\n${body} }`;
const found = (source: string) => check(source, "main.loom", importer);

describe("imports", () => {
  test("functions, constants, types, lists and kernels come over, also through another file", () => {
    expect(found(`import {twice, SCALE, copied} from "math.loom"\nimport {SIZES, T} from "const.loom"\n${kernel("for n in SIZES { store(y, twice(v) * SCALE * n) ; barrier() }\nlet h = v as T")}`).filter((d) => d.severity === "error")).toEqual([]);
    expect(load("import {copied} from \"math.loom\"", { file: "main.loom", importer }).kernels.map((k) => k.name)).toEqual(["copied"]);
  });
  test("what is missing is told, with what may have been meant", () => {
    const told = (source: string): string[] => found(source).map((d) => `${d.code} ${d.help ?? ""}`);
    expect(told("import {twise} from \"math.loom\"")).toEqual(["N0115 did you mean 'twice'?"]);
    expect(told("import {A} from \"nowhere.loom\"")).toEqual(["N0114 paths are relative to the importing file"]);
    expect(told("import {a} from \"a.loom\"")).toEqual(["N0116 move what both need into a third file"]);
    expect(check("import {A} from \"math.loom\"", "main.loom").map((d) => d.code)).toEqual(["N0114"]);
  });
  test("a mistake is drawn in its own file, and the call of it in the other", () => {
    const source = `import {bad} from "math.loom"\n${kernel("store(y, bad(v))")}`, [d] = found(source);
    expect(render(d, (f) => (f === "main.loom" ? source : files[f])).split("\n")).toEqual([
      "error[N0101]: nothing is called 'nothing' here",
      " ┌─ math.loom:3:17", "3│ fn bad(v) = v + nothing", " │                 ^^^^^^^ unknown name",
      " ┌─ main.loom:3:10", "3│ store(y, bad(v)) }", " │          ------ in this call of 'bad'",
      expect.stringContaining("= help: define it first"),
    ]);
    expect(found("import {B} from \"wrong.loom\"").map((x) => `${x.code} ${x.span?.file}`)).toEqual(["S0002 wrong.loom"]);
  });
  test("compile takes them from whoever finds them", async () => {
    const { kernels } = await compile(`import {twice} from "math.loom"\n${kernel("store(y, twice(v))")}` as string, { file: "main.loom", importer }) as { kernels: Record<string, unknown> };
    expect(Object.keys(kernels)).toEqual(["k"]);
    await expect(compile("import {A} from \"nowhere.loom\"" as string, { importer })).rejects.toThrow("there is no file \"nowhere.loom\"");
  });
});
