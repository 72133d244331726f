import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, Document, fixesOf, rangeOf } from "../../server/language/index.ts";
import { applyFix, bare } from "../kit/fixture.ts";

/** What people type by mistake in a model's body, and the code of the one error that says so. */
const MISTAKES: readonly (readonly [written: string, code: string])[] = [
  ["covn2d(8, 3) -> relu", "unknown-layer"],
  ["conv2d(8, 3) -> rellu", "unknown-layer"],
  ["maxpool2d(2)", "unknown-layer"],
  ["MaxPooling2D(2)", "unknown-layer"],
  ["conv2d(8, 3) -> activation(relu)", "unknown-layer"],
  ["Residual_(8)", "unknown-layer"],
  ["residual(8)", "unknown-layer"],
  ["return", "unknown-layer"],
  ["conv2d(8, kernel_size = 3) -> relu", "unknown-argument"],
  ["conv2d(8, 3, activation = relu)", "unknown-argument"],
  ["Residual(filter = 8)", "unknown-argument"],
  ["conv2d(8, 3, relu)", "bad-argument"],
  ["conv2d(8, 3, stride = 0) -> relu", "bad-argument"],
  ["conv2d(8, 3, padding = \"same\") -> relu", "bad-argument"],
  ["conv2d(8.5, 3) -> relu", "bad-argument"],
  ["dropout(50)", "bad-argument"],
  ["flatten -> dense(784, 10)", "bad-argument"],
  ["conv2d(8, 3, padding = smae) -> relu", "unknown-name"],
  ["conv2d(8, 3, padding = full) -> relu", "unknown-name"],
  ["concat(stme)", "unknown-name"],
  ["add(later)\nconv2d(1, 1) as later", "unknown-name"],
  ["flatten -> dense", "missing-argument"],
  ["Residual", "missing-argument"],
  ["Residual(8, 3)", "too-many-arguments"],
  ["conv2d 8, 3 -> relu", "syntax-error"],
  ["conv2d(8, 3 -> relu", "syntax-error"],
  ["conv2d(8, 3)) -> relu", "syntax-error"],
  ["conv2d(8 3) -> relu", "syntax-error"],
  ["conv2d(8, 3) relu", "syntax-error"],
  ["conv2d(8, 3) -> -> relu", "syntax-error"],
  ["conv2d(", "syntax-error"],
  ["conv2d(8,", "syntax-error"],
  ["conv2d(8, 3, padding =", "syntax-error"],
  ["let x =", "syntax-error"],
  ["let x", "syntax-error"],
  ["x = relu(x)", "syntax-error"],
  ["conv2d(8, 3) as", "syntax-error"],
  ["repeat", "unknown-layer"],
  ["repeat 3", "syntax-error"],
  ["for f in", "syntax-error"],
  ["for f in [8, 16", "syntax-error"],
  ["for i = 0..3 { relu }", "syntax-error"],
  ["for s in [[1, 2]] { dense(s[0]) -> relu }", "syntax-error"],
  ["shared enc =", "syntax-error"],
  ["reshape((28, 28, 1))", "unknown-character"],
  ["conv2d(8, 3) : (26, 26, 8)", "unknown-character"],
  ["conv2d(8, 3)(image)", "syntax-error"],
  ["while true { relu }", "syntax-error"],
  ["y = conv2d(8, 3)(image)", "syntax-error"],
  ["output conv2d(8, 3) -> relu", "syntax-error"],
  ["conv2d(8, 3), relu", "syntax-error"],
  ["conv2d(8, (3, 3)) -> relu", "unknown-character"],
  ["conv2d(8, kernel = 3x3) -> relu", "unknown-character"],
  ["conv2d(8, 3) >> relu", "unknown-character"],
  ["conv2d(8, 3, bias = False) -> relu", "unknown-character"],
  ["return conv2d(8, 3)", "unknown-character"],
  ["for i in range(3) { dense(8) -> relu }", "unknown-character"],
  ["Repeat 3 { dense(8) -> relu }", "unknown-character"],
  ["concat([stem, image])", "not-a-result"],
  ["stem + image", "wrong-operand"],
  ["flatten -> linear(784, 10) -> relu", "unknown-layer"],
  ["flatten -> dense(10, relu)", "bad-argument"],
  ["conv2d(32, 3, init = kaiming_normal) -> relu", "unknown-name"],
  ["conv2d(8, 3) - relu", "wrong-operand"],
  ["conv2d(8, 3) > relu", "wrong-operand"],
  ["3 * conv2d(8, 3)", "wrong-operand"],
  ["conv2d(8, 3) → relu", "unknown-character"],
  ["conv2d(8, 3) => relu", "unknown-character"],
  ["conv2d(8, 3) | relu", "unknown-character"],
  ["conv2d(8, 3).relu()", "unknown-character"],
  ["conv2d(2×4, 3) -> relu", "unknown-character"],
  ["conv2d(16 // 2, 3) -> relu", "unknown-character"],
  ["соnv2d(8, 3) -> relu", "unknown-character"],
  ["conv2d(8, 3) -> relu # note", "unknown-character"],
  ["if 1 == 1 && true { relu }", "unknown-character"],
  ["dropout(50%)", "unknown-character"],
  ["nn.Flatten()", "unknown-character"],
  ["conv2d(8, 31) -> relu", "kernel-too-large"],
  ["max_pool2d(40)", "kernel-too-large"],
  ["attention(4)", "wrong-rank"],
  ["reshape([28, 27])", "reshape-size"],
  ["conv2d(8, 3) : [28, 28, 8] -> relu", "shape-differs"],
  ["conv2d(8, 3) -> add(stem)", "shapes-do-not-fit"],
  ["conv2d(8, 3) as stem -> relu", "duplicate-name"],
  ["conv2d 8 3", "syntax-error"],
  ["conv2d 8, kernel = 3 -> relu", "syntax-error"],
  ["reshape [28, 28, 1]", "syntax-error"],
  ["block Inner(n) {\n  dense(n)\n}\nInner(3)", "nested-declaration"],
  ["model Inner {\n  dense(3)\n}", "nested-declaration"],
  ["flatten -> LSTM(8)", "unknown-layer"],
  ["conv2d(8, 3) -> relu -> h\nconv2d(8, 3, padding = same) -> add(h)", "unknown-layer"],
  ["conv2d(1, 32, 3, 2, padding = 1)", "duplicate-argument"],
  ["model.add(Conv2D(8, (3, 3), activation='relu'))", "unknown-character"],
  ["x = layers.Dense(8, activation=\"relu\")(x)", "unknown-character"],
  ["nn.Conv2d(1, 32, 3, padding=1),", "unknown-character"],
];

const before = "block Residual(filters) {\n  add { conv2d(filters, 3, padding = same) -> relu } { identity }\n}\n\nmodel M {\n  input image [28, 28, 1]\n  identity as stem\n";
const after = "\n  stem -> Residual(1) -> relu\n}\n\nmodel After {\n  input x [8]\n  dense(3) -> softmax\n}\n";
const FIRST = before.split("\n").length;

describe("one mistake is one error, at its line, and the rest of the file keeps its meaning", () => {
  test.each(MISTAKES)("%s", (written, code) => {
    const analysis = analyse("/m.nnet", `${before}  ${written.replaceAll("\n", "\n  ")}${after}`);
    const errors = analysis.findings.filter((f) => f.severity === "error");
    expect(errors.map((f) => [f.code, rangeOf(f.site).start.line + 1])).toEqual([[code, FIRST]]);
    // A way out, in words.
    expect(errors[0]!.message.length).toBeGreaterThan(12);
    expect(analysis.models.map((m) => [m.model.name, m.model.totals.params])).toContainEqual(["After", 27]);
  });

  test("no more than two findings each, one in the middle", () => {
    const counts = MISTAKES.map(([written]) => analyse("/m.nnet", `${before}  ${written.replaceAll("\n", "\n  ")}${after}`).findings.length).sort((a, b) => a - b);
    expect([counts[counts.length >> 1], counts.filter((n) => n > 2).length]).toEqual([1, 0]);
  });
});

test("a } that is missing inside is put where the indentation says", () => {
  const whole = "model M {\n  input x [4]\n  repeat 2 {\n    repeat 3 {\n      dense(64) -> relu\n    }\n    dense(64) -> relu\n  }\n  dense(2)\n}\n";
  const lines = whole.split("\n");
  for (const gone of [5, 7]) {
    const document = new Document("/m.nnet", lines.toSpliced(gone, 1).join("\n"));
    const errors = document.analysis().findings.filter((f) => f.severity === "error");
    expect(errors.map((f) => [f.code, rangeOf(f.site).start.line])).toEqual([["unclosed-brace", gone === 5 ? 3 : 2]]);
    expect(applyFix(document.text, fixesOf(errors[0]!, document.analysis(), document)[0]!)).toBe(whole);
  }
});

describe("what is written as elsewhere is mended by its fixes, one after the other", () => {
  test.each([
    ["translated.nnet", []],
    // What goes around what is not known.
    ["students.nnet", ["unknown-layer"]],
    // What has no one meaning here.
    ["newcomers.nnet", ["unknown-layer", "wrong-operand"]],
  ])("%s", (name, left) => {
    let text = bare(readFileSync(join(import.meta.dirname, "../fixtures/recovery", name), "utf8"));
    const skipped = new Set<string>();
    for (let turn = 0; turn < 100; turn++) {
      const document = new Document("/m.nnet", text);
      const errors = document.analysis().findings.filter((f) => f.severity === "error" && !skipped.has(f.message));
      const [first] = errors;
      if (!first) break;
      const [fix] = fixesOf(first, document.analysis(), document);
      if (fix) text = applyFix(text, fix);
      else skipped.add(first.message);
    }
    const errors = analyse("/m.nnet", text).findings.filter((f) => f.severity === "error");
    expect([...new Set(errors.map((f) => f.code))].sort()).toEqual(left);
  });
});
