import { readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { formatShape, type Model } from "../language/index.ts";
import { type Checkpoint, checkpointPath, readCheckpoints } from "./checkpoint.ts";
import { inOrder } from "./data/batches.ts";
import { removeSpilled } from "./data/open.ts";
import { shapeFor } from "./data/prepare.ts";
import { spilledOf } from "./data/raw.ts";
import { readers } from "./data/sources/index.ts";
import { unlabelled } from "./data/unlabelled.ts";
import { chooseEngine } from "./engines/choose.ts";
import type { Engine, WeightData } from "./engines/engine.ts";
import { storedWeights } from "./engines/tfjs/weights.ts";
import { TrainerError } from "./errors.ts";
import { expectedLabels, type Head, planOf, type TrainPlan } from "./plan.ts";
import type { PredictionEvent, PredictRequest } from "./protocol.ts";
import type { Surroundings } from "./run.ts";
import { readTarget, type Target } from "./target.ts";

/** One `nnet predict`: a prediction a row, then `predicted`. Weights of several trainings are averaged. Throws TrainerErrors. */
export async function runPrediction(request: PredictRequest, { emit, cancelled, engine: choose = chooseEngine }: Surroundings): Promise<void> {
  const target = readTarget(request.file, request.model);
  const { model } = target;
  const path = request.weights === undefined ? await newest(request.file, target.name) : resolve(request.weights);
  const checkpoints = await readCheckpoints(path);
  for (const { path, weights } of checkpoints) checkWeights(model, weights, path);
  const [{ provenance: { classes, labels = [{ ...(classes && { classes }) }] } }] = checkpoints as readonly [Checkpoint];
  for (const { path, provenance } of checkpoints) if (formatList(provenance.classes) !== formatList(classes)) throw new TrainerError("weights-do-not-match", `${path} knows other classes (${formatList(provenance.classes)}) than ${checkpoints[0]!.path} (${formatList(classes)}). Train again.`, { file: path });
  const foreign = checkpoints[0]!.provenance.model === undefined;
  const kinds = expectedLabels(model, target.settings).map((kind, i) => (labels[i]?.classes || (foreign && kind === "class") ? "class" : "number"));
  const plan = planOf(model, target.settings, kinds);
  const engine = await choose(request.engine ?? "auto", { model, batch: 64 });

  const notes = new Set<string>();
  const sums = new Map<number, Float64Array>();
  // Sentences come by length: answers wait for those of the rows before.
  const waiting = new Map<number, PredictionEvent>();
  let next = 0;
  for (const [number, checkpoint] of checkpoints.entries()) {
    const isLast = number === checkpoints.length - 1;
    for await (const { row, output } of outputsOf(checkpoint, { request, target, plan, engine, notes })) {
      if (cancelled()) return;
      const sum = sums.get(row);
      if (!isLast) {
        sums.set(row, sum ? sum.map((v, i) => v + output[i]!) : Float64Array.from(output));
        continue;
      }
      const mean = sum ? Float32Array.from(sum, (v, i) => (v + output[i]!) / checkpoints.length) : output;
      sums.delete(row);
      waiting.set(row, { event: "prediction", row: row + 1, ...answers(plan, mean, labels.map((l) => l.classes)) });
      for (let event = waiting.get(next); event; event = waiting.get(next)) {
        emit(event);
        waiting.delete(next++);
      }
    }
  }
  const outputs = plan.heads.length === 1 ? undefined : Object.fromEntries(plan.heads.map(({ name }, i) => [name, { ...(labels[i]?.classes && { classes: labels[i].classes }) }]));
  emit({ event: "predicted", ...(classes && { classes }), ...(outputs && { outputs }), ...(notes.size > 0 && { notes: [...notes] }) });
}

interface Asked {
  readonly request: PredictRequest;
  readonly target: Target;
  readonly plan: TrainPlan;
  readonly engine: Engine;
  /** Gets what a person should know. */
  readonly notes: Set<string>;
}

/** What one checkpoint's weights give for each row, from 0; its rows are encoded as its own training has. */
async function* outputsOf({ weights, provenance }: Checkpoint, { request, target: { model, data, settings }, plan, engine, notes }: Asked): AsyncGenerator<{ row: number; output: Float32Array }> {
  const { features, scale = data.settings.scale, shape = data.settings.shape, label = data.settings.label } = provenance;
  const trained = { ...data.settings, scale, shape, label: provenance.labels ? data.settings.label : label === "" ? undefined : label };
  const encoding = provenance.encoding ?? (features ? { columns: features.map((name) => ({ name })) } : {});
  const names = features && features.length > 0 ? features : data.settings.features;
  const folder = dirname(checkpointPath(request.file, model.name));
  removeSpilled(folder);
  const spill = join(folder, `rows.${process.pid}.tmp`);
  const raw = await readers[trained.source.name]!({ args: trained.source.args, folder: dirname(request.file), settings: trained, expected: undefined, seed: settings.seed, prediction: { file: resolve(request.data), features: names, encoding }, spill });
  const meeting = { model, data: { name: data.name, settings: trained } };
  const rowShape = raw.sentences ? [] : shapeFor(raw, encoding, meeting);
  const said = [...raw.notes];

  const session = await engine.open(model, plan);
  try {
    await session.setWeights(weights);
    for (const { table, rows } of unlabelled(raw, encoding, rowShape, meeting, said)) {
      for (const some of inOrder(table.rows, 64)) {
        const outputs = await session.predict(table, some);
        const width = outputs.length / some.length;
        for (const [i, at] of some.entries()) yield { row: rows[at]!, output: outputs.subarray(i * width, (i + 1) * width) };
        await setImmediate();
      }
      session.forget(table);
    }
  } finally {
    for (const path of spilledOf(raw)) await rm(path, { force: true });
    session.dispose();
  }
  for (const note of said) notes.add(note);
}

const formatList = (classes: readonly string[] | undefined): string => classes?.join(", ") ?? "none";

type Answer = Pick<PredictionEvent, "value" | "probabilities">;

/** Of a model with several outputs: those of the first, and of each by name. */
function answers({ heads }: TrainPlan, output: Float32Array, classes: readonly (readonly string[] | undefined)[]): Answer & Pick<PredictionEvent, "outputs"> {
  let from = 0;
  const each = heads.map((head, i) => answer(head, output.subarray(from, (from += head.outputs)), classes[i]));
  return { ...each[0]!, ...(each.length > 1 && { outputs: Object.fromEntries(heads.map(({ name }, i) => [name, each[i]!])) }) };
}

function answer({ kind }: Head, output: Float32Array, classes: readonly string[] | undefined): Answer {
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
