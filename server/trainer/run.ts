import { dirname, resolve } from "node:path";
import { checkpointPath } from "./checkpoint.ts";
import { openDataset, removeSpilled } from "./data/open.ts";
import { chooseEngine, type Work } from "./engines/choose.ts";
import type { Engine } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import { checkMemory, type Needed } from "./memory.ts";
import { expectedLabels, planOf } from "./plan.ts";
import type { EngineChoice, StartEvent, TrainerEvent, TrainRequest } from "./protocol.ts";
import { dataStamp, type Identity, Keeper, readRun, resumePath, type Saved, unfinished } from "./resume.ts";
import { endOf, endOfAll } from "./several.ts";
import { readTarget } from "./target.ts";
import { type Around, type Result, trainOne } from "./training.ts";
import { readied, type Trial, trialsOf } from "./trials.ts";
import { KeptWeights } from "./weights.ts";
import { probeFolder, removeLeftovers } from "./whole.ts";

export interface Surroundings {
  readonly emit: (event: TrainerEvent) => void;
  /** Once what was emitted can't be lost any more, even if this process is killed. */
  readonly told?: () => Promise<void>;
  readonly cancelled: () => boolean;
  /** Replaced in tests. */
  readonly engine?: (choice: EngineChoice, work: Work) => Promise<Engine>;
  /** Bytes that are free. Replaced in tests. */
  readonly memory?: () => number;
}

/** One `nnet train`: everything is checked before the first step, then every event up to `end` is emitted. Throws TrainerErrors. */
export async function runTraining(request: TrainRequest, { emit, told = () => Promise.resolve(), cancelled, engine: choose = chooseEngine, memory = availableMemory }: Surroundings): Promise<void> {
  const target = readTarget(request.file, request.model, request.text);
  const settings = request.epochs === undefined ? target.settings : { ...target.settings, epochs: checkedEpochs(request.epochs) };
  const { model, data } = target;
  const checkpoint = checkpointPath(request.file, target.name, request.out === undefined ? undefined : resolve(dirname(request.file), request.out));
  removeSpilled(dirname(checkpoint));
  const stamp = dataStamp(data.settings, request.file);
  const dataset = await openDataset({ file: request.file, settings: data.settings, expected: expectedLabels(model, settings), seed: settings.seed, folds: settings.folds, folder: dirname(checkpoint) }, target);
  const plan = planOf(model, settings, dataset.labels.map((l) => l.kind), data.settings);
  const trials = trialsOf({ settings, plan, dataset, checkpoint });
  let ready = await readied(trials[0]!, model);
  await probeFolder(checkpoint);
  const statePath = resumePath(checkpoint);
  for (const path of new Set([checkpoint, statePath, ...trials.map((t) => t.checkpoint)])) await removeLeftovers(path);

  const engine = await choose(request.engine ?? "auto", { model, batch: settings.batch, shape: ready.shape });
  const bytes = 4 * (ready.train.rows + ready.validation.rows + ready.test.rows) * (ready.shape.reduce((a, b) => a * b, 1) + plan.heads.length);
  const needed: Needed = { model, plan, shape: ready.shape, data: Math.min(bytes, data.settings.memory), engine: engine.name, limit: engine.limit };
  const [batch, free] = [Math.min(settings.batch, ready.train.rows), memory()];
  checkMemory(needed, batch, free);
  const identity: Identity = {
    text: target.sha256, model: model.name, seed: settings.seed, epochs: settings.epochs,
    engine: engine.name, version: JSON.stringify(engine.versions),
    get data() {
      return stamp() + (dataset.stamp ?? "");
    },
  };
  const from = request.resume ? await readRun(statePath, identity) : undefined;
  const left = from ? undefined : await unfinished(statePath, identity);
  const finished = [...(from?.finished ?? [])];
  if (finished.length > 0) ready = await readied(trials[Math.min(finished.length, trials.length - 1)]!, model);
  const open = () => engine.open(model, ready.plan, { batch: Math.min(settings.batch, ready.train.rows), steps: settings.epochs * Math.ceil(ready.train.rows / settings.batch), measured: request.measure !== 0 });
  let session = await open();
  if (session.rowBytes) checkMemory({ ...needed, row: await session.rowBytes(ready.shape) }, batch, free);
  const said = [...ready.notes, ...(left ? [`An unfinished run of this file (${wordsFor(placeIn(left, trials), settings.epochs)}) begins anew; --resume goes on with it.`] : [])];
  emit({
    event: "start", model: model.name, ...(target.name !== model.name && { run: target.name }), engine: engine.name, engineNote: engine.note, versions: engine.versions,
    rows: { train: ready.train.rows, validation: ready.validation.rows, test: ready.test.rows },
    params: model.totals.params, epochs: settings.epochs, batch: settings.batch, seed: settings.seed,
    ...(settings.ensemble !== undefined && { ensemble: settings.ensemble }), ...(settings.folds !== undefined && { folds: settings.folds }), checkpoint,
    ...(from && { resumed: placeIn(from, trials) }),
    ...(said.length > 0 && { notes: said }),
  });
  const keeper = new Keeper(statePath, identity, settings.checkpoint?.args["epochs"] as number | undefined, told, ({ event }) => {
    emit({ ...event, event: "warning", message: `${event.message} Training goes on; this run can't be resumed.` });
  });
  const weights = new KeptWeights(target, dataset, trials, checkpoint, finished.length > 0);
  const around: Around = {
    model, emit, cancelled, save: (...best) => weights.save(...best), measure: request.measure === undefined ? undefined : checkedInterval(request.measure),
    keeper: { offer: (saved, when) => keeper.offer(async () => ({ finished, run: await saved() }), when) },
  };
  let result: Result | undefined;
  for (const trial of trials.slice(finished.length)) {
    if (result) {
      session.dispose();
      ready = await readied(trial, model);
      session = await open();
    }
    result = await trainOne(ready, session, result ? undefined : from?.run, around);
    if (!result.trained) break;
    finished.push(result.trained);
    if (trials.length === 1) break;
    emit(endOf(trial, result.trained));
    await keeper.offer(() => Promise.resolve({ finished, run: undefined }), "stop");
  }
  session.dispose();
  const end = trials.length > 1 && finished.length === trials.length ? await endOfAll(trials, finished, { engine, model, cancelled }) : result!.end;
  if (end.reason !== "cancelled") await keeper.finish();
  emit({ event: "end", ...end, checkpoint: weights.written ? checkpoint : null });
}

/** Where a saved run goes on. */
function placeIn({ finished, run }: Saved, trials: readonly Trial[]): NonNullable<StartEvent["resumed"]> {
  return { ...trials[Math.min(finished.length, trials.length - 1)]!.which, epoch: run?.position.epoch ?? 1, step: run?.position.step ?? 0 };
}

const wordsFor = ({ member, fold, epoch }: NonNullable<StartEvent["resumed"]>, epochs: number): string => `${member === undefined ? "" : `member ${member}, `}${fold === undefined ? "" : `fold ${fold}, `}epoch ${epoch} of ${epochs}`;

/** Free memory, within the limit that a container sets, and what this process has taken already. */
function availableMemory(): number {
  return process.availableMemory() + process.memoryUsage.rss();
}

function checkedInterval(epochs: number): number {
  if (Number.isInteger(epochs) && epochs >= 0) return epochs;
  throw new TrainerError("bad-interval", `layers are measured every so many epochs, a whole number ≥ 0, received ${epochs}`);
}

function checkedEpochs(epochs: number): number {
  if (Number.isInteger(epochs) && epochs >= 1) return epochs;
  throw new TrainerError("bad-epochs", `epochs is a whole number ≥ 1, received ${epochs}`);
}
