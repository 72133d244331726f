import type { Model } from "./graph.ts";

/** What readers have worked out of one model. A test's comparison of two models does not see it. */
export class Kept {
  readonly #values: unknown[] = [];
  /** By slot, what was last worked out of the model as it was; of no older one, so that nothing piles up. */
  readonly #before: unknown[];

  constructor(before?: Kept) {
    this.#before = before ? before.#latest() : [];
  }

  has(slot: number): boolean {
    return slot in this.#values;
  }

  of<R>(slot: number, work: (before: R | undefined) => R): R {
    if (slot in this.#values) return this.#values[slot] as R;
    const value = work(this.#before[slot] as R | undefined);
    this.#values[slot] = value;
    this.#before[slot] = undefined;
    return value;
  }

  /** Nobody may have asked since the last edit. */
  #latest(): unknown[] {
    const latest: unknown[] = [];
    for (const slot of followed) latest[slot] = slot in this.#values ? this.#values[slot] : this.#before[slot];
    return latest;
  }
}

/** A function of a model, and whether its value is known. */
export interface PerModel<R> {
  (model: Model): R;
  known(model: Model): boolean;
}

let slots = 0;
/** Those whose next value is worked out of the last one. */
const followed: number[] = [];

/**
 * What is worked out of a model once, however many readers ask; `before`: what it was before the last edit, if that was
 * asked for. The model itself keeps it, so that both go together: a WeakMap would hand what dies young to the old
 * generation, and an edit makes a model and drops one.
 */
export function perModel<R>(work: (model: Model, before: R | undefined) => R): PerModel<R> {
  const slot = slots++;
  if (work.length > 1) followed.push(slot);
  return Object.assign((model: Model) => model.kept.of<R>(slot, (before) => work(model, before)), { known: (model: Model) => model.kept.has(slot) });
}
