import { sharesOf } from "../data-settings.ts";
import type { Fix } from "../findings.ts";
import type { Arg, Entry, Site } from "../syntax/tree.ts";
import type { Trained } from "./define.ts";
import { entryOf, fileOf, settingEdit, settingSite } from "./fixes.ts";

/** Steps of the whole run; undefined where the rows are not known. */
export function stepsOf({ settings, data }: Trained): number | undefined {
  const rows = trainingRows(data);
  return rows === undefined || !settings ? undefined : settings.epochs * Math.ceil(rows / settings.batch);
}

/** Rows that are trained on: counted, or estimated where the file was read in part. */
export function trainingRows(data: Trained["data"]): number | undefined {
  const { profile, settings } = data ?? {};
  if (!profile || !settings) return undefined;
  const marked = profile.columns.find((c) => c.name === settings.split)?.values?.get("train");
  const share = sharesOf(settings)?.[0] ?? (marked === undefined ? undefined : marked / profile.rows);
  return share === undefined ? undefined : Math.max(1, Math.round(profile.total * share));
}

/** Fewer steps than this settle nothing, whatever the optimizer. */
export const FEWEST_STEPS = 100;

/** Steps over which the learning rate rises first. */
export const warmupOf = ({ settings }: Pick<Trained, "settings">): number => (settings?.schedule.args["warmup"] as number | undefined) ?? 0;

/** So few steps, or a warm-up that never ends: training-length's. */
export function isCut(train: Trained): boolean {
  const steps = stepsOf(train) ?? Infinity;
  return steps < FEWEST_STEPS || warmupOf(train) >= steps;
}

/** Sets the learning rate. */
export function rateFix({ declaration, model, settings }: Trained, text: string): Fix[] {
  const file = fileOf(model);
  const { name } = settings!.optimizer;
  const entry = entryOf(declaration, "optimizer");
  const title = `Use lr = ${text}`;
  const value = entry?.value.kind === "call" ? entry.value : undefined;
  const written = value && argumentOf(value.args);
  if (entry && written) return [{ title, edits: [{ site: siteOf(file, declaration.line, entry, written), text }] }];
  return entry ? [] : [{ title, edits: [settingEdit(file, declaration, "optimizer", `${name}(lr = ${text})`)] }];
}

/** Where a setting stands, or the block's name. */
export const siteOfSetting = ({ declaration, model }: Trained, key: string): Site => settingSite(fileOf(model), declaration, key);

/** What loosens the clipping. */
export const clipFix = ({ declaration, model }: Trained): Fix[] => [{ title: "Use clip = norm(1)", edits: [settingEdit(fileOf(model), declaration, "clip", "norm(1)")] }];

/** A number of one digit. */
export const digit = (x: number): string => String(Number(x.toPrecision(1)));

function argumentOf(args: readonly Arg[]): Arg["value"] | undefined {
  return (args.find((a) => a.name?.text === "lr") ?? args.find((a, i) => i === 0 && !a.name))?.value;
}

function siteOf(file: string, line: Site["line"], entry: Entry, value: Arg["value"]): Site {
  return { file, line: entry.line ?? line, span: value.span };
}
