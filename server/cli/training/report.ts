import { type EndEvent, type EpochEvent, type ErrorEvent, judgedBy, type StartEvent, type StepEvent, type TrainerEvent } from "../../trainer/protocol.ts";
import { shown } from "../files.ts";
import { layerTable } from "./layers.ts";
import { cellOf, metricsText, scoresText } from "./scores.ts";
import * as several from "./several.ts";
import { counted, grouped, measure, painter, type Paint, percent, widthOf, wrap } from "../text.ts";

/** Shows a run while it goes. */
export interface Reporter {
  event(event: TrainerEvent): void;
  /** Someone asked to stop. */
  stopping(): void;
}

interface Bar {
  step(event: StepEvent, start: StartEvent | undefined): void;
  /** Takes it off the screen, so that a line can be written. */
  clear(): void;
}

const noBar: Bar = { step: () => undefined, clear: () => undefined };

/** A line an epoch, and on a terminal a bar within the epoch. */
export async function terminal({ layers }: { readonly layers: boolean }): Promise<Reporter> {
  const out = process.stdout;
  const paint = painter(out);
  const bar = out.isTTY ? await progressBar(out) : noBar;
  let start: StartEvent | undefined;
  let began = Date.now();
  let last: EpochEvent | undefined;
  const say = (text: string): void => {
    bar.clear();
    out.write(`${text}\n`);
  };
  return {
    event(event) {
      if (event.event === "step") bar.step(event, start);
      else if (event.event === "start") {
        start = event;
        began = Date.now();
        say(opening(event, widthOf(out)));
        // A first step may take long.
        const first = event.ensemble === undefined ? event.folds === undefined ? {} : { fold: 1 } : { member: 1 };
        bar.step({ event: "step", ...first, epoch: 1, ...event.resumed, step: 0, steps: Math.ceil(event.rows.train / event.batch), loss: NaN }, start);
      } else if (event.event === "epoch") {
        const epochs = start?.epochs ?? event.epoch;
        const isOther = last?.member !== event.member || last?.fold !== event.fold;
        if (start && isOther) say(`${last ? "\n" : ""}${several.heading(event, start)}`);
        if (!last || isOther) say(paint("dim", head(epochs, event)));
        last = event;
        say(row(event, epochs, paint));
      } else if (event.event === "measure") {
        if (layers) say(paint("dim", layerTable(event)));
      } else if (event.event === "end") say(closing(event, Date.now() - began, widthOf(out)));
      else if (event.event === "warning") say(`${paint("yellow", `warning[${event.code}]`)} ${event.message}`);
      else if (event.event === "error") {
        bar.clear();
        process.stderr.write(`${failure(event, painter(process.stderr))}\n`);
      }
    },
    stopping: () => say("stopping… (Ctrl-C again: at once)"),
  };
}

async function progressBar(stream: NodeJS.WriteStream): Promise<Bar> {
  const { default: cliProgress } = await import("cli-progress");
  let bar: InstanceType<typeof cliProgress.SingleBar> | undefined;
  return {
    step({ epoch, step, steps, loss, ...which }, start) {
      if (!bar) {
        bar = new cliProgress.SingleBar({ stream, format: `${start ? several.prefix(which, start) : ""}epoch ${epoch}/${start?.epochs ?? epoch} {bar} {percentage} %  loss {loss}`, barsize: 30, hideCursor: true, clearOnComplete: true }, cliProgress.Presets.shades_classic);
        bar.start(steps, step, { loss: measure(Number.isFinite(loss) ? loss : null) });
      } else bar.update(step, { loss: measure(Number.isFinite(loss) ? loss : null) });
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function opening(e: StartEvent, width: number): string {
  const rows = `${counted(e.rows.train, "row")} to train on, ${grouped(e.rows.validation)} to validate, ${grouped(e.rows.test)} to test`;
  const versions = Object.entries(e.versions).map(([name, v]) => `${name} ${v}`).join(", ");
  return [wrap(`${e.model}: ${counted(e.params, "parameter")}, ${rows}`, width), wrap(e.engineNote, width), wrap(versions, width), ...[...several.opening(e), ...notes(e)].map((n) => wrap(n, width)), ""].join("\n");
}

function notes(e: StartEvent): string[] {
  const { resumed, notes = [] } = e;
  return resumed ? [`Goes on in ${several.prefix(resumed, e)}epoch ${resumed.epoch}, after ${counted(resumed.step, "step")} of it.`, ...notes] : [...notes];
}

const WIDEST = 80;

type Column = readonly [title: string, width: number, cell: (e: EpochEvent) => string];

function table(epochs: number, e: EpochEvent): Column[] {
  const counter = Math.max(5, 2 * String(epochs).length + 1);
  const columns: Column[] = [["epoch", counter, (e) => `${e.epoch}/${epochs}`], ["loss", 10, (e) => measure(e.loss)]];
  if (e.accuracy !== null) columns.push(["accuracy", 9, (e) => percent(e.accuracy)]);
  if (e.valLoss !== null) columns.push(["val loss", 10, (e) => measure(e.valLoss)]);
  if (e.valAccuracy !== null) columns.push(["val accuracy", 13, (e) => percent(e.valAccuracy)]);
  for (const [name, first] of Object.entries(e.outputs ?? {})) {
    const title = `${judgedBy(first).title}${name}`;
    columns.push([title, Math.max(title.length + 1, 9), (e) => cellOf(judgedBy(e.outputs![name]!).score)]);
  }
  columns.push(["examples/s", 11, (e) => grouped(e.examplesPerSecond)]);
  for (const name of Object.keys(e.valMetrics ?? {})) {
    const title = `val ${name}`;
    columns.push([title, Math.max(title.length + 1, 9), (e) => measure(e.valMetrics?.[name] ?? null)]);
  }
  // What a narrow terminal has no room for is in --json.
  while (columns.reduce((sum, [, width]) => sum + width + 1, 0) + 5 > WIDEST && columns.length > 6) columns.pop();
  return columns;
}

function head(epochs: number, e: EpochEvent): string {
  return table(epochs, e).map(([title, width]) => title.padStart(width)).join(" ");
}

function row(e: EpochEvent, epochs: number, paint: Paint): string {
  const cells = table(epochs, e).map(([, width, cell]) => cell(e).padStart(width)).join(" ");
  return e.best ? `${cells}  ${paint("green", "best")}` : cells;
}

const REASONS = { completed: "trained", cancelled: "stopped", early_stop: "stopped early, since it got no better," } as const;

function closing(e: EndEvent, ms: number, width: number): string {
  const test = e.testLoss === null ? "" : `; test loss ${measure(e.testLoss)}${e.testAccuracy === null ? "" : `, test accuracy ${percent(e.testAccuracy)}`}${metricsText(e.testMetrics)}`;
  const table = several.results(e, width);
  const lines = [...(table === undefined ? [] : ["", table]), "", wrap(`${REASONS[e.reason]} after ${(ms / 1000).toFixed(1)} s${test}`, width)];
  for (const [name, scores] of Object.entries(e.testOutputs ?? {})) lines.push(wrap(`test ${name}: ${scoresText(scores)}`, width, "  "));
  const count = (e.ensemble?.members ?? e.folds?.folds)?.length;
  lines.push(e.checkpoint === null ? "no weights were kept: not one epoch was finished" : `best weights: ${shown(e.checkpoint)}${count === undefined ? "" : `, which names the ${count} files`}`);
  return lines.join("\n");
}

export function failure(e: ErrorEvent, paint: Paint): string {
  const place = e.file === undefined ? "" : `${shown(e.file)}${e.line === undefined ? "" : `:${e.line}${e.column === undefined ? "" : `:${e.column}`}`} `;
  return `${paint("bold", place)}${paint(["bold", "red"], `error[${e.code}]`)} ${e.message}`;
}
