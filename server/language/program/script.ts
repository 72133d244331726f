import { layers } from "../layers/index.ts";
import { layerCalled, takesInputSize } from "./elsewhere.ts";
import { type Call, inputIn, Reader, written } from "./pasted.ts";

/** A model that a script of Keras or PyTorch defines, as this language writes it. */
export interface Script {
  readonly name: string;
  /** Behind `input x`; a word where the script does not say a size. */
  readonly input: { readonly sizes: readonly string[]; readonly indices: boolean };
  /** One a line. */
  readonly layers: readonly string[];
  /** PyTorch says what comes out of the first flatten: that line, and its size. */
  readonly flat: { readonly at: number; readonly size: string } | undefined;
  /** What has no place in a model, such as how it is trained. */
  readonly rest: readonly string[];
}

/** Longer scripts define more than one model, and nobody writes longer or deeper statements. */
const MOST_LINES = 1_000;
const MOST_CHARACTERS = 50_000;
const LONGEST = 20_000;
const DEEPEST = 50;

/**
 * A script whose layers follow one another: Sequential, calls of calls, or a module with its `forward`. Undefined where
 * they branch, where one of them has no word here, or where more than one model is defined.
 */
export function readScript(lines: readonly string[]): Script | undefined {
  if (lines.length > MOST_LINES || lines.reduce((sum, l) => sum + l.length, 0) > MOST_CHARACTERS) return undefined;
  try {
    const statements = statementsOf(lines);
    const found = statements.some((s) => MODULE.test(s.text)) ? ofModule(statements) : ofKeras(statements);
    return found.layers.length > 0 ? found : undefined;
  } catch (cause) {
    if (cause instanceof Unread) return undefined;
    throw cause;
  }
}

/** What is no chain of known layers. */
class Unread extends Error {}

interface Statement {
  readonly text: string;
  readonly indent: number;
}

/** Lines are one statement as long as a bracket is open; comments and texts that document are left out. */
function statementsOf(lines: readonly string[]): Statement[] {
  const found: Statement[] = [];
  let [open, depth, documenting] = ["", 0, false];
  let indent = 0;
  for (const whole of lines) {
    const quotes = whole.split('"""').length - 1;
    if (documenting || quotes > 0) {
      if (quotes % 2 === 1) documenting = !documenting;
      continue;
    }
    // Behind the last text.
    const note = whole.indexOf("#", Math.max(whole.lastIndexOf("'"), whole.lastIndexOf('"')) + 1);
    const line = (note < 0 ? whole : whole.slice(0, note)).trimEnd();
    if (line.trim() === "") continue;
    if (depth === 0) [open, indent] = ["", line.length - line.trimStart().length];
    open += ` ${line.trim()}`;
    depth += (line.match(/[([{]/g)?.length ?? 0) - (line.match(/[)\]}]/g)?.length ?? 0);
    if (depth > DEEPEST || open.length > LONGEST) throw new Unread();
    if (depth <= 0) {
      found.push({ text: open.trim(), indent });
      depth = 0;
    }
  }
  return found;
}

const MODULE = /^class\s+(\w+)\s*\(\s*(?:\w+\.)*Module\s*\)\s*:/;
/** They say nothing that a model says. */
const FRAME = /^(?:(?:from\s+[\w.]+\s+)?import\s|super\b.*__init__|return\s+model\b|\w+\.(?:summary|build)\(|print\s*\(|pass$)/;
const BRANCHES = /^(?:for|while|if|elif|else|try|with)\b/;

function ofKeras(statements: readonly Statement[]): Script {
  const script = new Reading("Net");
  let current: string | undefined;
  for (const { text, indent } of statements) {
    if (FRAME.test(text) || /^(?:\w+\s*=\s*)?(?:\w+\.)*Model\(/.test(text)) continue;
    const statement = /^(?:(\w+)\s*=\s*)?(\w+\.add\(\s*)?((?:\w+\.)*[A-Z]\w*\(.*)$/.exec(text);
    const reader = statement ? new Reader(statement[3]!) : undefined;
    const call = reader?.call();
    if (!statement || !call) {
      if (BRANCHES.test(text) || /^(?:def|class)\b|\.add\(/.test(text) || /\)\s*\(\s*\w+\s*\)\s*$/.test(text)) throw new Unread();
      script.rest.push(" ".repeat(indent) + text);
      continue;
    }
    const [, target, add] = statement;
    const applied = /^\s*\(\s*(\w+)\s*\)\s*$/.exec(reader!.rest)?.[1];
    if (add !== undefined) script.add(call);
    else if (call.name === "Sequential") script.begin().all(call);
    else if (call.name === "Input") current = (script.begin().add(call), target);
    else if (applied !== undefined && applied === current) current = (script.add(call), target);
    else if (applied !== undefined || current !== undefined) throw new Unread();
    else script.rest.push(" ".repeat(indent) + text);
  }
  return script.end();
}

function ofModule(statements: readonly Statement[]): Script {
  const at = statements.findIndex((s) => MODULE.test(s.text));
  const script = new Reading(MODULE.exec(statements[at]!.text)![1]!);
  script.begin();
  const fields = new Map<string, readonly Call[]>();
  let current: string | undefined;
  let inside = true;
  for (const [i, { text, indent }] of statements.entries()) {
    if (i === at || FRAME.test(text)) continue;
    if (i > at) inside &&= indent > statements[at]!.indent;
    if (i < at || !inside) {
      if (/^class\b/.test(text)) throw new Unread();
      if (!/^\w+\s*=\s*\w+\(\)$/.test(text)) script.rest.push(" ".repeat(indent) + text);
      continue;
    }
    const [, field, made] = /^self\.(\w+)\s*=\s*(.+)$/.exec(text) ?? [];
    const forward = /^def\s+forward\s*\(\s*self\s*,\s*(\w+)[^,]*\)/.exec(text);
    const [, target, flow] = /^(?:(\w+)\s*=|return)\s*(.+)$/.exec(text) ?? [];
    if (forward) current = forward[1]!;
    else if (/^def\s+__init__\b/.test(text)) continue;
    else if (field !== undefined && current === undefined) fields.set(field, callsOf(made!));
    else if (flow !== undefined && current !== undefined) {
      for (const call of flowing(flow, current, fields)) script.add(call);
      current = target ?? current;
    } else throw new Unread();
  }
  return script.end();
}

/** The layers of one expression that makes layers. */
function callsOf(text: string): readonly Call[] {
  const reader = new Reader(text);
  const call = reader.call();
  if (!call || reader.rest.trim() !== "") throw new Unread();
  return call.name === "Sequential" ? itemsOf(call) : [call];
}

function itemsOf({ args }: Call): readonly Call[] {
  return args.flatMap(({ name, value }) => (name === "name" ? [] : value.kind === "list" ? value.items : [value])).flatMap((value) => {
    if (value.kind !== "call") throw new Unread();
    return value.name === "Sequential" ? itemsOf(value) : [value];
  });
}

const FLATTEN: Call = { kind: "call", name: "Flatten", dotted: false, args: [] };

/** What an expression over `current` applies, the innermost first. */
function flowing(expression: string, current: string, fields: ReadonlyMap<string, readonly Call[]>): readonly Call[] {
  const text = expression.trim();
  if (text === current) return [];
  const method = /^(.+)\.(?:flatten\(\s*1\s*\)|(?:view|reshape)\(\s*[^,()]+(?:\(\s*0?\s*\))?(?:\[0\])?\s*,[^,()]+\))$/.exec(text);
  if (method && !/^(?:torch|F|tf)$/.test(method[1]!)) return [...flowing(method[1]!, current, fields), FLATTEN];
  const called = /^((?:\w+\.)*)(\w+)\(/.exec(text);
  if (!called || !text.endsWith(")")) throw new Unread();
  const [first, ...others] = parted(text.slice(called[0].length, -1));
  const before = flowing(first!, current, fields);
  if (called[1] === "self.") {
    const own = fields.get(called[2]!);
    if (!own || others.length > 0) throw new Unread();
    return [...before, ...own];
  }
  if (called[2] === "flatten") return [...before, FLATTEN];
  const reader = new Reader(`${called[1]}${called[2]}(${others.filter((o) => !/^\s*training\s*=/.test(o)).join(", ")})`);
  const call = reader.call();
  if (!call || reader.rest !== "") throw new Unread();
  return [...before, call];
}

/** Arguments apart, by the commas that stand in no bracket; they have to be whole. */
function parted(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const c of text) {
    if ("([{".includes(c)) depth++;
    else if (")]}".includes(c) && --depth < 0) throw new Unread();
    if (c === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += c;
  }
  return parts;
}

class Reading {
  readonly rest: string[] = [];
  private readonly name: string;
  private readonly lines: string[] = [];
  private input: Script["input"] | undefined;
  private flat: Script["flat"];
  private begun = false;

  constructor(name: string) {
    this.name = name;
  }

  /** More than one beginning is more than one model. */
  begin(): this {
    if (this.begun) throw new Unread();
    this.begun = true;
    return this;
  }

  all(call: Call): void {
    for (const item of itemsOf(call)) this.add(item);
  }

  add(call: Call): void {
    const pooled = /^AdaptiveAvgPool\dd$/.test(call.name) && call.args.every(({ value: v }) => (v.kind === "list" ? v.items : [v]).every((s) => s.kind === "number" && s.text === "1"));
    const text = pooled ? "global_avg_pool" : written(call);
    if (text === undefined) throw new Unread();
    const declared = /^input x \[(.*)\]$/.exec(text)?.[1] ?? (this.lines.length === 0 ? inputOf(call) : undefined);
    if (declared !== undefined) this.input ??= { sizes: declared.split(", "), indices: false };
    if (text.startsWith("input ")) return;
    // Of a mean over all places nothing is left to lay in a row.
    if (text === "flatten" && this.lines.at(-1)?.startsWith("global_")) return;
    const layer = layers.get(layerCalled(call.name, undefined) ?? "");
    const size = call.args[0]?.name === undefined ? call.args[0]?.value : undefined;
    if (layer && size?.kind === "number" && takesInputSize(call.name, layer, call.args.length)) {
      this.input ??= { sizes: [...(AXES[/[123]d$/.exec(layer.name)?.[0] ?? ""] ?? (layer.family === "sequence" ? ["L"] : [])), size.text], indices: false };
      if (this.lines.at(-1) === "flatten") this.flat ??= { at: this.lines.length - 1, size: size.text };
    }
    const length = call.args.find((a) => a.name === "input_length")?.value;
    if (layer?.takesIndices && this.lines.length === 0) this.input = { sizes: this.input?.sizes ?? [length?.kind === "number" ? length.text : "L"], indices: true };
    const last = this.lines.at(-1);
    // An activation stands behind its layer.
    if (layer?.activation && last !== undefined && !last.includes("->")) this.lines[this.lines.length - 1] = `${last} -> ${text}`;
    else this.lines.push(text);
  }

  end(): Script {
    const { name, input, lines, flat, rest } = this;
    if (!input) throw new Unread();
    return { name, input, layers: lines, flat: input.sizes.length > 1 ? flat : undefined, rest };
  }
}

const AXES: Readonly<Record<string, readonly string[]>> = { "1d": ["L"], "2d": ["H", "W"], "3d": ["D", "H", "W"] };

/** Keras' first layer says what flows in, beside its own arguments. */
function inputOf({ name, args }: Call): string | undefined {
  const given = args.find((a) => a.name === "input_shape" || a.name === "batch_input_shape")?.value;
  if (given?.kind === "list") return inputIn(`input_shape=(${given.items.map((v) => ("text" in v ? v.text : "?")).join(", ")},)`)?.slice("input x [".length, -1);
  const size = args.find((a) => a.name === "input_dim")?.value;
  return size?.kind === "number" && !layers.get(layerCalled(name, undefined) ?? "")?.takesIndices ? size.text : undefined;
}

/** Whether a size is none: a word stands for it. */
export const isOpen = ({ input }: Script): boolean => input.sizes.some((s) => /^[A-Z]$/.test(s));

/** As a file. `side`: of an image whose size the script leaves open, with what is known of it. */
export function scriptText({ name, input, layers: all, flat, rest }: Script, side?: number, checked = false): string {
  const sizes = input.sizes.map((s) => (side !== undefined && (s === "H" || s === "W") ? `${side}` : s));
  const why = side !== undefined && flat && !checked ? `  // PyTorch does not say it: of ${side}×${side}, flatten gives ${flat.size}` : "";
  return [
    ...rest.map((r) => `// ${r}`),
    ...(rest.length > 0 ? [""] : []),
    `model ${name} {`,
    `  input ${input.indices ? "words int" : "x"} [${sizes.join(", ")}]${why}`,
    ...all.map((l, i) => `  ${l}${checked && flat?.at === i ? ` : [${flat.size}]` : ""}`),
    "}",
  ].join("\n");
}
