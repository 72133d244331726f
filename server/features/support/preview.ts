import { type Analysis, applied, type Document, type Finding, type Fix, formatShape, rangeOf, type Trials } from "../../language/index.ts";
import { resultsOf } from "./model-lines.ts";
import { firstOfLast, times } from "./signal-text.ts";
import { count } from "./text.ts";

/** What a text would be after a fix. */
export interface Preview {
  /** "output [1, 1, 8], −1,234 params"; empty where nothing of it changes. */
  readonly consequences: string;
  /** The finding is gone, and there are no more errors and warnings than before. */
  readonly cures: boolean;
}

/** Larger texts are not analysed again for every fix that could be shown. */
const LONGEST = 400_000;

const kept = new WeakMap<Analysis, Map<Fix, Preview | undefined>>();

/** Analyses the text with the fix applied. Undefined where that would take long, or where it edits another file. */
export function previewOf(document: Document, finding: Finding, fix: Fix, trials: Trials): Preview | undefined {
  const analysis = document.analysis();
  let known = kept.get(analysis);
  if (!known) kept.set(analysis, (known = new Map()));
  if (!known.has(fix) && !trials.take(analysis, document.length)) return undefined;
  if (!known.has(fix)) known.set(fix, work(document, analysis, finding, fix));
  return known.get(fix);
}

function work(document: Document, before: Analysis, finding: Finding, fix: Fix): Preview | undefined {
  if (document.length > LONGEST || fix.edits.some((e) => e.site.file !== document.path)) return undefined;
  const after = document.tried(applied(document.text, fix));
  const alike = (a: Analysis): number => a.findings.filter((f) => f.code === finding.code).length;
  const serious = (a: Analysis): number => a.findings.filter((f) => f.severity === "error" || f.severity === "warning").length;
  // An error that the first one hid may come up in its place.
  return { cures: alike(after) < alike(before) && serious(after) <= serious(before), consequences: consequences(before, after, fix) };
}

function consequences(before: Analysis, after: Analysis, fix: Fix): string {
  const parts: string[] = [];
  const line = fix.edits[0] && rangeOf(fix.edits[0].site).start.line;
  if (line !== undefined) {
    const [old, now] = [outputAt(before, line), outputAt(after, line)];
    if (now !== undefined && now !== old) parts.push(`output ${now}`);
  }
  const [old, now] = [total(before), total(after)];
  if (old !== now) parts.push(`${now > old ? "+" : "−"}${count(Math.abs(now - old))} params`);
  const gradient = gradientChange(before, after);
  if (gradient) parts.push(gradient);
  return parts.join(", ");
}

/** "the first layer's gradient 3e-7 → 0.4 of the last's", of the first model where it changes twofold. */
function gradientChange(before: Analysis, after: Analysis): string | undefined {
  for (const { model } of before.models) {
    const now = after.models.find((m) => m.model.name === model.name)?.model;
    const [old, fresh] = [firstOfLast(model), now && firstOfLast(now)];
    if (!old || !fresh || Math.abs(Math.log(fresh.ratio / old.ratio)) < Math.LN2) continue;
    return `the first layer's gradient ${times(old.ratio)} → ${times(fresh.ratio)} of the last's (${old.derived && fresh.derived ? "derived" : "estimated"})`;
  }
  return undefined;
}

function outputAt(analysis: Analysis, line: number): string | undefined {
  const shapes = new Set(resultsOf(analysis, line).map((r) => (r.last.type ? formatShape(r.last.type.shape) : undefined)));
  return shapes.size === 1 ? [...shapes][0] : undefined;
}

function total({ models }: Analysis): number {
  return models.reduce((sum, m) => sum + m.model.totals.params, 0);
}
