import type { Expr, Name } from "./tree.ts";

/** Names that a sum or product is made of, as they come. */
export function namesIn(expr: Expr): readonly Name[] {
  switch (expr.kind) {
    case "name": return expr.name === "in" ? [] : [{ text: expr.name, span: expr.span }];
    case "group": return namesIn(expr.inner);
    case "unary": return namesIn(expr.operand);
    case "binary": return [...namesIn(expr.left), ...namesIn(expr.right)];
    default: return [];
  }
}
