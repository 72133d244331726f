import type { OptionDef, Params } from "../../params.ts";
import type { Made } from "./made.ts";

/** Where rows come from: everything that the language, the editor and the reference know of it. Its reader is server/trainer/data/sources/NAME.ts. */
export interface SourceDef<P extends Params = Params> extends OptionDef {
  readonly params: P;
  /**
   * - `columns`: a header names columns; `label` is one of them, and so are `features` and `categories`
   * - `text`: the same, but one column is text, and there is no other feature
   * - `own`: rows and labels are the source's own
   */
  readonly rows: "columns" | "text" | "own";
  /** Its columns are arrays, with a row in each place of their first axis: not text with a header line. */
  readonly arrays?: true;
  /** Settings of the data block that it can't do without, beside `label` of a table. */
  readonly needs?: readonly "shape"[];
  /** What is wrong with a `shape` of the data block; undefined where nothing is. */
  readonly misfit?: (shape: readonly number[]) => string | undefined;
  /** Shape of a row where the arguments alone say it. */
  readonly shape?: (args: Readonly<Record<string, unknown>>) => readonly number[];
  /** Where rows are made up instead of read: how. */
  readonly made?: Made;
}

export function defineSource<const P extends Params>(def: SourceDef<P>): SourceDef<P> {
  return def;
}
