import { grouped } from "../digits.ts";
import { Line } from "./lines.ts";
import type { SyntaxProblem } from "./tree.ts";

/** What is not read, so that every text is answered at once. No file written by hand comes near. */
export const LONGEST_TEXT = 1_000_000;
const MOST_LINES = 50_000;
export const MOST_DECLARATIONS = 2_000;
/** Past so many syntax errors a text is something else than what this reads. */
export const MOST_PROBLEMS = 200;

/** Deeper nesting than this is not read. */
export const DEEPEST = 50;
/** Words and signs of a statement. */
export const MOST_TOKENS = 10_000;
export const TOO_LONG = `this statement has more than ${grouped(MOST_TOKENS)} words and signs, the most that are read; split it`;
/** A statement without an end: nothing behind it is read. */
export const ENDLESS = 3 * MOST_TOKENS;
/** A bracket that is still open this many lines later was never meant to stay open. */
export const LONGEST_BRACKET = 1000;

export type Refused = Pick<SyntaxProblem, "code" | "message">;

/** A text that is refused for its size, in JSON, and that nobody has decoded. */
export interface Undecoded {
  readonly bytes: number;
  decode(): string;
}

/** Why a text is not read at all; undefined where it is. */
export function refusal(text: string): Refused | undefined {
  if (text.length > LONGEST_TEXT) return tooLarge(text.length, 1);
  if (text.includes("\0")) return { code: "not-text", message: "this file is not text: it holds zero bytes; a .nnet file is UTF-8 text" };
  return tooLarge(text.length, linesIn(text));
}

function linesIn(text: string): number {
  let lines = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) lines++;
  }
  return lines;
}

export function tooLarge(characters: number, lines: number): Refused | undefined {
  if (characters > LONGEST_TEXT) return past(`${grouped(characters)} characters`, `${grouped(LONGEST_TEXT)} are`);
  return lines > MOST_LINES ? past(`${grouped(lines)} lines`, `${grouped(MOST_LINES)} are`) : undefined;
}

/** The same of a text of so many bytes that it has too many characters, whichever they are. */
export function tooManyBytes(bytes: number): Refused {
  return past(`${(bytes / 1e6).toFixed(0)} MB`, `${grouped(LONGEST_TEXT)} characters are`);
}

function past(has: string, most: string): Refused {
  return { code: "file-too-large", message: `this file has ${has}, and at most ${most} read; split it and import the parts` };
}

/** The lines of a text that is read whole, from its start; one empty line where it is refused. */
export function linesOf(text: string): Line[] {
  return (refusal(text) ? [""] : text.split(/\r\n|\r|\n/)).map((t, i) => new Line(i, t));
}
