import type { Model } from "./graph.ts";

/** What readers have worked out of one model. A test's comparison of two models does not see it. */
export class Kept {
  readonly #values: unknown[] = [];
  /** Of the model before the last edit; of none before that one, so that nothing piles up. */
  #before: Kept | undefined;

  constructor(before?: Kept) {
    this.#before = before;
    if (before) before.#before = undefined;
  }

  of<R>(slot: number, work: (before: R | undefined) => R): R {
    if (slot in this.#values) return this.#values[slot] as R;
    const before = this.#before;
    const value = work(before && (before.#values[slot] as R | undefined));
    this.#values[slot] = value;
    return value;
  }
}

let slots = 0;

/**
 * What is worked out of a model once, however many readers ask; `before`: what it was before the last edit, if that was
 * asked for. The model itself keeps it, so that both go together: a WeakMap would hand what dies young to the old
 * generation, and an edit makes a model and drops one.
 */
export function perModel<R>(work: (model: Model, before: R | undefined) => R): (model: Model) => R {
  const slot = slots++;
  return (model) => model.kept.of<R>(slot, (before) => work(model, before));
}
