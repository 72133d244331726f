import type { Ops, PoolOptions } from "../ops/ops.ts";
import { optional, padding, size, withDefault } from "../params.ts";
import { checkRank, checkWindow } from "./convolution.ts";
import { defineLayer, type LayerDef } from "./define.ts";
import { type Axes, everyAxis, over } from "./spatial.ts";

const SHAPES = ["", "[32, 4]", "[8, 8, 3]", "[8, 8, 8, 2]"];

/** What a pooling makes of a window, over any number of axes. */
interface Kind {
  readonly kind: string;
  readonly doc: string;
  readonly keras: string;
  readonly torch: string;
  apply<T>(ops: Ops<T>, x: T, options: PoolOptions): T;
}

const MAX: Kind = {
  kind: "max_pool",
  doc: "The largest entry of each window: keeps texture, and changes little under a small shift.",
  keras: "MaxPooling",
  torch: "MaxPool",
  apply: (ops, x, o) => ops.maxPool(x, o),
};

const AVG: Kind = {
  kind: "avg_pool",
  doc: "The mean of each window, padding not counted: keeps the background.",
  keras: "AveragePooling",
  torch: "AvgPool",
  apply: (ops, x, o) => ops.avgPool(x, o),
};

export const defineMaxPool = (axes: Axes): LayerDef => definePooling(MAX, axes);
export const defineAvgPool = (axes: Axes): LayerDef => definePooling(AVG, axes);

function definePooling({ kind, doc, keras, torch, apply }: Kind, axes: Axes): LayerDef {
  const name = over(kind, axes);
  return defineLayer({
    name,
    kind,
    family: "pooling",
    doc,
    example: `input x ${SHAPES[axes]}\n${name}(2)`,
    params: {
      size: withDefault(size(axes), everyAxis(axes, 2), "Size of the window.", "2"),
      stride: optional(size(axes), "Step between windows.", "size"),
      padding: withDefault(padding(axes), "valid", "valid: whole windows only; same: ⌈n / stride⌉ positions."),
    },
    check: (a, [x]) => checkRank(name, x!, axes) ?? checkWindow("size", x!, a.size, a.padding),
    forward: (ops, a, [x]) => apply(ops, x!, { size: a.size, stride: a.stride ?? a.size, padding: a.padding }),
    names: { keras: [`${keras}${axes}D`, { size: "pool_size", stride: "strides", padding: "padding" }], torch: [`${torch}${axes}d`, { size: "kernel_size", stride: "stride" }] },
  });
}
