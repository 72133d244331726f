import { expect, test } from "vitest";
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
  expect(text).toContain("144 weights and 16 biases: 455 times fewer weights than dense");
});

test("the unshared convolution really has k·n weights", () => {
  const text = hover(inModel("locally$0_connected2d(4, 3)"));
  // 6·6·4 outputs, each with its own 3·3·1.
  expect(text).toContain("| k·n | **1,296** |");
  expect(text).toContain("stores 1,296 weights and 144 biases");
});

test("groups, and kernels by channel", () => {
  expect(hover(inModel("conv2d(8, 1) -> con$0v2d(8, 3, groups = 4)"))).toContain("k = 3·3·2 = 18");
  expect(hover(inModel("conv2d(8, 1) -> depth$0wise_conv2d(3)"))).toContain("| k·8 | **72** |");
});

test("symbolic sizes stay symbolic", () => {
  const text = hover("model M {\n  input words int [N]\n  embedding(10, 4)\n  conv$01d(2, 3)\n}");
  expect(text).toContain("`[N, 4]` → **`[N-2, 2]`**");
  expect(text).toContain("n = (N-2)·2");
  expect(text).toContain("Needs `N-2 ≥ 1`");
});

test("a line that makes several layers", () => {
  const text = hover("model M {\n  input x [4]\n  for u in [8, 8, 2] {\n    den$0se(u)\n  }\n}");
  expect(text).toContain("This line makes 3 layers with 130 parameters in all");
  expect(text).toContain("- `[8]` → **`[2]`**, 18 parameters");
});

test("dropout tells of its sub-networks, batch_norm of its axes and of what is not trained", () => {
  expect(hover(inModel("flatten -> drop$0out(0.25)"))).toContain("64 units: 2^64 sub-networks");
  const norm = hover(inModel("conv2d(8, 3) -> batch$0_norm"));
  expect(norm).toContain("Each of the 8 channels is normalized over the batch and 6×6 positions");
  expect(norm).toContain("| moving_mean | [8] | 8 | zeros | not trained |");
});

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
  ["dense(channels($0in))", ""],
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
