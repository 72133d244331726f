import { type ColumnProfile, type DataAnalysis, isFeature, labelColumns } from "../../language/index.ts";
import { count, counted } from "./text.ts";

/** More classes than this are counted, not named. */
const MOST_CLASSES = 12;

/** What a look at the file of a data block gave: rows, label, range of the features. Undefined where there is none. */
export function profileText({ profile, settings }: DataAnalysis): string | undefined {
  if (!profile || !settings) return undefined;
  const labels = labelColumns(settings);
  const isChosen = isFeature(settings);
  const { total, measured, words } = profile;
  const rows = profile.complete ? `${counted(profile.rows, "row")} (counted)` : profile.label ? `${counted(total, "row")}; the first ${count(profile.rows)} were looked at` : `about ${counted(total, "row")} (estimated; the first ${count(profile.rows)} were read)`;
  const targets = profile.label ? [profile.label] : profile.columns.filter((c) => labels.includes(c.name));
  const others = profile.columns.filter((c) => isChosen(c.name));
  const range = words ? wordsText(words) : rangeText(others);
  return [rows, ...targets.map((target) => `\`${target.name}\`: ${columnText(target)}`), range && `${range}${measured === undefined ? "" : ` (measured over ${counted(measured, "row")})`}`].filter((p) => p !== undefined && p !== "").join("; ");
}

function wordsText({ lengths, occurrences }: NonNullable<DataAnalysis["profile"]>["words"] & object): string {
  const [rows, words] = [[...lengths.values()].reduce((a, b) => a + b, 0), [...lengths].reduce((s, [length, n]) => s + length * n, 0)];
  const sizes = [...lengths.keys()];
  return `${count([...occurrences.values()].reduce((a, b) => a + b, 0))} different words, ${count(sizes.reduce((a, b) => Math.min(a, b), Infinity))} to ${count(sizes.reduce((a, b) => Math.max(a, b), 0))} in a row, ${short(words / rows)} on average`;
}

function columnText({ numeric, numbers, values, missing }: ColumnProfile): string {
  const gaps = missing > 0 ? `, ${short(100 * missing)} % missing` : "";
  if (values && (!numeric || (numbers?.whole && values.size <= MOST_CLASSES))) {
    const named = values.size <= MOST_CLASSES ? ` (${[...values].map(([v, n]) => `${v} ${count(n)}`).join(", ")})` : "";
    return `${counted(values.size, "different value")}${named}${gaps}`;
  }
  return `${numbers ? `${short(numbers.min)} to ${short(numbers.max)}, mean ${short(numbers.mean)}, deviation ${short(numbers.std)}` : "over a thousand different words"}${gaps}`;
}

function rangeText(columns: readonly ColumnProfile[]): string | undefined {
  const numbers = columns.flatMap((c) => (c.numeric && c.numbers ? [c.numbers] : []));
  const words = columns.length - numbers.length;
  if (columns.length === 0) return undefined;
  const features = columns.reduce((n, c) => n + (c.places ?? 1), 0) - words;
  const extreme = (of: (a: number, b: number) => number, by: "min" | "max"): string => short(numbers.map((n) => n[by]).reduce(of));
  const range = numbers.length > 0 ? `${counted(features, "feature")} from ${extreme((a, b) => Math.min(a, b), "min")} to ${extreme((a, b) => Math.max(a, b), "max")}` : undefined;
  return [range, words > 0 ? `${counted(words, "feature")} of words` : undefined].filter((p) => p !== undefined).join(", ");
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
