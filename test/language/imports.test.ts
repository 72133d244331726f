import { expect, test } from "vitest";
import { analyse, Document, type Host } from "../../server/language/index.ts";
import { applyFix } from "../kit/fixture.ts";

/** A workspace at /w of these texts. */
function workspace(files: Record<string, string>): Host & { files: Record<string, string> } {
  return {
    files,
    read: (path) => files[path],
    resolve(from, relative) {
      const parts = from.split("/").slice(0, -1);
      for (const p of relative.split("/")) {
        if (p === "..") parts.pop();
        else if (p !== ".") parts.push(p);
      }
      const path = parts.join("/");
      return path.startsWith("/w/") ? path : undefined;
    },
  };
}

const main = 'import { Twice } from "./blocks.nnet"\nmodel M {\n  input x [4]\n  Twice(3)\n}';
const seen = (text: string, host: Host) => analyse("/w/main.nnet", text, host).findings.map((f) => `${f.code}: ${f.message}`);

test("a block of another file is used with the names of its own file", () => {
  const host = workspace({
    "/w/blocks.nnet": 'import { One } from "./deep/one.nnet"\nblock Twice(n) { One(n); One(n) }',
    "/w/deep/one.nnet": "block One(n) { dense(n) -> tanh }",
  });
  expect(seen(main, host)).toEqual([]);
  expect(analyse("/w/main.nnet", main, host).models[0]!.model.totals.params).toBe(4 * 3 + 3 + 3 * 3 + 3);
});

test("a change of the imported file is seen, and nothing else is read again", () => {
  const host = workspace({ "/w/blocks.nnet": "block Twice(n) { dense(n) }" });
  const document = new Document("/w/main.nnet", main, host);
  expect(document.analysis().models[0]!.model.totals.params).toBe(15);
  host.files["/w/blocks.nnet"] = "block Twice(n) { dense(n); dense(n) }";
  document.edit({ start: { line: 4, character: 1 }, end: { line: 4, character: 1 } }, "\n");
  expect(document.analysis().models[0]!.model.totals.params).toBe(27);
});

test("what an import can get wrong", () => {
  const host = workspace({
    "/w/blocks.nnet": "block Twise(n) { dense(n) }",
    "/w/model.nnet": "model A {\n  input x [4]\n  dense(3)\n}",
    "/w/a.nnet": 'import { B } from "./b.nnet"\nblock A { B }',
    "/w/b.nnet": 'import { A } from "./a.nnet"\nblock B { A }',
  });
  expect(seen(main, host)).toEqual(["unknown-import: blocks.nnet has no block Twice; did you mean Twise?"]);
  const use = (path: string) => `import { A } from "${path}"\nmodel M {\n  input x [4]\n  dense(3)\n}`;
  expect(seen(use("../../../etc/passwd"), host)).toEqual(["import-not-found: ../../../etc/passwd lies outside of the workspace; imports stay inside it"]);
  expect(seen(use("/etc/passwd"), host)).toEqual(['import-not-relative: imports are relative: "./etc/passwd"']);
  expect(seen(use("./none.nnet"), host)).toEqual(["import-not-found: there is no file ./none.nnet"]);
  expect(seen(use("./model.nnet"), host)).toEqual(["unknown-import: model.nnet has no block A: A is a model there, and blocks alone can be imported"]);
  expect(seen(use("./a.nnet"), host)).toEqual(["unused-import: nothing uses A", "import-cycle: imports go in a circle: a.nnet → b.nnet → a.nnet; move what both need into a third file"]);
  expect(seen('import { M } from "./main.nnet"\nmodel M {\n  input x [4]\n  dense(3)\n}', host)).toEqual(["import-cycle: imports go in a circle: main.nnet → main.nnet; move what both need into a third file"]);
});

test("the fix of a misspelled import", () => {
  const host = workspace({ "/w/blocks.nnet": "block Twise(n) { dense(n) }" });
  const fix = analyse("/w/main.nnet", main, host).findings[0]!.fixes![0]!;
  expect(applyFix(main, fix)).toContain("import { Twise }");
});
