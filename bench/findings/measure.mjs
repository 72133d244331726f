// What the portable engine makes of a model at initialization: moments of every result, and the gradient of every kernel.
import { registerGradients } from "../../server/trainer/engines/tfjs/gradients.ts";
import { forward, weightNames } from "../../server/trainer/engines/tfjs/forward.ts";
import { initialWeights, storedWeights } from "../../server/trainer/engines/tfjs/weights.ts";
import { loadPortable } from "../../server/trainer/engines/portable/load.ts";
import { generator } from "../../server/trainer/random.ts";

let loaded;

async function engine() {
  if (!loaded) {
    loaded = (await loadPortable()).tf;
    registerGradients(loaded);
  }
  return loaded;
}

const gaussian = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/**
 * Over seeds, each with weights, standard normal rows and a direction of its own at the last layer before a final
 * softmax or sigmoid (independent for each row, of variance 1, so that a kernel's gradient over n rows has n times the
 * mean square of one row's): mean and mean square of every node, and the mean square of an entry of every kernel's
 * gradient for one row.
 */
export async function measure(model, { rows = 8, seeds = 20 } = {}) {
  const tf = await engine();
  const last = model.nodes[model.outputs[0]];
  const head = ["softmax", "log_softmax", "sigmoid"].includes(last.layer.name) ? model.nodes[last.inputs[0]] : last;
  const input = model.nodes[model.inputs[0]];
  const moments = model.nodes.map(() => ({ mean: [], square: [] }));
  const gradients = new Map();
  for (let seed = 0; seed < seeds; seed++) {
    tf.tidy(() => {
      const random = generator(seed, "measure");
      const drawn = (shape, draw) => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw), shape);
      const x = input.type.dtype === "int"
        ? drawn([rows, ...input.type.shape], () => Math.floor(random() * tokensOf(model)))
        : drawn([rows, ...input.type.shape], () => gaussian(random));
      const direction = drawn([rows, ...head.type.shape], () => gaussian(random));
      const initial = initialWeights(model, seed);
      const variables = new Map(storedWeights(model).map(({ name, spec }) => [name, tf.variable(tf.tensor(initial.get(name).data, [...initial.get(name).shape]), spec.trainable)]));
      const trained = storedWeights(model).filter((w) => w.spec.trainable);
      const { grads } = tf.variableGrads(() => {
        let at;
        forward(tf, model, [], variables, x, {
          training: true, seed, step: 0,
          visit: (node, value) => {
            if (value.dtype === "float32") {
              moments[node.id].mean.push(tf.mean(value).dataSync()[0]);
              moments[node.id].square.push(tf.mean(tf.square(value)).dataSync()[0]);
            }
            if (node.id === head.id) at = value;
            return node.id === head.id;
          },
        });
        return tf.sum(tf.mul(at, direction));
      }, trained.map((w) => variables.get(w.name)));
      for (const { name } of trained) {
        const g = grads[variables.get(name).name];
        const known = gradients.get(name) ?? [];
        gradients.set(name, [...known, g ? tf.mean(tf.square(g)).dataSync()[0] / rows : 0]);
      }
      for (const v of variables.values()) v.dispose();
    });
  }
  const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    moments: moments.map(({ mean, square }) => ({ mean: average(mean), square: average(square) })),
    /** By the weight's name. */
    gradients: new Map([...gradients].map(([name, values]) => [name, average(values)])),
    weightNames: (node) => weightNames(model, node),
  };
}

function tokensOf(model) {
  return model.nodes.find((n) => n.layer?.name === "embedding").args.tokens;
}
