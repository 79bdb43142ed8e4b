// A finished kernel in an application: the library is data, the device the page's own.
import { open, openLibrary, type Device, type Library } from "bitloom/run";

/** Numbers from 0 to 1 with the steps that so many bits have; and the bytes that they took in between. */
export async function posterise(device: Device, library: Library, bits: number, values: Float32Array): Promise<{ readonly values: Float32Array; readonly bytes: number }> {
  const kernel = openLibrary(library).specialise("posterise", { B: `u${bits}` });
  using x = await device.tensor("f32", [values.length], values);
  const { q, y } = await kernel.run({ x });
  try {
    return { values: (await y.read()) as Float32Array, bytes: q.bytes };
  } finally {
    q.dispose();
    y.dispose();
  }
}

/** The device for the life of the page; a new one where the driver took it away. */
export function deviceOf(): () => Promise<Device> {
  let now: Promise<Device> | undefined;
  return async () => {
    if (now && (await now).gone !== undefined) now = undefined;
    return (now ??= open());
  };
}
