import { Worker } from "node:worker_threads";

/** From the parent's end to ours at most: half for a graceful end (a checkpoint being written), then by force. */
const GRACE_MS = 2500;

/**
 * Ends this process within 5 s of its parent's end. The channel's end is seen as soon as the event loop turns; a
 * thread of its own looks every second whether the parent is there, for when a step in native code takes long.
 */
export function watchParent(onGone: () => void): void {
  process.on("disconnect", () => {
    onGone();
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  });
  const watcher = new Worker(WATCHER, { eval: true, workerData: { parent: process.ppid, grace: GRACE_MS }, stdout: true, stderr: true });
  watcher.on("error", () => undefined);
  watcher.unref();
}

// An orphan gets a new parent on POSIX; on Windows the old number stays, and asking for it fails.
const WATCHER = `
const { parent, grace } = require("node:worker_threads").workerData;
const gone = () => {
  if (process.ppid !== parent) return true;
  try { process.kill(parent, 0); return false; } catch (e) { return e.code === "ESRCH"; }
};
setInterval(() => {
  if (gone()) setTimeout(() => process.kill(process.pid, "SIGKILL"), grace);
}, 1000);
`;
