import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { OptionValue } from "../../server/language/values.ts";
import { moved, moves } from "../../server/trainer/augment/affine.ts";
import { augmenter } from "../../server/trainer/augment/index.ts";
import type { Table } from "../../server/trainer/engines/engine.ts";
import type { Head } from "../../server/trainer/plan.ts";
import { generator } from "../../server/trainer/random.ts";

const head: Head = { kind: "classes", outputs: 3, node: 0, logits: undefined, logarithmic: false, name: "y", loss: { kind: "option", name: "mse", args: {} }, weight: 1 };

const table = (shape: readonly number[], rows: number, value: (i: number) => number = (i) => i + 1): Table => ({
  rows, shape, x: Float32Array.from({ length: rows * shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)), y: Float32Array.from({ length: rows }, (_, i) => i % 3),
});
const option = (name: string, args = {}): OptionValue => ({ kind: "option", name, args });
const pictures = table([5, 4, 2], 6);
const all = Int32Array.from([0, 1, 2, 3, 4, 5]);
const run = (list: OptionValue[], of = pictures, step = 3, rows = all) => augmenter(list, [head], 7)!(of, rows, step);
const rowOf = (x: Float32Array, row: number, width: number) => [...x.subarray(row * width, (row + 1) * width)];

describe("images", () => {
  test("the table stays as it is; the same seed and step draw the same, another step others", () => {
    const before = pictures.x.slice();
    const list = [option("shift", { by: 0.5 }), option("rotate", { degrees: 90 }), option("noise", { std: 1 }), option("cutout", { size: 2 })];
    const first = run(list).x!;
    expect(pictures.x).toEqual(before);
    expect(run(list).x).toEqual(first);
    expect(run(list, pictures, 4).x).not.toEqual(first);
  });

  test("a move by nothing gives the image, bit for bit", () => {
    expect(run([option("shift", { by: 0 }), option("rotate", { degrees: 0 }), option("zoom", { by: 0 })]).x).toEqual(pictures.x);
  });

  test("flip gives each image or its mirror", () => {
    const { x } = run([option("flip", { axis: "horizontal" })]);
    const mirror = (row: number) => Array.from({ length: 40 }, (_, i) => rowOf(pictures.x, row, 40)[Math.floor(i / 8) * 8 + (3 - Math.floor((i % 8) / 2)) * 2 + (i % 2)]!);
    const kinds = all.map((row) => (String(rowOf(x!, row, 40)) === String(rowOf(pictures.x, row, 40)) ? 0 : String(rowOf(x!, row, 40)) === String(mirror(row)) ? 1 : 2));
    expect(new Set(kinds)).toEqual(new Set([0, 1]));
  });

  test("both flips come by themselves and together, beside other moves", () => {
    const one = table([3, 3, 1], 1);
    const turned = augmenter([option("rotate", { degrees: 0 }), option("flip", { axis: "both" })], [head], 1)!;
    const seen = new Set(Array.from({ length: 40 }, (_, step) => String([...turned(one, Int32Array.of(0), step).x!])));
    expect(seen).toEqual(new Set(["1,2,3,4,5,6,7,8,9", "3,2,1,6,5,4,9,8,7", "7,8,9,4,5,6,1,2,3", "9,8,7,6,5,4,3,2,1"]));
  });

  test("an image among other inputs is changed as it is alone, and all else of the row stays; numbers are changed all over", () => {
    const beside: Table = { ...pictures, shape: [45], x: Float32Array.from({ length: 6 * 45 }, (_, i) => { const [row, k] = [Math.floor(i / 45), i % 45]; return k >= 2 && k < 42 ? pictures.x[row * 40 + k - 2]! : -k; }) };
    const list = [option("cutout", { size: 2 }), option("rotate", { degrees: 30 }), option("flip", { axis: "both" })];
    const among = (own: OptionValue[]) => augmenter(own, [head], 7, () => ({ from: 2, shape: [5, 4, 2] }))!(beside, all, 3).x!;
    const [alone, found] = [run(list).x!, among(list)];
    for (const row of all) {
      expect(rowOf(found, row, 45).slice(2, 42)).toEqual(rowOf(alone, row, 40));
      expect([...rowOf(found, row, 45).slice(0, 2), ...rowOf(found, row, 45).slice(42)]).toEqual([-0, -1, -42, -43, -44]);
    }
    expect(among([option("noise", { std: 1 })]).every((v, i) => v !== beside.x[i])).toBe(true);
  });

  const affine = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/torch-affine.json"), "utf8")) as { cases: Record<string, { map: [number, number, number, number, number, number]; values: number[] }> };
  test.each(Object.entries(affine.cases))("%s, an image is PyTorch's", (_what, { map: [a, b, c, d, e, f], values }) => {
    const found = moved(Float32Array.from({ length: 40 }, (_, i) => Math.sin(1.7 * i)), [5, 4, 2], { a, b, c, d, e, f });
    for (const [i, v] of values.entries()) expect(found[i]).toBeCloseTo(v, 5);
  });

  test("moves are drawn evenly from what is asked for, both ways", () => {
    const drawn = (name: string, args: object, of: (m: ReturnType<NonNullable<(typeof moves)[string]>>) => number) => Array.from({ length: 2000 }, (_, i) => of(moves[name]!({ shape: [10, 20, 1], random: generator(3, name, i) }, args as Record<string, unknown>)));
    const even = (values: readonly number[], most: number) => {
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(most);
      // A uniform draw's variance is most²/3; its estimate from 2000 is off by a hundredth, three times that is rare.
      expect(Math.abs(values.reduce((x, y) => x + y) / 2000)).toBeLessThan(0.04 * most);
      expect(Math.abs(values.reduce((x, y) => x + y * y, 0) / 2000 / (most * most / 3) - 1)).toBeLessThan(0.07);
    };
    even(drawn("shift", { by: 0.2 }, (m) => m.c), 2);
    even(drawn("shift", { by: 0.2 }, (m) => m.f), 4);
    even(drawn("rotate", { degrees: 30 }, (m) => (Math.atan2(m.b, m.a) * 180) / Math.PI), 30 + 1e-9);
    even(drawn("zoom", { by: 0.5 }, (m) => 1 / m.a - 1), 0.5 + 1e-9);
    for (const m of [moves["rotate"]!({ shape: [10, 20, 1], random: generator(3, "turn") }, { degrees: 80 })]) expect([m.a * m.e - m.b * m.d, m.a - m.e, m.b + m.d]).toEqual([expect.closeTo(1, 12), 0, 0]);
  });

  test("shift keeps the sum where the border is empty, and zoom the centre", () => {
    const dot: Table = { ...table([9, 9, 1], 1, (i) => (i === 40 ? 1 : 0)) };
    for (let step = 0; step < 20; step++) {
      const shifted = augmenter([option("shift", { by: 0.3 })], [head], 1)!(dot, Int32Array.of(0), step).x!;
      expect(shifted.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(augmenter([option("zoom", { by: 0.3 })], [head], 1)!(dot, Int32Array.of(0), step).x![40]).toBeCloseTo(1, 5);
    }
  });

  test("cutout blanks a square and nothing else", () => {
    const ones = table([8, 8, 3], 4, () => 1);
    const { x } = augmenter([option("cutout", { size: 4 })], [head], 1)!(ones, Int32Array.of(0, 1, 2, 3), 0);
    for (let row = 0; row < 4; row++) {
      const zeros = rowOf(x!, row, 192).filter((v) => v === 0).length;
      expect(zeros % 3).toBe(0);
      expect(zeros).toBeGreaterThan(0);
      expect(zeros).toBeLessThanOrEqual(4 * 4 * 3);
    }
  });
});

test("mixup mixes rows and labels alike", () => {
  const rows = table([4], 6, (i) => Math.floor(i / 4));
  const { x, targets } = run([option("mixup", { alpha: 1 })], rows);
  for (let i = 0; i < 6; i++) {
    const sum = rowOf(targets!, i, 3).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 6);
    // Row i is λ·i + (1 − λ)·partner, and its own class has at least λ.
    const lambda = targets![i * 3 + (i % 3)]!;
    const partner = (x![i * 4]! - lambda * i) / (1 - lambda || 1);
    if (lambda < 1 - 1e-6 && targets!.subarray(i * 3, i * 3 + 3).filter((t) => t > 0).length === 2) expect(partner).toBeCloseTo(Math.round(partner), 3);
  }
});

test("mixup's share is drawn from Beta(alpha, alpha)", () => {
  for (const alpha of [0.2, 1, 4]) {
    // Rows of one class each, so that their targets say the share.
    const rows: Table = { ...table([1], 2), y: Float32Array.of(0, 1) };
    const draw = augmenter([option("mixup", { alpha })], [head], 5)!;
    const shares = Array.from({ length: 3000 }, (_, step) => draw(rows, Int32Array.of(0, 1), step).targets!).filter((t) => t[1]! > 0 || t[0]! < 1).map((t) => t[0]!);
    expect(shares.length).toBeGreaterThan(1000);
    expect(shares.reduce((a, b) => a + b) / shares.length).toBeCloseTo(0.5, 1);
    const variance = shares.reduce((sum, v) => sum + (v - 0.5) ** 2, 0) / shares.length;
    expect(Math.abs(variance * 4 * (2 * alpha + 1) - 1), `alpha ${alpha}`).toBeLessThan(0.1);
  }
});

test("noise has its deviation, and a rate is the share of entries that it says", () => {
  const wide = table([4000], 3, (i) => 2 + (i % 4000));
  const share = (of: OptionValue, differs: (v: number, i: number) => boolean) => [...run([of], wide, 1, Int32Array.of(0)).x!].filter(differs).length / 4000;
  const noisy = run([option("noise", { std: 0.5 })], wide, 1, Int32Array.of(0)).x!;
  const off = [...noisy].map((v, i) => v - wide.x[i]!);
  expect(Math.abs(off.reduce((a, b) => a + b) / 4000)).toBeLessThan(0.03);
  expect(Math.sqrt(off.reduce((a, b) => a + b * b, 0) / 4000)).toBeCloseTo(0.5, 1);
  expect(share(option("random_mask", { rate: 0.3 }), (v) => v === 1)).toBeCloseTo(0.3, 1);
  expect(share(option("random_delete", { rate: 0.3 }), (v) => v === 0)).toBeCloseTo(0.3, 1);
  // Of three rows one is the row itself.
  const others: Table = { ...wide, x: wide.x.map((v, i) => v + 10_000 * Math.floor(i / 4000)) };
  const swapped = [...run([option("swap_noise", { rate: 0.3 })], others, 1, Int32Array.of(0)).x!].filter((v) => v >= 10_000).length / 4000;
  expect(swapped).toBeCloseTo(0.2, 1);
});

test("swap_noise takes an entry from the same column", () => {
  const rows = table([4], 6, (i) => (i % 4) * 100 + Math.floor(i / 4));
  const { x } = run([option("swap_noise", { rate: 0.5 })], rows);
  expect([...x!].every((v, i) => Math.floor(v / 100) === i % 4 && v % 100 < 6)).toBe(true);
  expect(x).not.toEqual(rows.x);
});

describe("tokens", () => {
  const sentences = table([8], 6, (i) => (i % 8 < 6 ? 2 + (i % 5) : 0));
  const lengths = (x: Float32Array) => Array.from(all, (r) => rowOf(x, r, 8).filter((v) => v !== 0).length);

  test("random_delete leaves a part of the sentence in its order, never nothing", () => {
    for (const rate of [0.3, 1]) {
      const { x } = run([option("random_delete", { rate })], sentences);
      for (const row of all) {
        const before = rowOf(sentences.x, row, 8).filter((v) => v !== 0);
        const after = rowOf(x!, row, 8);
        const kept = after.filter((v) => v !== 0);
        expect(kept.length).toBeGreaterThan(0);
        expect(after.slice(kept.length).every((v) => v === 0)).toBe(true);
        let at = 0;
        for (const v of kept) at = before.indexOf(v, at) + 1;
        expect(at).toBeGreaterThan(0);
      }
    }
  });

  test("random_swap keeps the words, random_mask the length", () => {
    const swapped = run([option("random_swap", { rate: 0.5 })], sentences).x!;
    for (const row of all) expect(rowOf(swapped, row, 8).sort()).toEqual(rowOf(sentences.x, row, 8).sort());
    const masked = run([option("random_mask", { rate: 0.5 })], sentences).x!;
    expect(lengths(masked)).toEqual(lengths(sentences.x));
    expect([...masked].filter((v) => v === 1).length).toBeGreaterThan(5);
  });
});
