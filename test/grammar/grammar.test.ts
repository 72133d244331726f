import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { layers } from "../../server/language/layers/index.ts";

const here = import.meta.dirname;
const root = join(here, "../..");
const grammar = join(root, "syntaxes/nnet.tmLanguage.json");
const tools = dirname(createRequire(import.meta.url).resolve("vscode-tmgrammar-test/package.json"));

function run(tool: "unit" | "snapshot", ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(tools, `dist/${tool}.js`), "-g", grammar, ...args], { cwd: root, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

for (const file of readdirSync(here).filter((f) => f.endsWith(".test.nnet"))) {
  test(`scopes as annotated: ${file}`, () => {
    const { status, output } = run("unit", "--compact", join("test/grammar", file));
    expect(status, output).toBe(0);
  });
}

// The examples of the language's design, whole: UPDATE=1 rewrites the snapshot.
test("scopes as in the snapshot: language.nnet", () => {
  const { status, output } = run("snapshot", "--scope", "source.nnet", ...(process.env["UPDATE"] ? ["--updateSnapshot"] : []), "test/grammar/language.nnet");
  expect(status, output).toBe(0);
});

test("every layer is a word of the grammar", () => {
  const text = readFileSync(grammar, "utf8");
  const listed = new Set(/\\\\b\(\?:(dense\|[a-z0-9_|]+)\)/.exec(text)?.[1]?.split("|"));
  expect([...layers.keys()].filter((name) => !listed.has(name))).toEqual([]);
});
