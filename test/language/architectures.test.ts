import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, rangeOf } from "../../server/language/index.ts";

const root = join(import.meta.dirname, "../fixtures/architectures");
const files = readdirSync(root).filter((f) => f.endsWith(".nnet")).sort();

// Well-made networks from papers and tutorials, with the train blocks that fit them: a warning here is a false alarm.
describe("well-known architectures", () => {
  test("there are at least a hundred", () => {
    expect(files.length).toBeGreaterThanOrEqual(100);
  });

  for (const file of files) {
    const analysis = analyse(`/${file}`, readFileSync(join(root, file), "utf8"));

    test(`${file} has no error and no warning`, () => {
      const alarms = analysis.findings.filter((f) => f.severity === "error" || f.severity === "warning");
      expect(alarms.map((f) => `line ${rangeOf(f.site).start.line + 1}: ${f.code}: ${f.message}`)).toEqual([]);
    });

    for (const { declaration, model } of analysis.models) {
      const published = /([\d,]+) trainable parameters/.exec(declaration.doc ?? "")?.[1];
      if (!published) continue;
      test(`${model.name} has its published ${published} parameters`, () => {
        expect(model.totals.trainable).toBe(Number(published.replaceAll(",", "")));
      });
    }
  }
});
