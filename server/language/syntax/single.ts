import type { BodyKind, Reader, Report } from "./layout.ts";
import { Line } from "./lines.ts";
import { parser } from "./parser.ts";
import * as t from "./tokens.ts";
import type { Entry, Placed, Span, Statement, WayOut } from "./tree.ts";

interface Single {
  readonly statements: readonly Placed[];
  readonly entries: readonly Entry[];
  readonly problems: readonly { readonly span: Span; readonly code: string; readonly message: string; readonly way: WayOut | undefined }[];
  readonly broken: boolean;
}

/** Parses a line that stands alone once for its text. */
export function parseSingle(line: Line, kind: BodyKind, reading: (line: Line, report: Report) => Reader): Single {
  const known = line.lexed.parsed.get(kind) as Single | undefined;
  if (known) return known;
  const problems: { span: Span; code: string; message: string; way: WayOut | undefined }[] = [];
  const copy = new Line(0, line.text);
  const reader = reading(copy, (_line, span, code, message, way) => problems.push({ span, code, message, way }));
  const statements: Placed[] = [];
  const entries: Entry[] = [];
  let broken = line.lexed.lost;
  for (let token = reader.peek(); token; token = reader.peek()) {
    if (token.tokenType === t.Semicolon) {
      reader.column++;
      continue;
    }
    const before = reader.column;
    const tokens = reader.statementTokens(0);
    if (tokens.length > 0 && kind === "body") {
      const node = reader.parse<Statement>(tokens, copy, () => parser.statement());
      if (node) statements.push(placed(undefined, node, reader.failed || line.lexed.lost));
    } else if (tokens.length > 0) entries.push(...(reader.parse<Entry[]>(tokens, copy, () => parser.entries(kind === "budget" ? "<=" : "=")) ?? []));
    broken ||= reader.failed;
    if (reader.row === 0 && reader.column === before) reader.column++;
  }
  const single = { statements, entries, problems, broken };
  line.lexed.parsed.set(kind, single);
  return single;
}

export function placed(line: Line | undefined, node: Statement, broken: boolean): Placed {
  return broken ? { line, node, broken } : { line, node };
}
