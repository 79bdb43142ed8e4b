// The page: a text to edit, and what it computes.
import { open } from "bitloom";
import { shade } from "./shade.ts";

const text = document.querySelector<HTMLTextAreaElement>("#source"), said = document.querySelector("#said");
const device = await open(), x = Float32Array.from({ length: 64 }, (_, i) => i / 64);

async function update(): Promise<void> {
  if (!text || !said) return;
  const result = await shade(device, text.value, x);
  said.textContent = typeof result === "string" ? result : [...result].map((v) => v.toFixed(3)).join(" ");
}

text?.addEventListener("input", () => void update());
await update();
