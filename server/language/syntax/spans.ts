import type { IToken } from "chevrotain";
import type { Name, Span } from "./tree.ts";

/** The span of what recovery made up. */
export const NOWHERE: Span = { line: 0, start: 0, endLine: 0, end: 0 };

/** Tokens carry their line only if it is not the statement's first (layout.ts). */
export function spanOf(token: IToken): Span {
  const start = token.startOffset;
  // Tokens that recovery makes up, and the end of the text, have no place.
  if (!(start >= 0)) return NOWHERE;
  const line = token.startLine! > 0 ? token.startLine! : 0;
  return { line, start, endLine: token.endLine! > 0 ? token.endLine! : line, end: (token.endOffset! >= 0 ? token.endOffset! : start + token.image.length - 1) + 1 };
}

export function join(a: Span, b: Span): Span {
  if (a === NOWHERE) return b;
  if (b === NOWHERE) return a;
  return { line: a.line, start: a.start, endLine: b.endLine, end: b.end };
}

export function nameOf(token: IToken): Name {
  return { text: token.image, span: spanOf(token) };
}

/** The last character of a token: where something is missing behind it. */
export function afterLast(token: IToken): Span {
  const span = spanOf(token);
  return { line: span.endLine, start: Math.max(span.end - 1, 0), endLine: span.endLine, end: span.end };
}

/** The token, on a later line of its statement. Written out: a copy by spreading takes ten times as long. */
export function moved({ image, startOffset, endOffset, tokenType, tokenTypeIdx }: IToken, line: number): IToken {
  return { image, startOffset, endOffset: endOffset!, startLine: line, endLine: line, tokenType, tokenTypeIdx };
}

/** The blanks that a line begins with. */
export const indentOf = (text: string): string => /^[ \t]*/.exec(text)![0];

export const least = (a: string, b: string): string => (b.length < a.length ? b : a);
