// Bundles the four programs into dist/. `--watch` rebuilds on change, `--production` minifies (for the .vsix).
import { build, context } from "esbuild";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

const tfjsNode = dirname(require.resolve("@tensorflow/tfjs-node/package.json"));

/**
 * tfjs-node re-exports the whole of tfjs (layers, converters, three backends) and finds its addon beside itself.
 * We need its backend and its SavedModel session only, with the addon where `nnet engine install` has put it.
 */
const tfjsNodeTrimmed = {
  name: "tfjs-node-trimmed",
  setup(b) {
    b.onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => b.resolve("@tensorflow/tfjs-core", { kind: "require-call", resolveDir: root }));
    b.onResolve({ filter: /^nnet:tfjs-node\// }, (a) => ({ path: join(tfjsNode, "dist", a.path.slice("nnet:tfjs-node/".length)) }));
  },
};

const options = {
  absWorkingDir: root,
  entryPoints: {
    extension: "client/extension.ts",
    server: "server/lsp/node.ts",
    cli: "server/cli/main.ts",
    trainer: "server/trainer/main.ts",
  },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // ESM first: some UMD builds hide their requires from the bundler.
  mainFields: ["module", "main"],
  external: ["vscode"],
  sourcemap: true,
  minify: process.argv.includes("--production"),
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [tfjsNodeTrimmed],
};

rmSync(join(root, "dist"), { recursive: true, force: true });
mkdirSync(join(root, "dist"), { recursive: true });
const wasm = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
for (const f of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) cpSync(join(wasm, f), join(root, "dist", f));

if (process.argv.includes("--watch")) {
  const c = await context(options);
  await c.watch();
} else {
  await build(options);
}
