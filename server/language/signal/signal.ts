/**
 * What is known of the entries of one result at initialization, over the draws of the weights and the inputs, by
 * mean-field theory (Poole et al. 2016; Schoenholz et al. 2017; Yang and Schoenholz 2017): layers are taken as wide, so
 * that what a layer with weights gives is normal.
 */
export interface Signal {
  /** E[x] of an entry. */
  readonly mean: number;
  /** E[x²] of an entry. */
  readonly square: number;
  /** E[x·x′] of one entry for two independent inputs, or at two positions: what a batch norm subtracts and an average keeps. */
  readonly cross: number;
  /** False where an estimate is behind it. */
  readonly derived: boolean;
}

/** Features that are standardized: mean 0, mean square 1, independent. */
export const STANDARD: Signal = { mean: 0, square: 1, cross: 0, derived: true };

/**
 * How the gradient by a result goes to one of its inputs. The gradient is told by the mean square g of an entry and by
 * c = E[δ·δ′] of two positions; both change linearly: g ← gg·g + gc·c, c ← cg·g + cc·c.
 */
export interface Back {
  readonly gg: number;
  readonly gc: number;
  readonly cg: number;
  readonly cc: number;
}

/** Every entry by itself: by `self`, and by `cross` for a pair of positions. */
export const scaling = (self: number, cross = self): Back => ({ gg: self, gc: 0, cg: 0, cc: cross });

/** How the mean square of a kernel entry's gradient follows: self·g + cross·c. */
export interface Gain {
  /** The weight's key in its node. */
  readonly key: string;
  readonly self: number;
  readonly cross: number;
}

/** What a layer does to gradients, linearly. */
export interface Backward {
  /** One for each input. */
  readonly back: readonly Back[];
  readonly gains: readonly Gain[];
  /** Gains are for an input of E[x²] = 1 and E[x·x′] = 1: one object serves a layer whatever flows in. */
  readonly perInput?: true;
}

/** What a layer makes of its inputs: forward and backward. */
export interface Flow extends Backward {
  readonly signal: Signal;
}

export const NO_GAINS: readonly Gain[] = [];
export const IDENTITY: readonly Back[] = [scaling(1)];

export function variance(x: Signal): number {
  return Math.max(x.square - x.mean * x.mean, 0);
}

/** Variance over inputs (or positions) for given weights. */
export function spread(x: Signal): number {
  return Math.max(x.square - x.cross, 0);
}
