import { layers } from "../layers/index.ts";
import { type ParamType, wordsOf } from "../params.ts";
import { keywords, SoftKeyword } from "../syntax/tokens.ts";

const always = new Set(keywords.filter((k) => !k.CATEGORIES?.includes(SoftKeyword)).map((k) => k.PATTERN as string));

/** Never a name, wherever it stands. */
export function isKeyword(name: string): boolean {
  return always.has(name);
}

const understood = new Set([...layers.values()].flatMap((l) => Object.values(l.params as Record<string, { type: ParamType<unknown> }>).flatMap((p) => wordsOf({ ...p.type, options: {} }))));

/** A word that some layer understands: it can be handed through a block's parameter. */
export function isLayerWord(name: string): boolean {
  return understood.has(name);
}
