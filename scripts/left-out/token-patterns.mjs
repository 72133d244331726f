// In the place of chevrotain's analysis of token patterns: each token says by what it begins (server/language/syntax/tokens.ts), and a test validates the patterns.
const never = () => {
  throw new Error("patterns of tokens are not analysed in this bundle (scripts/left-out)");
};
class BaseRegExpVisitor {}
const failedOptimizationPrefixMsg = "";
const clearRegExpParserCache = () => undefined;
export { BaseRegExpVisitor, never as canMatchCharCode, clearRegExpParserCache, failedOptimizationPrefixMsg, never as getOptimizedStartCodesIndices, never as getRegExpAst };
