import { describe, expect, test } from "vitest";
import { defaultSettings, diagnosticsOf } from "../../server/features/index.ts";
import { analyse } from "../../server/language/index.ts";
import { ask, askAt, context, edited, everything, URI } from "../kit/markers.ts";

const model = (body: string): string => `model M {\n  input image [28, 28, 1]\n  ${body}\n}`;

describe("diagnostics", () => {
  test("say all that a finding does", () => {
    const [first] = diagnosticsOf(analyse("/test.nnet", model("conv2d(8, 31)")), context);
    expect(first).toMatchObject({ severity: 1, code: "kernel-too-large", source: "nnet", codeDescription: { href: "file:///docs/kernel-too-large.md" }, range: { start: { line: 2 } } });
    expect(first!.relatedInformation?.[0]).toMatchObject({ location: { uri: "file:///test.nnet", range: { start: { line: 1 } } } });
  });

  test("fade what is unnecessary", () => {
    const found = diagnosticsOf(analyse("/test.nnet", "block B {\n  relu\n}\nmodel M {\n  input x [4]\n  dense(2)\n}"), context);
    expect(found).toMatchObject([{ code: "unused-block", severity: 4, tags: [1] }]);
  });

  test("are bounded, and say so", () => {
    // Each model is read up to 500 errors.
    const lines = Array.from({ length: 490 }, (_, i) => `nothing${i}`).join("\n");
    const found = diagnosticsOf(analyse("/test.nnet", ["A", "B", "C"].map((name) => `model ${name} {\ninput x [4]\n${lines}\n}`).join("\n")), context);
    expect(found).toHaveLength(1001);
    expect(found[1000]!.message).toMatch(/^\d+ more findings/);
  });
});

test("quick fixes do what their finding proposes", () => {
  const text = model("conv2d(8, 31)");
  const diagnostics = diagnosticsOf(analyse("/test.nnet", text), context);
  const [action] = ask("textDocument/codeAction", text, { range: diagnostics[0]!.range, context: { diagnostics } });
  expect(action).toMatchObject({ kind: "quickfix", isPreferred: true, diagnostics: [{ code: "kernel-too-large" }] });
  expect(edited(text, action!.edit!.changes![URI]!)).toBe(model("conv2d(8, 28)"));
  expect(ask("textDocument/codeAction", text, { range: diagnostics[0]!.range, context: { diagnostics, only: ["refactor"] } })).toEqual([]);
  const elsewhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  expect(ask("textDocument/codeAction", text, { range: elsewhere, context: { diagnostics: [] } })).toEqual([]);
});

describe("inlay hints", () => {
  const hints = (text: string) => ask("textDocument/inlayHint", text, { range: everything });
  const labels = (text: string) => hints(text).map((h) => `${h.position.line} ${h.label as string}`);

  test("shape and parameters of the line", () => {
    expect(labels(model("conv2d(32, 3) -> relu  // why\n  flatten\n  dense(classes)"))).toEqual(["2 → [26, 26, 32]  320 params", "3 → [21632]", "4 → [?]"]);
  });

  test("branches count, what merges them is shown", () => {
    expect(labels(model("add { conv2d(4, 1) } { conv2d(4, 1) }"))).toEqual(["2 → [28, 28, 4]  16 params"]);
  });

  test("a block's use has its sum; its lines say so where uses differ", () => {
    const text = "block B(f) {\n  dense(f)\n  dense(3)\n}\nmodel M {\n  input x [4]\n  B(5)\n  B(6)\n}";
    expect(labels(text)).toEqual(["1 → [5] | [6]  24 to 25 params", "2 → [3]  18 to 21 params", "6 → [3]  43 params", "7 → [3]  45 params"]);
  });

  test("shared weights count where they are read first", () => {
    expect(labels("model M {\n  input a [4]\n  input b [4]\n  shared e = dense(2)\n  a -> e as p\n  b -> e\n  add(p)\n}")).toEqual(["3 → [2]  10 params", "4 → [2]  10 params", "5 → [2]", "6 → [2]"]);
  });

  test("double-clicking one states its shape, and that holds", () => {
    const text = model("conv2d(32, 3) -> relu as stem\n  flatten");
    const all = hints(text).flatMap((h) => h.textEdits ?? []);
    const stated = edited(text, all);
    expect(stated).toBe(model("conv2d(32, 3) -> relu : [26, 26, 32] as stem\n  flatten : [21632]"));
    expect(analyse("/test.nnet", stated).findings.filter((f) => f.severity === "error")).toEqual([]);
    expect(hints(stated).flatMap((h) => h.textEdits ?? [])).toEqual([]);
  });

  test("loops that give many shapes tell their number", () => {
    const text = "model M {\n  input x [4]\n  for f in 100..112 {\n    dense(f)\n  }\n}";
    expect(labels(text)).toEqual(["3 → 12 shapes  500 to 12,321 params"]);
  });

  test("say what they are told to", () => {
    const shown = (settings: object) => ask("textDocument/inlayHint", model("dense(2) -> relu\n  flatten"), { range: everything }, { settings: { ...defaultSettings, ...settings } }).map((h) => h.label);
    expect(shown({ inlayShapes: false })).toEqual(["4 params"]);
    expect(shown({ inlayParameters: false })).toEqual(["→ [28, 28, 2]", "→ [1568]"]);
  });

  test("can be switched off, and keep to the range", () => {
    expect(ask("textDocument/inlayHint", model("flatten"), { range: everything }, { settings: { ...defaultSettings, inlayHints: false } })).toEqual([]);
    expect(ask("textDocument/inlayHint", model("flatten"), { range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } } })).toEqual([]);
  });
});

test("lenses: train, and totals", () => {
  const lenses = ask("textDocument/codeLens", `${model("flatten -> dense(10)")}\ntrain M on d {\n}`, {});
  expect(lenses).toMatchObject([
    { range: { start: { line: 0 } }, command: { title: "7,850 params · 7,840 MACs · 31.9 KiB for a batch of 32", command: "" } },
    { range: { start: { line: 4 } }, command: { title: "▶ Train M", command: "nnet.train", arguments: [URI, "M"] } },
  ]);
  expect(ask("textDocument/codeLens", model("dense(4) -> dense(nothing)"), {})[0]!.command!.title).toBe("8 params without 1 layer that could not be worked out");
});

test("lenses: above a convolution what it saves, once for each place, and not where the setting says so", () => {
  const text = model("repeat 2 { conv2d(4, 3, padding = same) }\nlocally_connected2d(2, 3) -> depthwise_conv2d(3)");
  const titles = (more: object) => ask("textDocument/codeLens", text, {}, { settings: { ...context.settings, ...more } }).map((l) => l.command!.title);
  // 784·1 inputs, 784·4 outputs, k = 9; then 784·4 by 26·26·2 with k = 36; then 26·26·2 by 24·24·2 with k = 9.
  expect(titles({}).slice(1)).toEqual([
    "dense mn 2,458,624 · local kn 28,224 · stored 36 weights, the first of 2",
    "dense mn 4,239,872 · local kn 48,672 · stored 48,672 weights",
    "dense mn 1,557,504 · local kn 10,368 · stored 18 weights",
  ]);
  expect(titles({ lensConnections: false })).toHaveLength(1);
});

test("lenses: how often a block is used, and what that comes to", () => {
  const text = "block In(f) {\n  dense(f)\n}\nblock Out(f) {\n  In(f)\n  In(f)\n}\nblock Alone {\n  relu\n}\nmodel M {\n  input x [4]\n  Out(4)\n  In(2)\n}";
  const titles = ask("textDocument/codeLens", text, {}).map((l) => l.command!.title);
  // 4·4 + 4 = 20 twice, 4·2 + 2 = 10.
  expect(titles).toEqual(["50 params · 40 MACs · 1.45 KiB for a batch of 32", "3 uses · 50 params (10 to 20 each)", "1 use · 40 params", "not used in this file"]);
});

test("the outline", () => {
  const text = 'data d {\n  source = csv("x")\n}\n' + model("conv2d(4, 3) as stem\n  repeat 2 {\n    relu\n  }");
  const outline = ask("textDocument/documentSymbol", text, {});
  expect(outline.map((s) => [s.name, s.detail])).toEqual([["d", "data"], ["M", "model"]]);
  expect(outline[0]!.children).toMatchObject([{ name: "source", detail: 'csv("x")' }]);
  expect(outline[1]!.children).toMatchObject([{ name: "image" }, { name: "conv2d(4, 3) as stem", children: [{ name: "stem" }] }, { name: "repeat 2", children: [{ name: "relu" }] }]);
});

test("folding", () => {
  const text = "/// One\n/// two\nmodel M {\n  input x [1]\n  dense(\n    3,\n    bias = false,\n  )\n}\nmodel Open {\n  repeat 2 {\nmodel N {\n  input x [1]\n}\n";
  expect(ask("textDocument/foldingRange", text, {})).toEqual([
    { startLine: 0, endLine: 1, kind: "comment" },
    { startLine: 4, endLine: 6 },
    { startLine: 2, endLine: 7 },
    { startLine: 11, endLine: 12 },
  ]);
});

test("folding of regions, nested, and of those without an end", () => {
  const text = "// #region A\n// #region B\nblock One { relu }\n// #endregion\n//#endregion\n// #endregion\n// #region C\n";
  expect(ask("textDocument/foldingRange", text, {})).toEqual([
    { startLine: 1, endLine: 3, kind: "region" },
    { startLine: 0, endLine: 4, kind: "region" },
  ]);
});

describe("signature help", () => {
  const active = (source: string): string | undefined => {
    const help = askAt("textDocument/signatureHelp", source);
    const label = help?.signatures[0]?.parameters?.[help.activeParameter ?? 0]?.label as [number, number] | undefined;
    return help ? `${help.signatures[0]!.label.split("(")[0]}: ${label ? help.signatures[0]!.label.slice(...label) : "none"}` : undefined;
  };

  test.each([
    ["conv2d($0", "conv2d: filters"],
    ["conv2d(3, $0)", "conv2d: kernel"],
    ["conv2d(3, 3, bias = $0)", "conv2d: bias = true"],
    ["conv2d(3, [1, $0])", "conv2d: kernel"],
    ["dense(max(1, $0))", "max: b"],
    ["concat(a, b, $0)", "concat: result, …"],
    ["concat(a, axis = $0)", "concat: axis = -1"],
    ["dense(3, init = normal($0", "normal: std = 0.05"],
    ["dense(1, 2, 3, 4, 5, 6, 7, 8, $0)", "dense: none"],
    ["dense(3) $0", undefined],
  ])("%s", (text, expected) => expect(active(model(text))).toBe(expected));

  test("names of one's own", () => {
    const at = (features: string) => active(`data d {\n  source = csv("d.csv")\n  features = ${features}\n}`);
    expect(at("inputs($0")).toBe("inputs: NAME = …");
    expect(at("inputs(a = b, c = $0")).toBe("inputs: NAME = …");
  });
});
