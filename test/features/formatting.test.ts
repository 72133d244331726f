import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse, format } from "../../server/language/index.ts";
import { ask, edited, marked } from "../kit/markers.ts";
import { allTexts, goodTexts } from "../kit/samples.ts";

const lf = (text: string): string => text.replace(/\r\n?/g, "\n");
const texts = goodTexts().map(({ name, text }) => ({ name, text: lf(text) }));
const whole = (text: string) => edited(text, ask("textDocument/formatting", text, {}));

describe("the whole text", () => {
  test.each(texts.map(({ name, text }) => [name, text]))("%s: the edits make the formatted text", (_name, text) => {
    const messy = text.replace(/^ +/gm, "\t").replaceAll(" = ", "=").replace(/\n/, "\n\n\n");
    expect(whole(messy)).toBe(format(messy));
    expect(ask("textDocument/formatting", format(text)!, {})).toEqual([]);
  });

  test.each(["", "\n\n", "  ", "model M {\n input x [1]\n}", "model M {\n input x [1]\n}\n\n\n", "\n\n// a\n\n\n\n// b", "// a\n  \n \n// b \n  "])("ends and blank lines: %j", (text) => expect(whole(text)).toBe(format(text)));

  test("keeps to the lines that change, and leaves broken text alone", () => {
    const edits = ask("textDocument/formatting", "model M {\n\n\n  input x [1]\n  dense( 3 )\n}\n", {});
    expect(edits.map((e) => e.range.start.line)).toEqual([2, 4, 4].slice(0, edits.length));
    expect(ask("textDocument/formatting", "model M {\n  input x [1\n", {})).toEqual([]);
  });

  test("line ends stay what they are", () => {
    const text = "model M {\r\ninput x [1]\r\n\r\n\r\ndense(3)\r\n}";
    const formatted = "model M {\r\n  input x [1]\r\n\r\n  dense(3)\r\n}\r\n";
    expect(format(text)).toBe(formatted);
    expect(format(formatted)).toBe(formatted);
    expect(ask("textDocument/formatting", text, {}).map((e) => e.newText)).toContain("\r\n");
  });
});

const spaces = /\s+/g;
const comments = (text: string): string[] => [...text.matchAll(/\/\/[^\n]*/g)].map(([c]) => c.trimEnd());
const picture = (text: string): unknown => {
  const { findings, models } = analyse("/t.nnet", text);
  return [findings.map((f) => [f.code, f.message.replace(/line \d+/g, "")]), models.map(({ model }) => [model.name, model.totals.params, model.nodes.map((n) => [n.name, n.type?.shape.map(String)])])];
};

test("every text, with random spaces and edits: idempotent, keeps comments and meaning, or refuses", () => {
  const all = allTexts().map(({ text }) => lf(text));
  const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 4 }), text: fc.constantFrom("", " ", "\n", "\t", "  \n", "// c  d\n", "->", "}", "{", "x", ";", '"a  b"') });
  let formatted = 0;
  fc.assert(fc.property(fc.constantFrom(...all), fc.array(edit, { maxLength: 4 }), (text, edits) => {
    let changed = text;
    for (const e of edits) {
      const at = e.at % (changed.length + 1);
      changed = changed.slice(0, at) + e.text + changed.slice(at + e.remove);
    }
    const once = format(changed);
    expect(whole(changed)).toBe(once ?? changed);
    if (once === undefined) return;
    formatted++;
    expect(format(once)).toBe(once);
    expect(once.replace(spaces, "")).toBe(changed.replace(spaces, ""));
    expect(comments(once)).toEqual(comments(changed));
    expect(picture(once)).toEqual(picture(changed));
  }), { numRuns: 150, seed: 9 });
  expect(formatted).toBeGreaterThan(20);
}, 120_000);

describe("a range", () => {
  const range = (start: number, end: number, character = 99) => ({ range: { start: { line: start, character: 0 }, end: { line: end, character } } });

  test("changes its own lines only, as the whole would", () => {
    const text = "model M {\ninput x [1]\ndense( 3 )\ndense(4)\n}\n";
    expect(edited(text, ask("textDocument/rangeFormatting", text, range(2, 2)))).toBe("model M {\ninput x [1]\n  dense(3)\ndense(4)\n}\n");
    expect(ask("textDocument/rangeFormatting", text, range(2, 3, 0))).toEqual(ask("textDocument/rangeFormatting", text, range(2, 2)));
  });

  test("an error in another declaration is none of its business; one in its own is", () => {
    const text = "model A {\ninput x [1\n}\nmodel M {\ninput x [1]\n}\n";
    expect(edited(text, ask("textDocument/rangeFormatting", text, range(3, 5)))).toBe("model A {\ninput x [1\n}\nmodel M {\n  input x [1]\n}\n");
    expect(ask("textDocument/rangeFormatting", text, range(0, 2))).toEqual([]);
  });

  test("all ranges one after another make the whole", () => {
    for (const { name, text } of texts) {
      const messy = text.replace(/^ +/gm, "").replaceAll(" = ", "=");
      let current = messy;
      for (let line = 0; line < messy.split("\n").length; line++) current = edited(current, ask("textDocument/rangeFormatting", current, range(line, line)));
      expect(current.trimEnd(), name).toBe(format(messy)!.trimEnd());
    }
  });
});

describe("while typing", () => {
  const typed = (source: string, ch: string): string => {
    const { text, position } = marked(source);
    return edited(text, ask("textDocument/onTypeFormatting", text, { position, ch }));
  };

  test.each([
    ["a new line in a body begins where its statements do", "model M {\ninput x [1]\n$0\n}", "\n", "model M {\n  input x [1]\n  \n}"],
    ["and keeps its spaces where they are right", "model M {\n  input x [1]\n  $0\n}", "\n", "model M {\n  input x [1]\n  \n}"],
    ["what goes on stands further in", "model M {\n  input x [1]\n  dense(3) ->\n$0\n}", "\n", "model M {\n  input x [1]\n  dense(3) ->\n    \n}"],
    ["the line before gets its form", "data d {\n  label=a\n$0\n}", "\n", "data d {\n  label = a\n  \n}"],
    ["a body that is open yet", "model M {\n  repeat 2 {\n$0", "\n", "model M {\n  repeat 2 {\n    "],
    ["} closes what it closes", "model M {\n  input x [1]\n  repeat 2 {\n  dense( 3 )\n    }$0\n  dense( 4 )\n}", "}", "model M {\n  input x [1]\n  repeat 2 {\n    dense(3)\n  }\n  dense( 4 )\n}"],
    ["} in a text with an error stands right, and the rest stays", "model M {\n  input x [1\n  repeat 2 {\n  dense( 3 )\n      }$0\n}", "}", "model M {\n  input x [1\n  repeat 2 {\n  dense( 3 )\n  }\n}"],
    ["} in a line of its own block", "model M {\n  input x [1]\n  add { relu }$0 { identity }\n}", "}", "model M {\n  input x [1]\n  add { relu } { identity }\n}"],
  ])("%s", (_what, source, ch, expected) => expect(typed(source, ch)).toBe(expected));

  test("a text that is not read stays as it is", () => {
    const text = `model M {\n${"{\n".repeat(600_000)}`;
    for (const ch of ["\n", "}"]) expect(ask("textDocument/onTypeFormatting", text, { position: { line: 600_000, character: 0 }, ch })).toEqual([]);
  });

  test("nothing but spaces changes, whatever the text", () => {
    const piece = fc.constantFrom("model M {", "}", "conv2d(", "3", ")", "->", "\n", "  ", "repeat 2 {", "let a =", "[", "// c");
    fc.assert(fc.property(fc.array(piece, { maxLength: 25 }).map((p) => p.join(" ")), fc.nat(), fc.constantFrom("}", "\n"), (text, at, ch) => {
      const before = text.slice(0, at % (text.length + 1)).split("\n");
      const after = edited(text, ask("textDocument/onTypeFormatting", text, { position: { line: before.length - 1, character: before.at(-1)!.length }, ch }));
      expect(after.replace(spaces, "")).toBe(text.replace(spaces, ""));
      expect(after.split("\n")).toHaveLength(text.split("\n").length);
    }), { numRuns: 500, seed: 4 });
  });
});
