import { actions } from "./actions.ts";
import { completion } from "./completion.ts";
import type { Feature } from "./define.ts";
import { definition } from "./definition.ts";
import { folding } from "./folding.ts";
import { formatting } from "./formatting.ts";
import { hover } from "./hover.ts";
import { inlay } from "./inlay.ts";
import { lens } from "./lens.ts";
import { signature } from "./signature.ts";
import { symbols } from "./symbols.ts";

export type { Context, Feature, Opened, Settings } from "./define.ts";
export { diagnosticsOf } from "./diagnostics.ts";

/** One line a feature: what the server answers. Diagnostics are sent unasked. */
export const features: readonly Feature[] = [hover, completion, signature, definition, symbols, formatting, actions, lens, inlay, folding];
