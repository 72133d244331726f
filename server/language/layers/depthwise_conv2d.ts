import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkRank, checkWindow } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const depthwise_conv2d = defineLayer({
  name: "depthwise_conv2d",
  family: "convolution",
  doc: "One kernel per channel: each channel is convolved by itself. Howard et al. 2017.",
  example: "input image [16, 16, 8]\ndepthwise_conv2d(3, padding = same) -> relu\nconv2d(16, 1)",
  params: {
    kernel: required(size(2), "Height and width of the window."),
    multiplier: withDefault(whole(), 1, "Kernels for each channel."),
    stride: withDefault(size(2), [1, 1], "Step between windows.", "1"),
    padding: withDefault(padding(2), "valid", "valid, same, or zeros on every side."),
    dilation: withDefault(size(2), [1, 1], "Step between the entries of a window.", "1"),
    bias: withDefault(bool(), true, "Add a learned b to each output channel."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("depthwise_conv2d", x!, 2) ??
    needsNumber(last(x!), "depthwise_conv2d", "its input's channels") ??
    checkWindow("kernel", x!, a.kernel, a.padding, a.dilation),
  weights: (a, [x]) => ({
    kernel: kernel([...a.kernel, last(x!), a.multiplier], a),
    ...(a.bias && { bias: bias([(last(x!) as number) * a.multiplier], a) }),
  }),
  forward: (ops, a, [x], w) => {
    const y = ops.depthwiseConv(x!, w.kernel!, a);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: { keras: ["DepthwiseConv2D", { kernel: "kernel_size", multiplier: "depth_multiplier", stride: "strides", padding: "padding", dilation: "dilation_rate", bias: "use_bias" }] },
});
