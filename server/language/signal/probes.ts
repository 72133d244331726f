import { forgettable } from "../forget.ts";
import type { Model } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { numberOf } from "../identity.ts";
import { Probe } from "./probe.ts";
import type { ProbeRows } from "./rows.ts";

/** Whoever has probes run, for those who need their numbers. */
export interface Probes {
  /**
   * A probe that is over; "later" where one will be; undefined where none comes to an end. `basis`: what the rows follow
   * from, besides the model.
   */
  of(model: Model, rows: () => ProbeRows | undefined, basis: readonly unknown[]): Probe | "later" | undefined;
}

/** By what a graph computes, so that the same network asked for again, or elsewhere, is not run again; and by its rows. */
const probes = new Map<string, Probe>();
const MOST_KEPT = 20;

export function probeOf(model: Model, rows?: ProbeRows): Probe {
  const key = `${rows ? numberOf(rows) : ""}\n${contentOf(model)}`;
  let probe = probes.get(key);
  if (!probe) {
    if (probes.size > MOST_KEPT) probes.clear();
    probes.set(key, (probe = new Probe(model, rows)));
  }
  if (!probe.over) {
    if (asked.size >= MOST_ASKED) asked.clear();
    asked.delete(probe);
    asked.add(probe);
  }
  return probe;
}

/** What was asked for and is not over, the latest last. */
const asked = new Set<Probe>();
const MOST_ASKED = 20;

/** Goes on with what was asked for, by so many multiplications and entries; false where nothing was left to do. */
export function goOn(most: number): boolean {
  const probe = [...asked].at(-1);
  if (!probe) return false;
  probe.complete(most);
  if (probe.over) asked.delete(probe);
  return true;
}

forgettable(() => {
  probes.clear();
  asked.clear();
});

/** Nothing that was asked for is wanted any more. */
export function leaveOff(): void {
  asked.clear();
}

/** Probes that are run while one waits: each within `each` multiplications and entries, and `all` together. */
export class ProbesAtOnce implements Probes {
  private readonly each: number;
  private left: number;

  constructor(each: number, all = Infinity) {
    this.each = each;
    this.left = all;
  }

  of(model: Model, rows: () => ProbeRows | undefined): Probe | undefined {
    const probe = probeOf(model, rows());
    const before = probe.spent;
    if (!probe.over) probe.complete(Math.min(this.each, this.left));
    this.left -= probe.spent - before;
    return probe.over ? probe : undefined;
  }
}

/** What a graph computes. */
export const contentOf = perModel(({ nodes }) => nodes.map((n) => `${n.layer?.name ?? n.type?.dtype} ${n.inputs.join(",")} ${n.type?.shape.join(",")} ${n.sharesWith ?? ""} ${JSON.stringify(n.args)}`).join("\n"));
