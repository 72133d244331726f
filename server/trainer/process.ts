/**
 * The trainer process. The first message is the request; `cancel` may follow. Events go back by the same channel, and
 * the process ends after the last one. Nothing is printed: standard error is for what goes wrong below us.
 */
import { errorEvent, TrainerError } from "./errors.ts";
import { watchParent } from "./parent.ts";
import { runPrediction } from "./predict.ts";
import type { TrainerEvent, TrainerRequest } from "./protocol.ts";
import { runTraining } from "./run.ts";

let cancelled = false;
let started = false;

/** Events handed to the channel and not yet written. */
let unsent = 0;
let ending: (() => void) | undefined;
let waiting: (() => void)[] = [];

const emit = (event: TrainerEvent): void => {
  // The parent may be gone: then the disconnect has been, or will be, seen.
  if (!process.connected) return;
  unsent++;
  process.send!(event, undefined, undefined, () => {
    unsent--;
    if (unsent > 0) return;
    heard();
    ending?.();
  });
};

/** Once every event is with the parent, or there is no parent. */
const told = (): Promise<void> => (unsent === 0 || !process.connected ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));
function heard(): void {
  for (const resolve of waiting) resolve();
  waiting = [];
}
process.on("disconnect", heard);

process.on("message", (request: TrainerRequest) => {
  if (request.type === "cancel") cancelled = true;
  else if (!started) {
    started = true;
    void run(request);
  }
});
process.on("SIGTERM", () => (cancelled = true));
process.on("SIGINT", () => (cancelled = true));
process.on("uncaughtException", (e) => finish(errorEvent(e)));
process.on("unhandledRejection", (e) => finish(errorEvent(e)));

if (process.send) watchParent(() => (cancelled = true));
else {
  process.stderr.write("The trainer is started by `nnet train` and by the editor, not by hand.\n");
  process.exitCode = 1;
}

async function run(request: Exclude<TrainerRequest, { type: "cancel" }>): Promise<void> {
  try {
    const surroundings = { emit, told, cancelled: () => cancelled };
    if (request.type === "train") await runTraining(request, surroundings);
    else if (request.type === "predict") await runPrediction(request, surroundings);
    else throw new TrainerError("bad-request", `the trainer knows train and predict, not ${JSON.stringify((request as { type?: unknown }).type)}`);
    finish();
  } catch (e) {
    finish(errorEvent(e));
  }
}

/** Ends once every event is written; an engine's threads would keep the process alive. */
function finish(error?: TrainerEvent): void {
  if (error) emit(error);
  ending = () => process.exit(error ? 1 : 0);
  if (unsent === 0) ending();
  // A parent that does not read is not waited for.
  setTimeout(ending, 2000);
}
