// What both launchers need: the suites as one file each, and a workspace that tests may change.
import { build } from "esbuild";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "../..");
/** Screenshots and logs are kept here. */
export const artifacts = join(root, ".cache/artifacts");
const bundles = join(root, ".cache/editor-suites");

export const suite = (name) => join(bundles, `${name}.cjs`);

export async function bundleSuites() {
  mkdirSync(artifacts, { recursive: true });
  const entryPoints = ["index", "smoke", "untrusted"].map((name) => join(here, `suite/${name}.ts`));
  await build({ entryPoints, outdir: bundles, outExtension: { ".js": ".cjs" }, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["vscode"], sourcemap: "inline", logLevel: "warning" });
}

/** Calls `use` with a copy of the samples and an extension that does nothing; both are gone afterwards. */
export async function withWorkspace(use) {
  const temporary = mkdtempSync(join(tmpdir(), "nnet-w-"));
  const folder = join(temporary, "samples");
  const bystander = join(temporary, "bystander");
  try {
    cpSync(join(root, "samples"), folder, { recursive: true });
    rmSync(join(folder, ".nnet"), { recursive: true, force: true });
    writeFileSync(join(folder, "data/broken.csv"), "p0,p1,digit\n1,2,three\n1,,4\n");
    mkdirSync(bystander);
    writeFileSync(join(bystander, "package.json"), JSON.stringify({ name: "bystander", publisher: "nnet", version: "0.0.1", engines: { vscode: "*" } }));
    return await use({ folder, bystander });
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
