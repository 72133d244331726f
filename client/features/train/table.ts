import { eachOutput, type EndEvent, type EpochEvent, type ErrorEvent, judgedBy, type Scored, shownBy, type Spread, type StartEvent, type Which } from "../../../server/trainer/protocol.ts";

/** A run as lines of text. Pure: no editor in it. */

export function heading(start: StartEvent, file: string): string[] {
  const { rows } = start;
  return [
    `${start.run ?? start.model} · ${file}`,
    start.engineNote,
    `${count(rows.train)} training, ${count(rows.validation)} validation, ${count(rows.test)} test rows · ${count(start.params)} parameters · batch ${start.batch} · seed ${start.seed}`,
    ...(start.ensemble === undefined ? [] : [`an ensemble of ${start.ensemble}: seeds ${start.seed} to ${start.seed + start.ensemble - 1}, predictions averaged`]),
    ...(start.folds === undefined ? [] : [`${start.folds} folds, each held out once`]),
    "",
  ];
}

/** `member 2/5`; undefined where the run is one training. */
export function which({ member, fold }: Which, start: Pick<StartEvent, "ensemble" | "folds"> | undefined): string | undefined {
  if (member !== undefined) return `member ${member}/${start?.ensemble ?? "?"}`;
  return fold === undefined ? undefined : `fold ${fold}/${start?.folds ?? "?"}`;
}

/**
 * The columns that this run fills: no accuracy for regression, no validation without validation rows. It begins at the
 * margin and the rows do not, so that an editor keeps it in view as they scroll.
 */
export function columns(first: EpochEvent): string {
  return line([MARGIN, "loss", first.accuracy === null ? "" : "accuracy", first.valLoss === null ? "" : "val loss", first.valAccuracy === null ? "" : "val accuracy", "examples/s", ...Object.entries(first.outputs ?? {}).map(([name, own]) => `${judgedBy(own).title}${name}`)], "");
}

export function row(epoch: EpochEvent, epochs: number): string {
  const cells = [
    `${String(epoch.epoch).padStart(String(epochs).length)}/${epochs}`,
    number(epoch.loss),
    epoch.accuracy === null ? "" : percent(epoch.accuracy),
    epoch.valLoss === null ? "" : number(epoch.valLoss),
    epoch.valAccuracy === null ? "" : percent(epoch.valAccuracy),
    count(epoch.examplesPerSecond),
    ...Object.values(epoch.outputs ?? {}).map((own) => cell(judgedBy(own).score)),
  ];
  return line(cells, epoch.best ? "  ← best" : "");
}

function cell(score: Pick<Scored, "loss" | "accuracy">): string {
  const told = shownBy(score);
  return "accuracy" in told ? percent(told.accuracy) : number(told.loss);
}

export function closing(run: { readonly end: EndEvent | undefined; readonly error: ErrorEvent | undefined; readonly epochs: readonly EpochEvent[]; readonly seconds: number }): string[] {
  const { end, error } = run;
  if (error) return ["", `failed: ${error.message}`, ...(error.file ? [`  at ${error.file}${error.line ? `:${error.line}` : ""}`] : []), ""];
  const how = { completed: "done", early_stop: "stopped early: no longer improving", cancelled: "stopped" }[end?.reason ?? "cancelled"];
  const tested = end?.testLoss == null ? "" : ` · test loss ${number(end.testLoss)}${end.testAccuracy === null ? "" : `, test accuracy ${percent(end.testAccuracy)}`}`;
  const outputs = Object.entries(end?.testOutputs ?? {}).map(([name, { loss, accuracy }]) => `test ${name}: loss ${number(loss)}${accuracy === null ? "" : `, accuracy ${percent(accuracy)}`}`);
  return ["", ...together(end), ...outputs, `${how} after ${epochsText(run.epochs.length)} and ${run.seconds.toFixed(1)} s${tested}`, end?.checkpoint ? `best weights: ${end.checkpoint}` : "no weights were written", ""];
}

/** What the trainings of an ensemble or of folds give together. */
function together(end: EndEvent | undefined): string[] {
  const { ensemble, folds } = end ?? {};
  const averaged = ensemble?.rows ? { ...ensemble, rows: ensemble.rows, mean: ensemble.mean!, own: ensemble.own!, gain: ensemble.gain! } : folds?.averaged;
  const plusMinus = (name: string, { mean, deviation }: Spread) =>
    `${name}: loss ${number(mean.loss)} ± ${number(deviation.loss)}${mean.accuracy === null ? "" : `, accuracy ${percent(mean.accuracy)} ± ${percent(deviation.accuracy ?? 0)}`}`;
  const spread = (name: string, of: Spread) => [plusMinus(name, of), ...eachOutput(of).map(([output, own]) => plusMinus(`  ${output}`, own))];
  const gain = (name: string, own: Scored, mean: Scored) =>
    `${name}: loss ${number(own.loss)}, ${number(mean.loss - own.loss)} less than one alone${own.accuracy === null ? "" : `; accuracy ${percent(own.accuracy)}, one alone ${percent(mean.accuracy ?? 0)}`}`;
  return [
    ...(folds ? spread("held-out rows", folds.validation) : []),
    ...(folds?.test ? spread("test rows", folds.test) : []),
    ...(averaged ? [gain(`averaged on the ${averaged.rows} rows`, averaged.own, averaged.mean), ...Object.entries(averaged.own.outputs ?? {}).map(([name, own]) => gain(`  ${name}`, own, averaged.mean.outputs![name]!))] : []),
  ];
}

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
export const epochsText = (n: number): string => `${n} ${n === 1 ? "epoch" : "epochs"}`;

export function number(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toFixed(4);
}

const count = (n: number): string => Math.round(n).toLocaleString("en-US");
const MARGIN = "epoch    ";
const WIDTHS = [9, 11, 11, 11, 14, 13];
const line = (cells: readonly string[], mark: string): string => cells.map((cell, i) => (cell === "" ? "" : cell.padStart(WIDTHS[i] ?? 14))).join("") + mark;
