import type { DataType, KernelFunc, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import type { Tf } from "./value.ts";

/** Slices and paddings in plain JavaScript, row by row: tfjs' own of its "cpu" backend work out the indices of each number. */

interface Backend {
  readonly data: { get(id: object): { readonly values: TypedArray } };
  makeTensorInfo(shape: readonly number[], dtype: DataType, values: TypedArray): TensorInfo;
}

/** A box of `size` from one array into another, from a place in each. */
function copy(from: TypedArray, fromShape: readonly number[], fromAt: readonly number[], to: TypedArray, toShape: readonly number[], toAt: readonly number[], size: readonly number[]): void {
  // Whole axes at the end are one run of numbers.
  let last = size.length - 1;
  let run = 1;
  for (; last > 0 && size[last] === fromShape[last] && size[last] === toShape[last]; last--) run *= size[last]!;
  const steps = (shape: readonly number[]): number[] => shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const [fromSteps, toSteps] = [steps(fromShape), steps(toShape)];
  const within = (axis: number, a: number, b: number): void => {
    const [start, end] = [a + fromAt[axis]! * fromSteps[axis]!, b + toAt[axis]! * toSteps[axis]!];
    if (axis === last) {
      for (let i = 0, n = size[axis]! * run; i < n; i++) to[end + i] = from[start + i]!;
      return;
    }
    for (let i = 0; i < size[axis]!; i++) within(axis + 1, start + i * fromSteps[axis]!, end + i * toSteps[axis]!);
  };
  if (size.length === 0) to[0] = from[0]!;
  else if (size.every((n) => n > 0)) within(0, 0, 0);
}

const mine = new WeakSet<KernelFunc>();

/** In the place of tfjs' own on its plain backend, where that is there. */
export function registerCopies(tf: Tf): void {
  const instead = (name: string, run: (x: TensorInfo, values: TypedArray, attrs: any) => { readonly shape: readonly number[]; readonly values: TypedArray }): void => {
    const own = tf.getKernel(name, "cpu");
    if (!own || mine.has(own.kernelFunc)) return;
    const kernelFunc: KernelFunc = (call) => {
      const x = call.inputs["x"]!;
      if (x.dtype !== "float32" && x.dtype !== "int32") return own.kernelFunc(call);
      const backend = call.backend as Backend;
      const { shape, values } = run(x, backend.data.get(x.dataId).values, call.attrs);
      return backend.makeTensorInfo(shape, x.dtype, values);
    };
    mine.add(kernelFunc);
    tf.unregisterKernel(name, "cpu");
    tf.registerKernel({ ...own, kernelFunc });
  };
  const empty = (x: TensorInfo, shape: readonly number[]): TypedArray => new (x.dtype === "int32" ? Int32Array : Float32Array)(shape.reduce((a, b) => a * b, 1));
  instead("Slice", (x, from, { begin, size }: { begin: number | number[]; size: number | number[] }) => {
    const at = x.shape.map((_, i) => [begin].flat()[i] ?? 0);
    const shape = x.shape.map((n, i) => ([size].flat()[i] ?? -1) < 0 ? n - at[i]! : [size].flat()[i]!);
    const values = empty(x, shape);
    copy(from, x.shape, at, values, shape, shape.map(() => 0), shape);
    return { shape, values };
  });
  instead("PadV2", (x, from, { paddings, constantValue }: { paddings: [number, number][]; constantValue: number }) => {
    const shape = x.shape.map((n, i) => n + paddings[i]![0] + paddings[i]![1]);
    const values = empty(x, shape);
    if (constantValue) values.fill(constantValue);
    copy(from, x.shape, x.shape.map(() => 0), values, shape, paddings.map(([before]) => before), x.shape);
    return { shape, values };
  });
}
