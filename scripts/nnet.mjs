// `npm run -s nnet -- …`: the CLI from a checkout. Sets up what is missing (said on stderr), then runs dist/cli.cjs.
import { spawnSync } from "node:child_process";
import module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildReady, dependenciesReady, ensureBuild, ensureDependencies, nodePath } from "./setup.mjs";
import { root } from "./sources.mjs";

module.enableCompileCache?.(join(root, "node_modules/.cache/compiled"));
const cli = join(root, "dist/cli.cjs");
try {
  if (!dependenciesReady()) {
    console.error("nnet: installing packages (once) …");
    await ensureDependencies();
  }
  if (!buildReady()) {
    console.error("nnet: building …");
    await ensureBuild();
  }
  if (Number(process.versions.node.split(".")[0]) >= 22) await import(pathToFileURL(cli).href);
  else {
    process.on("SIGINT", () => undefined);
    process.exitCode = spawnSync(nodePath(), [cli, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
  }
} catch (error) {
  console.error(`nnet: ${error.message}`);
  process.exitCode = 1;
}
