import { equal, formatShape } from "../ops/dim.ts";
import { equalShapes } from "../ops/sizes.ts";
import { whole, withDefault } from "../params.ts";
import { checkAxis } from "./axes.ts";
import { defineLayer } from "./define.ts";
import { sizesThatFit } from "./merging.ts";

export const concat = defineLayer({
  name: "concat",
  family: "merging",
  doc: "Joins its operands along one axis; every other axis must be equal.",
  example: "input image [8, 8, 3]\nconcat { conv2d(4, 1) } { conv2d(4, 3, padding = same) }",
  params: { axis: withDefault(whole({}), -1, "Axis, from 0 without the batch, from the end if negative.") },
  inputs: "many",
  check: (a, inputs) => {
    const first = inputs[0]!;
    const wrong = checkAxis("concat", a.axis, first);
    if (wrong) return wrong;
    const at = a.axis < 0 ? a.axis + first.length : a.axis;
    for (const [i, other] of inputs.slice(1).entries()) {
      if (other.length === first.length && other.every((d, k) => k === at || equal(d, first[k]!) === true)) continue;
      const axes = other.length === first.length ? [...first.keys()].filter((k) => [...first.keys()].every((i) => i === k || equal(first[i]!, other[i]!) === true)) : [];
      const sized = at === first.length - 1 ? sizesThatFit(first, other) : undefined;
      const behind = sized && { operand: sized.second ? i + 1 : 0, layer: sized.layer };
      const fit = axes[0] === undefined ? undefined : { arg: "axis", value: String(axes[0]), title: `axis = ${axes[0]}` };
      return { code: "shapes-do-not-fit", message: `concat along axis ${a.axis} cannot join ${formatShape(first)} and ${formatShape(other)}: every other axis must be equal${fit ? `; axis ${fit.value} would fit` : (sized?.text ?? "")}`, arg: "axis", ...(fit ? { fit } : behind && { behind }), misfit: { shapes: [first, other], fits: (p, q) => equalShapes(p.with(at, 0), q.with(at, 0)) } };
    }
    return undefined;
  },
  forward: (ops, a, inputs) => ops.concat(inputs, a.axis < 0 ? a.axis + ops.shape(inputs[0]!).length : a.axis),
  names: { keras: ["Concatenate", { axis: "axis" }] },
});
