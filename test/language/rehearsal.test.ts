import { describe, expect, test } from "vitest";
import { labelledRows } from "../../server/language/data-labels.ts";
import { analyse, Document, type Finding, fixesOf, type Host, isolated } from "../../server/language/index.ts";
import { bestConstant } from "../../server/language/rehearsal/losses.ts";
import { leftByLine } from "../../server/language/rehearsal/linear.ts";
import { type Plan, Rehearsal, type Rehearsals, verdictOf } from "../../server/language/rehearsal/index.ts";
import { Probing } from "../../server/lsp/probing.ts";
import { Wanted } from "../../server/lsp/wanted.ts";

/** What a rehearsal says and when; that its steps are an engine's is test/trainer/rehearsal.test.ts' matter. */

const net = (body: string, optimizer: string, more = ""): string => `data rows { source = moons(rows = 400) }\nmodel M {\n  input x [2]\n  ${body}\n}\ntrain M on rows {\n  epochs = 60\n  optimizer = ${optimizer}\n${more}}\n`;
const GATES = "repeat 2 { multiply { dense(8) } { dense(8) -> sigmoid } }\n  dense(2) -> softmax";
const SLOW = net(GATES, "adagrad(lr = 1e-4)");
const BREAKS = net("multiply { dense(16) } { dense(16) } { dense(16) }\n  dense(2) -> softmax", "sgd(lr = 3)");
const WELL = net(GATES, "adam(lr = 0.01)");

const trained = (text: string) => {
  const [train] = analyse("/a.nnet", text).trains;
  return { train: train!, plan: { ...labelledRows(train!)!, model: train!.model!, settings: train!.settings!, stepsPerEpoch: 9, source: {}, read: "" } satisfies Plan };
};
const run = (text: string, most?: number): Rehearsal => {
  const rehearsal = new Rehearsal(trained(text).plan, most);
  while (!rehearsal.over) rehearsal.complete(1e6);
  return rehearsal;
};
const told = (findings: readonly Finding[]): string[] => findings.filter((f) => f.severity !== "hint").map((f) => `${f.severity} ${f.code}`);

describe("a rehearsal", () => {
  test("tells what stands still, breaks and learns, and the same each time", () => {
    expect(verdictOf(run(SLOW))).toMatchObject({ kind: "stalls" });
    expect(verdictOf(run(BREAKS))).toMatchObject({ kind: "diverges" });
    expect(verdictOf(run(WELL))).toEqual({ kind: "learns" });
    expect(run(SLOW).losses).toEqual(run(SLOW).losses);
  });

  test("ends where it has come far, and is none where too few steps fit", () => {
    const well = run(WELL);
    expect(well.losses.length).toBeLessThan(well.steps);
    expect(run(SLOW).losses).toHaveLength(run(SLOW).steps);
    const none = run(WELL, 100_000);
    expect([none.whole, none.spent, verdictOf(none)]).toEqual([false, 0, undefined]);
  });

  test("spends what it may, in parts that are no larger than asked for and a layer more", () => {
    const { plan } = trained(SLOW);
    const rehearsal = new Rehearsal(plan, 30_000_000);
    while (!rehearsal.over) {
      const before = rehearsal.spent;
      rehearsal.complete(10_000);
      expect(rehearsal.spent - before).toBeLessThan(10_000 + 64 * 20 * 16);
    }
    expect(rehearsal.whole).toBe(true);
    expect(rehearsal.spent).toBeLessThanOrEqual(30_000_000);
  });
});

describe("what is the same for every row", () => {
  const option = (name: string, args = {}) => ({ loss: { kind: "option" as const, name, args }, outputs: 1 });
  const rows = [1, 2, 3, 10].map((v) => Float64Array.of(v));
  test.each([
    ["mse", {}, 12.5],
    ["mae", {}, 2.5],
    // Least at 2: (0.5 + 0 + 0.5 + 7.5) / 4, and no less at 2 + e.
    ["huber", { delta: 1 }, 2.09375],
  ])("%s", (name, args, expected) => {
    expect(bestConstant(option(name, args), rows)).toBeCloseTo(expected, 1);
    // No constant is better.
    for (let y = 0; y <= 10; y += 0.01) {
      const d = rows.map((r) => Math.abs(r[0]! - y));
      const loss = d.reduce((s, v) => s + (name === "mse" ? v * v : name === "mae" ? v : v <= 1 ? v * v / 2 : v - 0.5), 0) / 4;
      expect(bestConstant(option(name, args), rows)).toBeLessThanOrEqual(loss + 1e-9);
    }
  });
  test("entropies", () => {
    const classes = [0, 0, 0, 1].map((c) => Float64Array.of(1 - c, c));
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
    expect(bestConstant({ ...option("cross_entropy"), outputs: 2 }, classes)).toBeCloseTo(entropy, 12);
    expect(bestConstant(option("binary_cross_entropy"), classes.map((c) => c.slice(1)))).toBeCloseTo(entropy, 12);
    // Each class counts as much by its factors.
    expect(bestConstant({ ...option("cross_entropy"), outputs: 2 }, classes, [2 / 3, 2 / 3, 2 / 3, 2])).toBeCloseTo(Math.log(2), 12);
    // What smoothing leaves even where every row is right.
    expect(bestConstant({ ...option("cross_entropy", { label_smoothing: 0.5 }), outputs: 2 }, [Float64Array.of(1, 0)])).toBeCloseTo(entropy, 12);
  });
  test("a line through rows leaves what is not linear", () => {
    const x = Array.from({ length: 40 }, (_, i) => [i / 20 - 0.975, (i * 7) % 5]);
    expect(leftByLine(x, x.map(([a, b]) => [3 * a! - b! + 2]))).toBeCloseTo(0, 12);
    expect(leftByLine(x.map(([a]) => [a!]), x.map(([a]) => [a! * a!]))).toBeCloseTo(1, 6);
    expect(leftByLine(x.slice(0, 3), x.slice(0, 3))).toBe(0);
  });
});

describe("in an editor", () => {
  const opened = (text: string) => {
    let asked = 0;
    const probing = new Probing(() => asked++);
    const host: Host = { ...isolated, probes: probing.for("a"), rehearsals: probing.rehearsalsFor("a") };
    const document = new Document("/a.nnet", text, host);
    const quiet = (): readonly Finding[] => {
      void document.analysis().findings;
      while (probing.slice());
      if (probing.take().includes("a")) document.reread();
      return document.analysis().findings;
    };
    return { document, probing, quiet, get asked() { return asked; } };
  };

  test("nothing is done and said before it is quiet; then it is, and stays while another is under way, without its fixes", () => {
    const editor = opened(BREAKS);
    const { document, probing, quiet } = editor;
    expect(told(document.analysis().findings)).toEqual([]);
    expect(editor.asked).toBe(1);
    const [finding] = quiet();
    expect(told([finding!])).toEqual(["warning training-diverges"]);
    expect(finding!.message).toMatch(/n = 64 rows of moons.*with lr = /);
    const fixes = fixesOf(finding!, document.analysis(), document);
    expect(fixes).toHaveLength(1);

    probing.leave("a");
    document.update(document.text.replace("dense(2)", "dense(2, bias = false)"));
    const [meanwhile] = document.analysis().findings;
    expect(told([meanwhile!])).toEqual(["warning training-diverges"]);
    expect(meanwhile!.fixes ?? meanwhile!.propose).toBeUndefined();
    expect(told(quiet())).toEqual(["warning training-diverges"]);

    document.update(WELL);
    expect(told(quiet())).toEqual([]);
  });

  test("a change leaves it off", () => {
    const { document, probing } = opened(BREAKS);
    void document.analysis().findings;
    expect(probing.slice()).toBe(true);
    probing.leave("a");
    expect(probing.slice()).toBe(false);
  });

  test("a fix is what cures it in a rehearsal of the changed text", () => {
    const { document, quiet } = opened(BREAKS);
    const [finding] = quiet();
    const [fix] = fixesOf(finding!, document.analysis(), document);
    const lr = /lr = (\S+)/.exec(fix!.title)![1]!;
    document.update(BREAKS.replace("lr = 3", `lr = ${lr}`));
    expect(told(quiet())).toEqual([]);
  });
});

describe("one root cause, one finding", () => {
  const never: Rehearsals = { of: () => expect.unreachable("nothing is to be rehearsed"), get known() { return this; } };
  const withThem = (text: string, rehearsals: Rehearsals) => analyse("/a.nnet", text, { ...isolated, rehearsals }).findings;

  test("what a warning or an error explains is not rehearsed, nor what is too dear, or has no data", () => {
    expect(told(withThem(net("repeat 8 { dense(16) -> sigmoid }\n  dense(2) -> softmax", "adam"), never))).toContain("warning vanishing-gradient");
    expect(told(withThem(net("dense(2) -> softmax", "sgd(lr = 1e-8)"), never))).toContain("warning learning-rate");
    withThem(net("dense(4_000) -> relu\n  dense(4_000) -> relu\n  dense(2) -> softmax", "adam"), never);
    withThem(WELL.replace("train M on rows", "train M on others"), never);
    withThem(WELL.replace("moons(rows = 400)", 'csv("gone.csv")'), never);
    expect(told(withThem(WELL.replace("dense(2)", "dense(2, 3, 4, 5, 6, 7, 8, 9)"), never))).not.toEqual([]);
  });

  test("one that fails says nothing, and an editor asks it once", () => {
    expect(told(withThem(WELL, { of: () => { throw new Error("a fault"); }, get known() { return this; } }))).toEqual([]);
    const wanted = new Wanted<object, { over: boolean; complete(): void }>(1, () => undefined);
    const about = {};
    const fails = (): never => { throw new Error("a fault"); };
    expect(wanted.of("a", about, fails, [])).toBe("later");
    expect(() => wanted.slice(1, () => undefined)).toThrow("a fault");
    expect(wanted.slice(1, () => undefined)).toBe(false);
    expect(wanted.of("a", about, fails, [])).toBeUndefined();
  });

  test("an allowance is not unused because the rehearsal did not come", () => {
    const allowed = BREAKS.replace("sgd(lr = 3)", "sgd(lr = 3) // allow training-diverges: it is meant to");
    expect(told(analyse("/a.nnet", allowed).findings)).toEqual([]);
    expect(told(withThem(allowed, new Probing(() => undefined).rehearsalsFor("a")))).toEqual([]);
  });
});
