import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batches } from "../../server/trainer/data/batches.ts";
import { split } from "../../server/trainer/data/split.ts";
import { drawSeed, fillNormal, fillUniform } from "../../server/trainer/philox.ts";
import { generator } from "../../server/trainer/random.ts";

const shares = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })).map((s) => s.map((n) => n / s.reduce((a, b) => a + b, 0)));
const classes = fc.array(fc.nat(4), { minLength: 1, maxLength: 200 });

describe("split", () => {
  test("puts every row in just one part", () => {
    fc.assert(
      fc.property(classes, shares, fc.nat(), fc.boolean(), (y, s, seed, stratified) => {
        const parts = split(y.length, s, seed, stratified ? y : undefined);
        expect([...parts.train, ...parts.validation, ...parts.test].sort((a, b) => a - b)).toEqual([...y.keys()]);
      }),
    );
  });

  test("keeps each class's share, to within a row and what a rare class cannot give", () => {
    fc.assert(
      fc.property(classes, shares, fc.nat(), (y, s, seed) => {
        const parts = split(y.length, s, seed, y);
        const count = (rows: Int32Array, c: number) => rows.filter((r) => y[r] === c).length;
        for (const c of new Set(y)) {
          const all = y.filter((v) => v === c).length;
          expect(count(parts.train, c)).toBeGreaterThan(0);
          if (all < 10) continue;
          // What earlier classes could not give is at most a few rows.
          expect(Math.abs(count(parts.validation, c) - all * s[1]!)).toBeLessThan(6);
          expect(Math.abs(count(parts.test, c) - all * s[2]!)).toBeLessThan(6);
        }
      }),
    );
  });

  test("follows from the seed alone", () => {
    const y = Array.from({ length: 100 }, (_, i) => i % 3);
    expect(split(100, [0.8, 0.1, 0.1], 7, y)).toEqual(split(100, [0.8, 0.1, 0.1], 7, y));
    expect(split(100, [0.8, 0.1, 0.1], 7, y)).not.toEqual(split(100, [0.8, 0.1, 0.1], 8, y));
  });

  test("balanced classes are split exactly", () => {
    const parts = split(150, [0.8, 0.1, 0.1], 1, Array.from({ length: 150 }, (_, i) => i % 3));
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([120, 15, 15]);
  });
});

test("an epoch's batches hold every row once, in an order of their own", () => {
  const first = batches(70, 32, 7, 1);
  expect(first.map((b) => b.length)).toEqual([32, 32, 6]);
  expect(first.flatMap((b) => [...b]).sort((a, b) => a - b)).toEqual([...Array(70).keys()]);
  expect(batches(70, 32, 7, 1)).toEqual(first);
  expect(batches(70, 32, 7, 2)).not.toEqual(first);
});

describe("random numbers", () => {
  const mean = (v: Float32Array) => v.reduce((a, b) => a + b, 0) / v.length;

  test("uniform", () => {
    const v = fillUniform(new Float32Array(100_000), 2, 4, drawSeed(1, 3), 3);
    expect(Math.abs(mean(v) - 3)).toBeLessThan(0.01);
    expect(Math.min(...v.subarray(0, 10_000))).toBeGreaterThanOrEqual(2);
    expect(v.every((x) => x >= 2 && x < 4)).toBe(true);
  });

  test("normal", () => {
    const v = fillNormal(new Float32Array(100_001), 2, drawSeed(1, 4), 4);
    expect(Math.abs(mean(v))).toBeLessThan(0.03);
    expect(Math.abs(Math.sqrt(mean(v.map((x) => x * x))) - 2)).toBeLessThan(0.02);
    expect(v.every(Number.isFinite)).toBe(true);
  });

  test("draws are TensorFlow 2.21's StatelessRandomUniform and StatelessRandomNormal of seed [7, 3]", () => {
    const far = (found: Float32Array, expected: number[]) => Math.max(...found.map((v, i) => Math.abs(v - expected[i]!)));
    expect(far(fillUniform(new Float32Array(5), 0, 1, 7, 3), [0.9818005561828613, 0.3957263231277466, 0.722382664680481, 0.7712572813034058, 0.6807050704956055])).toBe(0);
    expect(far(fillNormal(new Float32Array(5), 1, 7, 3), [0.1167784258723259, -0.15197691321372986, -0.7992913722991943, 0.10739555954933167, 0.8351944088935852])).toBeLessThan(1e-6);
  });

  test("seeds and names give streams of their own", () => {
    const first = (seed: number, ...labels: (string | number)[]) => generator(seed, ...labels)();
    const all = [first(0), first(1), first(2 ** 40), first(0, "a"), first(0, "a", 1), first(0, "a1"), first(0, "b")];
    expect(new Set(all).size).toBe(all.length);
    expect(first(3, "x")).toBe(first(3, "x"));
  });
});

test("millions of rows of one class", () => {
  const { train, validation, test: rest } = split(2_000_000, [0.8, 0.1, 0.1], 1, new Uint8Array(2_000_000));
  expect([train.length, validation.length, rest.length]).toEqual([1_600_000, 200_000, 200_000]);
});
