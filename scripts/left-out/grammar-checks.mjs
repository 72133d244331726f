// In the place of chevrotain's grammar/checks.js: a test validates the grammar, and programs go without (server/language/syntax/parser.ts).
const none = () => [];
export {
  none as validateAmbiguousAlternationAlternatives,
  none as validateEmptyOrAlternative,
  none as validateGrammar,
  none as validateLookahead,
  none as validateNoLeftRecursion,
  none as validateRuleIsOverridden,
  none as validateSomeNonEmptyLookaheadPath,
};
