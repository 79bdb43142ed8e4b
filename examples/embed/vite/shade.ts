// The compiler in the page: source in, numbers out, mistakes drawn at their places.
import { compile, type Device, type Inputs } from "bitloom";
import { Diagnostic, render } from "bitloom/diagnostic";

/** Compiles a kernel `(x: f32[N], out y: f32[N])` and runs it; a mistake comes back as text. */
export async function shade(device: Device, source: string, values: Float32Array): Promise<Float32Array | string> {
  try {
    const kernel = (await compile(source, { file: "live.loom" })).specialise({});
    using x = await device.tensor("f32", [values.length], values);
    const { y } = await kernel.run({ x } satisfies Inputs);
    if (!y) return "the kernel has no output 'y'";
    const result = (await y.read()) as Float32Array;
    y.dispose();
    return result;
  } catch (error) {
    if (error instanceof Diagnostic) return render(error.data, source);
    throw error;
  }
}
