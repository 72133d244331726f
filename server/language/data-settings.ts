import type { DataSettings } from "./analysis.ts";
import { sources } from "./settings/sources/index.ts";
import { columnKinds, featureColumns, feedsOf, isFeature } from "./feeds.ts";
import { labelColumns } from "./outputs.ts";
import type { ProfileRequest } from "./host.ts";
import type { DataDecl, Entry } from "./syntax/tree.ts";
import type { SettingsWorld } from "./program/settings.ts";

/** What the settings of a data block must be together. */
export function checkData(bound: Readonly<Record<string, unknown>>, world: SettingsWorld, decl: DataDecl): void {
  const settings = bound as unknown as DataSettings;
  const written = new Map(decl.settings.entries.map((e) => [e.key.text, e]));
  const at = (entry: Entry, report: () => void): void => {
    world.line = entry.line ?? decl.line;
    report();
    world.line = decl.line;
  };
  const source = sources[settings.source.name]!;
  if (source.rows === "own") {
    for (const key of ["label", "features", "categories", "missing"]) {
      const entry = written.get(key);
      if (entry) at(entry, () => world.error("bad-setting", entry.span, `${source.name} has no columns, so it takes no ${key}${key === "label" ? "; its labels are its own" : ""}: leave it out`));
    }
  } else if (settings.label === undefined && !decl.settings.broken) {
    world.error("missing-setting", decl.name.span, `data ${decl.name.text} needs label = … : the column to predict`);
  }
  if (source.rows === "text") {
    for (const key of ["features", "categories", "missing", "shape", "scale", "normalize"]) {
      const entry = written.get(key);
      if (entry) at(entry, () => world.error("bad-setting", entry.span, `text becomes numbers of words, so it takes no ${key}: leave it out`));
    }
  }
  if (source.arrays) {
    const entry = written.get("missing");
    if (entry) at(entry, () => world.error("bad-setting", entry.span, `every value of an array is a number, so ${source.name} takes no missing: leave it out`));
    const [kind] = columnKinds(settings);
    const features = written.get("features");
    if (kind && features) at(features, () => world.error("bad-setting", features.value.span, `${kind.call} reads ${kind.name === "text" ? "sentences of a table" : "files that a table names"}, and ${source.name} has the arrays themselves; write ${kind.input} = ${kind.column}`));
  }
  if (feedsOf(settings)) {
    const entry = written.get("shape");
    if (entry) at(entry, () => world.error("bad-setting", entry.span, "shape is of a row that flows into one input, and features = inputs(…) gives each input its own: leave it out"));
  }
  const shaped = written.get("shape");
  const misfit = settings.shape && source.misfit?.(settings.shape);
  if (shaped && misfit !== undefined) at(shaped, () => world.error("bad-setting", shaped.value.span, misfit));
  const listed = written.get("categories");
  const isChosen = isFeature(settings);
  for (const name of listed ? (settings.categories ?? []) : []) {
    if (!isChosen(name)) at(listed!, () => world.error("bad-setting", listed!.value.span, `categories names ${name}, which is no feature here; leave it out of categories${featureColumns(settings) ? ", or add it to features" : ""}`));
  }
  for (const key of source.needs ?? []) {
    if (settings[key] === undefined && !decl.settings.broken) world.error("missing-setting", decl.name.span, `data ${decl.name.text} needs ${key} = … : ${source.name} resizes to it, as in shape = [32, 32, 3]`);
  }
  const test = written.get("test");
  if (test && settings.test && settings.test.name !== settings.source.name) {
    at(test, () => world.error("bad-setting", test.value.span, `test is read as source is: expected ${source.name}(…), received ${settings.test!.name}(…)`));
  }
  checkSplit(settings, world, written.get("split"), test !== undefined, at);
}

function checkSplit({ split, source }: DataSettings, world: SettingsWorld, entry: Entry | undefined, tested: boolean, at: (entry: Entry, report: () => void) => void): void {
  if (!entry) return;
  const fail = (why: string) => at(entry, () => world.error("bad-split", entry.value.span, why[0] === "=" ? why.slice(1) : `split ${why}; it is ${tested ? "[train, validation]" : "[train, validation, test]"} and sums to 1: ${tested ? "[0.9, 0.1]" : "[0.8, 0.1, 0.1]"}`, { span: entry.value.span, text: tested ? "[0.9, 0.1]" : "[0.8, 0.1, 0.1]", title: `Use ${tested ? "[0.9, 0.1]" : "[0.8, 0.1, 0.1]"}` }));
  if (typeof split === "string") {
    if (sources[source.name]!.rows === "own") fail(`=${source.name} has no columns, so split is a list of shares: [0.8, 0.1, 0.1]`);
    return;
  }
  const sum = split.reduce((a, b) => a + b, 0);
  const count = tested ? 2 : 3;
  if (split.length !== count) fail(`has ${split.length} shares${tested && split.length === 3 ? ", and test = … gives the third part" : ""}`);
  else if (Math.abs(sum - 1) >= 1e-9) fail(`sums to ${Number(sum.toPrecision(6))}`);
  else if (split[0] === 0) fail("leaves nothing to train on");
}

/** Shares of the source's rows: train, validation, and test where it has no source of its own. Undefined where a column says it. */
export function sharesOf({ split, test }: DataSettings): readonly number[] | undefined {
  if (typeof split === "string") return undefined;
  // Three shares beside a test are the default's.
  return test && split.length === 3 ? [0.9, 0.1] : split;
}

/** The shape of a row, as far as the block says it. */
export function rowShape({ shape, source }: DataSettings): readonly number[] | undefined {
  return shape ?? sources[source.name]!.shape?.(source.args);
}

/** What a look at the source's files asks for; undefined where a file is not to be read, or there is none. */
export function profileRequest({ source, label, split, shape }: DataSettings, resolve: (path: string) => string | undefined): ProfileRequest | undefined {
  const def = sources[source.name]!;
  const files: Record<string, string> = {};
  for (const [name, param] of Object.entries(def.params)) {
    if (!param.type.path) continue;
    const path = source.args[name];
    const target = typeof path === "string" ? resolve(path) : undefined;
    if (target === undefined) return undefined;
    files[name] = target;
  }
  if (Object.keys(files).length === 0) return undefined;
  return {
    source: source.name, files, args: source.args,
    ...(def.rows === "text" && label !== undefined && { label: labelColumns({ label })[0] }),
    ...(def.rows === "text" && typeof split === "string" && { split }),
    ...(def.needs?.includes("shape") && shape && { shape }),
  };
}
