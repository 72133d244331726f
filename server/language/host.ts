import type { Rehearsals } from "./rehearsal/index.ts";
import type { Probes } from "./signal/index.ts";
import type { Undecoded } from "./syntax/limits.ts";

/** The only door outside: what analysis needs to know of the world comes through here. */
export interface Host {
  /** Text of a `.nnet` file by absolute path (an open editor's text first); undefined if there is none. */
  read(path: string): string | Undecoded | undefined;
  /** Joins a relative path onto the folder of `from`; undefined where that leaves the workspace. */
  resolve(from: string, relative: string): string | undefined;
  /**
   * What the files of a data source hold. Undefined where there are none, they are not what the source reads, or nothing
   * is known yet: a host that reads in the background has the analysis done again later. One object as long as the files
   * stay as they are.
   */
  profile?(request: ProfileRequest): DataProfile | undefined;
  /** Whether a file or folder lies at an absolute path; with `names`, what lies in a folder relative to a text's own ("" or ending in a slash). Without them nothing is said of what is not there. */
  lies?(path: string): boolean;
  names?(from: string, folder: string): readonly { readonly name: string; readonly folder: boolean }[];
  /** Where the theory of signal propagation ends: what the models themselves measure. Without it the theory's estimates stand. */
  readonly probes?: Probes;
  /** Trainings that are tried for some steps. Without it nothing is said by them. */
  readonly rehearsals?: Rehearsals;
}

/** A source that is to be looked at, and what of its data block a look depends on. */
export interface ProfileRequest {
  /** Its name in the language. */
  readonly source: string;
  /** Absolute paths, by the parameter that names them. */
  readonly files: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, unknown>>;
  /** Of a source of sentences: columns that are not the text. */
  readonly label?: string;
  readonly split?: string;
  /** Of a source that resizes. */
  readonly shape?: readonly number[];
}

/** A look at a data source: measured over the rows that were read. */
export interface DataProfile {
  /** Rows whose labels were read, a header left out. */
  readonly rows: number;
  /** Every row was read. Otherwise these are the first ones, and what they lack may follow. */
  readonly complete: boolean;
  /** Rows of the whole source: counted, or estimated from its size where not all were read. */
  readonly total: number;
  /**
   * In the order of the header. Of a source whose labels are its own: its features; where rows have several axes, one
   * for each channel.
   */
  readonly columns: readonly ColumnProfile[];
  /** Where the source has labels of its own. Its name is that of the file or generator. */
  readonly label?: ColumnProfile;
  /** Shape of a row, where the source's own files say it. */
  readonly shape?: readonly number[];
  /** Rows whose features were measured, where they are fewer than `rows`. */
  readonly measured?: number;
  /** The first rows as read, each by `columns`' entries: for sources of plain numbers. */
  readonly first?: readonly Float32Array[];
  /** Of these rows the labels, where the source has labels of its own: as `label` has its values, or numbers. */
  readonly firstLabels?: readonly (string | number)[];
  /** Of these rows the words, by column, where a value is no number; a column of sentences left out. */
  readonly firstWords?: readonly (readonly (string | undefined)[])[];
  /** As many rows from all over what was read, where the first ones of a sorted file would be of one kind; as `first` and `firstWords`. */
  readonly spread?: Pick<DataProfile, "first" | "firstWords">;
  /** Of rows made up: no straight line parts the classes, or goes through the numbers. */
  readonly curved?: true;
  /** Of images made up: their pattern comes again after so many entries of each axis. */
  readonly repeats?: number;
  /** Of sentences. */
  readonly words?: WordsProfile;
}

/** Of a column of sentences, cut into words as training cuts them. */
export interface WordsProfile {
  /** Of this many words so many rows are made: [words in a row, rows]. */
  readonly lengths: ReadonlyMap<number, number>;
  /** In so many rows stand so many different words: [rows, words]. */
  readonly occurrences: ReadonlyMap<number, number>;
  /** The first sentences as a vocabulary of the rows that were read numbers their words: from 2, the most frequent first. */
  readonly first: readonly Int32Array[];
  /**
   * Where `length` or `vocabulary` leaves something out: of the first `rows`, the share whose label their words tell at
   * best, an answer for each different sentence: all words, the first `length`, and of those only the ones in the vocabulary.
   * `words`: different ones in all rows.
   */
  readonly told?: { readonly rows: number; readonly words: number; readonly whole: number; readonly cut: number; readonly known: number };
}

export interface ColumnProfile {
  readonly name: string;
  /** Every value that is there is a number. */
  readonly numeric: boolean;
  /** Of the numbers; undefined where there is none. `std` is the population's; `common`: the mean over the places of a channel of their squared means. */
  readonly numbers: { readonly min: number; readonly max: number; readonly mean: number; readonly std: number; readonly whole: boolean; readonly common?: number } | undefined;
  /** Share of the rows in which it is empty. */
  readonly missing: number;
  /** Each different value and the rows that have it (of numbers: as JavaScript writes them); undefined past a bound. */
  readonly values: ReadonlyMap<string, number> | undefined;
  /** Entries of a row that it stands for, where there are several: a channel's. */
  readonly places?: number;
  /** Of a row, where a column is an array. */
  readonly shape?: readonly number[];
}

/** For a text alone: nothing else can be read. */
export const isolated: Host = { read: () => undefined, resolve: (_from, relative) => relative };
