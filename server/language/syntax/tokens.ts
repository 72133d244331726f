import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";

/** Any word: a name, or a keyword where a name is meant (`label = input`). */
export const Word = createToken({ name: "Word", pattern: Lexer.NA, label: "a name" });
/** A keyword that is only one where a statement or declaration begins; a name elsewhere. */
export const SoftKeyword = createToken({ name: "SoftKeyword", pattern: Lexer.NA, categories: [Word] });
export const BinaryOperator = createToken({ name: "BinaryOperator", pattern: Lexer.NA, label: "an operator" });

export const Name = createToken({ name: "Name", pattern: /[A-Za-z_][A-Za-z0-9_]*/, start_chars_hint: startsOf(/[A-Za-z_]/), categories: [Word], label: "a name" });

const keyword = (text: string, ...categories: TokenType[]) =>
  createToken({ name: text[0]!.toUpperCase() + text.slice(1), pattern: text, longer_alt: Name, categories, label: `'${text}'` });
const soft = (text: string) => keyword(text, SoftKeyword);

export const Data = soft("data");
export const Model = soft("model");
export const Block = soft("block");
export const Train = soft("train");
export const Import = soft("import");
export const From = soft("from");
export const On = soft("on");
export const Let = soft("let");
export const Input = soft("input");
export const Output = soft("output");
export const Shared = soft("shared");
export const Budget = soft("budget");
export const Repeat = soft("repeat");
export const For = keyword("for", Word);
export const If = keyword("if", Word);
export const Else = keyword("else", Word);
export const In = keyword("in", Word);
export const As = keyword("as", Word);
export const True = keyword("true", Word);
export const False = keyword("false", Word);
export const Not = keyword("not", Word);
const And = keyword("and", Word, BinaryOperator);
const Or = keyword("or", Word, BinaryOperator);
const Div = keyword("div", Word, BinaryOperator);

const sign = (name: string, pattern: string, ...categories: TokenType[]) => createToken({ name, pattern, categories, label: `'${pattern}'` });

export const Arrow = sign("Arrow", "->");
export const LParen = sign("LParen", "(");
export const RParen = sign("RParen", ")");
export const LSquare = sign("LSquare", "[");
export const RSquare = sign("RSquare", "]");
export const LCurly = sign("LCurly", "{");
export const RCurly = sign("RCurly", "}");
export const Comma = sign("Comma", ",");
export const Semicolon = sign("Semicolon", ";");
export const Colon = sign("Colon", ":");
export const Question = sign("Question", "?");
export const Equals = sign("Equals", "=");
export const Minus = sign("Minus", "-", BinaryOperator);
export const LessEqual = sign("LessEqual", "<=", BinaryOperator);
export const GreaterEqual = sign("GreaterEqual", ">=", BinaryOperator);
export const Less = sign("Less", "<", BinaryOperator);
export const Greater = sign("Greater", ">", BinaryOperator);
const signs = [
  sign("Power", "**", BinaryOperator),
  sign("EqualsEquals", "==", BinaryOperator),
  sign("NotEquals", "!=", BinaryOperator),
  sign("DotDot", "..", BinaryOperator),
  sign("Plus", "+", BinaryOperator),
  sign("Times", "*", BinaryOperator),
  sign("Divide", "/", BinaryOperator),
  sign("Modulo", "%", BinaryOperator),
];

/** `20_000`, `1e-3`, `.5`, `1K`, `16MiB`. */
export const NumberLiteral = createToken({
  name: "NumberLiteral",
  pattern: /(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?:[KMG](?:iB)?(?![A-Za-z0-9_]))?/,
  start_chars_hint: [..."0123456789."],
  label: "a number",
});
export const Text = createToken({ name: "Text", pattern: /"(?:[^"\\]|\\.)*"/, start_chars_hint: ['"'], label: "text" });
export const UnclosedText = createToken({ name: "UnclosedText", pattern: /"(?:[^"\\]|\\.)*/, start_chars_hint: ['"'], categories: [] });
export const Comment = createToken({ name: "Comment", pattern: /\/\/.*/, start_chars_hint: ["/"], group: "comments" });
const SPACES = " \t\r\f\v\u00a0\ufeff";
const Space = createToken({ name: "Space", pattern: new RegExp(`[${SPACES}]+`), start_chars_hint: [...SPACES], group: Lexer.SKIPPED });

/** Characters that begin no word and no sign, taken together: the lexer's own recovery tries every token at each of them. */
const MEANINGLESS = /[\0-\x08\x0e-\x1f$@\\`~\x7f-\x9f\u00a1-\ufefe\uff00-\uffff]/;
const Meaningless = createToken({ name: "Meaningless", pattern: new RegExp(`${MEANINGLESS.source}+`), start_chars_hint: startsOf(MEANINGLESS), group: "meaningless" });

/** `{ … }` with what stands in it already parsed (layout.ts): one token for the statement around it. */
export const Group = createToken({ name: "Group", pattern: Lexer.NA, label: "'{ … }'" });

export const keywords = [Data, Model, Block, Train, Import, From, On, Let, Input, Output, Shared, Budget, Repeat, For, If, Else, In, As, True, False, Not, And, Or, Div];

// Longer signs before their prefixes.
const lexed: TokenType[] = [
  Space, Comment, Text, UnclosedText, NumberLiteral, ...keywords, Name, Arrow, LessEqual, GreaterEqual, ...signs, Less, Greater, Minus,
  LParen, RParen, LSquare, RSquare, LCurly, RCurly, Comma, Semicolon, Colon, Question, Equals, Meaningless,
];

/**
 * By what a token may begin, all UTF-16 units of one kind: chevrotain would read it out of the pattern, with a parser of
 * patterns that no bundle has (scripts/bundles.mjs). It takes units past 255 together by 255, so some of them do.
 */
function startsOf(one: RegExp): number[] {
  const found: number[] = [];
  for (let unit = 0; unit <= 0xffff; unit += unit < 256 || unit === 0xffff ? 1 : Math.min(128, 0xffff - unit)) if (one.test(String.fromCharCode(unit))) found.push(unit);
  return found;
}

export const vocabulary: TokenType[] = [Word, SoftKeyword, BinaryOperator, Group, ...lexed];
export const newLexer = (skipValidations = true) => new Lexer(lexed, { positionTracking: "onlyOffset", ensureOptimizations: true, skipValidations });
export const lexer = newLexer();

/** Begins a declaration. */
export function isDeclarationWord(type: TokenType): boolean {
  return type === Data || type === Model || type === Block || type === Train || type === Import;
}

/** A statement does not end before a line that begins with one of these, */
const continuing = new Set<TokenType>([Arrow, LCurly, Question, Colon, Comma, RParen, RSquare, Minus, Less, LessEqual, Greater, GreaterEqual, Equals, And, Or, Div, Else, As, ...signs]);
/** nor after a line that ends with one of these. */
const open = new Set<TokenType>([Arrow, Question, Colon, Comma, Minus, Less, LessEqual, Greater, GreaterEqual, And, Or, Div, Not, ...signs]);

export const continuesLine = (type: TokenType): boolean => continuing.has(type);
export const leavesOpen = (type: TokenType): boolean => open.has(type);

const UNITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

export function numberValue(text: string): number {
  const unit = /[KMG](?:iB)?$/.exec(text)?.[0];
  const digits = (unit ? text.slice(0, -unit.length) : text).replaceAll("_", "");
  return Number(digits) * (unit ? UNITS[unit]! : 1);
}

/** An entry stands behind it: a comma there is no last one. */
export const opensEntry = ({ tokenType }: IToken): boolean => tokenType === LParen || tokenType === LSquare || tokenType === Comma;

/** `model Name`, `train Name`, `import {` … at the beginning of a line. */
export function beginsDeclaration(tokens: readonly IToken[]): boolean {
  const [first, second, third] = tokens;
  if (!first || !second) return false;
  const type = first.tokenType;
  if (type === Import) return second.tokenType === LCurly;
  const next = third?.tokenType;
  return (type === Model || type === Block || type === Data || type === Train) && second.tokenType === Name && (next === undefined || next === LCurly || next === LParen || next === On);
}
