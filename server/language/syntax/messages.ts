import { EOF, type IParserErrorMessageProvider, type IToken, tokenLabel } from "chevrotain";
import { Arrow, As, Comma, Else, Equals, Group, Import, LCurly, LSquare, Name, NumberLiteral, Output, Repeat, RParen, RSquare, Word } from "./tokens.ts";

/** Syntax errors in words a newcomer understands: what was expected, what stands there, what to do. */
export const errorMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage({ expected, actual, previous: known }) {
    // Recovery has skipped tokens by then.
    const previous = known && !(known.startOffset < actual.startOffset) && actual.tokenType !== EOF ? undefined : known;
    if (actual.tokenType === LSquare && (expected === RParen || expected === Group)) return NO_INDEX;
    if (expected === RParen && actual.tokenType === Comma && previous?.tokenType === NumberLiteral) return "sizes stand in [ ]: [28, 28, 1]";
    if (expected === LSquare && actual.tokenType === EOF) return `${SHAPELESS}: input ${previous?.image ?? "image"} [28, 28, 1]; a block has none of its own, what flows in is called in`;
    if (previous?.tokenType === Output) return OUTPUTS;
    if (expected === Word && (actual.tokenType === Group || actual.tokenType === LCurly) && previous) return `${NAMELESS} ${previous.image} Net { … }`;
    if (expected === LSquare) return `expected '['${after(previous)}, found ${found(actual)}: sizes stand in [ ], as in input image [28, 28, 1]`;
    if (expected === LCurly && previous?.tokenType === Import) return `an import names blocks in { }: import { Residual } from "./blocks.nnet"; found ${found(actual)}`;
    if ((expected === RParen || expected === RSquare) && actual.tokenType === EOF) return `expected ${tokenLabel(expected)}${after(previous)}, found the end of the line`;
    if (expected === RParen && actual.tokenType === NumberLiteral && (previous?.tokenType === Word || previous?.tokenType.CATEGORIES?.includes(Word))) return `${JOINED}: ${previous.image} = ${actual.image}`;
    if ((expected === RParen && actual.tokenType === RSquare) || (expected === RSquare && actual.tokenType === RParen)) return `expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}: ${CLOSES}`;
    if (expected === RParen || expected === RSquare) {
      return `expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}; arguments are separated by commas`;
    }
    if (expected === Group && isWord(previous) && isWord(actual) && previous.tokenType !== Else) return `${ONE_WORD}: ${previous.image}_${actual.image}`;
    if (expected === Group) return `expected { … }${after(previous)}, found ${found(actual)}`;
    return `expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}`;
  },
  buildNotAllInputParsedMessage({ firstRedundant }) {
    const type = firstRedundant.tokenType;
    if (type === LSquare) return NO_INDEX;
    if (type === Comma) return LAYER_COMMA;
    if (type === As) return NO_RESULT;
    if (type === Word || type.CATEGORIES?.includes(Word)) {
      return `${found(firstRedundant)} begins something new; write -> between layers, or begin a new line`;
    }
    if (type === Equals) return "'=' does not belong here; let NAME = … names a value, and … as NAME a result";
    if (type === NumberLiteral) return `${found(firstRedundant)} stands alone; arguments go in parentheses, separated by commas`;
    return `${found(firstRedundant)} does not belong here`;
  },
  buildNoViableAltMessage({ actual, previous, ruleName }) {
    const first = actual[0];
    if (previous?.tokenType === Repeat) return `repeat needs a number and a body: repeat 3 { … }; found ${found(first)}`;
    if (ruleName === "entry") return `a setting is a name, = and a value: ${previous?.image ?? "epochs"} = …; found ${found(first)}${after(previous)}`;
    if (first?.tokenType === As) return NO_RESULT;
    if (first?.tokenType === Arrow) return "a -> needs a layer or a name before it";
    return `expected a layer, a name or a value${after(previous)}, found ${found(first)}`;
  },
  buildEarlyExitMessage({ actual, previous }) {
    return `expected more${after(previous)}, found ${found(actual[0])}`;
  },
};

const NO_INDEX = "'[' does not belong here: arguments go in parentheses, and a loop takes lists apart: for f, n in [[64, 2], [128, 1]] { … }";

/** mends/written.ts goes by these. */
export const ASSIGNED = "a result's name stands behind it: dense(8) as hidden; let NAME = … is for values, and for what is computed beside the flow";
export const OUTPUTS = "output names results: dense(3) as y, and then output y; without it a model gives what flows last";
export const COMMAS = "settings stand one after another, without commas";
export const LAYER_COMMA = "',' does not belong here: layers stand one under another, or are chained by ->";
export const JOINED = "an argument's name and value are joined by =";
export const CLOSES = "a bracket closes as it opens";
export const ONE_WORD = "a name is one word";
export const SHAPELESS = "an input has a shape behind its name";
export const NAMELESS = "a name stands before the braces:";

const NO_RESULT = "as stands behind the layer whose result it names: dense(8) as hidden";

const isWord = (token: IToken | undefined): token is IToken => token?.tokenType === Name;

function found(token: IToken | undefined): string {
  if (!token || token.tokenType === EOF || token.image === "") return "the end of the line";
  if (token.tokenType === Group || token.tokenType === LCurly) return "'{'";
  return `'${token.image}'`;
}

function after(previous: IToken | undefined): string {
  return previous && previous.image && previous.tokenType !== EOF ? ` after '${previous.tokenType === Group ? "}" : previous.image}'` : "";
}
