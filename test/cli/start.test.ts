import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { cli, folder, good } from "./run.ts";

/** Code that Node has compiled is kept between starts, and nothing depends on that. */

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
  expect(first).toHaveLength(2);
  expect(check({ NNET_CACHE: cache })).toEqual(WELL);
  expect(kept(cache)).toEqual(first);
  expect(readdirSync(f.path).sort()).toEqual(["cache", "good.nnet"]);
});

test("it works where nothing can be kept: a file in the folder's place, no home, switched off", () => {
  expect(check({ NNET_CACHE: join(f.path, "good.nnet") })).toEqual(WELL);
  expect(check({ NNET_CACHE: undefined, HOME: join(f.path, "good.nnet"), XDG_CACHE_HOME: undefined })).toEqual(WELL);
  const off = join(f.path, "off");
  mkdirSync(off);
  expect(check({ NNET_CACHE: off, NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(WELL);
  expect(readdirSync(off)).toEqual([]);
});
