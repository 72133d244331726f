import { analyse } from "../../server/language/index.ts";
import { partOf } from "../../server/trainer/data/part.ts";
import type { Engine, Expected, Session, Step, StepResult, Table } from "../../server/trainer/engines/engine.ts";
import { planOf } from "../../server/trainer/plan.ts";
import { generator } from "../../server/trainer/random.ts";

/** A model on an engine, with 50 rows of four numbers. */
export function open(engine: Engine, body: string, settings: string, label: "class" | "number", expected?: Expected) {
  const analysis = analyse("/m.nnet", `data d {\nsource = csv("d.csv")\nlabel = y\n}\nmodel M {\n${body}\n}\ntrain M on d {\n${settings}\n}\n`);
  const errors = analysis.findings.filter((f) => f.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((f) => f.message).join("; "));
  const { model } = analysis.models[0]!;
  const plan = planOf(model, analysis.trains[0]!.settings!, [label]);
  return { session: engine.open(model, plan, expected), table: tableOf(label, plan.heads[0].kind === "binary" ? 2 : 3), model, plan };
}

function tableOf(label: "class" | "number", classes: number): Table {
  const draw = generator(1, "table");
  const x = Float32Array.from({ length: 50 * 4 }, () => 2 * draw() - 1);
  const y = Float32Array.from({ length: 50 }, (_, i) => (label === "number" ? x[4 * i]! - x[4 * i + 1]! : Math.floor(classes * draw())));
  return { rows: 50, shape: [4], x, y };
}

/** Steps over the rows in order; the last of each round is smaller. */
export function batches(rows: number, batch: number, count: number, learningRate: number): Step[] {
  const parts = Math.ceil(rows / batch);
  return Array.from({ length: count }, (_, number) => {
    const from = (number % parts) * batch;
    return { number, learningRate, rows: Int32Array.from({ length: Math.min(batch, rows - from) }, (_, i) => from + i) };
  });
}

/** So many steps, then what is evaluated, kept and predicted. */
export async function follow(engine: Engine, body: string, settings: string, label: "class" | "number", count: number, atOnce?: number, expected?: Expected) {
  const { session, table } = open(engine, body, settings, label, expected);
  const s: Session = await session;
  await s.measure(partOf(table));
  const rate = /lr = ([\d.]+)/.exec(settings);
  const steps = batches(table.rows, 8, count, rate ? Number(rate[1]) : 0.01);
  const results: StepResult[] = [];
  while (results.length < count) results.push(...(await s.train(table, steps.slice(results.length, results.length + (atOnce ?? s.stepsAtOnce)))));
  const rows = Int32Array.from({ length: 20 }, (_, i) => 2 * i);
  const found = { results, score: await s.evaluate(table, rows), weights: await s.weights(), outputs: await s.predict(table, rows) };
  s.dispose();
  return found;
}
