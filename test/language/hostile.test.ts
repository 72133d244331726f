import { expect, test } from "vitest";
import { Document } from "../../server/language/index.ts";
import { hostileTexts } from "../kit/hostile.ts";
import { filesOf } from "../kit/markers.ts";

test.each(hostileTexts.map((h) => [h.name, h] as const))("%s: ordinary findings", (_name, { text, files, codes }) => {
  const others = Object.fromEntries(Object.entries(files?.() ?? {}).map(([name, t]) => [`/${name}`, t]));
  const { findings } = new Document("/text.nnet", text(), filesOf(others)).analysis();
  const found = new Set(findings.map((f) => f.code));
  if (codes.length > 0) expect(codes.some((c) => found.has(c)), [...found].join()).toBe(true);
  expect(findings.length).toBeLessThan(5000);
  // Names and lists of a text are said in part.
  for (const f of findings) expect(f.message.length, f.message.slice(0, 200)).toBeLessThan(2000);
});
