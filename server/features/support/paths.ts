import type { Position, Range } from "vscode-languageserver-types";
import type { Document } from "../../language/index.ts";
import { lex } from "../../language/syntax/lines.ts";
import type { Files } from "./files.ts";
import type { Draft } from "./items.ts";

/** What a path in quotes leads to, by what stands before it. */
const KINDS = [
  { before: /\bcsv\(\s*(?:path\s*=\s*)?"([^"]*)$/, files: /\.(csv|tsv|txt)$/i, dotted: false },
  { before: /\bfrom\s+"([^"]*)$/, files: /\.nnet$/, dotted: true },
];

/** More names than this in one folder are not offered. */
const MOST = 500;

export interface Paths {
  readonly drafts: Draft[];
  /** The last part of the path, as far as the quotes or the next slash. */
  readonly range: Range;
}

/** Files and folders of the workspace where a text in quotes names one; undefined elsewhere. */
export function pathsAt(document: Document, position: Position, files: Files): Paths | undefined {
  const line = document.lineText(position.line);
  const { comment } = lex(line);
  if (comment && position.character > comment.start) return undefined;
  const before = line.slice(0, position.character);
  for (const kind of KINDS) {
    const typed = kind.before.exec(before)?.[1];
    if (typed === undefined) continue;
    const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
    const start = position.character - (typed.length - folder.length);
    const rest = /^[^"/]*/.exec(line.slice(position.character))![0].length;
    const range = { start: { line: position.line, character: start }, end: { line: position.line, character: position.character + (/"/.test(line.slice(position.character)) ? rest : 0) } };
    // Imports are relative, and say so.
    const lead = kind.dotted && folder === "" ? "./" : "";
    const own = document.path.split(/[\\/]/).pop();
    const drafts = files.entries(document.path, folder).slice(0, MOST).flatMap((entry): Draft[] => {
      if (entry.folder) return [{ label: `${lead}${entry.name}/`, kind: 19, sort: 1, again: true }];
      return kind.files.test(entry.name) && !(kind.dotted && folder === "" && entry.name === own) ? [{ label: `${lead}${entry.name}`, kind: 17, sort: 0 }] : [];
    });
    return { drafts, range };
  }
  return undefined;
}
