// The Python environment with the peers, made once in the user's cache folder.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** Path of a Python that has Keras, TensorFlow and PyTorch. */
export function peersPython() {
  const cache = process.env.NNET_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "nnet");
  const folder = join(cache, `peers-${createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12)}`);
  const python = join(folder, "bin/python");
  if (existsSync(join(folder, "complete"))) return python;
  console.error("bench: making the peers' Python environment (some minutes, once) …");
  mkdirSync(cache, { recursive: true });
  // A venv knows its own path, so it is made in place and marked when whole.
  rmSync(folder, { recursive: true, force: true });
  run("python3", ["-m", "venv", folder]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  mkdirSync(join(folder, "complete.tmp"));
  renameSync(join(folder, "complete.tmp"), join(folder, "complete"));
  return python;
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}
