import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkRank, checkWindow } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const separable_conv2d = defineLayer({
  name: "separable_conv2d",
  family: "convolution",
  doc: "A depthwise convolution, then a 1×1 convolution over the channels: k²c + cf weights instead of k²cf. Chollet 2017.",
  example: "input image [16, 16, 8]\nseparable_conv2d(16, 3, padding = same) -> relu",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: required(size(2), "Height and width of the window."),
    multiplier: withDefault(whole(), 1, "Depthwise kernels for each channel."),
    stride: withDefault(size(2), [1, 1], "Step between windows.", "1"),
    padding: withDefault(padding(2), "valid", "valid, same, or zeros on every side."),
    dilation: withDefault(size(2), [1, 1], "Step between the entries of a window.", "1"),
    bias: withDefault(bool(), true, "Add a learned b to each filter."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("separable_conv2d", x!, 2) ??
    needsNumber(last(x!), "separable_conv2d", "its input's channels") ??
    checkWindow("kernel", x!, a.kernel, a.padding, a.dilation),
  weights: (a, [x]) => {
    const channels = last(x!) as number;
    return {
      depthwise: kernel([...a.kernel, channels, a.multiplier], a),
      pointwise: kernel([1, 1, channels * a.multiplier, a.filters], a),
      ...(a.bias && { bias: bias([a.filters], a) }),
    };
  },
  forward: (ops, a, [x], w) => {
    const spread = ops.depthwiseConv(x!, w.depthwise!, a);
    const y = ops.conv(spread, w.pointwise!, { stride: [1, 1], padding: "valid", dilation: [1, 1], groups: 1 });
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: { keras: ["SeparableConv2D", { filters: "filters", kernel: "kernel_size", multiplier: "depth_multiplier", stride: "strides", padding: "padding", dilation: "dilation_rate", bias: "use_bias" }] },
});
