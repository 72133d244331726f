import { expect, test } from "vitest";
import { errorOf, folderWith, of, run, SMALL, blobs } from "../kit/training.ts";
import { join } from "node:path";

const wide = SMALL.replace("dense(8)", "dense(4_000)").replace("epochs = 8", "batch = 4096\n  epochs = 1");

test("a batch that memory does not hold is refused before the first step, with one that fits", async () => {
  const folder = folderWith({ "m.nnet": wide, "d.csv": blobs(5000) });
  const file = join(folder, "m.nnet");
  const memory = () => 1.8e8;
  const events = await run({ type: "train", file }, { memory });
  const error = errorOf(events)!;
  expect(error).toMatchObject({ code: "out-of-memory" });
  expect(error.message).toMatch(/about \d+\.\d GB of memory, and 0\.2 GB are free: .* for each of the batch's 4000 rows\. batch = (\d+) fits\.$/);
  expect(of(events, "start")).toEqual([]);
  const fits = Number(/batch = (\d+) fits/.exec(error.message)![1]);
  const smaller = folderWith({ "m.nnet": wide.replace("batch = 4096", `batch = ${fits}`), "d.csv": blobs(5000) });
  let asked = 0;
  const again = await run({ type: "train", file: join(smaller, "m.nnet") }, { memory: () => (asked++, memory()), cancelled: () => true });
  expect(errorOf(again)).toBeUndefined();
  expect(asked).toBe(1);
});

test("where the weights alone are too many, no batch is named", async () => {
  const folder = folderWith({ "m.nnet": wide, "d.csv": blobs() });
  expect(errorOf(await run({ type: "train", file: join(folder, "m.nnet") }, { memory: () => 1e8 }))!.message).toMatch(/weights, optimizer and data alone take .* A smaller model, sgd in place of adam, or fewer rows, need less\./);
});
