import { fedColumns } from "../feeds.ts";
import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import type { ColumnProfile } from "../host.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { entryOf, settingEdit, settingSite } from "./fixes.ts";
import { readersOf } from "./graph.ts";
import { featuresOf } from "./label.ts";
import { count, short } from "./places.ts";

/** Root mean square of what initialization is made for: 1. Past the first it may suffer, past the second it will. */
const MAY = 3;
const WILL = 30;
/** One feature's deviation against another's. */
const SPREAD = 100;

const SCALES = new Set(["normalization", "batch_norm", "layer_norm", "rms_norm", "rescaling", "group_norm"]);
const KEEPS = new Set(["flatten", "reshape", "permute", "identity", "dropout", "gaussian_noise", "zero_pad", "crop", "slice"]);

/**
 * Features as they stand in the file, far from the size that initialization is made for. He's and Glorot's weights keep
 * the mean square of what flows in, so features of mean square q₀ give outputs of about √q₀, and gradients of the first
 * layer √q₀ times as large; features of very different deviations make the loss a narrow valley, whose steepness differs
 * by the square of their ratio (LeCun, Bottou, Orr, Müller 1998, Efficient backprop, section 4.3).
 * Guards: `normalize`, a normalization or rescaling first; whole-number indices (tokens); columns that never change; words and
 * categories, which become 0 and 1.
 */
export const featuresUnscaled = defineCheck({
  code: "features-unscaled",
  explains: ["saturated-units", "scores-alike"],
  needsData: true,
  *train(train) {
    const { model, data } = train;
    if (!data?.profile || !data.settings || data.settings.normalize !== "none") return;
    const fed = fedColumns(model, data.settings);
    const inputs = model.inputs.map((id) => model.nodes[id]!);
    const bare = inputs.filter((input) => input.type?.dtype === "float" && !isScaled(model, input));
    const known = featuresOf(train, data.profile.columns);
    const columns = fed ? known?.filter(({ name }) => bare.some((input) => fed[inputs.indexOf(input)]!.includes(name))) : inputs.length === 1 ? known : undefined;
    const [input] = bare;
    if (!input || !columns || columns.length === 0) return;
    const { scale } = data.settings;
    const square = columns.reduce((sum, { numbers: n }) => sum + n!.std ** 2 + n!.mean ** 2, 0) / columns.length;
    const size = scale * Math.sqrt(square);
    const spreads = columns.map((c) => c.numbers!.std).filter((s) => s > 0).sort((a, b) => a - b);
    const spread = spreads.length > 1 ? spreads[spreads.length - 1]! / spreads[0]! : 1;
    const alike = ofOneRange(columns);
    const uneven = spread > SPREAD && !alike;
    if (size <= MAY && !uneven) return;
    const file = input.site.file;
    const why = uneven
      ? `their deviations differ ${short(spread)} to 1 (${extremes(columns)}), and how fast each is learned by the square of that`
      : `from ${short(scale * Math.min(...columns.map((c) => c.numbers!.min)))} to ${short(scale * Math.max(...columns.map((c) => c.numbers!.max)))}, their root mean square is ${short(size)}, where initialization is made for 1`;
    yield {
      code: "features-unscaled", severity: size > WILL || uneven ? "warning" : "information", site: settingSite(file, data.declaration, entryOf(data.declaration, "scale") ? "scale" : "source"),
      message: `the features go into the model as they are: ${why} (measured over ${count(data.profile!.measured ?? data.profile!.rows)} rows); ${alike ? "scale them" : "normalize them"}`,
      related: bare.map(({ site }) => ({ site, message: "they flow in here" })),
      about: bare.map(({ id }) => id),
      ...withFixes(fixesFor(train, columns, bare, alike && !uneven)),
    };
  },
});

/** Pixels of one range differ in how often they are used, not in kind: most of them reach its ends. */
function ofOneRange(columns: readonly ColumnProfile[]): boolean {
  const changing = columns.filter((c) => c.numbers!.std > 0);
  const [least, most] = [Math.min(...changing.map((c) => c.numbers!.min)), Math.max(...changing.map((c) => c.numbers!.max))];
  // A channel is one range.
  if (changing.length === 1 && changing[0]!.places !== undefined) return true;
  const share = (of: (c: ColumnProfile) => boolean): number => changing.filter(of).length / changing.length;
  return changing.length > 1 && share((c) => c.numbers!.min === least) > 0.5 && share((c) => c.numbers!.max === most) > 0.5;
}

function isScaled(model: Model, input: Node): boolean {
  const readers = readersOf(model);
  let node = input;
  for (;;) {
    const next = readers.of(node.id);
    if (next.length > 0 && next.every((n) => n.layer && SCALES.has(n.layer.name))) return true;
    if (next.length !== 1 || !next[0]!.layer || !KEEPS.has(next[0]!.layer.kind)) return next.some((n) => n.layer?.takesIndices);
    node = next[0]!;
  }
}

function extremes(columns: readonly ColumnProfile[]): string {
  const sorted = columns.filter((c) => c.numbers!.std > 0).sort((a, b) => a.numbers!.std - b.numbers!.std);
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  return `${high.name} ${short(high.numbers!.std)}, ${low.name} ${short(low.numbers!.std)}`;
}

/** One factor where all columns have one kind of range; else mean and deviation of each. */
function fixesFor({ model, data }: Trained, columns: readonly ColumnProfile[], inputs: readonly Node[], alike: boolean): Fix[] {
  const [input] = inputs as readonly [Node];
  const file = input.site.file;
  const most = Math.max(...columns.map((c) => Math.max(Math.abs(c.numbers!.min), Math.abs(c.numbers!.max))));
  const fixes: Fix[] = [];
  if (alike && most > 0) fixes.push({ title: `Scale to at most 1: scale = 1 / ${short(most).replaceAll(",", "_")}`, edits: [settingEdit(file, data!.declaration, "scale", `1 / ${Number(most.toPrecision(6))}`)] });
  fixes.push({ title: "Normalize them: mean 0 and variance 1, from the training rows", edits: [settingEdit(file, data!.declaration, "normalize", "standard")] });
  const first = readersOf(model).of(input.id);
  const [next] = first;
  if (inputs.length === 1 && first.length === 1 && next!.layer && next!.via.length === 0 && next!.inputs.length === 1) {
    const { line, start } = next!.site.span;
    fixes.push({ title: "Begin the model with a normalization layer", edits: [{ site: { ...next!.site, span: { line, start, endLine: line, end: start } }, text: "normalization -> " }] });
  }
  return fixes;
}

function withFixes(fixes: readonly Fix[]) {
  return fixes.length > 0 ? { fixes } : {};
}
