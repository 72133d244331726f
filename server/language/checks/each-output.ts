import { comparedOf, eachAlone } from "../outputs.ts";
import type { DataDecl, Entry, Settings, TrainDecl } from "../syntax/tree.ts";
import type { Trained } from "./define.ts";

/** A block that trains several outputs, as one block for each: with its output, label and loss alone, each where it is written. */
export function eachOutput(train: Trained): readonly Trained[] {
  const { model, data, settings, declaration } = train;
  if (model.outputs.length < 2) return [train];
  return comparedOf(model, data?.settings, settings).map(({ name, column, loss }, i): Trained => ({
    ...train,
    model: eachAlone(model)[i]!,
    settings: settings && { ...settings, loss },
    data: data && { ...data, settings: data.settings && { ...data.settings, label: column }, declaration: only<DataDecl>(data.declaration, name, "label") },
    declaration: only<TrainDecl>(declaration, name, "loss"),
  }));
}

/** The block with what `outputs(…)` of one setting says of one output in its place. */
function only<D extends { readonly settings: Settings }>(declaration: D, output: string, key: string): D {
  const { settings } = declaration;
  const entries = settings.entries.flatMap((entry): Entry[] => {
    const { value } = entry;
    if (entry.key.text !== key || value.kind !== "call" || value.callee.text !== "outputs") return [entry];
    const own = value.args.find((a) => a.name?.text === output);
    return own ? [{ ...entry, value: own.value }] : [];
  });
  return { ...declaration, settings: { ...settings, entries } };
}
