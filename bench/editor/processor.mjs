import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of processor time that a process has taken, all its threads together; NaN where the system does not say. */
export function processorTime(pid) {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks).reduce((sum, t) => sum + Number(readFileSync(`${tasks}/${t}/schedstat`, "utf8").split(" ")[0]), 0) / 1e6;
  } catch {
    return NaN;
  }
}
