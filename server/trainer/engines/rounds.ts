/** How TensorFlow's graph goes through long sequences (graph/scan.ts). */
export interface Rounds {
  /** Positions up to which all are written out: TensorFlow's optimizer takes seconds for thousands of nodes. */
  readonly writtenOut: number;
  /** Positions of a round of the loop: starting one costs as much as a few operations. */
  readonly positions: number;
}
export const ROUNDS: Rounds = { writtenOut: 16, positions: 8 };
