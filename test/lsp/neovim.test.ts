import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { Folder } from "../kit/folder.ts";

const root = join(import.meta.dirname, "../..");
const version = /^NVIM v(\d+)\.(\d+)/.exec(spawnSync("nvim", ["--version"], { encoding: "utf8" }).stdout ?? "");

const text = "model M {\n  input image [28, 28, 1]\n  conv2d(8, 31) as stem\n  relu\n  add(stem)\n}\n";

/** The block of docs/editors.md for this version. */
function documented(): string {
  const blocks = [...readFileSync(join(root, "docs/editors.md"), "utf8").matchAll(/^## Neovim[^\n]*\n[\s\S]*?```lua\n([\s\S]*?)```/gm)].map((m) => m[1]!);
  expect(blocks).toHaveLength(2);
  return Number(version![1]) > 0 || Number(version![2]) >= 11 ? blocks[0]! : blocks[1]!;
}

test.skipIf(!version)(`Neovim ${version ? `${version[1]}.${version[2]}` : "(not installed)"} with the documented configuration: findings, hover, completion, rename, formatting`, () => {
  const folder = new Folder({ "a.nnet": text, "init.lua": documented(), "bin/nnet": `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli.cjs")}" "$@"\n` });
  try {
    chmodSync(join(folder.path, "bin/nnet"), 0o755);
    const out = join(folder.path, "result.json");
    const env = { ...process.env, PATH: `${join(folder.path, "bin")}${delimiter}${process.env["PATH"]}`, NNET_RESULT: out, XDG_STATE_HOME: folder.path, XDG_CACHE_HOME: folder.path, XDG_DATA_HOME: folder.path, HOME: folder.path };
    const run = spawnSync("nvim", ["--headless", "--clean", "-n", "-u", "init.lua", "a.nnet", "-c", `luafile ${join(root, "test/editor/neovim.lua")}`], { cwd: folder.path, env, encoding: "utf8", timeout: 100_000 });
    expect(run.error).toBeUndefined();
    const result = JSON.parse(readFileSync(out, "utf8"));
    expect(result.failure).toBeUndefined();
    expect(result.diagnostics).toMatchObject([{ line: 2, message: expect.stringContaining("the largest that fits is 28") }]);
    expect(result.hover).toContain("`[28, 28, 1]` → **`[26, 26, 8]`**");
    expect(result.completion).toEqual(expect.arrayContaining(["relu", "conv2d", "stem"]));
    expect(result.renamed).toContain("conv2d(8, 3) as first\n  relu\n  add(first)");
    expect(result.formatted).toBe(result.renamed);
  } finally {
    folder.delete();
  }
});
