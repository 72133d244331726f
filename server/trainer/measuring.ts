import { learningRate, type Model, rangeOf, type TrainSettings } from "../language/index.ts";
import { type Part, stepsOf } from "./data/part.ts";
import type { Session, Step, Table } from "./engines/engine.ts";
import type { LayerEvent, MeasureEvent } from "./protocol.ts";

export interface Measured {
  readonly model: Model;
  readonly session: Session;
  readonly settings: TrainSettings;
  readonly train: Part;
  /** What a batch's rows become at a step, and what their losses count. */
  readonly dress: (table: Table, rows: Int32Array, step: number) => Pick<Step, "x" | "targets" | "weights">;
  /** Every so many epochs, 0 for never; undefined: at most once an epoch, and so far apart that it costs little. */
  readonly measure: number | undefined;
}

/** A measured step costs about as much as a session run, whether steps share that or not: this far apart, all of it stays below a twentieth. */
const RUNS_APART = 10;
const STEPS_APART = 100;
/** Share of the training rows that a look for silent units may take; a row costs a third of what it costs in training. */
const LOOK = 0.03;
/** By default every row is looked at, if units stay silent, in each of so many measured epochs, and in the last of at least so many epochs. */
const WHOLE = 20;

/** Whether epoch `epoch` (from 1) is measured: the first, each `every`th after it, and the last. */
export function isMeasured(run: Measured, epoch: number): boolean {
  if (run.measure === 0) return false;
  return (epoch - 1) % everyOf(run) === 0 || epoch === run.settings.epochs;
}

/** What the layers are like after an epoch: the epoch's last part's first step once more, without its update; and which units have died. */
export async function measureEpoch(run: Measured, epoch: number, factor: number): Promise<MeasureEvent> {
  const { model, session, settings, train } = run;
  const pieces = train.epoch(settings.batch, settings.seed, epoch);
  const total = stepsOf(pieces);
  const piece = pieces.at(-1)!;
  const table = await piece.table();
  const number = epoch * total - piece.batches.length;
  const rows = piece.batches[0]!;
  const layers = await session.inspect(table, { number, rows, learningRate: learningRate(settings, number, total, settings.epochs) * factor, ...run.dress(table, rows, number) });
  if (piece.passing) session.forget(table);
  const dead = await deadUnits(run, looksAtAll(run, epoch));
  return {
    event: "measure", epoch, step: number + 1,
    layers: layers.map((l): LayerEvent => {
      const node = model.nodes[l.node]!;
      const { node: _, ...numbers } = l;
      const units = dead.get(l.node);
      return { name: node.name, kind: node.layer!.name, file: node.site.file, line: rangeOf(node.site).start.line + 1, ...numbers, units: units?.units ?? null, dead: units?.dead ?? null };
    }),
  };
}

/** By node. A unit is dead if no training row makes it anything but 0; undefined where units were silent on the rows looked at, and not all were. */
async function deadUnits({ session, settings, train }: Measured, whole: boolean): Promise<Map<number, { units: number; dead: number | undefined }>> {
  const most = new Map<number, Float32Array>();
  const silent = () => [...most.values()].reduce((n, units) => n + units.filter((v) => v === 0).length, 0);
  let seen = 0;
  search: for (const piece of train.all(Math.max(settings.batch, 32))) {
    const table = await piece.table();
    for (const rows of piece.batches) {
      for (const [node, units] of await session.activity(table, rows)) {
        const before = most.get(node);
        most.set(node, before ? before.map((v, i) => Math.max(v, units[i]!)) : units);
      }
      seen += rows.length;
      if (silent() === 0 || (!whole && seen >= LOOK * train.rows)) {
        if (piece.passing) session.forget(table);
        break search;
      }
    }
    if (piece.passing) session.forget(table);
  }
  return new Map([...most].map(([node, units]) => {
    const dead = units.filter((v) => v === 0).length;
    return [node, { units: units.length, dead: dead === 0 || seen >= train.rows ? dead : undefined }];
  }));
}

function looksAtAll(run: Measured, epoch: number): boolean {
  if (run.measure !== undefined) return true;
  return epoch === run.settings.epochs ? epoch >= WHOLE : ((epoch - 1) / everyOf(run)) % WHOLE === WHOLE - 1;
}

function everyOf({ session, settings, train, measure }: Measured): number {
  return measure ?? Math.max(1, Math.ceil(Math.max(STEPS_APART, RUNS_APART * session.stepsAtOnce) / Math.ceil(train.rows / settings.batch)));
}
