import { expect, test } from "vitest";
import { Document } from "../../server/language/index.ts";
import { answers, broken, places } from "../soak/damage.ts";
import { goodTexts } from "../kit/samples.ts";

// `npm run soak -- damage` does this for every token of every text.
test("a token deleted, doubled or replaced leaves 95 % of the other declarations, and brings two errors at most in the median", () => {
  let [kept, asked, turn] = [0, 0, 0];
  const errors: number[] = [];
  for (const { text } of goodTexts().map((t) => ({ text: t.text.replace(/\r\n?/g, "\n") }))) {
    const sound = new Document("/t.nnet", text);
    const declared = places(text).map((place) => ({ place, can: answers(sound, place) }));
    for (const { text: changed, row } of broken(text)) {
      if (turn++ % 40 !== 0) continue;
      const document = new Document("/t.nnet", changed);
      errors.push(document.analysis().findings.filter((f) => f.severity === "error").length);
      for (const { place, can } of declared.filter(({ place: p }) => row < p.line || row > p.endLine)) {
        const now = answers(document, place);
        asked += can.filter(Boolean).length;
        kept += can.filter((c, i) => c && now[i]).length;
      }
    }
  }
  expect(errors.length).toBeGreaterThan(100);
  expect(kept / asked).toBeGreaterThanOrEqual(0.95);
  expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThanOrEqual(2);
});
