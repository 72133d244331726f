import { isMissing, numberOf } from "../../formats/columns.ts";
import { TrainerError } from "../errors.ts";
import { Growing } from "./growing.ts";

export type LabelKind = "class" | "number";

export type Labels =
  | { readonly kind: "number"; readonly values: Float32Array }
  | {
      readonly kind: "class";
      /** Sorted: by number where all are numbers. */
      readonly classes: readonly string[];
      /** Index into `classes`. */
      readonly values: Float32Array;
    };

export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** More classes than any file has whose label is one. */
const MOST_CLASSES = 100_000;

/** Collects labels: classes, or numbers where the first row has one and no class is asked for. */
export class LabelReader {
  private kind: LabelKind;
  /** "column colour" */
  private readonly name: string;
  private readonly values = new Growing();
  private readonly classes = new Map<string, number>();
  private first = true;
  private readonly gaps: boolean;

  /** `gaps`: what stands for a missing value is no label. */
  constructor(name: string, expected: LabelKind, gaps: boolean) {
    this.name = name;
    this.kind = expected;
    this.gaps = gaps;
  }

  add(text: string, place: Place): void {
    if (this.gaps && isMissing(text)) throw new TrainerError("data-no-label", `${this.name} ${text.trim() === "" ? "is empty" : `says ${text.trim()}, which is no value,`} in this row; every row needs its label: write one, or take the row out (of csv and tsv, missing = drop does)`, place);
    const value = numberOf(text);
    if (this.first && value === undefined) this.kind = "class";
    this.first = false;
    if (this.kind === "number") {
      if (value === undefined) throw new TrainerError("data-not-numeric", `${JSON.stringify(text)} in ${this.name} is not a number, and the rows before have numbers there; correct it, or make every label a word`, place);
      this.values.push(value);
      return;
    }
    const word = value === undefined ? text.trim() : String(value);
    let index = this.classes.get(word);
    if (index === undefined) {
      if (this.classes.size >= MOST_CLASSES) throw new TrainerError("data-classes", `${this.name} has more than ${MOST_CLASSES} different values, so it is no class; for numbers use loss = mse and a last layer without softmax or sigmoid`, place);
      this.classes.set(word, (index = this.classes.size));
    }
    this.values.push(index);
  }

  take(): Labels {
    const values = this.values.take();
    if (this.kind === "number") return { kind: "number", values };
    const seen = [...this.classes.keys()];
    const classes = inOrder(seen);
    const order = new Map(classes.map((c, i) => [c, i]));
    const sorted = Float32Array.from(seen, (c) => order.get(c)!);
    return { kind: "class", classes, values: values.map((i) => sorted[i]!) };
  }
}

/** By number where all are numbers, else by letter. */
export function inOrder(words: readonly string[]): string[] {
  const numeric = words.every((w) => numberOf(w) !== undefined);
  return [...words].sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** Numbers of a file of labels: classes where they are whole and none is wanted as a number. */
export function labelsOf(values: ArrayLike<number>, expected: LabelKind): Labels {
  const numbers = Float32Array.from(values);
  if (expected === "number" || !numbers.every(Number.isInteger)) return { kind: "number", values: numbers };
  const classes = [...new Set(numbers)].sort((a, b) => a - b);
  const order = new Map(classes.map((c, i) => [c, i]));
  return { kind: "class", classes: classes.map(String), values: numbers.map((v) => order.get(v)!) };
}

/** What is known of labels without their values. */
export interface LabelFacts {
  readonly kind: LabelKind;
  readonly classes?: readonly string[];
}

export const factsOf = (labels: Labels): LabelFacts => (labels.kind === "class" ? { kind: "class", classes: labels.classes } : { kind: "number" });

/** Labels of some rows, [rows, labels], row-major. */
export function labelRows(labels: readonly Labels[], rows: Int32Array): Float32Array {
  const found = new Float32Array(rows.length * labels.length);
  for (const [k, { values }] of labels.entries()) for (const [i, row] of rows.entries()) found[i * labels.length + k] = values[row]!;
  return found;
}

/** The class of each row, of the first label that is one: by it rows are dealt evenly. */
export const classesFor = (labels: readonly Labels[]): Extract<Labels, { kind: "class" }> | undefined => labels.find((l) => l.kind === "class");
