import { expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { replicasOf, threadsOf, together } from "../../server/trainer/engines/graph/cost.ts";

const modelOf = (body: string) => analyse("/m.nnet", `model M {\n${body}\n}\n`).models[0]!.model;
const head = "flatten\ndense(128) -> relu\ndense(10) -> softmax";
const cnn = modelOf(`input x [28, 28, 1]\nconv2d(32, 3) -> relu -> max_pool2d(2)\nconv2d(64, 3) -> relu -> max_pool2d(2)\n${head}`);
const normed = modelOf(`input x [28, 28, 1]\nconv2d(32, 3) -> batch_norm -> relu -> max_pool2d(2)\nconv2d(64, 3) -> relu -> max_pool2d(2)\n${head}`);
const small = modelOf("input x [2]\ndense(64) -> relu\ndense(2) -> softmax");
const open = modelOf("input words int [N]\nembedding(1000, 64)\nlstm(64)\ndense(2) -> softmax");

test("replicas have 16 rows at least, no more than there are cores, and threads for all of them", () => {
  expect([1, 2, 3, 16].map((cores) => replicasOf(cnn, 64, cores))).toEqual([1, 2, 3, 4]);
  expect(replicasOf(cnn, 31, 2)).toBe(1);
  expect(threadsOf(cnn, 64, 2)).toEqual({ within: 1, between: 2 });
  expect(threadsOf(cnn, 64, 16)).toEqual({ within: 4, between: 4 });
});

test("a batch that is measured as a whole, one whose size is not known, and small steps are not dealt", () => {
  for (const model of [normed, open, small]) expect(replicasOf(model, 64, 8)).toBe(1);
  expect(threadsOf(open, 64, 8)).toEqual({ within: 8, between: 1 });
  expect(threadsOf(open, 2, 8, [5])).toEqual({ within: 1, between: 8 });
  expect(replicasOf(open, 64, 2, [100])).toBe(2);
  expect(threadsOf(normed, 64, 8)).toEqual({ within: 8, between: 1 });
  expect(threadsOf(small, 64, 8)).toEqual({ within: 1, between: 8 });
});

test("a deep model keeps one graph, and its operations are shared out", () => {
  const deep = modelOf(`input x [64, 32]\nrepeat 12 {\n let h = in\n layer_norm -> attention(heads = 4) -> add(h) as r\n layer_norm -> dense(128) -> gelu -> dense(32) -> add(r)\n}\nglobal_avg_pool\ndense(2) -> softmax`);
  expect(replicasOf(deep, 64, 2)).toBe(1);
  expect(threadsOf(deep, 64, 2)).toEqual({ within: 2, between: 1 });
});

test("steps share a run as long as it is short and its graph small", () => {
  expect(together(small, 32, 1000, 200)).toBe(16);
  expect(together(small, 32, 1000, 4000)).toBe(1);
  expect(together(small, 32, 1000, 20_000)).toBe(1);
  expect(together(cnn, 64, 1000, 600)).toBe(5);
  expect(together(cnn, 640, 1000, 600)).toBe(1);
});
