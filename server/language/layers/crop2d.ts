import { formatShape } from "../ops/dim.ts";
import { withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer } from "./define.ts";
import { perAxis, sides, sidesProblem } from "./sides.ts";

export const crop2d = defineLayer({
  name: "crop2d",
  family: "pooling",
  doc: "Takes rows and columns away at the edges.",
  example: "input image [8, 8, 3]\ncrop2d(1)",
  params: { cropping: withDefault(sides(), 1, "Rows and columns to take away.") },
  check: (a, [x]) => {
    const wrong = checkRank("crop2d", x!, 2);
    if (wrong) return wrong;
    const axes = perAxis(a.cropping);
    if (!axes) return sidesProblem("crop2d", "cropping");
    const gone = axes.findIndex(([b, e], i) => typeof x![i] === "number" && (x![i] as number) - b - e < 1);
    if (gone < 0) return undefined;
    return { code: "crop-too-large", message: `crop2d takes ${axes[gone]![0] + axes[gone]![1]} of the ${x![gone]} entries of axis ${gone} of ${formatShape(x!)}; nothing is left`, arg: "cropping" };
  },
  forward: (ops, a, [x]) => ops.pad(x!, perAxis(a.cropping)!.map(([b, e]) => [-b, -e] as const)),
  names: { keras: ["Cropping2D", { cropping: "cropping" }] },
});
