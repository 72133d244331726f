import type { LayerDef } from "../layers/define.ts";
import { initializers } from "../layers/initializers.ts";
import { layers } from "../layers/index.ts";
import { readWholeLinesBy } from "../syntax/foreign.ts";
import { argumentCalled, layerCalled, SAID_ALREADY, takesInputSize, wordCalled } from "./elsewhere.ts";

/**
 * A line of Keras or PyTorch that adds one layer to what flows, as a line of a model's body: `model.add(Dense(64,
 * activation='relu'))`, `x = Conv2D(8, (3, 3))(x)`, `nn.Linear(784, 64),`. What it has no word for is no such line, and
 * each of its slips is told by itself. A statement around the layers, such as `model = Sequential()`, becomes a comment.
 */
function readLine(text: string): string | undefined {
  if (AROUND.test(text)) return `// ${text.trim()}`;
  const line = LINE.exec(text)?.groups as { target?: string; add?: string; call: string } | undefined;
  if (!line) return undefined;
  const reader = new Reader(line.call);
  const call = reader.call();
  if (!call) return undefined;
  const applied = APPLIED.exec(reader.rest)?.[1];
  const after = applied === undefined ? reader.rest : reader.rest.slice(reader.rest.indexOf(")") + 1);
  if (!(line.add ? /^\s*\)\s*;?\s*$/ : /^\s*,?\s*$/).test(after)) return undefined;
  // Layers that read something else than the line before has given are no chain.
  if (line.target !== undefined && (applied === undefined || !(applied === line.target || STARTS.test(applied) || ENDS.test(line.target)))) return undefined;
  if (line.target === undefined && applied !== undefined && !STARTS.test(applied) && applied !== "x") return undefined;
  const isForeign = line.add !== undefined || applied !== undefined || call.dotted || /,\s*$/.test(after) || /\bactivation\s*=\s*['"]/.test(text);
  return isForeign ? written(call) : undefined;
}

/** The input that Keras' first layer names beside its own arguments. */
export function inputIn(text: string): string | undefined {
  const sizes = text.length > LONGEST ? undefined : /\b(?:batch_)?input_shape\s*=\s*[([]\s*(?:None\s*,\s*)?(\d+(?:\s*,\s*\d+)*)\s*,?\s*[)\]]/.exec(text)?.[1];
  return sizes && `input x [${sizes}]`;
}

/** Longer lines are no lines of a model. */
const LONGEST = 400;
const LINE = /^\s*(?:(?<target>[a-z_]\w*)\s*=\s*)?(?<add>\w+\.add\(\s*)?(?<call>(?:\w+\.)*[A-Z]\w*\s*\(.*)$/;
const AROUND = /^\s*(?:\w+\s*=\s*(?:\w+\.)*(?:Sequential\(\s*(?:\[|\[?\s*\]?\s*\))|Model\(.*\))|(?:return\s+)?(?:\w+\.)*Sequential\(\s*\[?)\s*;?\s*$/;
const APPLIED = /^\s*\(\s*([A-Za-z_]\w*)\s*\)/;
const STARTS = /^(?:inputs?|inp|img|image)(?:_\w+)?$/;
const ENDS = /^(?:out|outputs?|preds?|predictions?|logits)$/;

export type Value = { readonly kind: "number" | "word" | "text"; readonly text: string } | { readonly kind: "list"; readonly items: readonly Value[] } | Call;

export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly dotted: boolean;
  readonly args: readonly { readonly name: string | undefined; readonly value: Value }[];
}

/** Calls with names, numbers, words in quotes, tuples, lists and calls as arguments; anything else is not read. */
export class Reader {
  rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  call(): Call | undefined {
    const path = this.take(/^\s*((?:\w+\.)*)([A-Za-z_]\w*)\s*\(/);
    if (!path) return undefined;
    const args: Call["args"][number][] = [];
    while (!this.take(/^\s*\)/)) {
      if (args.length > 0 && !this.take(/^\s*,/)) return undefined;
      if (this.take(/^\s*\)/)) break;
      const name = this.take(/^\s*([A-Za-z_]\w*)\s*=(?!=)/)?.[1];
      const value = this.value();
      if (!value) return undefined;
      args.push({ name, value });
    }
    return { kind: "call", name: path[2]!, dotted: path[1] !== "", args };
  }

  private value(): Value | undefined {
    const number = this.take(/^\s*(-?\d+\.?\d*(?:e-?\d+)?(?:\s*[*/]\s*\d+\.?\d*)*)(?=\s*[,)\]])/);
    // 64 * 7 * 7, and 1./255.
    if (number) return { kind: "number", text: number[1]!.replace(/\.(?!\d)/g, "") };
    const text = this.take(/^\s*(?:'(\w+)'|"(\w+)")/);
    if (text) return { kind: "text", text: (text[1] ?? text[2])! };
    const word = this.take(/^\s*(?:\w+\.)*([A-Za-z_]\w*)(?=\s*[,)\]])/);
    if (word) return { kind: "word", text: word[1]! };
    if (!this.take(/^\s*[([]/)) return this.call();
    const items: Value[] = [];
    while (!this.take(/^\s*[)\]]/)) {
      if (items.length > 0 && !this.take(/^\s*,/)) return undefined;
      if (this.take(/^\s*[)\]]/)) break;
      const item = this.value();
      if (!item) return undefined;
      items.push(item);
    }
    return { kind: "list", items };
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.rest);
    if (!match) return undefined;
    this.rest = this.rest.slice(match[0].length);
    return match;
  }
}

/** The call as it is written here, with its activation behind; undefined where one of its arguments has no name here. */
export function written({ name, args: given }: Call): string | undefined {
  if (name === "Input" || name === "InputLayer") return input(given);
  if (name === "Activation" && given.length === 1) return activation(given[0]!.value);
  const layer = layers.get(layerCalled(name, undefined) ?? "");
  if (!layer) return undefined;
  const places = given.filter((a) => a.name === undefined).length;
  const sized = given[0]?.name === undefined && places > 0 && (takesInputSize(name, layer, places) || (layer.family === "normalization" && layer.names.torch?.[0] !== undefined));
  let behind: string | undefined;
  const args: string[] = [];
  let place = 0;
  for (const { name: called, value } of sized ? given.slice(1) : given) {
    if (called === "activation" || (called === undefined && value.kind === "text" && place > 0 && activation(value) !== undefined)) {
      behind = value.kind === "text" && value.text === "linear" ? "" : activation(value);
      if (behind === undefined) return undefined;
      continue;
    }
    if (called !== undefined && (IDLE.has(called) || (value.kind === "word" && value.text === "None") || Object.hasOwn(SAID_ALREADY, called))) continue;
    if (called !== undefined && layer.family === "activation" && LAST_AXIS.has(called)) continue;
    const ours = called === undefined ? placed(layer, place++) : named(layer, called);
    const text = ours && argument(layer, ours, value);
    if (text === undefined) return undefined;
    args.push(called === undefined ? text : `${ours} = ${text}`);
  }
  return `${layer.name}${args.length > 0 ? `(${args.join(", ")})` : ""}${behind ? ` -> ${behind}` : ""}`;
}

/** Names that change nothing of the network. */
const IDLE = new Set(["name", "dtype", "input_length"]);
/** An activation is taken along the last axis. */
const LAST_AXIS = new Set(["dim", "axis"]);
const INITIALIZERS: Readonly<Record<string, string>> = { kernel_initializer: "init", bias_initializer: "bias_init" };
/** Beside what is required, arguments that stand in the same order everywhere. */
const ORDERED = new Set(["stride", "padding"]);

function placed({ params }: LayerDef, place: number): string | undefined {
  const ours = Object.keys(params as object)[place];
  return ours !== undefined && (place === 0 || params[ours].required || ORDERED.has(ours)) ? ours : undefined;
}

function named(layer: LayerDef, called: string): string | undefined {
  const ours = argumentCalled(called, layer.names) ?? INITIALIZERS[called] ?? called;
  return Object.hasOwn(layer.params as object, ours) ? ours : undefined;
}

function argument(layer: LayerDef, ours: string, value: Value): string | undefined {
  if (ours === "init" || ours === "bias_init") {
    const word = value.kind === "text" || value.kind === "word" ? value.text : "";
    return Object.hasOwn(initializers, word) ? word : wordCalled(word, Object.keys(initializers));
  }
  if (value.kind === "list") return list(layer, ours, value.items);
  if (value.kind === "call") return written(value);
  if (value.kind === "word") return value.text === "True" || value.text === "False" ? value.text.toLowerCase() : value.text === "None" ? undefined : value.text;
  const { words } = layer.params[ours].type;
  return value.kind === "text" && Array.isArray(words) && !words.includes(value.text) ? undefined : value.text;
}

/** Sizes; one for all axes where it may be written so. */
function list(layer: LayerDef, ours: string, items: readonly Value[]): string | undefined {
  // Sides are pairs there, and a row of numbers here.
  const flat = layer.kind === "zero_pad" || layer.kind === "crop" ? items.flatMap((v) => (v.kind === "list" ? v.items : [v])) : items;
  const texts = flat.map((v) => (v.kind === "number" || v.kind === "word" ? v.text : undefined));
  if (texts.length === 0 || texts.includes(undefined)) return undefined;
  const [first] = flat as [Exclude<Value, Call | { kind: "list" }>];
  const alike = texts.every((t) => t === texts[0]) && first.kind === "number" && "value" in layer.params[ours].type.accept(Number(first.text));
  return alike ? texts[0] : `[${texts.join(", ")}]`;
}

/** The layer that an activation's name means. */
function activation(value: Value): string | undefined {
  if (value.kind !== "text" && value.kind !== "word") return undefined;
  const meant = layers.get(layerCalled(value.text, undefined) ?? "");
  return meant?.family === "activation" ? meant.name : undefined;
}

function input(args: Call["args"]): string | undefined {
  const shape = args.find((a) => a.name === undefined || a.name === "shape" || a.name === "input_shape")?.value;
  if (shape?.kind !== "list" || shape.items.some((v) => v.kind !== "number")) return undefined;
  return `input x [${shape.items.map((v) => (v as { text: string }).text).join(", ")}]`;
}

readWholeLinesBy(readLine);
