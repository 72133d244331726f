import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, Document, type Finding, fixesOf } from "../../server/language/index.ts";
import { applyFix, bare, check, dataHost, expectations, rewrite } from "../kit/fixture.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "docs/diagnostics");
const pages = readdirSync(folder).filter((f) => f.endsWith(".md") && f !== "README.md").map((f) => f.slice(0, -3)).sort();
/** Their texts would be too long, or several files: robust.test.ts and imports.test.ts have them; or no text at all. */
const WITHOUT_EXAMPLE = ["check-failed", "file-too-large", "line-too-long", "not-text", "statement-too-long", "too-many-errors", "import-cycle", "unknown-import", "unused-import"];

/** What else can be done about these than what their page says needs a decision that no program can take. */
const WITHOUT_FIX = new Set([
  "axes-do-not-divide", "allowance-without-reason", "bad-argument", "bad-repeat", "bad-setting", "budget-by-size", "check-failed", "crop-too-large", "empty-model", "evaluation-budget", "import-not-found", "misplaced-output", "missing-argument", "missing-setting", "nesting-too-deep",
  "no-branches", "no-input", "no-size-fits", "not-a-condition", "not-a-layer", "not-a-list", "not-a-result", "not-a-shape", "not-a-size", "not-finite", "nothing-to-train", "one-operand", "range-too-long", "recursive-block", "several-outputs",
  "shapes-do-not-fit", "shared-shape-differs", "size-too-large", "statement-outside-model", "statement-too-long", "too-many-errors", "unreachable-part", "wrong-arguments", "wrong-operand",
]);
const MENDED = new Set(pages.filter((p) => !WITHOUT_FIX.has(p)));

/** Every code that the sources can report. */
function codesInSources(): string[] {
  const codes = new Set<string>();
  for (const f of readdirSync(join(root, "server/language"), { recursive: true, encoding: "utf8" })) {
    if (!f.endsWith(".ts")) continue;
    const text = readFileSync(join(root, "server/language", f), "utf8");
    for (const m of text.matchAll(/(?:code: |\berror\(|\breport\((?:"\w+", |[\w.]+, [^"`\n]{0,90}?)?)"([a-z]+(?:-[a-z]+)+)"/g)) codes.add(m[1]!);
  }
  for (const kind of ["model", "data"]) codes.add(`unknown-${kind}`);
  return [...codes].sort();
}

/** The data files that a page shows, beside its example. */
const hostOf = (page: string) => dataHost(new Map([...page.matchAll(/```csv (\S+)\n([\s\S]*?)\n```/g)].map((m) => [m[1]!, m[2]!])));

describe("a page for each diagnostic", () => {
  test("every code has a page, and every page a code", () => {
    expect(pages).toEqual(codesInSources());
  });

  for (const code of pages) {
    test(code, () => {
      const path = join(folder, `${code}.md`);
      const text = readFileSync(path, "utf8");
      const example = /```nnet\n([\s\S]*?)\n```/.exec(text)?.[1];
      if (WITHOUT_EXAMPLE.includes(code)) return expect(example).toBeUndefined();
      if (process.env.UPDATE) return writeFileSync(path, text.replace(example!, () => rewrite(example!, hostOf(text))));
      expect(check(example!, hostOf(text))).toEqual([]);
      expect(expectations(example!).findings.map((f) => f.code)).toContain(code);
      for (const line of expectations(example!).findings) expect(line.message, "the page shows the message").not.toBe("");
    });

    test(`${code}: every fix of its example cures it and breaks nothing`, () => {
      const page = readFileSync(join(folder, `${code}.md`), "utf8");
      const example = /```nnet\n([\s\S]*?)\n```/.exec(page)?.[1];
      if (!example) return;
      const source = bare(example);
      const host = hostOf(page);
      const document = new Document("/page.nnet", source, host);
      const before = document.analysis().findings;
      if (MENDED.has(code)) expect(before.some((f) => f.code === code && fixesOf(f, document.analysis(), document).length > 0), "it has a fix").toBe(true);
      for (const finding of before) {
        for (const fix of fixesOf(finding, document.analysis(), document)) {
          const after = analyse("/page.nnet", applyFix(source, fix), host).findings;
          expect(worse(before, after), `${fix.title}`).toEqual([]);
          expect(after.filter((f) => f.code === finding.code).length, fix.title).toBeLessThan(before.filter((f) => f.code === finding.code).length);
        }
      }
    });
  }
});

/** Errors and warnings of kinds that were not there before. */
function worse(before: readonly Finding[], after: readonly Finding[]): string[] {
  // A page stands alone: what an import means is not there.
  const known = new Set([...before.map((f) => f.code), "import-not-found"]);
  return after.filter((f) => (f.severity === "error" || f.severity === "warning") && !known.has(f.code)).map((f) => f.message);
}
