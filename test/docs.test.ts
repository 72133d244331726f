import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "docs/adding.md"), "utf8");

/** Files of the diffs: the lines that each adds or shows, in their order. */
const shown = [...text.matchAll(/```diff\n([\s\S]*?)```/g)].flatMap(([, diff]) =>
  diff!.split(/^--- .*\n/m).slice(1).map((part) => {
    const [head, ...lines] = part.trimEnd().split("\n");
    return { path: head!.slice("+++ ".length), hunks: lines.join("\n").split(/^@@.*$/m).map((hunk) => hunk.split("\n").filter((l) => l !== "").map((l) => l.slice(1))) };
  }),
);

test("docs/adding.md shows a layer and a feature as their files say", () => {
  expect(shown.map((s) => s.path)).toEqual(["server/language/layers/leaky_relu.ts", "server/language/layers/index.ts", "server/features/highlight.ts", "server/features/index.ts"]);
  for (const { path, hunks } of shown) {
    const file = readFileSync(join(root, path), "utf8");
    for (const hunk of hunks) expect(file, path).toContain(hunk.join("\n"));
  }
});

test("new files are shown whole", () => {
  for (const { path, hunks } of [shown[0]!, shown[2]!]) expect(hunks.flat().join("\n"), path).toBe(readFileSync(join(root, path), "utf8").trimEnd());
});
