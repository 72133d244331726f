import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { registerGradients } from "../../server/trainer/engines/tfjs/gradients.ts";

export const BACKENDS = ["cpu", "wasm"] as const;

/** tfjs on one of the backends that need no installation. */
export async function tfOn(backend: (typeof BACKENDS)[number]): Promise<typeof tf> {
  if (backend === "wasm") setWasmPaths(join(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist/"));
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
  registerGradients(tf);
  return tf;
}
