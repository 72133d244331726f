import { bool, required, whole, withDefault } from "../params.ts";
import { checkGroups, checkRank, checkWindow, inOrder } from "./convolution.ts";
import { bias, defineLayer, kernel, last, type LayerDef, needsNumber, weightParams } from "./define.ts";
import { type Axes, biased, dilationParam, everyAxis, KERAS, over, placing, TORCH, windowParam } from "./spatial.ts";

/** What a convolution over so many axes has of its own. */
interface Own {
  readonly doc: string;
  readonly example: string;
}

/** Kernels over all channels, or over those of a group. */
export function defineConvolution(axes: Axes, own: Own): LayerDef {
  const name = over("conv", axes);
  return defineLayer({
    name,
    kind: "conv",
    family: "convolution",
    ...own,
    params: {
      filters: required(whole(), "Number of output channels."),
      kernel: windowParam(axes),
      ...placing(axes),
      dilation: dilationParam(axes),
      groups: withDefault(whole(), 1, "Channels and filters are split into this many groups that do not see each other."),
      bias: withDefault(bool(), true, "Add a learned b to each filter."),
      ...weightParams,
    },
    check: (a, [x]) =>
      checkRank(name, x!, axes) ??
      needsNumber(last(x!), name, "its input's channels") ??
      checkGroups(name, last(x!), a.filters, a.groups) ??
      inOrder(name, checkWindow("kernel", x!, a.kernel, a.padding, a.dilation), x!, a),
    weights: (a, [x]) => ({
      kernel: kernel([...a.kernel, (last(x!) as number) / a.groups, a.filters], a),
      ...(a.bias && { bias: bias([a.filters], a) }),
    }),
    forward: (ops, a, [x], w) => biased(ops, ops.conv(x!, w.kernel!, a), w),
    names: {
      keras: [`Conv${axes}D`, { filters: "filters", ...KERAS, dilation: "dilation_rate", groups: "groups" }],
      torch: [`Conv${axes}d`, { filters: "out_channels", ...TORCH, dilation: "dilation", groups: "groups" }],
    },
  });
}

/** Kernels of each channel's own. */
export function defineDepthwise(axes: 1 | 2, own: Own): LayerDef {
  const name = over("depthwise_conv", axes);
  return defineLayer({
    name,
    kind: "depthwise_conv",
    family: "convolution",
    ...own,
    params: {
      kernel: windowParam(axes),
      multiplier: withDefault(whole(), 1, "Kernels for each channel."),
      ...placing(axes),
      dilation: dilationParam(axes),
      bias: withDefault(bool(), true, "Add a learned b to each output channel."),
      ...weightParams,
    },
    check: (a, [x]) =>
      checkRank(name, x!, axes) ??
      needsNumber(last(x!), name, "its input's channels") ??
      checkWindow("kernel", x!, a.kernel, a.padding, a.dilation),
    weights: (a, [x]) => ({
      kernel: kernel([...a.kernel, last(x!), a.multiplier], a),
      ...(a.bias && { bias: bias([(last(x!) as number) * a.multiplier], a) }),
    }),
    forward: (ops, a, [x], w) => biased(ops, ops.depthwiseConv(x!, w.kernel!, a), w),
    names: { keras: [`DepthwiseConv${axes}D`, { ...KERAS, multiplier: "depth_multiplier", dilation: "dilation_rate" }] },
  });
}

/** Kernels of each channel's own, then sums over the channels at each place. */
export function defineSeparable(axes: 1 | 2, own: Own): LayerDef {
  const name = over("separable_conv", axes);
  const one = everyAxis(axes, 1);
  const pointwise = { stride: one, padding: "valid", dilation: one, groups: 1 } as const;
  return defineLayer({
    name,
    kind: "separable_conv",
    family: "convolution",
    ...own,
    params: {
      filters: required(whole(), "Number of output channels."),
      kernel: windowParam(axes),
      multiplier: withDefault(whole(), 1, "Depthwise kernels for each channel."),
      ...placing(axes),
      dilation: dilationParam(axes),
      bias: withDefault(bool(), true, "Add a learned b to each filter."),
      ...weightParams,
    },
    check: (a, [x]) =>
      checkRank(name, x!, axes) ??
      needsNumber(last(x!), name, "its input's channels") ??
      checkWindow("kernel", x!, a.kernel, a.padding, a.dilation),
    weights: (a, [x]) => {
      const channels = last(x!) as number;
      return {
        depthwise: kernel([...a.kernel, channels, a.multiplier], a),
        pointwise: kernel([...one, channels * a.multiplier, a.filters], a),
        ...(a.bias && { bias: bias([a.filters], a) }),
      };
    },
    forward: (ops, a, [x], w) => biased(ops, ops.conv(ops.depthwiseConv(x!, w.depthwise!, a), w.pointwise!, pointwise), w),
    names: { keras: [`SeparableConv${axes}D`, { filters: "filters", ...KERAS, multiplier: "depth_multiplier", dilation: "dilation_rate" }] },
  });
}
