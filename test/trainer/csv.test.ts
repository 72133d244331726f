import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readCsv } from "../../server/trainer/data/sources/csv.ts";
import type { DataSettings } from "../../server/language/index.ts";
import { errorEvent } from "../../server/trainer/errors.ts";
import type { LabelKind } from "../../server/trainer/data/labels.ts";

const folder = mkdtempSync(join(tmpdir(), "nnet-csv-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "d.csv");
const request = (file: string, expected: LabelKind | undefined, settings: Partial<DataSettings> = {}, delimiter = ",") => ({
  args: { path: file, delimiter }, folder, expected: expected && [expected], seed: 1, spill: join(folder, "spilled"),
  settings: { label: "y", missing: "error", memory: 2 ** 30, split: [0.8, 0.1, 0.1], ...settings } as DataSettings,
});
const read = async (text: string, expected: LabelKind = "class", settings: Partial<DataSettings> = {}, delimiter = ",") => {
  writeFileSync(path, text);
  const raw = await readCsv(request(path, expected, settings, delimiter));
  return { ...raw, x: raw.values.kind === "memory" ? raw.values.x : new Float32Array(0), label: raw.labels![0]!, lines: raw.lines!, features: raw.columns!.map((c) => c.name) };
};

describe("reads", () => {
  test("features in order, classes sorted by number", async () => {
    const { features, x, rows, label, lines } = await read("a,y,b\n1,10,2\n3,9,4.5e-1\n-5,10,.5\n");
    expect({ features, rows, x: [...x], lines: [...lines] }).toEqual({ features: ["a", "b"], rows: 3, x: [1, 2, 3, Math.fround(0.45), -5, 0.5], lines: [2, 3, 4] });
    expect(label).toEqual({ kind: "class", classes: ["9", "10"], values: Float32Array.of(1, 0, 1) });
  });

  test("a byte order mark, CRLF, quotes, spaces, blank lines", async () => {
    const { x, label } = await read('\ufeffa,"y"\r\n"1","b, c"\r\n\r\n 2 ,a\r\n\r\n');
    expect([...x]).toEqual([1, 2]);
    expect(label).toEqual({ kind: "class", classes: ["a", "b, c"], values: Float32Array.of(1, 0) });
  });

  // RFC 4180, section 2, rules 5 to 7, as Python's csv module reads them.
  test("quotes around delimiters, line ends and doubled quotes", async () => {
    const { features, label, x } = await read('"a, and ""b""",y\r\n"1","two\r\nlines"\r\n2,"say ""no"""\r\n');
    expect([features, label, [...x]]).toEqual([['a, and "b"'], { kind: "class", classes: ['say "no"', "two\r\nlines"], values: Float32Array.of(1, 0) }, [1, 2]]);
  });

  test("numbers as numbers where no class is expected, words as classes even then", async () => {
    expect((await read("a,y\n1,2.5\n", "number")).label).toEqual({ kind: "number", values: Float32Array.of(2.5) });
    expect((await read("a,y\n1,cat\n", "number")).label).toMatchObject({ kind: "class", classes: ["cat"] });
  });

  test("the columns that are asked for, in that order", async () => {
    expect([...(await read("a,b,c,y\n1,2,3,0\n", "class", { features: ["c", "a"] })).x]).toEqual([3, 1]);
  });

  test("another delimiter", async () => {
    expect([...(await read("a;y\n1;0\n", "class", {}, ";")).x]).toEqual([1]);
  });

  test("more than one block", async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},${2 * i},${i % 2}`);
    const { x } = await read(`a,b,y\n${rows.join("\n")}`);
    expect(x.length).toBe(80_000);
    expect([x[79_998], x[79_999]]).toEqual([39_999, 79_998]);
  });
});

describe("says what is wrong, and where", () => {
  const cases: [what: string, text: string, expected: LabelKind, error: { code: string; line?: number; column?: number; says: string }][] = [
    ["an empty file", "", "class", { code: "data-empty", line: 1, says: "first line names the columns" }],
    ["a header alone", "a,y\n", "class", { code: "data-empty", says: "no rows" }],
    ["a short row", "a,b,y\n1,2,0\n1,2\n", "class", { code: "data-ragged", line: 3, column: 3, says: "2 values" }],
    ["a long row", "a,y\n1,0\n1,0,5\n", "class", { code: "data-ragged", line: 3, column: 3, says: "3 values" }],
    ["a word in a feature", "a,b,y\n1,2,0\n1,x,0\n", "class", { code: "data-not-numeric", line: 3, column: 2, says: '"x" in column b' }],
    ["an empty feature", "a,y\n,0\n", "class", { code: "data-not-numeric", line: 2, column: 1, says: "column a is empty" }],
    ["infinity", "a,y\nInfinity,0\n", "class", { code: "data-not-numeric", line: 2, column: 1, says: "not a number" }],
    ["NaN", "a,y\nNaN,0\n", "class", { code: "data-not-numeric", line: 2, column: 1, says: "not a number" }],
    ["hexadecimal", "a,y\n0x10,0\n", "class", { code: "data-not-numeric", line: 2, column: 1, says: "not a number" }],
    ["1e999", "a,y\n1e999,0\n", "class", { code: "data-not-numeric", line: 2, column: 1, says: "not a number" }],
    ["a word among numbers", "a,y\n1,2\n1,cat\n", "number", { code: "data-not-numeric", line: 3, column: 2, says: '"cat" in column y' }],
    ["a missing class", "a,y\n1,\n", "class", { code: "data-no-label", line: 2, column: 2, says: "column y is empty" }],
    ["a class that is not available", "a,y\n1,cat\n2,NA\n", "class", { code: "data-no-label", line: 3, column: 2, says: "column y says NA, which is no value, in this row" }],
    ["a number that is missing", "a,y\n1,2\n2,?\n", "number", { code: "data-no-label", line: 3, column: 2, says: "missing = drop" }],
    ["no label column", "abc,Y\n1,0\n", "class", { code: "data-no-column", line: 1, says: "did you mean Y?" }],
    ["no header", "1,2\n3,4\n", "class", { code: "data-no-column", line: 1, says: "must name the columns" }],
    ["the wrong delimiter", "a;y\n1;0\n", "class", { code: "data-no-column", line: 1, says: "separated by ;" }],
    ["nothing but the label", "y\n0\n", "class", { code: "data-no-column", line: 1, says: "features too" }],
    ["a column twice", "a,a,y\n1,2,0\n", "class", { code: "data-column-twice", line: 1, column: 2, says: '"a" twice' }],
    ["an open quote", 'a,y\n1,0\n"1,0\n2,0\n3,0\n', "class", { code: "data-malformed", line: 3, says: "never closed" }],
    ["bytes that are no text", "a,y\n1\u0000,0\n", "class", { code: "data-malformed", line: 1, says: "not text" }],
    ["no header, but a class", "1,2,red\n3,4,blue\n", "class", { code: "data-no-column", line: 1, says: "must name the columns" }],
    ["a stray quote", 'a,y\n"1"x,0\n', "class", { code: "data-malformed", line: 2, says: "not CSV" }],
  ];
  for (const [what, text, expected, { says, ...place }] of cases) {
    test(what, async () => {
      const event = errorEvent(await read(text, expected).then(() => undefined, (e: unknown) => e));
      expect(event).toMatchObject({ event: "error", file: path, ...place });
      expect(event.message).toContain(says);
    });
  }

  test("a file that is not there, and one that is a folder", async () => {
    for (const file of [join(folder, "none.csv"), folder]) {
      const event = errorEvent(await readCsv(request(file, undefined)).catch((e: unknown) => e));
      expect(event).toMatchObject({ code: "data-missing", file });
    }
  });
});
