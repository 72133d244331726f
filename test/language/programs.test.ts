import { expect, test } from "vitest";
import { analyse } from "../../server/language/index.ts";
import { goodTexts } from "../kit/samples.ts";
import { misformatted, oneToken, replay } from "../soak/checks.ts";
import { program } from "../soak/programs.ts";
import { Random } from "../soak/random.ts";

// `npm run soak` does all of this at full size, over the real server too.

test("generated programs are read, and formatted without loss or left alone", () => {
  let formatted = 0;
  for (let seed = 0; seed < 300; seed++) {
    const text = program(seed);
    analyse("/t.nnet", text);
    const wrong = misformatted(text);
    if (wrong === undefined) formatted++;
    else expect(wrong, text).toBe("refused");
  }
  expect(formatted).toBeGreaterThan(100);
});

test("edits of generated programs give what a fresh reading gives", () => {
  for (let seed = 0; seed < 30; seed++) expect(replay(program(seed), new Random(seed), 5), `seed ${seed}`).toBeUndefined();
});

test("one token less or more is read, for every token of a sample", () => {
  const { text } = goodTexts().find(({ name }) => name.endsWith("mobilenet_v2.nnet"))!;
  for (const changed of oneToken(text)) analyse("/t.nnet", changed);
});
