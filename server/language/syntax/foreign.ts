import type { IToken } from "chevrotain";

/**
 * Signs and words of other languages and look-alikes, read as what is meant: →, =>, ×, “…”, 'text', #, &&, (3, 3), 28x28,
 * `model M:`, True, full-width brackets, letters of other alphabets. Each is reported, with what to write instead, and the statement around it keeps its meaning.
 */
export interface Foreign {
  readonly start: number;
  readonly end: number;
  readonly instead: string;
  readonly message: string;
}

export interface Translated {
  /** The line in the language's own signs. */
  readonly text: string;
  readonly found: readonly Foreign[];
  /** The line is of another language altogether. */
  readonly lost: boolean;
  /** Where a place of that text is in the line: of what begins there, and of what ends there. */
  start(at: number): number;
  end(at: number): number;
  /** A token of that text, placed where it stands in the line. */
  place(token: IToken): IToken;
}

/** What a whole line of another language says in a line of this one; undefined for any other line. Of layers' names nothing is known here. */
let wholeLine: (text: string) => string | undefined = () => undefined;

export function readWholeLinesBy(read: typeof wholeLine): void {
  wholeLine = read;
}

/** No line without one of these, or one of those at its beginning, has any of them: most lines end here. */
const SUSPICIOUS = /[^\t -~]|=>|[#'&|^!]|\/\*|\*\/|\d[%kKMGx]|[)\]\w]\s*\.\s*[A-Za-z_]|[\w)]\s*\/\/\s*\w+\s*[,)\]]|>>|-->|\)\(|\),\s*$|\bactivation\s*=\s*"|\w\[\d|[(,=:]\s*\(|:\s*(?:\/\/.*)?$|\b(?:True|False|elif|range)\b|\b(?:as|on)\s+\w+-[A-Za-z_]/;
const BEGINS = /^\s*(?:(?:import|from|return|Input|Output|Let|Repeat|For|If|Shared|Budget)\s|for\s*\(|for\s+\w+\s+in\s+\w+\s+to\s|(?:loop|times)\s+\w+\s*\{|(?:model|net)\.add\(|(?:\w+\s*=\s*)?(?:\w+\.)*Sequential\(|(?:input|hidden|output|encoder|decoder|head)\d*\s*:|train\s+\w+\s+(?:with|using|over)\s|(?:\w+\s*=\s*)?(?:\w+\.)*(?:Input(?:Layer)?\(|input_shape\s*=)|input\s.*[,(:=]|(?:model|block|data|train|input|let|shared)\s+[A-Za-z_]\w*(?:\s+(?:on\s+)?[A-Za-z_]\w*)?\s*[-={,])/;

const ARROWS = "→⟶➔➜➝⇒⟹";
const SIGNS: Readonly<Record<string, string>> = { "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "≤": "<=", "≥": ">=", "≠": "!=", "…": "..", "、": ",", "‘": "\"", "’": "\"" };
/** Cyrillic and Greek letters that look like Latin ones. */
const [ALIKE, LATIN] = ["асеорхуіѕјһԁԛԝАВСЕНІЈКМОРЅТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "aceopxyisjhdqwABCEHIJKMOPSTXABEZHIKMNOPTYXo"];

/** Numbers and names in a row, behind the bracket of a tuple. */
const TUPLE = String.raw`\s*-?\w+\s*(?:,\s*-?\w+\s*)+,?\s*\)|\s*-?\w+\s*,\s*\)`;

const FOREIGN = new RegExp([
  String.raw`(?<divide>(?<=[\w)]\s*)\/\/(?=\s*\w+\s*[,)\]]))`,
  String.raw`(?<own>"(?:[^"\\]|\\.)*"?|\/\/.*|!=)`,
  String.raw`(?<comment>#|\/\*)`,
  String.raw`(?<end>\*\/)`,
  // What stands before is looked at last: a long line would take long.
  String.raw`(?<python>(?:import|from)(?<=^\s*\w+)(?:(?<=import)\s+[A-Za-z_][\w.]*(?:\s+as\s+\w+)?|\s+[\w.]+\s+import\s+[^"{]+)$)`,
  String.raw`(?<declared>(?<=^\s*)(?:\w+\s*=\s*)?(?:\w+\.)*(?:Input(?:Layer)?\(\s*(?:(?:input_)?shape\s*=\s*)?[([]\s*[\w\s,]*[)\]]\s*\)|input_shape\s*=\s*[([]\s*[\w\s,]*[)\]]))`,
  String.raw`(?<counted>for(?<=^\s*for)\s*\(\s*(?:int\s+|let\s+|var\s+)?\w+\s*=\s*\w+\s*;\s*\w+\s*<\s*\w+\s*;\s*(?:\w+\+\+|\+\+\w+)\s*\))`,
  String.raw`(?<method>model\.(?:compile|fit|train|evaluate|predict|summary|eval|build)\((?<=^\s*(?:\w+\s*=\s*)?model\.\w+\().*$)`,
  String.raw`(?<added>(?:model|net)\.add(?=\()(?<=^\s*\w+\.add))`,
  String.raw`(?<to>\bto\b(?<=^\s*for\s+\w+\s+in\s+\w+\s+to)(?=\s+\w+\s*\{))`,
  String.raw`(?<loop>(?:loop|times)(?<=^\s*\w+)(?=\s+\w+\s*\{))`,
  String.raw`(?<labelled>(?:input|hidden|output|encoder|decoder|head)\d*\s*:(?<=^\s*\w+\s*:)(?=\s*[A-Za-z_]))`,
  String.raw`(?<using>\b(?:with|using|over)\b(?<=^\s*train\s+[A-Za-z_]\w*\s+\w+)(?=\s+[A-Za-z_]))`,
  String.raw`(?<gone>return(?<=^\s*return)\s+(?:x|y|h|z|out|outputs?|logits|results?|preds?|predictions?)\s*$)`,
  String.raw`(?<keyword>(?:Input|Output|Let|Repeat|For|If|Shared|Budget)(?<=^\s*\w+)(?=\s+[\w{])|\b(?:True|False)\b)`,
  String.raw`(?<returned>return(?<=^\s*return)\s+(?=\w))`,
  String.raw`(?<elif>\belif\b)`,
  String.raw`(?<range>range\((?<=\bin\s+range\()\s*\w+\s*(?:,\s*\w+\s*)?\))`,
  String.raw`(?<named>[:=](?<=^\s*input\s+[A-Za-z_]\w*\s*[:=])\s*(?=[[(\d]))`,
  String.raw`(?<tuple>\((?<=(?:[(,=:]\s*|^\s*input\s+[A-Za-z_]\w*\s+(?:(?:int|float)\s+)?)\()(?:${TUPLE}))`,
  String.raw`(?<listed>(?<![\w.])[1-9]\d*(?:x\d+)+(?=\s*\])(?<=\[\s*[\dx]+))`,
  String.raw`(?<sizes>(?<![\w.])[1-9]\d*(?:x\d+)+(?!\w))`,
  String.raw`(?<body>:(?=\s*(?:\/\/.*)?$)(?<=^\s*(?:model|block|data|train|class|def|for|repeat|if|else)\b[^{}?"]*))`,
  String.raw`(?<equals>=(?<=^\s*(?:model|block|data)\s+[A-Za-z_][\w-]*\s*=)\s*(?=\{))`,
  String.raw`(?<dash>-(?<=(?:^\s*(?:model|block|data|train|input|let|shared)|\b(?:as|on))\s+[A-Za-z_]\w*-)(?=[A-Za-z_]))`,
  String.raw`(?<on>\b(?!(?:on|as)\b)[A-Za-z_]\w*(?=\s*\{)(?<=^\s*train\s+[A-Za-z_]\w*\s+[A-Za-z_]\w*))`,
  String.raw`(?<inputs>,(?<=^\s*input\s+[A-Za-z_]\w*\s+(?:\w+\s+)?\[[^\]]*\]\s*,)\s*(?=[A-Za-z_]\w*\s*(?:\w+\s*)?\[))`,
  String.raw`(?<called>\[(?<=(?:^|->)\s*[A-Za-z]\w*\[)\d[\w\s,.=]*\])`,
  String.raw`(?<braced>\{(?<=^\s*input\s+[A-Za-z_]\w*\s*\{)[\w\s,]*\})`,
  String.raw`(?<arrow>[${ARROWS}]|=>|\|>|>>|--+>|[−–—]>)`,
  String.raw`(?<or>\|\|)`,
  String.raw`(?<pipe>\|)`,
  String.raw`(?<and>&&?)`,
  String.raw`(?<not>!)`,
  String.raw`(?<power>\^)`,
  String.raw`(?<quoted>'[^'"]*'|[“”„‟«»‘’][^“”„‟«»‘’"]*[“”„‟«»‘’])`,
  String.raw`(?<percent>(?<![\w.])\d[\d_]*(?:\.\d+)?%(?=\s*(?:[,)\]};]|$)))`,
  String.raw`(?<bytes>(?<![\w.])\d[\d_]*(?:\.\d+)?[kKMG]B(?!\w))`,
  String.raw`(?<source>(?<=\bsource\s*=\s*)[\w./-]+\.(?:csv|tsv)(?!\w))`,
  String.raw`(?<path>(?<![\w"-])(?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+\.(?:csv|tsv|txt|npy|gz|idx)(?!\w))`,
  String.raw`(?<dotted>(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)`,
  String.raw`(?<dot>(?<=[)\]])\s*\.\s*(?=[A-Za-z_]))`,
  String.raw`(?<sign>[${Object.keys(SIGNS).join("")}])`,
  String.raw`(?<wide>[！-～])`,
  String.raw`(?<hidden>[\u200b-\u200d\u2060\u00ad]+)`,
  String.raw`(?<letters>[${ALIKE}]+)`,
].join("|"), "g");

type Kind = "python" | "declared" | "counted" | "method" | "added" | "to" | "loop" | "labelled" | "using" | "gone" | "keyword" | "returned" | "elif" | "range" | "named" | "tuple" | "listed" | "sizes" | "body" | "equals" | "dash" | "on" | "inputs" | "called" | "braced" | "divide" | "comment" | "end" | "arrow" | "or" | "pipe" | "and" | "not" | "power" | "quoted" | "percent" | "bytes" | "source" | "path" | "dotted" | "dot" | "sign" | "wide" | "hidden" | "letters";

/** What is meant, and why, after "… has no meaning here". */
const MEANT: Readonly<Record<Kind, (written: string) => readonly [instead: string, why?: string]>> = {
  divide: () => [" div ", "it begins a comment"],
  comment: () => ["//", "a comment begins with //"],
  end: () => ["", "a comment ends with its line"],
  python: () => ["", "layers are known without an import"],
  declared: (s) => [`input ${/^(\w+)\s*=\s*[\w.]*Input/.exec(s)?.[1] ?? "x"} [${/[([]\s*([\w\s,]*?)\s*,?\s*[)\]]/.exec(s.slice(s.search(/\(|=/) + 1))?.[1] ?? ""}]`, "what flows in is declared by input"],
  counted: (s) => [s.replace(/^for\s*\(\s*(?:int\s+|let\s+|var\s+)?(\w+)\s*=\s*(\w+)\s*;\s*\w+\s*<\s*(\w+).*$/, "for $1 in $2..$3"), "a loop goes over a list or a range"],
  method: (s) => [`// ${s}`, "a model is trained by a declaration: train Net on data { epochs = 5 }"],
  added: () => ["", "layers stand one under another"],
  to: () => ["..", "a range is written 0..n"],
  loop: () => ["repeat"],
  labelled: (s) => (/^input\s*:/.test(s) ? ["input ", "a name and a shape follow the word as they are"] : ["", "layers stand one under another, and a name behind: dense(8) as hidden"]),
  using: () => ["on", "what it learns from stands behind on"],
  gone: () => ["", "a model gives what flows last"],
  keyword: (s) => [s.toLowerCase()],
  returned: () => ["", "a model gives what flows last"],
  elif: () => ["else if"],
  range: (s) => [/,/.test(s) ? s.slice(6, -1).replace(/\s*,\s*/, "..") : `0..${s.slice(6, -1).trim()}`, "a range is written 0..n"],
  named: () => [" ", "a shape follows the name as it is"],
  tuple: (s) => [`[${s.slice(1, -1).replace(/\s*,?\s*$/, "")}]`, "sizes stand in [ ]"],
  listed: (s) => [s.replaceAll("x", ", "), "sizes stand apart"],
  sizes: (s) => [`[${s.replaceAll("x", ", ")}]`, "sizes stand in [ ]"],
  body: () => [" {", "a body stands in { }"],
  equals: () => [" ", "a body follows its name as it is"],
  dash: () => ["_", "a name has letters, digits and _"],
  on: (s) => [`on ${s}`, "what it learns from stands behind on"],
  inputs: () => ["; input ", "each input is a statement of its own"],
  called: (s) => [`(${s.slice(1, -1)})`, "arguments stand in ( )"],
  braced: (s) => [`[${s.slice(1, -1).trim()}]`, "sizes stand in [ ]"],
  arrow: () => ["->"],
  or: () => [" or "],
  pipe: () => ["->"],
  and: () => [" and "],
  not: () => [" not "],
  power: () => ["**"],
  quoted: (s) => (/^\w+$/.test(s.slice(1, -1)) ? [s.slice(1, -1), "a word stands without quotes"] : [`"${s.slice(1, -1)}"`, "text stands in \"straight double quotes\""]),
  percent: (s) => [String(Number(s.slice(0, -1).replaceAll("_", "")) / 100), "% is the remainder of a division"],
  bytes: (s) => [s.slice(0, -1).replace("k", "K"), "K, M and G are thousands, KiB, MiB and GiB 1024s"],
  source: (s) => [`${s.slice(-3)}("${s}")`, "a source says how its file is read"],
  path: (s) => [`"${s}"`, "a path stands in quotes"],
  dotted: (s) => [s.slice(s.lastIndexOf(".") + 1), "names have no dots"],
  dot: () => [" -> ", "layers are chained by ->"],
  sign: (s) => [SIGNS[s]!],
  wide: (s) => [String.fromCharCode(s.charCodeAt(0) - 0xfee0)],
  hidden: () => ["", "it can't be seen"],
  letters: (s) => [[...s].map((c) => LATIN[ALIKE.indexOf(c)]).join(""), "it is of another alphabet"],
};

/** Undefined where the line is in the language's own signs. */
export function translate(text: string): Translated | undefined {
  if (!SUSPICIOUS.test(text) && !BEGINS.test(text)) return undefined;
  const whole = replaced(text);
  if (whole) return whole;
  const found: Foreign[] = [];
  let lost = false;
  /** Of each character of the new text, where it stands in the line, and where it ends. */
  const [starts, ends]: [number[], number[]] = [[], []];
  let out = "";
  let at = 0;
  const copy = (to: number): void => {
    for (let i = at; i < to; i++) {
      starts.push(i);
      ends.push(i + 1);
    }
    out += text.slice(at, to);
    at = to;
  };
  for (const match of text.matchAll(FOREIGN)) {
    const [kind, written] = Object.entries(match.groups!).find(([, v]) => v !== undefined) as [Kind | "own", string];
    if (kind === "own") continue;
    // A comment, unless it stands within brackets that close behind it.
    if (kind === "divide" && !isOpen(text.slice(0, match.index))) break;
    const [instead, why] = MEANT[kind](written);
    const end = match.index + written.length;
    copy(match.index);
    for (let i = 0; i < instead.length; i++) {
      const alike = instead.length === written.length;
      starts.push(alike ? at + i : at);
      ends.push(alike ? at + i + 1 : end);
    }
    out += instead;
    at = end;
    const shown = kind === "hidden" ? `U+${written.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}` : written.trim();
    const tidy = instead.trim();
    // One of them says it for the whole line.
    if (lost && kind === "dotted") continue;
    lost ||= kind === "dotted" || kind === "end";
    const quoted = /['"]/.test(shown) ? shown : `'${shown.slice(0, 40)}'`;
    found.push({ start: match.index, end, instead, message: `${quoted.slice(0, 60)} has no meaning here${why ? `: ${why}` : ""}${tidy && !tidy.startsWith("//") && !why?.endsWith(tidy) ? `; write ${tidy.slice(0, 40)}` : ""}` });
    // What follows is a comment.
    if (kind === "comment") break;
  }
  if (found.length === 0) return undefined;
  copy(text.length);
  return {
    text: out,
    found,
    lost,
    start: (i) => starts[i]!,
    end: (i) => ends[i - 1]!,
    place: (token) => ({ ...token, startOffset: starts[token.startOffset]!, endOffset: ends[token.startOffset + token.image.length - 1]! - 1 }),
  };
}

/** Of such a line in a message. */
const MOST_SHOWN = 60;

/** Longer lines add no layer to a model. */
const LONGEST_WHOLE = 400;
/** A comment behind such a line. */
const NOTE = /\s*(?:#|\/\/)(?=[^'"]*$).*$/;

/** A line that says the same as one of another language: where its parts stand in that is not known. A comment stays. */
function replaced(text: string): Translated | undefined {
  if (text.length > LONGEST_WHOLE) return undefined;
  const note = NOTE.exec(text)?.[0] ?? "";
  const code = note === "" ? text : text.slice(0, text.length - note.length);
  const said = wholeLine(code);
  if (said === undefined) return undefined;
  const python = note.trimStart().startsWith("#");
  const instead = python ? said + note.replace("#", "//") : said;
  const start = text.length - text.trimStart().length;
  const end = (python ? text : code).trimEnd().length;
  const [line, behind] = [code.trim(), text.slice(end)];
  const shown = line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
  const what = said.startsWith("//") ? "layers stand in a model's braces one under another" : `this line says the same as ${said}`;
  return {
    text: instead + behind,
    found: [{ start, end, instead, message: `${/['"]/.test(shown) ? shown : `'${shown}'`} has no meaning here: ${what}` }],
    lost: false,
    start: (at) => (at < instead.length ? start : end + at - instead.length),
    end: (at) => (at <= instead.length ? end : end + at - instead.length),
    place: (token) => {
      const at = token.startOffset - instead.length;
      return { ...token, startOffset: at < 0 ? start : end + at, endOffset: (at < 0 ? end : end + at + token.image.length) - 1 };
    },
  };
}

function isOpen(text: string): boolean {
  let depth = 0;
  for (const c of text) depth += c === "(" || c === "[" ? 1 : c === ")" || c === "]" ? -1 : 0;
  return depth > 0;
}
