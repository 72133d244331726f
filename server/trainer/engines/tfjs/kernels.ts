import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "./value.ts";

/**
 * Convolutions in plain JavaScript. tfjs' own of its "cpu" backend ask for every number by its indices, which takes about
 * a hundred times as long as a multiplication: these go through the arrays as they lie. "valid" windows without dilation
 * are all that the engine asks for (windows.ts); anything else goes to tfjs' own kernel.
 */

type Shape4 = readonly [number, number, number, number];

/** Where things lie: x [batch, height, width, inputs], kernel [kh, kw, inputs, filters], y [batch, rows, columns, filters]. */
interface Places {
  readonly x: Shape4;
  readonly kernel: Shape4;
  readonly y: Shape4;
  readonly stride: readonly [number, number];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Each pair of an entry of x, all channels, and of the kernel that meets it, for each place of y: in memory's order. */
function each({ x, kernel, y, stride }: Places, pair: (x: number, kernel: number, y: number) => void, done?: (y: number) => void): void {
  const [batch, rows, columns, filters] = y;
  const [kh, kw, inputs] = kernel;
  const [, height, width] = x;
  for (let b = 0, to = 0; b < batch; b++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, to += filters) {
        for (let i = 0, k = 0; i < kh; i++) {
          let from = ((b * height + row * stride[0] + i) * width + column * stride[1]) * inputs;
          for (let j = 0; j < kw; j++, from += inputs, k += inputs * filters) pair(from, k, to);
        }
        done?.(to);
      }
    }
  }
}

function forward(p: Places, x: Float32Array, kernel: Float32Array): Float32Array {
  const y = new Float32Array(sizeOf(p.y));
  const [inputs, filters] = [p.kernel[2], p.kernel[3]];
  const sums = new Float64Array(filters);
  each(p, (from, k) => {
    for (let c = 0, w = k; c < inputs; c++) {
      const v = x[from + c]!;
      for (let f = 0; f < filters; f++, w++) sums[f]! += v * kernel[w]!;
    }
  }, (to) => {
    y.set(sums, to);
    sums.fill(0);
  });
  return y;
}

function toInput(p: Places, dy: Float32Array, kernel: Float32Array): Float32Array {
  const dx = new Float32Array(sizeOf(p.x));
  const [inputs, filters] = [p.kernel[2], p.kernel[3]];
  each(p, (from, k, to) => {
    for (let c = 0, w = k; c < inputs; c++) {
      let sum = 0;
      for (let f = 0; f < filters; f++, w++) sum += dy[to + f]! * kernel[w]!;
      dx[from + c]! += sum;
    }
  });
  return dx;
}

function toKernel(p: Places, x: Float32Array, dy: Float32Array): Float32Array {
  const sums = new Float64Array(sizeOf(p.kernel));
  const [inputs, filters] = [p.kernel[2], p.kernel[3]];
  each(p, (from, k, to) => {
    for (let c = 0, w = k; c < inputs; c++) {
      const v = x[from + c]!;
      for (let f = 0; f < filters; f++, w++) sums[w]! += v * dy[to + f]!;
    }
  });
  return Float32Array.from(sums);
}

interface Attrs {
  readonly strides: number | [number, number];
  readonly pad: unknown;
  readonly dataFormat?: string;
  readonly dilations?: number | readonly number[];
  readonly inputShape?: Shape4;
  readonly filterShape?: Shape4;
}

interface Kernel {
  readonly name: string;
  /** The two that go in. */
  readonly inputs: readonly [string, string];
  places(a: Shape4, b: Shape4, attrs: Attrs): Omit<Places, "stride">;
  run(places: Places, a: Float32Array, b: Float32Array): Float32Array;
  readonly gives: "x" | "kernel" | "y";
}

const KERNELS: readonly Kernel[] = [
  {
    name: "Conv2D", inputs: ["x", "filter"], gives: "y", run: forward,
    places: (x, kernel, { strides }) => ({ x, kernel, y: [x[0], Math.floor((x[1] - kernel[0]) / pairOf(strides)[0]) + 1, Math.floor((x[2] - kernel[1]) / pairOf(strides)[1]) + 1, kernel[3]] }),
  },
  { name: "Conv2DBackpropInput", inputs: ["dy", "filter"], gives: "x", run: toInput, places: (y, kernel, { inputShape }) => ({ x: inputShape!, kernel, y }) },
  { name: "Conv2DBackpropFilter", inputs: ["x", "dy"], gives: "kernel", run: toKernel, places: (x, y, { filterShape }) => ({ x, kernel: filterShape!, y }) },
];

const pairOf = (strides: Attrs["strides"]): [number, number] => (typeof strides === "number" ? [strides, strides] : strides);

interface Backend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: readonly number[], dtype: "float32", values: Float32Array): TensorInfo;
}

const mine = new WeakSet<KernelFunc>();

/** In the place of tfjs' own on its plain backend, where that is there. */
export function registerKernels(tf: Tf): void {
  for (const { name, inputs: [first, second], places, run, gives } of KERNELS) {
    const own = tf.getKernel(name, "cpu");
    if (!own || mine.has(own.kernelFunc)) continue;
    const kernelFunc: KernelFunc = (call) => {
      const attrs = call.attrs as unknown as Attrs;
      const [a, b] = [call.inputs[first]!, call.inputs[second]!];
      const isPlain = attrs.pad === "valid" && (attrs.dataFormat ?? "NHWC") === "NHWC" && [attrs.dilations ?? 1].flat().every((d) => d === 1) && a.dtype === "float32" && b.dtype === "float32";
      if (!isPlain) return own.kernelFunc(call);
      const backend = call.backend as Backend;
      const p = { ...places(a.shape as unknown as Shape4, b.shape as unknown as Shape4, attrs), stride: pairOf(attrs.strides) };
      return backend.makeTensorInfo(p[gives], "float32", run(p, backend.data.get(a.dataId).values, backend.data.get(b.dataId).values));
    };
    mine.add(kernelFunc);
    tf.unregisterKernel(name, "cpu");
    tf.registerKernel({ ...own, kernelFunc });
  }
}
