import { basename } from "node:path";
import { writeCheckpoint, writeTogether } from "./checkpoint.ts";
import type { Dataset } from "./data/open.ts";
import type { WeightData } from "./engines/engine.ts";
import type { Target } from "./target.ts";
import type { Ready, Trial } from "./trials.ts";

/** The files of a run's best weights: one, or one for each training and one that names them. */
export class KeptWeights {
  /** Whether there is something to predict with. */
  written: boolean;
  private readonly target: Target;
  private readonly classes: Dataset["label"]["classes"];
  private readonly trials: readonly Trial[];
  private readonly checkpoint: string;
  /** Trials that the file of names has. */
  private named = 0;

  /** `written` by an earlier process. */
  constructor(target: Target, { label }: Dataset, trials: readonly Trial[], checkpoint: string, written: boolean) {
    this.target = target;
    this.classes = label.classes;
    this.trials = trials;
    this.checkpoint = checkpoint;
    this.written = written;
  }

  /** Weights of an epoch that is the best so far. Throws `checkpoint-not-written`. */
  async save({ checkpoint, settings: { seed }, encoding, shape }: Ready, weights: ReadonlyMap<string, WeightData>, epoch: number): Promise<void> {
    const { sha256: nnetSha256, model: { name: model }, data: { settings } } = this.target;
    await writeCheckpoint(checkpoint, weights, {
      nnetSha256, model, seed, epoch, label: settings.label ?? "",
      features: encoding.columns?.map((c) => c.name) ?? [], shape, scale: settings.scale, encoding, ...(this.classes && { classes: this.classes }),
    });
    const number = this.trials.findIndex((t) => t.checkpoint === checkpoint) + 1;
    if (checkpoint !== this.checkpoint && number > this.named) {
      // Only those that this run has trained: files of an earlier one may lie beside them.
      const members = this.trials.slice(0, number).map((t) => basename(t.checkpoint));
      await writeTogether(this.checkpoint, { nnetSha256, model, seed: this.trials[0]!.settings.seed, members });
      this.named = number;
    }
    this.written = true;
  }
}
