import type { Model } from "../../../language/index.ts";
import { evaluate } from "../../../language/ops/dim.ts";
import { symbolSizes } from "../../shapes.ts";
import { measuresBatch } from "./fused.ts";

/**
 * Floating-point operations of a training step, estimated: backward costs twice what forward does. Infinite where the
 * model's hang on the size of a row, and no shape of one is given.
 */
export function stepOperations(model: Model, batch: number, row?: readonly number[]): number {
  const { flops } = model.totals;
  const known = typeof flops === "number" ? flops : row && evaluate(flops, symbolSizes(model, row));
  return known === undefined ? Infinity : 3 * batch * known;
}

/** Operations of a step below which the operations are too small to be shared out: then several run side by side, each on one core. */
const SIDE_BY_SIDE = 3e8;
/** Operations of a step from which replicas pay: 1.2 times as fast at 4e7, 1.4 from 2e8 to 1e9 (convolutions, two cores). */
const DEALT = 3e7;
/** Rows of a replica below which its kernels are slow. */
const LEAST_ROWS = 16;
/** Operations of a step for each parameter from which replicas pay, though each has gradients of its own: 1.1 times as fast at 1,500, as fast at 400 (dense layers). */
const WORTH_ADDING = 1000;
/** Layers up to which a graph with two replicas stays small enough for MOST_NODES: blocks of attention have 60 nodes a layer. */
const DEALT_LAYERS = 50;

/** Whether each row's loss is its own in training: then rows may be dealt to replicas. */
export const canDeal = (model: Model): boolean => !model.nodes.some(measuresBatch);

/** How many replicas of the model share a step's rows (replicas.ts), so that each core works through a part of them without waiting for the others. */
export function replicasOf(model: Model, rows: number, cores: number, row?: readonly number[]): number {
  const operations = stepOperations(model, rows, row);
  const { params } = model.totals;
  if (operations < DEALT || operations === Infinity || typeof params !== "number" || operations < WORTH_ADDING * params || model.nodes.length > DEALT_LAYERS || !canDeal(model)) return 1;
  return Math.max(1, Math.min(cores, Math.floor(rows / LEAST_ROWS)));
}

/** Threads that share one operation, and operations that run at once. */
export function threadsOf(model: Model, rows: number, cores: number, row?: readonly number[]): { readonly within: number; readonly between: number } {
  const replicas = replicasOf(model, rows, cores, row);
  if (replicas > 1) return { within: Math.floor(cores / replicas), between: replicas };
  return stepOperations(model, rows, row) < SIDE_BY_SIDE ? { within: 1, between: cores } : { within: cores, between: 1 };
}

/** Operations of a run: about a twentieth of a second on two cores. Starting one, and waking the threads for it, costs up to 2 ms. */
const RUN = 6e9;
const MOST_UNROLLED = 16;
/** Nodes of a run's graph: TensorFlow rewrites a program at its first run, which takes a second or two at this size. */
const MOST_NODES = 6_000;
const MOST_COMPILED = 256;

/** Whether a step written out for each replica is still soon rewritten; `nodes` are those of one. */
export const isSoonReady = (nodes: number, replicas: number): boolean => nodes * replicas <= MOST_NODES;

/** Steps that share a session run; `nodes` are those of a step that is written out. */
export function together(model: Model, batch: number, expected: number, nodes: number): number {
  const most = compiles(model, batch, expected) ? MOST_COMPILED : Math.min(MOST_UNROLLED, Math.floor(MOST_NODES / nodes));
  return Math.max(1, Math.min(most, Math.floor(RUN / stepOperations(model, batch))));
}

/** Above that, what starting an operation costs no longer shows. */
const SMALL_STEP = 2e7;
/** Layers that XLA can be asked to compile in about a second. */
const MOST_LAYERS = 40;
/** Steps after which a second of compiling has paid: it saves about 50 µs a step. */
const WORTH = 20_000;
/** XLA's own convolutions and windows are slower than TensorFlow's kernels, and a long loop written out compiles for minutes. */
const FAMILIES: ReadonlySet<string> = new Set(["core", "activation", "normalization", "merging"]);

/**
 * Draws are no gain in XLA's loop, whose own uniforms are others besides. From the same words
 * (StatelessRandomUniformFullInt, the low 23 bits of each) they are TensorFlow's to the bit, but worked out anew at each
 * use; from TensorFlow's kernels ahead of the loop, they cost what they cost without it. Against steps written out: 0.3
 * to 1.1 times as fast the one way, 0.8 the other (MLPs of 64 and 128 units with two and three dropouts).
 */
const DRAWING: ReadonlySet<string> = new Set(["dropout", "spatial_dropout", "drop_path", "gaussian_noise", "rrelu"]);

/** Whether XLA makes the loop over steps. By the model and the run alone, so that the same run gives the same bits. */
export function compiles(model: Model, batch: number, expected: number): boolean {
  if (expected < WORTH || stepOperations(model, batch) > SMALL_STEP || model.nodes.length > MOST_LAYERS) return false;
  return model.nodes.every(({ layer }) => !layer || (FAMILIES.has(layer.family) && !layer.takesIndices && !DRAWING.has(layer.name)));
}
