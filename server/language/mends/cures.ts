import type { Analysis } from "../analysis.ts";
import { type Finding, type Fix } from "../findings.ts";
import { type Range, rangeOf } from "../syntax/tree.ts";
import type { Lines } from "./edits.ts";
import type { Trials } from "./trials.ts";

/** A text that can say what would become of it. */
export interface Mendable extends Lines {
  readonly text: string;
  readonly length: number;
  tried(text: string): Analysis;
}

/** Larger texts are not analysed again for every fix. */
const LONGEST = 400_000;

const kept = new WeakMap<Analysis, Map<Fix, boolean>>();

/**
 * Whether a check's fix cures: analysed again with it, the finding is gone, and nothing else is found that was not. Where that would take long, or another
 * file is edited, it is not known, and not offered.
 */
export function cures(finding: Finding, fix: Fix, before: Analysis, document: Mendable, trials?: Trials): boolean {
  let known = kept.get(before);
  if (!known) kept.set(before, (known = new Map()));
  let answer = known.get(fix);
  if (answer === undefined && trials?.take(before, document.length) === false) return false;
  if (answer === undefined) known.set(fix, (answer = tried(finding, fix, before, document)));
  return answer;
}

function tried(finding: Finding, fix: Fix, before: Analysis, document: Mendable): boolean {
  if (document.length > LONGEST || fix.edits.some((e) => e.site.file !== document.path)) return false;
  const after = document.tried(applied(document.text, fix));
  const [old, now] = [countsOf(before), countsOf(after)];
  if (fix.unmasks) return (now.get(finding.code) ?? 0) < (old.get(finding.code) ?? 0) && after.findings.filter(isError).length <= before.findings.filter(isError).length;
  const others = [...now].every(([code, n]) => code === finding.code || n <= (old.get(code) ?? 0));
  return others && (now.get(finding.code) ?? 0) < (old.get(finding.code) ?? 0);
}

/**
 * Fixes of findings of one code, tried in one go: where all are gone with them, and nothing else is found that was not, each
 * is taken to cure. Otherwise nothing is known of any, and they are tried one by one.
 */
export function curesTogether(code: string, fixes: readonly Fix[], before: Analysis, document: Mendable): void {
  const edits = fixes.flatMap((f) => f.edits);
  if (fixes.length < 2 || document.length > LONGEST || edits.some((e) => e.site.file !== document.path) || overlap(edits)) return;
  const after = document.tried(applied(document.text, { edits }));
  const [old, now] = [countsOf(before), countsOf(after)];
  if ([...now].some(([other, n]) => n > (other === code ? old.get(code)! - fixes.length : (old.get(other) ?? 0)))) return;
  let known = kept.get(before);
  if (!known) kept.set(before, (known = new Map()));
  for (const fix of fixes) known.set(fix, true);
}

function overlap(edits: Fix["edits"]): boolean {
  const places = edits.map((e) => rangeOf(e.site)).sort((a, b) => order(a.start, b.start));
  return places.some((place, i) => i > 0 && order(places[i - 1]!.end, place.start) >= 0);
}

function order(a: Range["start"], b: Range["start"]): number {
  return a.line - b.line || a.character - b.character;
}

const isError = ({ severity }: Finding): boolean => severity === "error";

/** How often each code is found; hints apart. */
function countsOf({ findings }: Analysis): Map<string, number> {
  const counts = new Map<string, number>();
  for (const f of findings) if (f.severity !== "hint") counts.set(f.code, (counts.get(f.code) ?? 0) + 1);
  return counts;
}

/** The text with these edits, which do not overlap. */
export function applied(text: string, { edits }: Pick<Fix, "edits">): string {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (p: { line: number; character: number }): number => (p.line < starts.length ? starts[p.line]! + p.character : text.length);
  const places = edits.map((e) => ({ range: rangeOf(e.site), text: e.text })).map((e) => ({ start: offset(e.range.start), end: offset(e.range.end), text: e.text }));
  return places.sort((a, b) => b.start - a.start || b.end - a.end).reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);
}
