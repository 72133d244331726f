import { profileOf } from "../../server/formats/looks/table.ts";
import { type Analysis, analyse, type DataProfile, type Finding, type Host, isolated, type Model, rangeOf } from "../../server/language/index.ts";
import { RehearsalsAtOnce } from "../../server/language/rehearsal/index.ts";
import { nodeParams } from "../../server/language/graph/totals.ts";

/**
 * Fixtures carry their expectation in the source:
 *
 *     conv2d(8, 3) -> relu     //: [26, 26, 8]  80 params
 *     conv2d(8, 31)            //: [?]
 * //            ^^ error[kernel-too-large]: the largest that fits is 26
 *
 * A caret line is about the line above that is none; `//<---` marks from column 0. A message is a part of the finding's.
 * Matching is exact both ways: a finding that no line expects fails, and so does an expectation that nothing meets.
 * `//- NAME` begins another text: `fixed` is the first one after the first fix of its first finding that has one, and
 * `NAME.csv` a data file beside it.
 */
export interface Expectation {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}

export function sections(text: string): Map<string, string> {
  const parts = text.split(/^\/\/- (\S+)[^\n]*\n/m);
  const files = new Map([["main", parts[0]!]]);
  for (let i = 1; i < parts.length; i += 2) files.set(parts[i]!, parts[i + 1]!);
  return files;
}

/** A folder of these data files and nothing else: path from the text → what is in it. Trainings are rehearsed. */
export function dataHost(files: ReadonlyMap<string, string>): Host {
  const known = new Map<string, DataProfile | undefined>();
  const data = [...files.keys()].filter((name) => /\.\w+$/.test(name));
  return {
    ...isolated,
    // A text without data files says nothing of them.
    ...(data.length > 0 && { lies: (path: string) => files.has(path), names: (_from: string, folder: string) => (folder === "" ? data.map((name) => ({ name, folder: false })) : []) }),
    rehearsals: new RehearsalsAtOnce(Infinity),
    profile(request) {
      const text = files.get(request.files["path"] ?? "");
      const key = JSON.stringify(request);
      if (!known.has(key)) known.set(key, text === undefined ? undefined : profileOf(Buffer.from(text), Buffer.byteLength(text), request));
      return known.get(key);
    },
  };
}

const CARETS = /^\s*\/\/( *)(\^+|<-+) (error|warning|information|hint)\[([a-z0-9-]+)\](?:: (.*))?$/;

export function expectations(text: string): { findings: Expectation[]; shapes: { line: number; text: string }[] } {
  const findings: Expectation[] = [];
  const shapes: { line: number; text: string }[] = [];
  let target = 0;
  for (const [i, line] of text.split("\n").entries()) {
    const match = CARETS.exec(line);
    if (match) {
      const start = match[2]!.startsWith("<") ? 0 : line.indexOf("^");
      const end = match[2]!.startsWith("<") ? match[2]!.length - 1 : start + match[2]!.length;
      findings.push({ line: target, start, end, severity: match[3]!, code: match[4]!, message: match[5] ?? "" });
      continue;
    }
    target = i;
    const shape = /\/\/: (.*)$/.exec(line);
    if (shape) shapes.push({ line: i, text: shape[1]!.trim() });
  }
  return { findings, shapes };
}

/** The text without its expectations: what a user would have. */
export function bare(text: string): string {
  return text.split("\n").filter((l) => !CARETS.test(l)).map((l) => l.replace(/\s*\/\/: .*$/, "")).join("\n").trim();
}

export function describeFinding(f: Finding): Expectation {
  const { start, end } = rangeOf(f.site);
  return { line: start.line, start: start.character, end: start.line === end.line ? end.character : start.character + 1, severity: f.severity, code: f.code, message: f.message };
}

/** What stands behind `//:`: the last node that the line makes, in the first model that has one. */
export function shapeAt(analysis: Analysis, line: number): string {
  for (const { model } of analysis.models) {
    const nodes = model.nodes.filter((n) => n.site.line.number + n.site.span.line === line);
    const node = nodes[nodes.length - 1];
    if (!node) continue;
    const shape = node.type ? `[${node.type.shape.map(String).join(", ")}]` : "[?]";
    const params = lineParams(model, line);
    return params > 0 && node.type ? `${shape}  ${params} params` : shape;
  }
  return "nothing";
}

function lineParams(model: Model, line: number): number {
  const nodes = model.nodes.filter((n) => n.site.line.number + n.site.span.line === line && n.sharesWith === undefined);
  return nodes.reduce((sum, n) => sum + nodeParams(n), 0);
}

/** Differences between what a fixture expects and what is found; empty if it holds. */
export function check(text: string, host: Host = isolated): string[] {
  const analysis = analyse("/fixture.nnet", text, host);
  const expected = expectations(text);
  const actual = analysis.findings.map(describeFinding);
  const problems: string[] = [];
  const left = [...actual];
  for (const e of expected.findings) {
    const at = left.findIndex((a) => a.line === e.line && a.start === e.start && a.end === e.end && a.code === e.code && a.severity === e.severity && a.message.includes(e.message));
    if (at >= 0) left.splice(at, 1);
    else problems.push(`line ${e.line + 1}:${e.start + 1}-${e.end + 1}: expected ${e.severity}[${e.code}]: ${e.message}`);
  }
  for (const a of left) problems.push(`line ${a.line + 1}:${a.start + 1}-${a.end + 1}: found ${a.severity}[${a.code}]: ${a.message}`);
  for (const s of expected.shapes) {
    const found = shapeAt(analysis, s.line);
    if (found !== s.text) problems.push(`line ${s.line + 1}: expected ${s.text}, found ${found}`);
  }
  return problems;
}

/** Writes what is found into the fixture, for `UPDATE=1`: read the difference before you commit it. */
export function rewrite(text: string, host: Host = isolated): string {
  const analysis = analyse("/fixture.nnet", text, host);
  const { findings } = expectations(text);
  const out: string[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (CARETS.test(line)) continue;
    out.push(line.replace(/\/\/: .*$/, `//: ${shapeAt(analysis, i)}`));
    for (const a of analysis.findings.map(describeFinding).filter((f) => f.line === i)) {
      const known = findings.find((e) => e.line === i && e.code === a.code && a.message.includes(e.message));
      const marks = a.start < 2 ? `//<${"-".repeat(Math.max(a.end, 1))}` : `//${" ".repeat(a.start - 2)}${"^".repeat(Math.max(a.end - a.start, 1))}`;
      out.push(`${marks} ${a.severity}[${a.code}]: ${known?.message || a.message}`);
    }
  }
  return out.join("\n");
}

/** The text after this fix. */
export function applyFix(text: string, fix: { edits: readonly { site: Finding["site"]; text: string }[] }): string {
  const lines = text.split("\n");
  const offsets: number[] = [0];
  for (const l of lines) offsets.push(offsets[offsets.length - 1]! + l.length + 1);
  const edits = fix.edits.map((e) => {
    const { start, end } = rangeOf(e.site);
    return { start: offsets[start.line]! + start.character, end: offsets[end.line]! + end.character, text: e.text };
  });
  let result = text;
  for (const e of edits.sort((a, b) => b.start - a.start)) result = result.slice(0, e.start) + e.text + result.slice(e.end);
  return result;
}
