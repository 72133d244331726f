import type { Finding, Fix, Severity } from "../findings.ts";
import { type Params, type ParamType, wordsOf } from "../params.ts";
import type { Cause, Entry, LineRef, Settings, Site, Span } from "../syntax/tree.ts";
import { hasUnknown, UNKNOWN, type Value } from "../values.ts";
import { builtins, evaluate, type World } from "./evaluate.ts";
import { didYouMean, suggestion } from "../suggest.ts";
import { nearValue } from "./bind.ts";
import { wordCalled } from "./elsewhere.ts";

/** What other frameworks call a setting. */
const ELSEWHERE: Readonly<Record<string, string>> = { batch_size: "batch", num_epochs: "epochs", n_epochs: "epochs", max_epochs: "epochs", random_seed: "seed", random_state: "seed", objective: "loss", criterion: "loss", scheduler: "schedule", lr_scheduler: "schedule", target: "label", path: "source", file: "source" };
/** What others set, and where it is said here. */
const SAID: Readonly<Record<string, string>> = {
  shuffle: "rows come in another order in each epoch as they are",
  verbose: "what a run prints is not said in the file",
  callbacks: "each is a setting: early_stop = patience(3), checkpoint = every(1)",
  device: "the engine is chosen by what is installed: nnet engine status",
  num_workers: "files are read by the trainer as it needs them",
  validation_data: "rows of training are set apart by split, in data",
};
/** Settings that are looked for in the other kind of block. */
const OF_TRAINING = new Set(["batch", "epochs", "loss", "optimizer", "seed", "metrics", "augment", "early_stop", "schedule", "clip"]);
const OF_DATA = new Set(["source", "label", "features", "split", "normalize", "scale", "shape", "missing", "categories"]);
const SHARES = new Set(["validation_split", "val_split", "test_size", "train_size", "test_split", "valid_size", "validation_size", "train", "val", "valid", "validation"]);

/** What is set beside the optimizer elsewhere, and where it goes. */
const OF_OPTIMIZER: Readonly<Record<string, string>> = { lr: "adam(lr", learning_rate: "adam(lr", momentum: "sgd(momentum", weight_decay: "adamw(weight_decay", nesterov: "sgd(nesterov" };

/** Errors of one declaration that are said. */
const MOST_ERRORS = 500;

/** Evaluation where nothing flows and nothing has a name: settings are plain values. */
export class SettingsWorld implements World {
  readonly findings: Finding[] = [];
  lookups = 0;
  line: LineRef;
  private readonly file: string;

  constructor(file: string, line: LineRef) {
    this.file = file;
    this.line = line;
  }

  site(span: Span): Site {
    return { file: this.file, line: this.line, span };
  }
  report(severity: Severity, code: string, span: Span, message: string, more: Partial<Finding> = {}): void {
    this.findings.push({ code, severity, message, site: this.site(span), ...more });
  }
  error(code: string, span: Span, message: string, fix?: { span: Span; text: string; title: string }, cause?: Cause): void {
    this.report("error", code, span, message, { ...(fix && { fixes: [{ title: fix.title, edits: [{ site: this.site(fix.span), text: fix.text }] }] }), ...(cause && { cause }) });
  }
  lookup(): undefined {
    return undefined;
  }
  unknownName(name: string, span: Span, expected?: ParamType<unknown>): Value {
    this.unknownWord(name, span, expected ? wordsOf(expected) : this.expected, Object.keys(builtins));
    return UNKNOWN;
  }
  flow(expr: Parameters<World["flow"]>[0]): Value {
    const name = expr.kind === "call" ? expr.callee.text : undefined;
    this.unknownWord(name ?? "this", expr.kind === "call" ? expr.callee.span : expr.span, this.expected);
    return UNKNOWN;
  }
  layer(expr: Parameters<World["layer"]>[0]): Value {
    return this.flow(expr);
  }
  typeOf(): undefined {
    return undefined;
  }

  /** What the setting being read could be, for "did you mean". */
  expected: readonly string[] = [];

  unknownWord(name: string, span: Span, expected: readonly string[], also: readonly string[] = []): void {
    const called = wordCalled(name, expected);
    const near = called !== undefined ? suggestion(called) : didYouMean(name, [...expected, ...also]);
    const known = expected.length > 0 && !near.name ? `; known here: ${expected.join(", ")}` : "";
    this.error("unknown-name", span, `nothing is called ${name} here${near.text}${known}`, near.name ? { span, text: near.name, title: `Change to ${near.name}` } : undefined);
  }
}

/** `lr = 0.01` beside `optimizer = adam`: into its arguments. */
function intoOptimizer(entries: readonly Entry[], entry: Entry, name: string, value: string, world: SettingsWorld, base: LineRef): Fix | undefined {
  const optimizer = entries.find((e) => e.key.text === "optimizer");
  const call = optimizer?.value;
  if (!optimizer || (call!.kind !== "name" && call!.kind !== "call") || (call!.kind === "call" && (!call!.argsSpan || call!.args.some((a) => !a.name || a.name.text === name)))) return undefined;
  const { endLine, end } = call!.span;
  const args = call!.kind === "call" ? { at: end - 1, text: `${call!.args.length > 0 ? ", " : ""}${name} = ${value}` } : { at: end, text: `(${name} = ${value})` };
  const put = { site: { ...world.site({ line: endLine, start: args.at, endLine, end: args.at }), line: optimizer.line ?? base }, text: args.text };
  return { title: `Give it to the optimizer: ${name} = ${value}`, edits: [put, { site: world.site(entry.span), text: "" }] };
}

/** `test_size = 0.2`: the rest is trained on, but for a tenth. */
function splitBy(key: string, share: number): string {
  const rest = (n: number) => String(Number(n.toFixed(6)));
  if (key.startsWith("train")) return `split = [${share}, ${rest((1 - share) / 2)}, ${rest((1 - share) / 2)}]`;
  return key.startsWith("val") ? `split = [${rest(0.9 - share)}, ${share}, 0.1]` : `split = [${rest(0.9 - share)}, 0.1, ${share}]`;
}

/** A setting of training that stands in data, and the other way round. */
function otherBlock(key: string, params: Params): string | undefined {
  const isData = Object.hasOwn(params, "source");
  const meant = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key]! : key;
  if (isData && OF_TRAINING.has(meant)) return `how a model is trained stands in train: ${meant} = …`;
  return !isData && OF_DATA.has(meant) ? `what is learned from stands in data: ${meant} = …` : undefined;
}

/** Binds `key = value` lines to declared settings; undefined where one is missing or wrong, which is reported. */
export function bindSettings(what: string, params: Params, settings: Settings, world: SettingsWorld, nameSpan: Span): Readonly<Record<string, unknown>> | undefined {
  const bound: Record<string, unknown> = {};
  const given = new Map<string, Entry>();
  const base = world.line;
  const written = new Set(settings.entries.map((e) => e.key.text));
  let complete = true;
  /** Some name is misspelled: what seems to be missing may be that. */
  let misspelled = false;
  for (const entry of settings.entries) {
    world.line = entry.line ?? base;
    const key = entry.key.text;
    if (key === "") continue;
    const param = Object.hasOwn(params, key) ? params[key] : undefined;
    if (!param) {
      if (world.findings.length >= MOST_ERRORS) {
        world.error("too-many-errors", entry.key.span, `there are more than ${MOST_ERRORS} errors in ${what}; what follows is not read`);
        break;
      }
      const instead = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key]! : undefined;
      const near = instead && Object.hasOwn(params, instead) ? suggestion(instead) : didYouMean(key, Object.keys(params).filter((k) => !written.has(k)));
      const optimizer = Object.hasOwn(params, "optimizer") && Object.hasOwn(OF_OPTIMIZER, key) ? OF_OPTIMIZER[key] : undefined;
      const joined = optimizer && !near.name && entry.value.kind === "number" ? intoOptimizer(settings.entries, entry, optimizer.slice(optimizer.indexOf("(") + 1), entry.value.text, world, base) : undefined;
      const share = SHARES.has(key) && entry.value.kind === "number" && entry.value.value > 0 && entry.value.value < 0.9 ? entry.value.value : undefined;
      const said = SHARES.has(key) ? `shares of training, validation and test stand in data: split = [0.8, 0.1, 0.1]` : Object.hasOwn(SAID, key) ? SAID[key] : otherBlock(key, params);
      const split = share !== undefined && Object.hasOwn(params, "split") && !written.has("split") ? splitBy(key, share) : undefined;
      const way = near.text || (said && `; ${said}`) || (optimizer ? `; it is the optimizer's: optimizer = ${optimizer} = …)` : `; it has ${Object.keys(params).join(", ")}`);
      const moved = optimizer && !written.has("optimizer") && entry.value.kind === "number" ? `optimizer = ${optimizer} = ${entry.value.text})` : undefined;
      const message = `${what} has no setting ${key}${way}`;
      const rewritten = split ?? moved;
      if (joined) world.report("error", "unknown-setting", entry.key.span, message, { fixes: [joined] });
      else world.error("unknown-setting", entry.key.span, message, near.name ? { span: entry.key.span, text: near.name, title: `Change to ${near.name}` } : rewritten === undefined ? undefined : { span: entry.span, text: rewritten, title: `Write ${rewritten}` });
      if (moved) written.add("optimizer");
      if (split) written.add("split");
      misspelled ||= near.name !== undefined;
      continue;
    }
    if (given.has(key)) {
      const first = given.get(key)!;
      const site = { ...world.site(first.key.span), line: first.line ?? base };
      world.report("error", "duplicate-setting", entry.key.span, `${key} is set twice`, { related: [{ site, message: `${key} is first set here` }] });
      continue;
    }
    given.set(key, entry);
    if (entry.op !== "=") {
      world.error("not-an-assignment", entry.span, `a setting is written ${key} = value`);
      complete = false;
      continue;
    }
    world.expected = wordsOf(param.type);
    const value = evaluate(entry.value, world, param.type);
    if (hasUnknown(value)) {
      complete = false;
      continue;
    }
    const accepted = param.type.accept(value);
    if ("problem" in accepted) {
      world.error("bad-setting", entry.value.span, `${key}: ${accepted.problem}`, nearValue(entry, value, param.type));
      complete = false;
    } else bound[key] = accepted.value;
  }
  world.line = base;
  for (const [key, param] of Object.entries(params)) {
    if (given.has(key)) continue;
    if (param.required && (settings.broken || misspelled)) complete = false;
    else if (param.required) {
      world.error("missing-setting", nameSpan, `${what} needs ${key} = … : ${param.doc}`);
      complete = false;
    } else bound[key] = param.default;
  }
  return complete && !misspelled ? bound : undefined;
}
