import type { TrainAnalysis } from "./analysis.ts";
import { isCheck, isProbed, judge, type Judged } from "./allowances.ts";
import { follow } from "./checks/decided.ts";
import { followRehearsals } from "./checks/rehearsed.ts";
import { nodesToCheck, runChecks } from "./checks/run.ts";
import type { Finding } from "./findings.ts";
import type { Model } from "./graph/graph.ts";
import type { Rehearsals } from "./rehearsal/index.ts";
import type { Probes } from "./signal/index.ts";
import type { Line } from "./syntax/lines.ts";
import { rangeOf, type Site } from "./syntax/tree.ts";

/** What the findings of one text rest on. */
export interface Basis {
  readonly path: string;
  /** What the language found. */
  readonly language: readonly Finding[];
  readonly models: readonly Model[];
  readonly trains: readonly TrainAnalysis[];
  readonly probes: Probes | undefined;
  readonly rehearsals: Rehearsals | undefined;
  readonly linesOf: (path: string) => readonly Line[] | undefined;
  /** Of which codes nobody knows yet whether they would be found. */
  readonly silent: (code: string) => boolean;
}

/** The checks of so many layers cost less than a message to the editor. */
const FEW = 100;

/**
 * The findings of one text. Checks are run when somebody asks for them: who hovers or completes between two keystrokes
 * does not wait for them, and of a large model the editor hears its errors first.
 */
export class Report {
  private readonly basis: Basis;
  /** What was last said of the text as it was; undefined at the first reading. */
  private readonly before: readonly Finding[] | undefined;
  private judged: Judged | undefined;
  private soon: readonly Finding[] | undefined;

  constructor(basis: Basis, before: Report | undefined) {
    this.basis = basis;
    const models = [...basis.models, ...basis.trains.flatMap((t) => t.model ?? [])];
    if (basis.probes) follow(models);
    if (basis.rehearsals) followRehearsals(models);
    this.before = before && (before.judged?.findings ?? before.soon ?? before.before ?? []);
  }

  get findings(): readonly Finding[] {
    return this.whole().findings;
  }

  get allowed(): readonly Finding[] {
    return this.whole().allowed;
  }

  get early(): readonly Finding[] | undefined {
    const { before, basis: { language, models, trains, path, linesOf } } = this;
    if (this.judged || !before) return undefined;
    if (this.soon || nodesToCheck(models, trains) <= FEW) return this.soon;
    const there = ({ file, line }: Site): boolean => file !== path || linesOf(path)![line.number] === line;
    const still = before.flatMap((f): Finding[] => ((isCheck(f.code) || f.code === "unused-allowance") && there(f.site) ? [{ ...f, ...(f.related && { related: f.related.filter((r) => there(r.site)) }) }] : []));
    // What is allowed of the checks is known once they have run.
    return (this.soon = inOrder(distinct([...judge(distinct(language), path, linesOf, isCheck).findings, ...still])));
  }

  private whole(): Judged {
    if (this.judged) return this.judged;
    const { language, models, trains, probes, path, linesOf, silent } = this.basis;
    // What has errors is not tried.
    const rehearsals = language.some((f) => f.severity === "error") ? undefined : this.basis.rehearsals;
    let undecided = false;
    const asked: Probes | undefined = probes && { of: (...about) => {
      const probe = probes.of(...about);
      undecided ||= probe === "later";
      return probe;
    } };
    const found = distinct([...language, ...runChecks(models, trains, asked, rehearsals)]);
    const judged = judge(found, path, linesOf, (code) => silent(code) || (undecided && isProbed(code)));
    return (this.judged = { ...judged, findings: inOrder(judged.findings) });
  }
}

/** A message names what the text names, and that may be longer than anyone reads. */
const LONGEST_MESSAGE = 1000;
const RANK = { error: 0, warning: 1, information: 2, hint: 3 } as const;

/** One finding a place and code, the gravest, with the line numbers that its message names. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const f of findings) {
    const { start } = rangeOf(f.site);
    const key = `${f.site.file}:${start.line}:${start.character}:${f.code}`;
    const known = seen.get(key);
    if (known && RANK[known.severity] <= RANK[f.severity]) continue;
    const message = f.message.length > LONGEST_MESSAGE ? `${f.message.slice(0, LONGEST_MESSAGE)}…` : f.message;
    seen.set(key, { ...f, message: f.origin ? `${message} (${f.origin.text}, line ${rangeOf(f.origin.site).start.line + 1})` : message });
  }
  return [...seen.values()];
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => {
    const [p, q] = [rangeOf(a.site).start, rangeOf(b.site).start];
    return p.line - q.line || p.character - q.character;
  });
}
