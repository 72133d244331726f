import { fans, initializerOf } from "../layers/initializers.ts";
import type { Model } from "../graph/graph.ts";
import type { Arg, Entry, Site } from "../syntax/tree.ts";
import type { Fix } from "../findings.ts";
import { sharesOf } from "../data-settings.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { entryOf, settingEdit, settingSite } from "./fixes.ts";
import { consumersOf, kernelOf, NORMS } from "./graph.ts";
import { count, short } from "./places.ts";
import { farthestOf, leapOf, limitOf } from "./steps.ts";

/** Optimizers whose step is about lr for every weight, whatever the gradient's size. */
const NORMALIZED = new Set(["adam", "adamw", "rmsprop", "adagrad"]);
const ADAM_MOST = 0.1;
/** lr / (1 − momentum) of sgd: what a steady gradient is multiplied by in the end. */
const SGD_MOST = 1;
/** A run in which no weight can move by this share of its initial deviation changes nothing. */
const LEAST = 0.01;

/**
 * The learning rate against the optimizer. Adam's and RMSprop's steps are about lr for each weight, however small its
 * gradient (Kingma and Ba 2015, section 2.1: |Δ| ≤ lr), so lr is to be compared with the weights' own size; past 0.1 a
 * step is larger than most weights. SGD with momentum m moves by lr / (1 − m) times a steady gradient (Sutskever et al.
 * 2013), and past 2 / λmax, about 1 for normalized networks, it diverges (LeCun et al. 1998, section 4.1). Too small is
 * measured the other way: in all its steps Adam moves no weight by more than steps · lr.
 * Where signal propagation gives more, it decides: a first step that moves a layer's result many times its size, and the
 * curvature of networks of dense layers (steps.ts).
 * Guards: adagrad, whose steps shrink; one linear layer, whose loss is convex; sgd with a warm-up, clipping or normalization is information only.
 */
export const learningRate = defineCheck({
  code: "learning-rate",
  explains: ["dead-relu"],
  *train(train) {
    const { settings, model, declaration } = train;
    if (!settings) return;
    const { name, args } = settings.optimizer;
    const lr = args["lr"] as number;
    const file = model.nodes[0]?.site.file ?? "";
    const site = settingSite(file, declaration, "optimizer");
    const change = (text: string): Fix[] => rateFix(file, train, name, text);
    const small = deviation(model);
    if (NORMALIZED.has(name)) {
      const leap = leapOf(train);
      if (leap) {
        const { node, fanIn, size, change: times, sure } = leap;
        const fit = String(Number((lr / times).toPrecision(1)));
        yield {
          code: "learning-rate", severity: sure || lr >= ADAM_MOST ? "warning" : "information", site, fixes: change(fit), about: [node.id, ...consumersOf(model)[node.id]!],
          message: `the first step of ${name} with lr = ${lr} moves the results of ${node.layer!.name}, which sums ${count(fanIn)} inputs of size ${short(size)}, by about ${short(times)} times their size (derived: lr·fan_in·E|h|): what was there is lost, and ReLUs that fall below 0 stay there; ${fit} moves them by their own size`,
          related: [{ site: node.site, message: `moves by about ${short(times)} times its size at the first step` }],
        };
      } else if (lr >= ADAM_MOST && name !== "adagrad" && !isLinear(model)) {
        yield {
          code: "learning-rate", severity: "warning", site, about: [], fixes: change("1e-3"),
          message: `${name} with lr = ${lr} moves every weight by about ${lr} in a step, however small its gradient (derived: |Δ| ≤ lr, Kingma and Ba 2015)${small ? `; ${small.name} starts with a deviation of ${short(small.value)}, so one step is ${short(lr / small.value)} of them` : ""}; 1e-3 is usual`,
        };
      }
      const steps = stepsOf(train);
      if (steps !== undefined && small && steps * lr < LEAST * small.value) {
        yield {
          code: "learning-rate", severity: "warning", site, fixes: change("1e-3"),
          message: `${name} with lr = ${lr} moves no weight by more than ${short(steps * lr)} in all ${count(steps)} steps (derived: steps · lr), ${short((100 * steps * lr) / small.value)} % of the deviation with which ${small.name} starts: nothing changes; 1e-3 is usual`,
        };
      }
    } else if (name === "sgd") {
      const momentum = args["momentum"] as number;
      const effective = lr / (1 - momentum);
      const known = limitOf(train);
      if (known && lr > known.limit) {
        const fit = String(Number((known.limit / 4).toPrecision(1)));
        yield {
          code: "learning-rate", severity: "warning", site, fixes: change(fit), about: model.nodes.map((n) => n.id),
          message: `sgd with lr = ${lr}${momentum > 0 ? ` and momentum = ${momentum}` : ""} diverges: it is past ${momentum > 0 ? "2·(1 + momentum) / λmax" : "2 / λmax"} = ${short(known.limit)}, with λmax = ${short(known.curvature)} at the start (derived by mean-field theory); ${fit} is a quarter of that`,
        };
        return;
      }
      const steps = stepsOf(train);
      const far = steps === undefined ? undefined : farthestOf(train, steps);
      if (far !== undefined && far < LEAST) {
        yield {
          code: "learning-rate", severity: "warning", site, fixes: change(momentum > 0 ? "0.01" : "0.1"),
          message: `sgd with lr = ${lr} moves no kernel by more than ${short(100 * far)} % of the deviation with which it starts in all ${count(steps!)} steps (derived: steps · lr · gradient, for the features as they are): nothing changes; ${momentum > 0 ? "0.01" : "0.1"} is usual, for features of size 1`,
        };
      }
      if (effective <= SGD_MOST * (1 + 1e-9)) return;
      const held = settings.clip !== undefined || (settings.schedule.args["warmup"] as number | undefined ?? 0) > 0 || model.nodes.some((n) => n.layer && NORMS.has(n.layer.name));
      yield {
        code: "learning-rate", severity: effective > 10 * SGD_MOST && !held ? "warning" : "information", site, fixes: change(momentum > 0 ? "0.01" : "0.1"),
        message: `sgd with lr = ${lr}${momentum > 0 ? ` and momentum = ${momentum}` : ""} moves by ${short(effective)} times a steady gradient (derived: lr / (1 − momentum)); past 2 / λmax, about 1 where signals are normalized, steps grow instead of settling; ${momentum > 0 ? "0.01" : "0.1"} is usual`,
      };
    }
  },
});

/** One layer with a kernel: any loss here is convex in it, and weights may have to go far. */
function isLinear(model: Model): boolean {
  return model.nodes.filter((n) => n.layer?.hasWeights && n.weights.some((w) => w.spec.decays)).length <= 1;
}

/** The largest initial deviation of a kernel that is trained: what the step is least in proportion to. */
function deviation(model: Model): { readonly name: string; readonly value: number } | undefined {
  let most: { name: string; value: number } | undefined;
  for (const node of model.nodes) {
    const kernel = kernelOf(node);
    if (!kernel?.spec.trainable || kernel.spec.shape.length < 2) continue;
    const { name, args } = kernel.spec.init;
    const value = Math.sqrt(initializerOf(name).variance(args, fans(kernel.spec.shape as number[])));
    if (value > (most?.value ?? 0)) most = { name: node.layer!.name, value };
  }
  return most;
}

/** Steps of the whole run; undefined where the rows are not known. */
export function stepsOf({ settings, data }: Trained): number | undefined {
  const rows = trainingRows(data);
  return rows === undefined || !settings ? undefined : settings.epochs * Math.ceil(rows / settings.batch);
}

/** Rows that are trained on: counted, or estimated where the file was read in part. */
export function trainingRows(data: Trained["data"]): number | undefined {
  const { profile, settings } = data ?? {};
  if (!profile || !settings) return undefined;
  const marked = profile.columns.find((c) => c.name === settings.split)?.values?.get("train");
  const share = sharesOf(settings)?.[0] ?? (marked === undefined ? undefined : marked / profile.rows);
  return share === undefined ? undefined : Math.max(1, Math.round(profile.total * share));
}

function rateFix(file: string, { declaration }: Trained, name: string, text: string): Fix[] {
  const entry = entryOf(declaration, "optimizer");
  const title = `Use lr = ${text}`;
  const value = entry?.value.kind === "call" ? entry.value : undefined;
  const written = value && argumentOf(value.args);
  if (entry && written) return [{ title, edits: [{ site: siteOf(file, declaration.line, entry, written), text }] }];
  return entry ? [] : [{ title, edits: [settingEdit(file, declaration, "optimizer", `${name}(lr = ${text})`)] }];
}

function argumentOf(args: readonly Arg[]): Arg["value"] | undefined {
  return (args.find((a) => a.name?.text === "lr") ?? args.find((a, i) => i === 0 && !a.name))?.value;
}

function siteOf(file: string, line: Site["line"], entry: Entry, value: Arg["value"]): Site {
  return { file, line: entry.line ?? line, span: value.span };
}
