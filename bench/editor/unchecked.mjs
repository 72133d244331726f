// The server without its checks, or without those that rest on the propagation of signals: what they cost is the difference.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundles } from "../../scripts/bundles.mjs";
import { root } from "./files.mjs";

const folder = join(root, "server/language/checks");

/** Whether a file of the checks reads signals, itself or by way of its neighbours. */
function readsSignal(file, seen = new Set()) {
  if (seen.has(file)) return false;
  seen.add(file);
  const imports = [...readFileSync(join(folder, file), "utf8").matchAll(/^import (?!type ).* from "([^"]+)";$/gm)].map((m) => m[1]);
  return imports.some((path) => path.startsWith("../signal/")) || imports.some((path) => path.startsWith("./") && readsSignal(path.slice(2), seen));
}

/** The index of checks with those left out whose file is one of them. */
function indexWithout(isLeftOut) {
  const index = readFileSync(join(folder, "index.ts"), "utf8");
  const gone = new Set();
  for (const [, names, file] of index.matchAll(/^import \{ (.*) \} from "\.\/(.*)";$/gm)) if (file !== "define.ts" && isLeftOut(file)) for (const name of names.split(", ")) gone.add(name);
  return index.replace(/^ {2}(\w+),\n/gm, (line, name) => (gone.has(name) ? "" : line));
}

const LEFT_OUT = { unchecked: () => true, "without-signal": readsSignal };

/** Path of the program of a server that lacks these, made from the sources as they are. */
export async function serverWithout(what) {
  const outfile = join(root, `node_modules/.cache/nnet-bench/server-${what}.cjs`);
  const { entryPoints, outdir: _outdir, outExtension: _extension, plugins: _plugins, ...options } = bundles({ minify: false });
  const contents = indexWithout(LEFT_OUT[what]);
  const less = { name: what, setup: (b) => b.onLoad({ filter: /language[\\/]checks[\\/]index\.ts$/ }, () => ({ contents, loader: "ts", resolveDir: folder })) };
  await build({ ...options, entryPoints: [entryPoints.server], outfile, plugins: [less] });
  return outfile;
}
