import type { Fix } from "../findings.ts";
import type { Range, Site } from "../syntax/tree.ts";

/** The text that a finding is about, by its lines. */
export interface Lines {
  readonly path: string;
  readonly lineCount: number;
  lineText(line: number): string;
}

type Edit = Fix["edits"][number];

/** Edits by absolute places within one text. */
export class Edits {
  readonly text: Lines;

  constructor(text: Lines) {
    this.text = text;
  }

  /** Replaces columns of one line. */
  replace(line: number, start: number, end: number, text: string): Edit {
    return { site: this.site({ start: { line, character: start }, end: { line, character: end } }), text };
  }

  insert(line: number, character: number, text: string): Edit {
    return this.replace(line, character, character, text);
  }

  /** From the beginning of `first` to the end of `last`, with one of the line breaks around. */
  removeLines(first: number, last: number): Edit {
    const { lineCount } = this.text;
    const below = last + 1 < lineCount;
    const start = below || first === 0 ? { line: first, character: 0 } : { line: first - 1, character: this.text.lineText(first - 1).length };
    const end = below ? { line: last + 1, character: 0 } : { line: last, character: this.text.lineText(last).length };
    return { site: this.site({ start, end }), text: "" };
  }

  /** Lines with another text in their place, which ends without a line break. */
  replaceLines(first: number, last: number, text: string): Edit {
    return { site: this.site({ start: { line: first, character: 0 }, end: { line: last, character: this.text.lineText(last).length } }), text };
  }

  /** What a range within one line says; undefined for a longer one. */
  read({ start, end }: Range): string | undefined {
    return start.line === end.line ? this.text.lineText(start.line).slice(start.character, end.character) : undefined;
  }

  private site({ start, end }: Range): Site {
    return { file: this.text.path, line: { number: start.line }, span: { line: 0, start: start.character, endLine: end.line - start.line, end: end.character } };
  }
}
