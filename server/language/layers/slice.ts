import { dimension, required, whole, withDefault } from "../params.ts";
import { checkAxis } from "./axes.ts";
import { defineLayer } from "./define.ts";

export const slice = defineLayer({
  name: "slice",
  family: "core",
  doc: "Takes `size` entries of one axis, from `start` on.",
  example: "input x [8, 4]\nslice(axis = -1, start = 0, size = 2)",
  params: {
    axis: withDefault(whole({}), -1, "Axis, from 0 without the batch, from the end if negative."),
    start: withDefault(whole({ min: 0 }), 0, "First entry."),
    size: required(dimension(), "Number of entries."),
  },
  check: (a, [x]) => {
    const wrong = checkAxis("slice", a.axis, x!);
    if (wrong) return wrong;
    const n = x!.at(a.axis)!;
    if (typeof n !== "number") return undefined;
    const most = n - a.start;
    if (typeof a.size !== "number") return most > 0 ? undefined : { code: "slice-out-of-range", message: `slice starts at ${a.start}, and axis ${a.axis} has ${n} entries`, arg: "start" };
    if (a.size <= most) return undefined;
    return {
      code: "slice-out-of-range",
      message: `slice ends at ${a.start + a.size}, and axis ${a.axis} has ${n} entries${most > 0 ? `; size ${most} is the most from ${a.start}` : ""}`,
      arg: "size",
      ...(most > 0 && { fit: { arg: "size", value: String(most), title: `size ${most}` } }),
    };
  },
  forward: (ops, a, [x]) => ops.slice(x!, a.axis < 0 ? a.axis + ops.shape(x!).length : a.axis, a.start, a.size),
});
