import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blobs, folderWith, of, run, SMALL } from "../kit/training.ts";

/** Twenty units, of which the bias keeps those of the second layer silent for good. */
const DEAD = SMALL.replace("dense(8) -> tanh as hidden", "dense(20) -> sigmoid as hidden\n  dense(6, bias_init = constant(-100)) -> relu").replace("adam(lr = 0.02)", "sgd(lr = 0.01)");

describe("measurements of the layers", () => {
  test("units that no row reaches are dead, and their layer's gradient is 0", async () => {
    const folder = folderWith({ "m.nnet": DEAD, "d.csv": blobs() });
    const events = of(await run({ type: "train", file: join(folder, "m.nnet"), epochs: 3, measure: 1 }), "measure");
    expect(events.map((e) => e.epoch)).toEqual([1, 2, 3]);
    for (const { layers } of events) {
      const by = (kind: string) => layers.filter((l) => l.kind === kind);
      expect(by("relu")).toMatchObject([{ units: 6, dead: 6, zeros: 1, mean: 0, variance: 0, gradientNorm: null, saturated: null }]);
      expect(by("dense").map((l) => l.gradientNorm! > 0)).toEqual([false, false, true]);
      expect(by("dense")[1]!.updateRatio).toBe(0);
      expect(by("sigmoid")).toMatchObject([{ units: null, dead: null, saturated: expect.any(Number) }]);
    }
  });

  test("they come at the interval asked for, at the end, and never for 0; the run is the same", async () => {
    const ends = [];
    for (const [measure, epochs] of [[0, []], [2, [1, 3, 4]], [undefined, [1, 4]]] as const) {
      const folder = folderWith({ "m.nnet": SMALL, "d.csv": blobs() });
      const events = await run({ type: "train", file: join(folder, "m.nnet"), epochs: 4, ...(measure !== undefined && { measure }) });
      expect(of(events, "measure").map((e) => e.epoch)).toEqual(epochs);
      ends.push(of(events, "epoch").map((e) => e.loss));
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  test("a tanh that is driven to its ends says so", async () => {
    const folder = folderWith({ "m.nnet": SMALL.replace("dense(8) -> tanh", "dense(8, bias_init = constant(9)) -> tanh"), "d.csv": blobs() });
    const [event] = of(await run({ type: "train", file: join(folder, "m.nnet"), epochs: 1, measure: 1 }), "measure");
    expect(event!.layers.find((l) => l.kind === "tanh")!.saturated).toBeGreaterThan(0.9);
  });
});
