// Device memory: buffers made, filled and read back, with the device's refusals as diagnostics.
import { fail } from "../diagnostic.ts";
import type { Device } from "./device.ts";

/** Throws H0309 if the device is gone, H0412 if it is none. */
export function needAlive(device: Device): void {
  if (typeof device !== "object" || device === null || !("gpu" in device)) fail({ code: "H0412", message: "this is no device", help: "await open() gives one; open(yourGPUDevice) adopts yours" });
  const { gone } = device;
  if (gone !== undefined) fail({ code: "H0309", message: `the device "${device.info.name}" is gone: ${gone}`, help: "open() another one and make its tensors anew" });
}

/** A number of bytes for people. */
export const inMiB = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;

/** Bytes that a tensor of so many words takes: whole 16 bytes, at least 16. */
export const bufferBytes = (words: number): number => Math.max(16, Math.ceil(words / 4) * 16);

/** Throws H0304 if the device makes no buffer of so many bytes. (What it can't bind at once is launched in parts: parts.ts.) */
export function needRoom(device: Device, bytes: number, name: string): void {
  const most = device.limits.maxBufferSize;
  if (bytes > most)
    fail({
      code: "H0304", message: `${name} takes ${inMiB(bytes)}; "${device.info.name}" makes buffers of at most ${inMiB(most)}`,
      help: "split it along its first axis into several tensors, or store it in fewer bits",
    });
}

/**
 * A zeroed storage buffer.
 * @throws Diagnostic H0304 (over the device's limits), H0308 (no memory left), H0309 (the device is gone)
 */
export async function allocate(device: Device, bytes: number, name: string): Promise<GPUBuffer> {
  needAlive(device);
  needRoom(device, bytes, name);
  const { gpu } = device;
  gpu.pushErrorScope("out-of-memory");
  const buffer = gpu.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST, label: name });
  const error = await gpu.popErrorScope().catch(() => null);
  needAlive(device);
  if (error) {
    buffer.destroy();
    fail({ code: "H0308", message: `no ${inMiB(bytes)} of device memory are left for ${name}`, notes: [error.message], help: "dispose() tensors that are no longer needed" });
  }
  return buffer;
}

/** Throws if a buffer of the caller's can't be a tensor of so many bytes on the device: H0311, H0312, H0408. */
export async function needBuffer(device: Device, buffer: GPUBuffer, bytes: number, name: string): Promise<void> {
  const given: unknown = buffer;
  if (typeof given !== "object" || given === null || !("usage" in given && "mapState" in given))
    fail({ code: "H0311", message: `${name} is to lie in a GPUBuffer, found ${given === null ? "null" : typeof given}`, help: "device.tensor(…) makes a tensor of numbers" });
  if (buffer.size < bytes) fail({ code: "H0311", message: `${name} takes ${bytes} bytes, the buffer has ${buffer.size}`, help: "tensors take whole 16 bytes; make the buffer as large" });
  if (!(buffer.usage & GPUBufferUsage.STORAGE)) fail({ code: "H0312", message: `the buffer of ${name} was made without the usage STORAGE`, help: "create it with GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST" });
  const { gpu } = device;
  // WebGPU doesn't tell whose a buffer is; it refuses to bind a stranger's.
  gpu.pushErrorScope("validation");
  const layout = gpu.createBindGroupLayout({ entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "storage" } }] });
  gpu.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer, size: 16 } }] });
  const error = await gpu.popErrorScope().catch(() => null);
  needAlive(device);
  if (error) fail({ code: "H0408", message: `the buffer of ${name} can't be used on the device "${device.info.name}"`, notes: [error.message.split("\n")[0] ?? ""], help: "open() the GPUDevice that made the buffer, and give its tensors to kernels on that device" });
}

/**
 * The first `words` words of a buffer.
 * @throws Diagnostic H0308 (no memory to copy into), H0309 (the device is or goes away), H0312 (a buffer that can't be copied)
 */
export async function download(device: Device, from: GPUBuffer, words: number): Promise<Uint32Array> {
  needAlive(device);
  if (words === 0) return new Uint32Array(0);
  if (!(from.usage & GPUBufferUsage.COPY_SRC)) fail({ code: "H0312", message: "the tensor's buffer was made without the usage COPY_SRC, so it can't be read", help: "create it with GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC" });
  const { gpu } = device, bytes = words * 4;
  gpu.pushErrorScope("out-of-memory");
  const staging = gpu.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const full = gpu.popErrorScope().catch(() => null);
  const encoder = gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, staging, 0, bytes);
  gpu.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(GPUMapMode.READ);
    return new Uint32Array(staging.getMappedRange().slice(0));
  } catch (error) {
    const why = await full;
    if (why) return fail({ code: "H0308", message: `no ${inMiB(bytes)} are left to read a tensor into`, notes: [why.message], help: "dispose() tensors that are no longer needed" });
    await Promise.race([device.lost, new Promise((done) => setTimeout(done, 100))]);
    needAlive(device);
    throw error;
  } finally {
    staging.destroy();
  }
}
