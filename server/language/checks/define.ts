import type { TrainAnalysis } from "../analysis.ts";
import type { Finding } from "../findings.ts";
import type { Model } from "../graph/graph.ts";
import type { Rehearsed } from "../rehearsal/index.ts";
import type { Probe } from "../signal/index.ts";

/** A `train` block whose model is known; its data, settings and the look at the file as far as they are. */
export interface Trained extends TrainAnalysis {
  readonly model: Model;
}

export interface CheckFinding extends Finding {
  /** Ids of the nodes that it is about; left out where it concerns the whole model. */
  readonly about?: readonly number[];
  /** The theory says it by an estimate: where a probe can run, that decides. */
  readonly estimated?: boolean;
}

/**
 * A warning with evidence: it fires only where the numbers say so, and says them. The condition, the formula with its
 * source and the guard against false alarms are in the check's file; docs/diagnostics/CODE.md explains it to users.
 */
export interface Check {
  readonly code: string;
  /**
   * Codes of what follows from this: where both are found in one model, and about a common node if both name nodes, this
   * one is the finding and the other is said with it.
   */
  readonly explains?: readonly string[];
  /**
   * Codes of what may be behind this, where they are found as information: the first is the finding then, as grave as
   * this one, which is said with it.
   */
  readonly explainedBy?: readonly string[];
  /** It fires only where the data file is known. */
  readonly needsData?: true;
  /** It fires on some machines alone: where it doesn't, an allowance of it is not one too many. */
  readonly byMachine?: true;
  /** Looks at one model by itself, */
  model?(model: Model): Iterable<CheckFinding>;
  /** It looks at what one output gives and is compared with: of a model with several, at each by itself. */
  readonly perOutput?: true;
  /** The same of what is only estimated there, by what a probe measured of the model's own passes; see decided.ts. */
  probed?(model: Model, probe: Probe): Iterable<CheckFinding>;
  /** What a rehearsal of a training shows, where no error and no warning says why; see rehearsed.ts. */
  rehearsed?(train: Trained, rehearsed: Rehearsed): Iterable<CheckFinding>;
  /** Whether what it found in a model does not matter for the data of a train block: said only if some block of that model is left. */
  excuses?(train: Trained, finding: CheckFinding): boolean;
  /** or at a model with the settings that train it. */
  train?(train: Trained): Iterable<CheckFinding>;
}

export function defineCheck(check: Check): Check {
  return check;
}
