import { listOf, required, whole } from "../params.ts";
import { defineLayer } from "./define.ts";

export const permute = defineLayer({
  name: "permute",
  family: "core",
  doc: "Puts the axes in another order: permute([1, 0]) transposes. Axes count from 0 without the batch.",
  example: "input x [4, 6]\npermute([1, 0])",
  params: { axes: required(listOf(whole({ min: 0 }), "a list of axes"), "For each new axis the old one.") },
  check: (a, [x]) => {
    const wanted = [...x!.keys()];
    const fits = a.axes.length === wanted.length && wanted.every((i) => a.axes.includes(i));
    return fits ? undefined : { code: "axis-out-of-range", message: `permute needs each of the axes ${wanted.join(", ")} once, received [${a.axes.join(", ")}]`, arg: "axes" };
  },
  forward: (ops, a, [x]) => ops.transpose(x!, a.axes),
  names: { keras: ["Permute", { axes: "dims" }] },
});
