import { describe, expect, test } from "vitest";
import { rootsOf } from "../../server/language/checks/roots.ts";
import type { CheckFinding } from "../../server/language/checks/define.ts";
import { type Analysis, analyse, Document, fixesOf, format, type Host } from "../../server/language/index.ts";
import { ask, askAt, edited, everything, URI } from "../kit/markers.ts";
import { applyFix } from "../kit/fixture.ts";

const dead = (comment = "", above = ""): string => `model M {\n  input x [4]\n${above}  dense(64, bias_init = constant(-10)) -> relu${comment}\n  dense(2) -> softmax\n}`;
const codes = ({ findings }: Analysis): string[] => findings.map((f) => f.code);
const of = (text: string): { found: string[]; allowed: string[] } => {
  const analysis = analyse("/a.nnet", text);
  return { found: codes(analysis), allowed: analysis.allowed.map((f) => f.code) };
};

describe("an allowance", () => {
  test("on the finding's line, or alone above it", () => {
    expect(of(dead())).toEqual({ found: ["dead-relu"], allowed: [] });
    expect(of(dead("  // allow dead-relu: the paper does this"))).toEqual({ found: [], allowed: ["dead-relu"] });
    expect(of(dead("", "  // allow dead-relu: the paper does this\n"))).toEqual({ found: [], allowed: ["dead-relu"] });
    expect(of(dead("  // sparse", "  // allow dead-relu: so\n  // and another remark\n"))).toEqual({ found: [], allowed: ["dead-relu"] });
  });

  test("allows its own code and line, and nothing else", () => {
    expect(of(dead("  // allow constant-init: no")).found).toEqual(["dead-relu", "unused-allowance"]);
    expect(of(dead("", "  // allow dead-relu: too far\n\n")).found).toEqual(["unused-allowance", "dead-relu"]);
    expect(of(dead("  // allow dead-relu, constant-init: both")).found).toEqual(["unused-allowance"]);
  });

  test("without a reason it is reported in the finding's place; so is a code that does not exist", () => {
    expect(of(dead("  // allow dead-relu"))).toEqual({ found: ["allowance-without-reason"], allowed: ["dead-relu"] });
    expect(of(dead("  // allow dead-relu: "))).toEqual({ found: ["allowance-without-reason"], allowed: ["dead-relu"] });
    expect(of(dead("  // allow dead-rellu: so")).found).toEqual(["dead-relu", "unknown-allowance"]);
    const document = new Document("/a.nnet", dead("  // allow dead-relu the paper does this"));
    const [finding] = document.analysis().findings;
    expect(finding!.code).toBe("allowance-without-reason");
    expect(applyFix(document.text, fixesOf(finding!, document.analysis(), document)[0]!)).toContain("// allow dead-relu: the paper does this");
  });

  test("is no allowance where the comment is prose or documentation", () => {
    expect(of(dead("  // allow the network to learn")).found).toEqual(["dead-relu"]);
    expect(of(dead("  // allowing dead-relu: no")).found).toEqual(["dead-relu"]);
    expect(of(`/// allow dead-relu: prose\n${dead()}`).found).toEqual(["dead-relu"]);
  });

  test("an error of the language can't be allowed; what is unused can", () => {
    expect(of("model M {\n  input x [4]\n  dense(2, 3, 4, 5, 6, 7, 8) // allow wrong-arguments: please\n}").found).toContain("unknown-allowance");
    expect(of("model M {\n  input x [4]\n  let y = x -> dense(3)   // allow unused-name: for the next lesson\n  dense(2)\n}")).toEqual({ found: [], allowed: ["unused-name"] });
  });

  test("nothing is called unused while the file has errors", () => {
    expect(of("model M {\n  input x [4]\n  dense(64) -> rlu   // allow dead-relu: so\n}").found).toEqual(["unknown-layer"]);
  });

  test("in an imported block holds where the block is used", () => {
    const host = (comment: string): Host => ({ resolve: (_f, p) => p.replace(".", ""), read: (p) => (p === "/b.nnet" ? `block Silent {\n  dense(64, bias_init = constant(-10)) -> relu${comment}\n}\n` : undefined) });
    const main = (comment = ""): string => `import { Silent } from "./b.nnet"\nmodel M {\n  input x [4]\n  Silent${comment}\n  dense(2)\n}`;
    expect(codes(analyse("/a.nnet", main(), host("")))).toEqual(["dead-relu"]);
    expect(codes(analyse("/a.nnet", main(), host("  // allow dead-relu: so")))).toEqual([]);
  });

  test("incremental equals fresh", () => {
    const document = new Document("/a.nnet", dead());
    expect(codes(document.analysis())).toEqual(["dead-relu"]);
    const end = document.lineText(2).length;
    document.edit({ start: { line: 2, character: end }, end: { line: 2, character: end } }, "  // allow dead-relu: so");
    expect(codes(document.analysis())).toEqual([]);
    document.edit({ start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, "\n\n");
    expect(codes(document.analysis())).toEqual([]);
    expect(codes(document.analysis())).toEqual(codes(analyse("/a.nnet", document.text)));
  });

  test("the formatter keeps it on its line", () => {
    const text = dead("   // allow dead-relu: so", "    // allow constant-init: so\n");
    const formatted = format(text);
    expect(formatted).toMatch(/relu +\/\/ allow dead-relu: so\n/);
    expect(formatted).toContain("\n  // allow constant-init: so\n  dense");
  });
});

describe("in the editor", () => {
  test("codes are offered, those found on the line first", () => {
    const found = askAt("textDocument/completion", dead("  // allow $0"));
    expect(found.find((i) => i.sortText!.startsWith("0"))).toMatchObject({ label: "dead-relu", textEdit: { newText: "dead-relu: " } });
    expect(found.map((i) => i.label)).toContain("constant-init");
    expect(askAt("textDocument/completion", dead("", "  // allow dead-relu, const$0\n")).map((i) => i.label)).toContain("constant-init");
    expect(askAt("textDocument/completion", dead("  // allow dead-relu: $0"))).toEqual([]);
  });

  test.each([["", "relu  // allow dead-relu: \n"], [" // a remark", "  // allow dead-relu: \n  dense(64"]])("a finding can be allowed where it stands (%j)", (comment, result) => {
    const text = dead(comment);
    const action = ask("textDocument/codeAction", text, { range: everything, context: { diagnostics: [] } }).find((a) => a.title.startsWith("Allow"));
    expect(action!.title).toBe("Allow dead-relu here, with a reason …");
    expect(edited(text, action!.edit!.changes![URI]!)).toContain(result);
  });
});

describe("one root cause is one finding", () => {
  const site = { file: "/a.nnet", line: { number: 1 }, span: { line: 0, start: 0, endLine: 0, end: 1 } };
  const finding = (code: string, severity: CheckFinding["severity"], about?: number[]): CheckFinding => ({ code, severity, message: `${code} happens`, site, ...(about && { about }) });
  const checks = [{ code: "a", explains: ["b"] }, { code: "b", explains: ["c", "a"] }, { code: "c" }, { code: "d" }];

  test("what follows is told with it, and its severity is taken over", () => {
    const found = rootsOf([finding("d", "warning"), finding("b", "warning"), finding("a", "information")], checks.slice(0, 1));
    expect(found).toMatchObject([{ code: "d" }, { code: "a", severity: "warning", related: [{ message: "from this follows b: b happens" }] }]);
  });

  test("along a chain, once; other nodes are other causes; a circle ends", () => {
    const chain = [{ code: "a", explains: ["b"] }, { code: "b", explains: ["c"] }];
    expect(rootsOf([finding("c", "error"), finding("b", "warning"), finding("a", "information")], chain)).toMatchObject([{ code: "a", severity: "error", related: [{}, {}] }]);
    expect(rootsOf([finding("b", "warning", [3]), finding("a", "information", [4])], chain).map((f) => f.code)).toEqual(["b", "a"]);
    expect(rootsOf([finding("a", "warning"), finding("b", "warning")], checks)).toHaveLength(1);
  });
});
