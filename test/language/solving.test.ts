import { expect, test } from "vitest";
import { add, type Dim, evaluate, floorDiv, mul, symbol, symbolsOf } from "../../server/language/ops/dim.ts";
import { fitsShape, shapesFor, sizesFor, untold } from "../../server/language/ops/solving.ts";

const [H, W, N] = [symbol("H"), symbol("W"), symbol("N")];
const text = (sizes: ReadonlyMap<string, number> | undefined) => sizes && Object.fromEntries(sizes);

test("the sizes of data say what symbols are, or that they do not fit", () => {
  expect(text(sizesFor([32, 8], [mul(H, 4), 8]))).toEqual({ H: 8 });
  expect(text(sizesFor([30, 8], [mul(H, 4), 8]))).toBe(undefined);
  expect(text(sizesFor([5, 26], [add(N, -3), add(mul(N, N), -38)]))).toEqual({ N: 8 });
  expect(text(sizesFor([12, 4], [mul(H, W), W]))).toEqual({ W: 4, H: 3 });
  expect(text(sizesFor([7, 7], [N, N]))).toEqual({ N: 7 });
  expect(fitsShape([7, 8], [N, N])).toBe(false);
  expect(fitsShape([7], [N, N])).toBe(false);
});

test("a size that does not grow with one symbol does not say what it is", () => {
  expect(untold([mul(H, W), 3])).toEqual([0]);
  expect(untold([mul(H, W), H])).toEqual([]);
  expect(untold([floorDiv(N, 2)])).toEqual([0]);
  expect(untold([add(mul(N, -1), 64)])).toEqual([0]);
  expect(untold([floorDiv(N, 2), N])).toEqual([]);
});

test("what is solved is what it was made from", () => {
  for (let n = 1; n <= 60; n++) {
    for (const asked of [[mul(N, 3), 2], [add(mul(N, 2), 5), N], [add(mul(mul(N, N), 2), -1)], [3, add(N, 100)]] as Dim[][]) {
      const shape = asked.map((d) => evaluate(d, new Map([["N", n]]))!);
      expect(sizesFor(shape, asked)?.get("N")).toBe(n);
      expect(shapesFor(shape.reduce((a, b) => a * b, 1), [asked])).toEqual([shape]);
      expect(shapesFor(shape.reduce((a, b) => a * b, 1) + 4, [asked, [4]])).toEqual([shape, [4]]);
    }
  }
  expect(shapesFor(31, [[mul(N, 2)]])).toBe(undefined);
  expect(shapesFor(12, [[H, W]])).toBe(undefined);
  expect(shapesFor(12, [[3, 4]])).toEqual([[3, 4]]);
  expect(shapesFor(13, [[3, 4]])).toBe(undefined);
});

test("a division is in lowest terms, and worth the same", () => {
  expect(String(floorDiv(add(mul(W, 2), 2), 4))).toBe("(W+1) div 2");
  for (const [k, c, d] of [[2, 3, 4], [6, -5, 9], [4, 1, 6], [10, 7, 4], [3, -1, 6]] as const) {
    const made = floorDiv(add(mul(N, k), c), d);
    expect([...symbolsOf(made)]).toEqual(["N"]);
    for (let n = 1; n < 40; n++) expect(evaluate(made, new Map([["N", n]]))).toBe(Math.floor((k * n + c) / d));
  }
});
