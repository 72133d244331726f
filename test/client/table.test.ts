import { expect, test } from "vitest";
import { closing, columns, number, row, which } from "../../client/features/train/table.ts";
import type { EpochEvent } from "../../server/trainer/protocol.ts";

const epoch: EpochEvent = { event: "epoch", epoch: 3, loss: 0.5, accuracy: 0.9312, valLoss: 0.61, valAccuracy: 0.9, examplesPerSecond: 4210.4, best: true };

test("columns stand under their names", () => {
  expect([columns(epoch), row(epoch, 20)].join("\n")).toMatchInlineSnapshot(`
    "epoch           loss   accuracy   val loss  val accuracy   examples/s
         3/20     0.5000    93.12 %     0.6100       90.00 %        4,210  ← best"
  `);
});

test("regression has no accuracy, a run without validation rows no such columns", () => {
  const bare: EpochEvent = { ...epoch, accuracy: null, valLoss: null, valAccuracy: null, best: false };
  expect([columns(bare), row(bare, 200)].join("\n")).toMatchInlineSnapshot(`
    "epoch           loss   examples/s
        3/200     0.5000        4,210"
  `);
});

test("small, large and broken losses stay readable", () => {
  expect([0, 0.00012, 2.30259, 123456, NaN].map(number)).toEqual(["0.0000", "1.20e-4", "2.3026", "1.23e+5", "NaN"]);
});

test("an end names the weights, an error its place", () => {
  expect(closing({ end: { event: "end", reason: "early_stop", testLoss: 0.1, testAccuracy: 0.975, checkpoint: "/r/best.safetensors" }, error: undefined, epochs: [epoch], seconds: 2.04 }).join("\n")).toMatchInlineSnapshot(`
    "
    stopped early: no longer improving after 1 epoch and 2.0 s · test loss 0.1000, test accuracy 97.50 %
    best weights: /r/best.safetensors
    "
  `);
  expect(closing({ end: undefined, error: { event: "error", code: "x", message: "no such column", file: "/d.csv", line: 3 }, epochs: [], seconds: 1 }).join("\n")).toMatchInlineSnapshot(`
    "
    failed: no such column
      at /d.csv:3
    "
  `);
});

test("an ensemble says what averaging gains, folds their mean and deviation", () => {
  const score = { loss: 0.2, accuracy: 0.9 };
  const averaged = { rows: "test", mean: score, own: { loss: 0.15, accuracy: 0.95 }, gain: { loss: 0.05, accuracy: 0.05 } } as const;
  const said = (more: object) => closing({ end: { event: "end", reason: "completed", testLoss: 0.15, testAccuracy: 0.95, checkpoint: "/r/M.safetensors", ...more }, error: undefined, epochs: [epoch], seconds: 2 }).slice(1, -3);
  expect(said({ ensemble: { members: [], ...averaged } })).toEqual(["averaged on the test rows: loss 0.1500, 0.0500 less than one alone; accuracy 95.00 %, one alone 90.00 %"]);
  expect(said({ folds: { folds: [], validation: { mean: score, deviation: { loss: 0.01, accuracy: 0.02 } } } })).toEqual(["held-out rows: loss 0.2000 ± 0.0100, accuracy 90.00 % ± 2.00 %"]);
  const two = (loss: number, accuracy: number) => ({ loss: 2 * loss, accuracy: null, outputs: { kind: { loss, accuracy }, size: { loss, accuracy: null } } });
  const both = { rows: "test", mean: two(0.2, 0.9), own: two(0.15, 0.95), gain: { loss: 0.1, accuracy: null } } as const;
  expect(said({ folds: { folds: [], validation: { mean: two(0.2, 0.9), deviation: two(0.01, 0.02) }, averaged: both } })).toEqual([
    "held-out rows: loss 0.4000 ± 0.0200", "  kind: loss 0.2000 ± 0.0100, accuracy 90.00 % ± 2.00 %", "  size: loss 0.2000 ± 0.0100",
    "averaged on the test rows: loss 0.3000, 0.1000 less than one alone", "  kind: loss 0.1500, 0.0500 less than one alone; accuracy 95.00 %, one alone 90.00 %", "  size: loss 0.1500, 0.0500 less than one alone",
  ]);
  expect([which({ member: 2 }, { ensemble: 5 }), which({ fold: 1 }, { folds: 3 }), which({}, {})]).toEqual(["member 2/5", "fold 1/3", undefined]);
});
