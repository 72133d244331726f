import type { Finding, Severity } from "../findings.ts";
import type { Check, CheckFinding } from "./define.ts";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };
/** Of what follows from one cause, this many places are named. */
const MOST_RELATED = 8;

/**
 * One root cause, one finding: what another finding of the same model explains is said with it, as related information.
 * The cause takes over the gravest severity of what follows from it.
 */
export function rootsOf(found: readonly CheckFinding[], checks: readonly Check[]): Finding[] {
  const explains = effectsOf(checks);
  const causes = found.filter((f) => explains.has(f.code));
  if (causes.length === 0) return found.map(plain);
  const causeOf = (effect: CheckFinding) => causes.find((c) => c !== effect && explains.get(c.code)!.has(effect.code) && meet(c, effect));
  const effects = new Map<CheckFinding, CheckFinding[]>();
  for (const finding of found) {
    const root = rootOf(finding, found, causeOf);
    const known = effects.get(root) ?? [];
    if (root !== finding) known.push(finding);
    effects.set(root, known);
  }
  return [...effects].map(([root, follow]) => (follow.length === 0 ? plain(root) : joined(root, follow)));
}

type Effects = ReadonlyMap<string, ReadonlySet<string>>;
const known = new WeakMap<readonly Check[], Effects>();

/** By code, the codes of what it explains. */
function effectsOf(checks: readonly Check[]): Effects {
  const before = known.get(checks);
  if (before) return before;
  const explains = new Map<string, Set<string>>();
  const add = (cause: string, effects: readonly string[]): void => void explains.set(cause, new Set([...(explains.get(cause) ?? []), ...effects]));
  for (const { code, explains: effects = [], explainedBy = [] } of checks) {
    if (effects.length > 0) add(code, effects);
    for (const cause of explainedBy) add(cause, [code]);
  }
  known.set(checks, explains);
  return explains;
}

/** Of a circle, its first in the order in which they were found. */
function rootOf(finding: CheckFinding, found: readonly CheckFinding[], causeOf: (effect: CheckFinding) => CheckFinding | undefined): CheckFinding {
  const way = [finding];
  for (let cause = causeOf(finding); cause; cause = causeOf(cause)) {
    const at = way.indexOf(cause);
    if (at >= 0) return found.find((f) => way.indexOf(f) >= at)!;
    way.push(cause);
  }
  return way[way.length - 1]!;
}

function meet({ about: a }: CheckFinding, { about: b }: CheckFinding): boolean {
  return !a || !b || a.some((id) => b.includes(id));
}

function joined(root: CheckFinding, follow: readonly CheckFinding[]): Finding {
  const severity = follow.reduce((s, f) => (RANK[f.severity] < RANK[s] ? f.severity : s), root.severity);
  const named = follow.slice(0, MOST_RELATED).map((f) => ({ site: f.site, message: `from this follows ${f.code}: ${f.message}` }));
  return { ...plain(root), severity, related: [...(root.related ?? []), ...named] };
}

function plain({ about: _about, estimated: _estimated, ...finding }: CheckFinding): Finding {
  return finding;
}
