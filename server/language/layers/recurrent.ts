import type { Ops } from "../ops/ops.ts";
import { bool, oneOf, type Params, required, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, type FrameworkName, type LayerDef, needsNumber, type Problem, type Shape, weightParams, type WeightSpec } from "./define.ts";
import type { OptionValue } from "../values.ts";
import { initializers } from "./initializers.ts";

export interface CellArgs {
  readonly units: number;
  readonly sequences: boolean;
  readonly init: OptionValue;
  readonly bias_init: OptionValue;
  readonly recurrent_init: OptionValue;
  readonly frozen: boolean;
  /** Of lstm: the size of what it gives, where that is not its state. */
  readonly projection?: number;
}

export interface Cell {
  readonly name: string;
  readonly doc: string;
  /** Parameters of its own. */
  readonly params?: Params;
  /** Sizes of the states that a step keeps; the first is its output. */
  states(args: CellArgs): readonly number[];
  weights(inputs: number, args: CellArgs): Record<string, WeightSpec>;
  step<T>(ops: Ops<T>, x: T, state: readonly T[], w: Readonly<Record<string, T>>, args: CellArgs): readonly T[];
  readonly keras: string;
  readonly torch: string;
  readonly torchArgs?: Readonly<Record<string, string>>;
}

const params = {
  units: required(whole(), "Size of the state."),
  sequences: withDefault(bool(), false, "Give the output of every position, not only the last."),
  ...weightParams,
  recurrent_init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "orthogonal", args: { gain: 1 } }, "Initial recurrent kernel."),
};

/** What a layer that carries a state multiplies it by, of its weights; of both directions the first. */
export const recurrentKernel = <W extends { readonly key: string }>(weights: readonly W[]): W | undefined => weights.find((w) => w.key.endsWith("recurrent_kernel"));

export function checkSequence(name: string, x: Shape): Problem | undefined {
  return checkRank(name, x, 1) ?? needsNumber(x[1]!, name, "its input's channels");
}

/** A layer that carries a state along the positions of [N, c]. */
export function defineRecurrent(cell: Cell): LayerDef {
  const names: { keras: FrameworkName; torch: FrameworkName } = { keras: [cell.keras, { units: "units", sequences: "return_sequences" }], torch: [cell.torch, { units: "hidden_size", ...cell.torchArgs }] };
  return defineLayer({
    name: cell.name,
    family: "sequence",
    doc: cell.doc,
    example: `input words int [N]\nembedding(1000, 16)\n${cell.name}(8)\ndense(2)`,
    params: { ...params, ...cell.params },
    check: (_a, [x]) => checkSequence(cell.name, x!),
    weights: (a, [x]) => cell.weights(x![1] as number, a),
    forward: (ops, a, [x], w) => {
      const { outputs, last } = run(ops, cell, x!, a, w);
      return a.sequences ? outputs : last;
    },
    names,
  });
}

export function run<T>(ops: Ops<T>, cell: Cell, x: T, args: CellArgs, w: Readonly<Record<string, T>>, reverse = false): { outputs: T; last: T } {
  return ops.scan(
    x,
    cell.states(args).map((size) => [size]),
    (xt, state) => {
      const next = cell.step(ops, xt, state, w, args);
      return { state: next, output: next[0]! };
    },
    reverse,
  );
}

/** Gate i of n that stand side by side on the last axis. */
export function gate<T>(ops: Ops<T>, z: T, i: number, units: number): T {
  return ops.slice(z, ops.shape(z).length - 1, i * units, units);
}
