import { describe, expect, test } from "vitest";
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

const model = (body: string): Document => new Document("/t.nnet", `model M {\n  input x [4]\n  ${body}\n}`);
const codes = (document: Document): string[] => document.analysis().findings.map((f) => f.code);

describe("turns of a loop are foretold", () => {
  test("where the first two take what the others will: the rest is not made", () => {
    const document = model("for i in 0..9999 { for j in 0..99 { dense(i + j + 1) } }");
    expect(codes(document)).toContain("evaluation-budget");
    expect(document.analysis().models[0]!.model.nodes.length).toBeLessThan(500);
  });
  test.each([
    ["a condition asks which turn it is", "for i in 0..4000 { if i < 3 { repeat 20 { dense(3) } } else { dense(3) } }"],
    ["as many as there is budget for", "repeat 7490 { dense(3) }"],
  ])("%s: it is read", (_name, body) => expect(codes(model(body))).not.toContain("evaluation-budget"));
});
