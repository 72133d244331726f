import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { cli, folder, good } from "./run.ts";

/** Code that V8 has compiled is kept between starts, and nothing depends on that. */

const f = folder();
f.write("good.nnet", good);
const WELL = { status: 0, stdout: "nothing to report in 1 file\n", stderr: "" };

function check(env: Readonly<Record<string, string | undefined>>): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "check", "good.nnet"], { cwd: f.path, encoding: "utf8", env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: undefined, ...env } });
  return { status, stdout, stderr };
}
const kept = (cache: string): string[] => (existsSync(join(cache, "compiled")) ? readdirSync(join(cache, "compiled"), { recursive: true, encoding: "utf8" }) : []);

test("the first start keeps what it compiles in the user's cache folder, and nothing beside the file; further ones add nothing", () => {
  const cache = join(f.path, "cache");
  expect(check({ NNET_CACHE: cache })).toEqual(WELL);
  const first = kept(cache);
  expect(first).toEqual([expect.stringMatching(/^commands-check-[0-9a-f]+$/)]);
  expect(check({ NNET_CACHE: cache })).toEqual(WELL);
  expect(kept(cache)).toEqual(first);
  expect(spawnSync(process.execPath, [cli, "chek"], { env: { ...process.env, NNET_CACHE: cache } }).status).toBe(2);
  expect(kept(cache)).toEqual(first);
  expect(readdirSync(f.path).sort()).toEqual(["cache", "good.nnet"]);
});

test("of the first runs the one that has called most is kept; then nothing is written", () => {
  const cache = join(f.path, "grown");
  const help = (): unknown => spawnSync(process.execPath, [cli, "check", "--help"], { env: { ...process.env, NNET_CACHE: cache, NODE_DISABLE_COMPILE_CACHE: "" } }).status;
  const bytes = (): Buffer => readFileSync(join(cache, "compiled", kept(cache)[0]!));
  help();
  const little = bytes().length;
  check({ NNET_CACHE: cache });
  const more = bytes().length;
  expect(more).toBeGreaterThan(little * 1.2);
  help();
  const last = bytes();
  expect(last.length).toBeGreaterThan(little * 1.2);
  check({ NNET_CACHE: cache });
  expect(bytes().equals(last)).toBe(true);
});

test("code of another text, damaged or cut off is not run, and written anew", () => {
  const cache = join(f.path, "damaged");
  check({ NNET_CACHE: cache });
  const [file] = kept(cache).map((name) => join(cache, "compiled", name));
  const whole = readFileSync(file!);
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    return bytes;
  };
  for (const bytes of [changed(0), changed(whole.length >> 1), whole.subarray(0, whole.length >> 1), Buffer.alloc(0)]) {
    writeFileSync(file!, bytes);
    expect(check({ NNET_CACHE: cache })).toEqual(WELL);
    expect(readFileSync(file!).length).toBeGreaterThan(whole.length * 0.9);
    expect(kept(cache)).toHaveLength(1);
  }
});

test("it works where nothing can be kept: a file in the folder's place, no home, switched off", () => {
  expect(check({ NNET_CACHE: join(f.path, "good.nnet") })).toEqual(WELL);
  expect(check({ NNET_CACHE: undefined, HOME: join(f.path, "good.nnet"), XDG_CACHE_HOME: undefined })).toEqual(WELL);
  const off = join(f.path, "off");
  mkdirSync(off);
  expect(check({ NNET_CACHE: off, NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(WELL);
  expect(readdirSync(off)).toEqual([]);
});
