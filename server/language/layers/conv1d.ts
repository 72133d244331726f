import { bool, padding, required, size, whole, withDefault } from "../params.ts";
import { checkGroups, checkRank, checkWindow, inOrder } from "./convolution.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const conv1d = defineLayer({
  name: "conv1d",
  family: "convolution",
  doc: "Slides shared kernels along a sequence: [N, c] → [N−k+1, filters]. Waibel et al. 1989; for text Kim 2014.",
  example: "input words int [N]\nembedding(1000, 16)\nconv1d(32, 3) -> relu\nglobal_max_pool",
  params: {
    filters: required(whole(), "Number of output channels."),
    kernel: required(size(1), "Size of the window."),
    stride: withDefault(size(1), [1], "Step between windows.", "1"),
    padding: withDefault(padding(1), "valid", "valid: none; same: ⌈n / stride⌉ positions; a number: zeros on every side."),
    dilation: withDefault(size(1), [1], "Step between the entries of a window.", "1"),
    groups: withDefault(whole(), 1, "Channels and filters are split into this many groups that do not see each other."),
    bias: withDefault(bool(), true, "Add a learned b to each filter."),
    ...weightParams,
  },
  check: (a, [x]) =>
    checkRank("conv1d", x!, 1) ??
    needsNumber(last(x!), "conv1d", "its input's channels") ??
    checkGroups("conv1d", last(x!), a.filters, a.groups) ??
    inOrder("conv1d", checkWindow("kernel", x!, a.kernel, a.padding, a.dilation), x!, a),
  weights: (a, [x]) => ({
    kernel: kernel([...a.kernel, (last(x!) as number) / a.groups, a.filters], a),
    ...(a.bias && { bias: bias([a.filters], a) }),
  }),
  forward: (ops, a, [x], w) => {
    const y = ops.conv(x!, w.kernel!, a);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  names: {
    keras: ["Conv1D", { filters: "filters", kernel: "kernel_size", stride: "strides", padding: "padding", dilation: "dilation_rate", groups: "groups", bias: "use_bias" }],
    torch: ["Conv1d", { filters: "out_channels", kernel: "kernel_size", stride: "stride", padding: "padding", dilation: "dilation", groups: "groups", bias: "bias" }],
  },
});
