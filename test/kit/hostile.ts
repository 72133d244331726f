/** A text that nobody writes by hand, and the workspace around it. Made when it is asked for: some are large. */
export interface Hostile {
  readonly name: string;
  readonly text: () => string;
  /** Other files by their paths from the text's folder. */
  readonly files?: () => Readonly<Record<string, string>>;
  /** Codes of which one is to be found; none where the text is merely odd. */
  readonly codes: readonly string[];
}

const body = (statements: string, input = "[4]"): string => `model M {\n  input x ${input}\n  ${statements}\n}\n`;
const dense = (units: string): string => body(`dense(${units})`);
const many = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join("\n");
const hostile = (name: string, codes: string, text: () => string, files?: Hostile["files"]): Hostile => ({ name, codes: codes.split(" ").filter(Boolean), text, ...(files && { files }) });

export const hostileTexts: readonly Hostile[] = [
  // Counts and loops
  hostile("repeat 1e12", "evaluation-budget", () => body("repeat 1e12 { dense(3) }")),
  hostile("repeat 1e12 of nothing", "evaluation-budget", () => body("repeat 1e12 { }")),
  hostile("repeat in repeat in repeat", "evaluation-budget", () => body("repeat 1000 { repeat 1000 { repeat 1000 { dense(3) } } }")),
  hostile("a range to 1e12", "range-too-long", () => body("for i in 0..1e12 { dense(3) }")),
  hostile("ranges in ranges", "evaluation-budget", () => body("for i in 0..9999 { for j in 0..9999 { dense(i + j + 1) } }")),
  hostile("concat over 9,999 branches", "", () => body("concat for i in 0..9999 { dense(i + 1) }")),
  hostile("40 blocks that each use the next twice", "evaluation-budget", () => `${many(40, (i) => `block B${i} { B${i + 1}; B${i + 1} }`)}\nblock B40 { relu }\n${body("B0")}`),
  hostile("40 blocks that concat the next with itself", "evaluation-budget", () => `${many(40, (i) => `block B${i} { concat { B${i + 1} } { B${i + 1} } }`)}\nblock B40 { relu }\n${body("B0")}`),
  hostile("a chain of 10,000 blocks", "nesting-too-deep", () => `${many(10_000, (i) => `block B${i} { B${i + 1} }`)}\nblock B10000 { relu }\n${body("B0")}`),
  hostile("a circle of 5,000 blocks", "nesting-too-deep", () => `${many(5000, (i) => `block B${i} { B${(i + 1) % 5000} }`)}\n${body("B0")}`),
  // Nesting
  hostile("10^6 open parentheses", "file-too-large", () => body(`dense(${"(".repeat(1e6)}`)),
  hostile("900,000 open parentheses, 10,000 a line", "too-many-errors nesting-too-deep", () => body(`dense(${many(90, () => "(".repeat(10_000))}`)),
  hostile("10^6 open brackets, one a line", "file-too-large", () => body(`reshape(${"[\n".repeat(1e6)}`)),
  hostile("49,000 open brackets, one a line", "nesting-too-deep", () => body(`reshape(${"[\n".repeat(49_000)}`)),
  hostile("49,000 open braces, one a line", "nesting-too-deep", () => `model M ${"{\n".repeat(49_000)}`),
  hostile("900,000 open braces, 10,000 a line", "nesting-too-deep", () => `model M ${many(90, () => "{".repeat(10_000))}`),
  hostile("10^6 open braces, one a line", "file-too-large", () => `model M ${"{\n".repeat(1e6)}`),
  hostile("900,000 closing braces", "unmatched-brace", () => `${body("dense(3)")}${many(90, () => "}".repeat(10_000))}`),
  hostile("49,000 closing parentheses, one a line", "statement-too-long", () => body(`dense(3\n${")\n".repeat(49_000)}`)),
  hostile("{ and } turn about, 900,000 of them", "syntax-error statement-too-long", () => body(many(90, () => "{}".repeat(5000)))),
  hostile("minus signs in brackets in branches, 30 deep", "", () => body(`${`dense(${"- ".repeat(300)}1) -> add { `.repeat(30)}relu${" } { identity }".repeat(30)}`)),
  hostile("repeat in repeat, 5,000 deep", "nesting-too-deep", () => body(`${"repeat 1 {\n".repeat(5000)} dense(3) ${"}\n".repeat(5000)}`)),
  hostile("add in add, 90 deep", "", () => body(`${"add { ".repeat(90)} relu ${"} { identity }".repeat(90)}`)),
  hostile("add { add } { add }, 12 deep, in one line", "line-too-long", () => body(doubled(12, (inner) => `add { ${inner} } { ${inner} }`, "relu"))),
  hostile("c ? a : b, 1,800 in a line", "", () => dense(`${"true ? 1 : ".repeat(1800)}2`)),
  hostile("c ? a : b, one a line", "statement-too-long", () => dense(`${"true ? 1 :\n".repeat(20_000)}2`)),
  hostile("a conditional in a conditional, 1,800 deep", "", () => dense(`${"true ? ".repeat(1800)}1${" : 2".repeat(1800)}`)),
  hostile("9,000 minus signs", "nesting-too-deep", () => dense(`${"- ".repeat(9000)}2`)),
  hostile("sums over 4,900 lines", "nesting-too-deep", () => dense(`${"1 +\n".repeat(4900)}1`)),
  hostile("sums over 49,000 lines", "statement-too-long", () => dense(`${"1 +\n".repeat(49_000)}1`)),
  hostile("not not not", "nesting-too-deep", () => body(`if ${"not ".repeat(4500)}true { dense(3) }`)),
  hostile("a chain of 49,000 links over lines", "statement-too-long", () => body(`relu\n${"-> relu\n".repeat(49_000)}`)),
  hostile("an error in each of 150 statements, 45 brackets deep", "syntax-error nesting-too-deep", () => body(many(150, (i) => `dense(${"(".repeat(45)}${i} ] ${"x ".repeat(60)}${")".repeat(45)})`))),
  hostile("a bracket left open in each of 30 branches", "unclosed-brace syntax-error one-operand", () => body(`${"add { ( \n".repeat(30)} relu ${"}\n".repeat(30)}`)),
  hostile("900,000 closing brackets", "", () => body(many(90, () => ")]".repeat(5000)))),
  hostile("900,000 signs", "", () => body(`dense(${many(90, () => "<=".repeat(5000))})`)),
  // Numbers
  hostile("dimensions of 1e300", "size-too-large", () => body("dense(3)", "[1e300, 1e300]")),
  hostile("units of 1e300", "bad-argument", () => dense("1e300")),
  hostile("10^4 terms in one line", "nesting-too-deep statement-too-long", () => dense(`1${"+1".repeat(9_000)}`)),
  hostile("10^5 terms", "statement-too-long", () => dense(many(100, () => "1+".repeat(1_000)) + "1")),
  hostile("negative and huge strides, kernels and dilations", "bad-argument", () => body("conv2d(3, -3, stride = -1)\n  conv2d(3, 1e300, stride = 1e300, dilation = 9007199254740993)\n  max_pool2d(0)\n  conv2d(3, 3, padding = -5)\n  upsample2d(1e15) : [1e300, -1, 0.5]", "[64, 64, 3]")),
  hostile("ascriptions with absurd values", "", () => body(many(500, (i) => `dense(3) : [${["1e300", "-1", "0.1", "1 / 0", "2 ** 1000", '"x"', "true", "[[]]", "N ** N"][i % 9]}]`))),
  hostile("a number of 15,000 digits", "bad-argument", () => dense("9".repeat(15_000))),
  hostile("2 ** 2 ** 2 ** 30", "not-finite", () => dense("2 ** 2 ** 2 ** 30")),
  hostile("a tower of powers", "not-finite", () => dense("9 ** 9 ** 9 ** 9 ** 9")),
  hostile("1e308 * 10 - 1e308 * 10", "not-finite", () => dense("1e308 * 10 - 1e308 * 10")),
  hostile("0 / 0, 1 % 0, 1 div 0", "not-finite", () => body("dense(0 / 0)\n  dense(1 % 0)\n  dense(1 div 0)")),
  hostile("-0 and -1", "not-a-size", () => body("dense(-0)\n  dense(-1)", "[-3]")),
  hostile("a product that passes 2^53", "size-too-large", () => body("flatten -> dense(1e15)", "[100000, 100000, 100000]")),
  hostile("a kernel of 1e15", "size-too-large", () => body("conv2d(1e15, 1e15)", "[1e15, 1e15, 1e15]")),
  hostile("stride and dilation of 1e15", "kernel-too-large", () => body("conv2d(3, 3, stride = 1e15)\n  conv2d(3, 3, dilation = 1e15)", "[64, 64, 3]")),
  hostile("upsampled 40 times", "size-too-large", () => body("repeat 40 { upsample2d(1000) }", "[64, 64, 3]")),
  hostile("groups and heads of 1e9", "groups-do-not-divide", () => body("conv2d(1e9, 1, groups = 1e9)\n  flatten -> reshape([-1, 1]) -> attention(1e9)", "[64, 64, 3]")),
  // Symbols
  hostile("a symbol squared 30 times", "reshape-size", () => body("reshape([dim(in, 0) * N])\n".repeat(30), "int [N]")),
  hostile("a symbol doubled as a polynomial 60 times", "", () => body("repeat 60 { concat(axis = 0) { identity } { identity } }", "[N, 3]")),
  hostile("(N + M) ** 50", "", () => body("reshape([(dim(in, 0) + dim(in, 1)) ** 50, -1])", "[N, M]")),
  hostile("a polynomial of sums multiplied 40 times", "", () => body(`let a0 = dim(in, 0) + dim(in, 1) + 1\n${many(40, (i) => `let a${i + 1} = a${i} * (a0 + ${i})`)}\nreshape([a40, -1])`, "[N, M]")),
  hostile("strides of symbols 60 deep, added", "", () => body("repeat 60 { add { conv2d(3, 3, stride = 2, padding = same) } { max_pool2d(2, padding = same) } }", "[N, M, 3]")),
  hostile("20 symbols multiplied out", "needs-a-number", () => body("flatten -> dense(3)", `[${Array.from({ length: 20 }, (_, i) => `N${i}`).join(", ")}]`)),
  hostile("padded sums of symbols multiplied out", "", () => body("zero_pad2d(1)\n  repeat 12 { concat(axis = 0) { conv2d(3, 3) } { conv2d(3, 5, padding = 1) } }\n  reshape([-1])", "[N, M, 3]")),
  hostile("floors of floors of a symbol", "", () => body("repeat 200 { conv2d(3, 3, stride = 2, padding = same) }", "[N, M, 3]")),
  hostile("an input of 10,000 axes", "statement-too-long", () => body("flatten", `[${many(10_000, () => "2,")} 2]`)),
  hostile("a sum of 20 symbols squared 5 times", "size-too-large", () => body(`let a0 = ${Array.from({ length: 20 }, (_, i) => `N${i}`).join(" + ")}\n${many(5, (i) => `let a${i + 1} = a${i} * a${i}`)}\nreshape([a5])`, `[${Array.from({ length: 20 }, (_, i) => `N${i}`).join(", ")}]`)),
  hostile("lists of lists that double 60 times", "range-too-long", () => body(`let a0 = [1]\n${many(60, (i) => `let a${i + 1} = [a${i}, a${i}]`)}\nreshape(a60)`)),
  hostile("a list added to itself 60 times", "range-too-long", () => body(`let a0 = [1]\n${many(60, (i) => `let a${i + 1} = a${i} + a${i}`)}\nreshape(a60)`)),
  hostile("shared results that use each other twice, 60 deep", "evaluation-budget", () => body(`shared s0 = dense(4)\n${many(60, (i) => `shared s${i + 1} = s${i} -> s${i}`)}\ns60`)),
  hostile("a result with 5,000 names", "nesting-too-deep line-too-long", () => body(`relu ${Array.from({ length: 2000 }, (_, i) => `as n${i}`).join(" ")}`)),
  hostile("2,000 models of 10,000 layers each", "evaluation-budget", () => many(2000, (i) => `model M${i} { input x [4]; repeat 10000 { dense(3) } }`)),
  hostile("brackets in braces in brackets, 90 deep each", "nesting-too-deep", () => body(`${`${"(".repeat(90)}add { `.repeat(90)}relu${` } { identity }${")".repeat(90)}`.repeat(90)}`)),
  // Texts and characters
  hostile("50 MB", "file-too-large", () => `${body("dense(3)")}${"// filler filler filler filler filler filler filler\n".repeat(1_000_000)}`),
  hostile("49,000 lines of layers", "evaluation-budget too-many-errors", () => `model M {\n  input x [4]\n${many(48_990, (i) => `  dense(${i % 97})`)}\n}`),
  hostile("49,000 lines of comments", "unknown-layer", () => `${"// c\n".repeat(49_000)}model M { input x [4]; dens(3) }`),
  hostile("49,000 empty lines in a statement", "unknown-layer", () => `model M { input x [4]; dens(3)${"\n".repeat(49_000)}-> relu }`),
  hostile("49,000 lines of words", "too-many-errors statement-outside-model", () => many(49_000, (i) => `w${i}`)),
  hostile("a comment of 900,000 characters in one line", "line-too-long", () => `// ${"c".repeat(900_000)}\n${body("dense(3)")}`),
  hostile("documentation of 49,000 lines", "unknown-layer", () => `${"/// line\n".repeat(49_000)}${body("dens(3)")}`),
  hostile("a name of 19,000 letters", "unknown-layer", () => body(`${"n".repeat(19_000)}(3)`)),
  hostile("200 unknown names of 1,000 letters", "unknown-layer", () => body(many(200, (i) => `${"n".repeat(1000)}${i}(3)`))),
  hostile("strings that never close", "unclosed-text", () => `data d {\n${'  source = csv("a\n'.repeat(2000)}}\n`),
  hostile("100,000 allowances", "", () => body(many(45_000, () => "relu // allow no-nonlinearity, dead-relu: why"))),
  hostile("one allowance of 3,000 codes", "", () => body(`relu // allow ${many(3_000, (i) => `c-${i},`).replaceAll("\n", " ")} x: why`)),
  hostile("line ends of all kinds, turn about", "", () => `model M {${many(3_000, (i) => ["\r", "\n", "\r\n", "\n\r", "\u2028", "\v", "\f"][i % 7]! + "relu")}}`.replaceAll("\nrelu\n", "\rrelu\r\n")),
  hostile("a string of 900,000 characters", "line-too-long", () => `data d {\n  source = csv("${"a".repeat(900_000)}")\n}\n`),
  hostile("90,000 lines' worth of surrogate halves", "unknown-character line-too-long too-many-errors", () => many(900, () => "\ud83d\ude00\udc00\ud800".repeat(200))),
  hostile("names of every script, 40,000 of them", "unknown-character statement-outside-model too-many-errors", () => many(40_000, (i) => `let ${String.fromCharCode(0x400 + (i % 5000))}${i} = 3`)),
  hostile("zero bytes", "not-text", () => "model M {\0 input x [4]\n dense(3) }"),
  hostile("lone surrogates", "unknown-character", () => body("dense(3) \ud800 \udfff -> re\udc00lu\n  \udfff")),
  hostile("control characters, combining marks, right-to-left marks", "unknown-character", () => body("dense(3) \u0001\u0007\u001b\u202e\u0301\u200b\u2028\u2029\u0085 -> relu")),
  hostile("every line a word that is no declaration", "too-many-errors", () => many(20_000, (i) => `word${i} x`)),
  hostile("not a text at all", "unknown-character", () => Array.from({ length: 100_000 }, (_, i) => String.fromCharCode(1 + ((i * 7919) % 0xd7ff))).join("")),
  hostile("JSON", "too-many-errors", () => JSON.stringify(Array.from({ length: 3000 }, (_, i) => ({ id: i, name: `n${i}` })), null, 1)),
  hostile("one token a line, 49,000 lines", "syntax-error", () => body(many(49_000, (i) => ["dense", "(", "3", "->", ",", "="][i % 6]!))),
  // Lists and declarations
  hostile("a list of 49,000 entries", "statement-too-long syntax-error", () => body(`for f in [\n${many(49_000, (i) => `${i + 1},`)} 3] { dense(f) }`)),
  hostile("10^5 models", "file-too-large", () => many(100_000, (i) => `model M${i} { input x [4]; dense(3) }`)),
  hostile("20,000 models of one name", "duplicate-name", () => many(20_000, () => "model M { input x [4]; dense(3) }")),
  hostile("20,000 broken models", "too-many-errors", () => many(20_000, (i) => `model M${i} { input x [4; dense(3) }`)),
  hostile("40,000 empty declarations", "too-many-errors", () => many(40_000, (i) => `block B${i}`)),
  hostile("10^4 parameters", "statement-too-long", () => `block B(${many(10_000, (i) => `p${i} = ${i},`)} last = 1) { dense(last) }\n${body("B")}`),
  hostile("10^4 arguments", "statement-too-long", () => dense(many(10_000, (i) => `a${i} = ${i},`))),
  hostile("10^4 settings without a meaning", "unknown-setting", () => `data d {\n${many(10_000, (i) => `  key${i} = ${i}`)}\n}\n`),
  hostile("10^5 arguments", "statement-too-long unclosed-brace syntax-error", () => dense(many(900, (i) => `${i}, `.repeat(111)))),
  hostile("5,000 variables of a loop", "", () => body(`for ${many(1_500, (i) => `v${i},`).replaceAll("\n", " ")} last in [[1]] { dense(last) }`)),
  hostile("20,000 symbols in inputs", "", () => `model M {\n${many(2_000, (i) => `  input x${i} [${Array.from({ length: 10 }, (_, k) => `S${i}_${k}`).join(", ")}]`)}\n}`),
  hostile("2,000 lets in a body", "unused-name", () => body(`${many(2000, (i) => `let a${i} = in -> dense(${i + 1})`)}\n  dense(3)`)),
  hostile("2,000 inputs", "no-flow", () => `model M {\n${many(2000, (i) => `  input x${i} [4]`)}\n  dense(3)\n}`),
  // Files
  hostile("imports from far above", "import-not-found", () => `import { A } from "${"../".repeat(3)}etc/passwd.nnet"\nimport { B } from "${"../".repeat(3000)}b.nnet"\nimport { C } from "/etc/passwd"\nimport { D } from "~/d.nnet"\nimport { E } from "file:///etc/passwd"\n${body("A -> B -> C")}`),
  hostile("a circle of imports", "import-cycle", () => `import { B } from "./b.nnet"\nblock A { B }\n${body("A")}`, () => ({ "b.nnet": 'import { C } from "./c.nnet"\nblock B { C }', "c.nnet": 'import { A } from "./text.nnet"\nblock C { A }' })),
  hostile("imports of itself", "import-cycle", () => `import { A } from "./text.nnet"\nblock A { relu }\n${body("A")}`),
  hostile("a chain of 1,000 imports", "nesting-too-deep", () => `import { B0 } from "./f0.nnet"\n${body("B0")}`, () => Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}.nnet`, i === 999 ? "block B999 { relu }" : `import { B${i + 1} } from "./f${i + 1}.nnet"\nblock B${i} { B${i + 1} }`]))),
  hostile("10^4 imports of files that are not there", "file-too-large", () => many(10_000, (i) => `import { A${i} } from "./no${i}.nnet"`)),
  hostile("an import of 50 MB", "file-too-large import-not-found", () => `import { A } from "./big.nnet"\n${body("A")}`, () => ({ "big.nnet": `block A { relu }\n${"// filler filler filler filler filler filler filler\n".repeat(1_000_000)}` })),
  hostile("an import of zero bytes", "not-text", () => `import { A } from "./zero.nnet"\n${body("A")}`, () => ({ "zero.nnet": "block A { relu }\0" })),
];

function doubled(times: number, twice: (inner: string) => string, last: string): string {
  let text = last;
  for (let i = 0; i < times; i++) text = twice(text);
  return text;
}
