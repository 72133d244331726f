import { constantInit } from "./constant-init.ts";
import { deadRelu } from "./dead-relu.ts";
import type { Check } from "./define.ts";
import { lossAgainstActivation } from "./loss-against-activation.ts";
import { receptiveFieldShort } from "./receptive-field-short.ts";

/** One line a check. */
export const checks: readonly Check[] = [
  deadRelu,
  constantInit,
  lossAgainstActivation,
  receptiveFieldShort,
];
