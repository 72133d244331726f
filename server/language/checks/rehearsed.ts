import { labelledRows } from "../data-labels.ts";
import type { Finding } from "../findings.ts";
import type { Model } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import { isTooDear, type Plan, type Rehearsed, type Rehearsals } from "../rehearsal/index.ts";
import type { CheckFinding, Trained } from "./define.ts";
import { stepsOf, siteOfSetting } from "./rates.ts";

/** What was last said of a model by a rehearsal, by the data that it is trained on. */
const verdictsOf = perModel<Map<string, readonly CheckFinding[]>>((_model, before) => new Map(before));

/** What was said goes along with each edit of a model, whether anyone asks for its findings or not. */
export function followRehearsals(models: readonly Model[]): void {
  for (const model of models) verdictsOf(model);
}

/**
 * What a rehearsal of a training shows, where nothing else was found that it may suffer from: an error or a warning says why,
 * and a rehearsal only that. Until it is over, what the last one of the same model found stays, without its fixes.
 */
export function rehearsed(train: Trained, known: readonly Finding[], rehearsals: Rehearsals, say: (train: Trained, rehearsed: Rehearsed) => readonly CheckFinding[]): readonly CheckFinding[] {
  const { model, data, settings } = train;
  const name = data?.name ?? "";
  const before = verdictsOf(model);
  if (!isTried(train) || known.some((f) => f.severity === "error" || f.severity === "warning")) {
    before.delete(name);
    return [];
  }
  const found = tried(() => rehearsals.of(train.declaration, () => planOf(train), [model, settings, data!.settings, data!.profile]));
  if (found === "later") return (before.get(name) ?? []).map(({ fixes: _fixes, propose: _propose, ...finding }) => ({ ...finding, site: siteOfSetting(train, "optimizer") }));
  const said = found ? say(train, found) : [];
  before.set(name, said);
  return said;
}

/** Analysis never throws; what fails says nothing of the model. */
function tried<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const isTried = ({ model, data, settings }: Trained): boolean =>
  settings !== undefined && data?.settings !== undefined && data.profile !== undefined && model.complete && !model.cut && model.outputs.length > 0 && !model.nodes.some((n) => n.guessed) && !isTooDear(model, settings);

function planOf(train: Trained): Plan | undefined {
  const { model, data, settings } = train;
  const rows = labelledRows(train);
  const steps = stepsOf(train);
  if (!rows || steps === undefined) return undefined;
  return { ...rows, model, settings: settings!, stepsPerEpoch: steps / settings!.epochs, source: data!.profile!, read: JSON.stringify(data!.settings) };
}
