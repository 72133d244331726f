import type { DataSettings } from "../analysis.ts";
import { featureColumns, fedColumns, fedFiles, isFeature } from "../feeds.ts";
import type { ColumnProfile, DataProfile } from "../host.ts";
import { type Signal, STANDARD } from "../signal/index.ts";
import type { Trained } from "./define.ts";

/** What the data file's own features look like to each of the model's inputs, scaled as the data block says; undefined where that is not known. */
export function inputsOf({ model, data }: Trained): readonly Signal[] | undefined {
  const { profile, settings } = data ?? {};
  const types = model.inputs.map((id) => model.nodes[id]!.type?.dtype);
  if (!profile || !settings || !types.includes("float") || fedFiles(model, settings)) return undefined;
  const columns = fedColumns(model, settings) ?? (types.length > 1 ? undefined : [featureColumns(settings) ?? profile.columns.map((c) => c.name).filter(isFeature(settings))]);
  const signals = columns?.map((names, i) => (types[i] === "int" ? STANDARD : signalOf(names, profile, settings)));
  return signals?.every((s) => s !== undefined) ? signals : undefined;
}

/** The one with the largest features. */
export const largest = (inputs: readonly Signal[]): Signal => inputs.reduce((a, b) => (b.square > a.square ? b : a));

function signalOf(features: readonly string[], profile: DataProfile, settings: DataSettings): Signal | undefined {
  if (settings.categories && settings.categories.length > 0) return undefined;
  if (settings.normalize === "standard") return STANDARD;
  let [mean, square, cross] = [0, 0, 0];
  for (const name of features) {
    const column = profile.columns.find((c) => c.name === name);
    if (!column?.numeric || !column.numbers) return undefined;
    const [m, s] = settings.normalize === "minmax" ? within(column.numbers) : [column.numbers.mean * settings.scale, column.numbers.std * settings.scale];
    mean += m / features.length;
    square += (m * m + s * s) / features.length;
    // Of a channel the places keep means of their own.
    const places = column.numbers.common === undefined || settings.normalize === "minmax" ? m * m : column.numbers.common * settings.scale ** 2;
    cross += places / features.length;
  }
  return features.length === 0 || !(square > 0) ? undefined : { mean, square, cross, derived: true };
}

/** Brought to [0, 1]. */
function within({ min, max, mean, std }: NonNullable<ColumnProfile["numbers"]>): [mean: number, deviation: number] {
  return max > min ? [(mean - min) / (max - min), std / (max - min)] : [0, 0];
}
