import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import type { TableRequest } from "../../server/trainer/browser.ts";
import type { TrainerEvent } from "../../server/trainer/protocol.ts";
import { bundleForBrowser } from "../kit/browser.ts";
import { folderWith, of, run } from "../kit/training.ts";

/** test/editor/browser.mjs trains with it in a real browser. */
let made: Awaited<ReturnType<typeof bundleForBrowser>>;
beforeAll(async () => {
  made = await bundleForBrowser();
});

test("the trainer's worker for a browser needs no module of Node", () => {
  const { inputs, outputs } = made.metafile;
  const outside = Object.entries(inputs).flatMap(([file, { imports }]) => imports.filter((i) => i.external || i.path.startsWith("node:")).map((i) => `${file}: ${i.path}`));
  expect([...outside, ...Object.values(outputs).flatMap((o) => o.imports.map((i) => i.path))]).toEqual([]);
  // tfjs-core asks for some where it runs in Node, and names none of them for browsers; our own files ask for none.
  const disabled = Object.entries(inputs).filter(([file, { imports }]) => file.startsWith("server/") && imports.some((i) => i.path.startsWith("(disabled):")));
  expect(disabled.map(([file]) => file)).toEqual([]);
});

test("it is the loop, the data's preparation and the engine of `nnet train`", () => {
  expect(Object.keys(made.metafile.inputs)).toEqual(expect.arrayContaining(["loop.ts", "data/dataset.ts", "engines/tfjs/session.ts", "errors.ts"].map((f) => `server/trainer/${f}`)));
});

/** The worker's file in a world that has what a worker has, and nothing of Node. */
function inWorker(request: Omit<TableRequest, "type">): Promise<TrainerEvent[]> {
  return new Promise((resolve) => {
    const events: TrainerEvent[] = [];
    const world = {
      performance, setTimeout, clearTimeout, setInterval, MessageChannel, TextEncoder, TextDecoder, URL, console, WorkerGlobalScope: class {}, fetch: () => Promise.reject(new Error("no network")), Float32Array, onmessage: (_: unknown): void => undefined,
      postMessage(event: TrainerEvent) {
        events.push(event);
        if (event.event === "end" || event.event === "error") resolve(events);
      },
    };
    runInNewContext(made.code, Object.assign(world, { self: world }));
    world.onmessage({ data: { type: "train", ...request } });
  });
}

/** Columns of a sample's table; words are numbered by letter. */
function columnsOf(file: string): (name: string) => number[] {
  const [head, ...lines] = readFileSync(join(samples, "data", file), "utf8").trim().split(/\r?\n/).map((line) => line.split(","));
  return (name) => {
    const values = lines.map((line) => line[head!.indexOf(name)]!);
    const words = [...new Set(values)].sort();
    return values.map((v) => (Number.isFinite(Number(v)) ? Number(v) : words.indexOf(v)));
  };
}

const samples = join(import.meta.dirname, "../../samples");
const rowMajor = (columns: readonly number[][]): Float32Array => Float32Array.from(columns[0]!.flatMap((_, row) => columns.map((c) => c[row]!)));

describe("in a worker's world", () => {
  const cases: [sample: string, file: string, x: string[], y: string[], epochs: number][] = [
    ["two-outputs.nnet", "iris.csv", ["sepal_length", "sepal_width", "petal_width"], ["species", "petal_length"], 4],
    ["wide-deep.nnet", "diabetes.csv", ["bmi", "bp", "s5", "age", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "sex"], ["progression"], 3],
  ];
  test.each(cases)("%s has the losses and scores of Node, bit for bit", async (sample, file, x, y, epochs) => {
    const column = columnsOf(file);
    const text = readFileSync(join(samples, sample), "utf8");
    const events = await inWorker({ text, epochs, rows: column(x[0]!).length, x: rowMajor(x.map(column)), y: rowMajor(y.map(column)) });
    const expected = await run({ type: "train", file: join(samples, sample), epochs, out: folderWith({}) });
    const plain = (all: readonly TrainerEvent[]) => JSON.parse(JSON.stringify([of(all, "epoch").map(({ examplesPerSecond: _, ...e }) => e), of(all, "end").map(({ checkpoint: _, ...e }) => e), of(all, "error")])) as unknown[][];
    expect(plain(events)).toEqual(plain(expected));
    expect(plain(events)[0]).toHaveLength(epochs);
    if (y.length > 1) expect(Object.keys(of(events, "epoch")[0]!.outputs!)).toEqual(["kind", "length"]);
  });

  const two = { text: readFileSync(join(samples, "two-outputs.nnet"), "utf8"), rows: 4 };
  test.each([
    ["one label for two outputs", { ...two, x: new Float32Array(12), y: new Float32Array(4) }, "data-no-label", "each row needs 2, one for each output"],
    ["a label that is no number", { ...two, x: new Float32Array(12), y: new Float32Array(8).fill(NaN, 5, 6) }, "data-not-numeric", "label 2 of row 3 is NaN"],
    ["too few columns for two inputs", { text: readFileSync(join(samples, "wide-deep.nnet"), "utf8"), rows: 4, x: new Float32Array(8), y: new Float32Array(4) }, "data-width", "x has 2 features for each row, and data patients names 13 columns"],
    ["files", { text: 'data d { source = csv("d.csv"); label = y; features = inputs(photo = image(p)) }\nmodel M {\n  input photo [2, 2, 3]\n  flatten -> dense(2) -> softmax\n}\ntrain M on d { }\n', rows: 4, x: new Float32Array(48), y: new Float32Array(4) }, "bad-setting", "image(…) and array(…) read files"],
  ] as const)("%s: %#", async (_what, request, code, says) => {
    expect((await inWorker(request)).at(-1)).toMatchObject({ event: "error", code, message: expect.stringContaining(says) });
  });
});
