import { fans, initializerOf } from "../layers/initializers.ts";
import type { Model } from "../graph/graph.ts";
import type { Arg, Entry, Site } from "../syntax/tree.ts";
import type { Fix } from "../findings.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { entryOf, settingEdit, settingSite } from "./fixes.ts";
import { kernelOf, NORMS } from "./graph.ts";
import { count, short } from "./places.ts";

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
 * Guards: adagrad, whose steps shrink; sgd with a warm-up, clipping or normalization is information only.
 */
export const learningRate = defineCheck({
  code: "learning-rate",
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
      if (lr >= ADAM_MOST && name !== "adagrad") {
        yield {
          code: "learning-rate", severity: "warning", site, fixes: change("1e-3"),
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
      if (effective <= SGD_MOST * (1 + 1e-9)) return;
      const held = settings.clip !== undefined || (settings.schedule.args["warmup"] as number | undefined ?? 0) > 0 || model.nodes.some((n) => n.layer && NORMS.has(n.layer.name));
      yield {
        code: "learning-rate", severity: effective > 10 * SGD_MOST && !held ? "warning" : "information", site, fixes: change(momentum > 0 ? "0.01" : "0.1"),
        message: `sgd with lr = ${lr}${momentum > 0 ? ` and momentum = ${momentum}` : ""} moves by ${short(effective)} times a steady gradient (derived: lr / (1 − momentum)); past 2 / λmax, about 1 where signals are normalized, steps grow instead of settling; ${momentum > 0 ? "0.01" : "0.1"} is usual`,
      };
    }
  },
});

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
  const { split } = settings;
  const marked = typeof split === "string" ? profile.columns.find((c) => c.name === split)?.values?.get("train") : undefined;
  const share = typeof split === "string" ? marked === undefined ? undefined : marked / profile.rows : split[0];
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
