// Bundles the programs into dist/. `--watch` rebuilds on change, `--production` minifies (for the .vsix).
import { context } from "esbuild";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundled, bundles, tfjsNode } from "./bundles.mjs";
import { buildStamp, root, sourcesStamp } from "./sources.mjs";

const dist = join(root, "dist");
const require = createRequire(import.meta.url);

/** What server/trainer/install needs of packages that a .vsix does not hold; see its assets.ts. */
function copyEngineSources() {
  const to = join(root, "dist", "engine-src");
  const headers = dirname(require.resolve("node-api-headers/package.json"));
  for (const f of ["package.json", "binding", "scripts/install.js", "scripts/deps-constants.js", "scripts/get-addon-name.js"]) {
    cpSync(join(tfjsNode, f), join(to, "tfjs-node", f), { recursive: true });
  }
  cpSync(join(headers, "include"), join(to, "node-api"), { recursive: true });
  for (const f of ["pages.cc", "smoke-test.cjs"]) cpSync(join(root, "server", "trainer", "install", f), join(to, f));
}

const minify = process.argv.includes("--production");

// Before reading them: what changes while this runs is built next time.
const stamp = sourcesStamp();
mkdirSync(dist, { recursive: true });
// It would be of an older build; `npm run package` makes it after this.
rmSync(join(dist, "nnet.vsix"), { force: true });
const wasm = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
for (const f of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) put(join(dist, f), readFileSync(join(wasm, f)));
copyEngineSources();

if (process.argv.includes("--watch")) {
  const c = await context(bundles({ minify }));
  await c.watch();
} else {
  for (const { path, contents } of await bundled({ minify })) put(path, contents);
  writeFileSync(buildStamp, stamp);
}

/** In one step: a program of dist/ that starts meanwhile finds the old file or the new one. */
function put(path, contents) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents, { mode: path.endsWith("cli.cjs") ? 0o755 : 0o644 });
  renameSync(fresh, path);
}
