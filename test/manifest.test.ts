import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Line } from "../server/language/syntax/lines.ts";
import { parseFile } from "../server/language/syntax/parse.ts";

/** package.json is also the extension's manifest: what it promises must be there. */

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const json = <T>(path: string): T => JSON.parse(read(path)) as T;

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly languages: readonly { readonly id: string; readonly configuration: string }[];
    readonly grammars: readonly { readonly path: string; readonly language: string; readonly scopeName: string }[];
    readonly snippets: readonly { readonly path: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly markdownDescription?: string }>> };
  };
}
const { contributes, main, bin } = json<Manifest>("package.json");

const sources = (folder: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts")).map((f) => read(join(folder, f))).join("\n");
const client = sources("client");

describe("commands", () => {
  const contributed = contributes.commands.map((c) => c.command).sort();

  test("contributed and registered are the same", () => {
    const registered = [...client.matchAll(/registerCommand\(\s*"([^"]+)"/g)].map((m) => m[1]).sort();
    expect(registered).toEqual(contributed);
  });

  test("menus name contributed commands", () => {
    for (const entry of Object.values(contributes.menus).flat()) expect(contributed).toContain(entry.command);
  });

  test("have one category", () => {
    expect(new Set(contributes.commands.map((c) => c.category))).toEqual(new Set([".nnet"]));
  });
});

describe("settings", () => {
  const everything = client + sources("server/lsp") + sources("server/features");

  for (const [key, setting] of Object.entries(contributes.configuration.properties)) {
    test(`${key} is described and read`, () => {
      expect(setting.markdownDescription).toBeTruthy();
      expect(setting).toHaveProperty("default");
      // vscode-languageclient reads this one, by the client's id.
      if (key === "nnet.trace.server") return expect(client).toContain('new LanguageClient("nnet"');
      const path = key.split(".").slice(1);
      expect(new RegExp(`"${path.join("\\.")}"|\\b${path.join("\\??\\.")}\\b`).test(everything)).toBe(true);
    });
  }
});

test("every file that is named is there", () => {
  const paths = [...contributes.languages.map((l) => l.configuration), ...contributes.grammars.map((g) => g.path), ...contributes.snippets.map((s) => s.path)];
  for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
  for (const path of [main, ...Object.values(bin)]) expect(read("scripts/bundles.mjs")).toMatch(new RegExp(`\\b${/(\w+)\.cjs$/.exec(path)?.[1]}: "`));
});

test("the grammar is the one contributed", () => {
  for (const grammar of contributes.grammars) {
    expect(json<{ scopeName: string }>(grammar.path).scopeName).toBe(grammar.scopeName);
    expect(contributes.languages.map((l) => l.id)).toContain(grammar.language);
  }
});

describe("snippets", () => {
  const snippets = contributes.snippets.flatMap((s) => Object.entries(json<Record<string, { prefix: string; body: string[]; description: string }>>(s.path)));
  const declarations = /^(?:data|model|block|train|import)\b/;

  for (const [name, { body, description }] of snippets) {
    test(`${name}: what it inserts parses`, () => {
      expect(description).toBeTruthy();
      const inserted = expand(body.join("\n"));
      expect(inserted).not.toContain("$");
      const text = declarations.test(inserted) ? inserted : `model M {\n${inserted}\n}`;
      const { problems } = parseFile("snippet.nnet", text.split("\n").map((line, i) => new Line(i, line)));
      expect(problems.map((p) => p.message)).toEqual([]);
    });
  }
});

/** With every placeholder as it stands, the first of several choices. */
function expand(body: string): string {
  let before;
  do {
    before = body;
    body = body.replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, "$1").replace(/\$\{\d+:([^${}]*)\}/g, "$1").replace(/\$\d+/g, "");
  } while (body !== before);
  return body;
}
