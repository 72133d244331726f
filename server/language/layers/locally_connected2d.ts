import { product } from "../ops/dim.ts";
import { windowOutput } from "../ops/window.ts";
import { bool, required, whole, withDefault } from "../params.ts";
import { checkRank, checkWindow } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, type Shape, weightParams } from "./define.ts";
import { biased, KERAS, placing, windowParam } from "./spatial.ts";

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Parameters<typeof windowOutput>[3];
}

/** [h', w'] of the output. */
const positions = (a: Window, x: Shape) => a.kernel.map((k, i) => windowOutput(x[i]!, k, a.stride[i]!, a.padding, i) as number);

export const locally_connected2d = defineLayer({
  name: "locally_connected2d",
  family: "convolution",
  doc: "Like conv2d, but every position has kernels of its own: local, not shared. n positions of window k have k·n weights where conv2d has k.",
  example: "input image [8, 8, 1]\nlocally_connected2d(4, 3) -> relu",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: windowParam(2),
    ...placing(2),
    bias: withDefault(bool(), true, "Add a learned b to each output, one per position and filter."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("locally_connected2d", x!, 2) ??
    needsNumber(last(x!), "locally_connected2d", "its input's channels") ??
    needsNumber(x![0]!, "locally_connected2d", "its input's height") ??
    needsNumber(x![1]!, "locally_connected2d", "its input's width") ??
    checkWindow("kernel", x!, a.kernel, a.padding),
  weights: (a, [x]) => {
    const out = positions(a, x!);
    // Where the window does not fit there is no position, so that no count can be given.
    if (out.some((n) => n < 1)) return {};
    const window = (product(a.kernel) as number) * (last(x!) as number);
    return {
      kernel: kernel([product(out), window, a.filters], a),
      ...(a.bias && { bias: bias([...out, a.filters], a) }),
    };
  },
  forward: (ops, a, [x], w) => {
    const patches = ops.patches(x!, { size: a.kernel, stride: a.stride, padding: a.padding });
    const [h, width, window] = ops.shape(patches);
    const flat = ops.reshape(patches, [product([h!, width!]), window!]);
    return biased(ops, ops.reshape(ops.localMatmul(flat, w.kernel!), [h!, width!, a.filters]), w);
  },
  names: { keras: ["LocallyConnected2D (Keras 2)", { filters: "filters", ...KERAS }] },
});
