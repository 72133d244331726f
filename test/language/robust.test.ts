import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse, type Analysis, Document, format, rangeOf } from "../../server/language/index.ts";
import { goodTexts } from "../kit/samples.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 300);
const texts = goodTexts();

/** What a reader sees of an analysis, with absolute places. */
function picture(a: Analysis): unknown {
  noneFailed(a);
  return {
    findings: a.findings.map((f) => [f.code, f.severity, f.message, rangeOf(f.site), f.related?.map((r) => [r.message, rangeOf(r.site)])]),
    models: a.models.map((m) => [m.model.name, m.model.totals.params, m.model.nodes.map((n) => [n.name, rangeOf(n.site), n.type && n.type.shape.map(String), n.inputs, n.weights.map((w) => [w.name, w.spec.shape.map(String)]), String(n.cost.macs), n.sharesWith, n.via.map(rangeOf)])]),
    trains: a.trains.map((t) => [t.declaration.model.text, t.settings, t.model?.name]),
  };
}

/** A check that throws is contained; here it counts as thrown. */
function noneFailed({ findings }: Analysis): void {
  for (const f of findings) if (f.code === "check-failed") throw new Error(f.message);
}

test("every prefix of every sample is read", () => {
  for (const { text } of texts) {
    for (let i = 0; i <= text.length; i += 7) expect(() => noneFailed(analyse("/p.nnet", text.slice(0, i)))).not.toThrow();
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
      expect(document.length).toBe(plain.length);
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

test("a text that grows past what is read is refused, and read again once it is small enough", () => {
  const good = "model M {\n  input x [4]\n  dense(3)\n}\n";
  const document = new Document("/p.nnet", good);
  const end = { line: 4, character: 0 };
  const edit = (start: typeof end, stop: typeof end, text: string): unknown => (document.edit({ start, end: stop }, text), picture(document.analysis()));
  const codes = () => document.analysis().findings.map((f) => f.code);
  edit(end, end, "// c\n".repeat(60_000));
  expect([codes(), document.text.length, document.length]).toEqual([["file-too-large"], good.length + 300_000, good.length + 300_000]);
  edit({ line: 2, character: 8 }, { line: 2, character: 9 }, "5");
  expect(edit(end, { line: 60_004, character: 0 }, "")).toEqual(picture(analyse("/p.nnet", good.replace("3", "5"))));
  edit(end, end, "\0");
  expect(codes()).toEqual(["not-text"]);
  expect(edit(end, { line: 4, character: 1 }, "")).toEqual(picture(analyse("/p.nnet", good.replace("3", "5"))));
});
