import type { LayerDef } from "../layers/define.ts";
import { argumentCalled, entrySpan, SAID_ALREADY, wordCalled } from "./elsewhere.ts";
import { type OptionDef, paramNamed, type Params, type ParamType, wordsOf } from "../params.ts";
import type { Arg, Cause, Span } from "../syntax/tree.ts";
import { layers } from "../layers/index.ts";
import { hasUnknown, isTagged, type Value } from "../values.ts";
import { evaluate, type World } from "./evaluate.ts";
import { didYouMean, sameWord, type Suggestion, suggestion } from "../suggest.ts";

export interface Bound {
  readonly args: Readonly<Record<string, unknown>>;
  /** Every argument is there and fits; otherwise what is wrong has been reported, or is unknown for another reason. */
  readonly complete: boolean;
  /** Parameters that are given no value that can be used. */
  readonly open: readonly string[];
}

/** A layer, or an option of a setting. */
export interface Callable {
  readonly name: string;
  readonly params: Params;
  readonly rest?: OptionDef["rest"];
  readonly names?: LayerDef["names"];
}

/** Binds written arguments to declared parameters: layers, options and settings alike. */
export function bindArguments({ name: callee, params, rest, names: elsewhere }: Callable, written: readonly Arg[], calleeSpan: Span, world: World): Bound {
  const names = Object.keys(params);
  const args: Record<string, unknown> = {};
  const open: string[] = [];
  let complete = true;
  let position = 0;
  const given = new Set<string>();
  const taken = new Set(written.map((a, i) => a.name?.text ?? names[i]));
  const free = names.filter((n) => !taken.has(n));
  for (const arg of written.map((a) => named(a, callee, params, world))) {
    const name = arg.name ? arg.name.text : names[position++];
    if (name === undefined) {
      const inner = names.length === 0 && arg.value.kind === "call" && layers.has(arg.value.callee.text) ? arg.value.callee.text : undefined;
      const takes = names.length === 0 ? "no arguments" : `at most ${names.length} argument${names.length === 1 ? "" : "s"}: ${names.join(", ")}`;
      const decimals = decimalComma(written, arg);
      const message = decimals ? `decimals stand behind a point: ${decimals}` : rest ? `${callee} takes each argument by name: ${rest.names} = …` : `${callee} takes ${takes}${inner ? `; a layer takes the result before it: ${inner}(…) -> ${callee}` : ""}`;
      world.error("too-many-arguments", arg.span, message, undefined, decimals ? { kind: "thousands", word: decimals } : inner === undefined ? undefined : { kind: "around", word: callee });
      complete = false;
      continue;
    }
    const param = name === "" ? undefined : paramNamed({ params, ...(rest && { rest }) }, name);
    if (!param) {
      if (name !== "") {
        const near = nearest(name, free, elsewhere);
        const ours = argumentCalled(name, elsewhere);
        const first = names[0] === "units" || names[0] === "filters" ? `; ${SAID_ALREADY["in_features"]}` : "";
        const known = near.name === undefined && Object.hasOwn(SAID_ALREADY, name) ? SAID_ALREADY[name] : undefined;
        const takes = ours !== undefined && taken.has(ours) ? `${ours} is given already, before it${first}` : name === "activation" && Object.hasOwn(params, "bias") ? `an activation stands behind its layer: ${callee}(…) -> relu` : known !== undefined ? known : names.length > 0 ? `it takes ${names.join(", ")}` : "it takes none";
        world.error("unknown-argument", arg.name!.span, `${callee} has no argument ${name}${near.text || `; ${takes}`}`, near.name ? { span: arg.name!.span, text: near.name, title: `Change to ${near.name}` } : known !== undefined ? { span: entrySpan(written, written.indexOf(arg)), text: "", title: "Remove it" } : undefined);
      }
      evaluateQuietly(arg, world);
      complete = false;
      // Misspelled is not missing.
      const meant = nearest(name, free, elsewhere).name;
      if (meant) {
        given.add(meant);
        open.push(meant);
      }
      continue;
    }
    if (given.has(name)) {
      givenTwice(name, arg, names, written, world);
      complete = false;
      continue;
    }
    given.add(name);
    const value = evaluate(arg.value, world, param.type);
    if (hasUnknown(value)) {
      complete = false;
      open.push(name);
      continue;
    }
    const accepted = param.type.accept(value);
    if ("problem" in accepted) {
      const slip = slipOf(arg, value, callee, name, written[position - 2]);
      const share = arg.value.kind === "binary" && arg.value.op === "/" && typeof value === "number" && !Number.isInteger(value) ? "; div divides and rounds down" : "";
      world.error("bad-argument", arg.value.span, `${callee}: ${name}: ${accepted.problem}${share}${slip ? `; ${slip.text}` : ""}`, nearValue(arg, value, param.type), slip?.cause);
      complete = false;
      open.push(name);
    } else args[name] = accepted.value;
  }
  const missing = names.filter((n) => !given.has(n) && params[n]!.required);
  if (missing.length > 0) {
    // Arguments past a broken one may only seem to be missing.
    world.error("missing-argument", calleeSpan, `${callee} needs ${missing.map((n) => `${n} (${params[n]!.type.expected})`).join(" and ")}`);
    complete = false;
    open.push(...missing);
  }
  for (const n of names) if (!given.has(n) && params[n]!.default !== undefined) args[n] = params[n]!.default;
  return { args, complete, open };
}

const LEAST_FILTERS = 8;

/** In its place and by name; in PyTorch's order, where the channels that flow in stand first, everything stands one place too far behind. */
function givenTwice(name: string, arg: Arg, names: readonly string[], written: readonly Arg[], world: World): void {
  const [first, second] = written;
  const placed = arg.name && written[names.indexOf(name)];
  // A kernel is smaller than most numbers of filters.
  const isFirst = names[0] === "units" || (names[0] === "filters" && second?.value.kind === "number" && second.value.value >= LEAST_FILTERS);
  const channels = isFirst && second && !first!.name && !second.name && first!.value.kind === "number" ? world.channels?.() : undefined;
  if (placed && channels !== undefined && channels === (first!.value as { value: number }).value) {
    const sized = { ...first!.span, endLine: second!.span.line, end: second!.span.start };
    world.error("duplicate-argument", arg.span, `${name} is given twice, in its place and by name: ${channels} channels flow in, which is known, and not given`, { span: sized, text: "", title: `Remove the ${channels} that stands first` });
    return;
  }
  const both = placed && !placed.name && placed.value.kind === "number" && arg.value.kind === "number" && placed.value.value !== arg.value.value ? ` differently: ${placed.value.text} in its place, ${arg.value.text} by name` : "";
  world.error("duplicate-argument", arg.span, `${name} is given twice${both}`, undefined, both && written.indexOf(placed!) === written.indexOf(arg) - 1 ? { kind: "twice" } : undefined);
}

/** `0,5` as it would be: two numbers without a blank between. */
function decimalComma(written: readonly Arg[], arg: Arg): string | undefined {
  const before = written[written.indexOf(arg) - 1];
  if (before?.value.kind !== "number" || arg.value.kind !== "number" || before.span.endLine !== arg.span.line || arg.span.start - before.span.end !== 1) return undefined;
  return /^\d+$/.test(before.value.text) && /^\d+$/.test(arg.value.text) ? `${before.value.text}.${arg.value.text}` : undefined;
}

/** What is known by its place to be meant for something else: dense(16, relu), batch_norm(64), dense(1,024). */
function slipOf({ name: given, value: written }: Arg, value: Value, callee: string, name: string, before: Arg | undefined): { readonly text: string; readonly cause: Cause } | undefined {
  if (isActivation(value)) {
    const word = typeof value === "string" ? value : isTagged(value, "layer") ? value.name : "relu";
    return { text: `an activation stands behind its layer: ${callee}(…) -> ${word}`, cause: { kind: "activation-behind", word } };
  }
  if (name === "momentum" && callee === "batch_norm" && typeof value === "number" && value > 1) return { text: `how many channels flow in is known, and not given: ${callee}`, cause: { kind: "known-channels" } };
  if (name !== "bias" || given || before?.value.kind !== "number" || written.kind !== "number" || !/^\d{3}$/.test(written.text)) return undefined;
  const word = `${before.value.text}_${written.text}`;
  return { text: `thousands stand apart by _: ${word}`, cause: { kind: "thousands", word } };
}

/** `units: 3` and `units == 3` name an argument with another sign: reported, and read as what is meant. */
function named(arg: Arg, callee: string, params: Params, world: World): Arg {
  const { value } = arg;
  const [left, right] = value.kind === "ascribe" ? [value.operand, value.shape] : value.kind === "binary" && value.op === "==" ? [value.left, value.right] : [];
  if (arg.name || left?.kind !== "name" || !right || !(Object.hasOwn(params, left.name) || left.name === "activation") || world.lookup(left.name) !== undefined) return arg;
  // Never the same again: a line that is kept would lose its finding.
  world.lookups++;
  // That it has no such argument says enough.
  if (!Object.hasOwn(params, left.name)) return { ...arg, name: { text: left.name, span: left.span }, value: right };
  const between = { ...left.span, line: left.span.endLine, start: left.span.end, endLine: right.span.line, end: right.span.start };
  world.error("bad-argument", between, `${callee}: an argument is given its value by =: ${left.name} = …`, { span: between, text: " = ", title: "Write =" });
  return { ...arg, name: { text: left.name, span: left.span }, value: right };
}

/** What was likely meant: div where / leaves a rest, a word that stands in quotes. */
export function nearValue({ value: written }: Pick<Arg, "value">, value: Value, type: ParamType<unknown>): { span: Span; text: string; title: string } | undefined {
  if (written.kind === "binary" && written.op === "/" && typeof value === "number" && "value" in type.accept(Math.floor(value))) return { span: written.opSpan, text: "div", title: `Round down: div, ${Math.floor(value)}` };
  const items = Array.isArray(value) && written.kind === "list" ? written.items : [];
  const at = items.findIndex((item, i) => item.kind === "text" && wordMeant((value as readonly Value[])[i]!, type) !== undefined);
  const [place, text] = at < 0 ? [written, value] : [items[at]!, (value as readonly Value[])[at]!];
  const word = wordMeant(text, type);
  if (word !== undefined) return { span: place.span, text: word, title: `Write the word: ${word}` };
  if (typeof value === "string" && value.trim() !== "" && "value" in type.accept(Number(value))) return { span: written.span, text: value.trim(), title: `Write the number: ${value.trim()}` };
  if (typeof value === "string" && /\.(?:csv|tsv)$/.test(value) && type.options?.[value.slice(-3)]) return { span: written.span, text: `${value.slice(-3)}("${value}")`, title: `Read it by ${value.slice(-3)}` };
  const shares = Array.isArray(value) && (value as readonly Value[]).every((v) => typeof v === "number") ? (value as number[]) : [];
  if (shares.reduce((a, b) => a + b, 0) === 100 && "value" in type.accept(shares.map((v) => v / 100))) return { span: written.span, text: `[${shares.map((v) => v / 100).join(", ")}]`, title: "Write shares of 1" };
  // A percentage, where a share is meant.
  if (typeof value === "number" && value > 1 && value < 100 && type.expected.endsWith("< 1") && "value" in type.accept(value / 100)) return { span: written.span, text: String(value / 100), title: `Write ${value / 100}` };
  return undefined;
}

function isActivation(value: Value): boolean {
  return isTagged(value, "layer") ? value.layer.activation : typeof value === "string" && layers.get(value)?.activation === true;
}

function wordMeant(value: Value, type: ParamType<unknown>): string | undefined {
  if (typeof value !== "string") return undefined;
  const words = wordsOf(type);
  return words.includes(value) ? value : wordCalled(value, words);
}

/** What another framework calls so, or what is spelled alike. */
function nearest(name: string, free: readonly string[], elsewhere: Callable["names"]): Suggestion {
  const ours = argumentCalled(name, elsewhere) ?? (sameWord(name) === "learningrate" ? "lr" : undefined);
  return ours !== undefined && free.includes(ours) ? suggestion(ours) : didYouMean(name, free);
}

/** For the names it uses: an argument that has no meaning still counts as a use. */
function evaluateQuietly(arg: Arg, world: World): void {
  if (arg.value.kind === "name") world.lookup(arg.value.name);
}
