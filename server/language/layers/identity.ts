import { defineLayer } from "./define.ts";

export const identity = defineLayer({
  name: "identity",
  family: "core",
  doc: "Gives what flows in: the plain branch of a residual block.",
  example: "input x [8]\nadd { dense(8) -> relu } { identity }",
  params: {},
  forward: (_ops, _args, [x]) => x!,
  names: { keras: ["Identity"], torch: ["Identity"] },
});
