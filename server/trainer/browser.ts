/**
 * The trainer in a browser's worker: the same analysis, data preparation, loop and portable engine, without files. The
 * page sends a text and the rows of its data block as read; events of protocol.ts come back, and the weights of each
 * epoch that is the best so far. Nothing of the extension uses it yet: it shows, and test/editor/browser.mjs holds, that
 * training needs nothing of Node.
 *
 * Left to a process: sources of data, imports, checkpoints and --resume, several trainings of one run (ensemble, folds).
 */
import { version_cpu } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { analyse, isolated } from "../language/index.ts";
import { blockOf } from "./block.ts";
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

/** The first message; `cancel` may follow. */
export interface TableRequest {
  readonly type: "train";
  readonly text: string;
  /** Needed only where the text trains several. */
  readonly model?: string;
  /** Overrides the block's `epochs`. */
  readonly epochs?: number;
  readonly rows: number;
  /** [rows, features], row-major: as a file would have them, before the block's scale and normalization. */
  readonly x: Float32Array;
  /** [rows]: the class's number, or the number. */
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
  if (model.outputs.length > 1) throw new TrainerError("several-outputs", `model ${model.name} has ${model.outputs.length} outputs, and a table in a browser's worker has one label a row; train it by nnet train`);
  const [expected] = expectedLabels(model, settings) as readonly [LabelKind];
  const sources = { main: rawOf(request, data.name, expected), test: undefined };
  const labels = sources.main.labels!;
  const plan = planOf(model, settings, labels.map((l) => l.kind));
  checkClasses(labels, sources.main, plan.heads, { model, data });
  const { train: rows, ...parts } = prepare(sources, partsOf(sources, data.settings, settings.seed), { model, data });
  const train = await balanced(rows, settings, plan.heads);
  const dress = await dresser(settings, plan, rows);
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

/** What a source that knows no names and no lines would have read. */
function rawOf({ rows, x, y }: TableRequest, name: string, expected: "class" | "number"): Raw {
  const width = x.length / rows;
  if (!Number.isInteger(rows) || rows < 1 || !Number.isInteger(width) || width < 1) throw new TrainerError("data-width", `${x.length} numbers are no ${rows} rows: x has the same count of features for each`);
  if (y.length !== rows) throw new TrainerError("data-no-label", `there are ${rows} rows, and y has ${y.length} labels; each row needs one`);
  const bad = x.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new TrainerError("data-not-numeric", `feature ${(bad % width) + 1} of row ${Math.floor(bad / width) + 1} is ${x[bad]}; features are finite numbers`);
  return { file: name, columns: undefined, width, shape: undefined, rows, values: { kind: "memory", x, width, rows }, labels: [labelsOf(y, expected)], parts: undefined, lines: undefined, notes: [] };
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
