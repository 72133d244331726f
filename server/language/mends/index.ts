import type { Analysis } from "../analysis.ts";
import { isCheck } from "../allowances.ts";
import type { Finding, Fix } from "../findings.ts";
import { lex } from "../syntax/lines.ts";
import * as t from "../syntax/tokens.ts";
import { type Declaration, type Range, rangeOf } from "../syntax/tree.ts";
import { activationBehind, dropArgument, misplacedArgument, type Patient, withoutComma } from "./arguments.ts";
import { cures, curesTogether, type Mendable } from "./cures.ts";
import { Edits, type Lines } from "./edits.ts";
import { apart } from "./nested.ts";
import { asModel } from "./script.ts";
import { asMeant } from "./written.ts";
import type { Trials } from "./trials.ts";

export type { Lines } from "./edits.ts";
export { applied } from "./cures.ts";
export { Trials } from "./trials.ts";

/**
 * What would do about a finding: the fixes that it brings, or those that follow from its code and place alone. They
 * are worked out when they are asked for, since a text is analysed far more often than mended. `trials` bounds what is tried.
 */
export function fixesOf(finding: Finding, analysis: Analysis, text: Lines | Mendable, trials?: Trials): readonly Fix[] {
  const given = finding.fixes ?? proposed(finding);
  // What a check proposes is offered only where it helps.
  if (given && isCheck(finding.code) && "tried" in text) return given.filter((fix) => cures(finding, fix, analysis, text, trials));
  if (given) return given;
  const mend = Object.hasOwn(MENDS, finding.code) && finding.site.file === analysis.path ? MENDS[finding.code] : undefined;
  return mend?.({ finding, analysis, range: rangeOf(finding.site), edits: new Edits(text) }) ?? [];
}

/**
 * The same for all of them, where none is left out: checks' findings of one code that propose one fix each are tried together
 * first, so that ten alike take one analysis and not ten.
 */
export function tryTogether(analysis: Analysis, text: Mendable): void {
  const alike = new Map<string, Fix[]>();
  for (const finding of analysis.findings) {
    const [fix, ...others] = isCheck(finding.code) ? (finding.fixes ?? proposed(finding) ?? []) : [];
    if (fix && others.length === 0) alike.set(finding.code, [...(alike.get(finding.code) ?? []), fix]);
  }
  for (const [code, fixes] of alike) curesTogether(code, fixes, analysis, text);
}

const proposals = new WeakMap<() => readonly Fix[], readonly Fix[]>();

function proposed({ propose }: Finding): readonly Fix[] | undefined {
  if (!propose) return undefined;
  let fixes = proposals.get(propose);
  if (!fixes) proposals.set(propose, (fixes = propose()));
  return fixes;
}

type Mend = (patient: Patient) => readonly Fix[] | undefined;

const MENDS: Readonly<Record<string, Mend>> = {
  "too-many-arguments": dropArgument,
  "duplicate-argument": dropArgument,
  "duplicate-setting": dropStatement,
  "unknown-setting": dropStatement,
  "unknown-argument": activationBehind,
  "misplaced-input": dropStatement,
  "unused-result": (patient) => (/[{}]/.test(patient.edits.text.lineText(patient.range.start.line)) ? undefined : dropStatement(patient)),
  "unused-input": ({ finding, analysis, range, edits }) => (usesOf(edits.read(range), finding, analysis, edits) > 1 ? undefined : dropStatement({ finding, analysis, range, edits })),
  "unused-name": ({ finding, analysis, range, edits }) => {
    const before = edits.text.lineText(range.start.line).slice(0, range.start.character);
    const as = /\s+as\s+$/.exec(before);
    if (!as) return dropStatement({ finding, analysis, range, edits });
    return [{ title: "Remove the name", edits: [edits.replace(range.start.line, as.index, range.end.character, "")] }];
  },
  "unused-parameter": dropParameter,
  "unused-block": ({ analysis, range, edits }) => {
    const d = declarationAt(analysis, range);
    if (!d) return undefined;
    const docs = d.doc === undefined ? 0 : d.doc.split("\n").length;
    let last = d.line.number + d.span.endLine;
    // The empty line that set it apart goes with it.
    if (last + 1 < edits.text.lineCount && edits.text.lineText(last + 1).trim() === "") last++;
    return [{ title: "Remove the block", edits: [edits.removeLines(d.line.number - docs, last)] }];
  },
  "nested-declaration": apart,
  "unused-import": ({ analysis, range, edits }) => {
    const d = declarationAt(analysis, range);
    if (d?.kind !== "import") return undefined;
    if (d.names.length === 1) return [{ title: "Remove the import", edits: [edits.removeLines(d.line.number, d.line.number + d.span.endLine)] }];
    return [{ title: "Remove it from the import", edits: [withoutComma(range, edits)] }];
  },
  "unused-allowance": ({ range, edits }) => {
    const { line } = range.start;
    const { comment, tokens } = lex(edits.text.lineText(line));
    if (!comment) return undefined;
    if (/^\/\/\s*allow\s+[\w-]+\s*,/.test(comment.text)) return [{ title: "Remove it from the allowance", edits: [withoutComma(range, edits)] }];
    const start = edits.text.lineText(line).slice(0, comment.start).trimEnd().length;
    return [{ title: "Remove the allowance", edits: [tokens.length === 0 ? edits.removeLines(line, line) : edits.replace(line, start, edits.text.lineText(line).length, "")] }];
  },
  "duplicate-name": rename,
  "reserved-name": rename,
  "import-not-relative": ({ range, edits }) => {
    const path = edits.read(range);
    return path === undefined ? undefined : [replaced(range, edits, path.replace(/^(["'])\/*/, "$1./"), "Make it relative")];
  },
  "missing-data": ({ analysis, range, edits }) => {
    const line = edits.text.lineText(range.start.line);
    const rest = /^\s*\([^()]*\)/.exec(line.slice(range.end.character));
    const at = range.end.character + (rest?.[0].length ?? 0);
    return analysis.datas.slice(0, MOST).map(({ name }) => ({ title: `Train on ${name}`, edits: [edits.insert(range.start.line, at, ` on ${name}`)] }));
  },
  "needs-indices": ({ finding, edits }) => {
    if (!finding.origin || finding.origin.site.file !== edits.text.path) return undefined;
    const { start } = rangeOf(finding.origin.site);
    const line = edits.text.lineText(start.line);
    const at = /^\s*input\b/.test(line) ? line.indexOf("[", start.character) : -1;
    return at < 0 ? undefined : [{ title: "Declare the input with int", edits: [edits.insert(start.line, at, "int ")] }];
  },
  "no-flow": ({ finding, analysis, range, edits }) => {
    const model = analysis.models.find((m) => declarationAt(analysis, rangeOf(finding.site)) === m.declaration)?.model;
    return model?.inputs.slice(0, MOST).map((id) => {
      const { name } = model.nodes[id]!;
      return { title: `Begin with ${name}`, edits: [edits.insert(range.start.line, range.start.character, `${name} -> `)] };
    });
  },
  "needs-a-number": ({ finding, edits }) => {
    const origin = finding.origin && rangeOf(finding.origin.site);
    if (!origin || finding.origin!.site.file !== edits.text.path || edits.read(origin) !== "flatten") return undefined;
    return ["global_max_pool", "global_avg_pool"].map((name) => replaced(origin, edits, name, `Use ${name} instead of flatten`));
  },
  "not-an-assignment": ({ range, edits }) => {
    const token = lex(edits.text.lineText(range.start.line)).tokens.find((k) => k.startOffset >= range.start.character && COMPARES.has(k.tokenType));
    return token && [{ title: "Write =", edits: [edits.replace(range.start.line, token.startOffset, token.startOffset + token.image.length, "=")] }];
  },
  "not-recurrent": ({ range, edits }) => {
    const written = edits.read(range);
    return written === undefined ? undefined : ["lstm", "gru"].map((name) => replaced(range, edits, written.replace(/^\w+/, name), `Use ${name}`));
  },
  "result-in-chain": ({ range, edits }) => {
    const name = edits.read(range);
    return name === undefined ? undefined : ["add", "concat"].map((merge) => replaced(range, edits, `${merge}(${name})`, `Combine them: ${merge}(${name})`));
  },
  "bad-argument": misplacedArgument,
  "syntax-error": (patient) => {
    const { finding: { cause }, analysis, range, edits } = patient;
    if (cause?.kind === "shapeless-input") return declarationAt(analysis, range)?.kind === "block" ? dropStatement(patient) : undefined;
    const written = asMeant(cause, range, edits);
    return written && [written];
  },
  "statement-outside-model": ({ finding: { cause }, range, edits }) => (cause?.kind === "script" ? asModel(range.start.line, edits) : undefined),
  "unclosed-text": ({ range, edits }) => {
    const text = edits.read(range);
    if (text === undefined) return undefined;
    return [{ title: "Close the text", edits: [edits.insert(range.start.line, range.start.character + text.replace(/[\s)\]}]*$/, "").length, text[0]!)] }];
  },
  "unknown-character": ({ range, edits }) => {
    if (edits.read(range) === "#") return [replaced(range, edits, "//", "Make it a comment: //")];
    return [replaced(range, edits, "", "Remove it")];
  },
  "unknown-dtype": ({ range, edits }) => {
    const written = edits.read(range) ?? "";
    const kinds = /int|long|index|token/i.test(written) ? ["int"] : /float|double|real|number/i.test(written) ? ["float"] : ["float", "int"];
    return kinds.map((kind) => replaced(range, edits, kind, `Change to ${kind}`));
  },
  "unmatched-brace": ({ range, edits }) => {
    const { line, character } = range.start;
    const text = edits.text.lineText(line);
    if (text.trim() === "}") return [{ title: "Remove this }", edits: [edits.removeLines(line, line)] }];
    const start = text.slice(0, character).trimEnd().length;
    return [{ title: "Remove this }", edits: [edits.replace(line, start, character + 1, "")] }];
  },
  "unclosed-brace": ({ range, edits }) => {
    const { text } = edits;
    const indent = /^\s*/.exec(text.lineText(range.start.line))![0];
    const isBlank = (line: number) => /^\s*(\/\/.*)?$/.test(text.lineText(line));
    const isInside = (line: number) => isBlank(line) || !indent.startsWith(/^\s*/.exec(text.lineText(line))![0]);
    // Indentation says where it ends, where there is any.
    const indented = range.start.line + 1 < text.lineCount && isInside(range.start.line + 1);
    let end = range.start.line + 1;
    while (end < text.lineCount && !DECLARES.test(text.lineText(end)) && (!indented || isInside(end))) end++;
    do end--;
    while (end > range.start.line && isBlank(end));
    return [{ title: "Close it with }", edits: [edits.insert(end, text.lineText(end).length, `\n${indent}}`)] }];
  },
};

/** Of choices that are offered. */
const MOST = 5;
const COMPARES = new Set([t.LessEqual, t.GreaterEqual, t.Less, t.Greater]);
const DECLARES = /^\s*(model|block|data|train)\s+\w|^\s*import\s*\{/;

function replaced({ start, end }: Range, edits: Edits, text: string, title: string): Fix {
  return { title, edits: [edits.replace(start.line, start.character, end.character, text)] };
}

/** A statement or setting that has its line, and whatever it opens, to itself. */
function dropStatement({ range, edits }: Patient): readonly Fix[] | undefined {
  const { line } = range.start;
  const { tokens, balanced, leavesOpen, continues } = lex(edits.text.lineText(line));
  const next = lex(edits.text.lineText(line + 1));
  const own = balanced && !leavesOpen && !continues && !next.continues && !tokens.some((k) => k.tokenType === t.Semicolon);
  // Two settings may stand in one line.
  const settings = tokens.filter((k) => k.tokenType === t.Equals).length;
  if (!own || (tokens[1]?.tokenType === t.Equals && settings > 1 && !tokens.some((k) => k.tokenType === t.LParen))) return undefined;
  return [{ title: "Remove this line", edits: [edits.removeLines(line, line)] }];
}

/** All words of a text, which a new name is none of. */
const words = new WeakMap<Analysis, Set<string>>();

function rename({ analysis, range, edits }: Patient): readonly Fix[] | undefined {
  const name = edits.read(range);
  if (name === undefined || !/^\w+$/.test(name)) return undefined;
  let taken = words.get(analysis);
  if (!taken) {
    words.set(analysis, (taken = new Set()));
    for (let i = 0; i < edits.text.lineCount; i++) for (const k of lex(edits.text.lineText(i)).tokens) taken.add(k.image);
    for (const d of analysis.syntax.declarations) if ("name" in d) taken.add(d.name.text);
  }
  let i = 2;
  while (taken.has(`${name}_${i}`)) i++;
  return [replaced(range, edits, `${name}_${i}`, `Rename to ${name}_${i}`)];
}

/** Not where some use gives arguments: one of them may be for this parameter. */
function dropParameter({ analysis, range, edits }: Patient): readonly Fix[] | undefined {
  const d = declarationAt(analysis, range);
  if (d?.kind !== "model" && d?.kind !== "block") return undefined;
  const param = d.params.find((p) => p.name.text === edits.read(range));
  if (!param || param.span.line !== param.span.endLine) return undefined;
  for (let i = 0; i < edits.text.lineCount; i++) {
    const { tokens } = lex(edits.text.lineText(i));
    if (tokens.some((k, at) => k.image === d.name.text && tokens[at + 1]?.tokenType === t.LParen && i !== d.line.number)) return undefined;
  }
  const line = d.line.number + param.span.line;
  const place = { start: { line, character: param.span.start }, end: { line, character: param.span.end } };
  if (d.params.length > 1) return [{ title: "Remove the parameter", edits: [withoutComma(place, edits)] }];
  const text = edits.text.lineText(line);
  const [open, close] = [text.lastIndexOf("(", place.start.character), text.indexOf(")", place.end.character)];
  return open < 0 || close < 0 ? undefined : [{ title: "Remove the parameter", edits: [edits.replace(line, open, close + 1, "")] }];
}

function declarationAt({ syntax }: Analysis, { start }: Range): Declaration | undefined {
  return syntax.declarations.find((d) => d.line.number <= start.line && start.line <= d.line.number + d.span.endLine);
}

/** How often a name stands in the declaration around a finding. */
function usesOf(name: string | undefined, finding: Finding, analysis: Analysis, edits: Edits): number {
  const d = declarationAt(analysis, rangeOf(finding.site));
  if (!d || name === undefined) return Infinity;
  let uses = 0;
  for (let i = d.line.number; i <= d.line.number + d.span.endLine; i++) uses += lex(edits.text.lineText(i)).tokens.filter((k) => k.image === name).length;
  return uses;
}
