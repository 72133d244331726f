import { closest } from "fastest-levenshtein";
import { type Analysis, type DataAnalysis, type DataSettings, featureColumns, fedColumns, fedFiles, fedTexts, type FileFeed, type Finding, labelInOrder, type Model, rangeOf, runName, type TextFeed, type TrainAnalysis, type TrainSettings } from "../language/index.ts";
import { TrainerError } from "./errors.ts";

/** A data block as this model takes it. */
export interface ReadyData {
  readonly name: string;
  /** Labels are in the order of the model's outputs; `features` is a list: the columns of the first input, then those of the next. */
  readonly settings: DataSettings & { readonly features: readonly string[] | undefined };
  /** How many columns flow into each input; undefined where all flow into the one that there is. */
  readonly feeds?: readonly number[];
  /** For each input how the sentences that flow into it become numbers; undefined where none flow into any. */
  readonly texts?: readonly (TextFeed | undefined)[];
  /** For each input how the files that its column names become numbers; undefined where none flow into any. */
  readonly files?: readonly (FileFeed | undefined)[];
}

/** A train block that is ready to run: model, data and settings known and without errors. */
export interface Block {
  /** Of the run, and so of its weights: the block's own, or the model's. */
  readonly name: string;
  readonly model: Model;
  readonly data: ReadyData;
  readonly settings: TrainSettings;
}

/** The block that trains a model; by name where a text trains several. */
export function blockOf(analysis: Analysis, modelName: string | undefined): Block {
  const train = chooseTrain(analysis, modelName);
  const error = analysis.findings.find((f) => f.severity === "error" && concerns(f, train, analysis));
  if (error) {
    const { start } = rangeOf(error.site);
    throw new TrainerError("file-has-errors", `${error.message} (correct this first: ${error.code})`, { file: error.site.file, line: start.line + 1, column: start.character + 1 });
  }
  const { model, data, settings } = train;
  const line = train.declaration.line.number + 1;
  if (!model?.complete || !data?.settings || !settings) {
    throw new TrainerError("file-has-errors", `train ${train.declaration.model.text} is not complete: ${!model?.complete ? "its model could not be worked out" : !data?.settings ? "its data could not be worked out" : "its settings could not be worked out"}`, { file: analysis.path, line });
  }
  const name = runName(train.declaration);
  const columns = fedColumns(model, data.settings);
  const texts = fedTexts(model, data.settings);
  const files = fedFiles(model, data.settings);
  const own = { ...data.settings, label: labelInOrder(model, data.settings) };
  if (!columns) return { name, model, data: { name: data.name, settings: { ...own, features: featureColumns(own) } }, settings };
  return { name, model, data: { name: data.name, settings: { ...own, features: columns.flat() }, feeds: columns.map((c) => c.length), ...(texts && { texts }), ...(files && { files }) }, settings };
}

function chooseTrain(analysis: Analysis, name: string | undefined): TrainAnalysis {
  const { trains, path } = analysis;
  const names = trains.map((t) => runName(t.declaration));
  if (trains.length === 0) throw new TrainerError("train-not-found", "the file has no train block; write: train Model on data { loss = cross_entropy }", { file: path });
  if (name === undefined) {
    if (new Set(names).size > 1) throw new TrainerError("train-ambiguous", `the file trains ${[...new Set(names)].join(", ")}; say which one: --model ${names[0]}`, { file: path, line: trains[1]!.declaration.line.number + 1 });
    return chooseTrain(analysis, names[0]);
  }
  const called = trains.filter((t) => runName(t.declaration) === name);
  const found = called.length > 0 ? called : trains.filter((t) => t.declaration.model.text === name);
  if (found.length === 0) throw new TrainerError("train-not-found", `no train block is called ${name}; the file trains ${names.join(", ")}; did you mean ${closest(name, names)}?`, { file: path });
  if (found.length > 1) throw new TrainerError("train-ambiguous", called.length > 1 ? `${found.length} train blocks are called ${name}, and the weights of both would be one file; name one: train ${name} on … as ${name}2` : `the file trains model ${name} as ${found.map((t) => runName(t.declaration)).join(", ")}; say which one: --model ${runName(found[0]!.declaration)}`, { file: path, line: found[1]!.declaration.line.number + 1 });
  return found[0]!;
}

/** An error matters unless it stands in a declaration that this run has nothing to do with. */
function concerns({ site }: Finding, train: TrainAnalysis, { path, syntax, datas, models }: Analysis): boolean {
  if (site.file !== path) return true;
  const line = rangeOf(site).start.line;
  const inside = syntax.declarations.find((d) => line >= d.line.number && line <= d.line.number + d.span.endLine);
  if (!inside || inside === train.declaration || inside.kind === "block" || inside.kind === "import") return true;
  const mine: readonly (DataAnalysis["declaration"] | (typeof models)[number]["declaration"] | undefined)[] = [
    datas.find((d) => d.name === train.declaration.data?.text)?.declaration,
    models.find((m) => m.declaration.name.text === train.declaration.model.text)?.declaration,
  ];
  return mine.some((d) => d === inside);
}
