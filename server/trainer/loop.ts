import { learningRate, rangeOf } from "../language/index.ts";
import { type Part, stepsOf } from "./data/part.ts";
import type { Step, Table, WeightData } from "./engines/engine.ts";
import { TrainerError } from "./errors.ts";
import { isMeasured, type Measured, measureEpoch } from "./measuring.ts";
import { type TrainPlan, widthOfHeads } from "./plan.ts";
import type { EndEvent, EpochEvent, MeasureEvent, OutputEpoch, Scored, StepEvent } from "./protocol.ts";
import type { Moment, Position, SavedRun } from "./resume.ts";
import { afterEpoch, NO_PLATEAU } from "./schedule.ts";
import { added, metricScores, metricsOf, scored, type Sums } from "./scores.ts";
import { sparing } from "./sparing.ts";
import { turn } from "./turn.ts";

export interface LoopRun extends Measured {
  readonly plan: TrainPlan;
  readonly validation: Part;
  readonly test: Part;
  readonly emit: (event: StepEvent | EpochEvent | MeasureEvent) => void;
  readonly cancelled: () => boolean;
  /** Writes the weights of an epoch that is the best so far. */
  readonly save: (weights: ReadonlyMap<string, WeightData>, epoch: number) => Promise<void>;
  /** Where an earlier process left off. */
  readonly from: SavedRun | undefined;
  readonly keeper: { offer(saved: () => Promise<SavedRun>, when: Moment): Promise<void> };
}

const STEP_EVENT_MS = 100;

const atStart = (epoch: number, { best, plateau }: Pick<Position, "best" | "plateau">): Position => ({ epoch, step: 0, loss: 0, correct: 0, rows: 0, best, plateau });

type Ended = Omit<EndEvent, "event" | "checkpoint">;

/** Trains to the end, a stop or a cancel. Throws `non-finite`. */
export async function trainLoop(run: LoopRun): Promise<Ended> {
  const { save, flush } = sparing(run.save);
  let end: Ended;
  try {
    end = await epochs({ ...run, save });
  } catch (e) {
    // What stopped the run is what to tell.
    await flush().catch(() => undefined);
    throw e;
  }
  await flush();
  return end;
}

async function epochs(run: LoopRun): Promise<Ended> {
  const { session, settings, from } = run;
  const patience = settings.early_stop?.args["epochs"] as number | undefined;
  let best: { loss: number; epoch: number; weights: ReadonlyMap<string, WeightData> } | undefined = from?.position.best && from.best && { ...from.position.best, weights: from.best };
  let reason: EndEvent["reason"] = "completed";
  if (from) await session.setState(from.state);
  else await session.measure(run.train);
  session.expect(run.train.epoch(settings.batch, settings.seed, 1));
  let position = from?.position ?? atStart(1, { best: undefined, plateau: NO_PLATEAU });
  const offer = (at: Position, when: Moment) => run.keeper.offer(async () => ({ position: at, state: await session.state(), best: best?.weights }), when);
  const stop = (epoch: number) => patience !== undefined && best !== undefined && epoch - best.epoch >= patience;
  for (; position.epoch <= settings.epochs; position = atStart(position.epoch + 1, position)) {
    const { epoch } = position;
    // A run that was killed after its last epoch has nothing left to train.
    if (stop(epoch - 1)) {
      reason = "early_stop";
      break;
    }
    const started = performance.now();
    const before = position.rows;
    const { done, end } = await trainEpoch(run, position, (at) => offer(at, "step"));
    const seconds = (performance.now() - started) / 1000;
    const validation = done && run.validation.rows > 0 ? await evaluate(run, run.validation, epoch, false) : undefined;
    if (!done || validation === "cancelled") {
      reason = "cancelled";
      await offer(end, "stop");
      break;
    }
    const score = scored(run.plan, end, end.rows);
    const judged = (validation ?? score).loss;
    const isBest = best === undefined || judged < best.loss;
    if (isBest) {
      best = { loss: judged, epoch, weights: await session.weights() };
      await run.save(best.weights, epoch);
    }
    position = { ...end, best: { loss: best!.loss, epoch: best!.epoch }, plateau: afterEpoch(settings, end.plateau, judged) };
    run.emit({
      event: "epoch", epoch, loss: score.loss, accuracy: score.accuracy,
      valLoss: validation?.loss ?? null, valAccuracy: validation?.accuracy ?? null,
      ...(validation?.metrics && { valMetrics: validation.metrics }), ...(score.outputs && { outputs: outputsOf(score.outputs, validation) }),
      examplesPerSecond: (end.rows - before) / seconds, best: isBest,
    });
    if (isMeasured(run, epoch)) run.emit(await measureEpoch(run, epoch, end.plateau.factor));
    // After the words: a run that was killed in between says them again, which is better than never.
    await offer(atStart(epoch + 1, position), { epochs: epoch });
  }
  if (best) await session.setWeights(best.weights);
  const test = best && reason !== "cancelled" && run.test.rows > 0 ? await evaluate(run, run.test, best.epoch, true) : undefined;
  if (test === "cancelled") return { reason: "cancelled", testLoss: null, testAccuracy: null };
  return { reason, testLoss: test?.loss ?? null, testAccuracy: test?.accuracy ?? null, ...(test?.metrics && { testMetrics: test.metrics }), ...(test?.outputs && { testOutputs: test.outputs }) };
}

function outputsOf(train: NonNullable<Scored["outputs"]>, validation: Scored | undefined): Readonly<Record<string, OutputEpoch>> {
  return Object.fromEntries(Object.entries(train).map(([name, { loss, accuracy }]) => {
    const own = validation?.outputs?.[name];
    return [name, { loss, accuracy, valLoss: own?.loss ?? null, valAccuracy: own?.accuracy ?? null, ...(own?.metrics && { valMetrics: own.metrics }) }];
  }));
}

/** From a position to the end of its epoch, or to where it was cancelled; sums are over rows as training saw them. */
async function trainEpoch(run: LoopRun, from: Position, passing: (at: Position) => Promise<void>): Promise<{ done: boolean; end: Position }> {
  const { session, settings } = run;
  const { epoch } = from;
  const pieces = run.train.epoch(settings.batch, settings.seed, epoch);
  const total = stepsOf(pieces);
  let sums: Sums = from;
  let { rows } = from;
  let [begin, last] = [0, 0];
  const here = (step: number): Position => ({ ...from, ...totals(sums), step, rows });
  for (const piece of pieces) {
    const next = begin + piece.batches.length;
    if (next > from.step) {
      const table = await piece.table();
      for (let at = Math.max(from.step - begin, 0); at < piece.batches.length; ) {
        const steps = piece.batches.slice(at, at + session.stepsAtOnce).map((batch, i): Step => {
          const number = (epoch - 1) * total + begin + at + i;
          return { number, rows: batch, learningRate: learningRate(settings, number, total, settings.epochs) * from.plateau.factor, ...run.dress(table, batch, number) };
        });
        const results = await session.train(table, steps);
        for (const [i, result] of results.entries()) {
          if (!Number.isFinite(result.loss)) throw await nonFinite(run, steps[i]!, epoch, result.loss, true, table);
          sums = added(sums, result, steps[i]!.rows.length);
          rows += steps[i]!.rows.length;
        }
        at += steps.length;
        if (performance.now() - last >= STEP_EVENT_MS) {
          last = performance.now();
          run.emit({ event: "step", epoch, step: begin + at, steps: total, loss: results[results.length - 1]!.loss });
        }
        // Messages (cancel) and the parent's end are seen here.
        await turn();
        if (run.cancelled()) return { done: false, end: here(begin + at) };
        if (begin + at < total) await passing(here(begin + at));
      }
      if (piece.passing) session.forget(table);
    }
    begin = next;
  }
  return { done: true, end: here(total) };
}

const totals = ({ loss, correct, heads }: Sums): Sums => ({ loss, correct, ...(heads && { heads }) });

/** `atEnd`: with the metrics that are told in any case. */
export async function evaluate(run: LoopRun, part: Part, epoch: number, atEnd = false): Promise<Scored | "cancelled"> {
  let sums: Sums = { loss: 0, correct: 0 };
  let seen = 0;
  const { plan, settings } = run;
  const { heads } = plan;
  const metrics = heads.map((head) => metricsOf(settings, head, atEnd));
  const width = widthOfHeads(plan);
  const answers = metrics.some((m) => m.length > 0) ? { outputs: new Float32Array(part.rows * width), labels: new Float32Array(part.rows * heads.length) } : undefined;
  for (const piece of part.all(Math.max(settings.batch, 32))) {
    const table = await piece.table();
    for (const rows of piece.batches) {
      const score = await run.session.evaluate(table, rows);
      if (!Number.isFinite(score.loss)) {
        const number = epoch * stepsOf(run.train.epoch(settings.batch, settings.seed, epoch)) - 1;
        throw await nonFinite(run, { number, rows, learningRate: 0 }, epoch, score.loss, false, table);
      }
      sums = added(sums, score, 1);
      if (answers) {
        answers.outputs.set(await run.session.predict(table, rows), seen * width);
        for (const [i, row] of rows.entries()) for (let k = 0; k < heads.length; k++) answers.labels[(seen + i) * heads.length + k] = table.y[row * heads.length + k]!;
      }
      seen += rows.length;
      await turn();
      if (run.cancelled()) return "cancelled";
    }
    if (piece.passing) run.session.forget(table);
  }
  return scored(plan, sums, part.rows, answers && metricScores(plan, metrics, answers));
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
