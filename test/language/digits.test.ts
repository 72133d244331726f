import fc from "fast-check";
import { expect, test } from "vitest";
import { grouped } from "../../server/language/digits.ts";

test("digits in threes, as Intl writes them", () => {
  fc.assert(fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (n) => {
    expect(grouped(n)).toBe(n.toLocaleString("en-US"));
  }));
  expect([0, 999, 1000, -1000, -123, 2 ** 53].map(grouped)).toEqual(["0", "999", "1,000", "-1,000", "-123", "9,007,199,254,740,992"]);
});
