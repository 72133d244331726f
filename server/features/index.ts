import { actions } from "./actions.ts";
import { incomingCalls, outgoingCalls, prepareCalls } from "./calls.ts";
import { completion } from "./completion.ts";
import type { Feature, WorkspaceFeature } from "./define.ts";
import { definition } from "./definition.ts";
import { diagnostics } from "./diagnostics.ts";
import { find } from "./find.ts";
import { folding } from "./folding.ts";
import { formatting, onTypeFormatting, rangeFormatting } from "./formatting.ts";
import { highlight } from "./highlight.ts";
import { hover } from "./hover.ts";
import { inlay } from "./inlay.ts";
import { lens } from "./lens.ts";
import { linked } from "./linked.ts";
import { links } from "./links.ts";
import { references } from "./references.ts";
import { prepareRename, rename } from "./rename.ts";
import { selection } from "./selection.ts";
import { signature } from "./signature.ts";
import { symbols } from "./symbols.ts";
import { tokens, tokensDelta, tokensRange } from "./tokens.ts";

export { type Context, defaultSettings, type Feature, type Opened, Refusal, type Settings, type WorkspaceFeature } from "./define.ts";
export { diagnosticsOf } from "./diagnostics.ts";
export { type Files, readSource, type Source, sourceOf } from "./support/files.ts";

/** One line a feature: what the server answers about an open text. Diagnostics are also sent unasked. */
export const features: readonly Feature[] = [
  actions,
  completion,
  definition,
  diagnostics,
  folding,
  formatting,
  highlight,
  hover,
  inlay,
  lens,
  linked,
  links,
  onTypeFormatting,
  prepareCalls,
  prepareRename,
  rangeFormatting,
  references,
  rename,
  selection,
  signature,
  symbols,
  tokens,
  tokensDelta,
  tokensRange,
];

/** The same for what concerns no single open text. */
export const workspaceFeatures: readonly WorkspaceFeature[] = [find, incomingCalls, outgoingCalls];
