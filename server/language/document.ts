import type { Analysis } from "./analysis.ts";
import { Analyser } from "./analyser.ts";
import { type Host, isolated } from "./host.ts";
import { ProbesAtOnce } from "./signal/index.ts";
import { type Refused, refusal, tooLarge, tooManyBytes, type Undecoded } from "./syntax/limits.ts";
import { lex, type Lexed, Line } from "./syntax/lines.ts";
import { parseFile } from "./syntax/parse.ts";
import type { Range } from "./syntax/tree.ts";

/** Multiplications that a text which is only tried spends on one probe, some tens of milliseconds. */
const PATIENCE = 8_000_000;

/** A text that changes, and what is known of it. Edits re-do only what they touch. */
export class Document {
  readonly path: string;
  version = 0;
  private lines: Line[] = [];
  /** How its lines end, for edits that add some. */
  private ending = "\n";
  /** Characters, without line ends. */
  private size = 0;
  /** A text that is not read, and why. */
  private refused: (Refused & { readonly text: string | Undecoded }) | undefined;
  private readonly analyser: Analyser;
  private readonly host: Host;
  private known: Analysis | undefined;
  private trial: { readonly document: Document; readonly of: string } | undefined;

  constructor(path: string, text: string | Undecoded, host: Host = isolated) {
    this.path = path;
    this.host = host;
    this.analyser = new Analyser(path, host);
    this.update(text);
  }

  /** The same file with another text, to see what would become of it: at once. */
  instead(text: string): Document {
    return new Document(this.path, text, { ...this.host, ...(this.host.probes && { probes: new ProbesAtOnce(PATIENCE) }), ...(this.host.rehearsals && { rehearsals: this.host.rehearsals.known }) });
  }

  /** What would be found in another text. It is made of the one before it, most of which it shares, and holds until the next. */
  tried(text: string): Analysis {
    if (this.trial?.of !== text) {
      const document = this.trial?.document ?? this.instead(text);
      if (this.trial) document.update(text);
      this.trial = { document, of: text };
    }
    return this.trial.document.analysis();
  }

  /** Of the text, in UTF-16 units; a line's end counts as one. Of one that is not decoded, its bytes. */
  get length(): number {
    if (!this.refused) return this.size + this.lines.length - 1;
    const { text } = this.refused;
    return typeof text === "string" ? text.length : text.bytes;
  }

  /** The text as it was given, where it is refused, and so perhaps not decoded. */
  get written(): string | Undecoded {
    return this.refused?.text ?? this.text;
  }

  get text(): string {
    if (!this.refused) return this.lines.map((l) => l.text).join("\n");
    const { text } = this.refused;
    if (typeof text === "string") return text;
    this.refused = { ...this.refused, text: text.decode() };
    return this.text;
  }

  get eol(): string {
    return this.ending;
  }

  get lineCount(): number {
    return this.lines.length;
  }

  lineText(line: number): string {
    return this.lines[line]?.text ?? "";
  }

  lexedLine(line: number): Lexed {
    return this.lines[line]?.lexed ?? lex("");
  }

  /** Replaces all of it; lines that stay as they were keep what is known of them. */
  update(text: string | Undecoded): void {
    const why = typeof text === "string" ? refusal(text) : tooManyBytes(text.bytes);
    this.refused = why && { ...why, text };
    if (typeof text === "string") this.ending = /\r\n|\r|\n/.exec(text)?.[0] ?? this.ending;
    const texts = this.refused || typeof text !== "string" ? [""] : text.split(/\r\n|\r|\n/);
    let start = 0;
    while (start < texts.length && start < this.lines.length && this.lines[start]!.text === texts[start]) start++;
    let end = 0;
    while (end < texts.length - start && end < this.lines.length - start && this.lines[this.lines.length - 1 - end]!.text === texts[texts.length - 1 - end]) end++;
    this.splice(start, this.lines.length - start - end, texts.slice(start, texts.length - end));
  }

  /** Replaces a range (0-based, UTF-16), as an editor's incremental change. */
  edit(range: Range, text: string): void {
    if (this.refused) {
      const whole = this.text;
      const start = offsetAt(whole, range.start);
      return this.update(whole.slice(0, start) + text + whole.slice(Math.max(start, offsetAt(whole, range.end))));
    }
    const last = this.lines.length - 1;
    const startLine = Math.min(Math.max(range.start.line, 0), last);
    const endLine = Math.min(Math.max(range.end.line, startLine), last);
    const before = range.start.line > last ? this.lineText(startLine) : this.lineText(startLine).slice(0, range.start.character);
    const after = range.end.line > last ? "" : this.lineText(endLine).slice(range.end.character);
    this.splice(startLine, endLine - startLine + 1, (before + text + after).split(/\r\n|\r|\n/));
    // Typed or pasted past what is read.
    if (text.includes("\0") || tooLarge(this.size + this.lines.length - 1, this.lines.length)) this.update(this.text);
  }

  /** Computed at the first call after a change. Never throws. */
  analysis(): Analysis {
    if (this.known) return this.known;
    const syntax = parseFile(this.path, this.lines);
    if (this.refused) syntax.problems.push({ line: this.lines[0]!, span: { line: 0, start: 0, endLine: 0, end: 1 }, code: this.refused.code, message: this.refused.message });
    return (this.known = this.analyser.analyse(syntax, this.lines, this.version));
  }

  /** What it read through its host has changed. */
  reread(): void {
    this.known = undefined;
    this.version++;
  }

  private splice(start: number, remove: number, texts: readonly string[]): void {
    this.known = undefined;
    this.version++;
    const fresh = texts.map((text, i) => new Line(start + i, text));
    for (let row = start; row < start + remove; row++) this.size -= this.lines[row]!.text.length;
    for (const text of texts) this.size += text.length;
    const rest = this.lines.slice(start + remove);
    const shift = start + texts.length;
    if (texts.length !== remove) for (const [i, line] of rest.entries()) line.number = shift + i;
    this.lines = [...this.lines.slice(0, start), ...fresh, ...rest];
  }
}

/** UTF-16 units before a place, in a text that is not kept by lines. */
function offsetAt(text: string, { line, character }: Range["start"]): number {
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let row = 0; row < line; row++) {
    if (!ends.exec(text)) return text.length;
    start = ends.lastIndex;
  }
  return Math.min(start + character, ends.exec(text)?.index ?? text.length);
}

export function analyse(path: string, text: string, host?: Host): Analysis {
  return new Document(path, text, host).analysis();
}
