import { TrainerError } from "../errors.ts";
import { Growing } from "./growing.ts";
import type { LabelKind, Labels } from "./table.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A number as a person writes one; undefined for anything else, infinities included. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** More classes than any file has whose label is one. */
const MOST_CLASSES = 100_000;

/** Collects the label column: classes, or numbers where the first row has one and no class is asked for. */
export class LabelReader {
  private kind: LabelKind;
  private readonly name: string;
  private readonly values = new Growing();
  private readonly classes = new Map<string, number>();
  private first = true;

  constructor(name: string, expected: LabelKind) {
    this.name = name;
    this.kind = expected;
  }

  add(text: string, place: Place): void {
    const value = numberOf(text);
    if (this.first && value === undefined) this.kind = "class";
    this.first = false;
    if (this.kind === "number") {
      if (value === undefined) throw new TrainerError("data-not-numeric", `${JSON.stringify(text)} in column ${this.name} is not a number, and the rows before have numbers there; correct it, or make every label a word`, place);
      this.values.push(value);
      return;
    }
    const word = value === undefined ? text.trim() : String(value);
    if (word === "") throw new TrainerError("data-no-label", `column ${this.name} is empty in this row; every row needs its class`, place);
    let index = this.classes.get(word);
    if (index === undefined) {
      if (this.classes.size >= MOST_CLASSES) throw new TrainerError("data-classes", `column ${this.name} has more than ${MOST_CLASSES} different values, so it is no class; for numbers use loss = mse and a last layer without softmax or sigmoid`, place);
      this.classes.set(word, (index = this.classes.size));
    }
    this.values.push(index);
  }

  take(): Labels {
    const values = this.values.take();
    if (this.kind === "number") return { kind: "number", values };
    const seen = [...this.classes.keys()];
    const numeric = seen.every((c) => numberOf(c) !== undefined);
    const classes = seen.toSorted(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
    const order = new Map(classes.map((c, i) => [c, i]));
    const sorted = Float32Array.from(seen, (c) => order.get(c)!);
    return { kind: "class", classes, values: values.map((i) => sorted[i]!) };
  }
}
