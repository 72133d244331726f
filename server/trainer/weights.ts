import { basename } from "node:path";
import { labelColumns } from "../language/index.ts";
import { writeCheckpoint, writeTogether } from "./checkpoint.ts";
import type { LabelFacts } from "./data/labels.ts";
import type { Dataset } from "./data/open.ts";
import type { WeightData } from "./engines/engine.ts";
import type { Target } from "./target.ts";
import type { Ready, Trial } from "./trials.ts";

/** The files of a run's best weights: one, or one for each training and one that names them. */
export class KeptWeights {
  /** Whether there is something to predict with. */
  written: boolean;
  private readonly target: Target;
  private readonly labels: readonly LabelFacts[];
  private readonly trials: readonly Trial[];
  private readonly checkpoint: string;
  /** Trials that the file of names has. */
  private named = 0;

  /** `written` by an earlier process. */
  constructor(target: Target, { labels }: Dataset, trials: readonly Trial[], checkpoint: string, written: boolean) {
    this.target = target;
    this.labels = labels;
    this.trials = trials;
    this.checkpoint = checkpoint;
    this.written = written;
  }

  /** Weights of an epoch that is the best so far. Throws `checkpoint-not-written`. */
  async save({ checkpoint, settings: { seed }, encoding, shape }: Ready, weights: ReadonlyMap<string, WeightData>, epoch: number): Promise<void> {
    const { sha256: nnetSha256, model: { name: model }, data: { settings } } = this.target;
    const columns = labelColumns(settings);
    const [{ classes }] = this.labels as readonly [LabelFacts];
    await writeCheckpoint(checkpoint, weights, {
      nnetSha256, model, seed, epoch, label: columns[0] ?? "",
      features: encoding.columns?.map((c) => c.name) ?? [], shape, scale: settings.scale, encoding, ...(classes && { classes }),
      ...(columns.length > 1 && { labels: this.labels.map(({ classes }, i) => ({ column: columns[i]!, ...(classes && { classes }) })) }),
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
