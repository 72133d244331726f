/**
 * The syntax tree. Nodes carry spans relative to the line of the statement that they belong to, so that an unchanged
 * line keeps its tree when lines above it come and go (see layout.ts). A `Site` makes a span absolute.
 */

/** A line of the document: lexed and parsed once per text, its number kept current by the document. */
export interface LineRef {
  /** 0-based, as of the document's newest version. */
  readonly number: number;
  /** Of a line that has been read. */
  readonly text?: string;
}

/** 0-based columns in UTF-16 units; lines relative to the statement's first line. End exclusive. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly endLine: number;
  readonly end: number;
}

/** An absolute place: survives edits elsewhere in the file. */
export interface Site {
  readonly file: string;
  readonly line: LineRef;
  readonly span: Span;
}

export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export function rangeOf(site: Site): Range {
  const base = site.line.number;
  return {
    start: { line: base + site.span.line, character: site.span.start },
    end: { line: base + site.span.endLine, character: site.span.end },
  };
}

export interface Name {
  readonly text: string;
  readonly span: Span;
}

// Expressions

export type Expr =
  | { readonly kind: "number"; readonly value: number; readonly text: string; readonly span: Span }
  | { readonly kind: "text"; readonly value: string; readonly span: Span }
  | { readonly kind: "bool"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "list"; readonly items: readonly Expr[]; readonly span: Span }
  | { readonly kind: "unary"; readonly op: "-" | "not"; readonly operand: Expr; readonly span: Span }
  | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr; readonly opSpan: Span; readonly span: Span }
  | { readonly kind: "conditional"; readonly test: Expr; readonly yes: Expr; readonly no: Expr; readonly span: Span }
  | CallExpr
  | { readonly kind: "chain"; readonly links: readonly Expr[]; readonly span: Span }
  /** `x as name` */
  | { readonly kind: "as"; readonly operand: Expr; readonly name: Name; readonly span: Span }
  /** `x : [26, 26, 8]` */
  | { readonly kind: "ascribe"; readonly operand: Expr; readonly shape: Expr; readonly span: Span }
  /** `repeat`, `for` or `if` within a chain: `x -> repeat 3 { … } -> relu`. */
  | { readonly kind: "control"; readonly node: Statement; readonly span: Span }
  /** `( x )`, kept for the formatter. */
  | { readonly kind: "group"; readonly inner: Expr; readonly span: Span }
  /** Where the text could not be understood; already reported. */
  | { readonly kind: "missing"; readonly span: Span };

export type BinaryOp = "+" | "-" | "*" | "/" | "div" | "%" | "**" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or" | "..";

/** `conv2d(16, 3)`, `concat { … } { … }`, `concat(axis = 1) for h in [3, 4] { … }`. */
export interface CallExpr {
  readonly kind: "call";
  readonly callee: Name;
  readonly args: readonly Arg[];
  /** Between the parentheses, these included; undefined if there are none. */
  readonly argsSpan: Span | undefined;
  readonly branches: readonly Body[];
  /** The loop that makes branches. */
  readonly loop: Loop | undefined;
  readonly span: Span;
}

/** Once for each entry of a list; several variables take its entries, lists themselves, apart. */
export interface Loop {
  readonly variables: readonly Name[];
  readonly over: Expr;
  readonly body: Body;
}

export interface Arg {
  readonly name: Name | undefined;
  readonly value: Expr;
  readonly span: Span;
}

// Statements

export interface Body {
  readonly statements: readonly Placed[];
  /** The braces, these included; the end is the statement's end where the closing one is missing. */
  readonly span: Span;
}

/** A statement and the line that its spans count from; undefined where that is the line of what surrounds it. */
export interface Placed {
  readonly line: LineRef | undefined;
  /** It has a syntax error: what else seems wrong with it follows from that. */
  readonly broken?: boolean;
  readonly node: Statement;
}

export type Statement =
  | { readonly kind: "flow"; readonly value: Expr; readonly span: Span }
  | { readonly kind: "let"; readonly name: Name; readonly value: Expr; readonly span: Span }
  | { readonly kind: "input"; readonly name: Name; readonly dtype: Name | undefined; readonly shape: Expr; readonly span: Span }
  | { readonly kind: "output"; readonly names: readonly Name[]; readonly span: Span }
  | { readonly kind: "shared"; readonly name: Name; readonly value: Expr; readonly span: Span }
  | { readonly kind: "repeat"; readonly count: Expr; readonly body: Body; readonly span: Span }
  | ({ readonly kind: "for"; readonly span: Span } & Loop)
  | { readonly kind: "if"; readonly test: Expr; readonly body: Body; readonly otherwise: Body | undefined; readonly span: Span }
  | { readonly kind: "budget"; readonly settings: Settings; readonly span: Span }
  | { readonly kind: "error"; readonly span: Span };

// Declarations

export type Declaration = DataDecl | ModelDecl | TrainDecl | ImportDecl;

interface DeclBase {
  readonly line: LineRef;
  readonly span: Span;
  /** Markdown of the `///` lines above. */
  readonly doc: string | undefined;
  /** It stands in the body of another one, which is reported. */
  readonly nested?: true;
}

export interface DataDecl extends DeclBase {
  readonly kind: "data";
  readonly name: Name;
  readonly settings: Settings;
}

/** A model, or a block (`kind`). */
export interface ModelDecl extends DeclBase {
  readonly kind: "model" | "block";
  readonly name: Name;
  readonly params: readonly ParamDecl[];
  readonly body: Body;
}

export interface ParamDecl {
  readonly name: Name;
  readonly default: Expr | undefined;
  readonly span: Span;
}

export interface TrainDecl extends DeclBase {
  readonly kind: "train";
  readonly model: Name;
  /** `train LeNet(classes = 3) on iris`. */
  readonly args: readonly Arg[];
  readonly data: Name | undefined;
  /** `train LeNet on digits as quick`: what its weights and its run are called; the model's name where there is none. */
  readonly as: Name | undefined;
  readonly settings: Settings;
}

export const runName = ({ as, model }: TrainDecl): string => as?.text || model.text;

export interface ImportDecl extends DeclBase {
  readonly kind: "import";
  readonly names: readonly Name[];
  readonly path: { readonly value: string; readonly span: Span } | undefined;
}

/** `{ key = value … }`; a budget's entries compare instead. */
export interface Settings {
  readonly entries: readonly Entry[];
  /** Some line of it has a syntax error: what is missing may be there. */
  readonly broken: boolean;
  readonly span: Span;
}

export interface Entry {
  readonly key: Name;
  readonly op: "=" | "<=" | ">=" | "<" | ">";
  readonly value: Expr;
  readonly span: Span;
  readonly line: LineRef | undefined;
}

/** What a whole text is. */
export interface File {
  readonly path: string;
  readonly declarations: readonly Declaration[];
  readonly problems: SyntaxProblem[];
}

export interface SyntaxProblem extends WayOut {
  readonly line: LineRef;
  readonly span: Span;
  readonly code: string;
  readonly message: string;
}

/** What would do about a problem, as far as its place is known when it is found. */
export interface WayOut {
  /** What to write instead of the problem's span. */
  readonly instead?: string;
  readonly fix?: { readonly title: string; readonly span: Span; readonly text: string };
  readonly cause?: Cause;
}

/** Finer than a code: which of its mends is meant, and the word that it needs. */
export interface Cause {
  readonly kind:
    | "assigned" // x = dense(8)
    | "output-of-layers" // output dense(8)
    | "shapeless-input" // input x
    | "activation-behind" // dense(8, relu): word is the activation
    | "known-channels" // batch_norm(64)
    | "thousands" // dense(1,024), dropout(0,5): word is 1_024, 0.5
    | "twice" // conv2d(8, 3, 1, 2, padding = 1)
    | "script" // import torch …
    | "around"; // relu(dense(8)): word is the layer around
  readonly word?: string;
}
