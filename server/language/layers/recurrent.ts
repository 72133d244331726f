import type { Dim } from "../ops/dim.ts";
import type { Ops } from "../ops/ops.ts";
import { bool, oneOf, required, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, type FrameworkName, type LayerDef, needsNumber, type Problem, type Shape, weightParams, type WeightSpec } from "./define.ts";
import { initializers } from "./initializers.ts";

/** What `bidirectional` needs of a layer to run it both ways. */
export interface Recurrent {
  readonly units: number;
  readonly sequences: boolean;
}

export interface Cell {
  readonly name: string;
  readonly doc: string;
  /** States that a step keeps, each of `units`. */
  readonly states: number;
  weights(units: number, inputs: number, args: any): Record<string, WeightSpec>;
  step<T>(ops: Ops<T>, x: T, state: readonly T[], w: Readonly<Record<string, T>>, units: number): readonly T[];
  readonly keras: string;
  readonly torch: string;
}

const params = {
  units: required(whole(), "Size of the state."),
  sequences: withDefault(bool(), false, "Give the output of every position, not only the last."),
  ...weightParams,
  recurrent_init: withDefault(oneOf(initializers, "an initializer"), { kind: "option", name: "orthogonal", args: { gain: 1 } }, "Initial recurrent kernel."),
};

export function checkSequence(name: string, x: Shape): Problem | undefined {
  return checkRank(name, x, 1) ?? needsNumber(x[1]!, name, "its input's channels");
}

/** A layer that carries a state along the positions of [N, c]. */
export function defineRecurrent(cell: Cell): LayerDef {
  const names: { keras: FrameworkName; torch: FrameworkName } = { keras: [cell.keras, { units: "units", sequences: "return_sequences" }], torch: [cell.torch, { units: "hidden_size" }] };
  return defineLayer({
    name: cell.name,
    family: "sequence",
    doc: cell.doc,
    example: `input words int [N]\nembedding(1000, 16)\n${cell.name}(8)\ndense(2)`,
    params,
    check: (_a, [x]) => checkSequence(cell.name, x!),
    weights: (a, [x]) => cell.weights(a.units, x![1] as number, a),
    forward: (ops, a, [x], w) => {
      const { outputs, last } = run(ops, cell, x!, a.units, w);
      return a.sequences ? outputs : last;
    },
    names,
  });
}

export function run<T>(ops: Ops<T>, cell: Cell, x: T, units: number, w: Readonly<Record<string, T>>, reverse = false): { outputs: T; last: T } {
  const states: Dim[][] = Array.from({ length: cell.states }, () => [units]);
  return ops.scan(
    x,
    states,
    (xt, state) => {
      const next = cell.step(ops, xt, state, w, units);
      return { state: next, output: next[0]! };
    },
    reverse,
  );
}

/** Gate i of n that stand side by side on the last axis. */
export function gate<T>(ops: Ops<T>, z: T, i: number, units: number): T {
  return ops.slice(z, ops.shape(z).length - 1, i * units, units);
}
