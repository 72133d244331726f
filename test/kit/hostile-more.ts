import { body, type Hostile, hostile, many } from "./hostile-made.ts";

const N = (count: number, of: (i: number) => string, between = ", "): string => Array.from({ length: count }, (_, i) => of(i)).join(between);
const mlp = "model M {\n  input x [4]\n  dense(8) -> relu\n  dense(2) -> softmax\n}\n";
const table = (columns: number, rows: number): string => many(rows + 1, (r) => N(columns, (c) => (r === 0 ? `c${c}` : String((r * (c + 7)) % 13)), ","));

/** More of them: tables, trains and trees of imports beside the text, names, and what a loop or a symbol can be made to cost. */
export const moreHostileTexts: readonly Hostile[] = [
  hostile("a diamond of imports, 40 deep: 2^40 ways", "evaluation-budget nesting-too-deep", () => `import { A0 } from "./a0.nnet"\nimport { B0 } from "./b0.nnet"\n${body("A0 -> B0")}`, () => Object.fromEntries(Array.from({ length: 40 }, (_, i) => ["a", "b"].map((w) => [`${w}${i}.nnet`, i === 39 ? `block ${w.toUpperCase()}39 { relu }` : `import { A${i + 1} } from "./a${i + 1}.nnet"\nimport { B${i + 1} } from "./b${i + 1}.nnet"\nblock ${w.toUpperCase()}${i} { A${i + 1} -> B${i + 1} }`])).flat())),
  hostile("an import of 2,000 names from a file that imports them from another", "unused-import", () => `import { ${N(2000, (i) => `B${i}`)} } from "./b.nnet"\n${body(many(500, (i) => `B${i}`))}`, () => ({ "b.nnet": many(2000, (i) => `block B${i} { relu }`) })),
  hostile("1,500 unknown names beside 1,500 known ones of 200 letters", "unknown-layer unknown-name too-many-errors more-findings", () => `${many(1500, (i) => `block ${"k".repeat(200)}${i} { relu }`)}\n${body(many(1500, (i) => `${"u".repeat(200)}${i}`))}`),
  hostile("unknown names of a model with 5,000 results", "unknown-layer", () => body(`${many(4000, (i) => `relu as result_number_${i}`)}\n${many(1000, (i) => `result_numbre_${i} -> relu`)}`)),
  hostile("lines of sizes, dashes, colons and brackets, as other languages write them", "unknown-character syntax-error unknown-layer", () => body(["1x".repeat(9000), `model ${"a-".repeat(9000)}`, "a:".repeat(9000), "(".repeat(40), `train a ${"b ".repeat(9000)}{`, `${"x, ".repeat(6000)}(1,`].join("\n"))),
  hostile("a script of PyTorch whose forward is 28 statements as deep and long as one may be", "statement-outside-model", () => `import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        self.a = nn.Conv2d(1, 1, 3)\n        self.b = nn.Linear(${"7*".repeat(1000)}7, 10)\n    def forward(self, x):\n${many(28, () => `        x = ${"F.relu(".repeat(45)}x${".flatten(1)".repeat(100)}${")".repeat(45)}`)}`),
  hostile("a script of Keras with 40 lines of signs", "statement-outside-model", () => `import keras\nmodel = keras.Sequential(\n${many(26, () => `${"#".repeat(900)}'${"a.".repeat(400)}`)}`),
  hostile("a symbol of 10,000 letters", "needs-a-number", () => body("conv1d(3, 5) -> conv1d(3, 5) -> flatten -> dense(3)", `[${"N".repeat(10_000)}, 3]`)),
  hostile("names of 10,000 letters everywhere", "line-too-long", () => { const n = (c: string): string => c.repeat(10_000); return `block ${n("B")}(${n("p")} = 1) { dense(${n("p")}) }\nmodel ${n("M")}(${n("q")} = 3) {\n  input ${n("x")} [4]\n  ${n("B")}(${n("p")} = ${n("q")}) as ${n("r")}\n  add(${n("r")})\n}\n`; }),
  hostile("2,000 train blocks of one model", "", () => `${mlp}data d { source = csv("d.csv"); label = c0 }\n${many(1990, (i) => `train M on d as t${i} { epochs = ${i + 1}; batch = ${i + 1} }`)}`, () => ({ "d.csv": table(5, 50) })),
  hostile("2,000 data blocks of one file", "", () => `${mlp}${many(1000, (i) => `data d${i} { source = csv("d.csv"); label = c${i % 7} }`)}\n${many(900, (i) => `train M on d${i} as t${i} { epochs = 3 }`)}`, () => ({ "d.csv": table(5, 2000) })),
  hostile("a train block of 9,000 settings in one line", "duplicate-setting", () => `${mlp}data d { source = csv("d.csv"); label = c0 }\ntrain M on d { ${N(1500, () => "epochs = 3", "; ")} }`, () => ({ "d.csv": table(5, 20) })),
  hostile("augmentations, 3,000 of them", "", () => `${mlp}data d { source = csv("d.csv"); label = c0 }\ntrain M on d { augment = [${N(3000, () => "random_flip", ",\n")}] }`, () => ({ "d.csv": table(5, 20) })),
  hostile("a table of 20,000 columns, and a label that is nearly one", "", () => `${mlp}data d {\n  source = csv("d.csv")\n  label = c1x9999\n  features = [${N(3000, (i) => `d${i}`)}]\n}\ntrain M on d { }`, () => ({ "d.csv": table(20_000, 3) })),
  hostile("a table of one line of 10 MB", "", () => `${mlp}data d { source = csv("d.csv"); label = y }\ntrain M on d { }`, () => ({ "d.csv": `${"a,".repeat(5e6)}y` })),
  hostile("a table of 20 MB", "", () => `${mlp}data d { source = csv("d.csv"); label = c0 }\ntrain M on d { }`, () => ({ "d.csv": `c0,c1,c2,c3,c4\n${"1,2,3,4,5\n".repeat(2e6)}` })),
  hostile("a table whose quotes never close", "", () => `${mlp}data d { source = csv("d.csv"); label = c0 }\ntrain M on d { }`, () => ({ "d.csv": `c0,c1,c2,c3,c4\n"${"1,2,3,4,5\n".repeat(1e6)}` })),
  hostile("2,000 kernels that each ask something of N", "", () => body(`concat(axis = 0) for h in 1..2001 { conv1d(2, h) }`, "[N, 3]")),
  hostile("1,000 conditions over polynomials", "unreachable-part", () => body(many(1000, (i) => `if dim(in, 0) * dim(in, 0) + ${i} > dim(in, 0) - ${i} { relu } else { tanh }`), "[N, 3]")),
  hostile("div of div, 400 deep", "reshape-size", () => body(`let a0 = dim(in, 0)\n${many(400, (i) => `let a${i + 1} = (a${i} + dim(in, 1) * ${i}) div ${i + 2}`)}\nreshape([a400, -1])`, "[N, M]")),
  hostile("a list in a list, 45 deep, and as a size", "bad-argument", () => body(`reshape(${"[".repeat(45)}1${"]".repeat(45)})`)),
  hostile("5,000 lets that each use the one before", "", () => body(`let a0 = 1\n${many(5000, (i) => `let a${i + 1} = a${i} + 1`)}\ndense(a5000)`)),
  hostile("a block of 1,500 parameters that each use the one before", "", () => `block B(p0 = 1,\n${N(1500, (i) => `p${i + 1} = p${i} + 1`, ",\n")}) { dense(p1500) }\n${body("repeat 100 { B }")}`),
  hostile("3,000 convolutions that each draw a remark", "bias-before-batch-norm", () => body("repeat 3 { conv2d(4, 3, padding = same) -> batch_norm }\n".repeat(1000), "[8, 8, 3]")),
  hostile("700 dense layers from constants", "constant-init", () => body(many(700, () => "dense(64, init = constant(0.5)) -> sigmoid"), "[64]")),
  hostile("recurrent layers over 1e9 steps", "size-too-large", () => body("lstm(1e4, sequences = true) -> gru(1e4, sequences = true) -> bidirectional(lstm(8)) -> dense(2)", "[1e9, 3]")),
  hostile("attention over 1e8 tokens", "size-too-large", () => body("repeat 40 { attention(8) -> layer_norm }", "[1e8, 64]")),
  hostile("embeddings of 1e12 words", "", () => body("embedding(1e12, 1e3) -> flatten -> dense(1e6)", "int [1e3]")),
  hostile("2,000 shared layers", "", () => body(`${many(2000, (i) => `shared s${i} = dense(4)`)}\n${many(2000, (i) => `s${i}`)}`)),
  hostile("an output of 5,000 results", "activations-in-a-row", () => body(`${many(2500, (i) => `relu as r${i}`)}\noutput ${N(2500, (i) => `r${i}`)}`)),
  hostile("add of 4,000 results", "", () => body(`${many(2000, (i) => `relu as r${i}`)}\nadd(${N(2000, (i) => `r${i}`)})`)),
  hostile("40,000 allowances of checks that do not exist", "file-too-large", () => body(many(40_000, (i) => `relu // allow dead-rel${i}: y`))),
  hostile("a budget of 9,000 lines", "budget-exceeded", () => body(`dense(3)\nbudget {\n${many(3000, (i) => `params <= ${i}M`)}\n}`)),
  hostile("carriage returns alone, 40,000 of them", "evaluation-budget", () => `model M {\r  input x [4]\r${"  relu\r".repeat(40_000)}}`),
  hostile("byte order marks, 100,000 of them", "line-too-long", () => `\ufeff${mlp}${"\ufeff".repeat(100_000)}`),
  hostile("emoji of many parts, flags and variation selectors", "line-too-long", () => `/// ${"👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️".repeat(2000)}\n${body(`dense(3) // ${"👩🏽‍🚀".repeat(5000)}`)}`),
  hostile("words of Zalgo", "unknown-character", () => body(many(500, () => `re${"\u0301\u0316\u0489".repeat(60)}lu`))),
  hostile("a factorial of choices: if in for in repeat, 8 deep", "evaluation-budget", () => body(`${N(8, (i) => `for i${i} in 0..9 { if i${i} % 2 == 0 {`, " ")} relu ${"} }".repeat(8)}`)),
  hostile("dense layers that grow tenfold", "size-too-large", () => body(N(15, (i) => `dense(${10 ** i})`, "\n  "))),
  hostile("__proto__, constructor, toString", "unknown-layer", () => `block __proto__(constructor = 1) { relu }\nmodel toString(hasOwnProperty = 3) {\n  input valueOf [__proto__, constructor]\n  __proto__\n  constructor(3)\n  let prototype = in -> toString\n  hasOwnProperty : [__proto__]\n}\ndata constructor { source = __proto__("x"); constructor = 3; __proto__ = 4 }\ntrain toString on constructor { __proto__ = 3; toString = adam(valueOf = 3) }\n`),
];
