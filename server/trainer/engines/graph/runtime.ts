import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";

/** An array on TensorFlow's side. */
export interface Held {
  readonly id: number;
}

/**
 * A graph in a TensorFlow session of its own, by tfjs-node's binding. tfjs-node's SavedModel class is left out: it
 * parses the file once more for each signature and goes through tfjs' tensors at each run.
 */
export class Runtime {
  private readonly binding: TFJSBinding;
  private readonly session: number;

  constructor(binding: TFJSBinding, savedModel: Uint8Array) {
    this.binding = binding;
    const folder = mkdtempSync(join(tmpdir(), "nnet-graph-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), savedModel);
      this.session = binding.loadSavedModel(folder, "serve");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Runs what the fetched results need; each as a copy. Nodes by name, results as "node" or "node:index". */
  run(feeds: Readonly<Record<string, Held>>, fetches: readonly string[]): Float32Array[] {
    const { binding } = this;
    const results = binding.runSavedModel(this.session, Object.values(feeds).map((h) => h.id), Object.keys(feeds).join(), fetches.join());
    return results.map(({ id }) => {
      // An array of its own already.
      const data = binding.tensorDataSync(id) as Float32Array;
      binding.deleteTensor(id);
      return data;
    });
  }

  dispose(): void {
    this.binding.deleteSavedModel(this.session);
  }
}

export function hold(binding: TFJSBinding, data: Float32Array | Int32Array, shape: readonly number[]): Held {
  return { id: binding.createTensor([...shape], data instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32, data) };
}

export const release = (binding: TFJSBinding, held: Held): void => binding.deleteTensor(held.id);
