import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { Engine } from "../engine.ts";
import { GraphSession } from "./session.ts";

/** TensorFlow, with each model compiled to one graph. What can't be, `otherwise` runs operation by operation. `replicas` by rows of a step: as many as pay, unless given. */
export function graphEngine(reason: string, binding: TFJSBinding, otherwise: () => Promise<Engine>, replicas?: (rows: number) => number): Engine {
  let note = reason;
  return {
    name: "tensorflow",
    get note() {
      return note;
    },
    versions: { tensorflow: binding.TF_Version, node: process.versions.node },
    async open(model, plan, expected) {
      const session = new GraphSession(binding, model, plan, expected, replicas);
      try {
        session.prepare();
        return session;
      } catch (e) {
        session.dispose();
        note = `${reason} It runs operation by operation, which is slower: the model can't be compiled to one graph (${(e as Error).message}).`;
        return (await otherwise()).open(model, plan);
      }
    },
  };
}
