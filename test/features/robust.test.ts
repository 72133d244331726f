import * as fc from "fast-check";
import { expect, test } from "vitest";
import { diagnosticsOf, features, Refusal } from "../../server/features/index.ts";
import { Document } from "../../server/language/index.ts";
import { context, everything, filesOf } from "../kit/markers.ts";
import { goodTexts } from "../kit/samples.ts";

/** Everything that an editor can ask, of one place. */
function askAll(text: string, position: { line: number; character: number }): unknown[] {
  const document = new Document("/t.nnet", text);
  const params = { position, positions: [position], range: everything, ch: "\n", newName: "other_name", previousResultId: "", context: { diagnostics: diagnosticsOf(document.analysis(), context), includeDeclaration: true } };
  const answering = { ...context, files: filesOf({}, document) };
  return features.map((f) => refused(() => f.handler({ uri: "file:///t.nnet", document }, params as never, answering)));
}

/** Saying no is an answer. */
function refused(work: () => unknown): unknown {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Refusal) return cause.message;
    throw cause;
  }
}

const texts = goodTexts();

test.each(texts.map(({ name, text }) => [name, text]))("every word of %s", (_name, text) => {
  for (const [line, row] of text.split("\n").entries()) {
    for (const match of row.matchAll(/\b\w/g)) askAll(text, { line, character: match.index });
  }
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("%s in the place of any word is a word as others are", (word) => {
  for (const { text } of texts.filter((_, i) => i % 12 === 0)) {
    const words = new Map([...text.matchAll(/\b[a-z]\w*/gi)].map((m) => [m[0], m.index]));
    for (const [other, at] of words) {
      const before = text.slice(0, at).split("\n");
      askAll(text.slice(0, at) + word + text.slice(at + other.length), { line: before.length - 1, character: before.at(-1)!.length + 1 });
    }
  }
});

test("broken texts: nothing throws, and ranges lie in the text", () => {
  const pieces = fc.array(fc.constantFrom("model M {", "}", "block B(f) {", "train M on d {", "data d {", "input x [N]", "conv2d(", "3, ", ")", "->", " as h", "concat(axis = 1) for h in [3] {", "let s = ", "c ? a : b", "[", "]", "\n", "\n", "in", "B(2)", "shared e = dense(2)", "repeat 2 {", "if x {", "} else {", "label = ", "// c", '"', ":", "import { A } from"), { maxLength: 40 });
  const broken = fc.oneof(pieces.map((p) => p.join(" ")), fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(30)).map(([{ text }, at, cut]) => text.slice(0, at % text.length) + text.slice((at % text.length) + cut)));
  fc.assert(
    fc.property(broken, fc.nat(), (text, place) => {
      const before = text.slice(0, place % (text.length + 1)).split("\n");
      const rows = text.split("\n");
      const inText = ({ line, character }: { line: number; character: number }) => line >= 0 && line < rows.length && character >= 0 && character <= rows[line]!.length;
      const answers = askAll(text, { line: before.length - 1, character: before[before.length - 1]!.length });
      JSON.stringify(answers, (key, value) => {
        if (key === "range" || key === "selectionRange") expect([inText(value.start), inText(value.end)], `${key} ${JSON.stringify(value)}`).toEqual([true, true]);
        return value;
      });
    }),
    { numRuns: 1500, seed: 11 },
  );
});
