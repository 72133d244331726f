import { bool, required, size, whole, withDefault, word } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const conv2d_transpose = defineLayer({
  name: "conv2d_transpose",
  family: "convolution",
  doc: "The gradient of a convolution used as a layer: enlarges by its stride. same: n·stride; valid: n·stride + max(k − stride, 0). Zeiler et al. 2010.",
  example: "input image [7, 7, 8]\nconv2d_transpose(4, 3, stride = 2, padding = same) -> relu",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: required(size(2), "Height and width of the window."),
    stride: withDefault(size(2), [1, 1], "How much larger the output is.", "1"),
    padding: withDefault(word(["valid", "same"]), "valid", "valid or same."),
    bias: withDefault(bool(), true, "Add a learned b to each filter."),
    ...weightParams,
  },
  check: (_a, [x]) => checkRank("conv2d_transpose", x!, 2) ?? needsNumber(last(x!), "conv2d_transpose", "its input's channels"),
  weights: (a, [x]) => ({
    kernel: kernel([...a.kernel, a.filters, last(x!)], a),
    ...(a.bias && { bias: bias([a.filters], a) }),
  }),
  forward: (ops, a, [x], w) => {
    const y = ops.convTranspose(x!, w.kernel!, a);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: {
    keras: ["Conv2DTranspose", { filters: "filters", kernel: "kernel_size", stride: "strides", padding: "padding", bias: "use_bias" }],
    torch: ["ConvTranspose2d", { filters: "out_channels", kernel: "kernel_size", stride: "stride", bias: "bias" }],
  },
});
