import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse, Document, fixesOf, tryTogether } from "../../server/language/index.ts";
import { applyFix, bare, check, dataHost, rewrite, sections } from "../kit/fixture.ts";

const root = join(import.meta.dirname, "../fixtures");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".nnet")).sort();

describe("fixtures", () => {
  for (const file of files) {
    test(file, () => {
      const path = join(root, file);
      const text = readFileSync(path, "utf8");
      const parts = sections(text);
      const main = parts.get("main")!;
      const host = dataHost(parts);
      if (process.env.UPDATE) writeFileSync(path, text.replace(main, () => rewrite(main, host)));
      else expect(check(main, host)).toEqual([]);
      const fixed = parts.get("fixed");
      if (fixed === undefined) return;
      const source = bare(main);
      const finding = analyse("/fixture.nnet", source).findings.find((f) => f.fixes?.length);
      expect(applyFix(source, finding!.fixes![0]!)).toBe(bare(fixed));
      expect(check(fixed)).toEqual([]);
    });
  }
});

/** Every finding of a text by its code, how often. */
function counts(text: string, host: ReturnType<typeof dataHost>): Map<string, number> {
  const found = new Map<string, number>();
  for (const { code } of analyse("/fixture.nnet", text, host).findings) found.set(code, (found.get(code) ?? 0) + 1);
  return found;
}

describe("every fix of every check cures it, and nothing new appears", () => {
  const checks = files.filter((f) => f.startsWith("checks"));
  const done = new Map<string, Tried>();
  const tried = (file: string): Tried => {
    const known = done.get(file) ?? tryAll(file);
    done.set(file, known);
    return known;
  };

  test.each(checks)("%s", (file) => expect(tried(file).wrong).toEqual([]));

  test.each(checks)("%s: tried together first, the same fixes are offered", (file) => {
    const parts = sections(readFileSync(join(root, file), "utf8"));
    const offer = (together: boolean): string[] => {
      const document = new Document("/fixture.nnet", bare(parts.get("main")!), dataHost(parts));
      const analysis = document.analysis();
      if (together) tryTogether(analysis, document);
      return analysis.findings.flatMap((f) => fixesOf(f, analysis, document).map((fix) => `${f.site.line.number} ${f.code}: ${fix.title}`));
    };
    expect(offer(true)).toEqual(offer(false));
  });

  test.each([
    ["dead-relu", ["leaky_relu", "prelu", "rrelu", "elu", "gelu", "Widen to", "bias at zeros"]],
    ["constant-init", ["he_normal", "glorot_uniform"]],
    ["vanishing-gradient", ["relu", "elu", "gelu", "selu", "batch_norm", "residual blocks", "he_normal", "lstm", "gru"]],
    ["exploding-gradient", ["he_normal", "batch_norm", "residual blocks", "layer_norm|Normalize", "Scale the end"]],
    ["saturated-units", ["glorot_uniform", "batch_norm", "bias at zeros"]],
    ["narrow-layers", ["Widen to", "batch_norm"]],
    ["loss-against-activation", ["cross_entropy", "softmax", "sigmoid"]],
    ["learning-rate", ["lr =", "schedule = constant", "clip = norm"]],
    ["features-unscaled", ["normaliz"]],
    ["bias-before-batch-norm", ["."]],
    ["weight-penalty", ["weaker", "weight_decay"]],
  ])("%s offers %j", (code, titles) => {
    const all = checks.filter((f) => mentions(f, code)).flatMap((f) => tried(f).offered.get(code) ?? []);
    expect(titles.filter((t) => !all.some((title) => new RegExp(`\\b${t}|${t}\\b`).test(title)))).toEqual([]);
  });
});

/** Each fix of a file's findings, tried. */
interface Tried {
  /** Titles by code. */
  readonly offered: ReadonlyMap<string, readonly string[]>;
  /** Fixes that leave their finding, or bring another. */
  readonly wrong: readonly string[];
}

function tryAll(file: string): Tried {
  const parts = sections(readFileSync(join(root, file), "utf8"));
  const host = dataHost(parts);
  const document = new Document("/fixture.nnet", bare(parts.get("main")!), host);
  const { text } = document;
  const before = counts(text, host);
  const analysis = document.analysis();
  const [offered, wrong] = [new Map<string, string[]>(), [] as string[]];
  for (const finding of analysis.findings) {
    for (const fix of fixesOf(finding, analysis, document)) {
      offered.set(finding.code, [...(offered.get(finding.code) ?? []), fix.title]);
      const after = counts(applyFix(text, fix), host);
      const line = finding.site.line.number + finding.site.span.line + 1;
      if ((after.get(finding.code) ?? 0) >= before.get(finding.code)!) wrong.push(`line ${line}: ${finding.code}: "${fix.title}" leaves it`);
      for (const [code, n] of after) if (n > (before.get(code) ?? 0)) wrong.push(`line ${line}: ${finding.code}: "${fix.title}" brings ${code}`);
    }
  }
  return { offered, wrong };
}

/** A file whose annotations name this code. */
const mentions = (file: string, code: string): boolean => readFileSync(join(root, file), "utf8").includes(`[${code}]`);
