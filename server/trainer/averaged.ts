import { setImmediate } from "node:timers/promises";
import type { Model } from "../language/index.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { Part } from "./data/part.ts";
import type { Engine, Session } from "./engines/engine.ts";
import { type Answers, scoresOf } from "./metrics.ts";
import { type Head, type TrainPlan, widthOfHeads } from "./plan.ts";
import type { Averaged, Gain, Scored, Trained } from "./protocol.ts";
import { answersOf, metricsOf } from "./scores.ts";
import { average, spread } from "./spread.ts";
import type { Trial } from "./trials.ts";

/** Predictions of several trained models on the same rows, averaged: probabilities of classes, or numbers. Hansen and Salamon 1990. */

/** As many rows as `predict` takes at once. */
const ROWS = 64;

/** What averaging the trials' kept weights gains over one of them; undefined where no rows are the same for all. */
export async function averagedScores(trials: readonly Trial[], trained: readonly Trained[], { engine, model, cancelled }: { engine: Engine; model: Model; cancelled: () => boolean }): Promise<Averaged | "cancelled" | undefined> {
  const [{ which, plan, settings }] = trials as readonly [Trial];
  const rows = trained[0]!.test ? "test" : which.fold === undefined && trained[0]!.validation ? "validation" : undefined;
  if (!rows) return undefined;
  const session = await engine.open(model, plan);
  const sums = new Sums(plan);
  try {
    for (const trial of trials) {
      await session.setWeights((await readCheckpoint(trial.checkpoint)).weights);
      if (!(await sums.add(session, trial.prepare()[rows], cancelled))) return "cancelled";
    }
  } finally {
    session.dispose();
  }
  const own = sums.score(settings, trials.length);
  const { mean } = spread(trained.map((t) => t[rows]!));
  return { rows, mean, own, gain: gainOf(mean, own) };
}

const gainOf = (mean: Scored, own: Scored): Gain => ({
  loss: mean.loss - own.loss,
  accuracy: own.accuracy === null || mean.accuracy === null ? null : own.accuracy - mean.accuracy,
  ...(own.outputs && { outputs: Object.fromEntries(Object.entries(own.outputs).map(([name, score]) => [name, gainOf(mean.outputs![name]!, score)])) }),
});

/** Outputs, in the order of the first part's rows. */
class Sums {
  private outputs = new Float64Array(0);
  /** Labels [rows, heads], or the rows themselves [rows, outputs] where they are what outputs are compared with. */
  private wanted = new Float32Array(0);
  private places: Map<number, number> | undefined;
  private readonly plan: TrainPlan;

  constructor(plan: TrainPlan) {
    this.plan = plan;
  }

  /** False where it was cancelled. */
  async add(session: Session, part: Part, cancelled: () => boolean): Promise<boolean> {
    const width = widthOfHeads(this.plan);
    const heads = this.plan.heads.length;
    const { reconstructs } = this.plan.heads[0];
    if (this.outputs.length === 0) {
      this.outputs = new Float64Array(part.rows * width);
      this.wanted = new Float32Array(part.rows * (reconstructs ? width : heads));
      this.places = part.ids && new Map([...part.ids].map((id, i) => [id, i]));
    }
    let at = 0;
    for (const piece of part.all(ROWS)) {
      const table = await piece.table();
      for (const rows of piece.batches) {
        const outputs = await session.predict(table, rows);
        for (const [i, row] of rows.entries()) {
          const place = this.places && part.ids ? this.places.get(part.ids[at + i]!)! : at + i;
          for (let k = 0; k < width; k++) this.outputs[place * width + k]! += outputs[i * width + k]!;
          if (reconstructs) this.wanted.set(table.x.subarray(row * width, (row + 1) * width), place * width);
          else this.wanted.set(table.y.subarray(row * heads, (row + 1) * heads), place * heads);
        }
        at += rows.length;
        await setImmediate();
        if (cancelled()) return false;
      }
      session.forget(table);
    }
    return true;
  }

  score(settings: Trial["settings"], count: number): Scored {
    const { plan } = this;
    const answers = answersOf(plan, { outputs: Float32Array.from(this.outputs, (sum) => sum / count), labels: this.wanted });
    const scores = plan.heads.map((head, i) => scoreOf(head, answers[i]!, settings));
    if (scores.length === 1) return scores[0]!;
    return { loss: scores.reduce((sum, s, i) => sum + plan.heads[i]!.weight * s.loss, 0), accuracy: null, outputs: Object.fromEntries(plan.heads.map(({ name }, i) => [name, scores[i]!])) };
  }
}

function scoreOf(head: Head, answers: Answers, settings: Trial["settings"]): Scored {
  const told = head.reconstructs ? {} : scoresOf(metricsOf(settings, head, true), head, answers);
  return {
    loss: lossOf(head, answers.outputs, answers.labels),
    accuracy: head.kind === "number" ? null : scoresOf([{ kind: "option", name: "accuracy", args: {} }], head, answers)["accuracy"]!,
    ...(Object.keys(told).length > 0 && { metrics: told }),
  };
}

/** Keras' clip of probabilities before a logarithm. */
const EPSILON = 1e-7;
/** The least that single precision tells from 0: what a softmax gives may be as small, and its logarithm is still right. */
const LEAST = 2 ** -149;

/**
 * Mean loss of the rows: what the engines compute (engines/tfjs/losses.ts), of outputs that no single model has given, so
 * that there are no logits. `wanted`: class indices or numbers [rows], or numbers [rows, outputs].
 */
export function lossOf(head: Omit<Head, "name" | "weight">, outputs: Float32Array, wanted: Float32Array): number {
  const { outputs: width, kind, loss: { name, args } } = head;
  const target = (row: number, k: number): number => (kind === "classes" ? Number(wanted[row] === k) : wanted[row * width + k]!);
  const rows = Array.from({ length: outputs.length / width }, (_, row) => {
    const values = outputs.subarray(row * width, (row + 1) * width);
    if (name !== "cross_entropy") return average(Array.from(values, (v, k) => term(name, args["delta"] as number, v, target(row, k))));
    const smoothing = (args["label_smoothing"] as number | undefined) ?? 0;
    const total = values.reduce((a, b) => a + b, 0);
    const least = head.logits?.activation === "softmax" || head.logarithmic ? LEAST : EPSILON;
    return values.reduce((sum, v, k) => sum - (target(row, k) * (1 - smoothing) + smoothing / width) * Math.log(within(v / total, least)), 0);
  });
  return average(rows);
}

function term(name: string, delta: number, output: number, target: number): number {
  if (name === "binary_cross_entropy") {
    const p = within(output, EPSILON);
    return -(target * Math.log(p) + (1 - target) * Math.log(1 - p));
  }
  const size = Math.abs(output - target);
  if (name === "mse") return size ** 2;
  if (name === "mae") return size;
  const inner = Math.min(size, delta);
  return inner * (size - inner / 2);
}

const within = (p: number, least: number): number => Math.min(Math.max(p, least), least === LEAST ? 1 : 1 - least);
