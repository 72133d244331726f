import { formatShape } from "../ops/dim.ts";
import type { Padding } from "../ops/ops.ts";
import { transposedOutput } from "../ops/window.ts";
import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { bias, defineLayer, kernel, last, type LayerDef, needsNumber, type Problem, type Shape, weightParams } from "./define.ts";
import { type Axes, biased, everyAxis, KERAS, over, TORCH, windowParam } from "./spatial.ts";

const EXAMPLES = ["", "input x [16, 8]\nconv1d_transpose(4, 4, stride = 2, padding = same) -> relu", "input image [7, 7, 8]\nconv2d_transpose(4, 3, stride = 2, padding = same) -> relu", "input volume [4, 4, 4, 8]\nconv3d_transpose(4, 2, stride = 2) -> relu"];

/** A transposed convolution over `axes` spatial axes. */
export function defineTransposed(axes: Axes): LayerDef {
  const name = over("conv_transpose", axes);
  return defineLayer({
    name,
    kind: "conv_transpose",
    family: "convolution",
    doc: "The gradient of a convolution used as a layer: enlarges by its stride. same: n·stride; valid: n·stride + max(k − stride, 0); padding p, as PyTorch: (n − 1)·stride + k − 2p. Zeiler et al. 2010.",
    example: EXAMPLES[axes]!,
    params: {
      filters: required(whole(), "Number of output channels."),
      kernel: windowParam(axes),
      stride: withDefault(size(axes), everyAxis(axes, 1), "How much larger the output is.", "1"),
      padding: withDefault(padding(axes), "valid", "valid; same; a number: what is taken away on every side; `[[1, 0]]` of an axis: PyTorch's padding = 1 with output_padding = 1."),
      bias: withDefault(bool(), true, "Add a learned b to each filter."),
      ...weightParams,
    },
    check: (a, [x]) => checkRank(name, x!, axes) ?? needsNumber(last(x!), name, "its input's channels") ?? somethingLeft(name, a, x!),
    weights: (a, [x]) => ({
      kernel: kernel([...a.kernel, a.filters, last(x!)], a),
      ...(a.bias && { bias: bias([a.filters], a) }),
    }),
    forward: (ops, a, [x], w) => biased(ops, ops.convTranspose(x!, w.kernel!, a), w),
    also: [`deconv${axes}d`, `upconv${axes}d`],
    names: {
      keras: [`Conv${axes}DTranspose`, { filters: "filters", ...KERAS }],
      torch: [`ConvTranspose${axes}d`, { filters: "out_channels", ...TORCH }],
    },
  });
}

/** Padding takes away from what the kernels lie on. */
function somethingLeft(name: string, a: { kernel: readonly number[]; stride: readonly number[]; padding: Padding }, x: Shape): Problem | undefined {
  const gone = a.kernel.findIndex((k, i) => typeof x[i] === "number" && (transposedOutput(x[i]!, k, a.stride[i]!, a.padding, i) as number) < 1);
  if (gone < 0) return undefined;
  const [before, after] = (a.padding as Exclude<Padding, string>)[gone]!;
  const whole = transposedOutput(x[gone]!, a.kernel[gone]!, a.stride[gone]!, [[0, 0]], 0);
  return { code: "crop-too-large", message: `${name}: padding takes ${before + after} of the ${whole} entries that axis ${gone} of ${formatShape(x)} gives; nothing is left`, arg: "padding" };
}
