import type { TrainAnalysis } from "../analysis.ts";
import type { Finding } from "../findings.ts";
import type { Model } from "../graph/graph.ts";

/** What checks look at: graphs that are worked out, and what trains them. */
export interface CheckInput {
  readonly models: readonly Model[];
  readonly trains: readonly TrainAnalysis[];
}

/**
 * A warning with evidence: it fires only where the numbers say so, and says them. The condition, the formula with its
 * source and the guard against false alarms are in the check's file; docs/diagnostics/CODE.md explains it to users.
 */
export interface Check {
  readonly code: string;
  /** Looks at one model by itself, */
  model?(model: Model): Iterable<Finding>;
  /** or at a model with the settings that train it. */
  train?(train: TrainAnalysis & { readonly model: Model }): Iterable<Finding>;
}

export function defineCheck(check: Check): Check {
  return check;
}
