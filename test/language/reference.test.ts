import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { page, withReference } from "../kit/reference.ts";
import { check, rewrite } from "../kit/fixture.ts";

const EXAMPLE = /```nnet\n([\s\S]*?)\n```/g;

describe("docs/language.md", () => {
  test("its generated part is what the registry says (`node test/kit/reference.ts` rewrites it)", () => {
    const text = readFileSync(page, "utf8");
    expect(withReference(text)).toBe(text);
  });

  if (process.env.UPDATE) {
    writeFileSync(page, readFileSync(page, "utf8").replace(EXAMPLE, (_, body: string) => `\`\`\`nnet\n${rewrite(body)}\n\`\`\``));
  }
  const text = readFileSync(page, "utf8");
  for (const example of text.matchAll(EXAMPLE)) {
    const body = example[1]!;
    const line = text.slice(0, example.index).split("\n").length + 1;
    test(`the example in line ${line}`, () => expect(check(body)).toEqual([]));
  }
});
