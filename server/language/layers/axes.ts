import { formatShape } from "../ops/dim.ts";
import type { Problem, Shape } from "./define.ts";

export function checkAxis(layer: string, axis: number, x: Shape): Problem | undefined {
  if (axis >= -x.length && axis < x.length) return undefined;
  const range = x.length === 0 ? "it has none" : `its axes are 0 to ${x.length - 1}, or -${x.length} to -1`;
  return { code: "axis-out-of-range", message: `${layer}: there is no axis ${axis} in ${formatShape(x)}; ${range}`, arg: "axis", ...(x.length > 0 && { fit: { arg: "axis", value: "-1", title: "axis -1, the last" } }) };
}
