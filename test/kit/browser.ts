import { build } from "esbuild";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The trainer for a browser's worker as one file; what the bundle is made of is in the metafile. */
export async function bundleForBrowser() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["server/trainer/browser.ts"],
    bundle: true,
    // A module of Node's is an error here.
    platform: "browser",
    format: "iife",
    target: "es2023",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return { code: outputFiles[0]!.text, metafile };
}
