import { bool, required, whole, withDefault } from "../params.ts";
import { bias, defineLayer, kernel, last, needsNumber, weightParams } from "./define.ts";

export const dense = defineLayer({
  name: "dense",
  family: "core",
  doc: "Every output unit is connected to every input: y = xW + b, on the last axis of any rank.",
  example: "input x [4]\ndense(8) -> relu\ndense(2) -> softmax",
  params: {
    units: required(whole(), "Number of output units n."),
    bias: withDefault(bool(), true, "Add a learned b to each unit."),
    ...weightParams,
  },
  check: (_args, [x]) => needsNumber(last(x!), "dense", "its input's size"),
  weights: (args, [x]) => ({
    kernel: kernel([last(x!), args.units], args),
    ...(args.bias && { bias: bias([args.units], args) }),
  }),
  forward: (ops, _args, [x], w) => {
    const y = ops.matmul(x!, w.kernel!);
    return w.bias === undefined ? y : ops.add(y, w.bias);
  },
  also: ["fc", "fully_connected"],
  names: { keras: ["Dense", { units: "units", bias: "use_bias" }], torch: ["Linear", { units: "out_features", bias: "bias" }] },
});
