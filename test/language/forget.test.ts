import { expect, test } from "vitest";
import { analyse, forgetAll } from "../../server/language/index.ts";
import { work } from "../../server/language/work.ts";

/** Shapes that are worked out for a text. */
function shapes(text: string): number {
  const before = work.shapes;
  expect(analyse("/t.nnet", text).findings.filter((f) => f.severity === "error")).toEqual([]);
  return work.shapes - before;
}

test("what one text has found out helps the next, until all is forgotten", () => {
  const text = "model M {\n  input x [7]\n  dense(13) -> softplus\n  dense(5)\n}\n";
  const all = shapes(text);
  expect(shapes(text)).toBeLessThan(all);
  forgetAll();
  expect(shapes(text)).toBe(all);
});
