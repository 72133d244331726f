import { beforeAll, describe, expect, test } from "vitest";
import { Graph, type Value } from "../../server/trainer/engines/graph/builder.ts";
import { gradients } from "../../server/trainer/engines/graph/gradient.ts";
import { mul, sum } from "../../server/trainer/engines/graph/math.ts";
import { reshape } from "../../server/trainer/engines/graph/moves.ts";
import { type Flow, GraphOps } from "../../server/trainer/engines/graph/ops.ts";
import { Runtime } from "../../server/trainer/engines/graph/runtime.ts";
import type { Rounds } from "../../server/trainer/engines/rounds.ts";
import { loadAddon } from "../../server/trainer/engines/tensorflow/load.ts";
import type { Tf } from "../../server/trainer/engines/tfjs/value.ts";
import { engineStatus } from "../../server/trainer/install/index.ts";
import { byTape, farthestGradient, largestOf, torchGradients, weighting } from "../kit/layer-gradients.ts";
import { farthest, type RecordedValues, recordedValues, ROWS, runModel, sizedModel, titleOf } from "../kit/layer-values.ts";
import { tfOn } from "../kit/tf.ts";

const status = await engineStatus();

/** Names of what a case computes in the graph that holds all of them. */
interface Fetches {
  readonly output: string;
  readonly after: Readonly<Record<string, string>>;
  readonly gradients: readonly (string | undefined)[];
}

/** Layers that go from position to position: a short sequence in a loop's rounds too, the last of which is left over. */
const recurrent = recordedValues.filter((c) => /\b(lstm|gru|simple_rnn)\(/.test(c.nnet)).flatMap((c) => [1, 2].map((positions) => ({ c, rounds: { writtenOut: 1, positions } })));

describe.runIf(status.engine === "tensorflow")("in one TensorFlow graph", () => {
  const cases: (Fetches | Error)[] = [];
  const results = new Map<string, Float32Array>();
  let tf: Tf;
  beforeAll(async () => {
    tf = await tfOn("wasm");
    const g = new Graph();
    for (const [i, { c, rounds }] of [...recordedValues.map((c) => ({ c, rounds: undefined })), ...recurrent].entries()) {
      try {
        cases.push(write(g, c, `case_${i}`, rounds));
      } catch (e) {
        cases.push(e as Error);
      }
    }
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
    const names = cases.flatMap((c) => (c instanceof Error ? [] : [c.output, ...Object.values(c.after), ...c.gradients.filter((n) => n !== undefined)]));
    const runtime = new Runtime(await loadAddon(status.folder!), g.savedModel());
    for (const [i, values] of runtime.run({}, names).entries()) results.set(names[i]!, values);
    runtime.dispose();
  }, 60_000);
  const of = (i: number): Fetches => {
    const found = cases[i]!;
    if (found instanceof Error) throw found;
    return found;
  };

  for (const [i, { c, rounds }] of recurrent.entries()) {
    test(`${titleOf(c)} in rounds of ${rounds.positions} gives what Keras gives, and PyTorch's gradients`, () => {
      const { output, gradients: names } = of(recordedValues.length + i);
      expect(farthest(results.get(output)!, c.values)).toBeLessThan(2e-5);
      const truth = torchGradients(c)!;
      expect(names).toHaveLength(truth.length);
      for (const [leaf, expected] of truth.entries()) expect(farthestGradient(results.get(names[leaf]!)!, expected, largestOf(truth)), `leaf ${leaf}`).toBeLessThan(1e-4);
    });
  }

  for (const [i, c] of recordedValues.entries()) {
    test(`${titleOf(c)} gives what Keras gives`, () => {
      const { output, after } = of(i);
      expect(farthest(results.get(output)!, c.values)).toBeLessThan(2e-5);
      for (const [key, values] of Object.entries(c.after ?? {})) expect(farthest(results.get(after[key]!)!, values), key).toBeLessThan(2e-5);
    });

    test(`${titleOf(c)}'s gradients are the portable engine's`, () => {
      const tape = byTape(tf, c);
      for (const [leaf, name] of of(i).gradients.entries()) {
        const expected = tape.gradients[leaf]!;
        const found = name === undefined ? new Float32Array(expected.length) : results.get(name)!;
        expect(farthest(found, [...expected]), `leaf ${leaf}`).toBeLessThan(1e-4);
      }
    });

    test(`${titleOf(c)}'s gradients are PyTorch's, on both engines`, () => {
      const truth = torchGradients(c)!;
      const tape = byTape(tf, c).gradients;
      const { gradients: names } = of(i);
      const largest = largestOf(truth);
      expect([truth.length, names.length]).toEqual([tape.length, tape.length]);
      for (const [leaf, expected] of truth.entries()) {
        // What a result doesn't depend on has no gradient in the graph.
        const name = names[leaf];
        const found = name === undefined ? new Float32Array(tape[leaf]!.length) : results.get(name)!;
        expect(farthestGradient(found, expected, largest), `graph, leaf ${leaf}`).toBeLessThan(1e-4);
        expect(farthestGradient(tape[leaf]!, expected, largest), `tape, leaf ${leaf}`).toBeLessThan(1e-4);
      }
    });
  }
});

function write(g: Graph, c: RecordedValues, name: string, rounds?: Rounds): Fetches {
  const ops = new GraphOps(g, { training: c.training ?? false, batch: ROWS, seed: 0, step: g.constant([0], [], "int32"), ...(rounds && { rounds }) });
  const leaves: Value[] = [];
  const weights = new Map<string, Flow>();
  const leaf = (entries: Float64Array, shape: readonly number[], counts: boolean) => {
    // A constant's gradient is left out; an identity of one has its own.
    const value = g.identity(g.constant(Float32Array.from(entries), shape));
    if (counts) leaves.push(value);
    return value;
  };
  const out = runModel<Flow>(sizedModel(c), ops, c, {
    input: (shape, entries) => ({ value: leaf(entries, [ROWS, ...shape], c.tokens === undefined), perRow: true }),
    weight: (shape, entries, key) => {
      const w = { value: leaf(entries, shape, true), perRow: false };
      weights.set(key, w);
      return w;
    },
  }).value;
  const count = out.shape.reduce((a, b) => a * b, 1);
  const total = sum(g, mul(g, reshape(g, out, [count]), g.constant(Array.from({ length: count }, (_, i) => weighting(i)), [count])), [0]);
  const by = gradients(g, total, leaves);
  return {
    output: g.identity(out, name).node.name,
    after: Object.fromEntries([...weights].map(([key, w]) => [key, g.identity(ops.assigned.get(w) ?? w.value, `${name}/after/${key}`).node.name])),
    gradients: by.map((d, j) => d && g.identity(d, `${name}/gradient/${j}`).node.name),
  };
}
