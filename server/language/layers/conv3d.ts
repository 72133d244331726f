import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkGroups, checkRank, checkWindow, inOrder } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const conv3d = defineLayer({
  name: "conv3d",
  family: "convolution",
  doc: "Slides shared kernels over depth, height and width. Ji et al. 2010.",
  example: "input volume [8, 8, 8, 1]\nconv3d(4, 3) -> relu",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: required(size(3), "Size of the window."),
    stride: withDefault(size(3), [1, 1, 1], "Step between windows.", "1"),
    padding: withDefault(padding(3), "valid", "valid: none; same: ⌈n / stride⌉ positions; a number: zeros on every side."),
    dilation: withDefault(size(3), [1, 1, 1], "Step between the entries of a window.", "1"),
    groups: withDefault(whole(), 1, "Channels and filters are split into this many groups that do not see each other."),
    bias: withDefault(bool(), true, "Add a learned b to each filter."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("conv3d", x!, 3) ??
    needsNumber(last(x!), "conv3d", "its input's channels") ??
    checkGroups("conv3d", last(x!), a.filters, a.groups) ??
    inOrder("conv3d", checkWindow("kernel", x!, a.kernel, a.padding, a.dilation), x!, a),
  weights: (a, [x]) => ({
    kernel: kernel([...a.kernel, (last(x!) as number) / a.groups, a.filters], a),
    ...(a.bias && { bias: bias([a.filters], a) }),
  }),
  forward: (ops, a, [x], w) => {
    const y = ops.conv(x!, w.kernel!, a);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: {
    keras: ["Conv3D", { filters: "filters", kernel: "kernel_size", stride: "strides", padding: "padding", dilation: "dilation_rate", groups: "groups", bias: "use_bias" }],
    torch: ["Conv3d", { filters: "out_channels", kernel: "kernel_size", stride: "stride", padding: "padding", dilation: "dilation", groups: "groups", bias: "bias" }],
  },
});
