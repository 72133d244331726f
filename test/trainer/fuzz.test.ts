import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** Models and data that nobody planned together: a run ends, or says in words what does not fit. */

const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const table = fc.record({ rows: one(0, 1, 2, 7, 40, 40), width: fc.integer({ min: 1, max: 5 }), label: one("one", "two", "three", "three", "number", "whole", "mixed"), damage: one("", "", "", "", "", "", "cell", "short", "label") }).map(({ rows, width, label, damage }) => {
  const labels: Record<typeof label, (i: number) => string> = {
    one: () => "a", two: (i) => "ab"[i % 2]!, three: (i) => "abc"[i % 3]!, number: (i) => `${Math.sin(i).toFixed(3)}`, whole: (i) => `${i % 4}`, mixed: (i) => (i % 5 === 4 ? "x" : `${i}`),
  };
  const lines = Array.from({ length: rows }, (_, i) => {
    const cells = Array.from({ length: width }, (_, k) => String(Math.abs(((i + 1) * (k + 3)) % 7)));
    if (damage === "cell" && i === 1) cells[0] = "oops";
    if (damage === "short" && i === 1) cells.pop();
    return [...cells, damage === "label" && i === 1 ? "" : labels[label]!(i)].join(",");
  });
  return { width, label, csv: [[...Array.from({ length: width }, (_, k) => `f${k}`), "y"].join(","), ...lines].join("\n") };
});

const VECTOR = ["dense(4)", "dense(1)", "relu", "dropout(0.5)", "batch_norm", "layer_norm", "prelu", "add { dense(4) } { dense(4) -> tanh }", "normalization", "gaussian_noise(0.1)", "reshape([-1, 1]) -> flatten"] as const;
const SEQUENCE = ["dense(4)", "relu", "conv1d(2, 2, padding = same)", "conv1d(2, 3)", "gru(2, sequences = true)", "dropout(0.5)", "batch_norm", "max_pool1d(2)", "attention(1)", "bidirectional(lstm(2, sequences = true))", "add { identity } { layer_norm }"] as const;
const COLLAPSE = ["flatten", "global_avg_pool", "global_max_pool", "lstm(3)", "k_max_pool(1) -> flatten"] as const;
const ENDS = ["dense(3) -> softmax", "dense(2) -> softmax", "dense(1) -> sigmoid", "dense(1)", "dense(3) -> log_softmax", "relu", "reshape([1, -1])"] as const;
const some = (layers: readonly string[]) => fc.array(one(...layers), { maxLength: 3 });

/** Mostly the end that the label wants. */
const FITTING: Readonly<Record<string, string>> = { two: "dense(2) -> softmax", three: "dense(3) -> softmax", number: "dense(1)", whole: "dense(1)" };

/** From the input's declaration on. */
const model = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(one("[W]", "[W]", "[W]", "[V]"), some(VECTOR), one(...ENDS)).map(([shape, layers, end]) => [shape, ...layers, end]) },
  { weight: 2, arbitrary: fc.tuple(one("[W, 1]", "[N, 1]", "[1, W]"), some(SEQUENCE), one(...COLLAPSE), some(VECTOR), one(...ENDS)).map(([shape, a, c, b, end]) => [shape, ...a, c, ...b, end]) },
  { weight: 1, arbitrary: fc.tuple(one("int [W]", "int [N]"), one("embedding(8, 3)", "embedding(3, 2)"), some(SEQUENCE), one(...COLLAPSE), one(...ENDS)).map(([shape, e, a, c, end]) => [shape, e, ...a, c, end]) },
);
const training = fc.record({
  fits: one(true, true, true, false),
  loss: one("", "", "", "", "", "loss = mse", "loss = mae", "loss = cross_entropy", "loss = binary_cross_entropy"), optimizer: one("", "", "optimizer = sgd(lr = 1e20)", "optimizer = adamw", "optimizer = rmsprop"),
  batch: one(1, 3, 1000), extra: one("", "early_stop = patience(1)", "clip = norm(1)", "schedule = cosine(warmup = 3)"), split: one("[0.8, 0.1, 0.1]", "[1, 0, 0]", "[0.01, 0.5, 0.49]"), scale: one("1", "1", "1", "1e30"),
});

test("any model on any table: the last event is an end, or an error that is no accident", async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(table, model, training, async ({ width, label, csv }, [shape, ...written], t) => {
      const layers = t.fits && FITTING[label] ? [...written.slice(0, -1), FITTING[label]] : written;
      const sized = shape!.replace("W", String(width)).replace("V", String(width + 1));
      const rows = sized.includes(",") ? `; shape = ${sized.replace("N", String(width))}` : "";
      const text = `data d { source = csv("d.csv"); label = y; split = ${t.split}; scale = ${t.scale}${rows} }
model M {
  input x ${sized}
  ${layers.join("\n  ")}
}
train M on d { epochs = 2; batch = ${t.batch}; ${[t.loss, t.optimizer, t.extra].filter(Boolean).join("; ")} }
`;
      const folder = folderWith({ "m.nnet": text, "d.csv": csv });
      const events = await run({ type: "train", file: join(folder, "m.nnet") });
      const error = errorOf(events);
      expect(events.at(-1)?.event, text).toMatch(/^(?:end|error)$/);
      expect(error?.code, `${error?.message}\n${text}\n${csv.slice(0, 200)}`).not.toBe("internal");
      for (const e of of(events, "epoch")) expect(Number.isFinite(e.loss), text).toBe(true);
      if (process.env["NNET_FUZZ"]) console.log(error?.code ?? "end", error?.message.slice(0, 160) ?? "");
      if (!error) ended++;
    }),
    { numRuns: Number(process.env["NNET_FUZZ"] ?? 150), seed: Number(process.env["NNET_SEED"] ?? 1), endOnFailure: false },
  );
  expect(ended).toBeGreaterThan(5);
}, 60_000);
