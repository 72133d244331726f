import type { Finding, Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import { eachAlone } from "../outputs.ts";
import type { Entry, Site } from "../syntax/tree.ts";
import { type CheckFinding, defineCheck, type Trained } from "./define.ts";
import { appendLayer, replaceLayer } from "./fixes.ts";
import { lastLayer } from "./graph.ts";
import { labelOf, SQUARED } from "./label.ts";
import { progressOf } from "./progress.ts";
import { rateOf } from "./steps.ts";

/**
 * The loss and the last activation belong together. Squared error after σ or softmax has the gradient (p − y)·p(1 − p)
 * on the logit, against p − y of cross-entropy: at p = 0.99 and wrong, 0.0098 against 0.99 (Glorot and Bengio 2010,
 * figure 5; Nielsen 2015, chapter 3). Cross-entropy needs probabilities: of numbers that are none its logarithm is not
 * defined. Softmax over one unit is 1 whatever flows in.
 */
export const lossAgainstActivation = defineCheck({
  code: "loss-against-activation",
  perOutput: true,
  *model(whole) {
    for (const model of eachAlone(whole)) yield* ofNothing(model);
  },
  *train(train) {
    // An autoencoder's squared error on pixels in [0, 1] is no classification.
    if (train.settings?.target === "input") return;
    const last = lastLayer(train.model);
    const loss = train.settings?.loss?.name;
    const entry = train.declaration.settings.entries.find((e) => e.key.text === "loss");
    if (last?.type && loss && entry) yield* pair(train, last, loss, entry);
  },
});

/** Softmax over one unit. */
function* ofNothing(model: Model): Iterable<Finding> {
  const last = lastLayer(model);
  const before = last && model.nodes[last.inputs[0]!];
  if (last?.layer!.name === "softmax" && last.type?.shape.at(-1) === 1) {
    yield {
      code: "loss-against-activation", severity: "error", site: last.site,
      message: "softmax over one unit gives 1 for every input: nothing can be learned (derived); use sigmoid for a yes or no, or one unit per class",
      fixes: [replaceLayer(last, "sigmoid", "Use sigmoid")],
      ...(before && { related: [{ site: before.site, message: "this gives one unit" }] }),
    };
  }
}

/**
 * Steps that make up for the small gradient: those of Adam and its like, and of SGD where they go far enough
 * (learning-rate.ts warns where they don't). Measured: mse after softmax reaches 0.944 and 0.956 with Adam, 0.937 with
 * sgd(1), 0.40 with sgd(0.1); mae stays a tenth below, since hardly sure answers cost it nothing.
 */
function isMade(train: Trained): boolean {
  return !rateOf(train) || progressOf(train) !== undefined;
}

function* pair(train: Trained, last: Node, loss: string, entry: Entry): Iterable<CheckFinding> {
  const activation = last.layer!.name;
  const units = last.type!.shape.at(-1);
  if (activation === "softmax" && units === 1) return;
  const site: Site = { file: last.site.file, line: entry.line ?? train.declaration.line, span: entry.value.span };
  const useLoss = (name: string): Fix => ({ title: `Use loss = ${name}`, edits: [{ site, text: name }] });
  const base = { code: "loss-against-activation", about: [last.id], site, related: [{ site: last.site, message: `the model ends in ${activation}` }] };
  // A number between 0 and 1 is no probability of a class, and neither is a grey value: output-range looks at how far it goes.
  if (SQUARED.has(loss) && activation === "sigmoid" && (train.settings?.target === "input" || labelOf(train)?.fractions)) return;
  const proper = activation === "sigmoid" ? "binary_cross_entropy" : "cross_entropy";
  if (SQUARED.has(loss) && (activation === "softmax" || activation === "sigmoid")) {
    yield {
      ...base, severity: loss === "mse" && activation === "softmax" && isMade(train) ? "information" : "warning", fixes: [useLoss(proper)],
      message: `${loss} after ${activation} learns least when it is most wrong: at 99 % certain and wrong the gradient on the logit is ${loss === "mse" ? "0.0098 of" : "0.0099 of"} its scale, 0.99 with ${proper} (derived: (p − y)·p(1 − p) against p − y); use ${proper}`,
    };
  } else if (loss === "cross_entropy" && activation === "sigmoid") {
    const fixes = units === 1 ? [useLoss("binary_cross_entropy")] : [replaceLayer(last, "softmax", "End in softmax")];
    yield {
      ...base, severity: units === 1 ? "error" : "warning", fixes,
      message: units === 1
        ? "cross_entropy compares a probability for each class, and the model gives one number; binary_cross_entropy belongs with one sigmoid unit"
        : "cross_entropy compares probabilities that sum to 1, and sigmoid's do not; end in softmax, or use binary_cross_entropy for labels that are not exclusive",
    };
  } else if (loss === "cross_entropy" && activation === "sparsemax") {
    yield {
      ...base, severity: "warning", fixes: [replaceLayer(last, "softmax", "End in softmax")],
      message: "cross_entropy takes the logarithm of the right class's probability, and sparsemax makes many of them exactly 0, with no gradient to leave it by; end in softmax, or use mse",
    };
  } else if (loss === "cross_entropy" && activation !== "softmax" && activation !== "log_softmax") {
    yield {
      ...base, severity: "error", fixes: units === 1 ? [] : [appendLayer(last, "softmax", "End in softmax")],
      message: `cross_entropy needs probabilities, and ${activation} gives numbers of any size; end the model in softmax`,
    };
  } else if (loss === "binary_cross_entropy" && activation === "softmax") {
    yield {
      ...base, severity: "warning", fixes: [useLoss("cross_entropy")],
      message: "binary_cross_entropy takes each output by itself, and softmax's sum to 1; cross_entropy belongs with softmax",
    };
  } else if (loss === "binary_cross_entropy" && activation !== "sigmoid") {
    yield {
      ...base, severity: "error", fixes: [appendLayer(last, "sigmoid", "End in sigmoid")],
      message: `binary_cross_entropy needs a probability, and ${activation} gives numbers of any size; end the model in sigmoid`,
    };
  }
}
