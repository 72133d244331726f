import type { TrainAnalysis } from "../analysis.ts";
import { rowsOf } from "../data-rows.ts";
import type { Model, Node } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { canReach, type Probe, type ProbeRows, type Probes, propagate } from "../signal/index.ts";
import type { Site } from "../syntax/tree.ts";
import type { CheckFinding } from "./define.ts";

/** What a probe decided of a model, or of one that it was before. */
interface Verdict {
  readonly probe: Probe;
  readonly nodes: readonly Node[];
  readonly found: readonly CheckFinding[];
}

/** Kept from one edit of a model to the next. */
const verdictOf = perModel<{ last: Verdict | undefined }>((_model, before) => ({ last: before?.last }));

/** What was decided goes along with each edit of a model, whether anyone asks for its findings or not. */
export function follow(models: readonly Model[]): void {
  for (const model of models) verdictOf(model);
}

/**
 * What is found in a model, where a part of its theory is an estimate: decided once, by a probe. Until it is over nothing
 * is said by the estimate, and of a model that was edited what the last probe found stays where it was; so no finding comes
 * only to go. Where no probe can come through, or nobody runs one, the estimate stands.
 */
export function decided(model: Model, found: readonly CheckFinding[], trains: readonly TrainAnalysis[], probes: Probes | undefined, measure: (model: Model, probe: Probe) => readonly CheckFinding[]): readonly CheckFinding[] {
  if (!probes) return found;
  const verdict = verdictOf(model);
  if (!isEstimated(model)) {
    // A model that is being written is often incomplete for a moment.
    if (model.complete && !model.nodes.some((n) => n.guessed)) verdict.last = undefined;
    return found;
  }
  const train = trains.find((t) => t.model === model && t.data?.settings !== undefined);
  const probe = probes.of(model, () => train && ofUsualSize(model, rowsOf(train)), [train?.data?.settings, train?.data?.profile]);
  if (probe === undefined || (probe !== "later" && !probe.whole)) {
    verdict.last = undefined;
    return found;
  }
  const sure = found.filter((f) => f.estimated !== true);
  if (probe === "later") return [...sure, ...moved(verdict.last, model)];
  if (verdict.last?.probe !== probe || verdict.last.nodes !== model.nodes) verdict.last = { probe, nodes: model.nodes, found: measure(model, probe) };
  return [...sure, ...verdict.last.found];
}

/** Larger models are told by the theory alone. */
const MOST_NODES = 1_000;

/** Some result has no closed form, and a probe can come to all of them. */
const isEstimated = perModel((model): boolean => {
  const { nodes, outputs, complete, cut } = model;
  const last = nodes[nodes.length - 1];
  if (!complete || cut || nodes.some((n) => n.guessed) || outputs.length !== 1 || nodes.length > MOST_NODES || !last) return false;
  const { signals } = propagate(model);
  // Of what a model gives nothing else depends.
  return nodes.some((n) => n.layer !== undefined && !signals.isDerived(n.id) && !outputs.includes(n.id)) && canReach(model, last);
});

/** Mean squares of rows that initialization is made for; of larger and smaller ones other checks speak. */
const [LEAST_SQUARE, MOST_SQUARE] = [0.1, 10];

/** Rows whose size is no finding by itself: otherwise random ones tell what the model is like. */
function ofUsualSize({ inputs, nodes }: Model, rows: ProbeRows | undefined): ProbeRows | undefined {
  if (!rows || inputs.every((id) => nodes[id]!.type?.dtype === "int")) return rows;
  let [sum, n] = [0, 0];
  for (const row of rows.rows) for (let i = 0; i < row.length; i++) [sum, n] = [sum + row[i]! ** 2, n + 1];
  return sum / n >= LEAST_SQUARE && sum / n <= MOST_SQUARE ? rows : undefined;
}

/** What was found before an edit, where its place is still there, or the layer that it is about; what would be done waits. */
function moved(last: Verdict | undefined, { nodes }: Model): CheckFinding[] {
  if (!last) return [];
  const same = (a: Site, b: Site): boolean => a.line === b.line && a.span.start === b.span.start && a.span.line === b.span.line;
  return last.found.flatMap(({ propose: _propose, fixes: _fixes, related, ...found }): CheckFinding[] => {
    const still = (site: Site): boolean => nodes.some((n) => same(n.site, site));
    if (!still(found.site)) {
      const was = last.nodes.find((n) => same(n.site, found.site));
      const is = was && nodes[was.id];
      return was?.layer && is?.layer?.name === was.layer.name ? [{ ...found, site: is.site }] : [];
    }
    return [{ ...found, ...(related && { related: related.filter((r) => still(r.site)) }) }];
  });
}
