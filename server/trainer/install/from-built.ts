/** An addon that tfjs-node's own installation has left in node_modules: used where it is. */
import { existsSync, readFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { assets, tfjsNodeVersion } from "./assets.ts";
import { smokeTest } from "./smoke.ts";
import type { Source } from "./sources.ts";

export const fromBuilt: Source = {
  name: "the addon in node_modules",
  async make(stage) {
    for (const root of packages()) {
      const lib = join(root, "lib");
      const versions = (await readdir(lib).catch(() => [])).filter((n) => n.startsWith("napi-v")).sort().reverse();
      const addon = versions.map((v) => join(lib, v, "tfjs_binding.node")).find((f) => existsSync(f));
      if (addon === undefined) continue;
      const tensorflow = await smokeTest(stage, addon);
      const deps = join(root, "deps", "lib");
      const beside = (await readdir(deps).catch(() => [])).map((n) => join(deps, n));
      const files = await Promise.all([addon, ...beside].map(async (path) => ({ path, bytes: (await stat(path)).size })));
      return { source: "found built in node_modules", versions: { tensorflow, "tfjs-node": tfjsNodeVersion() }, addon, files, archives: [] };
    }
    return undefined;
  },
};

function packages(): string[] {
  const found = [assets().tfjsNode];
  try {
    found.push(dirname(createRequire(join(import.meta.dirname, "x.cjs")).resolve("@tensorflow/tfjs-node/package.json")));
  } catch {
    // Run from a bundle, there need not be one.
  }
  const own = tfjsNodeVersion();
  return [...new Set(found)].filter((f) => (JSON.parse(readFileSync(join(f, "package.json"), "utf8")) as { version: string }).version === own);
}
