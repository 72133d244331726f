import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { initializerOf, type Model, type Node, type WeightSpec } from "../../../language/index.ts";
import { penaltiesOf } from "../../../language/layers/penalties.ts";
import { generator } from "../../random.ts";
import type { WeightData } from "../engine.ts";
import type { Tf } from "./value.ts";

/** A weight that the model owns: nodes that share another's have none. */
export interface Stored {
  readonly name: string;
  readonly node: Node;
  readonly spec: WeightSpec;
}

export function storedWeights(model: Model): readonly Stored[] {
  return model.nodes.flatMap((node) => (node.sharesWith === undefined ? node.weights.map(({ name, spec }) => ({ name, node, spec })) : []));
}

export function initialWeights(model: Model, seed: number): ReadonlyMap<string, WeightData> {
  return new Map(
    storedWeights(model).map(({ name, spec }) => {
      const shape = spec.shape as readonly number[];
      return [name, { shape, data: initializerOf(spec.init.name).fill(spec.init.args, shape, generator(seed, "weights", name)) }];
    }),
  );
}

/** Σ l1·|w| + l2·w² over the kernels of layers that ask for it; undefined where none does. */
export function penalty(tf: Tf, weights: readonly Stored[], variables: ReadonlyMap<string, Variable>): Tensor | undefined {
  const terms: Tensor[] = [];
  for (const { name, node, spec } of weights) {
    const { l1, l2 } = penaltiesOf(node);
    if (!spec.decays || !spec.trainable) continue;
    const w = variables.get(name)!;
    if (l1 > 0) terms.push(tf.mul(tf.sum(tf.relu(w)), l1), tf.mul(tf.sum(tf.relu(tf.neg(w))), l1));
    if (l2 > 0) terms.push(tf.mul(tf.sum(tf.square(w)), l2));
  }
  return terms.length === 0 ? undefined : tf.addN(terms);
}
