import { type Model, type Node, recurrentKernel } from "../language/index.ts";
import { evaluate } from "../language/ops/dim.ts";
import type { Engine } from "./engines/engine.ts";
import { ROUNDS } from "./engines/rounds.ts";
import { slotsOf } from "./engines/state.ts";
import { TrainerError } from "./errors.ts";
import type { TrainPlan } from "./plan.ts";
import { symbolSizes } from "./shapes.ts";

export interface Needed {
  readonly model: Model;
  readonly plan: TrainPlan;
  /** Of a row of the data; of sentences the longest. */
  readonly shape: readonly number[];
  /** Bytes of the rows that are in memory at once; the engine has them once more. */
  readonly data: number;
  readonly engine: Engine["name"];
  /** Bytes that a row adds to a step, where the engine has measured it: the portable one's are 0 until then. */
  readonly row?: number;
  /** Bytes that the engine can hold. */
  readonly limit?: number | undefined;
}

const FLOAT = 4;
/**
 * Bytes of the process with its engine before anything is trained, measured. TensorFlow's: 93 MB of its own and 137 MB of
 * its library's file; while that is loaded there are 150 MB more of the file, which the system takes back when it is short.
 */
const ENGINE = { tensorflow: 2.4e8, portable: 1.5e8 } as const;
/** Gradients of the largest result that are alive at once, and what the kernels work in. */
const WORKING = 3;

/** Bytes that training takes, estimated before it begins: within about 30 % either way (bench/README.md). */
export interface Estimate {
  /** For one row of a batch: what flows through the model, and its gradients. */
  readonly perRow: number;
  /** Engine, data, weights, gradients, what the optimizer keeps, the copies for the best epoch and for saving. */
  readonly fixed: number;
}

export function memoryOf({ model, plan, shape, data, engine, row }: Needed): Estimate {
  const { params, trainable } = model.totals;
  const slots = Object.keys(slotsOf(plan.optimizer)).length;
  const state = params + slots * trainable;
  // TensorFlow's state and the trainer's copy of it, gradients, the best epoch's weights, and a file in the making.
  const weights = FLOAT * (2 * state + trainable + 2 * params);
  const width = shape.reduce((a, b) => a * b, 1);
  const sizes = symbolSizes(model, shape);
  const perRow = row ?? (engine === "portable" ? 0 : FLOAT * (width + kept(model, sizes)));
  return { perRow, fixed: ENGINE[engine] + weights + 2 * data };
}

/** Entries that a graph keeps for the backward pass: an activation writes over what only it reads. */
function kept(model: Model, sizes: ReadonlyMap<string, number>): number {
  const output = (n: Node): number => n.type!.shape.reduce<number>((size, d) => size * (evaluate(d, sizes) ?? 1), 1);
  const readers = new Map<number, Node[]>();
  for (const n of model.nodes) for (const id of n.inputs) readers.set(id, [...(readers.get(id) ?? []), n]);
  const overwritten = model.nodes.filter((n) => n.layer && readers.get(n.id)?.length === 1 && readers.get(n.id)![0]!.layer!.activation);
  const all = model.nodes.reduce((sum, n) => {
    const entries = evaluate(n.cost.activations, sizes) ?? 0;
    const positions = recurrentKernel(n.weights) ? evaluate(model.nodes[n.inputs[0]!]!.type!.shape[0]!, sizes) ?? 0 : 0;
    if (positions <= ROUNDS.writtenOut) return sum + entries;
    // Of a loop every position's output, and what one round works out, with its gradients.
    const outputs = n.type!.shape.length > 1 ? output(n) : positions * output(n);
    return sum + outputs + (2 * entries * ROUNDS.positions) / positions;
  }, 0);
  return all - overwritten.reduce((sum, n) => sum + output(n), 0) + WORKING * Math.max(...model.nodes.map(output));
}

/** Throws `out-of-memory`, with the batch that fits, where a run would take more than `free` bytes or than the engine can hold. */
export function checkMemory(needed: Needed, batch: number, free: number): void {
  const { perRow, fixed } = memoryOf(needed);
  const total = fixed + batch * perRow;
  const limit = needed.limit ?? Infinity;
  const available = Math.min(free, limit);
  if (total <= available) return;
  const fits = Math.floor((available - fixed) / perRow);
  const start = `Training would take about ${gigabytes(total)} of memory, and ${limit < free ? `the portable engine holds ${gigabytes(limit)}` : `${gigabytes(free)} are free`}`;
  if (fits < 1) throw new TrainerError("out-of-memory", `${start}: weights, optimizer and data alone take ${gigabytes(fixed)}. A smaller model${slotsNote(needed.plan)}, or fewer rows, need less.`);
  throw new TrainerError("out-of-memory", `${start}: ${gigabytes(fixed)} for weights, optimizer and data, and ${gigabytes(perRow)} for each of the batch's ${batch} rows. batch = ${niceBatch(fits)} fits.`);
}

function slotsNote({ optimizer }: TrainPlan): string {
  return Object.keys(slotsOf(optimizer)).length > 1 ? ", sgd in place of " + optimizer.name : "";
}

/** The largest power of two that fits, or what fits if that is small. */
const niceBatch = (fits: number): number => (fits < 8 ? fits : 2 ** Math.floor(Math.log2(fits)));

function gigabytes(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(bytes / 1e6, 0.1).toFixed(1)} MB`;
}
