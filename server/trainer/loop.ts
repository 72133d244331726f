import { setImmediate } from "node:timers/promises";
import { rangeOf, type Model, type TrainSettings } from "../language/index.ts";
import { type Part, stepsOf } from "./data/part.ts";
import type { Session, Step, Table, WeightData } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import { learningRate, type TrainPlan } from "./plan.ts";
import type { EndEvent, EpochEvent, StepEvent } from "./protocol.ts";

export interface LoopRun {
  readonly model: Model;
  readonly session: Session;
  readonly settings: TrainSettings;
  readonly plan: TrainPlan;
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
  readonly emit: (event: StepEvent | EpochEvent) => void;
  readonly cancelled: () => boolean;
  /** Writes the weights of an epoch that is the best so far. */
  readonly save: (weights: ReadonlyMap<string, WeightData>, epoch: number) => Promise<void>;
}

interface Score {
  readonly loss: number;
  readonly accuracy: number | null;
}

const STEP_EVENT_MS = 100;

/** Trains to the end, a stop or a cancel. Throws `non-finite`. */
export async function trainLoop(run: LoopRun): Promise<Omit<EndEvent, "event" | "checkpoint">> {
  const { session, settings } = run;
  const patience = settings.early_stop?.args["epochs"] as number | undefined;
  let best: { loss: number; epoch: number; weights: ReadonlyMap<string, WeightData> } | undefined;
  let reason: EndEvent["reason"] = "completed";
  await session.measure(run.train);
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    const started = performance.now();
    const score = await trainEpoch(run, epoch);
    const seconds = (performance.now() - started) / 1000;
    const validation = score && run.validation.rows > 0 ? await evaluate(run, run.validation, epoch) : undefined;
    if (!score || validation === "cancelled") {
      reason = "cancelled";
      break;
    }
    const judged = (validation ?? score).loss;
    const isBest = best === undefined || judged < best.loss;
    if (isBest) {
      best = { loss: judged, epoch, weights: await session.weights() };
      await run.save(best.weights, epoch);
    }
    run.emit({
      event: "epoch", epoch, loss: score.loss, accuracy: score.accuracy,
      valLoss: validation?.loss ?? null, valAccuracy: validation?.accuracy ?? null,
      examplesPerSecond: run.train.rows / seconds, best: isBest,
    });
    if (patience !== undefined && epoch - best!.epoch >= patience && epoch < settings.epochs) {
      reason = "early_stop";
      break;
    }
  }
  if (best) await session.setWeights(best.weights);
  const test = best && reason !== "cancelled" && run.test.rows > 0 ? await evaluate(run, run.test, best.epoch) : undefined;
  if (test === "cancelled") return { reason: "cancelled", testLoss: null, testAccuracy: null };
  return { reason, testLoss: test?.loss ?? null, testAccuracy: test?.accuracy ?? null };
}

/** Means over the epoch's rows, as training saw them; undefined if it was cancelled. */
async function trainEpoch(run: LoopRun, epoch: number): Promise<Score | undefined> {
  const { session, settings } = run;
  const pieces = run.train.epoch(settings.batch, settings.seed, epoch);
  const total = stepsOf(pieces);
  let [loss, correct, done, last, step] = [0, 0, 0, 0, 0];
  for (const piece of pieces) {
    const table = await piece.table();
    for (let at = 0; at < piece.batches.length; ) {
      const steps = piece.batches.slice(at, at + session.stepsAtOnce).map((rows, i): Step => {
        const number = (epoch - 1) * total + step + i;
        return { number, rows, learningRate: learningRate(settings, number, total, settings.epochs) };
      });
      const results = await session.train(table, steps);
      for (const [i, result] of results.entries()) {
        if (!Number.isFinite(result.loss)) throw await nonFinite(run, steps[i]!, epoch, result.loss, true, table);
        loss += result.loss * steps[i]!.rows.length;
        correct += result.correct ?? 0;
        done += steps[i]!.rows.length;
      }
      at += steps.length;
      step += steps.length;
      if (performance.now() - last >= STEP_EVENT_MS) {
        last = performance.now();
        run.emit({ event: "step", epoch, step, steps: total, loss: results[results.length - 1]!.loss });
      }
      // Messages (cancel) and the parent's end are seen here.
      await setImmediate();
      if (run.cancelled()) return undefined;
    }
    if (piece.passing) session.forget(table);
  }
  return { loss: loss / done, accuracy: run.plan.head.kind === "number" ? null : correct / done };
}

async function evaluate(run: LoopRun, part: Part, epoch: number): Promise<Score | "cancelled"> {
  let [loss, correct] = [0, 0];
  for (const piece of part.all(Math.max(run.settings.batch, 32))) {
    const table = await piece.table();
    for (const rows of piece.batches) {
      const score = await run.session.evaluate(table, rows);
      if (!Number.isFinite(score.loss)) {
        const number = epoch * stepsOf(run.train.epoch(run.settings.batch, run.settings.seed, epoch)) - 1;
        throw await nonFinite(run, { number, rows, learningRate: 0 }, epoch, score.loss, false, table);
      }
      loss += score.loss;
      correct += score.correct ?? 0;
      await setImmediate();
      if (run.cancelled()) return "cancelled";
    }
    if (piece.passing) run.session.forget(table);
  }
  return { loss: loss / part.rows, accuracy: run.plan.head.kind === "number" ? null : correct / part.rows };
}

async function nonFinite(run: LoopRun, step: Step, epoch: number, loss: number, training: boolean, table: Table): Promise<TrainerError> {
  const culprit = await run.session.diagnose(table, step, training);
  const node = culprit && run.model.nodes[culprit.node];
  const size = Number.isNaN(loss) ? "not a number" : "infinite";
  const when = `step ${step.number + 1} (epoch ${epoch})`;
  const remedy = "A smaller learning rate or clip = norm(1.0) often helps; so do features of about −1 to 1 (scale = …).";
  const start = `The loss is ${size} at ${when}`;
  if (!node) return new TrainerError("non-finite", `${start}, though every layer's output is finite: it overflows in the loss itself. ${remedy}`);
  const what = !node.layer
    ? `the rows that flow into ${node.name} are too large for single precision once scaled; choose a smaller scale`
    : `${culprit.what === "weights" ? `the weights of layer ${node.name} are no longer finite` : `layer ${node.name} is the first whose output is not finite`}. ${remedy}`;
  const { file } = node.site;
  return new TrainerError("non-finite", `${start}: ${what}`, { file, line: rangeOf(node.site).start.line + 1 });
}
