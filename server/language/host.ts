/** The only door outside: what analysis needs to know of the world comes through here. */
export interface Host {
  /** Text of a `.nnet` file by absolute path (an open editor's text first); undefined if there is none. */
  read(path: string): string | undefined;
  /** Joins a relative path onto the folder of `from`; undefined where that leaves the workspace. */
  resolve(from: string, relative: string): string | undefined;
}

/** For a text alone: nothing else can be read. */
export const isolated: Host = { read: () => undefined, resolve: (_from, relative) => relative };
