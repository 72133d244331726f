import { Refusal } from "../define.ts";
import { type Files, readSource, type Source } from "./files.ts";
import { namesOf } from "./names.ts";
import { type Found, isNamed, type Symbol, Symbols } from "./symbols.ts";
import type { Use } from "./uses.ts";

/**
 * A rename is right where every name means afterwards what it meant before. So the texts are read again as they would
 * be, and name by name compared.
 */
export function refuseIfTaken(symbol: Symbol, newName: string, places: ReadonlyMap<Source, readonly Found[]>, files: Files): void {
  for (const source of places.keys()) refuseSecond(symbol, newName, source);
  const renamed = new Map([...places].map(([source, found]) => [source.path, renamedSource(source, found, newName)]));
  const after = filesWith(files, renamed);
  const [before, then] = [new Identities(files), new Identities(after)];
  for (const source of places.keys()) {
    const fresh = renamed.get(source.path)!;
    const [old, now] = [usesOf(source), usesOf(fresh)];
    for (const [i, use] of old.entries()) {
      const other = now[i];
      if (other && before.of(use, source) === then.of(other, fresh)) continue;
      throw new Refusal(reasonFor(newName, symbol, use, source, other && then.symbols.of(other, fresh)));
    }
  }
}

/** Declarations of a file have names of their own. */
function refuseSecond({ what }: Symbol, newName: string, { syntax }: Source): void {
  if (what !== "model" && what !== "block" && what !== "data") return;
  for (const d of syntax.declarations) {
    if (isNamed(d) && d.name.text === newName && (d.kind === "data") === (what === "data")) throw new Refusal(`there is a ${d.kind} called ${newName} already, in line ${d.line.number + d.name.span.line + 1} of ${baseName(syntax.path)}`);
    if (d.kind === "import" && what === "block" && d.names.some((n) => n.text === newName)) throw new Refusal(`${newName} is imported by ${baseName(syntax.path)} already, in line ${d.line.number + 1}`);
  }
}

function reasonFor(newName: string, symbol: Symbol, use: Use, source: Source, now: Symbol | undefined): string {
  const line = (place: { line: { number: number }; span: { line: number } }): number => place.line.number + place.span.line + 1;
  if (use.name === symbol.name && now?.place && now.key !== symbol.key) return `${newName} is the name of ${named(now)} already, given in line ${line(now.place)} of ${baseName(now.place.source.path)}: line ${line(use)} would then mean that`;
  if (use.name === newName && use.role === "declaration" && use.means.kind === "local") return `${newName} is the name of ${WORDS[use.means.local.what]} already, given in line ${line(use)} of ${baseName(source.path)}`;
  if (use.name === newName) return `${newName} in line ${line(use)} of ${baseName(source.path)} would then mean ${named(symbol)} that is renamed`;
  return `${newName} means something else in line ${line(use)} of ${baseName(source.path)}; choose another name`;
}

const WORDS: Readonly<Record<Symbol["what"], string>> = {
  parameter: "a parameter", input: "an input", let: "a let", as: "a result", shared: "a shared layer", loop: "a loop's variable", symbol: "a symbolic size", model: "a model", block: "a block", data: "a data block", library: "something of the language",
};
const named = (symbol: Symbol): string => WORDS[symbol.what];

function renamedSource(source: Source, found: readonly Found[], newName: string): Source {
  const lines = Array.from({ length: source.lineCount }, (_, i) => source.lineText(i));
  for (const { range } of [...found].sort((a, b) => b.range.start.character - a.range.start.character)) {
    const text = lines[range.start.line]!;
    lines[range.start.line] = text.slice(0, range.start.character) + newName + text.slice(range.end.character);
  }
  return readSource(source.path, source.uri, source.version, lines.join("\n"));
}

function filesWith(files: Files, changed: ReadonlyMap<string, Source>): Files {
  return {
    all: () => [...files.all()].map((s) => changed.get(s.path) ?? s),
    get: (path) => changed.get(path) ?? files.get(path),
    byUri: (uri) => files.byUri(uri),
    resolve: (from, relative) => files.resolve(from, relative),
    header: (from, relative) => files.header(from, relative),
    entries: (from, folder) => files.entries(from, folder),
    target: (from, relative) => files.target(from, relative),
  };
}

function usesOf(source: Source): Use[] {
  return source.syntax.declarations.flatMap((d) => [...namesOf(d, source.lineText)]);
}

/** Tells things apart by where in the order of names they are given: that stays when names change their length. */
class Identities {
  readonly symbols: Symbols;
  private readonly orders = new Map<Source, Map<string, number>>();

  constructor(files: Files) {
    this.symbols = new Symbols(files);
  }

  of(use: Use, source: Source): string {
    const symbol = this.symbols.of(use, source);
    if (!symbol) return use.means.kind;
    if (!symbol.place) return symbol.key;
    const { source: home } = symbol.place;
    return `${home.path} ${this.order(home).get(symbol.key)}`;
  }

  private order(source: Source): Map<string, number> {
    let order = this.orders.get(source);
    if (!order) {
      this.orders.set(source, (order = new Map()));
      for (const [i, use] of usesOf(source).entries()) {
        const key = use.role === "declaration" ? this.symbols.of(use, source)?.key : undefined;
        if (key !== undefined) order.set(key, i);
      }
    }
    return order;
  }
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
