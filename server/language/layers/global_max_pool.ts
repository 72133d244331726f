import { defineLayer } from "./define.ts";

export const global_max_pool = defineLayer({
  name: "global_max_pool",
  family: "pooling",
  doc: "The largest entry of each channel over all positions: [h, w, c] → [c], for any h and w.",
  example: "input image [8, 8, 3]\nconv2d(16, 5, stride = 2, padding = same) -> relu\nconv2d(16, 3, padding = same) -> relu\nglobal_max_pool\ndense(2)",
  params: {},
  check: (_a, [x]) => (x!.length >= 2 ? undefined : { code: "wrong-rank", message: "global_max_pool needs positions and channels, rank 2 or more, and receives rank " + x!.length }),
  forward: (ops, _args, [x]) => ops.max(x!, [...ops.shape(x!).keys()].slice(0, -1)),
  names: { keras: ["GlobalMaxPooling2D"] },
});
