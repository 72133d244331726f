import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { disk } from "../../server/cli/files.ts";
import { analyse, rowsOf } from "../../server/language/index.ts";
import { idxOf, npyOf } from "../kit/arrays.ts";
import { prepared, rowsOf as trained } from "../kit/data.ts";
import { folderWith } from "../kit/training.ts";

/** What a probe runs over is what training would feed, where all rows are training rows. */
const N = 24;
const table = ["a,b,c,d,y", ...Array.from({ length: N }, (_, i) => `${(i * 7) % 10},${i / 3},${i % 4 === 0 ? "" : 5 - i},${(i * i) % 13},${i % 2 ? "u" : "v"}`)].join("\n");
const floats = Array.from({ length: N * 6 }, (_, i) => Math.sin(i) * (i % 3) + (i % 2) * 40);
const classes = Uint8Array.from({ length: N }, (_, i) => i % 2);

const KINDS = {
  csv: { files: { "t.csv": table }, source: 'source = csv("t.csv")\nlabel = y\nmissing = mean', input: "[4]" },
  "csv, columns chosen and shaped": { files: { "t.csv": table }, source: 'source = csv("t.csv")\nlabel = y\nfeatures = [d, a]\nshape = [1, 2]', input: "[1, 2]" },
  npy: { files: { "x.npy": npyOf([N, 3, 2], floats), "y.npy": npyOf([N], [...classes], "<i8") }, source: 'source = npy("x.npy", labels = "y.npy")', input: "[3, 2]" },
  idx: { files: { x: idxOf([N, 2, 3], Uint8Array.from(floats, (_, i) => (i * 37) % 251)), y: idxOf([N], classes) }, source: 'source = idx("x", labels = "y")', input: "[2, 3, 1]" },
} as const;

const NORMALIZED = ["none", "standard", "minmax"].flatMap((normalize) => Object.entries(KINDS).map(([kind, k]) => ({ ...k, kind, normalize })));

test.each(NORMALIZED)("$kind, normalize = $normalize", async ({ files, source, input, normalize }) => {
  const settings = `${source}\nscale = 1 / 4\nnormalize = ${normalize}\nsplit = [1, 0, 0]`;
  const { train } = await prepared(files as Record<string, string | Buffer>, settings, { input, end: "flatten\n  dense(2) -> softmax" });
  const expected = (await trained(train)).map((row) => row.slice(0, -1));
  const folder = folderWith(Object.fromEntries(Object.entries(files)));
  const { trains } = analyse(join(folder, "m.nnet"), `data d {\n${settings}\n}\nmodel M {\n  input x ${input}\n  flatten\n  dense(2) -> softmax\n}\ntrain M on d { }\n`, disk);
  const found = rowsOf(trains[0]!)!;
  expect(found.rows.length).toBe(N);
  const sorted = (rows: readonly ArrayLike<number>[]): number[][] => rows.map((r) => [...Array.from(r)]).sort((a, b) => (a.map((v) => v.toFixed(4)).join() < b.map((v) => v.toFixed(4)).join() ? -1 : 1));
  for (const [i, row] of sorted(found.rows).entries()) for (const [k, v] of row.entries()) expect(v).toBeCloseTo(sorted(expected)[i]![k]!, 4);
});

test("categories and sentences are no rows of numbers", () => {
  const folder = folderWith({ "t.csv": readFileSync(join(import.meta.dirname, "../../samples/data/iris.csv"), "utf8") });
  const rows = (settings: string, input: string) => rowsOf(analyse(join(folder, "m.nnet"), `data d {\nsource = csv("t.csv")\n${settings}\n}\nmodel M {\n  input x ${input}\n  dense(2) -> softmax\n}\ntrain M on d { }\n`, disk).trains[0]!);
  expect(rows("label = sepal_width", "[6]")).toBeUndefined();
  expect(rows("label = species\ncategories = [sepal_length]", "[4]")).toBeUndefined();
  expect(rows("label = species", "[4]")!.of).toBe("t.csv");
});
