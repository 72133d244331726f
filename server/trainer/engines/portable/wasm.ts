import { setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import type { Tf } from "../tfjs/value.ts";

/** Sets tfjs' wasm backend; `files` is where its .wasm files lie, a path or address that ends in a slash. Its version, or undefined where it does not start. */
export async function startWasm(tf: Tf, files: string): Promise<string | undefined> {
  setWasmPaths(files);
  if (!(await tf.setBackend("wasm"))) return undefined;
  boundMemory(tf);
  return version_wasm;
}

/** Past its 4 GiB it would go on at address 0, over other values. */
function boundMemory(tf: Tf): void {
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  // The loader's own stands there until the first call, which puts the real one in its place.
  wasm._malloc(1);
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const at = malloc(bytes);
    if (at === 0 && bytes > 0) throw new Error("out of memory: the portable engine holds 4 GiB.");
    return at;
  };
}
