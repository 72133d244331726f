import { expect, test } from "vitest";
import { lex } from "../../server/language/syntax/lines.ts";
import { Document } from "../../server/language/index.ts";
import { Refusal } from "../../server/features/index.ts";
import { ask, edited } from "../kit/markers.ts";

/** Twenty declarations with one word each that nothing else has: what an error in one takes from the others shows. */
const declarations = Array.from({ length: 20 }, (_, i) => `/// Number ${i}.\nblock Block${i}(size${i}, stride = 1) {\n  let half${i} = size${i} div 2\n  conv2d(size${i}, 3, stride = stride, padding = same) -> batch_norm -> relu as stem${i}\n  repeat 2 {\n    add { dense(half${i}) -> dense(channels(in)) } { identity }\n  }\n}`);
const text = declarations.join("\n\n");
const lines = text.split("\n");
const broken = 10;
const first = lines.findIndex((l) => l.includes(`block Block${broken}(`));

/** Every text with one token of the middle declaration left out, or another one put before it. */
function* damaged(): Iterable<string> {
  for (let row = first; row < first + 7; row++) {
    for (const { startOffset, image } of lex(lines[row]!).tokens) {
      for (const fresh of ["", `) ${image}`, `{ ${image}`, `-> ${image}`]) yield [...lines.slice(0, row), lines[row]!.slice(0, startOffset) + fresh + lines[row]!.slice(startOffset + image.length), ...lines.slice(row + 1)].join("\n");
    }
  }
}

test("one broken token leaves the other declarations their symbols, hovers and renames", () => {
  let asked = 0;
  let answered = 0;
  const errors: number[] = [];
  for (const changed of damaged()) {
    const rows = changed.split("\n");
    errors.push(new Document("/test.nnet", changed).analysis().findings.filter((f) => f.severity === "error").length);
    const names = new Set(ask("textDocument/documentSymbol", changed, {}).map((s) => s.name));
    for (const other of [9, 11]) {
      const row = rows.findIndex((l) => l.includes(`let half${other} `));
      const position = { line: row, character: rows[row]!.indexOf("half") };
      asked += 3;
      if (names.has(`Block${other}`)) answered++;
      if (ask("textDocument/hover", changed, { position })) answered++;
      if (renamed(changed, position).split("middle").length === 3) answered++;
    }
  }
  expect(answered / asked).toBeGreaterThanOrEqual(0.95);
  errors.sort((a, b) => a - b);
  expect(errors[Math.floor(errors.length / 2)]).toBeLessThanOrEqual(2);
});

function renamed(source: string, position: { line: number; character: number }): string {
  try {
    const edit = ask("textDocument/rename", source, { position, newName: "middle" });
    return ((edit?.documentChanges ?? []) as unknown as { edits: never[] }[]).reduce((t, { edits }) => edited(t, edits), source);
  } catch (cause) {
    if (cause instanceof Refusal) return source;
    throw cause;
  }
}
