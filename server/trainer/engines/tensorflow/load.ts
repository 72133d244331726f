/**
 * Loads the native library and makes it tfjs-core's backend. The addon reads its environment as it loads
 * (TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS, TF_CPP_MIN_LOG_LEVEL, …): set that before the call.
 *
 * The driver is tfjs-node's JavaScript less its entry point, which brings the whole of tfjs and finds its addon
 * beside itself. Its `@tensorflow/tfjs` is tfjs-core in the bundle (scripts/build.mjs).
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import util from "node:util";
import { PAGES } from "../../install/build.ts";
import { checkedManifest } from "../../install/cache.ts";
import type { TFSavedModel } from "@tensorflow/tfjs-node/dist/saved_model.js";
import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";

type Tf = typeof import("@tensorflow/tfjs-core");

export interface LoadedTensorflow {
  readonly tf: Tf;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: "tensorflow";
  loadSavedModel(folder: string, tags?: string[], signature?: string): Promise<TFSavedModel>;
}

/** `folder` is engineStatus()'s. Throws what is wrong with the library, and what to do about it. */
export async function loadTensorflow(folder: string): Promise<LoadedTensorflow> {
  const addon = await loadAddon(folder);
  addRemovedUtils();
  const tf = await import("@tensorflow/tfjs-core");
  const { NodeJSKernelBackend } = await import("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js");
  await import("@tensorflow/tfjs-node/dist/register_all_kernels.js");
  const { loadSavedModel } = await import("@tensorflow/tfjs-node/dist/saved_model.js");

  if (!tf.findBackend("tensorflow")) {
    // tfjs-node's types see tfjs-core through @tensorflow/tfjs; it is the same.
    tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(addon, "@tensorflow/tfjs-node") as never, 3);
  }
  if (!(await tf.setBackend("tensorflow"))) throw new Error(`TensorFlow's backend does not start (library in ${folder}). ${remedy}`);
  return {
    tf,
    backend: "tensorflow",
    versions: { tensorflow: addon.TF_Version, "tfjs-core": tf.version_core, node: process.versions.node },
    loadSavedModel: (f, tags = ["serve"], signature = "serving_default") => loadSavedModel(f, tags, signature),
  };
}

const remedy = "Run `nnet engine install` to get it again, or set NNET_ENGINE=portable to do without.";

/** The library's binding alone, which runs graphs; throws likewise. */
export async function loadAddon(folder: string): Promise<TFJSBinding> {
  try {
    const file = resolve(folder, (await checkedManifest(folder)).addon);
    const binding = createRequire(file)(file) as TFJSBinding;
    releasePages(join(dirname(file), PAGES));
    return binding;
  } catch (e) {
    throw new Error(`The TensorFlow library in ${folder} can't be loaded: ${(e as Error).message}. ${remedy}`, { cause: e });
  }
}

/** Gives back what loading has read of the library's file, 240 MB that are not looked at again; an older installation has nothing to do it with. */
function releasePages(file: string): void {
  try {
    if (existsSync(file)) (createRequire(file)(file) as { release(part: string): number }).release("libtensorflow");
  } catch {
    // Nothing hangs on it.
  }
}

/** tfjs-node 4.22 calls these of node:util; Node 23 removed them. */
function addRemovedUtils(): void {
  const old = util as unknown as Record<string, unknown>;
  old["isNullOrUndefined"] ??= (v: unknown) => v === null || v === undefined;
  old["isArray"] ??= Array.isArray;
}
