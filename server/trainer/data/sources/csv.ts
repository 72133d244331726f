import { basename } from "node:path";
import { type WordOptions, wordsOf } from "../../../formats/words.ts";
import { isMissing, likeNumber, numberOf } from "../../../formats/columns.ts";
import { featureColumns, type FileFeed, labelColumns } from "../../../language/index.ts";
import { TrainerError } from "../../errors.ts";
import { pathFrom } from "../files.ts";
import { LabelReader, type Place } from "../labels.ts";
import { type Raw, type RawColumn, type ReadRequest, sizeOf } from "../raw.ts";
import { Header, readRecords } from "../records.ts";
import { Room, Store } from "../store.ts";
import { SentenceReader } from "../text/reader.ts";
import { NamedFiles } from "../named-files.ts";

/** Different words of one column past which it is no category but text, or a name. */
export const MOST_CATEGORIES = 1000;

/** A delimited file with a header, as a stream. */
export const readCsv = (request: ReadRequest): Promise<Raw> => readTable(request, "csv", request.args["delimiter"] as string);
export const readTsv = (request: ReadRequest): Promise<Raw> => readTable(request, "tsv", "\t");

export async function readTable(request: ReadRequest, source: string, delimiter: string): Promise<Raw> {
  const file = request.prediction?.file ?? pathFrom(request.folder, request.args["path"] as string);
  const reader = new RowReader(request, file, delimiter);
  try {
    await readRecords(file, source, delimiter, (record, line) => reader.row(record, line));
    await reader.files();
    return reader.take();
  } catch (e) {
    reader.discard();
    throw e;
  }
}

/** A feature column while it is read: what its first value is decides whether it holds numbers or words. */
interface Feature {
  readonly name: string;
  readonly at: number;
  kind: "number" | "category" | "text" | "array" | undefined;
  readonly words: Map<string, number>;
  readonly text: { readonly options: WordOptions; readonly reader: SentenceReader } | undefined;
  readonly files: FileFeed | undefined;
}

class RowReader {
  private readonly request: ReadRequest;
  private readonly file: string;
  private readonly delimiter: string;
  /** Numbers and words share it. */
  private readonly room: Room;
  private readonly store: Store;
  private readonly lines: number[] = [];
  private readonly parts: number[] = [];
  private readonly labels: readonly LabelReader[];
  private header: Header | undefined;
  private features: readonly Feature[] = [];
  private labelsAt: readonly number[] = [];
  private partAt = -1;
  private dropped = 0;
  private values = new Float32Array(0);
  /** Of the row that is being read: words of its texts. */
  private sentences: (readonly string[])[] = [];
  /** Where columns name files: they are read once all rows are known. */
  private named: NamedFiles | undefined;

  constructor(request: ReadRequest, file: string, delimiter: string) {
    this.request = request;
    this.file = file;
    this.delimiter = delimiter;
    this.room = new Room(request.settings.memory);
    this.store = new Store(this.room, request.spill);
    this.labels = labelReaders(request);
  }

  row(record: readonly string[], line: number): void {
    if (!this.header) return this.begin(record, line);
    this.header.checkRow(record, line);
    const { file, labels } = this;
    this.sentences = [];
    const unlabelled = this.request.settings.missing === "drop" && this.labelsAt.some((at) => isMissing(record[at]!));
    if (unlabelled || !this.features.every((f, i) => this.value(f, record[f.at]!, i, line))) {
      this.dropped++;
      return;
    }
    for (const [i, at] of this.labelsAt.entries()) labels[i]!.add(record[at]!, { file, line, column: at + 1 });
    if (this.partAt >= 0) this.parts.push(partOf(record[this.partAt]!, this.header.names[this.partAt]!, { file, line, column: this.partAt + 1 }));
    if (this.named) this.named.row(this.values, this.features.flatMap((f) => (f.files ? [record[f.at]!] : [])), line);
    else this.store.pushAll(this.values);
    for (const { text, at } of this.features) text?.reader.add(this.sentences.shift()!, { file, line, column: at + 1 });
    this.lines.push(line);
  }

  /** Reads the files that the rows name. */
  async files(): Promise<void> {
    await this.named?.read((values) => this.store.pushAll(values));
  }

  take(): Raw {
    const { file } = this;
    if (!this.header) throw new TrainerError("data-empty", `${basename(file)} is empty; its first line names the columns, and every other is a row`, { file, line: 1 });
    if (this.lines.length === 0) throw new TrainerError("data-empty", this.dropped > 0 ? `every row of ${basename(file)} misses a value, and missing = drop leaves them all out; missing = mean puts one in` : `${basename(file)} has a header and no rows`, { file, line: 1 });
    const columns = this.features.map((f): RawColumn => (f.files ? { name: f.name, kind: "array", of: f.files } : f.kind === "category" ? { name: f.name, kind: "category", words: [...f.words.keys()] } : { name: f.name, kind: f.kind === "text" ? "text" : "number" }));
    const width = columns.reduce((sum, c) => sum + sizeOf(c), 0);
    const texts = this.features.map((f) => f.text?.reader.take());
    return {
      file, rows: this.lines.length, columns, width, values: this.store.take(width), shape: undefined,
      labels: this.request.expected && this.labels.map((l) => l.take()), parts: this.partAt < 0 ? undefined : Uint8Array.from(this.parts), lines: Int32Array.from(this.lines), places: this.features.map((f) => f.at + 1), ...(this.labelsAt.length > 0 && { labelPlaces: this.labelsAt.map((at) => at + 1) }),
      files: this.named?.take(), ...(texts.some((t) => t !== undefined) && { texts }),
      notes: this.dropped > 0 ? [`${this.dropped === 1 ? "1 row" : `${this.dropped} rows`} of ${basename(file)} with missing values ${this.dropped === 1 ? "is" : "are"} left out.`] : [],
    };
  }

  discard(): void {
    for (const { text } of this.features) text?.reader.discard();
    this.store.discard();
  }

  private begin(record: readonly string[], line: number): void {
    const { settings, prediction, expected, like } = this.request;
    const header = new Header(record, this.file, line, this.delimiter);
    this.header = header;
    const split = typeof settings.split === "string" ? settings.split : undefined;
    const targets = labelColumns(settings);
    if (expected) this.labelsAt = targets.map((name) => header.find(name));
    if (expected && split !== undefined) this.partAt = header.find(split);
    const chosen = header.features(prediction?.features ?? like?.map((c) => c.name) ?? featureColumns(settings), [...targets, split]);
    const known = prediction?.encoding.columns;
    for (const name of expected ? (settings.categories ?? []) : []) {
      if (!chosen.includes(header.find(name))) throw new TrainerError("data-no-column", `categories names ${name}, which is no feature here; leave it out of categories, or add it to features`, { file: this.file, line });
    }
    this.features = chosen.map((at, i) => {
      const name = header.names[at]!;
      const options = prediction ? known?.[i]?.text : this.request.texts?.[i];
      if (options) return { name, at, words: new Map(), kind: "text", files: undefined, text: { options, reader: new SentenceReader(new Store(this.room, `${this.request.spill}.${i + 1}`)) } };
      const files = prediction ? known?.[i]?.array : this.request.files?.[i];
      if (files) return { name, at, words: new Map(), kind: "array", text: undefined, files };
      return { name, at, words: new Map(), text: undefined, files: undefined, kind: like ? (like[i]!.kind === "category" ? "category" : "number") : known ? (known[i]!.categories ? "category" : "number") : settings.categories?.includes(name) ? "category" : undefined };
    });
    this.values = new Float32Array(chosen.length);
    if (this.features.some((f) => f.files)) this.named = new NamedFiles(this.file, this.features);
  }

  /** False where the row is left out. */
  private value(feature: Feature, text: string, i: number, line: number): boolean {
    const { settings, prediction } = this.request;
    const place = { file: this.file, line, column: feature.at + 1 };
    if (feature.text) {
      const words = wordsOf(text, feature.text.options);
      if (words.length === 0 && !prediction && settings.missing === "drop") return false;
      if (words.length === 0) throw new TrainerError("data-no-text", `column ${feature.name} has no word in this row; every row needs a text: write one, or leave such rows out by missing = drop`, place);
      this.sentences.push(words);
      this.values[i] = 0;
      return true;
    }
    if (feature.files) {
      if (!isMissing(text)) return true;
      if (!prediction && settings.missing === "drop") return false;
      throw new TrainerError("data-missing", `column ${feature.name} is empty; every row names its file: write one${prediction ? "" : ", or leave such rows out by missing = drop"}`, place);
    }
    if (isMissing(text)) {
      const fills = prediction ? feature.kind === "category" || prediction.encoding.columns?.[i]?.fill !== undefined : settings.missing === "mean";
      if (!prediction && settings.missing === "drop") return false;
      if (!fills) {
        const what = text.trim() === "" ? `column ${feature.name} is empty` : `${JSON.stringify(text.trim())} in column ${feature.name} is not a number`;
        throw new TrainerError("data-not-numeric", `${what}; ${prediction ? "correct the row: the model was trained without missing values" : "correct the row, leave the column out by features = […], or say what a missing value means: missing = drop leaves the row out, missing = mean puts the mean in"}`, place);
      }
      this.values[i] = NaN;
      return true;
    }
    const number = numberOf(text);
    feature.kind ??= number === undefined && !likeNumber(text) ? "category" : "number";
    if (feature.kind === "number") {
      if (number === undefined) throw new TrainerError("data-not-numeric", `${JSON.stringify(text.slice(0, 40))} in column ${feature.name} is not a number${likeNumber(text) ? "" : ", and the values before are"}; correct the row, leave the column out by features = […], or write categories = [${feature.name}] if its values are categories`, place);
      this.values[i] = number;
      return true;
    }
    const word = number === undefined ? text.trim() : String(number);
    let code = feature.words.get(word);
    if (code === undefined) {
      if (!prediction && feature.words.size >= MOST_CATEGORIES) throw new TrainerError("data-categories", `column ${feature.name} has more than ${MOST_CATEGORIES} different values, so it is no category: leave it out by features = […], or give its words to an input: features = inputs(words = text(${feature.name}), …), and image(${feature.name}) where it names images`, place);
      feature.words.set(word, (code = feature.words.size));
    }
    this.values[i] = code;
    return true;
  }
}

/** One for each column that is a label; none in prediction. */
export const labelReaders = ({ settings, expected }: Pick<ReadRequest, "settings" | "expected">): readonly LabelReader[] => expected?.map((kind, i) => new LabelReader(`column ${labelColumns(settings)[i]}`, kind, true)) ?? [];

/** What `split = column` may say in a row. */
const PARTS: Readonly<Record<string, number>> = { train: 0, training: 0, validation: 1, valid: 1, val: 1, dev: 1, test: 2 };

export function partOf(text: string, column: string, place: Place): number {
  const part = PARTS[text.trim().toLowerCase()];
  if (part === undefined) throw new TrainerError("data-split", `${JSON.stringify(text.slice(0, 40))} in column ${column} is no part: write train, validation or test`, place);
  return part;
}
