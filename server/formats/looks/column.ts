import type { ColumnProfile } from "../../language/index.ts";
import { isMissing, numberOf } from "../columns.ts";

/** Different values that are kept of a column. */
export const MOST_VALUES = 1_000;

/** One column while it is looked at. */
export class Column {
  private readonly name: string;
  private readonly most: number;
  private values: Map<string, number> | undefined = new Map();
  private numbers = 0;
  private words = 0;
  private missing = 0;
  private whole = true;
  private min = Infinity;
  private max = -Infinity;
  private mean = 0;
  /** Sum of squared deviations (Welford 1962). */
  private spread = 0;

  constructor(name: string, most = MOST_VALUES) {
    this.name = name;
    this.most = most;
  }

  /** A value as written; gives it as a number where it is one. */
  add(text: string): number | undefined {
    const value = numberOf(text);
    const word = value === undefined ? text.trim() : String(value);
    if (word === "" || (value === undefined && isMissing(text))) return void this.missing++;
    if (value !== undefined) this.number(value, word);
    else this.word(word);
    return value;
  }

  number(value: number, written = String(value)): void {
    this.count(written);
    this.numbers++;
    this.whole &&= Number.isInteger(value);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const off = value - this.mean;
    this.mean += off / this.numbers;
    this.spread += off * (value - this.mean);
  }

  /** `times`: in so many rows. */
  word(word: string, times = 1): void {
    this.count(word, times);
    this.words += times;
  }

  private count(word: string, times = 1): void {
    if (!this.values) return;
    const seen = this.values.get(word);
    if (seen === undefined && this.values.size >= this.most) this.values = undefined;
    else this.values.set(word, (seen ?? 0) + times);
  }

  profile(rows: number): ColumnProfile {
    const { name, values, numbers, min, max, mean, whole } = this;
    return { name, numeric: this.words === 0 && numbers > 0, numbers: numbers === 0 ? undefined : { min, max, mean, std: Math.sqrt(this.spread / numbers), whole }, missing: this.missing / rows, values };
  }
}
