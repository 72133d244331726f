import type { Model } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { Probe } from "./probe.ts";
import type { ProbeRows } from "./rows.ts";

/** By what a graph computes, so that the same network asked for again, or elsewhere, is not run again; and by its rows. */
const probes = new Map<string, { readonly rows: ProbeRows | undefined; readonly probe: Probe }>();

export function probeOf(model: Model, rows?: ProbeRows): Probe {
  const key = contentOf(model);
  let found = probes.get(key);
  if (!found || found.rows !== rows) {
    if (probes.size > 20) probes.clear();
    probes.set(key, (found = { rows, probe: new Probe(model, rows) }));
  }
  if (!found.probe.over) {
    if (asked.size >= MOST_ASKED) asked.clear();
    asked.delete(found.probe);
    asked.add(found.probe);
  }
  return found.probe;
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

/** Nothing that was asked for is wanted any more. */
export function leaveOff(): void {
  asked.clear();
}

const contentOf = perModel(({ nodes }) => nodes.map((n) => `${n.layer?.name ?? n.type?.dtype} ${n.inputs.join(",")} ${n.type?.shape.join(",")} ${n.sharesWith ?? ""} ${JSON.stringify(n.args)}`).join("\n"));
