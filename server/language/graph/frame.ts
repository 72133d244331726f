import type { Blocks } from "../program/imports.ts";
import type { Scope } from "../program/scope.ts";
import type { LineRef, ModelDecl, Site } from "../syntax/tree.ts";

/** Where evaluation stands: a body of a model, block, loop or branch. */
export interface Frame {
  scope: Scope;
  file: string;
  /** Blocks that this file can use. */
  known: Blocks;
  /** Spans of the statement being read count from here. */
  line: LineRef;
  /** What flows now; undefined where nothing does, for the reason `noFlow`. */
  flow: number | undefined;
  /** What flows into the nearest braces: `in`. */
  entry: number | undefined;
  /** Uses of blocks that lead here. */
  via: readonly Site[];
  /** Blocks being expanded, outermost first. */
  blocks: readonly ModelDecl[];
  prefix: string;
  kind: "model" | "block";
  /** The body is that of the model or block itself, not of a loop or branch. */
  top: boolean;
}
