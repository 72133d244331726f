import type { OptionDef } from "../params.ts";

/** A registry of named alternatives, by their names. */
export const options = <D extends OptionDef>(...list: D[]): Readonly<Record<string, D>> => Object.fromEntries(list.map((o) => [o.name, o]));
