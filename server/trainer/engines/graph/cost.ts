import type { Model } from "../../../language/index.ts";

/** Floating-point operations of a training step, estimated: backward costs twice what forward does. Infinite where the model's are not known. */
export function stepOperations(model: Model, batch: number): number {
  const { flops } = model.totals;
  return typeof flops === "number" ? 3 * batch * flops : Infinity;
}

/** Operations of a run: a few hundredths of a second on two cores. */
const RUN = 1e9;
const MOST_UNROLLED = 16;
const MOST_COMPILED = 256;

/** Steps that share a session run. */
export function together(model: Model, batch: number, expected: number): number {
  const most = compiles(model, batch, expected) ? MOST_COMPILED : MOST_UNROLLED;
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
