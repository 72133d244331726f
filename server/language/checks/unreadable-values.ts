import { isFeature, wordColumns } from "../feeds.ts";
import type { Fix } from "../findings.ts";
import type { ColumnProfile, DataProfile } from "../host.ts";
import { labelColumns } from "../outputs.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { columnName, entryOf, fileOf, settingEdit, settingSite } from "./fixes.ts";
import { count } from "./places.ts";

/** Columns that are told one by one. */
const MOST_TOLD = 8;
/** Of a table with more columns a look keeps fewer values than a column of categories may have. */
const MOST_COLUMNS = 500;

/**
 * Values at which reading the file stops before the first step: missing ones that `missing` gives no meaning, a word in a
 * column of numbers, more different words than any category has (server/trainer/data/sources/csv.ts). No threshold: they
 * are counted in the rows that were read.
 * Guards: columns that are no feature and no label; columns of sentences and of files; where rows are left out, what may
 * stand in those.
 */
export const unreadableValues = defineCheck({
  code: "unreadable-values",
  needsData: true,
  explains: ["features-unscaled", "class-imbalance"],
  *train(train) {
    const { profile, settings } = train.data ?? {};
    // Sources of arrays and of sentences have their own.
    if (!profile || !settings || profile.label || profile.words) return;
    const [isChosen, others, labels] = [isFeature(settings), wordColumns(settings), labelColumns(settings)];
    const isFeatured = (c: ColumnProfile) => isChosen(c.name) && !others.includes(c.name) && !labels.includes(c.name);
    const features = profile.columns.filter(isFeatured);
    const gaps = (columns: readonly ColumnProfile[]) => columns.filter((c) => c.missing > 0);
    const targets = gaps(profile.columns.filter((c) => labels.includes(c.name)));
    if (settings.missing !== "drop" && targets.length > 0) yield missing(train, profile, targets, ["drop"], "every row needs its label");
    else if (settings.missing === "error" && gaps(features).length > 0) yield missing(train, profile, gaps(features), ["drop", "mean"], "nothing says what that means");
    if (settings.missing === "drop" && gaps(profile.columns).length > 0) return;
    let told = 0;
    for (const [at, column] of profile.columns.entries()) {
      if (told >= MOST_TOLD) return;
      // What holds numbers alone is read.
      if ((column.numeric && !settings.categories) || !isFeatured(column)) continue;
      const finding = mixed(train, profile, at) ?? tooMany(train, profile, at);
      if (!finding) continue;
      told++;
      yield finding;
    }
  },
});

const WAYS = { drop: "missing = drop leaves such rows out", mean: "missing = mean puts in the mean of the training rows" };

function missing({ data, model }: Trained, { rows }: DataProfile, columns: readonly ColumnProfile[], ways: readonly ("drop" | "mean")[], why: string): CheckFinding {
  const { declaration } = data!;
  const file = fileOf(model);
  const some = columns.slice(0, 4).map((c) => `${c.name} ${count(Math.round(c.missing * rows))}`).join(", ");
  const which = columns.length === 1 ? `column ${columns[0]!.name} misses a value in ${count(Math.round(columns[0]!.missing * rows))} of ${count(rows)} rows` : `${columns.length} columns miss values, ${some}${columns.length > 4 ? ", …" : ""} of ${count(rows)} rows`;
  return {
    code: "unreadable-values", severity: "error", site: settingSite(file, declaration, entryOf(declaration, "missing") ? "missing" : "source"), about: [],
    message: `${which} (counted), and ${why}: training would stop there; ${ways.map((w) => WAYS[w]).join(", ")}`,
    fixes: ways.map((way): Fix => ({ title: way === "drop" ? "Leave such rows out" : "Put in the mean of the training rows", edits: [settingEdit(file, declaration, "missing", way)] })),
  };
}

/** The first value decides what a column holds. */
function mixed({ data, model }: Trained, profile: DataProfile, at: number): CheckFinding | undefined {
  const { declaration, settings } = data!;
  const { name, numeric, values } = profile.columns[at]!;
  if (numeric || settings!.categories?.includes(name) || !beginsWithNumber(profile, at)) return undefined;
  const word = values && [...values.keys()].find((v) => !Number.isFinite(Number(v)));
  const file = fileOf(model);
  const fixes: Fix[] = entryOf(declaration, "categories") ? [] : [{ title: `Take the values of ${name} as categories`, edits: [settingEdit(file, declaration, "categories", `[${columnName(name)}]`)] }];
  return {
    code: "unreadable-values", severity: "error", site: settingSite(file, declaration, entryOf(declaration, "features") ? "features" : "source"), about: [], fixes,
    message: `column ${name} begins with numbers, and ${word === undefined ? "words follow" : `${JSON.stringify(word.slice(0, 40))} is none`} (read in ${count(profile.rows)} rows): training would stop there; correct the file, leave the column out by features = […], or write categories = [${columnName(name)}]`,
  };
}

function tooMany({ data, model }: Trained, profile: DataProfile, at: number): CheckFinding | undefined {
  const { declaration, settings } = data!;
  const { name, numeric, values } = profile.columns[at]!;
  if (values || profile.columns.length > MOST_COLUMNS || (!settings!.categories?.includes(name) && (numeric || beginsWithNumber(profile, at)))) return undefined;
  const file = fileOf(model);
  return {
    code: "unreadable-values", severity: "error", site: settingSite(file, declaration, entryOf(declaration, "features") ? "features" : "source"), about: [],
    message: `column ${name} has more than 1,000 different values (counted), so it is no category: training would stop there; leave it out by features = […], or give its words to an input: features = inputs(words = text(${columnName(name)}), …)`,
  };
}

function beginsWithNumber({ first, firstWords }: DataProfile, at: number): boolean {
  const begin = first?.findIndex((row, i) => !Number.isNaN(row[at]!) || (firstWords?.[i]?.[at] ?? "") !== "") ?? -1;
  return begin >= 0 && !Number.isNaN(first![begin]![at]!);
}
