import { readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { formatShape, type Model } from "../language/index.ts";
import { checkpointPath, readCheckpoint } from "./checkpoint.ts";
import { inOrder } from "./data/batches.ts";
import { removeSpilled } from "./data/open.ts";
import { shapeFor } from "./data/prepare.ts";
import { readers } from "./data/sources/index.ts";
import { unlabelled } from "./data/unlabelled.ts";
import { chooseEngine } from "./engines/choose.ts";
import type { WeightData } from "./engines/engine.ts";
import { storedWeights } from "./engines/tfjs/weights.ts";
import { TrainerError } from "./errors.ts";
import { expectedLabel, type Head, planOf } from "./plan.ts";
import type { PredictionEvent, PredictRequest } from "./protocol.ts";
import type { Surroundings } from "./run.ts";
import { readTarget } from "./target.ts";

/** One `nnet predict`: a prediction a row, then `predicted`. Throws TrainerErrors. */
export async function runPrediction(request: PredictRequest, { emit, cancelled, engine: choose = chooseEngine }: Surroundings): Promise<void> {
  const target = readTarget(request.file, request.model);
  const { model, data, settings } = target;
  const path = request.weights === undefined ? await newest(request.file, model.name) : resolve(request.weights);
  const { weights, provenance } = await readCheckpoint(path);
  checkWeights(model, weights, path);

  const { features, scale = data.settings.scale, shape = data.settings.shape, classes, label = data.settings.label } = provenance;
  const trained = { ...data.settings, scale, shape, label: label === "" ? undefined : label };
  const encoding = provenance.encoding ?? (features ? { columns: features.map((name) => ({ name })) } : {});
  const names = features && features.length > 0 ? features : data.settings.features;
  const folder = dirname(checkpointPath(request.file, model.name));
  removeSpilled(folder);
  const spill = join(folder, `rows.${process.pid}.tmp`);
  const raw = await readers[trained.source.name]!({ args: trained.source.args, folder: dirname(request.file), settings: trained, expected: undefined, seed: settings.seed, prediction: { file: resolve(request.data), features: names, encoding }, spill });
  const meeting = { model, data: { name: data.name, settings: trained } };
  const rowShape = raw.sentences ? [] : shapeFor(raw, encoding, meeting);
  const isClass = classes !== undefined || (provenance.model === undefined && expectedLabel(model, settings) === "class");
  const plan = planOf(model, settings, isClass ? "class" : "number");

  const session = await (await choose(request.engine ?? "auto", { model, batch: 64 })).open(model, plan);
  await session.setWeights(weights);
  const notes = [...raw.notes];
  // Sentences come by length: answers wait for those of the rows before.
  const waiting = new Map<number, PredictionEvent>();
  let next = 0;
  try {
    for (const { table, rows } of unlabelled(raw, encoding, rowShape, meeting, notes)) {
      for (const some of inOrder(table.rows, 64)) {
        const outputs = await session.predict(table, some);
        const width = outputs.length / some.length;
        for (const [i, at] of some.entries()) waiting.set(rows[at]!, { event: "prediction", row: rows[at]! + 1, ...answer(plan.head, outputs.subarray(i * width, (i + 1) * width), classes) });
        for (let event = waiting.get(next); event; event = waiting.get(next)) {
          emit(event);
          waiting.delete(next++);
        }
        await setImmediate();
        if (cancelled()) return;
      }
      session.forget(table);
    }
  } finally {
    await rm(spill, { force: true });
  }
  emit({ event: "predicted", ...(classes && { classes }), ...(notes.length > 0 && { notes }) });
  session.dispose();
}

function answer({ kind }: Head, output: Float32Array, classes: readonly string[] | undefined): Pick<PredictionEvent, "value" | "probabilities"> {
  if (kind === "number") return { value: output.length === 1 ? output[0]! : [...output] };
  const probabilities = kind === "binary" ? [1 - output[0]!, output[0]!] : [...output];
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { value: classes?.[best] ?? best, probabilities };
}

/** Names and shapes, in the model's order: the first difference is told. */
function checkWeights(model: Model, weights: ReadonlyMap<string, WeightData>, path: string): void {
  const fail = (what: string) => new TrainerError("weights-do-not-match", `${path} does not fit model ${model.name}: ${what}. Train again, or take the .nnet file that it was trained with.`, { file: path });
  const stored = storedWeights(model);
  for (const { name, spec } of stored) {
    const found = weights.get(name);
    if (!found) throw fail(`it has no ${name} ${formatShape(spec.shape)}`);
    if (formatShape(found.shape) !== formatShape(spec.shape)) throw fail(`${name} is ${formatShape(found.shape)} there and ${formatShape(spec.shape)} here`);
  }
  const known = new Set(stored.map((w) => w.name));
  for (const name of weights.keys()) if (!known.has(name)) throw fail(`it has ${name}, and the model has not`);
}

/** The model's own checkpoint, or else the newest of the folder. */
async function newest(nnetFile: string, model: string): Promise<string> {
  const own = checkpointPath(nnetFile, model);
  const folder = dirname(own);
  const found: { path: string; time: number }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(".safetensors")) continue;
    const path = join(folder, name);
    if (path === own) return own;
    found.push({ path, time: (await stat(path)).mtimeMs });
  }
  return found.sort((a, b) => b.time - a.time)[0]?.path ?? own;
}
