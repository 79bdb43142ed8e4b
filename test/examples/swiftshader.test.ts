// The examples on the SwiftShader of npm, which is everywhere.
import { examples } from "../../examples/index.ts";
import { onAdapter } from "./devices.ts";

onAdapter("swiftshader", await examples());
