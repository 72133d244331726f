import type { Node } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { Nonlinearity } from "./response.ts";
import type { Flow, Gain, Signal } from "./signal.ts";
import { sizeOf } from "./sizes.ts";

const tanh = new Nonlinearity((ops, z) => ops.tanh(z));
const sigmoid = new Nonlinearity((ops, z) => ops.sigmoid(z));
const rest = new Nonlinearity((ops, z) => ops.sub(ops.constant(1), ops.sigmoid(z)));

/** A state is followed for so many steps; past them it has settled. */
const MOST_STEPS = 512;

/** Variances of one entry of the kernels, and of the biases. */
interface Cell {
  readonly inputs: number;
  /** Of the state, and of what it gives and what flows back into it. */
  readonly units: number;
  readonly outputs: number;
  readonly input: number;
  readonly recurrent: number;
  readonly bias: { readonly mean: number; readonly variance: number };
  /** LSTM's own start: 1 for the forget gate. */
  readonly forget: number;
  /** Variance of one entry of LSTM's projection, where it has one. */
  readonly projection: number | undefined;
}

/** A step's states, and the slopes that its way back needs. */
interface Step {
  /** E[h²] before and after, and E[h·h′] of two inputs after. */
  readonly before: number;
  readonly square: number;
  readonly cross: number;
  /** δ of state (and cell) after → gradients by the gates' inputs, and what goes straight to the state (and cell) before. */
  back(state: number, cell: number): { readonly gates: number; readonly recurrentGates: number; readonly state: number; readonly cell: number };
  readonly cell: { readonly square: number; readonly cross: number };
  /** E[h²] before a projection. */
  readonly shown?: number;
}

type Advance = (cell: Cell, x: Signal, last: Step | undefined) => Step;

const normal = (mean: number, square: number, cross: number): Signal => ({ mean, square: square + mean * mean, cross: cross + mean * mean, derived: true });

/** Pre-activation of a gate: x's part and the state's part. */
function gate(cell: Cell, x: Signal, last: Step | undefined, mean = cell.bias.mean): { z: Signal; fromInput: number; fromState: number } {
  const [a, b] = [cell.inputs * cell.input, cell.outputs * cell.recurrent];
  const fromInput = a * x.square + cell.bias.variance;
  const fromState = b * (last?.square ?? 0);
  return { z: normal(mean, fromInput + fromState, a * x.cross + cell.bias.variance + b * (last?.cross ?? 0)), fromInput, fromState };
}

const ADVANCES: Readonly<Record<string, Advance>> = {
  simple_rnn(cell, x, last) {
    const h = tanh.of(gate(cell, x, last).z, true);
    return { before: last?.square ?? 0, square: h.square, cross: h.cross, cell: { square: 0, cross: 0 }, back: (state) => ({ gates: state * h.slope, recurrentGates: state * h.slope, state: 0, cell: 0 }) };
  },
  lstm(cell, x, last) {
    const own = gate(cell, x, last).z;
    const [i, g] = [sigmoid.of(own, true), tanh.of(own, true)];
    const f = sigmoid.of(gate(cell, x, last, cell.bias.mean + cell.forget).z, true);
    const before = last?.cell ?? { square: 0, cross: 0 };
    const square = f.square * before.square + i.square * g.square;
    const cross = f.cross * before.cross + i.cross * g.cross;
    const shown = tanh.of(normal(0, square, cross), true);
    const [forward, backward] = cell.projection === undefined ? [1, 1] : [cell.units * cell.projection, cell.outputs * cell.projection];
    return {
      before: last?.square ?? 0, square: forward * i.square * shown.square, cross: forward * i.cross * shown.cross, cell: { square, cross }, shown: i.square * shown.square,
      back(output, later) {
        const state = backward * output;
        const c = later + state * i.square * shown.slope;
        const gates = state * shown.square * i.slope + c * (before.square * f.slope + g.square * i.slope + i.square * g.slope);
        return { gates, recurrentGates: gates, state: 0, cell: c * f.square };
      },
    };
  },
  gru(cell, x, last) {
    const { z, fromInput, fromState } = gate(cell, x, last);
    const [s, t] = [sigmoid.of(z, true), rest.of(z, true)];
    const n = tanh.of(normal(cell.bias.mean, fromInput + s.square * fromState, s.cross * z.cross), true);
    const before = last?.square ?? 0;
    return {
      before, square: s.square * before + t.square * n.square, cross: s.cross * (last?.cross ?? 0) + t.cross * n.cross, cell: { square: 0, cross: 0 },
      back(state) {
        const candidate = state * t.square * n.slope;
        const [update, reset] = [state * (before + n.square) * s.slope, candidate * fromState * s.slope];
        return { gates: update + reset + candidate, recurrentGates: update + reset + candidate * s.square, state: state * s.square, cell: 0 };
      },
    };
  },
};

const GATES: Readonly<Record<string, number>> = { simple_rnn: 1, lstm: 4, gru: 3 };

/** `reach`: of the gradient at the last position, what reaches the first, as mean squares. */
interface OverTime extends Flow {
  readonly reach: number;
  readonly steps: number;
}

/**
 * A recurrent layer unrolled: its moments step by step and its gradient back through all of them, gates taken as
 * independent normals (Chen, Pennington, Schoenholz 2018). Exact in the wide limit for simple_rnn, an estimate for
 * cells, whose states multiply.
 */
export function throughTime(node: Node, input: Node, x: Signal): OverTime | undefined {
  const inner = node.args["layer"] as { args: Readonly<Record<string, unknown>>; name: string } | undefined;
  const { sequences } = (inner?.args ?? node.args) as { sequences: boolean };
  const name = inner?.name ?? node.layer!.name;
  const advance = ADVANCES[name];
  if (!advance) return undefined;
  const directions = (inner ? ["forward_", "backward_"] : [""]).map((prefix) => direction(node, input, x, prefix, sequences, name, advance));
  const [first] = directions as [Direction];
  const sum = (of: (d: Direction) => number) => directions.reduce((s, d) => s + of(d), 0);
  return {
    signal: { mean: 0, square: first.square, cross: first.cross, derived: x.derived && name === "simple_rnn" },
    back: [{ gg: sum((d) => d.gradient), gc: 0, cg: 0, cc: 0 }],
    gains: directions.flatMap((d) => d.gains),
    reach: first.reach,
    steps: first.steps,
  };
}

interface Direction {
  readonly square: number;
  readonly cross: number;
  readonly gradient: number;
  readonly gains: readonly Gain[];
  readonly reach: number;
  readonly steps: number;
}

function direction(node: Node, input: Node, x: Signal, prefix: string, sequences: boolean, name: string, advance: Advance): Direction {
  const [length, inputs] = [sizeOf(input.type!.shape[0]), sizeOf(input.type!.shape[1])];
  const cell = cellOf(node, prefix, inputs, GATES[name]!);
  const all = Math.min(length, MOST_STEPS);
  const steps: Step[] = [];
  for (let t = 0; t < all; t++) {
    const [before, last] = [steps[t - 2], steps[t - 1]];
    // Once settled, every step is as the last.
    const settled = before && last && near(before.square, last.square) && near(before.cell.square, last.cell.square) && near(before.cross, last.cross);
    steps.push(settled ? last : advance(cell, x, last));
  }
  const last = steps[all - 1]!;
  const mean = (of: (s: Step) => number) => steps.reduce((s, step) => s + of(step), 0) / all;
  // Back from a gradient of 1 at the output, or at each.
  let [state, memory] = [1, 0];
  let [gradient, kernel, recurrent, projection] = [0, 0, 0, 0];
  for (let t = all - 1; t >= 0; t--) {
    const { gates, recurrentGates, ...before } = steps[t]!.back(state, memory);
    projection += state * (steps[t]!.shown ?? 0);
    gradient += gates * cell.units * cell.input;
    kernel += gates * x.square;
    recurrent += recurrentGates * steps[t]!.before;
    state = before.state + recurrentGates * cell.units * cell.recurrent + (sequences ? 1 : 0);
    memory = before.cell;
  }
  // Without what comes in at other positions.
  let [carried, kept] = [1, 0];
  for (let t = all - 1; t > 0; t--) {
    const { recurrentGates, ...before } = steps[t]!.back(carried, kept);
    carried = before.state + recurrentGates * cell.units * cell.recurrent;
    kept = before.cell;
  }
  return {
    square: sequences ? mean((s) => s.square) : last.square,
    cross: sequences ? mean((s) => s.cross) : last.cross,
    gradient: gradient / length,
    gains: [{ key: `${prefix}kernel`, self: kernel / GATES[name]!, cross: 0 }, { key: `${prefix}recurrent_kernel`, self: recurrent / GATES[name]!, cross: 0 }, ...(cell.projection === undefined ? [] : [{ key: `${prefix}projection`, self: projection, cross: 0 }])],
    reach: sequences ? 1 : carried + kept,
    steps: all,
  };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-3 * Math.abs(b);

function cellOf(node: Node, prefix: string, inputs: number, gates: number): Cell {
  const find = (key: string) => node.weights.find((w) => w.key === prefix + key)?.spec;
  const spec = (key: string) => find(key)!;
  const variance = (key: string) => {
    const { init, shape } = spec(key);
    return initializerOf(init.name).variance(init.args, fans(shape as number[]));
  };
  const bias = spec("bias").init;
  return {
    inputs,
    units: (spec("recurrent_kernel").shape[1] as number) / gates,
    outputs: spec("recurrent_kernel").shape[0] as number,
    input: variance("kernel"),
    recurrent: variance("recurrent_kernel"),
    bias: { mean: initializerOf(bias.name).mean?.(bias.args) ?? 0, variance: variance("bias") },
    forget: bias.name === "lstm_bias" ? 1 : 0,
    projection: find("projection") && variance("projection"),
  };
}

