import { EarlyExitException, EmbeddedActionsParser, EOF, MismatchedTokenException, type IRecognitionException, type IToken, NoViableAltException, type TokenType } from "chevrotain";
import { lateLookahead } from "./lookahead.ts";
import { asMeant, beginWays, errorMessages } from "./messages.ts";
import { operatorTree, type Piece } from "./operators.ts";
import { join, nameOf, NOWHERE, spanOf } from "./spans.ts";
import * as t from "./tokens.ts";
import type { Arg, Body, CallExpr, Entry, Expr, Name, ParamDecl, Settings, Span, Statement } from "./tree.ts";

const NO_SETTINGS: Settings = { entries: [], broken: true, span: NOWHERE };
/** A statement of which nothing could be read. */
const UNREAD: Statement = { kind: "error", span: NOWHERE };
const NO_NAME: Name = { text: "", span: NOWHERE };
const NO_BODY: Body = { statements: [], span: NOWHERE };

/** A `{ … }` that layout.ts has already read: a body, or settings, by what stands before it. */
export interface GroupToken extends IToken {
  readonly body: Body | undefined;
  readonly settings: Settings | undefined;
}

export type Header =
  | { readonly kind: "data"; readonly name: Name; readonly settings: Settings | undefined }
  | { readonly kind: "model" | "block"; readonly name: Name; readonly params: readonly ParamDecl[]; readonly body: Body | undefined }
  | { readonly kind: "train"; readonly model: Name; readonly args: readonly Arg[]; readonly data: Name | undefined; readonly as: Name | undefined; readonly settings: Settings | undefined }
  | { readonly kind: "import"; readonly names: readonly Name[]; readonly path: { readonly value: string; readonly span: Span } | undefined };

/** What chevrotain does not declare of itself. */
interface Internals {
  readonly RULE_STACK_IDX: number;
  getCurrRuleFullName(): string;
  SAVE_ERROR<E extends IRecognitionException>(error: E): E;
}

const LOOKAHEAD = 2;

/** Rules open at once, seven a bracket. */
const DEEPEST_RECOVERY = 60;

/**
 * Parses one statement, settings line or declaration header at a time: layout.ts decides where each ends, so an error
 * stays within its own.
 */
export class NnetParser extends EmbeddedActionsParser {
  /** Within the middle of `? :`, where `:` does not ascribe. */
  private inThen = 0;
  /** Before the braces of `repeat`, `for` and `if`, where `{` does not begin a branch. */
  private inHead = 0;
  /** Within brackets, where arguments that stand alone are a slip of another kind. */
  private inBrackets = 0;

  /** The grammar does not change while it runs: a test validates it, and a start goes without. */
  constructor(skipValidations = true) {
    super(t.vocabulary, { recoveryEnabled: true, maxLookahead: LOOKAHEAD, lookaheadStrategy: lateLookahead(LOOKAHEAD), errorMessageProvider: errorMessages, skipValidations });
    this.performSelfAnalysis();
  }

  begin(tokens: IToken[]): void {
    this.input = tokens;
    this.inThen = 0;
    this.inHead = 0;
    this.inBrackets = 0;
    beginWays(tokens);
  }

  // Errors: chevrotain works out all that could stand there, for each of them anew, and these messages never name it.

  raiseNoAltException(): never {
    throw this.saved(new NoViableAltException(errorMessages.buildNoViableAltMessage({ expectedPathsPerAlt: [], ...this.place() }), this.LA(1), this.LA(0)));
  }

  raiseEarlyExitException(): never {
    throw this.saved(new EarlyExitException(errorMessages.buildEarlyExitMessage({ expectedIterationPaths: [], ...this.place() }), this.LA(1), this.LA(0)));
  }

  /** Recovery looks through all rules that are open, in each of them: deep in brackets it is left to those farther out. */
  get recoveryEnabled(): boolean {
    return !((this as unknown as Internals).RULE_STACK_IDX >= DEEPEST_RECOVERY);
  }

  set recoveryEnabled(_: boolean) {}

  private place(): { actual: IToken[]; previous: IToken; ruleName: string } {
    return { actual: [this.LA(1)], previous: this.LA(0), ruleName: (this as unknown as Internals).getCurrRuleFullName() };
  }

  private saved<E extends IRecognitionException>(error: E): E {
    return (this as unknown as Internals).SAVE_ERROR(error);
  }

  // Statements

  statement = this.RULE("statement", (): Statement => {
    const first = this.LA(1);
    return this.OR({ IGNORE_AMBIGUITIES: true, DEF: [
      { GATE: () => this.wordAfter(t.Let), ALT: () => this.SUBRULE(this.letStatement) },
      { GATE: () => this.wordAfter(t.Input), ALT: () => this.SUBRULE(this.inputStatement) },
      { GATE: () => this.wordAfter(t.Output), ALT: () => this.SUBRULE(this.outputStatement) },
      { GATE: () => this.wordAfter(t.Shared), ALT: () => this.SUBRULE(this.sharedStatement) },
      { GATE: () => this.LA(1).tokenType === t.Name && this.LA(2).tokenType === t.Equals, ALT: () => this.SUBRULE(this.assignment) },
      { GATE: () => this.LA(1).tokenType === t.Budget && this.LA(2).tokenType === t.Group, ALT: () => this.SUBRULE(this.budgetStatement) },
      {
        ALT: () => {
          const value = this.SUBRULE(this.conditional);
          return value.kind === "control" ? value.node : { kind: "flow" as const, value, span: this.from(first) };
        },
      },
    ] });
  }, { recoveryValueFunc: () => UNREAD });

  /** Python: `x = dense(8)(x)`, `hidden = dense(8)`. Reported, and read as what is meant: the flow goes on, with that name. */
  private assignment = this.RULE("assignment", (): Statement => {
    const first = this.LA(1);
    const name = this.SUBRULE(this.word);
    const equals = this.CONSUME(t.Equals);
    this.ACTION(() => this.saved(new MismatchedTokenException(asMeant.assigned(), equals, first)));
    const value = this.SUBRULE(this.conditional);
    return this.ACTION((): Statement => ({ kind: "flow", value: this.assigned(name, value), span: this.from(first) }));
  }, { recoveryValueFunc: () => UNREAD });

  private assigned(name: Name, value: Expr): Expr {
    const [only] = value.kind === "call" && value.args.length === 1 ? value.args : [];
    if (value.kind === "call" && only?.value.kind === "name" && only.value.name === name.text) return { kind: "name", name: value.callee.text, span: value.callee.span };
    const from = this.LA(1).tokenType === t.LParen && this.LA(2).tokenType === t.Name ? nameOf(this.LA(2)) : undefined;
    if (from?.text === name.text) return value;
    const whole: Expr = from ? { kind: "chain", links: [{ kind: "name", name: from.text, span: from.span }, value], span: join(value.span, from.span) } : value;
    if (whole.kind === "chain") return { ...whole, links: [...whole.links.slice(0, -1), { kind: "as", operand: whole.links[whole.links.length - 1]!, name, span: whole.span }] };
    return { kind: "as", operand: whole, name, span: join(name.span, whole.span) };
  }

  private letStatement = this.RULE("letStatement", (): Statement => {
    const first = this.CONSUME(t.Let);
    const name = this.SUBRULE(this.word);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.conditional);
    return { kind: "let", name, value, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private inputStatement = this.RULE("inputStatement", (): Statement => {
    const first = this.CONSUME(t.Input);
    // Without a name it is read on, and said later.
    let name = NO_NAME;
    let dtype: Name | undefined;
    this.OPTION(() => {
      name = this.SUBRULE(this.word);
      this.OPTION2(() => (dtype = this.SUBRULE2(this.word)));
    });
    const shape = this.SUBRULE(this.list);
    return { kind: "input", name, dtype, shape, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private outputStatement = this.RULE("outputStatement", (): Statement => {
    const first = this.CONSUME(t.Output);
    const names: Name[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => names.push(this.SUBRULE(this.word)) });
    this.ACTION(() => this.LA(1).tokenType !== EOF && this.saved(new MismatchedTokenException(asMeant.outputOfLayers(), first, this.LA(0))));
    return { kind: "output", names, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private sharedStatement = this.RULE("sharedStatement", (): Statement => {
    const first = this.CONSUME(t.Shared);
    const name = this.SUBRULE(this.word);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.conditional);
    return { kind: "shared", name, value, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private budgetStatement = this.RULE("budgetStatement", (): Statement => {
    const first = this.CONSUME(t.Budget);
    const group = this.CONSUME(t.Group) as GroupToken;
    return { kind: "budget", settings: group.settings ?? NO_SETTINGS, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private repeatStatement = this.RULE("repeatStatement", (): Statement => {
    const first = this.CONSUME(t.Repeat);
    const count = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.body);
    return { kind: "repeat", count, body, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private forStatement = this.RULE("forStatement", (): Statement => {
    const first = this.CONSUME(t.For);
    const variables = this.SUBRULE(this.variables);
    this.CONSUME(t.In);
    const over = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.body);
    return { kind: "for", variables, over, body, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private ifStatement = this.RULE("ifStatement", (): Statement => {
    const first = this.CONSUME(t.If);
    const test = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.body);
    let otherwise: Body | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Else);
      this.OR([
        {
          ALT: () => {
            const node: Statement = this.SUBRULE(this.ifStatement);
            otherwise = this.ACTION(() => ({ statements: [{ line: undefined, node }], span: node.span }));
          },
        },
        { ALT: () => (otherwise = this.SUBRULE2(this.body)) },
      ]);
    });
    return { kind: "if", test, body, otherwise, span: this.from(first) };
  }, { recoveryValueFunc: () => UNREAD });

  private body = this.RULE("body", (): Body => {
    const group = this.CONSUME(t.Group) as GroupToken;
    return group.body ?? NO_BODY;
  }, { recoveryValueFunc: () => NO_BODY });

  /** An expression before braces. */
  private head = this.RULE("head", (): Expr => {
    this.inHead++;
    const value = this.SUBRULE(this.conditional);
    this.inHead--;
    return value;
  }, { recoveryValueFunc: () => this.missing() });

  // Declarations

  header = this.RULE("header", (): Header => {
    return this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Data);
          const name = this.SUBRULE(this.word);
          const group = this.CONSUME(t.Group) as GroupToken;
          return { kind: "data" as const, name, settings: group.settings };
        },
      },
      { ALT: () => (this.CONSUME(t.Model), this.SUBRULE(this.bodyHeader, { ARGS: ["model"] })) },
      { ALT: () => (this.CONSUME(t.Block), this.SUBRULE2(this.bodyHeader, { ARGS: ["block"] })) },
      {
        ALT: () => {
          this.CONSUME(t.Train);
          const model = this.SUBRULE2(this.word);
          let args: readonly Arg[] = [];
          let data: Name | undefined;
          this.OPTION(() => (args = this.SUBRULE(this.args)));
          this.OPTION2(() => {
            this.CONSUME(t.On);
            data = this.SUBRULE3(this.word);
          });
          let as: Name | undefined;
          this.OPTION3(() => {
            this.CONSUME(t.As);
            as = this.SUBRULE5(this.word);
          });
          const group = this.CONSUME2(t.Group) as GroupToken;
          return { kind: "train" as const, model, args, data, as, settings: group.settings };
        },
      },
      {
        ALT: () => {
          const names: Name[] = [];
          this.CONSUME(t.Import);
          this.CONSUME(t.LCurly);
          this.MANY_SEP({ SEP: t.Comma, DEF: () => names.push(this.SUBRULE4(this.word)) });
          this.CONSUME(t.RCurly);
          this.CONSUME(t.From);
          const path = this.CONSUME(t.Text);
          return { kind: "import" as const, names, path: this.ACTION(() => ({ value: unquote(path.image), span: spanOf(path) })) };
        },
      },
    ]);
  });

  private bodyHeader = this.RULE("bodyHeader", (kind: "model" | "block"): Header => {
    const name = this.SUBRULE(this.word);
    const params: ParamDecl[] = [];
    this.OPTION(() => {
      this.CONSUME(t.LParen);
      this.MANY_SEP({ SEP: t.Comma, DEF: () => params.push(this.SUBRULE(this.param)) });
      this.CONSUME(t.RParen);
    });
    const group = this.CONSUME(t.Group) as GroupToken;
    return { kind, name, params, body: group.body };
  });

  private param = this.RULE("param", (): ParamDecl => {
    const first = this.LA(1);
    const name = this.SUBRULE(this.word);
    let value: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      value = this.SUBRULE(this.conditional);
    });
    return { name, default: value, span: this.from(first) };
  }, { recoveryValueFunc: () => ({ name: NO_NAME, default: undefined, span: NOWHERE }) });

  /** One line of settings: entries one after another; a `:` in one is read as `colon`. */
  entries = this.RULE("entries", (colon: "=" | "<=" = "="): Entry[] => {
    const entries: Entry[] = [];
    this.MANY(() => {
      entries.push(this.SUBRULE(this.entry, { ARGS: [colon] }));
      this.OPTION(() => {
        const comma = this.CONSUME(t.Comma);
        this.ACTION(() => this.saved(new MismatchedTokenException(asMeant.comma(comma), comma, this.LA(0))));
      });
    });
    return entries;
  }, { recoveryValueFunc: () => [] });

  private entry = this.RULE("entry", (colon: "=" | "<="): Entry => {
    const first = this.LA(1);
    const key = this.SUBRULE(this.word);
    const op = this.OR([
      { ALT: () => this.CONSUME(t.Equals) },
      { ALT: () => this.CONSUME(t.LessEqual) },
      { ALT: () => this.CONSUME(t.GreaterEqual) },
      { ALT: () => this.CONSUME(t.Less) },
      { ALT: () => this.CONSUME(t.Greater) },
      { ALT: () => this.CONSUME(t.Colon) },
    ]);
    this.ACTION(() => op.tokenType === t.Colon && this.saved(new MismatchedTokenException(asMeant.colon(first, op, colon), op, first)));
    const value = this.SUBRULE(this.conditional);
    return { key, op: (op.tokenType === t.Colon ? colon : op.image) as Entry["op"], value, span: this.from(first), line: undefined };
  }, { recoveryValueFunc: () => ({ key: NO_NAME, op: "=" as const, value: this.missing(), span: NOWHERE, line: undefined }) });

  // Expressions

  private conditional = this.RULE("conditional", (): Expr => {
    const test = this.SUBRULE(this.chain);
    let whole: Expr = test;
    this.OPTION(() => {
      this.CONSUME(t.Question);
      this.inThen++;
      const yes = this.SUBRULE(this.conditional);
      this.inThen--;
      this.CONSUME(t.Colon);
      const no = this.SUBRULE2(this.conditional);
      whole = this.ACTION(() => ({ kind: "conditional", test, yes, no, span: join(test.span, no.span) }));
    });
    return whole;
  }, { recoveryValueFunc: () => this.missing() });

  private chain = this.RULE("chain", (): Expr => {
    const links: Expr[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Arrow, DEF: () => links.push(this.SUBRULE(this.link)) });
    return this.ACTION(() => (links.length === 1 ? links[0]! : { kind: "chain", links, span: join(links[0]!.span, links[links.length - 1]!.span) }));
  }, { recoveryValueFunc: () => this.missing() });

  private link = this.RULE("link", (): Expr => {
    let value = this.SUBRULE(this.operators);
    let given = 0;
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.Colon || this.inThen === 0,
      DEF: () => {
        const operand = value;
        // A name or two; each more makes the tree deeper.
        this.ACTION(() => {
          if (++given > 100) throw new RangeError("a result has too many names");
        });
        this.OR([
          {
            ALT: () => {
              this.CONSUME(t.As);
              const name = this.SUBRULE(this.word);
              value = this.ACTION(() => ({ kind: "as", operand, name, span: join(operand.span, name.span) }));
            },
          },
          {
            ALT: () => {
              this.CONSUME(t.Colon);
              const shape = this.SUBRULE2(this.operators);
              value = this.ACTION(() => ({ kind: "ascribe", operand, shape, span: join(operand.span, shape.span) }));
            },
          },
        ]);
      },
    });
    return value;
  }, { recoveryValueFunc: () => this.missing() });

  /** Operands and operators in a row; operators.ts makes the tree by precedence. */
  private operators = this.RULE("operators", (): Expr => {
    const pieces: Piece[] = [];
    this.SUBRULE(this.operand, { ARGS: [pieces] });
    this.MANY(() => {
      const op = this.CONSUME(t.BinaryOperator);
      pieces.push({ op: op.image, span: spanOf(op) });
      this.SUBRULE2(this.operand, { ARGS: [pieces] });
    });
    return this.ACTION(() => operatorTree(pieces));
  }, { recoveryValueFunc: () => this.missing() });

  private operand = this.RULE("operand", (pieces: Piece[]) => {
    this.MANY(() => {
      const prefix = this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.Not) }]);
      this.ACTION(() => pieces.push({ prefix: prefix.tokenType === t.Not ? "not" : "-", span: spanOf(prefix) }));
    });
    const operand = this.SUBRULE(this.atom);
    this.ACTION(() => pieces.push({ operand }));
  });

  private atom = this.RULE("atom", (): Expr => {
    return this.OR({ IGNORE_AMBIGUITIES: true, DEF: [
      { ALT: () => this.literal<Expr>(this.CONSUME(t.NumberLiteral), (k) => ({ kind: "number", value: t.numberValue(k.image), text: k.image, span: spanOf(k) })) },
      { ALT: () => this.literal<Expr>(this.CONSUME(t.Text), (k) => ({ kind: "text", value: unquote(k.image), span: spanOf(k) })) },
      { ALT: () => this.literal<Expr>(this.CONSUME(t.UnclosedText), (k) => ({ kind: "text", value: k.image.slice(1), span: spanOf(k) })) },
      { ALT: () => this.literal<Expr>(this.CONSUME(t.True), (k) => ({ kind: "bool", value: true, span: spanOf(k) })) },
      { ALT: () => this.literal<Expr>(this.CONSUME(t.False), (k) => ({ kind: "bool", value: false, span: spanOf(k) })) },
      { ALT: () => this.literal<Expr>(this.CONSUME(t.In), (k) => ({ kind: "name", name: "in", span: spanOf(k) })) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { GATE: () => this.LA(1).tokenType !== t.Repeat || this.repeats(), ALT: () => this.SUBRULE(this.control) },
      { ALT: () => this.SUBRULE(this.call) },
    ] });
  }, { recoveryValueFunc: () => this.missing() });

  private control = this.RULE("control", (): Expr => {
    const node = this.OR([
      { ALT: () => this.SUBRULE(this.repeatStatement) },
      { ALT: () => this.SUBRULE(this.forStatement) },
      { ALT: () => this.SUBRULE(this.ifStatement) },
    ]);
    return { kind: "control", node, span: node.span };
  }, { recoveryValueFunc: () => this.missing() });

  private list = this.RULE("list", (): Expr => {
    const items: Expr[] = [];
    const first = this.CONSUME(t.LSquare);
    const [then, head] = this.nested();
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.conditional)) });
    this.restore(then, head);
    this.CONSUME(t.RSquare);
    return { kind: "list", items, span: this.from(first) };
  }, { recoveryValueFunc: () => this.missing() });

  private parenthesized = this.RULE("parenthesized", (): Expr => {
    const first = this.CONSUME(t.LParen);
    const [then, head] = this.nested();
    const inner = this.SUBRULE(this.conditional);
    this.restore(then, head);
    this.CONSUME(t.RParen);
    return { kind: "group", inner, span: this.from(first) };
  }, { recoveryValueFunc: () => this.missing() });

  private call = this.RULE("call", (): Expr => {
    const first = this.LA(1);
    const callee = this.OR([
      { ALT: () => this.literal(this.CONSUME(t.Name), nameOf) },
      { ALT: () => this.literal(this.CONSUME(t.SoftKeyword), nameOf) },
    ]);
    let args: readonly Arg[] = [];
    let argsSpan: Span | undefined;
    const branches: Body[] = [];
    let loop: CallExpr["loop"];
    this.OPTION(() => {
      const open = this.LA(1);
      args = this.SUBRULE(this.args);
      argsSpan = this.from(open);
    });
    this.OPTION3({ GATE: () => !argsSpan && this.bareFollow(), DEF: () => ({ args, argsSpan } = this.SUBRULE(this.bareArgs, { ARGS: [first] })) });
    this.MANY({ GATE: () => this.inHead === 0, DEF: () => branches.push(this.SUBRULE(this.body)) });
    this.OPTION2({
      GATE: () => this.inHead === 0,
      DEF: () => {
        this.CONSUME(t.For);
        const variables = this.SUBRULE(this.variables);
        this.CONSUME(t.In);
        const over = this.SUBRULE(this.head);
        loop = { variables, over, body: this.SUBRULE2(this.body) };
      },
    });
    return this.ACTION((): Expr => {
      if (!argsSpan && branches.length === 0 && !loop) return { kind: "name", name: callee.text, span: callee.span };
      return { kind: "call", callee, args, argsSpan, branches, loop, span: this.from(first) };
    });
  }, { recoveryValueFunc: () => this.missing() });

  private args = this.RULE("args", (): Arg[] => {
    const args: Arg[] = [];
    this.CONSUME(t.LParen);
    const [then, head] = this.nested();
    this.MANY_SEP({ SEP: t.Comma, DEF: () => args.push(this.SUBRULE(this.arg)) });
    this.restore(then, head);
    this.CONSUME(t.RParen);
    return args;
  }, { recoveryValueFunc: () => [] });

  /** `conv2d 32 3`: reported, and read as what is meant. */
  private bareArgs = this.RULE("bareArgs", (callee: IToken): Pick<CallExpr, "args" | "argsSpan"> => {
    const args: Arg[] = [];
    const begun = new Set<IToken>();
    const ahead: IToken[] = [];
    this.ACTION(() => {
      for (let i = 1; this.LA(i).tokenType !== EOF; i++) ahead.push(this.LA(i));
    });
    const [then, head] = this.nested();
    const take = (arg: Arg, first: IToken) => (args.push(arg), begun.add(first));
    const first = this.LA(1);
    take(this.SUBRULE(this.bareArg), first);
    this.MANY({
      GATE: () => this.LA(1).tokenType === t.Comma || begins(this.LA(1)) || this.LA(2).tokenType === t.Equals,
      DEF: () => {
        this.OPTION(() => this.CONSUME(t.Comma));
        const next = this.LA(1);
        take(this.SUBRULE2(this.bareArg), next);
      },
    });
    this.restore(then, head);
    const argsSpan = this.from(first);
    this.ACTION(() => {
      const written = ahead.slice(0, ahead.indexOf(this.LA(0)) + 1);
      const text = written.map((k, i) => `${i > 0 && begun.has(k) && written[i - 1]!.tokenType !== t.Comma ? "," : ""}${i > 0 && apart(written[i - 1]!, k) ? " " : ""}${k.image}`).join("");
      this.saved(new MismatchedTokenException(asMeant.bare(callee, text, argsSpan), first, callee));
    });
    return { args, argsSpan };
  }, { recoveryValueFunc: () => ({ args: [], argsSpan: undefined }) });

  /** `name = value` or a value alone, of a rule that says what a value is. */
  private argument(value: () => Expr): Arg {
    const first = this.LA(1);
    let name: Name | undefined;
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Equals,
      DEF: () => {
        name = this.SUBRULE(this.word);
        this.CONSUME(t.Equals);
      },
    });
    return { name, value: value(), span: this.from(first) };
  }

  private noArgument(): Arg {
    return { name: undefined, value: this.missing(), span: NOWHERE };
  }

  private bareArg = this.RULE("bareArg", () => this.argument(() => this.SUBRULE(this.operators)), { recoveryValueFunc: () => this.noArgument() });

  private arg = this.RULE("arg", () => this.argument(() => this.SUBRULE(this.conditional)), { recoveryValueFunc: () => this.noArgument() });

  /** Of a loop: `f`, or `f, n` for the entries of each list. */
  private variables = this.RULE("variables", (): Name[] => {
    const names: Name[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => names.push(this.SUBRULE(this.word)) });
    return names;
  }, { recoveryValueFunc: () => [] });

  private word = this.RULE("word", (): Name => nameOf(this.CONSUME(t.Word)), { recoveryValueFunc: () => NO_NAME });

  // Helpers

  private wordAfter(keyword: TokenType): boolean {
    return this.LA(1).tokenType === keyword && !isFlowSign(this.LA(2));
  }

  /** `repeat 3 { … }`, `repeat (n) { … }`, or what has just been begun; not in a head, whose braces are not its own. */
  private repeats(): boolean {
    if (this.inHead > 0) return false;
    if (this.LA(2).tokenType !== t.LParen) return this.LA(2).tokenType === EOF || !isFlowSign(this.LA(2));
    let depth = 0;
    for (let i = 2; this.LA(i).tokenType !== EOF; i++) {
      if (this.LA(i).tokenType === t.LParen) depth++;
      else if (this.LA(i).tokenType === t.RParen && --depth === 0) return this.LA(i + 1).tokenType !== EOF && !isFlowSign(this.LA(i + 1));
    }
    return false;
  }

  private bareFollow(): boolean {
    const [next, before] = [this.LA(1), this.LA(0)];
    return this.inBrackets === 0 && this.inHead === 0 && begins(next) && apart(before, next);
  }

  private literal<T>(token: IToken, make: (token: IToken) => T): T {
    return make(token);
  }

  private nested(): readonly [number, number] {
    const state = [this.inThen, this.inHead] as const;
    this.inThen = 0;
    this.inHead = 0;
    this.inBrackets++;
    return state;
  }

  private restore(then: number, head: number): void {
    this.inBrackets--;
    this.inThen = then;
    this.inHead = head;
  }

  private from(first: IToken): Span {
    const last = this.LA(0);
    return this.RECORDING_PHASE ? NOWHERE : join(spanOf(first), last.tokenType === EOF ? spanOf(first) : spanOf(last));
  }

  private missing(): Expr {
    return { kind: "missing", span: spanOf(this.LA(0)) };
  }
}

/** What no layer begins with. */
const begins = ({ tokenType }: IToken): boolean => tokenType === t.NumberLiteral || tokenType === t.LSquare || tokenType === t.Text;

const apart = (before: IToken, { startOffset, startLine }: IToken): boolean => startLine !== before.startLine || startOffset > before.startOffset + before.image.length;

function isFlowSign(token: IToken): boolean {
  const type = token.tokenType;
  return type === t.Arrow || type === t.LParen || type === t.As || type === t.Colon || type === EOF;
}

function unquote(image: string): string {
  return image.slice(1, -1).replace(/\\(.)/g, "$1");
}

export const parser = new NnetParser();
