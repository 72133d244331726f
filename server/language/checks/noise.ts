import type { Node } from "../graph/graph.ts";
import { type Propagation, propagate } from "../signal/index.ts";
import { type CheckFinding, type Trained } from "./define.ts";
import { argumentEdit, settingSite } from "./fixes.ts";
import { layersOf } from "./graph.ts";
import { inputsOf, largest } from "./inputs.ts";
import { at, short } from "./places.ts";

/**
 * Noise that is added, by its variance against the mean square of what it meets. Measured on digits (mean square 0.23): 1 is
 * harmless, 4 costs a tenth, 10 a sixth, 17 a third, 38 two thirds; behind a layer, which learns to be larger, 9 is
 * harmless and 77 costs a third.
 */
const DROWNED = 8;
const DROWNED_BEHIND = 50;
/** Of a sentence's words so many should be left, in the middle one. Measured on short reviews: six tell all, four three quarters. */
const LEAST_WORDS = 5;

/** gaussian_noise, and augmentations that leave next to nothing of a row. */
export function* noise(train: Trained): Iterable<CheckFinding> {
  const inputs = inputsOf(train);
  if (inputs) {
    const propagation = propagate(train.model, inputs);
    for (const node of layersOf(train.model, "gaussian_noise")) {
      const finding = added(train, node, propagation);
      if (finding) yield finding;
    }
  }
  const { data, declaration, model, settings } = train;
  const site = settingSite(model.nodes[0]!.site.file, declaration, "augment");
  for (const { name, args } of settings?.augment ?? []) {
    const { std = 0, rate = 0 } = args as { std?: number; rate?: number };
    const square = inputs && model.inputs.length === 1 ? largest(inputs).square : undefined;
    if (name === "noise" && square !== undefined && std ** 2 > DROWNED * square) {
      yield { code: "dropout-rate", severity: "warning", site, about: [], message: `noise(${std}) has ${short(std ** 2 / square)} times the mean square of the features of ${data!.name}, which is ${short(square)} (derived: variance of the noise; measured): they drown in it; ${short(fitting(square))} leaves them whole` };
    }
    const words = name === "random_mask" || name === "random_delete" ? middle(data?.profile?.words?.lengths) : undefined;
    if (words !== undefined && words * (1 - rate) < LEAST_WORDS && rate > 0.5) {
      yield { code: "dropout-rate", severity: "warning", site, about: [], message: `${name}(${rate}) leaves ${short(words * (1 - rate))} of the ${words} words of a sentence (measured: the middle length; derived: n·(1 − rate)): that tells little of it; rates of 0.1 are usual` };
    }
  }
}

function added({ model, data }: Trained, node: Node, { signals }: Propagation): CheckFinding | undefined {
  const { deviation } = node.args as { deviation: number };
  const x = signals.at(node.inputs[0]!);
  const behind = model.nodes.some((n) => n.id < node.id && n.weights.some((w) => w.spec.decays && w.spec.trainable));
  if (!x || !(x.square > 0) || deviation ** 2 <= (behind ? DROWNED_BEHIND : DROWNED) * x.square) return undefined;
  const fit = String(fitting(x.square));
  return at(node, {
    code: "dropout-rate", severity: "warning",
    message: `gaussian_noise(${deviation}) has ${short(deviation ** 2 / x.square)} times the mean square of what it is added to, which is ${short(x.square)} (${x.derived ? "derived" : "estimated"} for the features of ${data!.name}): the signal drowns in it; ${fit} leaves it whole`,
    fixes: [{ title: `Use a deviation of ${fit}`, edits: [argumentEdit(node, "deviation", fit)] }],
  });
}

/** A deviation of a third of the signal's, in one digit. */
const fitting = (square: number): number => Number((Math.sqrt(square) / 3).toPrecision(1));

/** The length that half of the rows stay within. */
function middle(lengths: ReadonlyMap<number, number> | undefined): number | undefined {
  if (!lengths) return undefined;
  const rows = [...lengths.values()].reduce((a, b) => a + b, 0);
  let seen = 0;
  for (const [words, n] of [...lengths].sort(([a], [b]) => a - b)) if ((seen += n) >= rows / 2) return words;
  return undefined;
}
