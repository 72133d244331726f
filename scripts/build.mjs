// Bundles the four programs into dist/. `--watch` rebuilds on change, `--production` minifies (for the .vsix).
import { build, context } from "esbuild";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildStamp, sourcesStamp } from "./sources.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const require = createRequire(import.meta.url);

const tfjsNode = dirname(require.resolve("@tensorflow/tfjs-node/package.json"));

/**
 * tfjs-node's entry point brings the whole of tfjs (layers, converters, three backends) and finds its addon beside
 * itself. server/trainer/engines/tensorflow/load.ts takes its backend and SavedModel session only, with the addon
 * where `nnet engine install` has put it.
 */
const tfjsNodeTrimmed = {
  name: "tfjs-node-trimmed",
  setup(b) {
    b.onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => b.resolve("@tensorflow/tfjs-core", { kind: "require-call", resolveDir: root }));
    // Its backend is an ES5 class, which can't call the constructor of tfjs-core's ES2017 class as a function.
    b.onLoad({ filter: /tfjs-node[\\/]dist[\\/]nodejs_kernel_backend\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const contents = text.replace("_super.call(this) || this", "Reflect.construct(_super, [], NodeJSKernelBackend)");
      if (contents === text) throw new Error(`${path} is not as expected: see tfjsNodeTrimmed in scripts/build.mjs`);
      return { contents, loader: "js" };
    });
  },
};

/** What server/trainer/install needs of packages that a .vsix does not hold; see its assets.ts. */
function copyEngineSources() {
  const to = join(root, "dist", "engine-src");
  const headers = dirname(require.resolve("node-api-headers/package.json"));
  for (const f of ["package.json", "binding", "scripts/install.js", "scripts/deps-constants.js", "scripts/get-addon-name.js"]) {
    cpSync(join(tfjsNode, f), join(to, "tfjs-node", f), { recursive: true });
  }
  cpSync(join(headers, "include"), join(to, "node-api"), { recursive: true });
  cpSync(join(root, "server", "trainer", "install", "smoke-test.cjs"), join(to, "smoke-test.cjs"));
}

const options = {
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    Object.entries({
      extension: "client/extension.ts",
      server: "server/lsp/node.ts",
      cli: "server/cli/main.ts",
      trainer: "server/trainer/main.ts",
    }).filter(([, path]) => existsSync(join(root, path))),
  ),
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // ESM first: some UMD builds hide their requires from the bundler.
  mainFields: ["module", "main"],
  external: ["vscode"],
  // Sources find the files beside them by it; in the bundle, "beside" is dist/.
  define: { "import.meta.dirname": "__dirname" },
  sourcemap: true,
  minify: process.argv.includes("--production"),
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [tfjsNodeTrimmed],
};

// Before reading them: what changes while this runs is built next time.
const stamp = sourcesStamp();
mkdirSync(dist, { recursive: true });
// It would be of an older build; `npm run package` makes it after this.
rmSync(join(dist, "nnet.vsix"), { force: true });
const wasm = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
for (const f of ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"]) put(join(dist, f), readFileSync(join(wasm, f)));
copyEngineSources();

if (process.argv.includes("--watch")) {
  const c = await context(options);
  await c.watch();
} else {
  const { outputFiles } = await build({ ...options, write: false });
  for (const { path, contents } of outputFiles) put(path, contents);
  writeFileSync(buildStamp, stamp);
}

/** In one step: a program of dist/ that starts meanwhile finds the old file or the new one. */
function put(path, contents) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents, { mode: path.endsWith("cli.cjs") ? 0o755 : 0o644 });
  renameSync(fresh, path);
}
