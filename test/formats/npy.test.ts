import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NpyError, npyValues } from "../../server/formats/npy.ts";

/** Files that NumPy wrote (test/truth/numpy_files.py), and their values as NumPy has them. */
const folder = join(import.meta.dirname, "../fixtures/npy");
const file = (name: string) => readFileSync(join(folder, `${name}.npy`));
const truth = JSON.parse(readFileSync(join(folder, "values.json"), "utf8")) as Record<string, { shape: number[]; values: number[] }>;

test.each(Object.entries(truth))("%s: shape and values are NumPy's", (name, { shape, values }) => {
  const found = npyValues(file(name));
  expect(found.shape).toEqual(shape);
  expect([...found.values]).toEqual(values);
});

describe("what is no array of numbers is an error with its reason", () => {
  test.each([
    ["record", /records/],
    ["half", /"<f2".*astype/],
    ["complex", /"<c8"/],
    ["object", /"\|O"/],
  ])("%s", (name, says) => expect(() => npyValues(file(name))).toThrow(says));

  test("any prefix of a file, and a byte too many", () => {
    const whole = file("le_f4");
    for (let length = 0; length < whole.length; length++) expect(() => npyValues(whole.subarray(0, length)), String(length)).toThrow(NpyError);
    expect(() => npyValues(Buffer.concat([whole, Buffer.of(0)]))).toThrow(/needs 24 bytes of values, and it has 25/);
  });

  test("any byte of the header changed: an error or an array, never anything else", () => {
    const whole = file("fortran");
    for (let at = 0; at < 100; at++) {
      for (const byte of [0, 0x28, 0x39, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        try {
          expect(npyValues(changed).values.length).toBeLessThanOrEqual(96);
        } catch (e) {
          expect(e).toBeInstanceOf(NpyError);
        }
      }
    }
  });
});
