import type { Node } from "../graph/graph.ts";
import { fans, initializerOf } from "../layers/initializers.ts";
import { fullSteps } from "../schedule.ts";
import { propagate } from "../signal/index.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { argumentEdit, fileOf, settingEdit, settingSite, unique } from "./fixes.ts";
import { isNorm, readersOf } from "./graph.ts";
import { inputsOf } from "./inputs.ts";
import { stepsOf } from "./rates.ts";
import { labelOf } from "./label.ts";
import { count, short } from "./places.ts";

/**
 * The pull of the penalty on a weight, in gradients that one row gives it. A batch's mean gradient is several times
 * smaller. Measured on digits with Adam: 0.07 is well, 0.2 loses a tenth, 0.5 to 0.7 half or all.
 */
const PULL = 0.4;

/**
 * Penalties and weight decay that are stronger than what the data says.
 *
 * l2·Σw² pulls a weight by 2·l2·w and l1·Σ|w| by l1, against the gradient of the data at initialization (signal
 * propagation). As weights shrink, the gradients of the layers around shrink with them: from two layers on, all zeros is a
 * state that nothing leaves. AdamW takes lr·weight_decay of each weight at a step and adds at most lr (Kingma and Ba 2015;
 * Loshchilov and Hutter 2019), so no weight can stay larger than 1 / weight_decay.
 * Guards: a normalization behind the layer takes the size of its weights away (van Laarhoven 2017); frozen weights; decay
 * that has no time to come that far.
 */
export const weightPenalty = defineCheck({
  code: "weight-penalty",
  *train(train) {
    yield* byPenalty(train);
    yield* byDecay(train);
  },
});

function* byPenalty(train: Trained): Iterable<CheckFinding> {
  const { model } = train;
  const penalized = model.nodes.filter((n) => (n.args["l1"] as number) > 0 || (n.args["l2"] as number) > 0);
  if (penalized.length === 0) return;
  const inputs = inputsOf(train);
  const readers = readersOf(model);
  const spread = spreadOfLabel(train);
  const pulls = propagate(model, inputs).kernels.flatMap(({ node, key, rms }) => {
    const { l1 = 0, l2 = 0 } = node.args as { l1?: number; l2?: number };
    const spec = node.weights.find((w) => w.key === key)?.spec;
    if (!spec || !(rms > 0) || l1 + l2 === 0 || readers.some(node.id, isNorm)) return [];
    return [{ node, l1, l2, pull: (l1 + 2 * l2 * deviationOf(node, key)) / (rms * spread) }];
  });
  const strong = pulls.filter((p) => p.pull > PULL);
  const [first] = strong;
  if (!first) return;
  const most = strong.reduce((a, b) => (b.pull > a.pull ? b : a));
  const fitting = (value: number) => String(Number(((value * 0.02) / most.pull).toPrecision(1)));
  const { node, l1, l2, pull } = first;
  yield {
    code: "weight-penalty", severity: "warning", site: node.site, about: strong.map((p) => p.node.id),
    message: `the penalty ${[l1 > 0 && `l1 = ${l1}`, l2 > 0 && `l2 = ${l2}`].filter(Boolean).join(", ")} pulls each weight of ${node.layer!.name} ${short(pull)} times as hard as one row of the data (derived at the start: ${l1 > 0 ? (l2 > 0 ? "l1 + 2·l2·|w|" : "l1") : "2·l2·|w|"} against the gradient's root mean square): weights go to 0 and take each other's gradients with them; 1e-4 is usual`,
    related: strong.slice(1, 5).map((p) => ({ site: p.node.site, message: `here ${short(p.pull)} times` })),
    fixes: [{ title: `Use a weaker penalty`, edits: unique(pulls.flatMap((p) => [...(p.l1 > 0 ? [argumentEdit(p.node, "l1", fitting(p.l1))] : []), ...(p.l2 > 0 ? [argumentEdit(p.node, "l2", fitting(p.l2))] : [])])) }],
  };
}

/** The gradient of squared error grows with the label: of numbers, their deviation, where the theory has 1. */
function spreadOfLabel(train: Trained): number {
  const label = labelOf(train);
  const loss = train.settings?.loss?.name ?? "mse";
  return label?.kind === "number" && loss === "mse" ? Math.max(label.column.numbers!.std, 1e-12) : 1;
}

function deviationOf(node: Node, key: string): number {
  const { init, shape } = node.weights.find((w) => w.key === key)!.spec;
  return Math.sqrt(initializerOf(init.name).variance(init.args, fans(shape as number[])));
}

function* byDecay(train: Trained): Iterable<CheckFinding> {
  const { model, settings, declaration } = train;
  const decay = settings?.optimizer.args["weight_decay"] as number | undefined;
  const steps = stepsOf(train);
  if (!settings || !decay || steps === undefined) return;
  const lr = settings.optimizer.args["lr"] as number;
  const readers = readersOf(model);
  const kernels = model.nodes.flatMap((node) => node.weights.filter((w) => w.spec.decays && w.spec.trainable && w.spec.shape.length > 1 && !readers.some(node.id, isNorm)).map((w) => ({ node, deviation: deviationOf(node, w.key) })));
  const [first, ...others] = kernels;
  if (!first) return;
  const largest = others.reduce((a, b) => (b.deviation > a.deviation ? b : a), first);
  // What is left of the start by the end of the run.
  const left = Math.exp(-lr * decay * fullSteps(settings, steps / settings.epochs, settings.epochs));
  if (left * largest.deviation + (1 - left) / decay >= largest.deviation || 1 / decay >= largest.deviation || left > 0.5) return;
  yield {
    code: "weight-penalty", severity: "warning", site: settingSite(fileOf(model), declaration, "optimizer"), about: [],
    message: `weight_decay = ${decay} keeps every weight below 1 / weight_decay = ${short(1 / decay)} (derived: a step takes lr·weight_decay of it and adds at most lr), and ${largest.node.layer!.name} starts with a deviation of ${short(largest.deviation)}; within ${count(steps)} steps ${short(100 * left)} % of the start is left; 0.01 is usual`,
    fixes: decayFix(train),
  };
}

function decayFix({ declaration, model, settings }: Trained) {
  const { name, args } = settings!.optimizer;
  return [{ title: "Use weight_decay = 0.01", edits: [settingEdit(fileOf(model), declaration, "optimizer", `${name}(lr = ${args["lr"] as number}, weight_decay = 0.01)`)] }];
}
