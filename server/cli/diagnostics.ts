import { type Document, type Finding, fixesOf, rangeOf, type Severity, type Site, tryTogether } from "../language/index.ts";
import { disk, type Named, shown } from "./files.ts";
import { columns, counted, grouped, type Paint, wrap } from "./text.ts";

/** As `check --json` prints it. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

/** What was found in a file, in its order. */
export interface Found {
  readonly diagnostic: Diagnostic;
  readonly finding: Finding;
  /** What would do about it: of a check's, only what helps when it is tried. */
  readonly fixes: () => readonly string[];
}

/** Findings of a file whose fixes are tried: each takes another analysis. */
const MOST_FIXES = 50;

export function foundIn(file: Named, document: Document): Found[] {
  const analysis = document.analysis();
  let left = MOST_FIXES;
  const fixesFor = (finding: Finding): string[] => {
    if (left === MOST_FIXES) tryTogether(analysis, document);
    return left-- > 0 ? fixesOf(finding, analysis, document).map((f) => f.title) : [];
  };
  return analysis.findings
    .map((finding) => ({ finding, fixes: () => fixesFor(finding), diagnostic: { ...place(file, finding.site), severity: finding.severity, code: finding.code, message: finding.message } }))
    .sort((a, b) => a.diagnostic.line - b.diagnostic.line || a.diagnostic.column - b.diagnostic.column);
}

export function isProblem({ diagnostic }: Found): boolean {
  return diagnostic.severity === "error" || diagnostic.severity === "warning";
}

/** "1 error, 2 hints, 1 allowed in 3 files" */
export function tally(found: readonly Found[], allowed: number, files: number): string {
  const severities = { error: "error", warning: "warning", information: "remark", hint: "hint" } as const;
  const parts: string[] = [];
  for (const [severity, word] of Object.entries(severities)) {
    const n = found.filter((f) => f.diagnostic.severity === severity).length;
    if (n > 0) parts.push(counted(n, word));
  }
  if (parts.length === 0) parts.push("nothing to report");
  if (allowed > 0) parts.push(`${grouped(allowed)} allowed`);
  return `${parts.join(", ")} in ${counted(files, "file")}`;
}

const STYLES = { error: ["bold", "red"], warning: ["bold", "yellow"], information: ["bold", "blue"], hint: ["bold", "cyan"] } as const;

/** The place, the message and the source with the place underlined. */
export function rendered(file: Named, { finding, fixes, diagnostic: d }: Found, paint: Paint, width: number | undefined): string {
  const at = `${d.file}:${d.line}:${d.column}`;
  const head = `${at} ${d.severity}[${d.code}] ${d.message}`;
  const wrapped = width === undefined ? head : wrap(head, width, "    ");
  const coloured = wrapped.replace(`${at} ${d.severity}[${d.code}]`, () => `${paint("bold", at)} ${paint([...STYLES[d.severity]], `${d.severity}[${d.code}]`)}`);
  const lines = [coloured, ...excerpt(finding.site, paint, paint([...STYLES[d.severity]], "^"), width ?? 80)];
  for (const r of finding.related ?? []) {
    const other = place(file, r.site);
    lines.push(`  ${paint("dim", "see")} ${other.file}:${other.line}:${other.column} ${r.message}`);
  }
  for (const title of fixes()) lines.push(`  ${paint("dim", "fix")} ${title}`);
  return lines.join("\n");
}

function place(file: Named, site: Site): Omit<Diagnostic, "severity" | "code" | "message"> {
  const { start, end } = rangeOf(site);
  return { file: site.file === file.path ? file.shown : shown(site.file), line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

/** The line of the place, and carets under it; the part around them where the line is long. */
function excerpt(site: Site, paint: Paint, caret: string, width: number): string[] {
  const { start, end } = rangeOf(site);
  const text = disk.read(site.file)?.split(/\r\n|\r|\n/)[start.line];
  if (text === undefined) return [];
  const number = String(start.line + 1);
  const room = Math.max(width - number.length - 6, 20);
  const last = end.line === start.line ? end.character : text.length;
  const from = start.character > room - 10 ? start.character - Math.floor(room / 3) : 0;
  const part = cut(plain(text.slice(from, from + room)), from > 0, text.length > from + room);
  const before = columns(plain(text.slice(from, start.character)));
  const marked = Math.max(columns(plain(text.slice(start.character, Math.min(last, from + room)))), 1);
  return [`  ${paint("dim", `${number} │`)} ${part}`, `  ${paint("dim", `${" ".repeat(number.length)} │`)} ${" ".repeat(before)}${caret.replace("^", "^".repeat(marked))}`];
}

/** Says where the line goes on. */
function cut(part: string, before: boolean, after: boolean): string {
  const began = before ? `…${part.slice(1)}` : part;
  return after ? `${began.slice(0, -1)}…` : began;
}

/** One column a character: no tabs, nothing that steers the terminal. */
function plain(text: string): string {
  return text.replace(/\t/g, " ").replace(/\p{Cc}/gu, "�");
}
