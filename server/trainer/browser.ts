/**
 * The trainer in a browser's worker: the same analysis, data preparation, loop and portable engine, without files. The
 * page sends a text and the rows of its data block as read; events of protocol.ts come back, and the weights of each
 * epoch that is the best so far. Nothing of the extension uses it yet: it shows, and test/editor/browser.mjs holds, that
 * training needs nothing of Node.
 *
 * Left to a process: sources of data, sentences, imports, checkpoints and --resume, several trainings of one run (ensemble, folds).
 */
import { version_cpu } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { analyse, featureColumns, isolated } from "../language/index.ts";
import { blockOf, type ReadyData } from "./block.ts";
import { balanced } from "./classes.ts";
import { partsOf, prepare } from "./data/dataset.ts";
import { type LabelKind, labelsOf } from "./data/labels.ts";
import { checkClasses } from "./data/prepare.ts";
import type { Raw } from "./data/raw.ts";
import { dresser } from "./dress.ts";
import type { WeightData } from "./engines/engine.ts";
import { startWasm } from "./engines/portable/wasm.ts";
import { tfjsEngine } from "./engines/tfjs/engine.ts";
import { errorEvent, TrainerError } from "./errors.ts";
import { trainLoop } from "./loop.ts";
import { expectedLabels, planOf } from "./plan.ts";
import type { TrainEvent } from "./protocol.ts";
import { columnsOf } from "./scores.ts";

/** The first message; `cancel` may follow. */
export interface TableRequest {
  readonly type: "train";
  readonly text: string;
  /** Needed only where the text trains several. */
  readonly model?: string;
  /** Overrides the block's `epochs`. */
  readonly epochs?: number;
  readonly rows: number;
  /** [rows, features], row-major: as a file would have them, before the block's scale and normalization; of several inputs the columns of each, in the model's order. */
  readonly x: Float32Array;
  /** [rows, outputs], row-major: the class's number, or the number, of each of the model's outputs in its order. */
  readonly y: Float32Array;
  /** Address of the folder with tfjs' .wasm files; without it plain JavaScript computes, many times slower. */
  readonly wasm?: string;
}

/** Best so far, by name. */
export interface WeightsEvent {
  readonly event: "weights";
  readonly epoch: number;
  readonly weights: ReadonlyMap<string, WeightData>;
}

const scope = globalThis as unknown as { onmessage: (message: { data: TableRequest | { readonly type: "cancel" } }) => void; postMessage(event: TrainEvent | WeightsEvent): void };
let cancelled = false;

scope.onmessage = ({ data: request }) => {
  if (request.type === "cancel") cancelled = true;
  else void train(request).catch((e: unknown) => scope.postMessage(errorEvent(e)));
};

async function train(request: TableRequest): Promise<void> {
  const { model, data, settings: written } = blockOf(analyse("model.nnet", request.text, isolated), request.model);
  const settings = request.epochs === undefined ? written : { ...written, epochs: request.epochs };
  for (const key of ["ensemble", "folds"] as const) if (settings[key] !== undefined) throw new TrainerError("bad-setting", `${key} trains several times, which a browser's worker does not; leave it out`);
  if (data.texts) throw new TrainerError("bad-setting", "text(…) reads sentences, and a table in a browser's worker holds numbers; train it by nnet train");
  if (data.files) throw new TrainerError("bad-setting", "image(…) and array(…) read files, and a table in a browser's worker holds numbers; give them as columns, or train it by nnet train");
  const sources = { main: rawOf(request, data, expectedLabels(model, settings)), test: undefined };
  const labels = sources.main.labels!;
  const plan = planOf(model, settings, labels.map((l) => l.kind), data.settings);
  checkClasses(labels, sources.main, plan.heads, { model, data });
  const { train: rows, ...parts } = prepare(sources, partsOf(sources, data.settings, settings.seed), { model, data });
  const train = await balanced(rows, settings, plan.heads);
  const dress = await dresser(settings, plan, rows, model);
  const engine = tfjsEngine("portable", `The portable engine runs in a browser on ${request.wasm === undefined ? "plain JavaScript" : "wasm"}.`, await load(request.wasm));
  const session = await engine.open(model, plan);
  scope.postMessage({
    event: "start", model: model.name, engine: engine.name, engineNote: engine.note, versions: engine.versions,
    rows: { train: train.rows, validation: parts.validation.rows, test: parts.test.rows },
    params: model.totals.params, epochs: settings.epochs, batch: settings.batch, seed: settings.seed,
    ...(parts.notes.length > 0 && { notes: parts.notes }),
  });
  const end = await trainLoop({
    model, session, settings, plan, train, ...parts, dress, measure: 0, from: undefined,
    emit: (event) => scope.postMessage(event), cancelled: () => cancelled,
    save: async (weights, epoch) => scope.postMessage({ event: "weights", epoch, weights }),
    keeper: { offer: () => Promise.resolve() },
  });
  session.dispose();
  scope.postMessage({ event: "end", ...end, checkpoint: null });
}

/** What a source that knows no lines would have read; names it has where the block says which columns flow into which input. */
function rawOf({ rows, x, y }: TableRequest, { name, feeds, settings }: ReadyData, expected: readonly LabelKind[]): Raw {
  const width = x.length / rows;
  if (!Number.isInteger(rows) || rows < 1 || !Number.isInteger(width) || width < 1) throw new TrainerError("data-width", `${x.length} numbers are no ${rows} rows: x has the same count of features for each`);
  const columns = feeds && featureColumns(settings)!.map((column) => ({ name: column, kind: "number" as const }));
  if (columns && columns.length !== width) throw new TrainerError("data-width", `x has ${width} features for each row, and data ${name} names ${columns.length} columns: ${columns.map((c) => c.name).join(", ")}`);
  const count = expected.length;
  if (y.length !== rows * count) throw new TrainerError("data-no-label", `there are ${rows} rows, and y has ${y.length} labels; each row needs ${count === 1 ? "one" : `${count}, one for each output`}`);
  const bad = x.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new TrainerError("data-not-numeric", `feature ${(bad % width) + 1} of row ${Math.floor(bad / width) + 1} is ${x[bad]}; features are finite numbers`);
  const unlabelled = y.findIndex((v) => !Number.isFinite(v));
  if (unlabelled >= 0) throw new TrainerError("data-not-numeric", `label ${(unlabelled % count) + 1} of row ${Math.floor(unlabelled / count) + 1} is ${y[unlabelled]}; labels are finite numbers`);
  return { file: name, columns, width, shape: undefined, rows, values: { kind: "memory", x, width, rows }, labels: expected.map((kind, i) => labelsOf(columnsOf(y, count, i, 1), kind)), parts: undefined, lines: undefined, notes: [] };
}

async function load(wasm: string | undefined) {
  if (wasm !== undefined) {
    const version = await startWasm(tf, wasm.endsWith("/") ? wasm : `${wasm}/`);
    if (version === undefined) throw new TrainerError("engine-missing", `tfjs' wasm backend does not start: are its files at ${wasm}? Without an address plain JavaScript computes.`);
    return { tf, versions: { "tfjs-core": tf.version_core, "tfjs-backend-wasm": version } };
  }
  if (!(await tf.setBackend("cpu"))) throw new TrainerError("engine-missing", "tfjs' plain JavaScript backend does not start");
  return { tf, versions: { "tfjs-core": tf.version_core, "tfjs-backend-cpu": version_cpu } };
}
