import { type ILookaheadStrategy, LLkLookaheadStrategy } from "chevrotain";

/** What tells alternatives apart is worked out where the parser first comes to it: a start comes to few of them. */
export function lateLookahead(maxLookahead: number): ILookaheadStrategy {
  const strategy = new LLkLookaheadStrategy({ maxLookahead });
  return {
    validate: (options) => strategy.validate(options),
    buildLookaheadForAlternation(options) {
      let built: ReturnType<ILookaheadStrategy["buildLookaheadForAlternation"]> | undefined;
      return function (this: unknown, alternatives) {
        return (built ??= strategy.buildLookaheadForAlternation(options)).call(this, alternatives);
      };
    },
    buildLookaheadForOptional(options) {
      let built: ReturnType<ILookaheadStrategy["buildLookaheadForOptional"]> | undefined;
      return function (this: unknown) {
        return (built ??= strategy.buildLookaheadForOptional(options)).call(this);
      };
    },
  };
}
