/** The only door outside: what analysis needs to know of the world comes through here. */
export interface Host {
  /** Text of a `.nnet` file by absolute path (an open editor's text first); undefined if there is none. */
  read(path: string): string | undefined;
  /** Joins a relative path onto the folder of `from`; undefined where that leaves the workspace. */
  resolve(from: string, relative: string): string | undefined;
  /**
   * What a data file holds, by absolute path. Undefined where there is none, it is no table, or nothing is known yet: a
   * host that reads in the background has the analysis done again later. One object as long as the file stays as it is.
   */
  profile?(path: string, options: ProfileOptions): DataProfile | undefined;
}

export interface ProfileOptions {
  /** What stands between two values. */
  readonly delimiter: string;
}

/** A look at a data file: measured over the rows that were read. */
export interface DataProfile {
  /** Rows that were read, the header left out. */
  readonly rows: number;
  /** Every row was read. Otherwise these are the first ones, and what they lack may follow. */
  readonly complete: boolean;
  /** Rows of the whole file: counted, or estimated from its size where not all were read. */
  readonly total: number;
  /** In the order of the header. */
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly name: string;
  /** Every value that is there is a number. */
  readonly numeric: boolean;
  /** Of the numbers; undefined where there is none. `std` is the population's. */
  readonly numbers: { readonly min: number; readonly max: number; readonly mean: number; readonly std: number; readonly whole: boolean } | undefined;
  /** Share of the rows in which it is empty. */
  readonly missing: number;
  /** Each different value and the rows that have it (of numbers: as JavaScript writes them); undefined past a bound. */
  readonly values: ReadonlyMap<string, number> | undefined;
}

/** For a text alone: nothing else can be read. */
export const isolated: Host = { read: () => undefined, resolve: (_from, relative) => relative };
