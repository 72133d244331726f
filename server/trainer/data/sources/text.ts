import { basename } from "node:path";
import { labelColumns } from "../../../language/index.ts";
import { TrainerError } from "../../errors.ts";
import { pathFrom } from "../files.ts";
import type { Raw, ReadRequest } from "../raw.ts";
import { Header, readRecords } from "../records.ts";
import { Store } from "../store.ts";
import { SentenceReader } from "../text/reader.ts";
import { wordsOf } from "../../../formats/words.ts";
import { labelReaders, partOf } from "./csv.ts";

interface TextArgs {
  readonly path: string;
  readonly column?: string;
  readonly delimiter: string;
  readonly lowercase: boolean;
  readonly punctuation: boolean;
}

/** A column of text and a label. In prediction the words are cut as in training. */
export async function readText(request: ReadRequest): Promise<Raw> {
  const args = request.args as unknown as TextArgs;
  const { settings, prediction, expected } = request;
  const file = prediction?.file ?? pathFrom(request.folder, args.path);
  const options = prediction?.encoding.text ?? args;
  const labels = labelReaders(request);
  const targets = labelColumns(settings);
  const reader = new SentenceReader(new Store(settings.memory, request.spill));
  const lines: number[] = [];
  const parts: number[] = [];
  const split = expected && typeof settings.split === "string" ? settings.split : undefined;
  let header: Header | undefined;
  let [textAt, partAt] = [-1, -1];
  let labelsAt: readonly number[] = [];
  const take = (record: readonly string[], line: number): void => {
    if (!header) {
      header = new Header(record, file, line, args.delimiter);
      if (expected) labelsAt = targets.map((name) => header!.find(name));
      if (split !== undefined) partAt = header.find(split);
      textAt = textColumn(header, args.column ?? prediction?.features?.[0], [...targets, typeof settings.split === "string" ? settings.split : undefined], file, line);
      return;
    }
    header.checkRow(record, line);
    const words = wordsOf(record[textAt]!, options);
    if (words.length === 0) throw new TrainerError("data-no-text", `column ${header.names[textAt]} has no word in this row; every row needs a text`, { file, line, column: textAt + 1 });
    for (const [i, at] of labelsAt.entries()) labels[i]!.add(record[at]!, { file, line, column: at + 1 });
    if (partAt >= 0) parts.push(partOf(record[partAt]!, header.names[partAt]!, { file, line, column: partAt + 1 }));
    reader.add(words, { file, line, column: textAt + 1 });
    lines.push(line);
  };
  try {
    await readRecords(file, "text", args.delimiter, take);
  } catch (e) {
    reader.discard();
    throw e;
  }
  if (!header) throw new TrainerError("data-empty", `${basename(file)} is empty; its first line names the columns, and every other is a row`, { file, line: 1 });
  if (lines.length === 0) throw new TrainerError("data-empty", `${basename(file)} has a header and no rows`, { file, line: 1 });
  const name = (header as Header).names[textAt]!;
  return {
    file, rows: lines.length, columns: [{ name, kind: "number" }], width: 0, values: { kind: "memory", x: new Float32Array(0), width: 0, rows: lines.length }, shape: undefined,
    labels: expected && labels.map((l) => l.take()), parts: partAt < 0 ? undefined : Uint8Array.from(parts), lines: Int32Array.from(lines), places: [textAt + 1], sentences: reader.take(), notes: [],
  };
}

function textColumn(header: Header, named: string | undefined, others: readonly (string | undefined)[], file: string, line: number): number {
  if (named !== undefined) return header.find(named);
  const left = header.names.filter((n) => !others.includes(n));
  if (left.length === 1) return header.find(left[0]!);
  throw new TrainerError("data-no-column", left.length === 0 ? `the only column is the label ${others[0] ?? ""}; a row needs a text too` : `which column is the text? the file has ${left.slice(0, 6).join(", ")}${left.length > 6 ? ", …" : ""}; write text("…", column = ${left[0]})`, { file, line });
}
