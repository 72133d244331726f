// What must be there before anything runs: packages, the bundles in dist/, the fast engine. Each step is done once.
// Runs on Node 20 with nothing installed, so only Node's own modules are imported.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { buildStamp, root, sourcesStamp } from "./sources.mjs";

const lockFile = join(root, "package-lock.json");
const modules = join(root, "node_modules");
const packagesStamp = join(modules, ".cache/nnet-packages.json");

/** The Node that came with the packages, or the running one where none did. */
export function nodePath() {
  const { platform, arch } = process;
  const own = join(modules, `node-${platform === "win32" ? "win" : platform}-${arch}/bin/node${platform === "win32" ? ".exe" : ""}`);
  return existsSync(own) ? own : process.execPath;
}

export function dependenciesReady() {
  return read(packagesStamp) === lockHash();
}

export function buildReady() {
  return read(buildStamp) === sourcesStamp();
}

export async function ensureDependencies(progress = () => undefined) {
  if (dependenciesReady()) return "nothing to do";
  return withLock("packages", () => {
    if (dependenciesReady()) return "nothing to do";
    // Someone's own `npm ci` or `npm install` is as good.
    const installed = asLocked();
    if (!installed) progress("npm downloads them: about a minute, once");
    if (!installed) run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm could not install the packages");
    mkdirSync(join(modules, ".cache"), { recursive: true });
    writeFileSync(packagesStamp, lockHash());
    return installed ? "were there" : "installed";
  });
}

export async function ensureBuild() {
  if (buildReady()) return "nothing to do";
  return withLock("build", () => {
    if (buildReady()) return "nothing to do";
    run(nodePath(), [join(root, "scripts/build.mjs")], "the build failed");
    return "built";
  });
}

/** Never fails: the portable engine needs no installation. Answers with the line that says which engine runs, and why. */
export async function ensureEngine(progress = () => undefined) {
  const status = await engine(["status"]);
  if (status?.engine === "tensorflow" || process.env.NNET_ENGINE === "portable") return status.reason;
  const installed = await engine(["install"], ({ message, fraction }) => progress(`${message}${fraction === undefined ? "" : ` ${Math.round(100 * fraction)} %`}`));
  return installed?.reason ?? "The portable engine runs: the other one's installer gave no answer.";
}

/** `nnet engine … --json`: its last object; the earlier ones are progress. */
async function engine(args, progress = () => undefined) {
  const child = spawn(nodePath(), [join(root, "dist/cli.cjs"), "engine", ...args, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  let last;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    last = JSON.parse(line);
    if (last.event === "progress") progress(last);
  }
  return last;
}

function asLocked() {
  try {
    const want = JSON.parse(readFileSync(lockFile, "utf8")).packages;
    const have = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")).packages;
    return Object.entries(want).every(([path, p]) => path === "" || (have[path] ? have[path].version === p.version : p.optional === true));
  } catch {
    return false;
  }
}

function lockHash() {
  return createHash("sha256").update(readFileSync(lockFile)).digest("hex");
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Quiet unless it fails. What npm put on PATH is left out: it is about to be replaced. */
function run(program, args, failure) {
  const path = (process.env.PATH ?? "").split(delimiter).filter((p) => !p.includes("node_modules")).join(delimiter);
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" && program === "npm", env: { ...process.env, PATH: path } });
  if (status !== 0) throw new Error(`${failure}:\n${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`);
}

/** One process does it, the others wait. A lock that a killed process left is taken over. */
async function withLock(name, work) {
  const lock = join(root, ".cache", `${name}.lock`);
  mkdirSync(join(root, ".cache"), { recursive: true });
  const owner = join(lock, "pid");
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (abandoned(lock, owner)) rmSync(lock, { recursive: true, force: true });
      else await sleep(100);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function abandoned(lock, owner) {
  const pid = Number(read(owner));
  try {
    // Between mkdir and the number's writing there is a moment without one.
    if (!pid) return Date.now() - statSync(lock).mtimeMs > 5000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
