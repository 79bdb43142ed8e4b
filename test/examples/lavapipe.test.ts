// The examples on lavapipe, where it is installed.
import { examples } from "../../examples/index.ts";
import { onAdapter } from "./devices.ts";

onAdapter("lavapipe", await examples());
