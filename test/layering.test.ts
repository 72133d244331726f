import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { arrows, forbidden } from "../scripts/arrows.mjs";

/** The shape of the project, held by reading its files: docs/architecture.md says why. */

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const under = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((f) => /\.(ts|mjs)$/.test(f) && !f.includes("node_modules")).map((f) => `${folder}/${f.replaceAll("\\", "/")}`);
const sources = ["server", "client"].flatMap(under);

/** Statements that load or name another file: [source, types alone]. */
function imports(text: string): [source: string, typeOnly: boolean][] {
  const found: [string, boolean][] = [];
  for (const [, type, names, source] of text.matchAll(/^(?:import|export)\s+(type\s+)?(?:([\w*{][^;"=]*?)\sfrom\s*)?"([^"\n]+)"/gm)) {
    const listed = /^\{([^}]*)\}$/.exec(names?.trim() ?? "")?.[1];
    found.push([source!, type !== undefined || (listed !== undefined && listed.split(",").filter((n) => n.trim()).every((n) => /^\s*type\s/.test(n)))]);
  }
  for (const [, source] of text.matchAll(/\b(?:import|require)\(\s*"([^"\n]+)"/g)) found.push([source!, false]);
  return found;
}

describe("dependency arrows", () => {
  test("no import goes against them", () => {
    const against = sources.flatMap((file) => imports(read(file)).map(([source, type]) => forbidden(file, source, type)).filter((why) => why !== undefined).map((why) => `${file}: ${why}`));
    expect(against).toEqual([]);
  });

  test("the rule sees what it forbids", () => {
    expect(forbidden("server/language/ops/dim.ts", "../graph/graph.ts")).toMatch(/may import/);
    expect(forbidden("server/language/document.ts", "../lsp/server.ts")).toMatch(/itself only/);
    expect(forbidden("server/language/index.ts", "node:fs")).toMatch(/no package/);
    expect(forbidden("client/extension.ts", "../server/trainer/loop.ts")).toMatch(/may import/);
    expect(forbidden("client/features/train/runs.ts", "../../../server/trainer/launch.ts")).toBeUndefined();
    expect(imports('import { type A, type B } from "./a.ts";\nimport "./b.ts";\nexport { c } from "./c.ts";\nawait import("./d.ts")')).toEqual([["./a.ts", true], ["./b.ts", false], ["./c.ts", false], ["./d.ts", false]]);
  });

  test("every folder of server/ has its arrow", () => {
    for (const entry of readdirSync(join(root, "server"))) expect(arrows.some((a) => a.from === `server/${entry}/`), entry).toBe(true);
  });
});

test("the language knows neither Node nor an editor nor a page", () => {
  const known = sources.filter((f) => f.startsWith("server/language/")).filter((f) => /\b(?:process|Buffer|__dirname|setTimeout|setImmediate|fetch)\b(?=[.(])|\bwindow\.|\bdocument\.(?:body|createElement)|\bglobalThis\b/.test(code(read(f))));
  expect(known).toEqual([]);
});

/** One chevrotain grammar is one class. */
const WHOLE = ["server/language/syntax/parser.ts"];

test("no source file is over 300 lines", () => {
  const long = [...sources, ...under("scripts"), ...under("test")].map((f) => [f, read(f).trimEnd().split("\n").length] as const).filter(([f, n]) => n > 300 && !WHOLE.includes(f));
  expect(long.map(([f, n]) => `${f}: ${n}`)).toEqual([]);
});

test.skipIf(!existsSync(join(root, "docs/architecture.md")))("docs/architecture.md names paths that exist", () => {
  const named = [...read("docs/architecture.md").matchAll(/`((?:client|server|test|scripts|docs|samples|syntaxes|bench|\.ci)\/[\w./*-]*)`/g)].map((m) => m[1]!).filter((p) => !/[*<>]/.test(p));
  expect(named.filter((p) => !existsSync(join(root, p)))).toEqual([]);
});

test("what is committed names no machine's paths and no registry's address", () => {
  for (const file of ["package-lock.json", "test/editor/package-lock.json", ".npmrc", "test/editor/.npmrc"].filter((f) => existsSync(join(root, f)))) {
    const text = read(file);
    expect(text.match(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)[^"]*"/g) ?? [], file).toEqual([]);
    expect(text.match(/(?:\/home\/|\/root\/|\/Users\/|[A-Z]:\\\\)[^"\s]*/g) ?? [], file).toEqual([]);
    expect(text.match(/^\s*(?:@\w+:)?registry\s*=/gm) ?? [], file).toEqual([]);
  }
});

/** Without comments and texts. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "");
}
