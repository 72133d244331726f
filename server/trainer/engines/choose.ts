import { availableParallelism } from "node:os";
import { TrainerError } from "../errors.ts";
import { engineStatus } from "../install/index.ts";
import type { EngineChoice } from "../protocol.ts";
import type { Model } from "../../language/index.ts";
import type { Engine } from "./engine.ts";
import { threadsOf } from "./graph/cost.ts";
import { tfjsEngine } from "./tfjs/engine.ts";

/** What an engine is to do, as far as its threads follow from it. */
export interface Work {
  readonly model: Model;
  /** Rows of a step. */
  readonly batch: number;
  /** Of a row, the largest where sizes differ. */
  readonly shape?: readonly number[];
}

/** `auto`: TensorFlow where it is installed and loads, else the portable engine, whose note says why. */
export async function chooseEngine(choice: EngineChoice, work: Work): Promise<Engine> {
  if (choice === "portable") return portable("the portable engine was asked for");
  const status = await engineStatus();
  if (status.engine !== "tensorflow" || status.folder === undefined) {
    if (choice === "tensorflow") {
      throw new TrainerError("engine-missing", `engine = tensorflow was asked for. ${status.reason} ${status.howToGetFaster ? `To get it, ${status.howToGetFaster}` : "It is not to be had on this machine"}; engine = auto trains without it.`);
    }
    return portable(status.reason, status.howToGetFaster);
  }
  try {
    setThreads(work);
    const { folder, reason } = status;
    const { loadAddon, loadTensorflow } = await import("./tensorflow/load.ts");
    const { graphEngine } = await import("./graph/engine.ts");
    return graphEngine(reason, await loadAddon(folder), async () => tfjsEngine("tensorflow", reason, await loadTensorflow(folder)));
  } catch (e) {
    const why = (e as Error).message;
    if (choice === "tensorflow") throw new TrainerError("engine-missing", `The TensorFlow engine does not start: ${why}`);
    return portable(`the TensorFlow engine does not start: ${why}`);
  }
}

async function portable(reason: string, faster?: string): Promise<Engine> {
  const { loadPortable } = await import("./portable/load.ts");
  const loaded = await loadPortable();
  const note = reason.startsWith("The ") ? reason : `The portable engine runs on ${loaded.backend}: ${reason}.`;
  return tfjsEngine("portable", faster ? `${note} For a faster one, ${faster}.` : note, loaded);
}

/** TensorFlow reads these as it loads; what the user has set stays. */
function setThreads({ model, batch, shape }: Work): void {
  const { within, between } = threadsOf(model, batch, availableParallelism(), shape);
  process.env["TF_NUM_INTRAOP_THREADS"] ??= String(within);
  process.env["TF_NUM_INTEROP_THREADS"] ??= String(between);
  process.env["OMP_NUM_THREADS"] ??= String(within);
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
}
