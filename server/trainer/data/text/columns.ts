import { formatShape, type Model, type TextFeed } from "../../../language/index.ts";
import { symbolsOf } from "../../../language/ops/dim.ts";
import { placeOf, TrainerError } from "../../errors.ts";
import { leastSize, rowShapeAt } from "../../shapes.ts";
import type { Encoding } from "../encoding.ts";
import { tokensOf } from "../indices.ts";
import type { Meeting } from "../prepare.ts";
import type { Raw } from "../raw.ts";
import { fitLengths, fitVocabulary, lengthFor, longestIn } from "./encoding.ts";
import { taken } from "./fit.ts";
import type { Sentences } from "./sentences.ts";

/** Columns of text beside others, each flowing into an input of its own. */

interface Column {
  /** Its place among the columns. */
  readonly at: number;
  readonly input: number;
  readonly feed: TextFeed;
  readonly sentences: Sentences;
  /** The input's own length, where the model says it. */
  readonly length: number | undefined;
}

/** Adds vocabularies and lengths of the training rows, as the model takes them. Throws TrainerErrors. */
export function withTexts(encoding: Encoding, raw: Raw, isTraining: Uint8Array, { model, data: { feeds, texts } }: Meeting): Encoding {
  if (!feeds || !texts) return encoding;
  let next = 0;
  const columns = texts.flatMap((feed, i): Column[] => {
    const at = next;
    next += feeds[i]!;
    const input = model.inputs[i]!;
    const [size] = model.nodes[input]!.type!.shape;
    return feed ? [{ at, input, feed, sentences: raw.texts![at]!, length: typeof size === "number" ? size : undefined }] : [];
  });
  const free = columns.filter((c) => c.length === undefined);
  checkPlain(model, free);
  const least = model.inputs.length === 1 ? rowShapeAt(model, leastSize(model))[0]! : leastSize(model);
  const fit = free.length === 0 ? [] : fitLengths(free.map((c) => c.sentences), isTraining, least, Math.max(...free.map((c) => c.feed.length)));
  const lengths = model.inputs.length === 1 ? [...new Set(fit.map((l) => taken(model, l)))] : fit;
  const vocabularies = new Map<string, string[]>();
  const found = new Map(columns.map((column) => {
    const { at, input, feed: { lowercase, punctuation }, length } = column;
    const key = embeddingsOf(model, input);
    const alike = columns.filter((c) => embeddingsOf(model, c.input) === key);
    const vocabulary = vocabularies.get(key) ?? fitVocabulary(alike.map((c) => c.sentences), isTraining, Math.min(...alike.map((c) => c.feed.vocabulary)));
    vocabularies.set(key, vocabulary);
    checkTokens(model, input, vocabulary.length + 2, encoding.columns![at]!.name);
    return [at, { vocabulary, lengths: length === undefined ? lengths : [length], lowercase, punctuation }] as const;
  }));
  return { ...encoding, columns: encoding.columns!.map(({ index: _, ...c }, at) => (found.has(at) ? { ...c, text: found.get(at)! } : encoding.columns![at]!)) };
}

/** All symbols of a row have one size, so that beside other inputs a text is as long as its symbol. */
function checkPlain(model: Model, columns: readonly Column[]): void {
  if (model.inputs.length === 1) return;
  for (const { input } of columns) {
    const node = model.nodes[input]!;
    const size = node.type!.shape[0]!;
    if (![...symbolsOf(size)].includes(String(size))) throw new TrainerError("data-width", `input ${node.name} of model ${model.name} takes ${formatShape(node.type!.shape)}; beside other inputs a text is as long as a symbol or a number says: write input ${node.name} int [N]`, placeOf(node));
  }
}

/** What reads an input's indices: inputs of one embedding have one vocabulary, others are told apart. */
function embeddingsOf(model: Model, input: number): string {
  const readers = model.nodes.filter((n) => n.layer?.takesIndices && n.inputs[0] === input).map((n) => n.sharesWith ?? n.id);
  return readers.length > 0 ? readers.join() : `input ${input}`;
}

function checkTokens(model: Model, input: number, needed: number, column: string): void {
  const tokens = tokensOf(model, input);
  const node = model.nodes[input]!;
  if (needed > tokens) throw new TrainerError("data-index", `the vocabulary of column ${column} has ${needed} indices, padding and unknown words included, and the embedding behind input ${node.name} has ${tokens}; write text(${column}, vocabulary = ${tokens}), or embedding(${needed}, …)`, placeOf(node));
}

/** How long rows are to be: of how many lengths each has one, and the number of a row's own. One where all are alike. */
export interface RowLengths {
  readonly count: number;
  of(row: number): number;
}

export function rowLengths(raw: Pick<Raw, "texts" | "sentences">, { columns, text }: Encoding): RowLengths {
  const all = text ? [{ text, sentences: raw.sentences! }] : (columns ?? []).flatMap((c, i) => (c.text ? [{ text: c.text, sentences: raw.texts![i]! }] : []));
  const free = all.filter((c) => c.text.lengths.length > 1);
  const [first] = free;
  if (!first) return { count: 1, of: () => 0 };
  const sentences = free.map((f) => f.sentences);
  return { count: first.text.lengths.length, of: (row) => lengthFor(longestIn(sentences, row), first.text) };
}

/** Rows by the number of the length that all their texts are padded to; undefined where there is one length alone. */
export function byLength(raw: Pick<Raw, "texts">, encoding: Encoding, rows: Int32Array): readonly { readonly length: number; readonly rows: Int32Array }[] | undefined {
  const { count, of } = rowLengths(raw, encoding);
  if (count === 1) return undefined;
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const row of rows) groups[of(row)]!.push(row);
  return groups.flatMap((group, length) => (group.length > 0 ? [{ length, rows: Int32Array.from(group) }] : []));
}
