// What the packaged extension loads: each bundle as the .vsix holds it.
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { bundled, EDITOR } from "../../scripts/bundles.mjs";
import { table } from "../statistics.mjs";

export const title = "Size of the bundles";

export async function run() {
  const kB = (bytes) => Math.round(bytes / 1000).toLocaleString("en-US");
  const files = await bundled({ minify: true });
  const codes = new Map(files.filter((f) => f.path.endsWith(".cjs")).map((f) => [basename(f.path), f.contents]));
  const editor = EDITOR.reduce((sum, name) => sum + codes.get(name).length, 0);
  const names = [...EDITOR, ...[...codes.keys()].filter((n) => !EDITOR.includes(n)).sort()];
  const rows = names.map((name) => [name, kB(codes.get(name).length), kB(gzipSync(codes.get(name)).length)]);
  return [`Kilobytes, minified as for the .vsix. The extension, its server and the protocol that both load: ${kB(editor)} kB. server.cjs starts service.cjs, cli.cjs commands.cjs, and trainer.cjs training.cjs. The server loads looks.cjs with the first data file that it looks at, the command line where a text may name one. training.cjs holds the portable engine.`, "", table(["bundle", "kB", "kB gzipped"], rows)].join("\n");
}
