import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse, type Analysis, Document, format, rangeOf } from "../../server/language/index.ts";
import { goodTexts } from "../kit/samples.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 300);
const texts = goodTexts();

/** What a reader sees of an analysis, with absolute places. */
function picture(a: Analysis): unknown {
  return {
    findings: a.findings.map((f) => [f.code, f.severity, f.message, rangeOf(f.site), f.related?.map((r) => [r.message, rangeOf(r.site)])]),
    models: a.models.map((m) => [m.model.name, m.model.totals.params, m.model.nodes.map((n) => [n.name, rangeOf(n.site), n.type && n.type.shape.map(String), n.inputs, n.weights.map((w) => [w.name, w.spec.shape.map(String)]), String(n.cost.macs), n.sharesWith, n.via.map(rangeOf)])]),
    trains: a.trains.map((t) => [t.declaration.model.text, t.settings, t.model?.name]),
  };
}

test("every prefix of every sample is read", () => {
  for (const { text } of texts) {
    for (let i = 0; i <= text.length; i += 7) expect(() => analyse("/p.nnet", text.slice(0, i))).not.toThrow();
  }
});

const pieces = ["{", "}", "(", ")", "[", "]", "->", ",", ":", "?", "=", "conv2d(8, 3)", "dense(4)", "add", "concat", "let a = ", "in", "for i in 0..3 {", "repeat 2 {", "if ", "\n", "\n\n", " ", "model M {", "block B(n) {", "train M on d {", "data d {", "input x [8, 8, 1]", "input w int [N]", "as s", "s", "B(3)", "1e99", "-1", "\"", "//", "///", ";", "output s", "shared q = dense(2)", "q", "flatten", "lstm(3)", "bidirectional(", "attention(2)", "reshape([-1])", "\u{1F600}", "é", "\r\n", "\t"];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((p) => p.join(" "));

test("any text is read", () => {
  fc.assert(fc.property(fc.oneof(soup, fc.string({ maxLength: 200 })), (text) => {
    const analysis = analyse("/p.nnet", text);
    for (const f of analysis.findings) {
      const { start, end } = rangeOf(f.site);
      expect(start.line).toBeGreaterThanOrEqual(0);
      expect(end.line > start.line || (end.line === start.line && end.character >= start.character), `${f.code} ${JSON.stringify(rangeOf(f.site))}`).toBe(true);
    }
  }), { numRuns: runs * 3 });
});

test("edits one after another give what a fresh reading gives", () => {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 30 }), text: fc.constantFrom("", "\n", ...pieces) });
  fc.assert(fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 15 }), ({ text }, edits) => {
    let plain = text.replaceAll("\r\n", "\n");
    const document = new Document("/p.nnet", plain);
    document.analysis();
    for (const e of edits) {
      const start = e.at % (plain.length + 1);
      const end = Math.min(start + e.remove, plain.length);
      document.edit({ start: place(plain, start), end: place(plain, end) }, e.text);
      plain = plain.slice(0, start) + e.text + plain.slice(end);
      expect(document.text).toBe(plain.replace(/\r\n|\r/g, "\n"));
      plain = document.text;
      expect(picture(document.analysis())).toEqual(picture(analyse("/p.nnet", plain)));
    }
  }), { numRuns: runs });
}, 120_000);

function place(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before[before.length - 1]!.length };
}

test("formatting twice is formatting once, and changes no meaning", () => {
  for (const { name, text } of texts) {
    const once = format(text);
    expect(once, name).toBeDefined();
    expect(format(once!), name).toBe(once);
  }
  fc.assert(fc.property(soup, (text) => {
    const once = format(text);
    if (once === undefined) return;
    expect(format(once)).toBe(once);
    expect(once.replace(/\s+/g, "")).toBe(text.replace(/\s+/g, ""));
    const codes = (t: string) => analyse("/p.nnet", t).findings.map((f) => f.code).sort();
    expect(codes(once)).toEqual(codes(text));
  }), { numRuns: runs });
});

test("hostile texts get ordinary findings", () => {
  const hostile: [string, string][] = [
    ["repeat 1e12", "model M { input x [4]\n repeat 1e12 { dense(3) } }"],
    ["nested repeats", "model M { input x [4]\n repeat 1000 { repeat 1000 { dense(3) } } }"],
    ["a million brackets", `model M { input x [4]\n dense(${"(".repeat(1e6)} }`],
    ["a million braces", `model M ${"{".repeat(1e6)}`],
    ["dimensions of 1e300", "model M { input x [1e300, 1e300]\n dense(3) }"],
    ["a long conditional", `model M { input x [4]\n dense(${"true ? 1 : ".repeat(20_000)} 2) }`],
    ["a long minus", `model M { input x [4]\n dense(${"- ".repeat(9_000)} 2) }`],
    ["nine million characters", `model M { input x [4] }\n${"// filler filler filler filler filler filler\n".repeat(200_000)}`],
    ["zero bytes", `model M {\0 input x [4]\n dense(3) }`],
    ["two inputs and nothing", "model M { input x [4] input y [3] }"],
    ["doubling blocks", Array.from({ length: 40 }, (_, i) => `block B${i} { B${i + 1}; B${i + 1} }`).join("\n") + "\nblock B40 { relu }\nmodel M { input x [4]\n B0 }"],
    ["powers of a symbol", `model M { input x int [N]\n ${"reshape([dim(in, 0) * N])\n".repeat(30)} }`],
  ];
  for (const [name, text] of hostile) {
    const analysis = analyse("/p.nnet", text);
    expect(analysis.findings.length, name).toBeGreaterThan(0);
    expect(analysis.findings.length, name).toBeLessThan(1000);
  }
}, 60_000);
