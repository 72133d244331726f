import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Part } from "../../server/trainer/data/part.ts";
import { Store } from "../../server/trainer/data/store.ts";
import { chunks } from "../../server/trainer/data/stored.ts";
import { pngOf } from "../kit/arrays.ts";
import { prepared, problem, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** 3,000 rows, sorted by class: 48 kB of numbers, where memory is 16 kB. */
const ROWS = Array.from({ length: 3000 }, (_, i) => `${i},${(i * 7) % 100},${["red", "blue", "green"][i % 3]},${i < 1500 ? "no" : "yes"}`);
const CSV = `a,b,colour,y\n${ROWS.join("\n")}\n`;
const SETTINGS = 'source = csv("d.csv")\nlabel = y\nnormalize = standard';
const SMALL = `${SETTINGS}\nmemory = 16KiB`;
const MODEL = { input: "[5]" };

const runs = (folder: string) => readdirSync(join(folder, ".nnet/runs"));
const sorted = async (part: Part) => (await rowsOf(part)).map(String).sort();

async function order(part: Part, seed: number, epoch: number): Promise<number[][]> {
  const found: number[][] = [];
  for (const piece of part.epoch(32, seed, epoch)) {
    const { x, shape } = await piece.table();
    found.push(...piece.batches.map((rows) => Array.from(rows, (row) => x[row * shape[0]!]!)));
  }
  return found;
}

describe("rows past memory", () => {
  test("are the same rows in the same parts, fitted alike, as in memory", async () => {
    const [whole, sharded] = [await prepared({ "d.csv": CSV }, SETTINGS, MODEL), await prepared({ "d.csv": CSV }, SMALL, MODEL)];
    expect(sharded.encoding).toEqual(whole.encoding);
    expect(sharded.notes.join()).toContain("shards");
    for (const part of ["train", "validation", "test"] as const) {
      expect(sharded[part].rows).toBe(whole[part].rows);
      expect(await sorted(sharded[part])).toEqual(await sorted(whole[part]));
    }
  });

  test("come in an order of seed and epoch, from tables far smaller than the whole, each with rows of both classes", async () => {
    const { train } = await prepared({ "d.csv": CSV }, SMALL, MODEL);
    const first = await order(train, 1, 1);
    expect(await order(train, 1, 1)).toEqual(first);
    expect(await order(train, 1, 2)).not.toEqual(first);
    expect(await order(train, 2, 1)).not.toEqual(first);
    expect((await order(train, 1, 2)).flat().sort()).toEqual(first.flat().sort());
    const pieces = train.epoch(32, 1, 1);
    expect(pieces.length).toBeGreaterThanOrEqual(10);
    for (const piece of pieces) {
      const table = await piece.table();
      expect(piece.passing).toBe(true);
      expect(4 * (table.x.length + table.rows)).toBeLessThanOrEqual(16 * 1024);
      expect(new Set(table.y).size).toBe(2);
    }
  });

  test("are converted once; again when file or settings change; of a data block there is one cache", async () => {
    const folder = folderWith({ "d.csv": CSV });
    const open = (settings = SMALL) => prepared({}, settings, { ...MODEL, folder });
    await open();
    const [cache] = runs(folder);
    expect(runs(folder)).toHaveLength(1);
    const shard = join(folder, ".nnet/runs", cache!, "train-00000.bin");
    utimesSync(shard, 1, 1);
    await open();
    expect(runs(folder)).toEqual([cache]);
    expect(readdirSync(join(folder, ".nnet/runs", cache!))).toContain("manifest.json");
    writeFileSync(join(folder, "d.csv"), CSV.replace("\n0,0,red", "\n5,0,red"));
    await open();
    expect(runs(folder)).toHaveLength(1);
    expect(runs(folder)).not.toEqual([cache]);
  });

  test("a cache that is no longer whole is made again; one that another process reads stays", async () => {
    const folder = folderWith({ "d.csv": CSV });
    const open = () => prepared({}, SMALL, { ...MODEL, folder });
    await open();
    const cache = join(folder, ".nnet/runs", runs(folder)[0]!);
    truncateSync(join(cache, "train-00003.bin"), 100);
    expect(await sorted((await open()).train)).toEqual(await sorted((await prepared({ "d.csv": CSV }, SETTINGS, MODEL)).train));
    writeFileSync(join(cache, `in-use.${process.ppid}`), "");
    writeFileSync(join(folder, "d.csv"), CSV.replace("\n0,0,red", "\n5,0,red"));
    await open();
    expect(runs(folder)).toHaveLength(2);
  });

  test("a conversion that was killed leaves nothing that is taken for a cache, and the next run clears it", async () => {
    const folder = folderWith({ "d.csv": CSV, "m.nnet": "" });
    const left = join(folder, ".nnet/runs/d-0123456789abcdef.rows.999999999.tmp");
    mkdirSync(left, { recursive: true });
    writeFileSync(join(folder, ".nnet/runs/rows.999999999.tmp"), "spilled");
    writeFileSync(join(folder, "m.nnet"), `data d {\n${SMALL}\n}\nmodel M {\n  input x [5]\n  dense(2) -> softmax\n}\ntrain M on d {\n  epochs = 1\n}\n`);
    expect(errorOf(await run({ type: "train", file: join(folder, "m.nnet") }))).toBeUndefined();
    expect(runs(folder).filter((f) => f.endsWith(".tmp"))).toEqual([]);
  });

  test("images of a folder that have changed, come or gone are read anew", async () => {
    const images = Object.fromEntries(["a", "b"].flatMap((c, k) => Array.from({ length: 20 }, (_, i) => [`images/${c}/${i}.png`, pngOf(4, 4, [10 * i, 9, 100 * k])])));
    const folder = folderWith({});
    const open = (files = {}) => prepared(files, 'source = folder("images")\nshape = [4, 4, 3]\nmemory = 4KiB', { folder, input: "[4, 4, 3]", end: "flatten -> dense(2) -> softmax" });
    const count = ({ train, validation, test }: Awaited<ReturnType<typeof open>>) => train.rows + validation.rows + test.rows;
    expect(count(await open(images))).toBe(40);
    const seen = [...runs(folder)];
    const now = async (files?: Parameters<typeof open>[0]) => {
      const found = count(await open(files));
      expect(runs(folder)).toHaveLength(1);
      if (!seen.includes(runs(folder)[0]!)) seen.push(runs(folder)[0]!);
      return [found, seen.length];
    };
    expect(await now()).toEqual([40, 1]);
    expect(await now({ "images/a/3.png": pngOf(4, 4, [1, 2, 3]) })).toEqual([40, 2]);
    expect(await now({ "images/b/new.png": pngOf(4, 4, [1, 2, 3]) })).toEqual([41, 3]);
    rmSync(join(folder, "images/a/0.png"));
    expect(await now()).toEqual([40, 4]);
  });

  test("what is wrong in a row is found before, with its place, and nothing stays on disk", async () => {
    const folder = folderWith({ "d.csv": `${CSV}x,1,red,no\n` });
    expect(await problem({}, SMALL, { ...MODEL, folder })).toMatchObject({ code: "data-not-numeric", line: 3002, column: 1 });
    expect(existsSync(join(folder, ".nnet/runs")) ? runs(folder) : []).toEqual([]);
  });

  test("a folder that can't be written is said", async () => {
    const folder = folderWith({ "d.csv": CSV, ".nnet": "a file" });
    expect(await problem({}, SMALL, { ...MODEL, folder })).toMatchObject({ code: "data-cache" });
  });

  test("test rows of a file of their own are numbered as the training rows are", async () => {
    const test = "y,colour,b,a\nyes,violet,1,2\nno,green,3,4\n";
    const settings = `${SMALL}\ntest = csv("t.csv")`;
    const { test: part, encoding } = await prepared({ "d.csv": CSV, "t.csv": test }, settings, MODEL);
    expect(encoding.columns![2]).toEqual({ name: "colour", categories: ["blue", "green", "red"] });
    expect((await rowsOf(part)).map((r) => r.slice(2)).sort()).toEqual([[0, 0, 0, 1], [0, 1, 0, 0]]);
  });

  test("train and predict as rows in memory do", async () => {
    const folder = folderWith({ "d.csv": CSV, "m.nnet": `data d {\n${SMALL}\n}\nmodel M {\n  input x [5]\n  dense(2) -> softmax\n}\ntrain M on d {\n  optimizer = adam(lr = 0.02)\n  epochs = 4\n}\n` });
    const file = join(folder, "m.nnet");
    const events = await run({ type: "train", file });
    expect(errorOf(events)).toBeUndefined();
    expect(of(events, "end")[0]!.testAccuracy).toBeGreaterThan(0.95);
    const losses = (e: typeof events) => of(e, "epoch").map((x) => x.loss);
    expect(losses(await run({ type: "train", file }))).toEqual(losses(events));
    const said = await run({ type: "predict", file, data: join(folder, "d.csv") });
    expect(of(said, "prediction")).toHaveLength(3000);
    expect(of(said, "prediction").filter((p, i) => p.value === (i < 1500 ? "no" : "yes")).length).toBeGreaterThan(2800);
    expect(runs(folder).filter((f) => f.endsWith(".tmp"))).toEqual([]);
  });
});

test("values past the bound go to a file, and come back as they were", () => {
  const folder = folderWith({});
  const count = 300_000;
  const write = (bytes: number) => {
    const store = new Store(bytes, join(folder, `${bytes}`));
    for (let i = 0; i < count; i++) store.push(i);
    return store.take(3);
  };
  const [memory, file] = [write(2 ** 30), write(1)];
  expect([memory.kind, file.kind, file.rows]).toEqual(["memory", "file", 100_000]);
  let next = 0;
  for (const { from, rows, values } of chunks(file)) {
    expect(from * 3).toBe(next);
    expect(values.length).toBe(rows * 3);
    expect(values[0]).toBe(next);
    expect(values.at(-1)).toBe(next + values.length - 1);
    next += values.length;
  }
  expect(next).toBe(count);
});
