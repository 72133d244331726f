import { dirname, resolve } from "node:path";
import { checkpointPath, removeLeftovers, writeCheckpoint, probeFolder } from "./checkpoint.ts";
import { openDataset, removeSpilled } from "./data/open.ts";
import { chooseEngine, type Work } from "./engines/choose.ts";
import type { Engine } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import { trainLoop } from "./loop.ts";
import { expectedLabel, planOf } from "./plan.ts";
import type { EngineChoice, TrainerEvent, TrainRequest } from "./protocol.ts";
import { readTarget } from "./target.ts";

export interface Surroundings {
  readonly emit: (event: TrainerEvent) => void;
  readonly cancelled: () => boolean;
  /** Replaced in tests. */
  readonly engine?: (choice: EngineChoice, work: Work) => Promise<Engine>;
}

/** One `nnet train`: everything is checked before the first step, then every event up to `end` is emitted. Throws TrainerErrors. */
export async function runTraining(request: TrainRequest, { emit, cancelled, engine: choose = chooseEngine }: Surroundings): Promise<void> {
  const target = readTarget(request.file, request.model, request.text);
  const settings = request.epochs === undefined ? target.settings : { ...target.settings, epochs: checkedEpochs(request.epochs) };
  const { model, data } = target;
  const checkpoint = checkpointPath(request.file, model.name, request.out === undefined ? undefined : resolve(dirname(request.file), request.out));
  removeSpilled(dirname(checkpoint));
  const dataset = await openDataset({ file: request.file, settings: data.settings, expected: expectedLabel(model, settings), seed: settings.seed, folder: dirname(checkpoint) }, target);
  const plan = planOf(model, settings, dataset.label.kind);
  const { train, validation, test, encoding, shape, notes } = dataset.prepare(plan.head);
  await probeFolder(checkpoint);
  await removeLeftovers(checkpoint);

  const engine = await choose(request.engine ?? "auto", { model, batch: settings.batch });
  const session = await engine.open(model, plan, settings.epochs * Math.ceil(train.rows / settings.batch));
  emit({
    event: "start", model: model.name, engine: engine.name, engineNote: engine.note, versions: engine.versions,
    rows: { train: train.rows, validation: validation.rows, test: test.rows },
    params: model.totals.params, epochs: settings.epochs, batch: settings.batch, seed: settings.seed, checkpoint, ...(notes.length > 0 && { notes }),
  });
  let written = false;
  const { classes } = dataset.label;
  const end = await trainLoop({
    model, session, settings, plan, train, validation, test, emit, cancelled,
    async save(weights, epoch) {
      await writeCheckpoint(checkpoint, weights, {
        nnetSha256: target.sha256, model: model.name, seed: settings.seed, epoch, label: data.settings.label ?? "",
        features: encoding.columns?.map((c) => c.name) ?? [], shape, scale: data.settings.scale, encoding, ...(classes && { classes }),
      });
      written = true;
    },
  });
  emit({ event: "end", ...end, checkpoint: written ? checkpoint : null });
  session.dispose();
}

function checkedEpochs(epochs: number): number {
  if (Number.isInteger(epochs) && epochs >= 1) return epochs;
  throw new TrainerError("bad-epochs", `epochs is a whole number ≥ 1, received ${epochs}`);
}
