import type { Finding } from "../findings.ts";
import type { Host } from "../host.ts";
import { linesOf, type Refused, refusal, tooManyBytes } from "../syntax/limits.ts";
import type { Line } from "../syntax/lines.ts";
import { parseFile } from "../syntax/parse.ts";
import type { File, ImportDecl, ModelDecl, Site, Span } from "../syntax/tree.ts";
import { didYouMean, listed } from "../suggest.ts";

/** A block with the names that its own file can see. */
export interface BlockDef {
  readonly decl: ModelDecl;
  readonly file: string;
  readonly blocks: Blocks;
}
/** Undefined: its import failed, which is reported there. */
export type Blocks = ReadonlyMap<string, BlockDef | undefined>;

export interface Imported {
  readonly blocks: Blocks;
  /** All of their names in one. */
  readonly names: string;
  readonly findings: readonly Finding[];
  /** Every declaration of a block that can be reached: what a cached expansion may rest on. */
  readonly current: ReadonlySet<ModelDecl>;
}

/** More files than this are not followed. */
const MOST_FILES = 200;

/** Reads what a file imports, and what that imports. Texts are parsed once, as long as they stay the same. */
export class Imports {
  private readonly host: Host;
  private readonly parsed = new Map<string, { text: string; file: File; lines: readonly Line[] }>();

  constructor(host: Host) {
    this.host = host;
  }

  /** The blocks that this file can use: its own, and those it imports. */
  of(file: File): Imported {
    const findings: Finding[] = [];
    const current = new Set<ModelDecl>();
    const loaded = new Map<string, Map<string, BlockDef | undefined>>();
    const blocks = this.load(file, [file.path], loaded, current, findings);
    return { blocks, names: [...blocks].map(([name, block]) => (block ? name : `no ${name}`)).join(","), findings, current };
  }

  private load(file: File, stack: readonly string[], loaded: Map<string, Map<string, BlockDef | undefined>>, current: Set<ModelDecl>, findings: Finding[] | undefined): Map<string, BlockDef | undefined> {
    const blocks = new Map<string, BlockDef | undefined>();
    loaded.set(file.path, blocks);
    for (const d of file.declarations) {
      if (d.kind !== "block" || d.name.text === "") continue;
      if (blocks.has(d.name.text)) continue;
      // Another one of that name is meant by nobody.
      current.add(d);
      blocks.set(d.name.text, { decl: d, file: file.path, blocks });
    }
    const imports = file.declarations.filter((d) => d.kind === "import");
    for (const d of imports.slice(0, MOST_FILES)) this.follow(d, file, blocks, stack, loaded, current, findings);
    const more = imports[MOST_FILES];
    if (more) findings?.push({ code: "file-too-large", severity: "error", site: site(file, more, more.span), message: `this file has more than ${MOST_FILES} imports; this one and those after it are not read` });
    return blocks;
  }

  private follow(d: ImportDecl, file: File, blocks: Map<string, BlockDef | undefined>, stack: readonly string[], loaded: Map<string, Map<string, BlockDef | undefined>>, current: Set<ModelDecl>, findings: Finding[] | undefined): void {
    const { path } = d;
    // Until it is found: one error is not followed by another at each use.
    for (const { text } of d.names) if (text !== "" && !blocks.has(text)) blocks.set(text, undefined);
    if (!path) return;
    const report = (code: string, span: Span, message: string, more: Partial<Finding> = {}) => findings?.push({ code, severity: "error", site: site(file, d, span), message, ...more });
    if (!/^\.\.?\//.test(path.value)) return void report("import-not-relative", path.span, `imports are relative: "./${path.value.replace(/^\/+/, "")}"`);
    const target = this.host.resolve(file.path, path.value);
    if (target === undefined) return void report("import-not-found", path.span, `${path.value} lies outside of the workspace; imports stay inside it`);
    if (stack.includes(target)) {
      const cycle = [...stack.slice(stack.indexOf(target)), target].map(base).join(" → ");
      return void report("import-cycle", path.span, `imports go in a circle: ${cycle}; move what both need into a third file`);
    }
    if (loaded.size > MOST_FILES) return void report("import-not-found", path.span, `more than ${MOST_FILES} files are imported here; this one is not read`);
    const other = this.read(target);
    if (!other) return void report("import-not-found", path.span, `there is no file ${path.value}`);
    if ("code" in other) return void report(other.code, path.span, `${base(target)}: ${other.message}`);
    // A circle further down is reported here too: this import leads into it.
    const below: Finding[] = [];
    const theirs = loaded.get(target) ?? this.load(other, [...stack, target], loaded, current, below);
    for (const f of below) if (f.code === "import-cycle") report(f.code, path.span, f.message, { related: [{ site: f.site, message: "the circle closes here" }] });
    for (const name of d.names) {
      if (name.text === "") continue;
      const found = theirs.get(name.text);
      // Theirs, and it failed there.
      if (found === undefined && theirs.has(name.text)) continue;
      if (found?.file !== target) {
        const own = [...theirs.values()].filter((b) => b?.file === target).map((b) => b!.decl.name.text);
        const near = didYouMean(name.text, own);
        const isModel = other.declarations.some((o) => o.kind === "model" && o.name.text === name.text);
        const has = isModel ? `: ${name.text} is a model there, and blocks alone can be imported` : own.length > 0 ? `; it has ${listed(own)}` : "; it has none";
        report("unknown-import", name.span, `${base(target)} has no block ${name.text}${near.text || has}`, near.name ? { fixes: [{ title: `Change to ${near.name}`, edits: [{ site: site(file, d, name.span), text: near.name }] }] } : {});
        continue;
      }
      const first = blocks.get(name.text);
      if (first) report("duplicate-name", name.span, `there is a block called ${name.text} here already`, { related: [{ site: { file: first.file, line: first.decl.line, span: first.decl.name.span }, message: `${name.text} is first given here` }] });
      else blocks.set(name.text, found);
    }
  }

  /** Or why it is not read. */
  private read(path: string): File | Refused | undefined {
    const text = this.host.read(path);
    if (text === undefined) return undefined;
    if (typeof text !== "string") return tooManyBytes(text.bytes);
    const known = this.parsed.get(path);
    if (known?.text === text) return known.file;
    const refused = refusal(text);
    if (refused) return refused;
    const lines = linesOf(text);
    const file = parseFile(path, lines);
    this.parsed.set(path, { text, file, lines });
    return file;
  }

  /** Of a file that was imported. */
  linesOf(path: string): readonly Line[] | undefined {
    return this.parsed.get(path)?.lines;
  }
}

function site(file: File, d: ImportDecl, span: Span): Site {
  return { file: file.path, line: d.line, span };
}

const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);
