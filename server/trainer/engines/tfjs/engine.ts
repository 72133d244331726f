import type { Engine } from "../engine.ts";
import { registerGradients } from "./gradients.ts";
import { TfSession } from "./session.ts";
import type { Tf } from "./value.ts";

export interface LoadedTf {
  readonly tf: Tf;
  readonly versions: Readonly<Record<string, string>>;
}

/** Any backend of tfjs as an engine. */
export function tfjsEngine(name: Engine["name"], note: string, { tf, versions }: LoadedTf): Engine {
  registerGradients(tf);
  return { name, note, versions, ...(tf.getBackend() === "wasm" && { limit: 2 ** 32 }), open: async (model, plan) => new TfSession(tf, model, plan) };
}
