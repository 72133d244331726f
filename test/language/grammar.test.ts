import { expect, test } from "vitest";
import { NnetParser } from "../../server/language/syntax/parser.ts";
import { newLexer } from "../../server/language/syntax/tokens.ts";

// Chevrotain's own checks of tokens and grammar (ambiguities, left recursion, unreachable patterns) are left out at run
// time, since they take longer than reading a file.

test("the tokens are as chevrotain wants them", () => {
  expect(newLexer(false).lexerDefinitionErrors).toEqual([]);
});

test("the grammar is as chevrotain wants it", () => {
  expect(() => new NnetParser(false)).not.toThrow();
});
