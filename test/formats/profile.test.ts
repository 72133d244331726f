import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { profileLater, profileNow } from "../../server/formats/looks/index.ts";
import { profileOf } from "../../server/formats/looks/table.ts";
import { Folder } from "../kit/folder.ts";

const samples = join(import.meta.dirname, "../../samples/data");
const csv = (path: string) => ({ source: "csv", files: { path }, args: { delimiter: "," } });
const folder = new Folder({});
afterAll(() => folder.delete());

const of = (text: string, delimiter = ",") => profileOf(Buffer.from(text), Buffer.byteLength(text), { source: "csv", args: { delimiter } });

describe("a look at a data file", () => {
  test("the irises as R and scikit-learn describe them", () => {
    const profile = profileNow(csv(join(samples, "iris.csv")))!;
    expect(profile).toMatchObject({ rows: 150, complete: true, total: 150 });
    const [length, , , , species] = profile.columns;
    expect(length).toMatchObject({ name: "sepal_length", numeric: true, missing: 0, numbers: { min: 4.3, max: 7.9, whole: false } });
    expect(length!.numbers!.mean).toBeCloseTo(5.843333, 6);
    expect(length!.numbers!.std).toBeCloseTo(0.825301, 6);
    expect(species).toMatchObject({ name: "species", numeric: false, numbers: undefined });
    expect([...species!.values!]).toEqual([["setosa", 50], ["versicolor", 50], ["virginica", 50]]);
  });

  test("the digits as their authors count them; in the background it is the same", async () => {
    const path = join(samples, "digits.csv");
    const profile = profileNow(csv(path))!;
    expect(profile.columns).toHaveLength(65);
    const counts = profile.columns.find((c) => c.name === "digit")!.values!;
    expect([...counts].sort(([a], [b]) => Number(a) - Number(b)).map(([, n]) => n)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(await profileLater(csv(path))).toEqual(profile);
  });

  test("words, gaps, quotes, marks, other separators", () => {
    const profile = of('\ufeffa;"b;c";d\r\n1;x;\r\n2.5;"y;z";7\r\n\r\n;x;8\r\n', ";")!;
    expect(profile.rows).toBe(3);
    expect(profile.columns.map((c) => [c.name, c.numeric, c.missing])).toEqual([["a", true, 1 / 3], ["b;c", false, 0], ["d", true, 1 / 3]]);
    expect([...profile.columns[1]!.values!]).toEqual([["x", 2], ["y;z", 1]]);
  });

  test("many different values are not kept", () => expect(of(`x\n${Array.from({ length: 2000 }, (_, i) => i / 7).join("\n")}`)!.columns[0]).toMatchObject({ numeric: true, values: undefined }));

  test("of a large file the first rows, and how many there may be", async () => {
    const path = join(folder.path, "large.csv");
    const row = `${"0.123456789,".repeat(20)}1\n`;
    writeFileSync(path, `${"column,".repeat(20)}y\n${row.repeat(50_000)}`);
    for (const profile of [profileNow(csv(path))!, (await profileLater(csv(path)))!]) {
      expect(profile.complete).toBe(false);
      expect(profile.rows).toBeLessThan(50_000);
      expect(Math.abs(profile.total / 50_000 - 1)).toBeLessThan(0.05);
    }
  });

  test("what is no table is nothing, and nothing is thrown", async () => {
    writeFileSync(join(folder.path, "broken.csv"), 'a,b\n1,"2\n3,4\n');
    writeFileSync(join(folder.path, "empty.csv"), "");
    writeFileSync(join(folder.path, "header.csv"), "a,b\n");
    for (const name of ["broken.csv", "empty.csv", "header.csv", "absent.csv", "."]) {
      expect(profileNow(csv(join(folder.path, name))), name).toBeUndefined();
      expect(await profileLater(csv(join(folder.path, name))), name).toBeUndefined();
    }
  });
});
