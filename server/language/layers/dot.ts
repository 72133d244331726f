import { equal, formatShape } from "../ops/dim.ts";
import { equalShapes } from "../ops/sizes.ts";
import { defineLayer } from "./define.ts";

export const dot = defineLayer({
  name: "dot",
  family: "merging",
  doc: "The scalar product of two operands over the last axis: [..., n] · [..., n] → [..., 1].",
  example: "input a [8]\ninput b [8]\na -> dot(b)",
  params: {},
  inputs: "many",
  check: (_args, inputs) => {
    if (inputs.length !== 2) return { code: "shapes-do-not-fit", message: `dot takes two operands, received ${inputs.length}` };
    const [a, b] = inputs as [typeof inputs[0], typeof inputs[0]];
    const fits = a.length > 0 && a.length === b.length && a.every((d, i) => equal(d, b[i]!) === true);
    return fits ? undefined : { code: "shapes-do-not-fit", message: `dot needs two results of one shape, received ${formatShape(a)} and ${formatShape(b)}`, misfit: { shapes: [a, b], fits: equalShapes } };
  },
  forward: (ops, _args, [a, b]) => ops.sum(ops.mul(a!, b!), [-1], true),
  names: { keras: ["Dot"] },
});
