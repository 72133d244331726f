import { analyse, layers } from "../../server/language/index.ts";
import { type Params, type ParamType, wordsOf } from "../../server/language/params.ts";
import { Random } from "./random.ts";

/** What stands between the right places by mistake. */
export const strays = ["{", "}", "(", ")", "[", "]", "->", ",", ":", "?", "=", "..", "**", "\"", "//", "///", ";", "\n", "\n\n", "\t", "1e99", "-1", "in", "let", "model", "block", "train", "data", "repeat", "for", "if", "else", "as", "x", "conv2d(", "\u{1F600}", "é"];

/** A program by the grammar, from a seed: some without a mistake, most right in form, some with a few tokens moved, some are soup. */
export function program(seed: number): string {
  const r = new Random(seed);
  if (r.next() < 0.1) return new Writer(r).sound();
  const text = new Writer(r).file();
  const kind = r.next();
  if (kind < 0.5) return text;
  if (kind < 0.9) return damaged(text, r, 1 + r.below(4));
  return Array.from({ length: r.below(60) }, () => (r.next() < 0.6 ? r.of(strays) : r.of(text.split(/\s+/)))).join(r.next() < 0.5 ? " " : "");
}

/** Some places of a text cut, doubled or filled with strays. */
export function damaged(text: string, r: Random, times: number): string {
  for (let i = 0; i < times; i++) {
    const at = r.below(text.length + 1);
    const cut = r.next() < 0.5 ? r.below(12) : 0;
    text = text.slice(0, at) + (r.next() < 0.7 ? r.of(strays) : "") + text.slice(at + cut);
  }
  return text;
}

class Writer {
  private readonly r: Random;
  private readonly blocks: string[] = [];
  private names = 0;
  /** Arguments are mostly such as their parameters take. */
  private fitting = false;

  constructor(r: Random) {
    this.r = r;
  }

  file(): string {
    const { r } = this;
    const parts: string[] = [];
    for (let i = r.below(3); i > 0; i--) parts.push(this.block());
    if (r.next() < 0.1) parts.push('import { Other } from "./other.nnet"');
    parts.push(...Array.from({ length: 1 + r.below(2) }, (_, i) => this.model(i)));
    if (r.next() < 0.4) parts.push('data d {\n  source = csv("d.csv")\n  label = y\n}', `train M0 on d {\n  loss = ${r.of(["mse", "cross_entropy", "hubber"])}\n  batch = ${this.number()}\n}`);
    return `${parts.join("\n\n")}\n`;
  }

  /** Blocks and a model of such statements, of many that are tried, as leave the whole without an error. */
  sound(): string {
    const { r } = this;
    const names = ["n"];
    this.fitting = true;
    const isSound = (text: string): boolean => analyse("/sound.nnet", text).findings.every((f) => f.severity !== "error");
    let blocks = "";
    let body = "";
    const whole = (): string => `${blocks}model M(n = 4) {\n  input x ${shape}\n${body}}\n`;
    const shape = r.of(["[4]", "[28, 28, 3]", "[16, 8]", "[N, 8]", "[8, 8, 8, 2]", "[N, M, 3]"]);
    for (let tries = 20; tries > 0; tries--) {
      const [before, scope] = [{ blocks, body }, [...names]];
      if (r.next() < 0.1) blocks += `${this.block()}\n\n`;
      body += `  ${this.statement(1, scope)}\n`;
      if (isSound(whole())) names.splice(0, names.length, ...scope);
      else ({ blocks, body } = before);
    }
    return body ? whole() : `model M {\n  input x ${shape}\n  flatten\n}\n`;
  }

  private block(): string {
    const name = `Block${this.blocks.length}`;
    const text = `/// ${name}\nblock ${name}(f, k = 3) {\n${this.body(1, ["f", "k"])}}`;
    this.blocks.push(name);
    return text;
  }

  private model(i: number): string {
    const { r } = this;
    const shape = r.of(["[4]", "[28, 28, 3]", "[16, 8]", "[N, 8]", "[8, 8, 8, 2]", "[N, M, 3]"]);
    const input = r.next() < 0.15 ? "input w int [N]\n  embedding(50, 8)" : `input x ${shape}`;
    return `model M${i}(n = 4) {\n  ${input}\n${this.body(1, ["n"])}}`;
  }

  private body(depth: number, scope: readonly string[]): string {
    const names = [...scope];
    return Array.from({ length: 1 + this.r.below(depth > 2 ? 2 : 5) }, () => `${"  ".repeat(depth)}${this.statement(depth, names)}${this.r.next() < 0.1 ? "  // note" : ""}\n`).join("");
  }

  private statement(depth: number, scope: string[]): string {
    const { r } = this;
    const inner = (names = scope): string => `{\n${this.body(depth + 1, names)}${"  ".repeat(depth)}}`;
    const fresh = (): string => `v${this.names++}`;
    const choice = depth > 3 ? 0 : r.next();
    if (choice < 0.5) return this.chain(scope) + (r.next() < 0.2 ? ` as ${scope[scope.push(fresh()) - 1]}` : "");
    if (choice < 0.6) return `let ${scope[scope.push(fresh()) - 1]} = ${r.next() < 0.5 ? this.value(scope) : `in -> ${this.chain(scope)}`}`;
    if (choice < 0.68) return `repeat ${r.below(4)} ${inner()}`;
    if (choice < 0.7) return `for i, j in ${r.of(["[[1, 2], [3, 4]]", "[[1]]", "[2]"])} ${inner([...scope, "i", "j"])}`;
    if (choice < 0.76) return `for i in ${r.of(["[1, 2, 4]", "0..3", "[n]"])} ${inner([...scope, "i"])}`;
    if (choice < 0.82) return `if ${this.value(scope)} ${r.of(["==", "<", ">="])} ${this.value(scope)} ${inner()} else ${inner()}`;
    if (choice < 0.86) return `shared ${scope[scope.push(fresh()) - 1]} = ${this.chain(scope)}`;
    if (choice < 0.88) return `${this.chain(scope)} -> repeat 2 ${inner()} -> ${this.chain(scope)}`;
    if (choice < 0.95) return `${r.of(["add", "concat", "multiply", "maximum"])} ${inner()} { identity }`;
    return `concat for h in [1, 3] ${inner([...scope, "h"])}`;
  }

  private chain(scope: readonly string[]): string {
    return Array.from({ length: 1 + this.r.below(3) }, () => this.layer(scope)).join(" -> ");
  }

  private layer(scope: readonly string[]): string {
    const { r } = this;
    if (this.blocks.length > 0 && r.next() < 0.15) return `${r.of(this.blocks)}(${this.value(scope)})`;
    const layer = r.of([...layers.values()]);
    const params = Object.entries(layer.params as Params).filter(([, p]) => p.required || r.next() < 0.15);
    if (params.length === 0) return layer.name;
    const value = (type: ParamType<unknown>): string => (this.fitting && r.next() < 0.8 ? this.valueFor(type) : undefined) ?? this.value(scope);
    return `${layer.name}(${params.map(([name, p]) => `${p.required && r.next() < 0.7 ? "" : `${name} = `}${value(p.type)}`).join(", ")})`;
  }

  /** What the parameter takes, if that is a plain value or a word. */
  private valueFor(type: ParamType<unknown>): string | undefined {
    const plain = [1, 2, 3, 4, 8, 0.5, 0.1, [2, 2], true, false].filter((v) => "value" in type.accept(v)).map((v) => JSON.stringify(v));
    const fitting = [...plain, ...wordsOf(type)];
    return fitting.length > 0 ? this.r.of(fitting) : undefined;
  }

  private value(scope: readonly string[]): string {
    const { r } = this;
    const choice = r.next();
    if (choice < 0.5) return this.number();
    if (choice < 0.65) return r.of(scope);
    if (choice < 0.8) return `${this.number()} ${r.of(["+", "-", "*", "/", "div", "%", "**"])} ${r.of(scope)}`;
    if (choice < 0.88) return r.of(["channels(in)", "dim(in, 0)", "rank(in)", "max(2, 3)"]);
    return r.of(["true", "false", "same", "[2, 2]", "[-1]", "he_normal", "lstm(3)", "2 > 1 ? 3 : 4"]);
  }

  private number(): string {
    return this.r.of(["0", "1", "2", "3", "8", "16", "0.5", "1e-3", "-1", "1_000", "64"]);
  }
}
