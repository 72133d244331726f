import { dirname, resolve } from "node:path";
import type { Model } from "../language/index.ts";
import { checkpointPath, writeCheckpoint } from "./checkpoint.ts";
import { balanced } from "./classes.ts";
import { openDataset, removeSpilled } from "./data/open.ts";
import { dresser } from "./dress.ts";
import { chooseEngine, type Work } from "./engines/choose.ts";
import type { Engine, WeightData } from "./engines/engine.ts";
import { placeOf, TrainerError } from "./errors.ts";
import { trainLoop } from "./loop.ts";
import { checkMemory } from "./memory.ts";
import { expectedLabel, planOf } from "./plan.ts";
import type { EngineChoice, TrainerEvent, TrainRequest } from "./protocol.ts";
import { dataStamp, type Identity, Keeper, readRun, resumePath, unfinished } from "./resume.ts";
import { readTarget } from "./target.ts";
import { probeFolder, removeLeftovers } from "./whole.ts";

export interface Surroundings {
  readonly emit: (event: TrainerEvent) => void;
  readonly cancelled: () => boolean;
  /** Replaced in tests. */
  readonly engine?: (choice: EngineChoice, work: Work) => Promise<Engine>;
  /** Bytes that are free. Replaced in tests. */
  readonly memory?: () => number;
}

/** One `nnet train`: everything is checked before the first step, then every event up to `end` is emitted. Throws TrainerErrors. */
export async function runTraining(request: TrainRequest, { emit, cancelled, engine: choose = chooseEngine, memory = availableMemory }: Surroundings): Promise<void> {
  const target = readTarget(request.file, request.model, request.text);
  const settings = request.epochs === undefined ? target.settings : { ...target.settings, epochs: checkedEpochs(request.epochs) };
  const { model, data } = target;
  checkLearns(model);
  const checkpoint = checkpointPath(request.file, model.name, request.out === undefined ? undefined : resolve(dirname(request.file), request.out));
  removeSpilled(dirname(checkpoint));
  const dataset = await openDataset({ file: request.file, settings: data.settings, expected: expectedLabel(model, settings), seed: settings.seed, folder: dirname(checkpoint) }, target);
  const plan = planOf(model, settings, dataset.label.kind);
  const { train: rows, validation, test, encoding, shape, notes } = dataset.prepare(plan.head);
  const train = await balanced(rows, settings, plan.head);
  const dress = await dresser(settings, model, plan, rows);
  await probeFolder(checkpoint);
  const statePath = resumePath(checkpoint);
  for (const path of [checkpoint, statePath]) await removeLeftovers(path);

  const engine = await choose(request.engine ?? "auto", { model, batch: settings.batch });
  const bytes = 4 * (train.rows + validation.rows + test.rows) * (shape.reduce((a, b) => a * b, 1) + 1);
  checkMemory({ model, plan, shape, data: Math.min(bytes, data.settings.memory), engine: engine.name }, Math.min(settings.batch, train.rows), memory());
  const session = await engine.open(model, plan, { batch: Math.min(settings.batch, train.rows), steps: settings.epochs * Math.ceil(train.rows / settings.batch), measured: request.measure !== 0 });
  const identity: Identity = {
    text: target.sha256, data: dataStamp(data.settings, request.file), model: model.name, seed: settings.seed, epochs: settings.epochs,
    engine: engine.name, version: JSON.stringify(engine.versions),
  };
  const from = request.resume ? await readRun(statePath, identity) : undefined;
  const left = from ? undefined : await unfinished(statePath, identity);
  const said = left ? [...notes, `An unfinished run of this file (epoch ${left.epoch} of ${settings.epochs}) begins anew; --resume goes on with it.`] : notes;
  emit({
    event: "start", model: model.name, engine: engine.name, engineNote: engine.note, versions: engine.versions,
    rows: { train: train.rows, validation: validation.rows, test: test.rows },
    params: model.totals.params, epochs: settings.epochs, batch: settings.batch, seed: settings.seed, checkpoint,
    ...(from && { resumed: { epoch: from.position.epoch, step: from.position.step } }),
    ...(said.length > 0 && { notes: said }),
  });
  let written = false;
  const keeper = new Keeper(statePath, identity, settings.checkpoint?.args["epochs"] as number | undefined, ({ event }) => {
    emit({ ...event, event: "warning", message: `${event.message} Training goes on; this run can't be resumed.` });
  });
  const { classes } = dataset.label;
  const save = async (weights: ReadonlyMap<string, WeightData>, epoch: number): Promise<void> => {
    await writeCheckpoint(checkpoint, weights, {
      nnetSha256: target.sha256, model: model.name, seed: settings.seed, epoch, label: data.settings.label ?? "",
      features: encoding.columns?.map((c) => c.name) ?? [], shape, scale: data.settings.scale, encoding, ...(classes && { classes }),
    });
    written = true;
  };
  // What lies there may be of a later epoch than the one to go on from.
  if (from?.best) await save(from.best, from.position.best!.epoch);
  const end = await trainLoop({ model, session, settings, plan, train, validation, test, dress, emit, cancelled, from, keeper, save, measure: request.measure === undefined ? undefined : checkedInterval(request.measure) });
  if (end.reason !== "cancelled") await keeper.finish();
  emit({ event: "end", ...end, checkpoint: written ? checkpoint : null });
  session.dispose();
}

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

/** Without a weight to change, training would do nothing, at length. */
function checkLearns(model: Model): void {
  const { params, trainable } = model.totals;
  if (trainable > 0) return;
  const why = params > 0 ? "every weight of it is frozen or measured" : "none of its layers has weights";
  throw new TrainerError("nothing-to-train", `model ${model.name} has nothing to learn: ${why}; add a layer that learns, such as dense(…)`, placeOf(model.nodes[model.outputs[0]!]));
}
