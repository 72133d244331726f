import { bool, real, withDefault } from "../params.ts";
import { defineLayer, last, learned, measured, needsNumber, ones, weightParams, zeros } from "./define.ts";

export const batch_norm = defineLayer({
  name: "batch_norm",
  family: "normalization",
  doc: "(x − E[x]) / √(Var[x] + ε)·γ + β for each channel, over the batch and all positions; prediction uses moving averages. Ioffe and Szegedy 2015.",
  example: "input image [8, 8, 3]\nconv2d(8, 3, bias = false) -> batch_norm -> relu",
  params: {
    momentum: withDefault(real({ min: 0, max: 1 }), 0.99, "Share of the moving average that stays at each step."),
    epsilon: withDefault(real({ above: 0 }), 1e-3, "Added to the variance."),
    center: withDefault(bool(), true, "Learn β."),
    scale: withDefault(bool(), true, "Learn γ."),
    frozen: weightParams.frozen,
  },
  check: (_a, [x]) => (x!.length < 1 ? { code: "wrong-rank", message: "batch_norm needs a channel axis" } : needsNumber(last(x!), "batch_norm", "its input's channels")),
  weights: (a, [x]) => {
    const shape = [last(x!)];
    return {
      ...(a.scale && { gamma: learned(shape, ones, a.frozen) }),
      ...(a.center && { beta: learned(shape, zeros, a.frozen) }),
      moving_mean: measured(shape, zeros),
      moving_variance: measured(shape, ones),
    };
  },
  forward: (ops, a, [x], w) => {
    const learns = ops.training && !a.frozen;
    const now = learns ? ops.batchMoments(x!, [...ops.shape(x!).keys()].slice(0, -1)) : undefined;
    if (now) {
      const kept = ops.constant(a.momentum);
      const fresh = ops.constant(1 - a.momentum);
      ops.assign(w.moving_mean!, ops.add(ops.mul(w.moving_mean!, kept), ops.mul(ops.stopGradient(now.mean), fresh)));
      ops.assign(w.moving_variance!, ops.add(ops.mul(w.moving_variance!, kept), ops.mul(ops.stopGradient(now.variance), fresh)));
    }
    const mean = now ? now.mean : w.moving_mean!;
    const variance = now ? now.variance : w.moving_variance!;
    const factor = ops.rsqrt(ops.add(variance, ops.constant(a.epsilon)));
    const y = ops.mul(ops.sub(x!, mean), w.gamma === undefined ? factor : ops.mul(factor, w.gamma));
    return w.beta === undefined ? y : ops.add(y, w.beta);
  },
  also: ["bn"],
  names: {
    keras: ["BatchNormalization", { momentum: "momentum", epsilon: "epsilon", center: "center", scale: "scale" }],
    torch: ["BatchNorm2d", { epsilon: "eps" }],
  },
});
