import { expect, test } from "vitest";
import { features } from "../../server/features/index.ts";
import { layers } from "../../server/language/index.ts";
import { ask, askAt, askIn, marked } from "../kit/markers.ts";

const labels = (source: string): string[] => askAt("textDocument/completion", source).map((i) => i.label);
const body = (text: string): string => `model M(classes = 10) {\n  input image [8, 8, 1]\n  ${text}\n}`;

test("at the top level: declarations", () => {
  expect(labels("$0")).toEqual(["data", "model", "block", "train", "import"]);
  expect(labels("model M { input x [1] }\n\nmo$0")).toContain("model");
});

test("after train its model, after on its data", () => {
  const text = "data d {\n}\nmodel M {\n  input x [2]\n}\n";
  expect(labels(`${text}train $0`)).toEqual(["M"]);
  expect(labels(`${text}train M $0`)).toEqual(["on"]);
  expect(labels(`${text}train M on $0`)).toEqual(["d"]);
});

test("in a body: layers with what they need, blocks, names, keywords", () => {
  const items = askAt("textDocument/completion", `block B(width) {\n  relu\n}\n${body("$0")}`);
  expect(items.map((i) => i.label)).toEqual(expect.arrayContaining([...layers.keys(), "B", "image", "classes", "let", "repeat", "output"]));
  expect(items.find((i) => i.label === "conv2d")).toMatchObject({ detail: "convolution", insertTextFormat: 2, textEdit: { newText: "conv2d(${1:filters}, ${2:kernel})$0" } });
  expect(items.find((i) => i.label === "B")).toMatchObject({ detail: "block", textEdit: { newText: "B(${1:width})$0" } });
  expect(items.find((i) => i.label === "relu")).toMatchObject({ textEdit: { newText: "relu" } });
});

test("after an arrow: layers and blocks, no results", () => {
  expect(labels(body("dense(3) as h -> $0"))).toContain("dense");
  expect(labels(body("dense(3) as h -> $0"))).not.toContain("h");
  expect(labels(body("dense(3) ->\n    $0"))).toContain("dense");
});

test("in parentheses: what is not given yet, before and behind the cursor", () => {
  const found = labels(body("conv2d(3, 3, padding = same, $0, stride = 2)"));
  expect(found).toEqual(expect.arrayContaining(["bias =", "groups =", "classes"]));
  for (const given of ["padding =", "stride =", "filters =", "kernel ="]) expect(found).not.toContain(given);
});

test.each([
  ["conv2d(3, 3, padding = $0", ["same", "valid"]],
  ["dense(3, $0)", ["true", "false"]],
  ["dense(3, init = $0)", ["he_normal", "glorot_uniform"]],
  ["dense(3, init = normal($0))", ["std ="]],
  ["bidirectional($0)", ["lstm", "gru"]],
  ["bidirectional(lstm($0))", ["units ="]],
  ["dense(3) as h\n  add($0)", ["h", "image"]],
  ["dense($0", ["units =", "classes", "channels"]],
  ["for f in [1, 2] {\n    dense($0)\n  }", ["f"]],
  ["let w = $0", ["conv2d", "in", "image"]],
  ["input words $0", ["int"]],
])("values that fit: %s", (text, expected) => expect(labels(body(text))).toEqual(expect.arrayContaining(expected)));

test("a name is not offered for itself, nor out of its braces", () => {
  expect(labels(body("let w = $0"))).not.toContain("w");
  expect(labels(body("repeat 2 {\n    dense(3) as inner\n  }\n  add($0)"))).not.toContain("inner");
});

test("settings: keys that are missing, then their values", () => {
  expect(labels("train M on d {\n  batch = 3\n  $0\n}")).toEqual(expect.arrayContaining(["loss", "optimizer", "epochs"]));
  expect(labels("train M on d {\n  batch = 3\n  $0\n}")).not.toContain("batch");
  expect(labels("train M on d {\n  optimizer = $0\n}")).toEqual(["sgd", "rmsprop", "adam", "adamw", "adagrad"]);
  expect(labels("train M on d {\n  optimizer = adam(lr = 1, $0)\n}")).toContain("beta1 =");
  expect(labels("data d {\n  source = $0")).toEqual(expect.arrayContaining(["csv", "tsv", "text", "idx", "npy", "folder", "spirals"]));
});

test.each(["// $0", 'data d {\n  source = csv("$0")\n}', "model M($0) {", body("dense(3) as $0"), body("let $0")])("nothing where nothing is meant: %s", (text) => expect(labels(text)).toEqual([]));

test("a space asks only where something must follow", () => {
  const space = (source: string) => {
    const { text, position } = marked(source);
    return ask("textDocument/completion", text, { position, context: { triggerCharacter: " " } });
  };
  expect(space(body(" $0"))).toEqual([]);
  expect(space(body("dense(3) $0"))).toEqual([]);
  expect(space(body("dense(3) -> $0")).length).toBeGreaterThan(60);
  expect(space("train M on d {\n  loss = $0").length).toBe(6);
});

test("editors without snippets get names, and parentheses that are there stay", () => {
  const { text, position } = marked(body("con$0"));
  const plain = ask("textDocument/completion", text, { position }, { snippets: false });
  expect(plain.every((i) => i.insertTextFormat === undefined && !(i.textEdit as { newText: string }).newText.includes("$"))).toBe(true);
  const there = askAt("textDocument/completion", body("con$0v2d(3, 3)")).find((i) => i.label === "conv2d");
  expect(there?.textEdit).toMatchObject({ newText: "conv2d", range: { start: { character: 2 }, end: { character: 8 } } });
});

test("a layer's documentation comes when it is shown", () => {
  const feature = features.find((f) => f.method === "textDocument/completion")!;
  const item = askAt("textDocument/completion", body("$0")).find((i) => i.label === "conv2d")!;
  expect(item.documentation).toBeUndefined();
  expect(((feature.resolve!.handler(item as never, () => undefined) as typeof item).documentation as { value: string }).value).toContain("Slides `filters` shared kernels");
});

const rows = { "/work/rows.csv": "p0,p1,my col,digit\n1,2,3,4", "/work/data/more.csv": "a;b\n1;2", "/work/notes.md": "x", "/work/blocks.nnet": "block B(f) {\n  dense(f)\n}\nblock C {\n  relu\n}\n", "/elsewhere.csv": "secret" };
const inFiles = (text: string) => askIn("textDocument/completion", { ...rows, "/work/m.nnet": text });

test("inputs of the models that a data block feeds, which are its arguments' names", () => {
  const file = (features: string) => `data d {\n  source = csv("d.csv")\n  label = y\n  features = ${features}\n}\nmodel M {\n  input wide [2]\n  input deep [3]\n  wide -> concat(deep) -> dense(1)\n}\ntrain M on d { loss = mse }`;
  const among = (features: string) => labels(file(features));
  expect(among("$0")).toContain("inputs");
  expect(among("[$0]")).toEqual([]);
  expect(among("inputs($0)")).toEqual(expect.arrayContaining(["wide =", "deep ="]));
  expect(among("inputs(wide = $0)")).toEqual(expect.arrayContaining(["text", "image", "array"]));
  expect(among("inputs(wide = [a], $0)")).not.toContain("wide =");
});

test("outputs of the models that are trained, in the data and in the train block; losses and columns in their places", () => {
  const file = (label: string, loss: string) => `data d {\n  source = csv("d.csv")\n  label = ${label}\n}\nmodel M {\n  input x [2]\n  dense(3) -> softmax as kind\n  let long = x -> dense(1)\n  output kind, long\n}\ntrain M on d {\n  loss = ${loss}\n}`;
  const full = "outputs(kind = a, long = b)";
  expect(labels(file("outputs($0)", "mse"))).toEqual(expect.arrayContaining(["kind =", "long ="]));
  expect(labels(file("outputs($0)", "mse"))).not.toContain("x =");
  expect(labels(file(full, "outputs(kind = mse, $0)")).filter((l) => l.endsWith("="))).toEqual(["long ="]);
  expect(labels(file(full, "outputs(kind = $0)"))).toContain("cross_entropy");
  expect(labels(file(full, "$0"))).toContain("outputs");
});

test("columns of the data file, in its order, in quotes where they are no words", () => {
  const items = inFiles('data d {\n  source = csv("rows.csv")\n  label = $0\n}');
  expect(items.map((i) => [i.label, (i.textEdit as { newText: string }).newText])).toEqual([["p0", "p0"], ["p1", "p1"], ["my col", '"my col"'], ["digit", "digit"], ["outputs", "outputs($1)$0"]]);
  expect(items.map((i) => i.sortText)).toEqual([...items.map((i) => i.sortText)].sort());
  const features = (text: string) => inFiles(`data d {\n  source = csv("data/more.csv", delimiter = ";")\n  label = a\n  features = ${text}\n}`).map((i) => i.label);
  expect(features("[$0")).toEqual(["a", "b"]);
  expect(features("[a, $0]")).toEqual(["b"]);
  expect(inFiles('data d {\n  source = csv("none.csv")\n  label = $0\n}').map((i) => i.label)).toEqual(["outputs"]);
});

test("paths of files: data files, and for imports other .nnet files, relative as they must be", () => {
  expect(inFiles('data d {\n  source = csv("$0")\n}').map((i) => i.label)).toEqual(["rows.csv", "data/"]);
  expect(inFiles('data d {\n  source = csv("data/m$0")\n}')).toMatchObject([{ label: "more.csv", textEdit: { newText: "more.csv", range: { start: { character: 21 }, end: { character: 22 } } } }]);
  const others = { "/work/x.npy": "", "/work/y.npy": "", "/work/i.gz": "", "/work/cats/1.png": "", "/work/t.tsv": "a\tb\n1\t2" };
  const among = (text: string) => askIn("textDocument/completion", { ...rows, ...others, "/work/m.nnet": text }).filter((i) => !i.label.endsWith("/") || i.label === "cats/").map((i) => i.label);
  expect(among('data d {\n  source = npy("x.npy", labels = "$0")\n}')).toEqual(["x.npy", "y.npy", "cats/"]);
  expect(among('data d {\n  source = idx("i.gz", "$0")\n}')).toEqual(["i.gz", "cats/"]);
  expect(among('data d {\n  test = folder("$0")\n}')).toEqual(["cats/"]);
  expect(among('data d {\n  source = csv("rows.csv", "$0")\n}')).toEqual([]);
  expect(among('data d {\n  source = tsv("t.tsv")\n  label = $0\n}')).toEqual(["a", "b", "outputs"]);
  expect(among('data d {\n  source = text("rows.csv", column = $0)\n}')).toEqual(["p0", "p1", "my col", "digit"]);
  expect(inFiles('import { B } from "$0"').map((i) => i.label)).toEqual(["./data/", "./blocks.nnet"]);
  expect(inFiles('// import { B } from "$0"')).toEqual([]);
});

test("blocks to import, and those that are", () => {
  expect(inFiles('import { $0 } from "./blocks.nnet"').map((i) => i.label)).toEqual(["B", "C"]);
  expect(inFiles('import { B, $0 } from "./blocks.nnet"').map((i) => i.label)).toEqual(["C"]);
  expect(inFiles('import { B } from "./blocks.nnet"\nmodel M {\n  input x [1]\n  $0\n}').filter((i) => i.detail?.startsWith("block"))).toMatchObject([{ label: "B", detail: "block, from ./blocks.nnet", textEdit: { newText: "B(${1:f})$0" } }]);
});

test("budgets: measures that are not bounded yet", () => {
  expect(askAt("textDocument/completion", body("budget {\n    params <= 1M\n    $0\n  }")).map((i) => (i.textEdit as { newText: string }).newText)).toEqual(["macs <= ", "flops <= ", "memory <= ", "receptive_field >= "]);
});

test("only what fits, place by place", () => {
  const block = "block B(f, act = relu, init = he_normal, pad = same, norm = true) {\n  conv2d(f, 3)\n}\n";
  const at = (text: string) => labels(`${block}model M(classes = 10) {\n  input image [32, N, 3]\n  conv2d(8, 3) as stem\n  shared enc = dense(4)\n  ${text}\n}`);
  const functions = ["ceil", "channels", "dim", "floor", "max", "min", "rank", "round"];
  // Operands are results; a shared layer is applied, and no value.
  expect(at("add($0)")).toEqual(["image", "stem", "in"]);
  expect(at("dense(channels($0))")).toEqual(["image", "stem", "in"]);
  expect(at("output $0")).toEqual(["image", "stem"]);
  for (const place of ["repeat $0", "if $0", "for f in $0", "dense(3) : [$0]", "dense(classes + $0)"]) expect(at(place).sort(), place).toEqual(expect.arrayContaining([...functions, "classes"]));
  for (const place of ["repeat $0", "if $0", "for f in $0", "dense(3) : [$0]", "conv2d(8, $0)", "conv2d(8, 3, padding = $0)"]) for (const name of ["stem", "image", "enc", "in"]) expect(at(place), place).not.toContain(name);
  expect(at("repeat $0")).toContain("N");
  expect(at("$0")).toEqual(expect.arrayContaining(["enc", "stem", "conv2d", "B", "budget", "input", "output"]));
  for (const place of ["repeat 2 { $0 }", "add { $0 } { identity }"]) for (const word of ["input", "output", "budget"]) expect(at(place), place).not.toContain(word);
  expect(at("bidirectional($0)")).toEqual(expect.arrayContaining(["lstm", "gru", "simple_rnn"]));
  expect(at("bidirectional($0)")).not.toContain("conv2d");
  for (const nothing of ["dense(3) : $0", "concat for $0", "for $0", "let $0", "dense(3) as $0", "// $0", "dense(1$0)"]) expect(at(nothing), nothing).toEqual([]);
});

test("a block's argument by what its default is; the word after imported names", () => {
  const block = "block B(f, act = relu, init = he_normal, pad = same, norm = true) {\n  conv2d(f, 3)\n}\n";
  const at = (text: string) => labels(`${block}model M {\n  input image [32, 32, 3]\n  B(8, ${text}$0)\n}`);
  expect(at("act = ")).toEqual(expect.arrayContaining(["gelu", "leaky_relu"]));
  expect(at("act = ")).not.toContain("conv2d");
  expect(at("init = ")).toEqual(expect.arrayContaining(["glorot_uniform", "constant"]));
  expect(at("pad = ")).toEqual(expect.arrayContaining(["valid", "same"]));
  expect(at("norm = ")).toEqual(expect.arrayContaining(["true", "false"]));
  expect(labels('import { X } $0')).toEqual(["from"]);
});

test("only what fits: no result where a number is meant, no number where a result is", () => {
  expect(labels(body("dense(3) as h\n  dense($0)"))).not.toContain("h");
  expect(labels(body("dense(3) as h\n  dense($0)"))).toContain("classes");
  expect(labels(body("dense(3) as h\n  attention(2, context = $0)"))).toContain("h");
  expect(labels(body("dense(3) as h\n  attention(2, context = $0)"))).not.toContain("classes");
  expect(labels(body("dense(3, bias = $0)"))).not.toContain("channels");
});
