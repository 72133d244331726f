// Runs the trainer as `nnet train` and the editor do: the bundled process, asked by messages, watched by its events.
import { fork } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../editor/files.mjs";

/**
 * Every event with the milliseconds since the process was started, and the process' memory in bytes then (0 where the
 * system doesn't tell): resident, the highest that it was, of it the process' own and pages of mapped files. `request`: epochs, engine, measure.
 */
export function train(file, request) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const out = join(dirname(file), "runs");
    const child = fork(join(root, "dist/trainer.cjs"), [], { execArgv: [], serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"] });
    const events = [];
    child.on("message", (event) => events.push({ ...event, at: performance.now() - began, ...memoryOf(child.pid) }));
    child.on("close", () => {
      rmSync(out, { recursive: true, force: true });
      const last = events.at(-1);
      if (last?.event === "end") resolve(events);
      else reject(new Error(last?.message ?? "the trainer ended without a word"));
    });
    child.send({ type: "train", file, engine: "tensorflow", out, ...request });
  });
}

/** Steps a second of each epoch but the first, which compiles and warms. */
export function rates(events, batch) {
  return events.filter((e) => e.event === "epoch").slice(1).map((e) => e.examplesPerSecond / batch);
}

function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const of = (key) => 1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return { rss: of("VmRSS"), peak: of("VmHWM"), private: of("RssAnon"), mapped: of("RssFile") };
  } catch {
    return { rss: 0, peak: 0, private: 0, mapped: 0 };
  }
}
