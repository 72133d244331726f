import type { Analysis } from "../analysis.ts";
import { type Finding, type Fix } from "../findings.ts";
import { rangeOf } from "../syntax/tree.ts";
import type { Lines } from "./edits.ts";

/** A text that can say what would become of it. */
export interface Mendable extends Lines {
  readonly text: string;
  instead(text: string): { analysis(): Analysis };
}

/** Larger texts are not analysed again for every fix. */
const LONGEST = 400_000;

const kept = new WeakMap<Analysis, Map<Fix, boolean>>();

/**
 * Whether a check's fix cures: analysed again with it, the finding is gone, there are no more errors and warnings than
 * were left, and no remark of a kind that was not there. Where that would take long, or another file is edited, it is not known, and not offered.
 */
export function cures(finding: Finding, fix: Fix, before: Analysis, document: Mendable): boolean {
  let known = kept.get(before);
  if (!known) kept.set(before, (known = new Map()));
  let answer = known.get(fix);
  if (answer === undefined) known.set(fix, (answer = tried(finding, fix, before, document)));
  return answer;
}

function tried(finding: Finding, fix: Fix, before: Analysis, document: Mendable): boolean {
  const { text } = document;
  if (text.length > LONGEST || fix.edits.some((e) => e.site.file !== document.path)) return false;
  const after = document.instead(applied(text, fix)).analysis();
  const alike = ({ findings }: Analysis): number => findings.filter((f) => f.code === finding.code).length;
  const serious = ({ findings }: Analysis): number => findings.filter((f) => f.severity === "error" || f.severity === "warning").length;
  const gone = finding.severity === "error" || finding.severity === "warning" ? 1 : 0;
  const codes = new Set(before.findings.map((f) => f.code));
  return alike(after) < alike(before) && serious(after) <= serious(before) - gone && after.findings.every((f) => f.severity === "hint" || codes.has(f.code));
}

/** The text with these edits, which do not overlap. */
export function applied(text: string, { edits }: Pick<Fix, "edits">): string {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (p: { line: number; character: number }): number => (p.line < starts.length ? starts[p.line]! + p.character : text.length);
  const places = edits.map((e) => ({ range: rangeOf(e.site), text: e.text })).map((e) => ({ start: offset(e.range.start), end: offset(e.range.end), text: e.text }));
  return places.sort((a, b) => b.start - a.start || b.end - a.end).reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
}
