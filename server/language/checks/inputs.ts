import type { Signal } from "../signal/index.ts";
import type { Trained } from "./define.ts";

/** What the data file's own features look like to the model, scaled as the data block says; undefined where that is not known. */
export function inputOf({ model, data }: Trained): Signal | undefined {
  const { profile, settings } = data ?? {};
  if (!profile || !settings || model.inputs.length !== 1 || model.nodes[model.inputs[0]!]?.type?.dtype !== "float") return undefined;
  const features = settings.features ?? profile.columns.map((c) => c.name).filter((name) => name !== settings.label);
  let [mean, square, cross] = [0, 0, 0];
  for (const name of features) {
    const column = profile.columns.find((c) => c.name === name);
    if (!column?.numeric || !column.numbers) return undefined;
    const [m, s] = [column.numbers.mean * settings.scale, column.numbers.std * settings.scale];
    mean += m / features.length;
    square += (m * m + s * s) / features.length;
    cross += (m * m) / features.length;
  }
  return features.length === 0 || !(square > 0) ? undefined : { mean, square, cross, derived: true };
}

/** Rows in training, and the steps of a run; undefined without a look at the file. */
export function stepsOf({ data, settings }: Trained): number | undefined {
  if (!data?.profile || !data.settings || !settings) return undefined;
  return Math.ceil((data.profile.total * (data.settings.split[0] ?? 1)) / settings.batch) * settings.epochs;
}
