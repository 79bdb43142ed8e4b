// Two pages. Nothing here is special to Bitloom: its package tells bundlers what belongs to Node only.
import { fileURLToPath } from "node:url";

const page = (name) => fileURLToPath(new URL(name, import.meta.url));

export default { build: { target: "es2022", rollupOptions: { input: { index: page("index.html"), live: page("live.html") } } } };
