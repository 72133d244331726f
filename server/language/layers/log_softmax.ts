import { defineActivation } from "./activation.ts";

export const log_softmax = defineActivation(
  "log_softmax",
  "log of softmax on the last axis, stable.",
  (ops, x) => ops.logSoftmax(x),
  { keras: "log_softmax", torch: "LogSoftmax" },
);
