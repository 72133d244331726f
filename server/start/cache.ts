import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The user's folder for what can be made again: the installed engine, compiled code. */
export function cacheFolder(): string {
  const env = process.env;
  if (env["NNET_CACHE"]) return resolve(env["NNET_CACHE"]);
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "nnet");
  if (process.platform === "win32") return join(env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "nnet");
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nnet");
}
