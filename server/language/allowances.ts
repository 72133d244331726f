import { checks } from "./checks/index.ts";
import type { Finding } from "./findings.ts";
import { didYouMean } from "./suggest.ts";
import type { Line } from "./syntax/lines.ts";
import { rangeOf, type Site } from "./syntax/tree.ts";

/** What the language itself reports without being sure that it is wrong. */
const REMARKS = ["budget-exceeded", "empty-model", "unreachable-part", "unused-block", "unused-import", "unused-input", "unused-name", "unused-parameter", "unused-result"];

const CHECKS = new Map(checks.map((c) => [c.code, c]));

/** Codes that `// allow CODE: reason` silences on its line: every check, and what is only unused. Never an error of the language. */
export const ALLOWABLE: readonly string[] = [...CHECKS.keys(), ...REMARKS].sort();

/** `// allow CODE, CODE: reason`, read from a line's comment; columns of that line. */
export interface Allowance {
  readonly codes: readonly { readonly text: string; readonly start: number }[];
  readonly reason: string;
  /** Behind the last code. */
  readonly end: number;
  /** A colon stands there. */
  readonly colon: boolean;
}

const FORM = /^\/\/\s*allow\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s*(:?)\s*(.*)$/;

/** Undefined for a comment that only happens to begin with "allow". */
export function allowanceIn({ lexed: { comment } }: Pick<Line, "lexed">): Allowance | undefined {
  const match = comment && !comment.text.startsWith("///") ? FORM.exec(comment.text) : null;
  if (!match) return undefined;
  const [, list, colon, reason] = match as unknown as [string, string, string, string];
  const from = comment!.start + comment!.text.indexOf(list, comment!.text.indexOf("allow") + 5);
  const codes = [...list.matchAll(/[\w-]+/g)].map((m) => ({ text: m[0], start: from + m.index }));
  const meant = colon === ":" || codes.some((c) => ALLOWABLE.includes(c.text)) || (reason === "" && codes.every((c) => c.text.includes("-")));
  return meant ? { codes, reason: reason.trim(), end: from + list.length, colon: colon === ":" } : undefined;
}

interface Placed {
  readonly allowance: Allowance;
  readonly line: Line;
  /** The line that it is about: its own, or the next that is not a comment alone. */
  readonly about: number;
  readonly used: Set<string>;
}

/** Those of a text, in its order. */
function placed(lines: readonly Line[]): Placed[] {
  const found: Placed[] = [];
  for (const [row, line] of lines.entries()) {
    const allowance = line.text.includes("allow") && line.lexed.comment ? allowanceIn(line) : undefined;
    if (!allowance) continue;
    let about = row;
    while (about < lines.length && lines[about]!.lexed.tokens.length === 0 && (about === row || lines[about]!.lexed.comment)) about++;
    found.push({ allowance, line, about, used: new Set() });
  }
  return found;
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** Silenced, each by a reason that stands beside it. */
  readonly allowed: readonly Finding[];
}

/**
 * Takes away what is allowed on its line, and reports allowances that give no reason, name nothing, or allow nothing.
 * `silent`: codes of which nobody knows yet whether they would be found (the data file is not read).
 */
export function judge(findings: readonly Finding[], path: string, linesOf: (path: string) => readonly Line[] | undefined, silent: (code: string) => boolean): Judged {
  const files = new Map<string, Placed[]>();
  const of = (file: string): Placed[] => {
    let known = files.get(file);
    if (!known) files.set(file, (known = placed(linesOf(file) ?? [])));
    return known;
  };
  const own = of(path);
  const kept: Finding[] = [];
  const allowed: Finding[] = [];
  for (const finding of findings) {
    const by = isAllowable(finding) ? [finding.site, ...usesIn(finding, path)].flatMap((s) => of(s.file).filter((p) => p.about === rangeOf(s).start.line && p.allowance.codes.some((c) => c.text === finding.code))) : [];
    for (const p of by) p.used.add(finding.code);
    (by.length > 0 ? allowed : kept).push(finding);
  }
  const broken = findings.some((f) => f.severity === "error" && !CHECKS.has(f.code));
  return { findings: [...kept, ...own.flatMap((p) => [...remarks(p, path, (code) => broken || silent(code))])], allowed };
}

/** What a block of another file does is told, and allowed, where this file uses it. */
function usesIn(finding: Finding, path: string): Site[] {
  return finding.site.file === path ? [] : (finding.related ?? []).map((r) => r.site).filter((s) => s.file === path);
}

function* remarks({ allowance, line, used }: Placed, path: string, silent: (code: string) => boolean): Iterable<Finding> {
  const site = (start: number, end: number): Site => ({ file: path, line, span: { line: 0, start, endLine: 0, end } });
  const { codes, reason, end, colon } = allowance;
  for (const { text, start } of codes) {
    const place = site(start, start + text.length);
    if (!ALLOWABLE.includes(text)) {
      const near = didYouMean(text, ALLOWABLE);
      const why = near.text || "; docs/diagnostics has a page for each check";
      yield { code: "unknown-allowance", severity: "warning", site: place, message: `no check is called ${text}, so nothing is allowed here${why}`, ...(near.name && { fixes: [{ title: `Change to ${near.name}`, edits: [{ site: place, text: near.name }] }] }) };
    } else if (!used.has(text) && !silent(text)) {
      yield { code: "unused-allowance", severity: "warning", site: place, unnecessary: true, message: `nothing is found here that this allows: ${text} is not reported on this line; take the allowance away` };
    }
  }
  if (reason === "") {
    const last = codes[codes.length - 1]!;
    yield { code: "allowance-without-reason", severity: "warning", site: site(codes[0]!.start, last.start + last.text.length), message: `say why ${last.text} is allowed here, for whoever reads it next: // allow ${last.text}: the paper does this` };
  } else if (!colon) {
    yield { code: "allowance-without-reason", severity: "warning", site: site(codes[0]!.start, end), message: "a colon stands before the reason", fixes: [{ title: "Put a colon before the reason", edits: [{ site: site(end, end), text: ":" }] }] };
  }
}

/** Whether a finding of this code rests on the data file. */
export function isByMachine(code: string): boolean {
  return CHECKS.get(code)?.byMachine === true;
}

export function needsData(code: string): boolean {
  return CHECKS.get(code)?.needsData === true;
}

/** Whether it rests on a rehearsal, which is not made everywhere, and takes a while where it is. */
export const isRehearsed = (code: string): boolean => CHECKS.get(code)?.rehearsed !== undefined;

/** Whether a probe may have to decide it. */
export const isProbed = (code: string): boolean => CHECKS.get(code)?.probed !== undefined;

export function isCheck(code: string): boolean {
  return CHECKS.has(code);
}

/** A finding that a reason can silence. */
export function isAllowable({ code, severity }: Pick<Finding, "code" | "severity">): boolean {
  return CHECKS.has(code) || (severity !== "error" && REMARKS.includes(code));
}
