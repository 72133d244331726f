import { formatShape } from "../ops/dim.ts";
import { either, listOf, type ParamType, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, type LayerDef, type Shape } from "./define.ts";
import { type Axes, over } from "./spatial.ts";

type Sides = number | readonly number[];

const LISTS = [[], ["[before, after]"], ["[vertical, horizontal]", "[top, bottom, left, right]"], ["[depth, vertical, horizontal]", "[front, back, top, bottom, left, right]"]];

/** A number for every side, a list of one an axis (where there are several), or of one a side. */
const sides = (axes: Axes): ParamType<Sides> => either(whole({ min: 0 }), listOf(whole({ min: 0 }), LISTS[axes]!.join(" or ")));

/** [before, after] of each axis; undefined for a list of another length. */
export function perAxis(value: Sides, axes: Axes): readonly (readonly [number, number])[] | undefined {
  if (typeof value === "number") return Array.from({ length: axes }, () => [value, value] as const);
  if (value.length === 2 * axes) return Array.from({ length: axes }, (_, i) => [value[2 * i]!, value[2 * i + 1]!] as const);
  return value.length === axes && axes > 1 ? value.map((n) => [n, n] as const) : undefined;
}

const sidesProblem = (layer: string, arg: string, axes: Axes) => ({ code: "bad-argument", message: `${layer}: ${arg} is ${["a number", ...LISTS[axes]!.slice(0, -1)].join(", ")}, or ${LISTS[axes]!.at(-1)}`, arg });

/** What padding or cropping over so many axes has of its own: `entries` are what is put there or taken away. */
interface Own {
  readonly doc: string;
  readonly entries: string;
  readonly example: string;
}

export function defineZeroPadding(axes: Axes, { doc, entries, example }: Own): LayerDef {
  const name = over("zero_pad", axes);
  return defineLayer({
    name,
    kind: "zero_pad",
    family: "pooling",
    doc,
    example,
    params: { padding: withDefault(sides(axes), 1, `${entries} of zeros.`) },
    check: (a, [x]) => checkRank(name, x!, axes) ?? (perAxis(a.padding, axes) ? undefined : sidesProblem(name, "padding", axes)),
    forward: (ops, a, [x]) => ops.pad(x!, perAxis(a.padding, axes)!),
    names: { keras: [`ZeroPadding${axes}D`, { padding: "padding" }], torch: [`ZeroPad${axes}d`, { padding: "padding" }] },
  });
}

export function defineCropping(axes: Axes, { doc, entries, example }: Own): LayerDef {
  const name = over("crop", axes);
  return defineLayer({
    name,
    kind: "crop",
    family: "pooling",
    doc,
    example,
    params: { cropping: withDefault(sides(axes), 1, `${entries} to take away.`) },
    check: (a, [x]) => checkRank(name, x!, axes) ?? somethingLeft(name, a.cropping, axes, x!),
    forward: (ops, a, [x]) => ops.pad(x!, perAxis(a.cropping, axes)!.map(([b, e]) => [-b, -e] as const)),
    names: { keras: [`Cropping${axes}D`, { cropping: "cropping" }] },
  });
}

function somethingLeft(name: string, cropping: Sides, axes: Axes, x: Shape) {
  const taken = perAxis(cropping, axes);
  if (!taken) return sidesProblem(name, "cropping", axes);
  const gone = taken.findIndex(([b, e], i) => typeof x[i] === "number" && (x[i] as number) - b - e < 1);
  if (gone < 0) return undefined;
  return { code: "crop-too-large", message: `${name} takes ${taken[gone]![0] + taken[gone]![1]} of the ${x[gone]} entries of axis ${gone} of ${formatShape(x)}; nothing is left`, arg: "cropping" };
}
