import type { Finding } from "../findings.ts";
import { constantInit } from "./constant-init.ts";
import { deadRelu } from "./dead-relu.ts";
import type { Check, CheckInput } from "./define.ts";
import { lossAgainstActivation } from "./loss-against-activation.ts";

/** One line a check. */
export const checks: readonly Check[] = [
  deadRelu,
  constantInit,
  lossAgainstActivation,
];

export function runChecks(input: CheckInput): Finding[] {
  const found: Finding[] = [];
  for (const check of checks) {
    if (check.model) for (const model of input.models) found.push(...check.model(model));
    if (check.train) for (const t of input.trains) if (t.model) found.push(...check.train({ ...t, model: t.model }));
  }
  return found;
}
