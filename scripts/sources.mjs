// What dist/ is built from, as a few numbers that change with it.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Written by build.mjs when dist/ is complete. */
export const buildStamp = join(root, "dist/.sources");

/** Sizes and times of all sources: reading them takes longer than `nnet check` may. */
export function sourcesStamp() {
  const hash = createHash("sha256");
  const add = (path) => {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path}\0${mtimeMs}\0${size}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|cjs|mjs)$/.test(entry.name)) add(path);
    }
  };
  for (const folder of ["server", "client", "scripts/left-out"]) walk(join(root, folder));
  for (const file of ["scripts/build.mjs", "scripts/bundles.mjs", "package-lock.json"]) add(join(root, file));
  return hash.digest("hex");
}
