import type { LayerDef } from "./layers/define.ts";
import type { Dim } from "./ops/dim.ts";

/** What compile-time evaluation yields. A symbolic size is a `Poly` (ops/dim.ts). */
export type Value = Dim | boolean | string | readonly Value[] | Word | OptionValue | LayerValue | BlockValue | SharedValue | FlowValue | Unknown;

/** A word taken literally where one of a set is expected (`padding = same`), or a column's name. */
export interface Word {
  readonly kind: "word";
  readonly word: string;
}

/** One of a registry with its arguments bound: `adam(lr = 1e-3)`, `he_normal`, `csv("digits.csv")`. */
export interface OptionValue {
  readonly kind: "option";
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A layer that is not applied yet: the operand of `bidirectional(lstm(8))`, a block's `act = leaky_relu(0.2)`. */
export interface LayerValue {
  readonly kind: "layer";
  readonly name: string;
  readonly layer: LayerDef;
  /** Undefined: its name alone stands for it, and where it is used it still needs arguments. */
  readonly args: Readonly<Record<string, unknown>> | undefined;
}

export type BoundLayer = LayerValue & { readonly args: Readonly<Record<string, unknown>> };

/** A block by name, as an argument or list entry. */
export interface BlockValue {
  readonly kind: "block";
  readonly name: string;
}

/** One instance used several times with the same weights: `shared enc = Encoder(64)`. */
export interface SharedValue {
  readonly kind: "shared";
  readonly name: string;
  /** Which instance of the model. */
  readonly instance: number;
}

/** What could not be worked out, already reported: accepted everywhere, so that one error stays one. */
export interface Unknown {
  readonly kind: "unknown";
}
export const UNKNOWN: Unknown = { kind: "unknown" };

/** A result in the flow: the graph node's id. */
export interface FlowValue {
  readonly kind: "flow";
  readonly node: number;
}

export function isTagged<K extends string>(value: Value, kind: K): value is Extract<Value, { kind: K }> {
  return typeof value === "object" && !Array.isArray(value) && "kind" in value && value.kind === kind;
}

/** It, or something in it, could not be worked out. */
export function hasUnknown(value: Value): boolean {
  return isTagged(value, "unknown") || (Array.isArray(value) && (value as Value[]).some(hasUnknown));
}

/** A value as a person would write it. */
export function show(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (!("kind" in value)) return String(value);
  const tagged = value as Word | OptionValue | LayerValue | BlockValue | SharedValue | FlowValue | Unknown;
  if (tagged.kind === "word") return tagged.word;
  if (tagged.kind === "unknown") return "?";
  return tagged.kind === "flow" ? "a result of the flow" : tagged.name;
}

/** What a table has by a name that somebody wrote: `toString` is in every object, and in no table. */
export function own<V>(table: Readonly<Record<string, V>> | undefined, name: string): V | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

export function kindOf(value: Value): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  if (typeof value === "string") return "text";
  if (isTagged(value, "word")) return "a word";
  if (isTagged(value, "flow")) return "a result of the flow";
  if (isTagged(value, "layer")) return "a layer";
  if (isTagged(value, "block")) return "a block";
  if (isTagged(value, "shared")) return "a shared layer";
  if (isTagged(value, "option")) return `${(value as OptionValue).name}(…)`;
  return "a symbolic size";
}
