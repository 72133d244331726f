import type { OptionDef } from "../params.ts";

/** A registry of named alternatives, by their names. */
export const options = (...list: OptionDef[]): Readonly<Record<string, OptionDef>> => Object.fromEntries(list.map((o) => [o.name, o]));
