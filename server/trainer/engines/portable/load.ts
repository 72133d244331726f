import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Tf } from "../tfjs/value.ts";

export interface LoadedPortable {
  readonly tf: Tf;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: "wasm" | "cpu";
}

/** tfjs in WebAssembly, which needs nothing but Node; where that does not start, in plain JavaScript, half as fast and less (kernels.ts has its convolutions). Both train every layer. */
export async function loadPortable(): Promise<LoadedPortable> {
  const tf = await import("@tensorflow/tfjs-core");
  const versions = { "tfjs-core": tf.version_core, node: process.versions.node };
  const wasm = await wasmVersion(tf).catch(() => undefined);
  if (wasm !== undefined) return { tf, versions: { ...versions, "tfjs-backend-wasm": wasm }, backend: "wasm" };
  const { version_cpu } = await import("@tensorflow/tfjs-backend-cpu");
  if (!(await tf.setBackend("cpu"))) throw new Error("tfjs' plain JavaScript backend does not start; reinstall nnet");
  return { tf, versions: { ...versions, "tfjs-backend-cpu": version_cpu }, backend: "cpu" };
}

/** Its version; undefined where it does not start. */
async function wasmVersion(tf: Tf): Promise<string | undefined> {
  const { startWasm } = await import("./wasm.ts");
  // Its loader answers errors of the whole process by throwing them again, before ours can be sent to whoever started us.
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((e) => process.listeners(e as "uncaughtException"));
  const version = await startWasm(tf, `${wasmFolder()}/`);
  for (const [i, event] of events.entries()) {
    for (const listener of process.listeners(event as "uncaughtException")) if (!before[i]!.includes(listener)) process.removeListener(event, listener);
  }
  return version;
}

/** Of the .wasm files: beside the bundle (scripts/build.mjs), or in their package. */
function wasmFolder(): string {
  if (existsSync(join(import.meta.dirname, "tfjs-backend-wasm.wasm"))) return import.meta.dirname;
  return join(dirname(createRequire(join(import.meta.dirname, "load.ts")).resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
}
