import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";

/** The real command, with a cache folder of its own and a PATH on which only the given programs are. */

const cli = join(import.meta.dirname, "../../dist/cli.cjs");
const posix = process.platform !== "win32";
const made: string[] = [];
afterAll(() => made.forEach((f) => rmSync(f, { recursive: true, force: true })));

interface Machine {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Programs are shell scripts by name. */
function machine(programs: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), "nnet-install-"));
  made.push(folder);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const cache = join(folder, "cache");
  return { cache, env: { PATH: bin, HOME: folder, NNET_CACHE: cache, ...env } };
}

function start({ env }: Machine, ...args: string[]) {
  const child = spawn(process.execPath, [cli, "engine", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (d) => (said.stdout += d));
  child.stderr.on("data", (d) => (said.stderr += d));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => child.on("close", (code) => done({ code, ...said })));
  const says = async (text: string): Promise<void> => {
    while (!said.stderr.includes(text) && !said.stdout.includes(text) && child.exitCode === null) await sleep(10);
  };
  return { child, ended, says };
}

const run = (m: Machine, ...args: string[]) => start(m, ...args).ended;
const flat = (text: string): string => text.replace(/\s+/g, " ");
/** What an installation that did not come to its end must not leave. */
const leftovers = (m: Machine): string[] => readdirSync(m.cache).filter((n) => n.startsWith("tmp-") || n.startsWith("tensorflow-") || n === "install.lock");

const compiler = "exit 0";
/** pip that answers --version, and does something for `download`. */
const pip = (download: string): string => `case "$*" in *--version*) exit 0;; *) ${download};; esac`;

describe.runIf(posix)("where the native library can't be had, the portable engine runs and one line says why", () => {
  const cases: readonly [what: string, m: () => Machine, reason: string][] = [
    ["no compiler", () => machine({}), "no C++ compiler (looked for c++, g++, clang++; install g++ or clang, or set CXX)"],
    ["no pip", () => machine({ "g++": compiler }), "no pip (looked for python3, python, py with pip, pip3, pip; install Python with pip, or set NNET_PYTHON)"],
    ["no network", () => machine({ "g++": compiler, python3: pip("echo 'ERROR: connection timed out' >&2; exit 1") }), "pip can't reach its package index"],
    ["an index without it", () => machine({ "g++": compiler, python3: pip("echo 'ERROR: No matching distribution found' >&2; exit 1") }), "pip's package index has no tensorflow"],
    ["another file than was pinned", () => machine({ "g++": compiler }, { NNET_TENSORFLOW_WHEEL: cli }), "cli.cjs is not the expected wheel (sha256 "],
    ["pip finds other bytes", () => machine({ "g++": compiler, python3: pip("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1") }), "is not the expected one (sha256 differs), so it is not used"],
  ];
  test.each(cases)("%s", async (_what, make, reason) => {
    const m = make();
    const { code, stdout } = await run(m, "install", "--offline", "--json");
    expect(code).toBe(1);
    const end = JSON.parse(stdout.trim().split("\n").at(-1)!) as { event: string; engine: string; reason: string };
    expect(end).toMatchObject({ event: "end", engine: "portable", reason: expect.stringContaining(reason) });
    expect(end.reason).not.toContain("\n");
    expect(leftovers(m)).toEqual([]);
    // Later, too, it says why.
    expect(flat((await run(m, "status")).stdout)).toContain(reason);
  });

  test("a cache folder that can't be written", async () => {
    const m = machine({}, { NNET_CACHE: "/dev/null/cache" });
    const { code, stdout } = await run(m, "install", "--offline");
    expect(code).toBe(1);
    expect(flat(stdout)).toContain("the cache folder /dev/null/cache can't be written (ENOTDIR): set NNET_CACHE to a folder that can");
  });
});

describe.runIf(posix)("whole or not at all", () => {
  const slow = () => machine({ "g++": compiler, python3: pip("/bin/sleep 60 & wait") });
  const pipRuns = "through pip";

  test("killed in the middle, it has installed nothing, and the next one clears up without waiting", async () => {
    const m = slow();
    const first = start(m, "install", "--offline");
    await first.says(pipRuns);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(leftovers(m)).toContain("install.lock");
    expect(flat((await run(m, "status")).stdout)).toContain("The portable engine (tfjs, no installation needed) runs");
    writeFileSync(join(m.env.PATH!, "python3"), `#!/bin/sh\n${pip("exit 1")}\n`);
    expect((await run(m, "install", "--offline")).code).toBe(1);
    expect(leftovers(m)).toEqual([]);
  });

  test("Ctrl-C stops it, and nothing is left", async () => {
    const m = slow();
    const first = start(m, "install", "--offline");
    await first.says(pipRuns);
    first.child.kill("SIGINT");
    const { code, stdout } = await first.ended;
    expect(code).toBe(1);
    expect(flat(stdout)).toContain("stopped before it was done");
    expect(leftovers(m)).toEqual([]);
  });

  test("two at once: the second one waits for the first, and says so", async () => {
    const m = machine({ "g++": compiler, python3: pip('while [ ! -e "$NNET_CACHE/go" ]; do /bin/sleep 0.05; done; exit 1') });
    const first = start(m, "install", "--offline");
    await first.says(pipRuns);
    const second = start(m, "install", "--offline");
    await second.says("another installation");
    writeFileSync(join(m.cache, "go"), "");
    const [, b] = await Promise.all([first.ended, second.ended]);
    expect(b.stderr).toContain(`another installation (process ${first.child.pid}) is at it; waiting for it`);
    expect(leftovers(m)).toEqual([]);
  });
});

describe("status", () => {
  const tfjsNode = (JSON.parse(readFileSync(join(import.meta.dirname, "../../node_modules/@tensorflow/tfjs-node/package.json"), "utf8")) as { version: string }).version;
  const { platform, arch } = process;
  const whole = { format: 1, revision: 1, platform, arch, source: "a test", versions: { tensorflow: "2.21.0", "tfjs-node": tfjsNode }, addon: "addon.node", files: [{ path: "addon.node", bytes: 4 }], archives: [], date: "2026-01-01" };
  const installed = (manifest: object, addon: string | undefined) => {
    const m = machine({});
    const folder = join(m.cache, `tensorflow-2.21.0-${platform}-${arch}-1`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    if (addon !== undefined) writeFileSync(join(folder, "addon.node"), addon);
    return m;
  };

  const cases: readonly [what: string, manifest: object, addon: string | undefined, says: string][] = [
    ["whole", whole, "1234", "The TensorFlow engine runs: native library 2.21.0 (a test)"],
    ["cut short", whole, "12", "is not whole (addon.node has 2 bytes instead of 4)"],
    ["a file gone", whole, undefined, "is not whole (addon.node is missing)"],
    ["of another tfjs-node", { ...whole, versions: { ...whole.versions, "tfjs-node": "1.0.0" } }, "1234", `it is for tfjs-node 1.0.0, this is ${tfjsNode}`],
    ["of another format", { format: 7 }, "1234", "its manifest.json is of another format"],
  ];
  test.each(cases)("%s", async (_what, manifest, addon, says) => {
    const { code, stdout } = await run(installed(manifest, addon), "status");
    expect(code).toBe(0);
    expect(flat(stdout)).toContain(says);
  });

  test("asked for the portable engine, that is what runs", async () => {
    const m = installed(whole, "1234");
    const { stdout } = await run({ ...m, env: { ...m.env, NNET_ENGINE: "portable" } }, "status");
    expect(flat(stdout)).toContain("NNET_ENGINE=portable asks for it");
  });
});

/** The real thing, 290 MB: `NNET_TEST_INSTALL=1 npx vitest run test/trainer/engine-install.test.ts`. A fresh machine's `npm test` does the same in its set-up. */
test.runIf(process.env["NNET_TEST_INSTALL"])("the pinned wheel is fetched, built and computes", async () => {
  const { env, cache } = machine({});
  const { code, stdout } = await run({ cache, env: { ...process.env, NNET_CACHE: env.NNET_CACHE } }, "install", "--json");
  expect(code).toBe(0);
  const end = JSON.parse(stdout.trim().split("\n").at(-1)!) as { folder: string };
  expect(existsSync(join(end.folder, "tfjs_binding.node"))).toBe(true);
}, 600_000);
