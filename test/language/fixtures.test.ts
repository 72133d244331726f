import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { applyFix, bare, check, rewrite, sections } from "../kit/fixture.ts";

const root = join(import.meta.dirname, "../fixtures");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".nnet")).sort();

describe("fixtures", () => {
  for (const file of files) {
    test(file, () => {
      const path = join(root, file);
      const text = readFileSync(path, "utf8");
      const parts = sections(text);
      const main = parts.get("main")!;
      if (process.env.UPDATE) writeFileSync(path, text.replace(main, rewrite(main)));
      else expect(check(main)).toEqual([]);
      const fixed = parts.get("fixed");
      if (fixed === undefined) return;
      const source = bare(main);
      const finding = analyse("/fixture.nnet", source).findings.find((f) => f.fixes?.length);
      expect(applyFix(source, finding!.fixes![0]!)).toBe(bare(fixed));
      expect(check(fixed)).toEqual([]);
    });
  }
});
