import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkGroups, checkRank, checkWindow, inOrder } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const conv2d = defineLayer({
  name: "conv2d",
  family: "convolution",
  doc: "Slides `filters` shared kernels over height and width: each output is the sum of a k×k window of all input channels times the kernel, plus a bias. Cross-correlation, as in every framework. LeCun et al. 1998.",
  example: "input image [28, 28, 1]\nconv2d(32, 3) -> relu\nconv2d(64, 3, stride = 2, padding = same)",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: required(size(2), "Height and width of the window."),
    stride: withDefault(size(2), [1, 1], "Step between windows.", "1"),
    padding: withDefault(padding(2), "valid", "valid: none; same: ⌈n / stride⌉ positions; a number: zeros on every side."),
    dilation: withDefault(size(2), [1, 1], "Step between the entries of a window.", "1"),
    groups: withDefault(whole(), 1, "Channels and filters are split into this many groups that do not see each other."),
    bias: withDefault(bool(), true, "Add a learned b to each filter."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("conv2d", x!, 2) ??
    needsNumber(last(x!), "conv2d", "its input's channels") ??
    checkGroups("conv2d", last(x!), a.filters, a.groups) ??
    inOrder("conv2d", checkWindow("kernel", x!, a.kernel, a.padding, a.dilation), x!, a),
  weights: (a, [x]) => ({
    kernel: kernel([...a.kernel, (last(x!) as number) / a.groups, a.filters], a),
    ...(a.bias && { bias: bias([a.filters], a) }),
  }),
  forward: (ops, a, [x], w) => {
    const y = ops.conv(x!, w.kernel!, a);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: {
    keras: ["Conv2D", { filters: "filters", kernel: "kernel_size", stride: "strides", padding: "padding", dilation: "dilation_rate", groups: "groups", bias: "use_bias" }],
    torch: ["Conv2d", { filters: "out_channels", kernel: "kernel_size", stride: "stride", padding: "padding", dilation: "dilation", groups: "groups", bias: "bias" }],
  },
});
