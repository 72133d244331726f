import type { LayerDef, Shape, WeightSpec } from "../layers/define.ts";
import type { Dim } from "../ops/dim.ts";
import type { Constraint } from "../ops/shapes.ts";
import type { CallExpr, Site } from "../syntax/tree.ts";
import type { Kept } from "./kept.ts";

/** What flows along an edge: a shape without the batch. */
export interface TensorType {
  readonly shape: Shape;
  /** Whole-number indices (tokens) or numbers. */
  readonly dtype: "float" | "int";
}

/** One layer instance, or an input. Every node has one result, named by its id. */
export interface Node {
  /** Its index in `Model.nodes`; inputs have smaller ids (topological order). */
  readonly id: number;
  /** Unique in the model: "conv2d_2", "Residual_3/conv2d_1", or the name that `as` gave. Names the weights in a checkpoint. */
  readonly name: string;
  /** Undefined for an input. */
  readonly layer: LayerDef | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  /** Ids of the nodes whose results flow in. */
  readonly inputs: readonly number[];
  /** Undefined after an error: unknown, and so is what depends on it. */
  readonly type: TensorType | undefined;
  /** An error stands here: the shape is known all the same, the count is not, and the arguments are made up. */
  readonly guessed: boolean;
  readonly weights: readonly Weight[];
  readonly cost: { readonly macs: Dim; readonly flops: Dim; readonly activations: Dim };
  readonly constraints: readonly Constraint[];
  /** Where it is written. A layer in a block or loop has many nodes with one site. */
  readonly site: Site;
  /** Of an input: where its shape is written. */
  readonly shaped?: Site;
  /** As it is written, for fixes that edit it; spans count from `site.line`. Undefined for a bare name. */
  readonly call: CallExpr | undefined;
  /** The uses of blocks that lead here, outermost first; empty for what the model's own body says. */
  readonly via: readonly Site[];
  /** The node whose weights this one uses (`shared`); its own are then counted there. */
  readonly sharesWith: number | undefined;
}

export interface Weight {
  /** "conv2d_2/kernel". */
  readonly name: string;
  readonly key: string;
  readonly spec: WeightSpec;
}

/** A model expanded and inferred: what every reader (editor, trainer, exporter) works on. */
export interface Model {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** What each output is called: as `output a, b` has it, or else its node's name. */
  readonly outputNames: readonly string[];
  /** Weights with `sharesWith` followed: nodes of one shared instance have one entry here. */
  readonly totals: Totals;
  /** Something in it could not be worked out; the totals are of the rest. */
  readonly complete: boolean;
  /** A part of it was not read: a statement with a syntax error, or what lies past a bound. */
  readonly cut: boolean;
  /** What has been worked out of it (kept.ts). */
  readonly kept: Kept;
}

export interface Totals {
  readonly params: number;
  readonly trainable: number;
  readonly nonTrainable: number;
  readonly macs: Dim;
  readonly flops: Dim;
  /** Nodes whose own count is unknown, by name, with their sites: the totals are without them. */
  readonly unknown: readonly number[];
}
