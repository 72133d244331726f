import type { Fix } from "../findings.ts";
import { defineCheck } from "./define.ts";
import { appendLayer, entryOf, settingEdit, settingSite } from "./fixes.ts";
import { DISTRIBUTIONS, lastLayer } from "./graph.ts";
import { labelOf, labelSite, SQUARED } from "./label.ts";
import { count, short } from "./places.ts";

const PROBABILITIES = new Set<string>([...DISTRIBUTIONS, "sigmoid"]);
/** Whole numbers with more different values than this are amounts. */
const MOST_CLASSES = 100;

/**
 * The loss against what the label is in the data file. Cross-entropy counts classes: numbers with fractions are none,
 * and training refuses them. A distance (mse, mae, huber) between words means nothing: of numbered classes it says that
 * the second is nearer to the first than the third is.
 * Guards: whole numbers are taken as what the loss takes them for, up to 100 different ones; squared error after softmax
 * or sigmoid is loss-against-activation's.
 */
export const lossAgainstLabel = defineCheck({
  code: "loss-against-label",
  perOutput: true,
  needsData: true,
  explains: ["loss-against-activation", "units-against-classes"],
  *train(train) {
    const label = labelOf(train);
    const { declaration, settings, model } = train;
    const last = lastLayer(model);
    if (!label || !settings || !last?.layer) return;
    const { column } = label;
    const { file } = last.site;
    const loss = settings.loss?.name;
    const site = entryOf(declaration, "loss") ? settingSite(file, declaration, "loss") : labelSite(file, train.data!);
    const related = [{ site: labelSite(file, train.data!), message: `${column.name} is the label` }, { site: last.site, message: `the model ends in ${last.layer.name}` }];
    const plain = !PROBABILITIES.has(last.layer.name);
    const useLoss = (name: string) => settingEdit(file, declaration, "loss", name);
    if (label.kind === "class" && column.numeric) {
      const { numbers, values } = column;
      const amounts = numbers && (label.fractions ? `numbers with fractions` : !values || values.size > MOST_CLASSES ? `${values ? count(values.size) : "over a thousand"} different numbers` : undefined);
      if (!amounts || (!label.fractions && outputsOf(last) === values?.size)) return;
      const fixes: Fix[] = plain ? [{ title: "Use loss = mse", edits: [useLoss("mse")] }] : [];
      const named = loss ?? (last.layer.name === "sigmoid" ? "binary_cross_entropy" : "cross_entropy");
      yield {
        code: "loss-against-label", severity: label.fractions ? "error" : "warning", site, related, about: [last.id], ...(fixes.length > 0 && { fixes }),
        message: `${named} tells classes apart, and ${column.name} holds ${amounts} from ${short(numbers!.min)} to ${short(numbers!.max)} (measured over ${count(train.data!.profile!.rows)} rows); use mse, and end in a plain dense(1)`,
      };
    } else if (!column.numeric && loss !== undefined && SQUARED.has(loss) && plain) {
      const outputs = outputsOf(last);
      const classes = label.classes?.length;
      const [activation, right] = outputs === 1 ? ["sigmoid", "binary_cross_entropy"] : ["softmax", "cross_entropy"];
      const fits = outputs !== undefined && classes === (outputs === 1 ? 2 : outputs);
      const fixes: Fix[] = fits ? [{ title: `End in ${activation}, with loss = ${right}`, edits: [...appendLayer(last, activation, "").edits, useLoss(right)] }] : [];
      yield {
        code: "loss-against-label", severity: "warning", site, related, about: [last.id], ...(fixes.length > 0 && { fixes }),
        message: `${loss} is a distance between numbers, and ${column.name} holds words${classes ? ` (${count(classes)} classes, measured)` : ""}; end in ${activation} and use ${right}`,
      };
    }
  },
});

function outputsOf({ type }: NonNullable<ReturnType<typeof lastLayer>>): number | undefined {
  const n = type?.shape.length === 1 ? type.shape[0] : undefined;
  return typeof n === "number" ? n : undefined;
}
