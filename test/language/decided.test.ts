import { describe, expect, test } from "vitest";
import { Document, type Finding, isolated, type Model, rangeOf } from "../../server/language/index.ts";
import { type Probe, probeOf, type Probes, ProbesAtOnce } from "../../server/language/signal/index.ts";

/** Where the theory's numbers are estimates, a probe decides what checks say of them. */

const net = (body: string, end = "dense(4) -> softmax"): string => `model M {\n  input x [8, 8]\n  ${body}\n  ${end}\n}\n`;
const SHRINKS = net("repeat 9 { lstm(16, sequences = true) }\n  lstm(16)");
/** Attention is taken as even by the theory, and so is said to pass little on. */
const REFUTED = net("dense(16)\n  repeat 10 { attention(2) }\n  global_avg_pool", "dense(10) -> softmax");

const atOnce = { ...isolated, probes: new ProbesAtOnce(Infinity) };
const found = (text: string, host = isolated): readonly Finding[] => new Document("/a.nnet", text, host).analysis().findings;
const codes = (findings: readonly Finding[]): string[] => findings.map((f) => `${f.severity} ${f.code}`);

/** Probes that are over when the test says so. */
class Awaited implements Probes {
  private readonly done = new Map<Model, Probe>();
  private readonly wanted = new Set<Model>();
  of(model: Model): Probe | "later" {
    this.wanted.add(model);
    return this.done.get(model) ?? "later";
  }
  run(document: Document): void {
    for (const model of this.wanted) {
      const probe = probeOf(model);
      while (!probe.over) probe.complete(1e8);
      this.done.set(model, probe);
    }
    this.wanted.clear();
    document.reread();
  }
}

describe("a finding by an estimate", () => {
  test("is what the probe measures: sure where it is far past the limit, with n", () => {
    expect(codes(found(SHRINKS))).toEqual(["information vanishing-gradient"]);
    const [finding] = found(SHRINKS, atOnce);
    expect(codes([finding!])).toEqual(["warning vanishing-gradient"]);
    expect(finding!.message).toMatch(/\(estimated, n = \d+ random rows\)/);
  });

  test("that the probe refutes is not said", () => {
    expect(codes(found(REFUTED))).toContain("information vanishing-gradient");
    expect(found(REFUTED, atOnce)).toEqual([]);
  });

  test("stands where no probe comes through, and where nobody runs one", () => {
    const large = net("repeat 9 { lstm(1_024, sequences = true) }\n  lstm(16)");
    expect(codes(found(large, atOnce))).toEqual(codes(found(large)));
    expect(codes(found(SHRINKS, { ...isolated, probes: { of: () => undefined } }))).toEqual(codes(found(SHRINKS)));
  });

  test("of what is derived changes nothing", () => {
    const text = net("flatten\n  repeat 6 { dense(64) -> sigmoid }");
    const never: Probes = { of: () => expect.unreachable("nothing is estimated") };
    expect(found(text, { ...isolated, probes: never })).toMatchObject(found(text).map(({ message, severity }) => ({ message, severity })));
    expect(codes(found(text))).toEqual(["warning vanishing-gradient"]);
  });

  test("dead and saturated units behind what has no closed form are counted", () => {
    const dead = found(net("lstm(16)\n  dense(32, bias_init = constant(-4)) -> relu"), atOnce).find((f) => f.code === "dead-relu")!;
    expect(dead.message).toMatch(/with bias -4 .* silent on .* \(estimated, n = \d+ random rows: z ~ N\(-(4|3\.9)\d*(\.\d+)?, /);
    const full = found(net("lstm(16)\n  dense(32, init = normal(20)) -> tanh"), atOnce).find((f) => f.code === "saturated-units")!;
    expect(full.message).toMatch(/% of the tanh units start within 5 % of their limits \(estimated, n = \d+ random rows: /);
    expect(found(net("lstm(16)\n  dense(32) -> tanh\n  dense(32) -> relu"), atOnce)).toEqual([]);
  });
});

describe("as one types", () => {
  test.each([[SHRINKS, []], [REFUTED, ["warning unused-allowance"]]])("whether it is allowed in vain is not said before it is decided", (text, decided) => {
    const { line } = rangeOf(found(text)[0]!.site).start;
    const probes = new Awaited();
    const document = new Document("/a.nnet", text.split("\n").with(line, `${text.split("\n")[line]!}  // allow vanishing-gradient: it is meant to`).join("\n"), { ...isolated, probes });
    expect(document.analysis().findings).toEqual([]);
    probes.run(document);
    expect(codes(document.analysis().findings)).toEqual(decided);
  });

  test("nothing is said until it is decided, and then once", () => {
    const probes = new Awaited();
    const document = new Document("/a.nnet", SHRINKS, { ...isolated, probes });
    expect(document.analysis().findings).toEqual([]);
    probes.run(document);
    expect(codes(document.analysis().findings)).toEqual(["warning vanishing-gradient"]);
    const refuted = new Document("/a.nnet", REFUTED, { ...isolated, probes });
    expect(refuted.analysis().findings).toEqual([]);
    probes.run(refuted);
    expect(refuted.analysis().findings).toEqual([]);
  });

  test("what was found stays at its place until the edited model is decided", () => {
    const probes = new Awaited();
    const document = new Document("/a.nnet", SHRINKS, { ...isolated, probes });
    expect(document.analysis().findings).toEqual([]);
    probes.run(document);
    const [before] = document.analysis().findings;
    const line = (): number => document.analysis().findings[0]!.site.line.number;
    expect(line()).toBe(2);
    /** Replaces a part of a line, as a cursor would. */
    const retype = (row: number, from: string, to: string): void => {
      const character = document.lineText(row).indexOf(from);
      document.edit({ start: { line: row, character }, end: { line: row, character: character + from.length } }, to);
    };
    // Elsewhere, above, and in its own line: another number, and a line that is not finished for a moment.
    retype(4, "dense(4)", "dense(5)");
    expect(document.analysis().findings[0]!.message).toBe(before!.message);
    document.edit({ start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, "  // rows of a picture\n");
    expect(line()).toBe(3);
    retype(3, "lstm(16,", "lstm(2,");
    expect(codes(document.analysis().findings)).toContain("warning vanishing-gradient");
    retype(3, "lstm(2,", "lstm(,");
    document.analysis();
    retype(3, "lstm(,", "lstm(24,");
    expect(codes(document.analysis().findings)).toEqual(["warning vanishing-gradient"]);
    probes.run(document);
    expect(document.analysis().findings[0]!.message).not.toBe(before!.message);
    // What cures it: it stays as it was until that is known, and is gone then.
    retype(3, "repeat 9", "repeat 1");
    expect(codes(document.analysis().findings)).toEqual(["warning vanishing-gradient"]);
    probes.run(document);
    expect(document.analysis().findings).toEqual([]);
  });
});
