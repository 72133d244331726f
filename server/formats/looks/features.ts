import type { ColumnProfile } from "../../language/index.ts";

/** Rows, and numbers in them, that a look keeps as read. */
const FIRST_ROWS = 64;
const FIRST_NUMBERS = 1 << 20;
/** More places than this in the last axis are no channels. */
const MOST_CHANNELS = 16;

/** Longer rows are not measured. */
const LONGEST_ROW = 1 << 21;

/** Whether rows of this shape are measured, where so many numbers were read. */
export function isMeasured(shape: readonly number[], numbers = Infinity): boolean {
  const width = shape.reduce((a, b) => a * b, 1);
  return width > 0 && width <= Math.min(LONGEST_ROW, numbers);
}

export const firstRows = (width: number): number => Math.min(FIRST_ROWS, Math.floor(FIRST_NUMBERS / width));

/**
 * Numbers of rows of one shape, row after row. Rows of one axis have a column for each entry; of several axes one for each
 * channel, the last axis, or one for all where that is too long for channels.
 */
export class Features {
  readonly first: Float32Array[] = [];
  /** Of each of these, which of the rows that were added it is. */
  readonly at: number[] = [];
  readonly width: number;
  private readonly shape: readonly number[];
  private readonly columns: number;
  /** By place: a number near all others, so that sums keep their digits; sums and squares of what is past it. */
  private readonly near: Float64Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private readonly mins: Float64Array;
  private readonly maxs: Float64Array;
  private readonly wholes: Uint8Array;
  private rows = 0;
  private seen = 0;

  constructor(shape: readonly number[]) {
    this.shape = shape;
    this.width = shape.reduce((a, b) => a * b, 1);
    const last = shape[shape.length - 1]!;
    this.columns = shape.length === 1 ? this.width : last <= MOST_CHANNELS ? last : 1;
    this.near = new Float64Array(this.width);
    this.sums = new Float64Array(this.width);
    this.squares = new Float64Array(this.width);
    this.mins = new Float64Array(this.width).fill(Infinity);
    this.maxs = new Float64Array(this.width).fill(-Infinity);
    this.wholes = new Uint8Array(this.width).fill(1);
  }

  get measured(): number {
    return this.rows;
  }

  /** A row that could not be read. */
  skip(): void {
    this.seen++;
  }

  /** One row; what is no finite number in it makes the row count for nothing. */
  add(row: ArrayLike<number>): void {
    const at = this.seen++;
    for (let i = 0; i < this.width; i++) if (!Number.isFinite(row[i])) return;
    for (let i = 0; i < this.width; i++) {
      const v = row[i]!;
      if (this.rows === 0) this.near[i] = v;
      const off = v - this.near[i]!;
      this.sums[i]! += off;
      this.squares[i]! += off * off;
      if (v < this.mins[i]!) this.mins[i] = v;
      if (v > this.maxs[i]!) this.maxs[i] = v;
      if (!Number.isInteger(v)) this.wholes[i] = 0;
    }
    this.rows++;
    if (this.first.length >= firstRows(this.width)) return;
    this.first.push(Float32Array.from(row));
    this.at.push(at);
  }

  profile(): ColumnProfile[] {
    const { columns, rows, width } = this;
    if (rows === 0) return [];
    return Array.from({ length: columns }, (_, c) => {
      const places = width / columns;
      let [min, max, mean, common, inner, whole] = [Infinity, -Infinity, 0, 0, 0, true];
      for (let i = c; i < width; i += columns) {
        const off = this.sums[i]! / rows;
        const own = this.near[i]! + off;
        mean += own / places;
        common += (own * own) / places;
        inner += Math.max(this.squares[i]! / rows - off * off, 0) / places;
        min = Math.min(min, this.mins[i]!);
        max = Math.max(max, this.maxs[i]!);
        whole &&= this.wholes[i] === 1;
      }
      // Within places, and between their means.
      const std = Math.sqrt(inner + Math.max(common - mean * mean, 0));
      const name = this.shape.length === 1 ? `feature ${c + 1}` : columns > 1 ? `channel ${c + 1}` : "values";
      return { name, numeric: true, numbers: { min, max, mean, std, whole, ...(places > 1 && { common }) }, missing: 0, values: undefined, ...(places > 1 && { places }) };
    });
  }
}
