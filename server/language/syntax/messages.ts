import { EOF, type IParserErrorMessageProvider, type IToken, tokenLabel, type TokenType } from "chevrotain";
import { forgettable } from "../forget.ts";
import { spanOf } from "./spans.ts";
import { Arrow, As, Colon, Comma, Else, Equals, For, Group, Import, Input, LCurly, LParen, LSquare, Name, NumberLiteral, Output, RParen, RSquare, Repeat, Semicolon, Text, Word } from "./tokens.ts";
import type { Cause, Span, WayOut } from "./tree.ts";

/** What would do about the errors of the statement that is being parsed, by their messages: chevrotain hands on no more than these. */
const ways = new Map<string, WayOut>();

function said(message: string, way: WayOut): string {
  ways.set(message, way);
  return message;
}

/** Of that statement. Recovery has skipped some by the time that an error is said. */
let tokens: readonly IToken[] = [];

const CLOSING: ReadonlySet<TokenType> = new Set([RParen, RSquare]);

export const wayOut = (message: string): WayOut | undefined => ways.get(message);

export function beginWays(statement: readonly IToken[]): void {
  ways.clear();
  tokens = statement;
}

forgettable(() => beginWays([]));

/** What stands before and behind a token; before the end, the last one. */
const priorTo = (token: IToken): IToken | undefined => (token.tokenType === EOF ? tokens[tokens.length - 1] : tokens[tokens.indexOf(token) - 1]);
const nextTo = (token: IToken): IToken | undefined => tokens[tokens.indexOf(token) + 1];

const fix = (message: string, title: string, span: Span, text: string): string => said(message, { fix: { title, span, text } });
/** Where something is missing: before a token, and behind one. */
const before = (token: IToken): Span => ({ ...spanOf(token), endLine: spanOf(token).line, end: spanOf(token).start });
const behind = (token: IToken): Span => ({ ...spanOf(token), line: spanOf(token).endLine, start: spanOf(token).end });

/** Syntax errors in words a newcomer understands: what was expected, what stands there, what to do. */
export const errorMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage({ expected, actual, previous: known }) {
    // Recovery has skipped tokens by then.
    const previous = known && !(known.startOffset < actual.startOffset) && actual.tokenType !== EOF ? undefined : known;
    if (actual.tokenType === LSquare && (expected === RParen || expected === Group)) return NO_INDEX;
    if (expected === RParen && actual.tokenType === Comma && previous?.tokenType === NumberLiteral) return "sizes stand in [ ]: [28, 28, 1]";
    if (expected === LSquare && actual.tokenType === EOF) return said(`an input has a shape behind its name: input ${previous?.image ?? "image"} [28, 28, 1]; a block has none of its own, what flows in is called in`, SHAPELESS);
    if (previous?.tokenType === Output) return said(OUTPUTS, OF_LAYERS);
    if (expected === Word && (actual.tokenType === Group || actual.tokenType === LCurly) && previous) return fix(`a name stands before the braces: ${previous.image} Net { … }`, "Call it Net", before(actual), "Net ");
    if (expected === LSquare) return `expected '['${after(previous)}, found ${found(actual)}: sizes stand in [ ], as in input image [28, 28, 1]`;
    if (expected === LCurly && previous?.tokenType === Import) return `an import names blocks in { }: import { Residual } from "./blocks.nnet"; found ${found(actual)}`;
    if ((expected === RParen || expected === RSquare) && actual.tokenType === EOF) {
      const message = `expected ${tokenLabel(expected)}${after(previous)}, found the end of the line`;
      const last = priorTo(actual);
      return last ? fix(message, `Close it with ${closer(expected)}`, behind(last), closer(expected)) : message;
    }
    if (expected === RParen && actual.tokenType === Colon) {
      const value = nextTo(actual);
      const [name, given] = [priorTo(actual), value?.tokenType === NumberLiteral || value?.tokenType === Text];
      const message = `a parameter is a name, and what it is where nothing is given: ${name?.image ?? "units"} = 8`;
      return given || !value ? fix(message, "Write =", spanOf(actual), " =") : fix(message, "Remove the type", { ...spanOf(actual), end: spanOf(value).end }, "");
    }
    if (expected === RParen && priorTo(actual)?.tokenType === Input) return "a body stands in { }: model Net { input x [8] … }";
    if (expected === RParen && actual.tokenType === NumberLiteral && (previous?.tokenType === Word || previous?.tokenType.CATEGORIES?.includes(Word))) return fix(`an argument's name and value are joined by =: ${previous.image} = ${actual.image}`, "Write =", before(actual), "= ");
    if ((expected === RParen && actual.tokenType === RSquare) || (expected === RSquare && actual.tokenType === RParen)) return fix(`expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}: a bracket closes as it opens`, `Close it with ${closer(expected)}`, spanOf(actual), closer(expected));
    if (expected === RParen || expected === RSquare) {
      const message = `expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}; arguments are separated by commas`;
      if (actual.tokenType === Semicolon) return fix(message, "Write a comma", spanOf(actual), ",");
      const prior = priorTo(actual);
      return prior ? fix(message, "Put a comma between them", behind(prior), ",") : message;
    }
    if (expected === Group && isWord(previous) && isWord(actual) && previous.tokenType !== Else) {
      const [{ endLine, end }, next] = [spanOf(previous), before(actual)];
      return fix(`a name is one word: ${previous.image}_${actual.image}`, `Write ${previous.image}_${actual.image}`, { ...next, line: endLine, start: end }, "_");
    }
    if (expected === Group) return `expected { … }${after(previous)}, found ${found(actual)}`;
    return `expected ${tokenLabel(expected)}${after(previous)}, found ${found(actual)}`;
  },
  buildNotAllInputParsedMessage({ firstRedundant }) {
    const type = firstRedundant.tokenType;
    if (type === LSquare) return NO_INDEX;
    if (type === Comma) {
      const next = nextTo(firstRedundant);
      const chained = next && spanOf(next).line === spanOf(firstRedundant).line;
      return chained ? fix(LAYER_COMMA, "Write ->", spanOf(firstRedundant), " ->") : fix(LAYER_COMMA, "Remove the comma", spanOf(firstRedundant), "");
    }
    if (type === As) return NO_RESULT;
    if (type === Word || type.CATEGORIES?.includes(Word)) {
      const prior = priorTo(firstRedundant);
      if (prior?.tokenType === NumberLiteral && prior === tokens[0]) {
        const written = `${firstRedundant.image}(${prior.image})`;
        return fix(`a layer's arguments stand behind it: ${written}`, `Write ${written}`, { ...spanOf(prior), endLine: spanOf(firstRedundant).endLine, end: spanOf(firstRedundant).end }, written);
      }
      const message = `${found(firstRedundant)} begins something new; write -> between layers, or begin a new line`;
      const next = nextTo(firstRedundant)?.tokenType;
      const layers = prior?.tokenType === RParen || (isWord(prior) && (next === LParen || next === Arrow));
      return layers ? fix(message, "Put -> between them", before(firstRedundant), "-> ") : message;
    }
    if (type === Equals) return "'=' does not belong here; let NAME = … names a value, and … as NAME a result";
    if (type === NumberLiteral) return `${found(firstRedundant)} stands alone; arguments go in parentheses, separated by commas`;
    const message = `${found(firstRedundant)} does not belong here`;
    // One too many, or what is left of a list that layers stood in.
    const left = tokens.slice(tokens.indexOf(firstRedundant)).filter((k) => k.tokenType !== EOF);
    const { endLine, end } = spanOf(left[left.length - 1] ?? firstRedundant);
    return left.every((k) => CLOSING.has(k.tokenType)) ? fix(message, "Remove it", { ...spanOf(firstRedundant), endLine, end }, "") : message;
  },
  buildNoViableAltMessage({ actual, previous, ruleName }) {
    const first = actual[0];
    if (previous?.tokenType === Repeat) return `repeat needs a number and a body: repeat 3 { … }; found ${found(first)}`;
    if (ruleName === "entry") return `a setting is a name, = and a value: ${previous?.image ?? "epochs"} = …; found ${found(first)}${after(previous)}`;
    if (first?.tokenType === For) return "a loop goes over a list or a range, behind in: for i in 0..3 { … }";
    if (first?.tokenType === As) return NO_RESULT;
    if (first?.tokenType === Arrow) return "a -> needs a layer or a name before it";
    return `expected a layer, a name or a value${after(previous)}, found ${found(first)}`;
  },
  buildEarlyExitMessage({ actual, previous }) {
    return `expected more${after(previous)}, found ${found(actual[0])}`;
  },
};

const NO_INDEX = "'[' does not belong here: arguments go in parentheses, and a loop takes lists apart: for f, n in [[64, 2], [128, 1]] { … }";

const ASSIGNED = "a result's name stands behind it: dense(8) as hidden; let NAME = … is for values, and for what is computed beside the flow";
const OUTPUTS = "output names results: dense(3) as y, and then output y; without it a model gives what flows last";
const LAYER_COMMA = "',' does not belong here: layers stand one under another, or are chained by ->";
const SHAPELESS: { readonly cause: Cause } = { cause: { kind: "shapeless-input" } };
const OF_LAYERS: { readonly cause: Cause } = { cause: { kind: "output-of-layers" } };

/** Errors of what is read all the same, as what is meant. */
export const asMeant = {
  assigned: (): string => said(ASSIGNED, { cause: { kind: "assigned" } }),
  outputOfLayers: (): string => said(OUTPUTS, OF_LAYERS),
  comma: (comma: IToken): string => fix("settings stand one after another, without commas", "Remove the comma", spanOf(comma), ""),
  colon: (key: IToken, colon: IToken, sign: string): string => {
    const apart = spanOf(colon).start > spanOf(key).end;
    return fix(`a setting is a name, ${sign} and a value: ${key.image} ${sign} …; found ':' after '${key.image}'`, `Write ${sign}`, spanOf(colon), apart ? sign : ` ${sign}`);
  },
  bare: (callee: IToken, args: string, span: Span): string => fix(`arguments stand in parentheses, separated by commas: ${callee.image}(${args})`, `Write ${callee.image}(${args})`, { ...span, line: spanOf(callee).endLine, start: spanOf(callee).end }, `(${args})`),
};

const NO_RESULT = "as stands behind the layer whose result it names: dense(8) as hidden";

const closer = (type: TokenType): string => (type === RParen ? ")" : "]");

const isWord = (token: IToken | undefined): token is IToken => token?.tokenType === Name;

function found(token: IToken | undefined): string {
  if (!token || token.tokenType === EOF || token.image === "") return "the end of the line";
  if (token.tokenType === Group || token.tokenType === LCurly) return "'{'";
  return `'${token.image}'`;
}

function after(previous: IToken | undefined): string {
  return previous && previous.image && previous.tokenType !== EOF ? ` after '${previous.tokenType === Group ? "}" : previous.image}'` : "";
}
