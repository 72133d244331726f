import type { BinaryOp, Expr, Span } from "./tree.ts";

/** Operands, prefixes and operators in the order in which they stand. */
export type Piece = { readonly operand: Expr } | { readonly prefix: "-" | "not"; readonly span: Span } | { readonly op: string; readonly span: Span };

/** Higher binds tighter. `**` groups to the right and binds tighter than a minus before it. */
const STRENGTH: Readonly<Record<string, number>> = {
  or: 1, and: 2, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "..": 5, "+": 6, "-": 6, "*": 7, "/": 7, div: 7, "%": 7, "**": 9,
};
const NOT = 3;
const MINUS = 8;

/** The tree that a longer row makes is as deep, and whoever walks it would need that much stack. */
const LONGEST_ROW = 1_000;

/**
 * The tree of a row of operands and operators, by precedence climbing.
 * @throws RangeError past LONGEST_ROW, as the parser does where its own stack ends.
 */
export function operatorTree(pieces: readonly Piece[]): Expr {
  if (pieces.length > LONGEST_ROW) throw new RangeError("a row of operators is too long");
  if (pieces.length === 1 && "operand" in pieces[0]!) return pieces[0].operand;
  let at = 0;
  const operand = (): Expr => {
    const piece = pieces[at++]!;
    if ("prefix" in piece) {
      const inner = climb(piece.prefix === "not" ? NOT : MINUS);
      return { kind: "unary", op: piece.prefix, operand: inner, span: { ...piece.span, endLine: inner.span.endLine, end: inner.span.end } };
    }
    return "operand" in piece ? piece.operand : { kind: "missing", span: piece.span };
  };
  const climb = (least: number): Expr => {
    let left = operand();
    for (;;) {
      const piece = pieces[at];
      if (!piece || !("op" in piece)) return left;
      const strength = STRENGTH[piece.op] ?? 0;
      if (strength < least) return left;
      at++;
      const right = climb(piece.op === "**" ? strength : strength + 1);
      left = {
        kind: "binary",
        op: piece.op as BinaryOp,
        left,
        right,
        opSpan: piece.span,
        span: { line: left.span.line, start: left.span.start, endLine: right.span.endLine, end: right.span.end },
      };
    }
  };
  return climb(0);
}
