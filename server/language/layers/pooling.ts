import type { Ops, PoolOptions } from "../ops/ops.ts";
import { optional, padding, size, withDefault } from "../params.ts";
import { checkRank, checkWindow } from "./convolution.ts";
import { defineLayer, type LayerDef } from "./define.ts";

const SHAPES = ["", "[32, 4]", "[8, 8, 3]", "[8, 8, 8, 2]"];

/** A pooling over windows of `axes` spatial axes. */
export function definePooling(name: string, axes: 1 | 2 | 3, doc: string, apply: <T>(ops: Ops<T>, x: T, options: PoolOptions) => T, keras: string, torch: string): LayerDef {
  return defineLayer({
    name,
    family: "pooling",
    doc,
    example: `input x ${SHAPES[axes]}\n${name}(2)`,
    params: {
      size: withDefault(size(axes), Array<number>(axes).fill(2), "Size of the window.", "2"),
      stride: optional(size(axes), "Step between windows.", "size"),
      padding: withDefault(padding(axes), "valid", "valid: whole windows only; same: ⌈n / stride⌉ positions."),
    },
    check: (a, [x]) => checkRank(name, x!, axes) ?? checkWindow("size", x!, a.size, a.padding),
    forward: (ops, a, [x]) => apply(ops, x!, { size: a.size, stride: a.stride ?? a.size, padding: a.padding }),
    names: { keras: [keras, { size: "pool_size", stride: "strides", padding: "padding" }], torch: [torch, { size: "kernel_size", stride: "stride" }] },
  });
}
