import type { Ops } from "../ops/ops.ts";
import { padding, required, size, withDefault } from "../params.ts";

/** What layers have in common that there are over one, two and three spatial axes. */
export type Axes = 1 | 2 | 3;

/** A layer's name, by its kind and axes: conv3d, conv3d_transpose. */
export const over = (kind: string, axes: number): string => kind.replace(/(?=_transpose$)|$/, `${axes}d`);

/** The number of axes in a layer's name. */
export const AXES = /[123]d(?=$|_transpose$)/;

/** The same number for every axis: a default. */
export const everyAxis = (axes: Axes, n: number): readonly number[] => Array<number>(axes).fill(n);

/** Words by the number of axes. */
export const BY_AXES = ["", "length", "height×width", "depth×height×width"];

export const windowParam = (axes: Axes) => required(size(axes), axes === 2 ? "Height and width of the window." : "Size of the window.");

/** Where the windows of a convolution stand. */
export const placing = (axes: Axes) => ({
  stride: withDefault(size(axes), everyAxis(axes, 1), "Step between windows.", "1"),
  padding: withDefault(padding(axes), "valid", "valid: none; same: ⌈n / stride⌉ positions; a number: zeros on every side."),
});

export const dilationParam = (axes: Axes) => withDefault(size(axes), everyAxis(axes, 1), "Step between the entries of a window.", "1");

/** The arguments of any convolution, as Keras and PyTorch call them. */
export const KERAS = { kernel: "kernel_size", stride: "strides", padding: "padding", bias: "use_bias" } as const;
export const TORCH = { kernel: "kernel_size", stride: "stride", padding: "padding", bias: "bias" } as const;

/** y with the layer's bias added, where it has one. */
export function biased<T>(ops: Ops<T>, y: T, { bias }: Readonly<Record<string, T | undefined>>): T {
  return bias === undefined ? y : ops.add(y, bias);
}
