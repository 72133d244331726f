import type { Analysis } from "./analysis.ts";
import { type Host, isolated } from "./host.ts";
import type { Range } from "./syntax/tree.ts";

/** A text that changes, and what is known of it. Edits re-do only what they touch. */
export class Document {
  readonly path: string;
  version = 0;

  constructor(path: string, text: string, _host: Host = isolated) {
    this.path = path;
    this.update(text);
  }

  get text(): string {
    throw new Error("being written");
  }

  /** Replaces all of it. */
  update(_text: string): void {}

  /** Replaces a range (0-based, UTF-16), as an editor's incremental change. */
  edit(_range: Range, _text: string): void {}

  /** Computed at the first call after a change. */
  analysis(): Analysis {
    throw new Error("being written");
  }
}

export function analyse(path: string, text: string, host?: Host): Analysis {
  return new Document(path, text, host).analysis();
}

/** The text in its standard form; undefined where it has a syntax error, since text could get lost. */
export function format(_text: string): string | undefined {
  throw new Error("being written");
}
