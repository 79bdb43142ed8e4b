// The page: a slider, and a picture in as few bits as it says.
import type { Library } from "bitloom/run";
import { deviceOf, posterise } from "./posterise.ts";

const library = (await (await fetch("posterise.json")).json()) as Library, device = deviceOf();
const slider = document.querySelector<HTMLInputElement>("#bits"), canvas = document.querySelector<HTMLCanvasElement>("#picture"), said = document.querySelector("#said");

async function draw(): Promise<void> {
  const picture = canvas?.getContext("2d");
  if (!picture || !slider || !said) return;
  const { width, height } = picture.canvas;
  const grey = Float32Array.from({ length: width * height }, (_, i) => 0.5 + 0.5 * Math.sin((i % width) / 40) * Math.cos(Math.floor(i / width) / 30));
  try {
    const { values, bytes } = await posterise(await device(), library, Number(slider.value), grey);
    const pixels = picture.createImageData(width, height);
    values.forEach((v, i) => pixels.data.set([v * 255, v * 255, v * 255, 255], i * 4));
    picture.putImageData(pixels, 0, 0);
    said.textContent = `${slider.value} bits: ${bytes} bytes for ${values.length} pixels`;
  } catch (error) {
    said.textContent = String(error); // a Diagnostic says what to do
  }
}

slider?.addEventListener("input", () => void draw());
await draw();
