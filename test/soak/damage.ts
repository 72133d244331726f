import { features, Refusal } from "../../server/features/index.ts";
import { analyse, Document, rangeOf } from "../../server/language/index.ts";
import { lex } from "../../server/language/syntax/lines.ts";
import { context, filesOf } from "../kit/markers.ts";
import { count, guarded, quantile, type Result } from "./result.ts";
import { sources } from "./sources.ts";

/** Put in a token's place, one after another. */
const INSTEAD = [")", "{", "}", "->", "=", "x", "3", "["];

export const title = "One broken token";

/** A text with one token deleted, doubled or replaced, and the row of it. */
export function* broken(text: string): Iterable<{ text: string; row: number; how: "deleted" | "doubled" | "replaced" }> {
  const lines = text.split("\n");
  let turn = 0;
  for (const [row, line] of lines.entries()) {
    for (const { startOffset, image } of lex(line).tokens) {
      const change = (fresh: string): string => [...lines.slice(0, row), line.slice(0, startOffset) + fresh + line.slice(startOffset + image.length), ...lines.slice(row + 1)].join("\n");
      yield { row, how: "deleted", text: change("") };
      yield { row, how: "doubled", text: change(`${image} ${image}`) };
      yield { row, how: "replaced", text: change(INSTEAD[turn++ % INSTEAD.length]!) };
    }
  }
}

interface Place {
  readonly name: string;
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
}

/** The declared names of a text. */
export function places(text: string): Place[] {
  return analyse("/t.nnet", text).syntax.declarations.flatMap((d) => {
    if (d.kind === "import" || d.kind === "train") return [];
    const { start } = rangeOf({ file: "", line: d.line, span: d.name.span });
    return [{ name: d.name.text, line: start.line, character: start.character, endLine: d.line.number + d.span.endLine }];
  });
}

/** What is answered about a declaration: whether it is listed, hovered, renamed. */
export function answers(document: Document, { name, line, character }: Place): boolean[] {
  const answering = { ...context, files: filesOf({}, document) };
  const ask = (method: string, more: object): unknown => {
    try {
      return features.find((f) => f.method === method)!.handler({ uri: "file:///t.nnet", document }, { position: { line, character }, ...more } as never, answering);
    } catch (cause) {
      if (cause instanceof Refusal) return null;
      throw cause;
    }
  };
  const listed = (ask("textDocument/documentSymbol", {}) as { name: string }[]).some((s) => s.name === name);
  return [listed, ask("textDocument/hover", {}) !== null, ask("textDocument/rename", { newName: "renamed_by_soak" }) !== null];
}

export function run(share: number): Result {
  const wrong: string[] = [];
  const every = Math.round(1 / share);
  const kept = [0, 0, 0];
  const asked = [0, 0, 0];
  const errors: number[] = [];
  let [damages, below, turn] = [0, 0, 0];
  for (const { name, text } of sources()) {
    const sound = new Document("/t.nnet", text);
    const before = sound.analysis().findings.filter((f) => f.severity === "error").length;
    const declared = places(text).map((place) => ({ place, can: answers(sound, place) }));
    for (const { text: changed, row, how } of broken(text)) {
      if (turn++ % every !== 0) continue;
      damages++;
      guarded(wrong, () => `${name}, line ${row + 1}, ${how}`, () => {
        const document = new Document("/t.nnet", changed);
        errors.push(Math.max(0, document.analysis().findings.filter((f) => f.severity === "error").length - before));
        let [left, all] = [0, 0];
        for (const { place, can } of declared) {
          if (row >= place.line && row <= place.endLine) continue;
          for (const [i, now] of answers(document, place).entries()) {
            if (!can[i]) continue;
            asked[i]!++;
            all++;
            if (!now) continue;
            kept[i]!++;
            left++;
          }
        }
        if (all > 0 && left / all < 0.95) below++;
      });
    }
  }
  const percent = (a: number, b: number): string => `${((100 * a) / Math.max(b, 1)).toFixed(2)} %`;
  const share95 = kept.map((k, i) => k / Math.max(asked[i]!, 1));
  for (const [i, what] of ["symbols", "hover", "rename"].entries()) if (asked[i]! > 0 && share95[i]! < 0.95) wrong.push(`${what} of other declarations: ${percent(kept[i]!, asked[i]!)}`);
  if (quantile(errors, 0.5) > 2) wrong.push(`median of ${quantile(errors, 0.5)} errors`);
  return { wrong, text: [
    `Every token of every text (samples, model fixtures, examples) deleted, doubled and replaced: ${count(damages)} texts. Of the other declarations these stay:`,
    "",
    "| | stay | of |", "|---|---:|---:|",
    ...["listed among the symbols", "hover on their names", "rename"].map((what, i) => `| ${what} | ${percent(kept[i]!, asked[i]!)} | ${count(asked[i]!)} |`),
    "",
    `Less than 95 % stay in ${count(below)} of the texts. New errors for a broken token: median ${quantile(errors, 0.5)}, 90 % have at most ${quantile(errors, 0.9)}, 99 % at most ${quantile(errors, 0.99)}.`,
  ].join("\n") };
}
