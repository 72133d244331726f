import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataCard } from "../../server/features/support/cards.ts";
import { profileOf } from "../../server/formats/looks/table.ts";
import { analyse, type Host, isolated } from "../../server/language/index.ts";
import { askAt } from "../kit/markers.ts";

const hover = (source: string): string => {
  const answer = askAt("textDocument/hover", source);
  return answer ? (answer.contents as { value: string }).value : "";
};
const inModel = (body: string): string => `model M(classes = 10) {\n  input image [8, 8, 1]\n  ${body}\n}`;

test("a convolution: shapes, weights, biases apart, and what locality and sharing save", () => {
  const text = hover(inModel("con$0v2d(16, 3, padding = same) -> relu"));
  expect(text).toContain("conv2d(filters, kernel, stride = 1, padding = valid, dilation = 1, groups = 1, bias = true, …)");
  expect(text).toContain("`[8, 8, 1]` → **`[8, 8, 16]`** · 160 parameters · 9,216 MACs");
  expect(text).toContain("| kernel | [3, 3, 1, 16] | 144 |");
  expect(text).toContain("m = 8·8·1 = 64 inputs, n = 8·8·16 = 1,024 outputs, k = 3·3 = 9");
  expect(text).toContain("| m·n | 65,536 |");
  expect(text).toContain("| k·n | 9,216 |");
  expect(text).toContain("| k·16 | **144** |");
  expect(text).toContain("144 weights and 16 biases stored: 455 times fewer than dense, 64 times fewer than local");
  expect(text).toContain("Receptive field: 3×3 of the input");
  // What is true of this very layer comes first, since a hover shows some twelve lines.
  expect(text.indexOf("455")).toBeLessThan(text.indexOf("Slides"));
});

test("the unshared convolution really has k·n weights", () => {
  const text = hover(inModel("locally$0_connected2d(4, 3)"));
  // 6·6·4 outputs, each with its own 3·3·1.
  expect(text).toContain("| k·n | **1,296** |");
  expect(text).toContain("1,296 weights and 144 biases stored");
});

test("groups, and kernels by channel", () => {
  expect(hover(inModel("conv2d(8, 1) -> con$0v2d(8, 3, groups = 4)"))).toContain("k = 3·3·2 = 18");
  expect(hover(inModel("conv2d(8, 1) -> depth$0wise_conv2d(3)"))).toContain("| k·8 | **72** |");
});

test("symbolic sizes stay symbolic", () => {
  const text = hover("model M {\n  input words int [N]\n  embedding(10, 4)\n  conv$01d(2, 3)\n}");
  expect(text).toContain("`[N, 4]` → **`[N-2, 2]`**");
  expect(text).toContain("n = (N-2)·2");
  expect(text).toContain("Needs `N ≥ 3`");
});

test("a line that makes several layers", () => {
  const text = hover("model M {\n  input x [4]\n  for u in [8, 8, 2] {\n    den$0se(u)\n  }\n}");
  expect(text).toContain("This line makes 3 layers with 130 parameters in all");
  expect(text).toContain("- `[8]` → **`[2]`**, 18 parameters");
});

test("dropout: its sub-networks, who works when, and that nothing is counted", () => {
  const text = hover(inModel("flatten -> drop$0out(0.25)"));
  expect(text).toContain("64 units: **2^64 sub-networks**");
  expect(text).toContain("(about 10^19)");
  expect(text).toContain("about 48 of 64 units active at each step, scaled by 1.33. Prediction: all 64.");
  expect(text).toContain("parameter count is unchanged");
});

test("batch_norm: its axes, the four vectors, and a bias before it that is wasted", () => {
  const norm = hover(inModel("conv2d(8, 3) -> batch$0_norm"));
  expect(norm).toContain("Each of the 8 **channels** is normalized over the batch and 6×6 positions (axes batch, 0, 1)");
  expect(norm).toContain("Trained: gamma, beta: 16. Measured, not trained: moving_mean, moving_variance: 16.");
  expect(norm).toContain("The bias of conv2d before it is subtracted again with the mean: `bias = false` saves 8 parameters.");
  expect(norm).toContain("| moving_mean | [8] | 8 | zeros | not trained |");
  expect(hover(inModel("conv2d(8, 3, bias = false) -> batch$0_norm"))).not.toContain("saves");
  expect(hover(inModel("flatten -> dense(8) -> batch$0_norm"))).toContain("Each of the 8 **units** is normalized over the batch;");
});

test.each([
  // σ′ ≤ 1/4, tanh′ ≤ 1 and both vanish; ReLU's is 0 or 1.
  ["dense(4) -> sig$0moid", "Derivative 0 to 0.25; for large |z| it falls to 0, so the gradient vanishes there (derived)."],
  ["dense(4) -> tan$0h", "Derivative 0 to 1; for large |z| it falls to 0"],
  ["dense(4) -> re$0lu", "Derivative 0 to 1; to the left it falls to 0 (derived)."],
  ["dense(4) -> leaky$0_relu(0.1)", "Slope 0.1 for z ≤ 0, fixed: no parameter"],
  // Without a bias half of the units are silent on each input; 8·8·4 = 256.
  ["dense(4) -> re$0lu", "about 50 % of its 256 outputs are 0 on each input (estimated"],
  ["dense(4) -> pre$0lu", "4 slopes for z ≤ 0 are learned, from 0.25, and count as parameters"],
  ["dense(4) -> pre$0lu(shared = true)", "1 slope for z ≤ 0 is learned, from 0.25, and counts as parameters"],
  ["dense(4) -> rre$0lu", "drawn anew for every entry, from 0.125 to 0.333. Prediction: fixed at the mean, 0.229."],
  ["conv2d(1, 3, padding = same) as f\n  add$0(image)", "**Residual**: H(x) = F(x) + x, where x is the result of input `image`"],
  ["max_po$0ol2d(2)", "64 values become 16: 4 times fewer"],
  ["conv2d(4, 3) -> max_po$0ol2d(2)", "Receptive field: 4×4 of the input `[8, 8, 1]` (derived)."],
  ["reshape([64, 1]) -> ls$0tm(5)", "64 steps, one after another, with the same 140 weights"],
  ["reshape([16, 4]) -> atten$0tion(2)", "2 heads of 2: 16² scores each, 512 in all a row; they grow with the square of the length."],
])("what this layer does to this input: %s", (body, expected) => expect(hover(inModel(body))).toContain(expected));

test("add of two branches is no residual", () => expect(hover(inModel("add$0 { dense(3) } { dense(3) }"))).not.toContain("Residual"));

test("a model: trained and not, cost with its convention, memory for a batch, receptive field", () => {
  const text = hover("mod$0el M {\n  input image [8, 8, 1]\n}".replace("mod$0el M", "model M$0").replace("}", "  conv2d(4, 3) -> batch_norm -> relu\n}"));
  expect(text).toContain("**56 parameters**: 48 trained, 8 not");
  // 6·6·4 outputs of 9 products each; twice that, the bias, the norm and the ReLU.
  expect(text).toContain("1,296 MACs");
  expect(text).toContain("a MAC is 2 FLOPs");
  expect(text).toContain("224 bytes of weights");
  expect(text).toMatch(/of activations for a batch of 32 \(derived: 4 bytes an entry\)/);
  expect(text).toContain("Receptive field: 3×3 of the input");
  expect(hover("model M$0 {\n  input words int [N]\n  embedding(9, 4) -> conv1d(2, 3) -> conv1d(2, 3)\n}")).toContain("Needs `N ≥ 5`.");
});

test.each(["mod$0el M {\n}", "train M o$0n d {\n}", "model M {\n  inp$0ut x [1]\n}", "block B {\n  rep$0eat 2 { relu }\n}"])("keywords: %s", (text) => expect(hover(text)).toMatch(/^```nnet\n/));

test("a layer whose input is unknown still says what it is", () => {
  const text = hover(inModel("conv2d(4, 31) -> den$0se(3)"));
  expect(text).toContain("**`[?]`**");
  expect(text).toContain("Every output unit is connected to every input");
});

test.each([
  ["conv2d(16, 3, pad$0ding = same)", "padding = valid"],
  ["conv2d(16, 3, padding = sa$0me)", "`padding = same`"],
  ["dense(4, init = he_no$0rmal)", "He et al. 2015"],
  ["dense(cla$0sses)", "classes = 10"],
  ["dense(channels($0in))", "What flows into the nearest braces"],
  ["dense(chan$0nels(in))", "channels(x)"],
  ["dense(3) as st$0em", "`[8, 8, 3]`"],
  ["let s$0 = in -> dense(3)\n  add(s)", "`[8, 8, 3]`"],
  ["// conv$02d", ""],
])("in a body: %s", (body, expected) => {
  const text = hover(inModel(body));
  if (expected === "") expect(text).toBe("");
  else expect(text).toContain(expected);
});

const whole = (mark: string): string => {
  const text = 'data digits {\n  source = csv("d.csv")\n  label = digit\n}\n/// Small.\nmodel Tiny {\n  input x [4]\n  dense(2)\n}\nblock B {\n  relu\n}\ntrain Tiny on digits {\n  optimizer = adam(lr = 1e-3)\n}';
  const at = text.indexOf(mark);
  return `${text.slice(0, at + 1)}$0${text.slice(at + 1)}`;
};

test.each([
  ["digits {\n  source", "Rows of `d.csv`; `digit` is predicted"],
  ["Tiny {", "**10 parameters**"],
  ["Tiny {", "Small."],
  ["Tiny on", "Trained on data `digits`"],
  ["B {", "block B"],
  ["optimizer", "Expects an optimizer"],
  ["adam(", "Kingma and Ba"],
  ["lr =", "Learning rate"],
  ["label", "The column to predict"],
  ["csv(", "comma-separated"],
])("of declarations and settings: %s", (mark, expected) => expect(hover(whole(mark))).toContain(expected));

test("symbols: what the layers ask of them, and the saving that divides out", () => {
  const model = (body: string) => `model T {\n  input words int [N]\n  embedding(100, 8) -> position_embedding(max = 50)\n  ${body}\n}`;
  expect(hover(`model T {\n  input words int [$0N]\n  embedding(100, 8) -> position_embedding(max = 50)\n  conv1d(4, 5) -> global_max_pool\n}`)).toContain("Needs `5 ≤ N ≤ 50`.");
  const text = hover(model("con$0v1d(4, 3) -> k_max_pool(2)"));
  expect(text).toContain("Needs `N ≥ 3`.");
  expect(text).toContain("96 weights and 4 biases stored: N-2 times fewer than local.");
  expect(hover(model("conv1d(4, 3) -> k_m$0ax_pool(2)"))).toContain("Needs `N ≥ 4`.");
});

test("a residual block, written in place or by a name", () => {
  const residual = "**Residual**: H(x) = F(x) + x, where x is the result of";
  expect(hover(inModel("conv2d(4, 3) -> ad$0d { conv2d(4, 3, padding = same) } { identity }"))).toContain(`${residual} \`conv2d_1\``);
  expect(hover(inModel("conv2d(4, 3) as x -> conv2d(4, 3, padding = same) -> ad$0d(x)"))).toContain(`${residual} \`x\``);
  expect(hover(inModel("ad$0d { conv2d(4, 1) } { conv2d(4, 1) }"))).not.toContain("Residual");
});

test("an operand that broadcasts, dense, dropout of channels and branches", () => {
  expect(hover(inModel("conv2d(4, 3)\n  let g = in -> global_avg_pool -> dense(4)\n  multi$0ply(g)"))).toContain("`[4]` broadcasts, as in NumPy: the same for each of the 6×6 along axis 0, 1.");
  expect(hover(inModel("flatten -> den$0se(10)"))).toContain("Each of the 10 units sees all 64 inputs: m·n = 64·10 = 640 weights and 10 biases.");
  expect(hover(inModel("conv2d(4, 3) -> spatial$0_dropout(0.25)"))).toContain("**2^4 sub-networks** that share their weights. Training: each channel is dropped whole, at all positions, with probability 0.25.");
  expect(hover(inModel("add { conv2d(1, 1) -> drop$0_path(0.2) } { identity }"))).toContain("left out for a row with probability 0.2, and scaled by 1.25");
});

test("a model: memory for the batch that trains it", () => {
  const text = hover('data d {\n  source = csv("a.csv")\n  label = y\n}\nmodel $0M {\n  input x [4]\n  dense(8)\n}\ntrain M on d {\n  batch = 16\n}');
  // 40 weights; 8 results in 16 rows.
  expect(text).toContain("160 bytes of weights, 512 bytes of activations for a batch of 16 (derived: 4 bytes an entry)");
});

test("a data block tells what its file holds", () => {
  const bytes = readFileSync(join(import.meta.dirname, "../../samples/data/iris.csv"));
  const host: Host = { ...isolated, profile: (request) => profileOf(bytes, bytes.length, request) };
  const data = analyse("/a.nnet", 'data iris {\n  source = csv("iris.csv")\n  label = species\n}', host).datas[0];
  expect(dataCard(data)).toContain("150 rows (counted); `species`: 3 different values (setosa 50, versicolor 50, virginica 50); 4 features from 0.1 to 7.9");
});

test("which columns flow into which input", () => {
  const file = (features: string) => `data d {\n  source = csv("d.csv")\n  label = y\n  features = ${features}\n}`;
  expect(hover(file("in$0puts(wide = [a, b])"))).toContain("inputs(NAME = …, …)");
  expect(hover(file("inputs(wi$0de = [a, b])"))).toContain("Columns that flow into the input of this name, in order, or one column of sentences or of names of files.");
  expect(hover(file("inputs(wide = te$0xt(a))"))).toContain("text(column");
  expect(hover(file("inputs(wide = im$0age(a))"))).toContain("image(column");
  expect(hover(file("inputs(wide = array(a, sc$0ale = 2))"))).toContain("Every number is multiplied by this");
});

test("a count past 2^53 says that it is rounded, wherever it is shown", () => {
  const source = "model M {\n  input x [80M]\n  dense(80M) -> relu -> dense(80M) -> relu -> dense(2)\n}";
  expect(hover(source.replace("model M", "model M$0"))).toContain("**≈1.28e+16 parameters**");
  expect(hover(source.replace("dense(80M) ->", "den$0se(80M) ->"))).toContain("6,400,000,080,000,000 parameters");
  expect(analyse("/m.nnet", source).findings.map((f) => [f.code, f.severity])).toEqual([["size-too-large", "warning"], ["size-too-large", "error"]]);
});
