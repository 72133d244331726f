import { augmentable, imageInputs } from "../augmentable.ts";
import type { Model } from "../graph/graph.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { settingEdit } from "./fixes.ts";
import { trainingRows } from "./rates.ts";
import { count, short } from "./places.ts";

/** Weights to one training row. */
const RATIO = 10;
/** Fewer epochs than this leave little time to learn rows by heart. */
const MANY_EPOCHS = 5;

const NOISE = new Set(["dropout", "spatial_dropout", "drop_path", "gaussian_noise"]);

/**
 * Many more weights than rows and nothing that holds them back: such a network can learn its rows by heart, labels
 * drawn at random included (Zhang, Bengio, Hardt, Recht, Vinyals 2017, Understanding deep learning requires rethinking
 * generalization).
 * Guards: dropout or noise, l1 or l2, weight decay, early stopping, augmentation, label smoothing, an ensemble; a short
 * run; frozen weights do not count; unknown rows are no reason.
 */
export const parametersAgainstRows = defineCheck({
  code: "parameters-against-rows",
  needsData: true,
  *train(train) {
    const { model, settings, data, declaration } = train;
    const rows = trainingRows(data);
    const weights = model.totals.trainable;
    if (rows === undefined || !settings || settings.epochs < MANY_EPOCHS || weights <= RATIO * rows || isHeldBack(train)) return;
    const file = model.nodes[0]!.site.file;
    const measured = data!.profile!.complete ? "counted" : "estimated";
    const also = augmentationFor(model);
    yield {
      code: "parameters-against-rows", severity: "information", site: { file, line: declaration.line, span: declaration.model.span },
      message: `${count(weights)} weights learn from ${count(rows)} training rows (${measured}), ${short(weights / rows)} for each, and nothing holds them back: they can learn the rows by heart (Zhang et al. 2017); add dropout, weight decay or early_stop${also ? `, or augment: ${also.what}` : ""}`,
      fixes: [
        { title: "Stop when validation no longer improves", edits: [settingEdit(file, declaration, "early_stop", `patience(${Math.max(3, Math.round(settings.epochs / 10))})`)] },
        ...(also ? [{ title: `Augment: ${also.what}`, edits: [settingEdit(file, declaration, "augment", `[${also.text}]`)] }] : []),
        { title: "Use adamw, which decays the weights", edits: [settingEdit(file, declaration, "optimizer", `adamw(lr = ${settings.optimizer.name.startsWith("adam") ? (settings.optimizer.args["lr"] as number) : 1e-3})`)] },
      ],
    };
  },
});

function isHeldBack({ model, settings }: Trained): boolean {
  const { optimizer, loss, early_stop, augment } = settings!;
  const ensemble = (settings as unknown as { ensemble?: number }).ensemble ?? 1;
  if (early_stop || (augment?.length ?? 0) > 0 || ensemble > 1) return true;
  if (((optimizer.args["weight_decay"] as number | undefined) ?? 0) > 0 || ((loss?.args["label_smoothing"] as number | undefined) ?? 0) > 0) return true;
  return model.nodes.some(({ layer, args }) => {
    const { rate, deviation, l1, l2 } = args as Readonly<Record<string, number | undefined>>;
    return layer !== undefined && ((NOISE.has(layer.name) && ((rate ?? 0) > 0 || (deviation ?? 0) > 0)) || (l1 ?? 0) > 0 || (l2 ?? 0) > 0);
  });
}

/** What would make more rows of this kind of data (Shorten and Khoshgoftaar 2019; Wei and Zou 2019). */
function augmentationFor(model: Model): { readonly what: string; readonly text: string } | undefined {
  if (augmentable(model, "tokens")) return { what: "tokens left out or swapped", text: "random_delete(0.1), random_swap(0.1)" };
  const [height, width] = model.nodes[model.inputs[imageInputs(model)[0] ?? -1] ?? -1]?.type?.shape ?? [];
  if (augmentable(model, "image") && typeof height === "number" && typeof width === "number" && Math.min(height, width) >= 4) return { what: "images moved and turned a little", text: "shift(0.1), rotate(10)" };
  return augmentable(model, "numbers") ? { what: "a little noise on the numbers", text: "noise(0.05)" } : undefined;
}
