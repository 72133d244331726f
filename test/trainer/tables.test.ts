import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../server/formats/safetensors.ts";
import { analyse } from "../../server/language/index.ts";
import type { PredictionEvent } from "../../server/trainer/protocol.ts";
import { prepared, problem, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";


describe("columns of words", () => {
  const rows = ["red,1,a,train", "blue,2,b,train", "red,3,a,train", "green,4,b,test", "blue,5,a,validation"];
  const csv = { "d.csv": `colour,n,y,part\n${rows.join("\n")}\n` };

  test("one feature a category of the training part, in the place of the column; others are none, and that is said", async () => {
    const { train, validation, test, encoding, notes } = await prepared(csv, `source = csv("d.csv")\nlabel = y\nsplit = part`, { input: "[3]" });
    expect(encoding.columns).toEqual([{ name: "colour", categories: ["blue", "red"] }, { name: "n" }]);
    expect(await rowsOf(train)).toEqual([[0, 1, 1, 0], [1, 0, 2, 1], [0, 1, 3, 0]]);
    expect(await rowsOf(validation)).toEqual([[1, 0, 5, 0]]);
    expect(await rowsOf(test)).toEqual([[0, 0, 4, 1]]);
    expect(notes).toEqual(['1 value of column colour is no category of the training part, and counts as none: first "green", row 4.']);
  });

  test("numbers are categories where they are said to be, sorted as numbers", async () => {
    const { train } = await prepared({ "d.csv": "zip,y,part\n10,a,train\n9,b,train\n10,a,train\n9,a,train\n" }, `source = csv("d.csv")\nlabel = y\ncategories = [zip]\nsplit = part`);
    expect(await rowsOf(train)).toEqual([[0, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0]]);
  });

  test("a shape that does not fit counts categories one by one", async () => {
    expect(await problem(csv, `source = csv("d.csv")\nlabel = y\nsplit = part\nshape = [2]`)).toMatchObject({ code: "data-width", message: expect.stringContaining("3 feature columns (colour=blue, colour=red, n)") as string });
  });

  test("too many different words are no category", async () => {
    const many = Array.from({ length: 1100 }, (_, i) => `w${i},${i % 2}`).join("\n");
    expect(await problem({ "d.csv": `name,y\n${many}` }, `source = csv("d.csv")\nlabel = y`)).toMatchObject({ code: "data-categories", line: 1002, column: 1 });
  });
});

describe("missing values", () => {
  const csv = { "d.csv": "a,b,y,part\n1,u,p,train\n?,v,q,train\n5,NA,p,train\n,u,q,test\n" };
  const settings = `source = csv("d.csv")\nlabel = y\nsplit = part`;

  test("an error that names row and column, and the ways out", async () => {
    const error = await problem(csv, settings, { input: "[3]" });
    expect(error).toMatchObject({ code: "data-not-numeric", line: 3, column: 1 });
    expect(error.message).toMatch(/"\?" in column a.*missing = drop.*missing = mean/);
  });

  test("drop leaves the rows out, and says how many", async () => {
    const { train, test, notes } = await prepared({ "d.csv": `${csv["d.csv"]}7,u,q,train\n8,u,?,train\n` }, `${settings}\nmissing = drop`, { input: "[2]" });
    expect([await rowsOf(train), await rowsOf(test)]).toEqual([[[1, 1, 0], [7, 1, 1]], []]);
    expect(notes).toEqual(["4 rows of d.csv with missing values are left out."]);
  });

  test("mean puts in the mean of the training part; a missing category is none", async () => {
    const { train, test, encoding } = await prepared(csv, `${settings}\nmissing = mean`, { input: "[3]" });
    expect(await rowsOf(train)).toEqual([[1, 1, 0, 0], [3, 0, 1, 1], [5, 0, 0, 0]]);
    expect(await rowsOf(test)).toEqual([[3, 1, 0, 1]]);
    expect(encoding.columns![0]).toEqual({ name: "a", fill: 3 });
  });
});

describe("normalization", () => {
  const csv = { "d.csv": "a,b,y,part\n1,7,p,train\n3,7,q,train\n5,7,p,train\n9,8,q,test\n" };
  const settings = `source = csv("d.csv")\nlabel = y\nsplit = part\nscale = 0.5`;

  test("standard: mean 0 and variance 1 over the training rows alone; a constant column stays finite", async () => {
    const { train, test } = await prepared(csv, `${settings}\nnormalize = standard`);
    const deviation = Math.sqrt(8 / 3);
    expect((await rowsOf(train)).map((r) => r[0])).toEqual([-2 / deviation, 0, 2 / deviation].map(Math.fround));
    expect((await rowsOf(train)).map((r) => r[1])).toEqual([0, 0, 0]);
    expect((await rowsOf(test))[0]![0]).toBeCloseTo(6 / deviation, 6);
  });

  test("minmax: the training rows lie in [0, 1]", async () => {
    const { train, test } = await prepared(csv, `${settings}\nnormalize = minmax`);
    expect((await rowsOf(train)).map((r) => r[0])).toEqual([0, 0.5, 1]);
    expect((await rowsOf(test))[0]![0]).toBe(2);
  });

  test("a channel of an image is one column", async () => {
    const { encoding } = await prepared({ "d.csv": "a,b,c,d,y,part\n0,10,4,30,p,train\n2,20,6,40,q,train\n" }, `source = csv("d.csv")\nlabel = y\nsplit = part\nshape = [2, 1, 2]\nnormalize = standard`, { input: "[2, 1, 2]\n  flatten" });
    expect(encoding.normalize!.shift).toEqual([3, 25]);
  });
});

describe("parts", () => {
  test("a test file of its own: its classes are those of training, whatever their order there", async () => {
    const files = { "train.csv": `a,c,y\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? "u" : "v"},${i % 2 ? "p" : "q"}`).join("\n")}\n`, "test.csv": "y,c,a\nq,v,100\np,u,101\nq,w,102\n" };
    const { train, validation, test, notes } = await prepared(files, `source = csv("train.csv")\ntest = csv("test.csv")\nlabel = y`, { input: "[3]" });
    expect([train.rows, validation.rows]).toEqual([18, 2]);
    expect(await rowsOf(test)).toEqual([[100, 0, 1, 1], [101, 1, 0, 0], [102, 0, 0, 1]]);
    expect(notes[0]).toContain('first "w", row 3');
    expect(await problem({ ...files, "test.csv": "y,c,a\nz,v,1\n" }, `source = csv("train.csv")\ntest = csv("test.csv")\nlabel = y`, { input: "[3]" })).toMatchObject({ code: "data-classes", line: 2 });
  });

  test("a column that says the part, and what is wrong with one", async () => {
    expect(await problem({ "d.csv": "a,b,y,part\n1,2,p,train\n1,2,q,holdout\n" }, `source = csv("d.csv")\nlabel = y\nsplit = part`)).toMatchObject({ code: "data-split", line: 3, column: 4 });
    expect(await problem({ "d.csv": "a,b,y,part\n1,2,p,test\n" }, `source = csv("d.csv")\nlabel = y\nsplit = part`)).toMatchObject({ code: "data-split" });
  });

  test("tabs", async () => {
    const { train } = await prepared({ "d.tsv": "a\tb\ty\n1\t2\tp\n3\t4\tq\n" }, `source = tsv("d.tsv")\nlabel = y\nsplit = [1, 0, 0]`);
    expect((await rowsOf(train)).sort()).toEqual([[1, 2, 0], [3, 4, 1]]);
  });
});

test("what training learned of the columns is stored with the weights, and used in prediction", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 3 === 0 ? "" : i},${["oak", "elm", "fir"][i % 3]},${i % 3 === 2 ? "yes" : "no"}`);
  const folder = folderWith({
    "d.csv": `size,tree,y\n${rows.join("\n")}\n`,
    "new.csv": "tree,size\nfir,5\noak,\nash,9\n",
    "m.nnet": `data d {\n  source = csv("d.csv")\n  label = y\n  missing = mean\n  normalize = standard\n}\nmodel M {\n  input x [4]\n  dense(8) -> tanh\n  dense(2) -> softmax\n}\ntrain M on d {\n  optimizer = adam(lr = 0.05)\n  epochs = 15\n}\n`,
  });
  const file = join(folder, "m.nnet");
  const events = await run({ type: "train", file });
  expect(errorOf(events)).toBeUndefined();
  const { metadata } = readSafetensors(readFileSync(of(events, "end")[0]!.checkpoint!));
  const encoding = JSON.parse(metadata["encoding"]!) as { columns: { name: string; fill?: number }[]; normalize: { shift: number[] } };
  expect(encoding.columns).toEqual([{ name: "size", fill: expect.any(Number) as number }, { name: "tree", categories: ["elm", "fir", "oak"] }]);
  expect(encoding.normalize.shift.slice(1)).toEqual([0, 0, 0]);
  const said = await run({ type: "predict", file, data: join(folder, "new.csv") });
  expect(of(said, "prediction").map((p: PredictionEvent) => p.value).slice(0, 2)).toEqual(["yes", "no"]);
  expect(of(said, "predicted")[0]).toMatchObject({ notes: [expect.stringContaining('first "ash", row 3')] as string[] });
});

describe("settings that do not go together are said while one types", () => {
  const codes = (data: string, input = "[2]") =>
    analyse("/m.nnet", `data d {\n${data}\n}\nmodel M {\n  input x ${input}\n  dense(2) -> softmax\n}\ntrain M on d {\n  epochs = 1\n}\n`).findings.filter((f) => f.severity === "error").map((f) => f.code);
  test.each([
    ["a label where there are no columns", "source = moons\nlabel = y", ["bad-setting"]],
    ["categories of an array", 'source = npy("x.npy", labels = "y.npy")\ncategories = [a]', ["bad-setting"]],
    ["no size for images", 'source = folder("cats")', ["missing-setting"]],
    ["a shape for words", 'source = text("r.csv")\nlabel = y\nshape = [3]', ["bad-setting", "shape-does-not-fit-data"]],
    ["words into numbers", 'source = text("r.csv")\nlabel = y', ["shape-does-not-fit-data"]],
    ["another kind of test", 'source = csv("a.csv")\nlabel = y\ntest = tsv("b.tsv")', ["bad-setting"]],
    ["three shares beside a test", 'source = csv("a.csv")\nlabel = y\ntest = csv("b.csv")\nsplit = [0.8, 0.1, 0.1]', ["bad-split"]],
    ["a column of shares where there are no columns", "source = xor\nsplit = part", ["bad-split"]],
    ["rows of another shape than the generator's, and of three kinds", "source = stripes", ["units-against-classes", "shape-does-not-fit-data"]],
    ["an unknown source", 'source = parquet("x")\nlabel = y', ["unknown-name"]],
    ["an argument out of range", "source = spirals(classes = 1)", ["bad-argument"]],
    ["nothing", "source = spirals(rows = 100)", []],
  ])("%s", (_what, data, expected) => expect(codes(data)).toEqual(expected));
});
