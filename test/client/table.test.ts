import { expect, test } from "vitest";
import { closing, columns, number, row } from "../../client/features/train/table.ts";
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
