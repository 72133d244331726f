/** A way to come by the native library; tried one after the other. */
import type { Manifest } from "./cache.ts";
import type { Stage } from "./stages.ts";

export type Made = Pick<Manifest, "source" | "versions" | "addon" | "files" | "archives">;

export interface Source {
  /** For the reasons: "NAME: why it failed". */
  readonly name: string;
  /**
   * Makes an installation in an empty folder and has it pass the smoke test. Throws StageFailure for what a person
   * can understand; undefined where there is nothing to try.
   */
  make(stage: Stage, folder: string): Promise<Made | undefined>;
}
