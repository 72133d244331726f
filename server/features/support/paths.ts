import type { Position, Range } from "vscode-languageserver-types";
import { type Document, sources } from "../../language/index.ts";
import { lex } from "../../language/syntax/lines.ts";
import { own } from "../../language/values.ts";
import type { Files } from "./files.ts";
import type { Draft } from "./items.ts";

interface Kind {
  readonly typed: string;
  readonly files: RegExp;
  /** Written with ./ before it. */
  readonly dotted: boolean;
}

/** What a path in quotes leads to, by what stands before it: an argument of a source that is declared to be a path, or an import. */
function kindOf(before: string): Kind | undefined {
  const imported = /\bfrom\s+"([^"]*)$/.exec(before);
  if (imported) return { typed: imported[1]!, files: /\.nnet$/, dotted: true };
  const [, name, given, label, typed] = /\b(\w+)\(((?:[^"()]|"[^"]*")*?)(?:\b(\w+)\s*=\s*)?"([^"]*)$/.exec(before) ?? [];
  if (name === undefined || !Object.hasOwn(sources, name)) return undefined;
  const { params } = sources[name]!;
  const position = given!.replace(/"[^"]*"/g, "").split(",").length - 1;
  const leadsTo = own(params, label ?? Object.keys(params)[position] ?? "")?.type.path;
  return leadsTo && { typed: typed!, files: leadsTo === "folder" ? /^(?!)/ : new RegExp(`\\.(${leadsTo.join("|")})$`, "i"), dotted: false };
}

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
  const kind = kindOf(before);
  if (!kind) return undefined;
  const { typed } = kind;
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
