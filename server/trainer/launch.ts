import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { PredictRequest, TrainerEvent, TrainRequest } from "./protocol.ts";

/** Starts the trainer process for the CLI and the editor. Nothing of the engines is imported here. */

export interface TrainerHandle {
  /** Of the process; undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Asks the trainer to stop; it is killed if it has not ended within `killAfterMs`. Doing it twice does nothing more. */
  cancel(): void;
  /** The exit code once the process is gone and the last event has been passed on; null if a signal ended it. */
  readonly done: Promise<number | null>;
}

export interface LaunchOptions {
  /** Default: trainer.cjs beside the running bundle. */
  readonly trainerPath?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly killAfterMs?: number;
}

/**
 * Exactly one of `end`, `error` and `predicted` is the last event, however the process ends: an `end` is made up for
 * a trainer that was killed, an `error` for one that died by itself.
 */
export function launchTrainer(request: TrainRequest | PredictRequest, onEvent: (event: TrainerEvent) => void, options: LaunchOptions = {}): TrainerHandle {
  const env = { ...process.env, ...options.env };
  // Inside Electron the executable is a browser unless told otherwise.
  if (process.versions["electron"]) env["ELECTRON_RUN_AS_NODE"] = "1";
  const child = fork(options.trainerPath ?? join(__dirname, "trainer.cjs"), [], {
    env,
    execArgv: [],
    // JSON would turn the NaN of a diverged loss into null.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return watch(child, request, onEvent, options.killAfterMs ?? 900);
}

/** An engine that hangs while it shuts down is not waited for longer than this. */
const LINGER_MS = 5000;
const STDERR_LINES = 12;

function watch(child: ChildProcess, request: TrainRequest | PredictRequest, onEvent: (event: TrainerEvent) => void, killAfterMs: number): TrainerHandle {
  let cancelled = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let checkpoint: string | undefined;
  let saved = false;
  let stderr = "";

  const killAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), ms);
  };
  const pass = (event: TrainerEvent): void => {
    if (ended) return;
    if (event.event === "start") checkpoint = event.checkpoint;
    if (event.event === "epoch" && event.best) saved = true;
    if (event.event === "end" || event.event === "error" || event.event === "predicted") {
      ended = true;
      killAfter(LINGER_MS);
    }
    onEvent(event);
  };

  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).split("\n").slice(-STDERR_LINES - 1).join("\n");
  });
  child.on("message", (message) => pass(message as TrainerEvent));
  // A closed channel shows as an exit; the callback keeps it from being thrown.
  child.send(request, () => undefined);

  const done = new Promise<number | null>((resolve) => {
    const finish = (code: number | null, signal: string | null, cause?: Error): void => {
      if (cancelled) pass({ event: "end", reason: "cancelled", testLoss: null, testAccuracy: null, checkpoint: (saved && checkpoint) || null });
      else pass({ event: "error", code: "trainer-crashed", message: crashMessage(code, signal, stderr, cause) });
      clearTimeout(timer);
      resolve(code);
    };
    child.on("error", (cause) => {
      if (child.pid === undefined) finish(null, null, cause);
    });
    // Not "exit": messages may still be on their way then.
    child.on("close", finish);
  });

  return {
    pid: child.pid,
    done,
    cancel() {
      if (cancelled || ended) return;
      cancelled = true;
      child.send({ type: "cancel" }, () => undefined);
      killAfter(killAfterMs);
    },
  };
}

function crashMessage(code: number | null, signal: string | null, stderr: string, cause: Error | undefined): string {
  const how = cause ? `could not be started: ${cause.message}` : signal ? `was ended by ${signal}${signal === "SIGKILL" ? " (often: out of memory)" : ""}` : `stopped by itself with exit code ${code ?? "unknown"}`;
  const said = stderr.trim();
  return `The trainer ${how}.${said ? ` Its last words:\n${said}` : ""}\nTry again; if it happens again, train with the portable engine or a smaller batch.`;
}
