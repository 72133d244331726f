import type { Range, SemanticTokens, SemanticTokensDelta } from "vscode-languageserver-types";
import type { Document } from "../language/index.ts";
import { type Context, defineFeature, type Opened } from "./define.ts";
import { fingerprint } from "./support/fingerprint.ts";
import { legend, tokensOf } from "./support/token-kinds.ts";

/** What the words of a text are: names by what they stand for, which a grammar of patterns cannot know. */
export const tokens = defineFeature({
  method: "textDocument/semanticTokens/full",
  capability: { semanticTokensProvider: { legend, full: { delta: true }, range: true } },
  handler: (opened, _params, context) => whole(opened, context),
});

/** Only what differs from the last answer. */
export const tokensDelta = defineFeature({
  method: "textDocument/semanticTokens/full/delta",
  capability: {},
  handler(opened, { previousResultId }, context): SemanticTokens | SemanticTokensDelta {
    const before = last.get(opened.document);
    const now = whole(opened, context);
    return before?.resultId === previousResultId ? { resultId: now.resultId!, edits: difference(before.data, now.data) } : now;
  },
});

export const tokensRange = defineFeature({
  method: "textDocument/semanticTokens/range",
  capability: {},
  handler: (opened, { range }, context): SemanticTokens => ({ data: encoded(opened, context, range) }),
});

/** The last answer for each open text; gone with the text. */
const last = new WeakMap<Document, { readonly resultId: string; readonly data: number[] }>();

function whole(opened: Opened, context: Context): SemanticTokens {
  const data = encoded(opened, context);
  const answer = { resultId: fingerprint(data.join(" ")), data };
  last.set(opened.document, answer);
  return answer;
}

/** Five numbers a token: lines and columns from the one before, length, type, modifiers. */
function encoded({ uri }: Opened, { files }: Context, range?: Range): number[] {
  const source = files.byUri(uri);
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const token of source ? tokensOf(source, files, range) : []) {
    data.push(token.line - line, token.line === line ? token.start - character : token.start, token.length, token.type, token.modifiers);
    ({ line, start: character } = token);
  }
  return data;
}

function difference(old: readonly number[], now: readonly number[]): SemanticTokensDelta["edits"] {
  const least = Math.min(old.length, now.length);
  let start = 0;
  while (start < least && old[start] === now[start]) start++;
  let end = 0;
  while (end < least - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  if (old.length === now.length && start === least) return [];
  return [{ start, deleteCount: old.length - start - end, data: now.slice(start, now.length - end) }];
}
