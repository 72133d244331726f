// The server without its checks: what they cost is the difference.
import { build } from "esbuild";
import { join } from "node:path";
import { bundles } from "../../scripts/bundles.mjs";
import { root } from "./files.mjs";

const noChecks = {
  name: "no-checks",
  setup(b) {
    b.onLoad({ filter: /language[\\/]checks[\\/]index\.ts$/ }, () => ({ contents: "export const checks = [];", loader: "ts" }));
  },
};

/** Path of its program, made from the sources as they are. */
export async function uncheckedServer() {
  const outfile = join(root, "node_modules/.cache/nnet-bench/server-unchecked.cjs");
  const { entryPoints, outdir: _outdir, outExtension: _extension, plugins: _plugins, ...options } = bundles({ minify: false });
  await build({ ...options, entryPoints: [entryPoints.server], outfile, plugins: [noChecks] });
  return outfile;
}
