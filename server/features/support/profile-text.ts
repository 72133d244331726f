import type { ColumnProfile, DataAnalysis } from "../../language/index.ts";
import { count, counted } from "./text.ts";

/** More classes than this are counted, not named. */
const MOST_CLASSES = 12;

/** What a look at the file of a data block gave: rows, label, range of the features. Undefined where there is none. */
export function profileText({ profile, settings }: DataAnalysis): string | undefined {
  if (!profile || !settings) return undefined;
  const { label, features, split } = settings;
  const rows = profile.complete ? `${counted(profile.rows, "row")} (counted)` : `about ${counted(profile.total, "row")} (estimated; the first ${count(profile.rows)} were read)`;
  const target = profile.columns.find((c) => c.name === label);
  const others = profile.columns.filter((c) => (features ? features.includes(c.name) : c.name !== label && c.name !== split));
  return [rows, target && `\`${target.name}\`: ${columnText(target)}`, rangeText(others)].filter((p) => p !== undefined).join("; ");
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
  const range = numbers.length > 0 ? `${counted(numbers.length, "feature")} from ${short(Math.min(...numbers.map((n) => n.min)))} to ${short(Math.max(...numbers.map((n) => n.max)))}` : undefined;
  return [range, words > 0 ? `${counted(words, "feature")} of words` : undefined].filter((p) => p !== undefined).join(", ");
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
