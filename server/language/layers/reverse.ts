import { whole, withDefault } from "../params.ts";
import { checkAxis } from "./axes.ts";
import { defineLayer } from "./define.ts";

export const reverse = defineLayer({
  name: "reverse",
  family: "core",
  doc: "The entries along an axis from its end: before and behind a recurrent layer, it runs backwards by itself (Peters et al. 2018).",
  example: "input words int [N]\nembedding(1000, 16)\nreverse -> lstm(8, sequences = true) -> reverse",
  params: { axis: withDefault(whole({}), 0, "From the end if negative.") },
  check: (a, [x]) => checkAxis("reverse", a.axis, x!),
  forward: (ops, a, [x]) => ops.reverse(x!, a.axis < 0 ? a.axis + ops.shape(x!).length : a.axis),
  also: ["flip"],
  names: {},
});
