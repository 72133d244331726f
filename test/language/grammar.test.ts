import { expect, test } from "vitest";
import { NnetParser } from "../../server/language/syntax/parser.ts";
import { newLexer, vocabulary } from "../../server/language/syntax/tokens.ts";

// Chevrotain's own checks of tokens and grammar (ambiguities, left recursion, unreachable patterns) are left out at run
// time, since they take longer than reading a file.

test("the tokens are as chevrotain wants them", () => {
  expect(newLexer(false).lexerDefinitionErrors).toEqual([]);
});

test("the grammar is as chevrotain wants it", () => {
  expect(() => new NnetParser(false)).not.toThrow();
});

test("tokens begin by what their patterns say: chevrotain's own reading of these lexes every character alike", () => {
  const hinted = newLexer();
  const hints = vocabulary.map((t) => t.START_CHARS_HINT);
  for (const t of vocabulary) delete t.START_CHARS_HINT;
  const read = newLexer();
  vocabulary.forEach((t, i) => hints[i] && (t.START_CHARS_HINT = hints[i]));
  const told = (lexer: typeof read, text: string): string => {
    const { tokens, groups, errors } = lexer.tokenize(text);
    return JSON.stringify([errors, [...tokens, ...Object.values(groups).flat()].map((t) => [t.tokenType.name, t.startOffset, t.image])]);
  };
  for (let unit = 0; unit <= 0xffff; unit++) {
    const text = `${String.fromCharCode(unit)}1.5a`;
    if (told(hinted, text) !== told(read, text)) expect(`${unit}: ${told(hinted, text)}`).toBe(told(read, text));
  }
});
