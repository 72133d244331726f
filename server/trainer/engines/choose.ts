import { availableParallelism } from "node:os";
import { TrainerError } from "../errors.ts";
import { engineStatus } from "../install/index.ts";
import type { EngineChoice } from "../protocol.ts";
import type { Engine } from "./engine.ts";
import { tfjsEngine } from "./tfjs/engine.ts";

/** `auto`: TensorFlow where it is installed and loads, else the portable engine, whose note says why. */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  if (choice === "portable") return portable("the portable engine was asked for");
  const status = await engineStatus();
  if (status.engine !== "tensorflow" || status.folder === undefined) {
    if (choice === "tensorflow") {
      throw new TrainerError("engine-missing", `engine = tensorflow was asked for. ${status.reason} ${status.howToGetFaster ? `To get it, ${status.howToGetFaster}` : "It is not to be had on this machine"}; engine = auto trains without it.`);
    }
    return portable(status.reason, status.howToGetFaster);
  }
  try {
    setThreads();
    const { loadTensorflow } = await import("./tensorflow/load.ts");
    return tfjsEngine("tensorflow", status.reason, await loadTensorflow(status.folder));
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
function setThreads(): void {
  const cores = String(availableParallelism());
  process.env["TF_NUM_INTRAOP_THREADS"] ??= cores;
  process.env["TF_NUM_INTEROP_THREADS"] ??= "1";
  process.env["OMP_NUM_THREADS"] ??= cores;
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
}
