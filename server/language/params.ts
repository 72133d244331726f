import { type Dim, Poly } from "./ops/dim.ts";
import { type FlowValue, isTagged, kindOf, type BoundLayer, type OptionValue, show, type Value } from "./values.ts";

/**
 * Parameters of layers, blocks, settings and options. One declaration gives: checking with "expected …, received …",
 * completion of words and options, signature help, hover and the reference.
 */
export interface ParamType<V> {
  /** For readers: "a whole number ≥ 1". Completes the sentence "expected …". */
  readonly expected: string;
  /** Words meant literally here, never a variable of that name. `"any"`: every name is a word (columns). */
  readonly words?: readonly string[] | "any";
  /** Named alternatives with arguments of their own: optimizers, initializers, sources. */
  readonly options?: Readonly<Record<string, OptionDef>>;
  /** A file (endings, without dots) or folder, relative to the .nnet file. */
  readonly path?: readonly string[] | "folder";
  /** A layer (`bidirectional(lstm(8))`) or a result of the flow (`context = enc`) is meant. */
  readonly takes?: "layer" | "flow";
  /** The result is taken for the layer that made it: its arguments, and what flowed into it. */
  readonly made?: string;
  /** Names of the layers that are meant. */
  readonly layers?: readonly string[];
  accept(value: Value): { readonly value: V } | { readonly problem: string };
}

export interface Param<V> {
  readonly type: ParamType<V>;
  readonly doc: string;
  readonly required: boolean;
  /** Bound where the argument is not given. */
  readonly default?: V;
  /** As shown to a reader, where the default is not a plain value ("size"). */
  readonly defaultText?: string;
}

/** What can be written where this type is expected, as far as that is a list of words. */
export function wordsOf(type: ParamType<unknown> | undefined): readonly string[] {
  if (!type) return [];
  const truths = type.expected.startsWith("true or false") ? ["true", "false"] : [];
  return [...truths, ...(type.words === "any" ? [] : (type.words ?? [])), ...Object.keys(type.options ?? {})];
}

export type Params = Readonly<Record<string, Param<any>>>;
export type Args<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer V> ? V : never };

/** One of a registry of named alternatives: an optimizer, a loss, an initializer, a data source. */
export interface OptionDef {
  readonly name: string;
  readonly doc: string;
  readonly params: Params;
  /** Arguments whose names are those of a model's inputs or outputs: each is one of these. `names` says what they are, for readers. */
  readonly rest?: { readonly names: string; readonly of: "input" | "output"; readonly param: Param<any> };
}

/** What an argument of this name is. */
export function paramNamed({ params, rest }: Pick<OptionDef, "params" | "rest">, name: string): Param<any> | undefined {
  return Object.hasOwn(params, name) ? params[name] : rest?.param;
}

export function required<V>(type: ParamType<V>, doc: string): Param<V> {
  return { type, doc, required: true };
}

export function withDefault<V>(type: ParamType<V>, value: V, doc: string, defaultText?: string): Param<V> {
  return { type, doc, required: false, default: value, ...(defaultText !== undefined && { defaultText }) };
}

/** May be left out; `undefined` then. `defaultText` says what that means. */
export function optional<V>(type: ParamType<V>, doc: string, defaultText?: string): Param<V | undefined> {
  return { type: type as ParamType<V | undefined>, doc, required: false, ...(defaultText !== undefined && { defaultText }) };
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** Bounds that are not allowed themselves. */
  readonly above?: number;
  readonly below?: number;
}

export function whole(range: Range = { min: 1 }): ParamType<number> {
  const expected = `a whole number${rangeText(range)}`;
  return {
    expected,
    accept(v) {
      if (v instanceof Poly) return { problem: `expected ${expected}, received ${v}, which is known only when data comes` };
      if (typeof v !== "number" || !Number.isInteger(v) || !inRange(v, range)) return reject(expected, v);
      if (!Number.isSafeInteger(v)) return { problem: `expected ${expected}, received ${v}, which is past 2^53` };
      return { value: v };
    },
  };
}

export function real(range: Range = {}): ParamType<number> {
  const expected = `a number${rangeText(range)}`;
  return {
    expected,
    accept: (v) => (typeof v === "number" && !Number.isNaN(v) && inRange(v, range) ? { value: v } : reject(expected, v)),
  };
}

export function bool(): ParamType<boolean> {
  return { expected: "true or false", accept: (v) => (typeof v === "boolean" ? { value: v } : reject("true or false", v)) };
}

export function text(): ParamType<string> {
  return { expected: "text in quotes", accept: (v) => (typeof v === "string" ? { value: v } : reject("text in quotes", v)) };
}

/** Where a file or folder lies. */
export function path(leadsTo: readonly string[] | "folder"): ParamType<string> {
  const expected = "a path in quotes";
  return { expected, path: leadsTo, accept: (v) => (typeof v === "string" && v !== "" ? { value: v } : reject(expected, v)) };
}

export function word<const W extends string>(words: readonly W[]): ParamType<W> {
  const expected = `one of ${words.join(", ")}`;
  return { expected, words, accept: (v) => (isTagged(v, "word") && words.includes(v.word as W) ? { value: v.word as W } : reject(expected, v)) };
}

/** The name of a column of the data file; text where it has characters that a name cannot have. */
export function column(): ParamType<string> {
  const expected = "a column's name";
  return {
    expected,
    words: "any",
    accept: (v) => (isTagged(v, "word") ? { value: v.word } : typeof v === "string" ? { value: v } : reject(expected, v)),
  };
}

/** One column, or several: always bound as a list. */
export function columns(): ParamType<readonly string[]> {
  const one = column();
  const list = listOf(one, "a column, or a list of columns");
  return { ...list, accept: (v) => list.accept(Array.isArray(v) ? v : [v]) };
}

/** One number for every spatial axis, or a list with one for each: always bound as the list. */
export function size(axes: number, range: Range = { min: 1 }): ParamType<readonly number[]> {
  const one = whole(range);
  const expected = axes === 1 ? one.expected : `${one.expected}, or a list of ${axes}`;
  return {
    expected,
    accept(v) {
      const list = Array.isArray(v) ? v : Array.from({ length: axes }, () => v);
      if (list.length !== axes) return reject(expected, v);
      const values: number[] = [];
      for (const entry of list) {
        const accepted = one.accept(entry);
        if ("problem" in accepted) return Array.isArray(v) ? reject(expected, v) : accepted;
        values.push(accepted.value);
      }
      return { value: values };
    },
  };
}

export function listOf<V>(entry: ParamType<V>, what: string): ParamType<readonly V[]> {
  return {
    expected: what,
    ...(entry.words && { words: entry.words }),
    ...(entry.options && { options: entry.options }),
    accept(v) {
      if (!Array.isArray(v)) return reject(what, v);
      const values: V[] = [];
      for (const e of v as readonly Value[]) {
        const accepted = entry.accept(e);
        if ("problem" in accepted) return { problem: `expected ${what}, and ${show(e)} does not belong in it` };
        values.push(accepted.value);
      }
      return { value: values };
    },
  };
}

/** A size: a whole number ≥ `min`, or symbolic. */
export function dimension(min = 1): ParamType<Dim> {
  const number = whole({ min });
  return { expected: `${number.expected}, or a symbolic size`, accept: (v) => (v instanceof Poly ? { value: v } : number.accept(v)) };
}

export type PaddingArg = "valid" | "same" | readonly (readonly [number, number])[];

/** valid, same, zeros on every side, one number an axis, or [before, after] an axis. */
export function padding(axes: number): ParamType<PaddingArg> {
  const expected = `valid, same, a whole number ≥ 0, or a list of ${axes}`;
  const entry = size(2, { min: 0 });
  return {
    expected,
    words: ["valid", "same"],
    accept(v) {
      if (isTagged(v, "word")) return v.word === "valid" || v.word === "same" ? { value: v.word } : reject(expected, v);
      const list: readonly Value[] = Array.isArray(v) ? v : Array.from({ length: axes }, () => v as Value);
      if (list.length !== axes) return reject(expected, v);
      const sides: (readonly [number, number])[] = [];
      for (const e of list) {
        const accepted = entry.accept(e);
        if ("problem" in accepted) return reject(expected, v);
        sides.push(accepted.value as unknown as readonly [number, number]);
      }
      return { value: sides };
    },
  };
}

export function oneOf(options: Readonly<Record<string, OptionDef>>, what: string): ParamType<OptionValue> {
  return { expected: what, options, accept: (v) => (isTagged(v, "option") ? { value: v as OptionValue } : reject(what, v)) };
}

/** A layer with its arguments, not yet applied: `bidirectional(lstm(8))`. */
export function layerArg(...names: readonly string[]): ParamType<BoundLayer> {
  return { expected: "a layer", takes: "layer", layers: names, accept: (v) => (isTagged(v, "layer") ? (v.args ? { value: v as BoundLayer } : { problem: `${v.name} needs its arguments: ${v.name}(…)` }) : reject("a layer", v)) };
}

/** Another result of the flow, which then is the layer's next input: `attention(8, context = enc)`. */
export function flowArg(): ParamType<FlowValue> {
  const expected = "the name of a result in this model";
  return { expected, takes: "flow", accept: (v) => (isTagged(v, "flow") ? { value: v as FlowValue } : reject(expected, v)) };
}

/** The result of such a layer, for how it was made: `max_unpool2d(pooled)`. What flows in is what flowed into that one. */
export function madeBy(layer: string): ParamType<FlowValue & { readonly by: Readonly<Record<string, unknown>> }> {
  const expected = `the name of the result of ${/^[aeiou]/.test(layer) ? "an" : "a"} ${layer}: ${layer}(…) as NAME`;
  return { expected, takes: "flow", made: layer, accept: (v) => (isTagged(v, "flow") ? { value: { ...v, by: {} } } : reject(expected, v)) };
}

/** Several types, tried in turn. */
export function either<A, B>(a: ParamType<A>, b: ParamType<B>): ParamType<A | B> {
  const expected = `${a.expected}, or ${b.expected}`;
  const words = a.words === "any" || b.words === "any" ? ("any" as const) : [...(a.words ?? []), ...(b.words ?? [])];
  return {
    expected,
    ...(words.length > 0 && { words }),
    ...((a.options || b.options) && { options: { ...a.options, ...b.options } }),
    accept(v) {
      const first = a.accept(v);
      if ("value" in first) return first;
      const second = b.accept(v);
      return "value" in second ? second : reject(expected, v);
    },
  };
}

function reject(expected: string, received: Value): { problem: string } {
  const kind = kindOf(received);
  const shown = show(received);
  return { problem: `expected ${expected}, received ${typeof received === "number" || typeof received === "boolean" || shown === kind ? shown : `${kind} ${shown}`}` };
}

function inRange(v: number, { min, max, above, below }: Range): boolean {
  return (min === undefined || v >= min) && (max === undefined || v <= max) && (above === undefined || v > above) && (below === undefined || v < below);
}

function rangeText({ min, max, above, below }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined && below !== undefined) return ` ≥ ${min} and < ${below}`;
  if (above !== undefined && below !== undefined) return ` > ${above} and < ${below}`;
  if (min !== undefined) return ` ≥ ${min}`;
  if (above !== undefined) return ` > ${above}`;
  if (max !== undefined) return ` ≤ ${max}`;
  return below !== undefined ? ` < ${below}` : "";
}
