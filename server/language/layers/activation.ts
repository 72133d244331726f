import type { Ops } from "../ops/ops.ts";
import { defineLayer, type FrameworkName, type LayerDef } from "./define.ts";

/** An elementwise nonlinearity without parameters. */
export function defineActivation(name: string, doc: string, apply: <T>(ops: Ops<T>, x: T) => T, names: { keras?: string; torch?: string; also?: readonly string[]; passes?: number }): LayerDef<{}> {
  const frameworks: { keras?: FrameworkName; torch?: FrameworkName } = {};
  if (names.keras) frameworks.keras = ["Activation", { [name]: names.keras }];
  if (names.torch) frameworks.torch = [names.torch];
  return defineLayer({
    name,
    family: "activation",
    doc,
    example: `input x [4]\ndense(8) -> ${name}\ndense(2)`,
    params: {},
    activation: true,
    forward: (ops, _args, [x]) => apply(ops, x!),
    ...(names.also && { also: names.also }),
    ...(names.passes !== undefined && { passes: names.passes }),
    names: frameworks,
  });
}

/** `min(max(x, 0), 6)`, of which several activations are made. */
export function clipped6<T>(ops: Ops<T>, x: T): T {
  return ops.minimum(ops.relu(x), ops.constant(6));
}
