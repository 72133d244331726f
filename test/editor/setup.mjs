// Gets a real VS Code for the tests: code-server (VS Code's own server and web workbench, from npm) and a Chromium.
// They lie in the user's cache, one folder per lock file, so that clones share them. `node test/editor/setup.mjs`.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Installs what is missing; answers where everything lies. */
export function setUp() {
  const chromium = findChromium() ?? (installPackages(["chromium"]), findChromium());
  if (!chromium) throw new Error("No Chromium was found, and installing it did not bring one. Install Chromium or Chrome, or name one in CHROMIUM.");
  const tools = installTools();
  return {
    chromium,
    vscode: join(tools, "node_modules/code-server/lib/vscode"),
    playwright: createRequire(join(tools, "package.json"))("playwright-core"),
  };
}

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return names.flatMap((n) => (process.env.PATH ?? "").split(":").map((dir) => join(dir, n))).find((path) => existsSync(path));
}

function installTools() {
  const files = ["package.json", "package-lock.json", ".npmrc"];
  const hash = createHash("sha256").update(process.version.split(".")[0] + process.arch + readFileSync(join(here, "package-lock.json"))).digest("hex").slice(0, 12);
  const cache = process.env.NNET_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "nnet");
  const target = join(cache, `test-tools-${hash}`);
  if (existsSync(target)) return target;

  // Kerberos headers: one of code-server's modules is compiled against them.
  if (process.platform === "linux" && !existsSync("/usr/include/gssapi/gssapi.h")) installPackages(["libkrb5-dev"]);
  say(`installing code-server into ${target} (about 2 minutes, once)`);
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    for (const file of files) cpSync(join(here, file), join(partial, file));
    const nodedir = [dirname(dirname(process.execPath)), "/usr", "/usr/local"].find((d) => existsSync(join(d, "include/node/node_api.h")));
    const { status, stdout, stderr } = spawnSync("npm", ["ci", "--ignore-scripts=false", "--no-audit", "--no-fund"], {
      cwd: partial,
      encoding: "utf8",
      env: { ...ownEnvironment(), ...(nodedir && { npm_config_nodedir: nodedir }) },
    });
    if (status !== 0) throw new Error(`code-server was not installed, so the editor tests cannot run; npm said:\n${(stdout + stderr).split("\n").slice(-30).join("\n")}`);
    renameSync(partial, target);
  } catch (error) {
    // Another clone may have been faster; then its folder serves.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Without what an outer npm has put there: code-server reads the running Node's version out of npm's own variables. */
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

function installPackages(packages) {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const run = (...args) => {
    const [program, ...rest] = [...sudo, "apt-get", ...args];
    execFileSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  };
  say(`installing ${packages.join(", ")} with apt-get`);
  try {
    run("update", "-qq");
    run("install", "-y", "-qq", "--no-install-recommends", ...packages);
  } catch {
    throw new Error(`The editor tests need ${packages.join(" and ")}, which could not be installed from here. Run as root: apt-get install ${packages.join(" ")}`);
  }
}

function say(text) {
  console.log(`editor tests: ${text}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { chromium, vscode } = setUp();
  say(`ready: ${vscode}, ${chromium}`);
}
