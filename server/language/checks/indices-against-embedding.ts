import { fedColumns } from "../feeds.ts";
import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import type { ColumnProfile } from "../host.ts";
import { sharesOf } from "../data-settings.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { argumentEdit, settingSite } from "./fixes.ts";
import { featuresOf } from "./label.ts";
import { at, count, short } from "./places.ts";

/** Standard deviations by which an estimate must be past the bound. */
const SURE = 4;

/**
 * What flows into an embedding against its rows. Columns of numbers must be whole and lie from 0 to tokens − 1: least and
 * largest are measured. Of sentences the vocabulary is that of the training rows: a word that stands in d rows is among
 * them with probability 1 − (1 − p)^d, p being their share, which gives the expected number of words and, the draws
 * of words taken as independent, its deviation. Either way training refuses what does not fit.
 * Guards: `vocabulary` bounds the words; a file that was read in part has more, never fewer; an estimate within four
 * deviations of the bound.
 */
export const indicesAgainstEmbedding = defineCheck({
  code: "indices-against-embedding",
  needsData: true,
  *train(train) {
    const { model, data } = train;
    if (!data?.profile || !data.settings) return;
    const fed = fedColumns(model, data.settings);
    const columns = featuresOf(train, data.profile.columns);
    for (const [i, input] of model.inputs.entries()) {
      const node = fed || model.inputs.length === 1 ? readerOf(model, input) : undefined;
      if (node) yield* flowing(train, node, fed ? columns?.filter(({ name }) => fed[i]!.includes(name)) : columns);
    }
  },
});

function* flowing({ model, data }: Trained, node: Node, columns: readonly ColumnProfile[] | undefined): Iterable<CheckFinding> {
  const tokens = node.args["tokens"] as number;
  const profile = data!.profile!;
  const file = model.nodes[model.inputs[0]!]!.site.file;
  const report = (message: string, fixes: readonly Fix[]) => at(node, { code: "indices-against-embedding", severity: "error", message, related: [{ site: settingSite(file, data!.declaration, "source"), message: "they come from here" }], fixes });
  const larger = (n: number): Fix[] => (isWritten(node) ? [{ title: `Use ${count(n)} tokens`, edits: [argumentEdit(node, "tokens", String(n))] }] : []);
  if (profile.words) {
    const { sure, about } = vocabularyOf(data);
    if (sure > tokens) yield report(`the vocabulary of the training rows has about ${count(about)} indices, padding and unknown words included (estimated from ${count(profile.rows)} rows), and the embedding has ${count(tokens)}; give it as many as source says: vocabulary = ${count(data!.settings!.source.args["vocabulary"] as number)}`, larger(data!.settings!.source.args["vocabulary"] as number));
    return;
  }
  if (!columns || columns.length === 0) return;
  const rows = `measured over ${count(profile.measured ?? profile.rows)} rows`;
  const numbers = columns.map((c) => c.numbers!);
  const [least, most] = [numbers.reduce((a, n) => Math.min(a, n.min), Infinity), numbers.reduce((a, n) => Math.max(a, n.max), -Infinity)];
  const broken = columns.find((c) => !c.numbers!.whole);
  if (broken) yield report(`an embedding takes whole numbers, and ${broken.name} has fractions (${rows}); give numbers to a dense layer`, []);
  else if (least < 0) yield report(`an embedding takes whole numbers from 0, and the least is ${short(least)} (${rows})`, []);
  else if (most >= tokens) yield report(`the largest index is ${count(most)} (${rows}), and the embedding has rows for 0 to ${count(tokens - 1)}; it needs ${profile.complete && profile.measured === undefined ? "" : "at least "}${count(most + 1)}`, larger(most + 1));
}

/** The embedding of fewest rows that reads the input. */
function readerOf({ nodes }: Model, input: number): Node | undefined {
  const readers = nodes.filter((n) => n.layer?.takesIndices && n.inputs[0] === input && typeof n.args["tokens"] === "number");
  return readers.length === 0 ? undefined : readers.reduce((a, b) => ((b.args["tokens"] as number) < (a.args["tokens"] as number) ? b : a));
}

function isWritten({ call }: Node): boolean {
  return (call?.args.find((a) => a.name?.text === "tokens") ?? call?.args.find((a) => !a.name))?.value.kind === "number";
}

/** Indices that training will number, padding and unknown words included: at the least, and as expected. */
function vocabularyOf(data: Trained["data"]): { readonly sure: number; readonly about: number } {
  const { profile, settings } = data!;
  const share = sharesOf(settings!)?.[0] ?? 0;
  let [expected, variance] = [0, 0];
  for (const [rows, words] of profile!.words!.occurrences) {
    const p = 1 - (1 - share) ** rows;
    expected += words * p;
    variance += words * p * (1 - p);
  }
  const most = settings!.source.args["vocabulary"] as number;
  return { sure: Math.min(most, 2 + expected - SURE * Math.sqrt(variance)), about: Math.min(most, Math.round(2 + expected)) };
}
