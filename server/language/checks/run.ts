import type { TrainAnalysis } from "../analysis.ts";
import type { Finding } from "../findings.ts";
import type { Model } from "../graph/graph.ts";
import { perModel } from "../graph/kept.ts";
import type { Rehearsals, Rehearsed } from "../rehearsal/index.ts";
import { type Probe, type Probes } from "../signal/index.ts";
import { decided } from "./decided.ts";
import type { CheckFinding, Trained } from "./define.ts";
import { work } from "../work.ts";
import { eachOutput } from "./each-output.ts";
import { checks } from "./index.ts";
import { rehearsed } from "./rehearsed.ts";
import { rootsOf } from "./roots.ts";

const onModel = checks.flatMap((c) => (c.model ? [contained(c.code, c.model.bind(c), (model: Model) => model)] : []));
const onTrain = checks.flatMap((c) => (c.train ? [contained(c.code, c.perOutput ? (train: Trained) => eachOutput(train).flatMap((own) => [...c.train!(own)]) : c.train.bind(c), ({ model }: Trained) => model)] : []));

const onProbe = checks.flatMap((c) => (c.probed ? [contained(c.code, ([model, probe]: readonly [Model, Probe]) => c.probed!(model, probe), ([model]) => model)] : []));

const onRehearsal = checks.flatMap((c) => (c.rehearsed ? [contained(c.code, ([train, rehearsed]: readonly [Trained, Rehearsed]) => c.rehearsed!(train, rehearsed), ([{ model }]) => model)] : []));

/** What a train block may excuse of a model that it trains. */
const excusing = new Map(checks.flatMap((c) => (c.excuses ? [[c.code, c] as const] : [])));

/** What a train block's findings rest on, beside its own declaration. */
type Basis = readonly [Model, TrainAnalysis["settings"], object | undefined, object | undefined, string | undefined];
const ofTrains = new WeakMap<TrainAnalysis["declaration"], { readonly basis: Basis; readonly found: readonly CheckFinding[] }>();

/** Every check over every model, by itself and as it is trained; what has not changed is not checked again. */
export function runChecks(models: readonly Model[], trains: readonly TrainAnalysis[], probes?: Probes, rehearsals?: Rehearsals): Finding[] {
  const found = new Map<Model, CheckFinding[]>();
  const unexcused = (model: Model): CheckFinding[] => decided(model, inModel(model), trains, probes, inProbe).filter((f) => !isExcused(f, model, trains));
  for (const model of models) found.set(model, unexcused(model));
  for (const train of trains) {
    const { model } = train;
    if (!model) continue;
    const known = found.get(model) ?? unexcused(model);
    known.push(...inTrain({ ...train, model }));
    found.set(model, known);
  }
  if (rehearsals) {
    for (const train of trains) {
      const { model } = train;
      if (model) found.get(model)!.push(...rehearsed({ ...train, model }, found.get(model)!, rehearsals, (...tried) => onRehearsal.flatMap((check) => check(tried))));
    }
  }
  return [...found.values()].flatMap((f) => (f.length === 0 ? [] : rootsOf(f, checks)));
}

/** Layers of the models that `runChecks` would look at anew. */
export function nodesToCheck(models: readonly Model[], trains: readonly TrainAnalysis[]): number {
  const all = new Set([...models, ...trains.flatMap((t) => t.model ?? [])]);
  return [...all].reduce((sum, m) => sum + (inModel.known(m) ? 0 : m.nodes.length), 0);
}

function isExcused(finding: CheckFinding, model: Model, trains: readonly TrainAnalysis[]): boolean {
  const check = excusing.get(finding.code);
  const own = check ? trains.filter((t): t is Trained => t.model === model) : [];
  return own.length > 0 && own.every((t) => check!.excuses!(t, finding));
}

/** A model is one object as long as nothing of it changes, and so is what is found in it. */
const inModel = perModel((model): readonly CheckFinding[] => {
  if (isGuessed(model)) return [];
  work.checked++;
  return onModel.flatMap((check) => check(model));
});

const inProbe = (model: Model, probe: Probe): CheckFinding[] => onProbe.flatMap((check) => check([model, probe]));

function inTrain(train: Trained): readonly CheckFinding[] {
  if (isGuessed(train.model)) return [];
  const basis: Basis = [train.model, train.settings, train.data?.settings, train.data?.profile, train.data?.absent.map(({ text, near }) => `${text.value}\0${near}`).join("\n")];
  const known = ofTrains.get(train.declaration);
  if (known && known.basis.every((b, i) => b === basis[i])) return known.found;
  const found = onTrain.flatMap((check) => check(train));
  ofTrains.set(train.declaration, { basis, found });
  return found;
}

/** A check that throws fails alone, and says so: the rest of the file is still checked. No test may see it happen. */
function contained<I>(code: string, check: (input: I) => Iterable<CheckFinding>, modelOf: (input: I) => Model): (input: I) => CheckFinding[] {
  return (input) => {
    try {
      return [...check(input)];
    } catch (e) {
      const { nodes, name } = modelOf(input);
      const [first] = nodes;
      return first ? [{ code: "check-failed", severity: "information", site: first.site, about: [], message: `the check ${code} failed on model ${name}, which says nothing of the model; please report it (${(e as Error).message})` }] : [];
    }
  };
}

/** Some argument is made up, or a part of it was not read: nothing can be said of how it trains. */
const isGuessed = perModel((model) => model.cut || model.nodes.some((n) => n.guessed));
