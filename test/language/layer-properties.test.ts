import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse, type Dim, type Model } from "../../server/language/index.ts";
import { evaluate, ShapeError } from "../../server/language/ops/dim.ts";
import { ShapeOps } from "../../server/language/ops/shapes.ts";
import { ArrayOps, type Arrays } from "../../server/language/ops/arrays.ts";
import { applyFix } from "../kit/fixture.ts";

/** Calls with arguments that fit some shapes and not others. */
const calls = [
  "dense(3)", "flatten", "reshape([-1, 2])", "reshape([2, 3, -1])", "reshape([6])", "permute([1, 0])", "permute([0, 2, 1])", "slice(size = 3)", "reverse", "reverse(axis = -2)", "slice(0, 2, 2)", "slice(axis = -2, start = 1, size = 1)", "slice(axis = 1, size = 2)",
  "dropout(0.5)", "spatial_dropout(0.5)", "drop_path(0.5)", "gaussian_noise(1)", "position_embedding", "position_embedding(3)", "class_token", "identity", "rescaling(2)", "normalization", "layer_scale",
  "conv1d(4, 3)", "conv1d(4, 3, 2, 1)", "conv1d(4, 2, groups = 2, padding = same)", "conv1d(2, 3, dilation = 2)", "conv2d(4, 3)", "conv2d(4, [1, 4], stride = 2)", "conv2d(4, 3, padding = 1, groups = 2)", "conv2d(3, 3, padding = same, stride = 3)", "conv2d(2, 2, dilation = 3)", "conv3d(2, 2)", "conv3d(2, 3, padding = same)",
  "depthwise_conv1d(3)", "depthwise_conv1d(2, 2, 2, same)", "separable_conv1d(3, 2)", "separable_conv1d(2, 3, padding = [[2, 0]])", "depthwise_conv2d(3)", "depthwise_conv2d(2, 2, 2)", "separable_conv2d(3, 2)", "separable_conv2d(3, 3, padding = [1, 0])", "conv1d_transpose(2, 3, 2)", "conv1d_transpose(2, 2, padding = 2)", "conv2d_transpose(2, 3, 2)", "conv2d_transpose(2, 2, 3, same)", "conv2d_transpose(1, 2, 1, [1, 0])", "conv3d_transpose(2, 2, [1, 2, 1])", "locally_connected2d(2, 2)", "locally_connected2d(2, 3, stride = 2, padding = same)", "locally_connected2d(2, 4, padding = 1)",
  "max_pool1d", "max_pool1d(3, 1)", "avg_pool1d(2, padding = same)", "max_pool2d", "max_pool2d(3, 2, 1)", "avg_pool2d([1, 3])", "avg_pool2d(3, padding = same)", "max_pool3d", "avg_pool3d(2, 1)", "k_max_pool", "k_max_pool(3)", "global_max_pool", "global_avg_pool", "upsample1d", "upsample2d([2, 1])", "upsample3d(2)", "zero_pad1d", "zero_pad1d([2, 0])", "zero_pad2d([1, 0, 0, 2])", "zero_pad3d([1, 0, 2])", "crop1d([1, 0])", "crop2d(1)", "crop2d([2, 0])", "crop3d([0, 1, 0, 0, 1, 0])",
  "batch_norm", "layer_norm", "group_norm(2)", "group_norm(4)", "rms_norm", "relu", "prelu", "prelu(true)", "rrelu", "elu", "selu", "gelu", "mish", "softmax", "log_softmax",
  "add(other)", "subtract(other)", "average(other, other)", "maximum(other)", "multiply(other)", "concat(other)", "concat(other, axis = 0)", "concat(other, axis = 1)", "dot(other)",
  "attention(2)", "attention(3, 2, causal = true)", "attention(1, positions = rotary(part = 4))", "attention(2, context = other)", "simple_rnn(2)", "lstm(2, true)", "lstm(3, projection = 2)", "gru(2)", "bidirectional(gru(2, true))", "bidirectional(lstm(2, projection = 1))", "bidirectional(dense(2))",
];

const dimension = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) }, { weight: 1, arbitrary: fc.constantFrom("N", "M") });
const shape = fc.array(dimension, { minLength: 1, maxLength: 4 });
const layerOf = (m: Model) => m.nodes.filter((n) => n.layer);

const source = (call: string, x: readonly (number | string)[], other: readonly (number | string)[], tail = "") => `model M {\ninput x [${x.join(", ")}]\ninput other [${other.join(", ")}]\nx -> ${call}${tail}\n}`;

/** As the inference does, without its net: what `check` passes must go through. */
function inferred(m: Model): void {
  for (const node of layerOf(m)) {
    const shapes = node.inputs.map((i) => m.nodes[i]!.type?.shape);
    if (shapes.some((s) => s === undefined) || node.layer!.check(node.args, shapes as Dim[][])) continue;
    const specs = node.layer!.weights(node.args, shapes as Dim[][]);
    for (const [key, spec] of Object.entries(specs)) for (const d of spec.shape) expect(Number.isInteger(d) && (d as number) >= 1, `${node.layer!.name} ${key} [${spec.shape}]`).toBe(true);
    try {
      node.layer!.forward(new ShapeOps(), node.args, shapes.map((s) => ({ shape: s!, perRow: true })), Object.fromEntries(Object.entries(specs).map(([key, s]) => [key, { shape: s.shape, perRow: false }])));
    } catch (e) {
      if (e instanceof ShapeError) throw new Error(`${node.layer!.name} passes its check and then: ${e.message}`);
      throw e;
    }
  }
}

describe("every layer over any shape", () => {
  test("what its check passes goes through; weights are whole", () => {
    fc.assert(fc.property(fc.constantFrom(...calls), shape, shape, (call, x, other) => {
      for (const { model } of analyse("/l.nnet", source(call, x, other)).models) {
        inferred(model);
        for (const n of layerOf(model)) for (const w of n.weights) expect(w.spec.shape.every((d) => Number.isInteger(d) && (d as number) >= 1), `${w.name} [${w.spec.shape}]`).toBe(true);
      }
    }), { numRuns: 6000 });
  });

  test("a message is whole, and a fix cures", () => {
    fc.assert(fc.property(fc.constantFrom(...calls), shape, shape, (call, x, other) => {
      const text = source(call, x, other);
      for (const f of analyse("/l.nnet", text).findings.filter((g) => g.severity === "error")) {
        expect(f.message, call).not.toMatch(/undefined|NaN|Infinity|\[object/);
        for (const fix of f.fixes ?? []) {
          const after = applyFix(text, fix);
          expect(analyse("/l.nnet", after).findings.filter((g) => g.code === f.code), after).toEqual([]);
        }
      }
    }), { numRuns: 2000, examples: [["average(other, other)", [3, 2], [3, 3]], ["attention(2, context = other)", [2, 6], [3, 2, 2]]] });
  });

  test("a symbolic shape is the concrete one with the sizes put in, and constraints say where", () => {
    const sizes = fc.record({ N: fc.integer({ min: 1, max: 9 }), M: fc.integer({ min: 1, max: 9 }) });
    fc.assert(fc.property(fc.constantFrom(...calls), shape, shape, sizes, (call, x, other, at) => {
      const put = (s: readonly (number | string)[]) => s.map((d) => (typeof d === "string" ? at[d as "N"] : d));
      const symbolic = analyse("/l.nnet", source(call, x, other)).models[0]!.model;
      const node = symbolic.nodes.find((n) => n.layer && !n.inputs.some((i) => symbolic.nodes[i]!.layer));
      if (!node?.type || node.guessed) return;
      const map = new Map(Object.entries(at));
      const holds = node.constraints.every((c) => evaluate(c.dim, map)! >= c.atLeast);
      const numbers = analyse("/l.nnet", source(call, put(x), put(other))).models[0]!.model;
      const { type, guessed } = numbers.nodes[node.id]!;
      expect(type !== undefined && !guessed, `${call} on [${put(x)}] and [${put(other)}], symbolic [${x}] says ${holds}`).toBe(holds);
      if (holds) expect(node.type.shape.map((d) => evaluate(d, map))).toEqual(type!.shape);
    }), { numRuns: 6000 });
  });

  test("running it gives the shape that was said", () => {
    fc.assert(fc.property(fc.constantFrom(...calls), shape, shape, fc.boolean(), (call, x, other, training) => {
      const put = (s: readonly (number | string)[]) => s.map((d) => (typeof d === "string" ? 5 : d));
      const { model } = analyse("/l.nnet", source(call, put(x), put(other))).models[0]!;
      const value = (s: readonly Dim[], rows: number): Arrays => ({ shape: s as number[], rows: Array.from({ length: rows }, () => Float64Array.from({ length: s.reduce<number>((a, b) => a * (b as number), 1) }, (_, i) => Math.sin(i))) });
      const ops = new ArrayOps(training);
      for (const node of layerOf(model)) {
        if (!node.type || node.guessed) continue;
        const out = node.layer!.forward(ops, node.args, node.inputs.map((i) => value(model.nodes[i]!.type!.shape, 2)), Object.fromEntries(node.weights.map((w) => [w.key, value(w.spec.shape, 1)])));
        expect(out.shape, call).toEqual(node.type.shape);
        expect(out.rows, call).toHaveLength(2);
      }
    }), { numRuns: 1500 });
  });
});
