import type { Signal } from "./signal.ts";

const UNKNOWN = 0;
const ESTIMATED = 1;
const DERIVED = 2;

/** Signals by node, in columns: an edit makes those of a whole model anew, and numbers in columns cost no collector. */
export class Signals {
  readonly length: number;
  readonly means: Float64Array;
  readonly squares: Float64Array;
  readonly crosses: Float64Array;
  private readonly states: Uint8Array;

  /** `before`: those of which the first `same` stay. */
  constructor(length: number, before?: Signals, same = 0) {
    this.length = length;
    this.means = new Float64Array(length);
    this.squares = new Float64Array(length);
    this.crosses = new Float64Array(length);
    this.states = new Uint8Array(length);
    if (!before) return;
    this.means.set(before.means.subarray(0, same));
    this.squares.set(before.squares.subarray(0, same));
    this.crosses.set(before.crosses.subarray(0, same));
    this.states.set(before.states.subarray(0, same));
  }

  /** Undefined where the theory has no answer. */
  at(id: number): Signal | undefined {
    return this.states[id] ? this.known(id) : undefined;
  }

  /** Of a node for which `has` holds. */
  known(id: number): Signal {
    return { mean: this.means[id]!, square: this.squares[id]!, cross: this.crosses[id]!, derived: this.states[id] === DERIVED };
  }

  has(id: number): boolean {
    return this.states[id]! !== UNKNOWN;
  }

  isDerived(id: number): boolean {
    return this.states[id] === DERIVED;
  }

  set(id: number, { mean, square, cross, derived }: Signal): void {
    this.put(id, mean, square, cross, derived);
  }

  put(id: number, mean: number, square: number, cross: number, derived: boolean): void {
    this.means[id] = mean;
    this.squares[id] = square;
    this.crosses[id] = cross;
    this.states[id] = derived ? DERIVED : ESTIMATED;
  }

  all(): (Signal | undefined)[] {
    return Array.from({ length: this.length }, (_, id) => this.at(id));
  }
}
