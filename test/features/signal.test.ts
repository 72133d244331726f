import { expect, test } from "vitest";
import { defaultSettings, diagnosticsOf } from "../../server/features/index.ts";
import { analyse } from "../../server/language/index.ts";
import { goOn, leaveOff } from "../../server/language/signal/index.ts";
import { dataHost } from "../kit/fixture.ts";
import { ask, askAt, context, everything } from "../kit/markers.ts";

const SIGMOIDS = "model M {\n  input x [64]\n  dense(64) -> sigmoid\n  dense(64) -> sigmoid\n  dense(64) -> sigmoid\n  dense(64) -> sigmoid\n  dense(64) -> sigmoid\n  dense(10) -> softmax\n}";

const hover = (source: string): string => (askAt("textDocument/hover", source)!.contents as { value: string }).value;

test("a layer's card says what it does to signal and gradient at the start", () => {
  // Glorot keeps a square layer's mean square; ReLU halves it, and the gradient's.
  expect(hover(SIGMOIDS.replace("dense(64)", "den$0se(64)"))).toMatch(/At the start: signal ×1, gradient ×1; its weights get 6\.6e-4 of the last layer's gradient \(derived by mean-field theory, for inputs of mean square 1\)/);
  expect(hover("model M {\n  input x [64]\n  dense(64) -> re$0lu\n  dense(2)\n}")).toContain("signal ×0.71, gradient ×0.71");
});

test("what stands behind an estimate says so", () => {
  const text = hover("model M {\n  input x [20, 8]\n  ls$0tm(16)\n  dense(2)\n}");
  // LSTM's outputs start small: |h| < 1, and Keras' start gives some 0.14.
  expect(Number(/root mean square (\S+) and mean/.exec(text)![1])).toBeGreaterThan(0.1);
  expect(Number(/root mean square (\S+) and mean/.exec(text)![1])).toBeLessThan(0.3);
  expect(text).toMatch(/, gradient ×0\.\d+; its weights get 0\.\d+ of the last layer's gradient \(estimated: the model's own forward and backward pass over n = \d+ random rows\)/);
  expect(hover("model M {\n  input words int [N]\n  embedding(50, 8)\n  layer_norm -> atten$0tion(2)\n  global_avg_pool -> dense(2)\n}")).toMatch(/forward and backward pass over n = \d+ random rows/);
});

test("what the theory can't merge is told as measured; what it can is not", () => {
  const merged = (layer: string): string => hover(`model M {\n  input x [16]\n  let a = in -> dense(32)\n  dense(32)\n  ${layer}(a)\n  dense(2) -> softmax\n}`);
  expect(merged("max$0imum")).toMatch(/a signal of root mean square [\d.]+ and mean [\d.]+ \(estimated: the model's own forward pass over n = 64 random rows\)/);
  expect(merged("ad$0d")).not.toContain("At the start");
});

test("a probe runs over the first rows of the data, as training scales them", () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 5},${(i * 7) % 5},${i % 2 ? "b" : "a"}`);
  const host = dataHost(new Map([["d.csv", ["p,q,kind", ...rows].join("\n")]]));
  const text = (settings: string): string => `data d {\n  source = csv("d.csv")\n  label = kind\n  shape = [2, 1]\n${settings}\n}\nmodel M {\n  input x [2, 1]\n  lst$0m(16)\n  dense(2) -> softmax\n}\ntrain M on d { }`;
  const told = (settings: string): string => (askAt("textDocument/hover", text(settings), host)!.contents as { value: string }).value;
  expect(told("")).toContain("forward and backward pass over n = 20 rows of d.csv)");
  const size = (card: string): number => Number(/root mean square (\S+) and mean/.exec(card)![1]);
  // The same rows, ten times smaller: a state that small is nearly linear in them.
  expect(size(told("  scale = 1 / 50")) / size(told("  scale = 1 / 500"))).toBeCloseTo(10, 0);
});

test("hints say it where the setting asks, and only there", () => {
  const labels = (settings: object) => ask("textDocument/inlayHint", SIGMOIDS, { range: everything }, { settings: { ...defaultSettings, ...settings } }).map((h) => h.label);
  expect(labels({})[0]).toBe("→ [64]  4,160 params");
  expect(labels({ inlaySignal: true })[0]).toBe("→ [64]  4,160 params  signal ×0.54, gradient ×0.21; the first layer gets 6.6e-4 of the last's");
  expect(labels({ inlaySignal: true, inlayShapes: false, inlayParameters: false })[2]).toBe("signal ×1, gradient ×0.24");
});

test("hints where theory ends say what a probe found, once it is over, and over how many rows", () => {
  const text = "model M {\n  input x [12, 8]\n  lstm(16)\n  dense(2) -> softmax\n}";
  const label = () => ask("textDocument/inlayHint", text, { range: everything }, { settings: { ...defaultSettings, inlaySignal: true, inlayShapes: false, inlayParameters: false } })[0]!.label;
  leaveOff();
  expect(label()).toMatch(/^signal ×[\d.]+, gradient ×[\d.]+; .* \(estimated\)$/);
  while (goOn(1e6));
  expect(label()).toMatch(/^signal ×0\.\d+, gradient ×0\.\d+; .* \(estimated, n = \d+\)$/);
});

test("a fix says what it leaves of the first layer's gradient", () => {
  const diagnostics = diagnosticsOf(analyse("/test.nnet", SIGMOIDS), context);
  const titles = ask("textDocument/codeAction", SIGMOIDS, { range: everything, context: { diagnostics } }).map((a) => a.title);
  expect(titles).toContain("Use relu, and start from he_normal: the first layer's gradient 6.6e-4 → 0.37 of the last's (derived)");
  expect(titles.find((t) => t.startsWith("Insert batch_norm"))).toMatch(/\+960 params, the first layer's gradient 6\.6e-4 → \d/);
});
