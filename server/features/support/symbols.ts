import type { Position, Range } from "vscode-languageserver-types";
import type { DataDecl, Declaration, LineRef, ModelDecl, Span } from "../../language/syntax/tree.ts";
import type { Files, Source } from "./files.ts";
import { namesOf } from "./names.ts";
import { before, rangeAt, touches } from "./places.ts";
import type { Local, Use } from "./uses.ts";

/** What a name stands for, the same wherever it is used. */
export interface Symbol {
  /** Equal for the same thing, as long as no text changes. */
  readonly key: string;
  readonly name: string;
  readonly what: Local["what"] | "model" | "block" | "data" | "library";
  /** Where it is given; undefined for the language's own. */
  readonly place: { readonly source: Source; readonly line: LineRef; readonly span: Span } | undefined;
  /** The declaration that it is, or whose parameter. */
  readonly declaration?: ModelDecl | DataDecl;
}

export interface Found {
  readonly source: Source;
  readonly use: Use;
  readonly range: Range;
}

type Named = ModelDecl | DataDecl;
interface Table {
  readonly own: ReadonlyMap<string, Named>;
  readonly blocks: ReadonlyMap<string, { readonly source: Source; readonly declaration: ModelDecl }>;
}

/** Says what names stand for, over the files of one request. */
export class Symbols {
  private readonly files: Files;
  private readonly tables = new Map<Source, Table>();

  constructor(files: Files) {
    this.files = files;
  }

  /** The name at a place; behind a word is at it. */
  at(source: Source, position: Position): Found | undefined {
    const d = source.syntax.declarations.findLast((k) => k.line.number <= position.line);
    const found = d && namesOf(d, source.lineText).findLast((use) => touches(rangeAt(use.line, use.span), position));
    return found && { source, use: found, range: rangeAt(found.line, found.span) };
  }

  of({ means, name, line, span, role }: Use, source: Source): Symbol | undefined {
    switch (means.kind) {
      case "local":
        return local(means.local, source);
      case "library":
        return { key: `${means.what} ${name}`, name, what: "library", place: undefined };
      case "argument": {
        const callee = means.of === "model" ? this.declared("model", means.callee, source) : this.block(means.callee, source);
        const param = callee && "params" in callee.declaration ? callee.declaration.params.find((p) => p.name.text === means.name) : undefined;
        if (!param || !callee) return undefined;
        const symbol = local({ name, what: "parameter", line: callee.declaration.line, span: param.name.span }, callee.source);
        return { ...symbol, declaration: callee.declaration };
      }
      case "feed": {
        const called = means.model === undefined ? source.syntax.declarations.flatMap((d) => (d.kind === "train" && d.data?.text === means.data ? [d.model.text] : [])) : [means.model];
        const models = called.flatMap((model) => this.declared("model", model, source) ?? []);
        const ends: readonly string[] = means.of === "input" ? ["input"] : ["as", "let", "input"];
        const found = models.map(({ declaration }) => [...namesOf(declaration, source.lineText)].filter((u) => u.name === name && u.role === "declaration" && u.means.kind === "local" && ends.includes(u.means.local.what)));
        // One that is of several models is of the first; an output is what its name was given to last.
        const first = found.find((uses) => uses.length > 0)?.at(means.of === "input" ? 0 : -1);
        return first && this.of(first, source);
      }
      case "declared": {
        if (role === "declaration") return declared(source.syntax.declarations.find((d): d is Named => isNamed(d) && d.line === line && d.name.span === span), source);
        const found = means.what === "block" ? this.block(name, source) : this.declared(means.what, name, source);
        return found && declared(found.declaration, found.source);
      }
      default:
        return undefined;
    }
  }

  /** Every place of a name in one text, in its order. */
  usesIn(source: Source, symbol: Symbol): Found[] {
    const found: Found[] = [];
    for (const d of source.syntax.declarations) {
      for (const use of namesOf(d, source.lineText)) {
        if (use.name === symbol.name && this.of(use, source)?.key === symbol.key) found.push({ source, use, range: rangeAt(use.line, use.span) });
      }
    }
    return found.sort((a, b) => (before(a.range.start, b.range.start) ? -1 : 1));
  }

  /** Every place of a name, in all texts where it can be seen. */
  uses(symbol: Symbol, from: Source): Found[] {
    const home = symbol.place?.source ?? from;
    const everywhere = symbol.what === "block" || symbol.what === "library" || (symbol.what === "parameter" && this.ownerOf(symbol)?.kind === "block");
    return (everywhere ? [...this.files.all()] : [home]).flatMap((source) => this.usesIn(source, symbol));
  }

  /** The declaration whose parameter this is. */
  ownerOf({ place, what }: Symbol): ModelDecl | undefined {
    if (what !== "parameter" || !place) return undefined;
    return place.source.syntax.declarations.find((d): d is ModelDecl => "params" in d && d.line === place.line && d.params.some((p) => p.name.span.start === place.span.start && p.name.span.line === place.span.line));
  }

  /** A block that this text can use: its own, or one that it imports. */
  block(name: string, source: Source): { readonly source: Source; readonly declaration: ModelDecl } | undefined {
    return this.table(source).blocks.get(name);
  }

  private declared(what: Named["kind"], name: string, source: Source): { readonly source: Source; readonly declaration: Named } | undefined {
    const declaration = this.table(source).own.get(`${what} ${name}`);
    return declaration && { source, declaration };
  }

  private table(source: Source): Table {
    const known = this.tables.get(source);
    if (known) return known;
    const own = new Map<string, Named>();
    const blocks = new Map<string, { source: Source; declaration: ModelDecl }>();
    this.tables.set(source, { own, blocks });
    for (const d of source.syntax.declarations) {
      if (!isNamed(d) || d.name.text === "") continue;
      if (!own.has(`${d.kind} ${d.name.text}`)) own.set(`${d.kind} ${d.name.text}`, d);
      if (d.kind === "block" && !blocks.has(d.name.text)) blocks.set(d.name.text, { source, declaration: d });
    }
    for (const d of source.syntax.declarations) {
      if (d.kind !== "import" || !d.path) continue;
      const other = this.imported(source, d.path.value);
      for (const { text } of d.names) {
        const there = other?.syntax.declarations.find((b): b is ModelDecl => b.kind === "block" && b.name.text === text);
        if (there && other && !blocks.has(text)) blocks.set(text, { source: other, declaration: there });
      }
    }
    return { own, blocks };
  }

  imported(source: Source, path: string): Source | undefined {
    const target = /^\.\.?\//.test(path) ? this.files.resolve(source.path, path) : undefined;
    return target === undefined ? undefined : this.files.get(target);
  }
}

export function isNamed(d: Declaration): d is Named {
  return d.kind === "model" || d.kind === "block" || d.kind === "data";
}

function local({ name, what, line, span }: Local, source: Source): Symbol {
  return { key: keyOf(source, line, span), name, what, place: { source, line, span } };
}

function declared(declaration: Named | undefined, source: Source): Symbol | undefined {
  if (!declaration) return undefined;
  const { kind, name, line } = declaration;
  return { key: keyOf(source, line, name.span), name: name.text, what: kind, place: { source, line, span: name.span }, declaration };
}

function keyOf(source: Source, line: LineRef, span: Span): string {
  return `${source.path}:${line.number + span.line}:${span.start}`;
}
