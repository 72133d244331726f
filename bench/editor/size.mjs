// What the packaged extension loads: each bundle as the .vsix holds it.
import { transform } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { table } from "../statistics.mjs";
import { root } from "./files.mjs";

export const title = "Size of the bundles";

export async function run() {
  const kB = (bytes) => Math.round(bytes / 1000).toLocaleString("en-US");
  const names = ["extension", "server", "cli", "trainer"];
  const rows = [];
  let languageParts = 0;
  for (const name of names) {
    const { code } = await transform(readFileSync(join(root, `dist/${name}.cjs`), "utf8"), { minify: true, legalComments: "none" });
    const size = Buffer.byteLength(code);
    if (name === "extension" || name === "server") languageParts += size;
    rows.push([`${name}.cjs`, kB(size), kB(gzipSync(code).length)]);
  }
  return [`Kilobytes, minified as for the .vsix. The extension and its server together: ${kB(languageParts)} kB. The trainer holds the portable engine.`, "", table(["bundle", "kB", "kB gzipped"], rows)].join("\n");
}
