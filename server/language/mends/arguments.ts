import type { Analysis } from "../analysis.ts";
import type { Finding, Fix } from "../findings.ts";
import type { Range } from "../syntax/tree.ts";
import type { Edits } from "./edits.ts";

export interface Patient {
  readonly finding: Finding;
  readonly analysis: Analysis;
  readonly range: Range;
  readonly edits: Edits;
}

/** Keras: dense(10, activation = relu). */
export function activationBehind({ range, edits }: Patient): readonly Fix[] | undefined {
  if (edits.read(range) !== "activation") return undefined;
  const { line, character } = range.start;
  const text = edits.text.lineText(line);
  const given = /^\s*[=:]\s*["']?(\w+)["']?/.exec(text.slice(range.end.character));
  const end = range.end.character + (given?.[0].length ?? 0);
  const behind = given ? movedBehind(given[1]!, { start: { line, character }, end: { line, character: end } }, edits) : undefined;
  return behind && [behind];
}

/** An argument away, and a layer behind the call. */
function movedBehind(layer: string, range: Range, edits: Edits): Fix | undefined {
  const { line } = range.start;
  const text = edits.text.lineText(line);
  let close = range.end.character;
  for (let depth = 1; depth > 0 && close < text.length; close++) depth += text[close] === "(" ? 1 : text[close] === ")" ? -1 : 0;
  if (text[close - 1] !== ")") return undefined;
  return { title: `Put ${layer} behind it`, edits: [withoutComma(range, edits), edits.insert(line, close, ` -> ${layer}`)] };
}

export function dropArgument(patient: Patient): readonly Fix[] | undefined {
  const { finding, range, edits } = patient;
  if (finding.cause?.kind === "thousands") return misplacedArgument(patient);
  // relu(dense(8))
  const outer = finding.cause?.kind === "around" ? finding.cause.word : undefined;
  const { line } = range.start;
  const text = edits.text.lineText(line);
  const [open, close] = [new RegExp(`\\b${outer}\\(\\s*$`).exec(text.slice(0, range.start.character)), /^\s*\)/.exec(text.slice(range.end.character))];
  if (outer !== undefined && open && close && range.end.line === line) {
    return [{ title: `Put ${outer} behind it`, edits: [edits.replace(line, open.index, range.start.character, ""), edits.replace(line, range.end.character, range.end.character + close[0].length, ` -> ${outer}`)] }];
  }
  const written = edits.read(range);
  if (written === undefined) return undefined;
  const placed = finding.cause?.kind === "twice" ? /,\s*([\d_.]+)(?=\s*,\s*$)/.exec(text.slice(0, range.start.character)) : null;
  if (!placed) return [{ title: "Remove it", edits: [withoutComma(range, edits)] }];
  return [{ title: `Keep ${written}`, edits: [edits.replace(line, placed.index, placed.index + placed[0].length, "")] }, { title: `Keep ${placed[1]}`, edits: [withoutComma(range, edits)] }];
}

/** dense(16, relu), dense(1,024), batch_norm(64). */
export function misplacedArgument({ finding: { cause }, range, edits }: Patient): readonly Fix[] | undefined {
  if (cause?.kind === "known-channels") return [{ title: "Remove it", edits: [withoutComma(range, edits)] }];
  const { line } = range.start;
  const thousands = cause?.kind === "thousands" ? cause.word : undefined;
  const start = thousands === undefined ? -1 : edits.text.lineText(line).lastIndexOf(/^\d+/.exec(thousands)![0], range.start.character);
  if (thousands !== undefined && start >= 0) return [{ title: `Write ${thousands}`, edits: [edits.replace(line, start, range.end.character, thousands)] }];
  const behind = cause?.kind === "activation-behind" ? movedBehind(cause.word!, range, edits) : undefined;
  return behind && [behind];
}

/** An entry of a list, and the comma that set it apart. */
export function withoutComma({ start, end }: Range, edits: Edits): Fix["edits"][number] {
  const line = edits.text.lineText(start.line);
  const before = /\s*,\s*$/.exec(line.slice(0, start.character));
  if (before) return edits.replace(start.line, before.index, end.character, "");
  const after = /^\s*,\s*/.exec(line.slice(end.character));
  return edits.replace(start.line, start.character, end.character + (after?.[0].length ?? 0), "");
}
