import { describe, expect, test } from "vitest";
import { diagnosticsOf } from "../../server/features/index.ts";
import { analyse } from "../../server/language/index.ts";
import { work } from "../../server/language/work.ts";
import { ask, context, edited, everything, URI } from "../kit/markers.ts";

const model = (body: string): string => `model M {\n  input image [28, 28, 1]\n  ${body}\n}`;

/** Titles of all quick fixes of a text, and what it is after each. */
function fixes(text: string): { title: string; text: string; preferred: boolean }[] {
  const diagnostics = diagnosticsOf(analyse("/test.nnet", text), context);
  const actions = ask("textDocument/codeAction", text, { range: everything, context: { diagnostics } });
  return actions.map((a) => ({ title: a.title, preferred: a.isPreferred === true, text: edited(text, a.edit!.changes![URI]!) }));
}

const fixAll = (text: string): string | undefined => {
  const [action] = ask("textDocument/codeAction", text, { range: everything, context: { diagnostics: [], only: ["source.fixAll"] } });
  return action && edited(text, action.edit!.changes![URI]!);
};

describe("a fix says what it would change", () => {
  test("the layer's output, and the parameters of the file", () => {
    const [fix] = fixes(model("conv2d(8, 31)"));
    // 8 filters of 31·31 or 28·28 weights: 8·(961 − 784) = 1,416.
    expect(fix!.title).toBe("kernel 31 → 28, the largest that fits: output [1, 1, 8], −1,416 params");
    expect(fix!.text).toBe(model("conv2d(8, 28)"));
    expect(fix!.preferred).toBe(true);
  });

  test("parameters that it adds", () => expect(fixes(model("flatten -> dens(10)"))[0]!.title).toBe("Change to dense: +7,850 params"));
  test("nothing where nothing of the sort changes", () => expect(fixes(model("conv2d(6, 5, padding = same) : [24, 24, 6]"))[0]!.title).toBe("State [28, 28, 6]"));
});

test.each([
  [model("max_pool2d(2, 2, valid, 7)"), model("max_pool2d(2, 2, valid)")],
  [model("conv2d(8, filters = 8, kernel = 3)"), model("conv2d(8, kernel = 3)")],
  [model("let y = image -> dense(3)\n  dense(3)"), model("dense(3)")],
  [model("dense(3) as y"), model("dense(3)")],
  [model("reshape([8, 8, -1])"), model("reshape([-1, 8, 1])")],
  ["block B {\n  relu\n}\n\nmodel M {\n  input x [1]\n  dense(1)\n}", "model M {\n  input x [1]\n  dense(1)\n}"],
  ["model M(a = 1, b = 2) {\n  input x [1]\n  dense(b)\n}", "model M(b = 2) {\n  input x [1]\n  dense(b)\n}"],
  ["model M {\n  input x [1]\n  dense(1)\n\n/// Next.\nmodel N {\n  input x [1]\n  dense(1)\n}", "model M {\n  input x [1]\n  dense(1)\n}\n\n/// Next.\nmodel N {\n  input x [1]\n  dense(1)\n}"],
  ['data d {\n  source = csv("d.csv)\n  label = y\n}', 'data d {\n  source = csv("d.csv")\n  label = y\n}'],
  ["model M {\n  input words [10]\n  embedding(9, 4)\n}", "model M {\n  input words int [10]\n  embedding(9, 4)\n}"],
  ["model M {\n  input words int [N]\n  embedding(9, 4) -> flatten -> dense(2)\n}", "model M {\n  input words int [N]\n  embedding(9, 4) -> global_max_pool -> dense(2)\n}"],
  [model("# a note\n  dense(1)"), model("// a note\n  dense(1)")],
  [model("conv2d(3 4)"), model("conv2d(3, 4)")],
])("mends %j", (text, mended) => expect(fixes(text).map((f) => f.text)).toContain(mended));

test("a parameter that some use gives stays", () => {
  const text = "block B(a = 1) {\n  relu\n}\nmodel M {\n  input x [8]\n  dense(64) -> B(a = 2)\n}";
  expect(fixes(text)).toEqual([]);
});

describe("fix all", () => {
  test("mends one after the other, as far as each is safe", () => {
    const broken = 'import { B } from "b.nnet"\n' + model("conv2D(8, kernel_size = 31)\n  relu\n  flaten") + "\ntrain N on d {\n  epoch = 3\n}";
    expect(fixAll(broken)).toContain(model("conv2d(8, kernel = 28)\n  relu\n  flatten"));
    expect(fixAll(broken)).toContain("epochs = 3");
    expect(fixAll(fixAll(broken)!)).toBeUndefined();
  });

  test("takes nothing away, chooses nothing, and is not offered where it would do nothing", () => {
    expect(fixAll(model("let y = image -> dense(3)\n  max_pool2d(2, 2, valid, 7)"))).toBeUndefined();
    expect(fixAll(model("dense(3) -> relu"))).toBeUndefined();
  });

  test("is worked out only when it is asked for", () => {
    const text = model("conv2D(8, 3)");
    const kinds = ask("textDocument/codeAction", text, { range: everything, context: { diagnostics: [] } }).map((a) => a.kind);
    expect(kinds).toEqual(["quickfix"]);
  });
});

test("a menu over a whole text tries a bounded number of fixes, and lists no more findings than anyone looks through", () => {
  const text = model(Array.from({ length: 200 }, () => "conv2d(8, 31)").join("\n  "));
  const before = work.models;
  const found = ask("textDocument/codeAction", text, { range: everything, context: { diagnostics: [] } });
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThanOrEqual(50);
  // The text itself, and what it would be.
  expect(work.models - before).toBeLessThanOrEqual(1 + 24);
});

test("operands that do not fit are made to: a layer behind the named one, or before the merge", () => {
  const fixed = (body: string): string[] => fixes(model(body)).map((f) => f.text.split("\n")[3]!.trim());
  expect(fixed("conv2d(8, 3, padding = same) as a\n  conv2d(16, 3, padding = same) -> add(a)")).toContain("conv2d(16, 3, padding = same) -> add(a -> conv2d(16, 1))");
  expect(fixed("conv2d(8, 3) as a\n  max_pool2d(2) -> concat(a)")).toContain("max_pool2d(2) -> concat(a -> max_pool2d(2))");
  expect(fixed("max_pool2d(2) as a\n  image -> add(a)")).toContain("image -> max_pool2d(2) -> add(a)");
  expect(fixed("relu\n  add { conv2d(1, 1) }")).toContain("add { conv2d(1, 1) } { identity }");
});
