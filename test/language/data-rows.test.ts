import { join } from "node:path";
import { expect, test } from "vitest";
import { looking } from "../../server/cli/files.ts";
import { labelledRows, type LabelledRows } from "../../server/language/data-labels.ts";
import { analyse, rowsOf } from "../../server/language/index.ts";
import { idxOf, npyOf } from "../kit/arrays.ts";
import { Probe } from "../../server/language/signal/index.ts";
import { prepared, preparedText, rowsOf as trained } from "../kit/data.ts";
import { folderWith } from "../kit/training.ts";

const disk = await looking();

/** Each row with the number of its class behind it. */
const withLabels = ({ rows, targets }: LabelledRows): number[][] => rows.map((row, i) => [...Array.from(row), targets[0]![i]!.indexOf(1)]);

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
  const expected = await trained(train);
  const folder = folderWith(Object.fromEntries(Object.entries(files)));
  const { trains } = analyse(join(folder, "m.nnet"), `data d {\n${settings}\n}\nmodel M {\n  input x ${input}\n  flatten\n  dense(2) -> softmax\n}\ntrain M on d { }\n`, disk);
  const found = rowsOf(trains[0]!)!;
  expect(found.rows.length).toBe(N);
  const sorted = (rows: readonly ArrayLike<number>[]): number[][] => rows.map((r) => [...Array.from(r)]).sort((a, b) => (a.map((v) => v.toFixed(4)).join() < b.map((v) => v.toFixed(4)).join() ? -1 : 1));
  const same = (rows: readonly ArrayLike<number>[], others: readonly ArrayLike<number>[]): void => sorted(rows).forEach((row, i) => row.forEach((v, k) => expect(v).toBeCloseTo(sorted(others)[i]![k]!, 4)));
  same(found.rows, expected.map((row) => row.slice(0, -1)));
  same(withLabels(labelledRows(trains[0]!)!), expected);
});

const mixed = ["kind,a,town,y,b", ...Array.from({ length: N }, (_, i) => `${["old", "new", "old", "rare"][i % 4]},${(i * 7) % 10},${["Bern", "Thun", ""][i % 3]},${i % 2 ? "u" : "v"},${i / 3}`)].join("\n");
const WORDS = ["good", "bad", "film", "the", "a", "not", "plot"];
const spoken = ["said,y", ...Array.from({ length: N }, (_, i) => `"${Array.from({ length: 3 + (i % 5) }, (_, k) => WORDS[(i * k + (k % 3)) % WORDS.length]).join(" ")}",${i % 2 ? "u" : "v"}`)].join("\n");

const OTHERS = [
  { kind: "categories", file: mixed, settings: 'source = csv("t.csv")\nlabel = y\nmissing = mean\nnormalize = standard', inputs: "input x [7]", flow: "" },
  { kind: "several inputs", file: mixed, settings: 'source = csv("t.csv")\nlabel = y\nmissing = mean\nnormalize = minmax\nfeatures = inputs(two = [b, town], one = kind, all = [a, b])', inputs: "input all [2]\n  input one int [1]\n  input two [3]", flow: "let where = one -> embedding(4, 2) -> flatten\n  all -> concat(where, two)\n  " },
  { kind: "sentences", file: spoken, settings: 'source = text("t.csv", vocabulary = 6, length = 20)\nlabel = y', inputs: "input x int [20]", flow: "embedding(6, 2) -> flatten\n  " },
] as const;

test.each(OTHERS)("$kind", async ({ file, settings, inputs, flow }) => {
  const data = `${settings}\nsplit = [1, 0, 0]`;
  const text = `data d {\n${data}\n}\nmodel M {\n  ${inputs}\n  ${flow}dense(2) -> softmax\n}\ntrain M on d { }\n`;
  const folder = folderWith({ "t.csv": file, "m.nnet": text });
  const expected = await trained((await preparedText(join(folder, "m.nnet"), text)).train);
  const [train] = analyse(join(folder, "m.nnet"), text, disk).trains;
  const found = rowsOf(train!)!;
  const inOrder = (rows: readonly ArrayLike<number>[]): string[] => rows.map((r) => Array.from(r, (v) => v.toFixed(4)).join(" ")).sort();
  expect(inOrder(found.rows)).toEqual(inOrder(expected.map((row) => row.slice(0, -1))));
  expect(inOrder(withLabels(labelledRows(train!)!))).toEqual(inOrder(expected));
  expect(found.of).toBe("t.csv");
});

test("a probe runs over them: words, and each input its own columns", () => {
  for (const { file, settings, inputs, flow } of OTHERS) {
    const text = `data d {\n${settings}\n}\nmodel M {\n  ${inputs}\n  ${flow}dense(2) -> softmax\n}\ntrain M on d { }\n`;
    const [train] = analyse(join(folderWith({ "t.csv": file }), "m.nnet"), text, disk).trains;
    const rows = rowsOf(train!)!;
    const probe = new Probe(train!.model!, rows);
    while (!probe.over) probe.complete(1e6);
    let start = 0;
    for (const id of train!.model!.inputs) {
      const node = train!.model!.nodes[id]!;
      const size = node.type!.shape.reduce<number>((n, d) => n * (d as number), 1);
      const own = rows.rows.slice(0, probe.at(node)!.rows).flatMap((r) => Array.from(r).slice(start, start + size));
      expect(probe.at(node)).toMatchObject({ of: "t.csv", square: expect.closeTo(own.reduce((sum, v) => sum + v * v, 0) / own.length, 6) as number });
      start += size;
    }
    expect(start).toBe(rows.rows[0]!.length);
    expect(probe.gradientAt(train!.model!.nodes.at(-2)!)).toBeGreaterThan(0);
  }
});

test("sentences of any length are tried as the longest of the first ones", () => {
  const text = 'data d {\nsource = text("t.csv", vocabulary = 6)\nlabel = y\n}\nmodel M {\n  input x int [N]\n  embedding(5, 2) -> global_avg_pool\n  dense(2) -> softmax\n}\ntrain M on d { }\n';
  const long = `${spoken}\n"${"film ".repeat(23)}",u`;
  const { rows } = rowsOf(analyse(join(folderWith({ "t.csv": long }), "m.nnet"), text, disk).trains[0]!)!;
  expect(rows.map((r) => r.length)).toEqual(Array<number>(N + 1).fill(23));
  // The embedding has five rows: the sixth index is an unknown word to it.
  expect(Math.max(...rows.flatMap((r) => Array.from(r)))).toBe(4);
});

test("labels of generators and of numbers, and what a row is compared with where it is given back", () => {
  const of = (data: string, model: string, train = "") => labelledRows(analyse("/m.nnet", `data d { ${data} }\nmodel M {\n  ${model}\n}\ntrain M on d { ${train} }\n`, disk).trains[0]!);
  const moons = of("source = moons(rows = 200)", "input x [2]\n  dense(1) -> sigmoid")!;
  expect(moons.rows).toHaveLength(64);
  expect(moons.targets[0]!.map((t) => t[0])).toEqual(moons.rows.map((_, i) => i % 2));
  const sine = of("source = sine(rows = 200)", "input x [1]\n  dense(1)")!;
  expect(sine.heads[0]).toMatchObject({ kind: "number", loss: { name: "mse" } });
  // Numbers as they are, around the curve.
  expect(new Set(sine.targets[0]!.map((t) => t[0])).size).toBeGreaterThan(32);
  const given = of("source = moons(rows = 200)", "input x [2]\n  dense(2)", "target = input")!;
  expect(given.targets[0]!.map((t) => [...t])).toEqual(given.rows.map((r) => Array.from(r)));
});

test("where the first rows are of one class, as in a sorted file, they are from all over it; labels without a unit have none", () => {
  const file = (of: (i: number) => string) => `a,b,y\n${Array.from({ length: 210 }, (_, i) => `${i % 7},${i % 5},${of(i)}`).join("\n")}\n`;
  const labelled = (text: string, units = 3) => labelledRows(analyse(join(folderWith({ "t.csv": text }), "m.nnet"), `data d { source = csv("t.csv")  label = y }\nmodel M {\n  input x [2]\n  dense(${units}) -> softmax\n}\ntrain M on d { }\n`, disk).trains[0]!);
  const sorted = labelled(file((i) => "uvw"[Math.floor(i / 70)]!))!;
  // Every fourth of 210.
  expect(sorted.rows.map((r) => [...Array.from(r)])).toEqual(Array.from({ length: 53 }, (_, k) => [(4 * k) % 7, (4 * k) % 5]));
  expect(sorted.targets[0]!.map((t) => t.indexOf(1))).toEqual(Array.from({ length: 53 }, (_, k) => Math.floor((4 * k) / 70)));
  expect(labelled(file((i) => (i < 205 ? "u" : "v")))).toBeDefined();
  expect(labelled(file((i) => "uvw"[i % 3]!))?.rows).toHaveLength(64);
  expect(labelled(file((i) => "uvw"[i % 3]!), 2)).toBeUndefined();
});
