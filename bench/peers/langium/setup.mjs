// Installs Langium (its own package.json: only this benchmark needs it), generates the parser, and compiles the services.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const stamp = join(here, "dist/.sources");

/** Path of the server's program. */
export async function langiumServer() {
  const sources = createHash("sha256");
  for (const f of ["package-lock.json", "nnet.langium", "langium-config.json", "builtin.mjs", "services.ts"]) sources.update(readFileSync(join(here, f)));
  const wanted = sources.digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    console.error("bench: installing Langium and generating its parser (once) …");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    run(process.execPath, ["node_modules/langium-cli/bin/langium.js", "generate"]);
    await build({ absWorkingDir: here, entryPoints: ["services.ts"], outdir: "dist", outExtension: { ".js": ".mjs" }, bundle: true, packages: "external", platform: "node", format: "esm", target: "node22", tsconfigRaw: {}, logLevel: "warning" });
    writeFileSync(stamp, wanted);
  }
  return join(here, "server.mjs");
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: here, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
