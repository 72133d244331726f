import { type BodyKind, type Reader } from "./layout.ts";
import type { GroupToken } from "./parser.ts";
import * as t from "./tokens.ts";

/**
 * The body of a declaration whose { is missing: what stands up to the next } or declaration, as the token that the
 * braces would have made. Undefined where nothing follows.
 */
export function lostBody(reader: Reader, base: number, kind: BodyKind): GroupToken | undefined {
  const first = reader.peek();
  if (!first || reader.atDeclaration()) return undefined;
  const start = { line: reader.row - base, start: first.startOffset };
  const { statements, entries } = reader.items(kind);
  const close = reader.peek();
  const closed = close?.tokenType === t.RCurly;
  // Every line of it counts: it is another declaration when one of them changes.
  const end = closed ? { endLine: reader.row - base, end: close.startOffset + 1 } : { endLine: reader.lastRow(base) - base, end: 1 };
  if (closed) reader.column++;
  const span = { ...start, ...end };
  return {
    ...first,
    tokenType: t.Group, tokenTypeIdx: t.Group.tokenTypeIdx!, image: "{…}",
    endOffset: end.end - 1, startLine: span.line, endLine: span.endLine,
    body: kind === "body" ? { statements, span } : undefined,
    settings: kind !== "body" ? { entries, broken: true, span } : undefined,
  };
}
