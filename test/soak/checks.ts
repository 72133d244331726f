import { receptiveFields } from "../../server/language/graph/receptive.ts";
import { analyse, type Analysis, Document, format, rangeOf } from "../../server/language/index.ts";
import { lex } from "../../server/language/syntax/lines.ts";
import { damaged, strays } from "./programs.ts";
import type { Random } from "./random.ts";

/** What a reader sees of an analysis, with absolute places. */
export function picture(a: Analysis): unknown {
  return [
    a.findings.map((f) => [f.code, f.severity, f.message, rangeOf(f.site)]),
    a.models.map((m) => [m.model.name, m.model.totals.params, receptiveFields(m.model), m.model.nodes.map((n) => [n.name, rangeOf(n.site), n.type && n.type.shape.map(String)])]),
  ];
}

/** The text with one token left out, and with another one put before it, for each token. */
export function* oneToken(text: string): Iterable<string> {
  const lines = text.split("\n");
  for (const [row, line] of lines.entries()) {
    for (const [i, { startOffset, image }] of lex(line).tokens.entries()) {
      for (const fresh of ["", `${strays[(row + i) % strays.length]} ${image}`]) yield [...lines.slice(0, row), line.slice(0, startOffset) + fresh + line.slice(startOffset + image.length), ...lines.slice(row + 1)].join("\n");
    }
  }
}

/** What is wrong with how a text is formatted; undefined where nothing is. "refused" where it is left alone. */
export function misformatted(text: string): string | undefined {
  const once = format(text);
  if (once === undefined) return "refused";
  const plain = (t: string): string => t.replace(/\s+/g, "");
  const comments = (t: string): string => JSON.stringify([...t.matchAll(/\/\/[^\n]*/g)].map(([c]) => c.trimEnd()));
  const meaning = (t: string): string => {
    const { findings, models } = analyse("/t.nnet", t);
    return JSON.stringify([findings.map((f) => [f.code, f.message.replace(/line \d+/g, "")]), models.map(({ model }) => [model.name, model.totals.params, model.nodes.length])]);
  };
  if (format(once) !== once) return "not idempotent";
  if (plain(once) !== plain(text.replace(/^\ufeff/, ""))) return "text lost";
  if (comments(once) !== comments(text.replace(/\r\n?/g, "\n"))) return "comments lost";
  return meaning(once) === meaning(text) ? undefined : "another meaning";
}

/** Random edits one after another, each compared with a fresh reading; gives the first difference. */
export function replay(text: string, r: Random, edits: number): string | undefined {
  let plain = text.replace(/\r\n?/g, "\n");
  const document = new Document("/t.nnet", plain);
  for (let i = 0; i < edits; i++) {
    const start = r.below(plain.length + 1);
    const end = Math.min(start + (r.next() < 0.5 ? 0 : r.below(30)), plain.length);
    const fresh = r.next() < 0.2 ? "" : r.next() < 0.3 ? damaged(plain.slice(start, start + 40), r, 1) : r.of(strays);
    const before = plain;
    document.edit({ start: place(plain, start), end: place(plain, end) }, fresh);
    plain = document.text;
    const [now, again] = [JSON.stringify(picture(document.analysis())), JSON.stringify(picture(analyse("/t.nnet", plain)))];
    if (now !== again) return `${JSON.stringify(before)} with [${start}, ${end}) → ${JSON.stringify(fresh)}`;
  }
  return undefined;
}

export function place(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before[before.length - 1]!.length };
}
