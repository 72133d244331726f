import { conv2d } from "./conv2d.ts";
import type { LayerDef } from "./define.ts";
import { dense } from "./dense.ts";

/** One line a layer; everything that lists layers reads this. */
const all: readonly LayerDef[] = [
  dense,
  conv2d,
];

export const layers: ReadonlyMap<string, LayerDef> = new Map(all.map((l) => [l.name, l]));
