import { checkRank } from "./convolution.ts";
import { defineLayer, learned, needsNumber, weightParams, zeros } from "./define.ts";

export const class_token = defineLayer({
  name: "class_token",
  family: "core",
  doc: "Puts one learned row before the first: [N, c] → [N+1, c]. Devlin et al. 2018.",
  example: "input x [16, 8]\nclass_token\nslice(axis = 0, start = 0, size = 1) -> flatten",
  params: { frozen: weightParams.frozen },
  check: (_a, [x]) => checkRank("class_token", x!, 1) ?? needsNumber(x![1]!, "class_token", "its input's channels"),
  weights: (a, [x]) => ({ row: learned([1, x![1]!], zeros, a.frozen) }),
  forward: (ops, _a, [x], w) => ops.concat([w.row!, x!], 0),
});
