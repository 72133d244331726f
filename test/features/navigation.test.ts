import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Document } from "../../server/language/index.ts";
import { features } from "../../server/features/index.ts";
import { legend } from "../../server/features/support/token-kinds.ts";
import { columnsOf } from "../../server/features/support/columns.ts";
import { ask, askAt, askIn, askWorkspace, context, filesOf, marked } from "../kit/markers.ts";
import { goodTexts } from "../kit/samples.ts";

const model = (body: string): string => `model M {\n  input image [28, 28, 1]\n  ${body}\n}`;
const library = "block Residual(filters) {\n  conv2d(filters, 3, padding = same)\n  add(in)\n}\nblock Twice(n) {\n  Residual(n) -> Residual(n)\n}";
const user = 'import { Residual, Twice } from "./blocks.nnet"\nmodel Net {\n  input x [8, 8, 8]\n  Residual(8)\n  Twice(8)\n}\ntrain Net on d {\n}';

describe("semantic tokens", () => {
  /** `word kind modifiers` of each, read back from the five numbers. */
  const decoded = (text: string, data: readonly number[]): string[] => {
    const rows = text.split("\n");
    let [line, character] = [0, 0];
    return Array.from({ length: data.length / 5 }, (_, i) => {
      const [lines, columns, length, type, bits] = data.slice(5 * i, 5 * i + 5) as [number, number, number, number, number];
      line += lines;
      character = lines > 0 ? columns : character + columns;
      return [rows[line]!.slice(character, character + length), legend.tokenTypes[type], ...legend.tokenModifiers.filter((_m, k) => bits & (1 << k))].join(" ");
    });
  };
  const full = (text: string) => decoded(text, ask("textDocument/semanticTokens/full", text, {}).data);

  test("names by what they are", () => {
    expect(full("/// Doc\nblock B(f) { dense(f) }\nmodel M {\n  input x int [N] // why\n  B(f = 3) as data\n  let same = dim(data, 0)\n  conv2d(same, 1, padding = same, init = he_normal)\n}")).toEqual([
      "/// Doc comment documentation", "block keyword", "B function declaration", "f parameter declaration readonly", "dense function defaultLibrary", "f parameter readonly",
      "model keyword", "M class declaration", "input keyword", "x variable declaration readonly", "int type defaultLibrary", "N typeParameter declaration readonly", "// why comment",
      "B function", "f parameter readonly", "3 number", "as keyword", "data variable declaration readonly",
      "let keyword", "same variable declaration readonly", "dim function defaultLibrary", "data variable readonly", "0 number",
      "conv2d function defaultLibrary", "same variable readonly", "1 number", "padding parameter defaultLibrary", "same enumMember defaultLibrary", "init parameter defaultLibrary", "he_normal function defaultLibrary",
    ]);
  });

  test("settings and columns", () => {
    expect(full('data d {\n  source = csv("a.csv")\n  label = data\n}\ntrain M on d {\n  optimizer = adam(lr = 1)\n}')).toEqual([
      "data keyword", "d struct declaration", "source property defaultLibrary", "csv function defaultLibrary", '"a.csv" string', "label property defaultLibrary", "data property readonly",
      "train keyword", "on keyword", "d struct", "optimizer property defaultLibrary", "adam function defaultLibrary", "lr parameter defaultLibrary", "1 number",
    ]);
  });

  test("a range has what the whole has of these lines", () => {
    for (const { name, text } of goodTexts()) {
      const lines = text.split(/\r?\n/);
      const range = { start: { line: 3, character: 0 }, end: { line: 9, character: 0 } };
      const part = decoded(lines.join("\n"), ask("textDocument/semanticTokens/range", text, { range }).data);
      const before = decoded(lines.join("\n"), ask("textDocument/semanticTokens/range", text, { range: { ...range, start: { line: 0, character: 0 }, end: { line: 2, character: 0 } } }).data);
      expect(full(lines.join("\n")).slice(before.length, before.length + part.length), name).toEqual(part);
    }
  });

  test("differences, applied to the last answer, make the next one", () => {
    const good = goodTexts();
    fc.assert(fc.property(fc.constantFrom(...good), fc.nat(), fc.constantFrom("", "x", "\n", "// c", "conv2d(1, 1)", "{"), ({ text }, at, inserted) => {
      const document = new Document("/test.nnet", text);
      const opened = { uri: "file:///test.nnet", document };
      const answering = { ...context, files: filesOf({}, document) };
      const handler = (method: string) => features.find((f) => f.method === method)!.handler as (o: unknown, p: unknown, c: unknown) => any;
      const first = handler("textDocument/semanticTokens/full")(opened, {}, answering);
      const line = at % document.lineCount;
      document.edit({ start: { line, character: 0 }, end: { line, character: at % 3 } }, inserted);
      const delta = handler("textDocument/semanticTokens/full/delta")(opened, { previousResultId: first.resultId }, answering);
      const data = [...first.data];
      for (const e of delta.edits) data.splice(e.start, e.deleteCount, ...e.data);
      expect(data).toEqual(handler("textDocument/semanticTokens/full")(opened, {}, answering).data);
      expect(handler("textDocument/semanticTokens/full/delta")(opened, { previousResultId: "none" }, answering)).toHaveProperty("data");
    }), { numRuns: 100, seed: 5 });
  });
});

describe("selection", () => {
  const grown = (source: string): string[] => {
    const { text, position } = marked(source);
    const rows = text.split("\n");
    const texts: string[] = [];
    for (let s = ask("textDocument/selectionRange", text, { positions: [position] })[0]; s; s = s.parent) {
      const { start, end } = s.range;
      texts.push(start.line === end.line ? rows[start.line]!.slice(start.character, end.character) : `${start.line}:${start.character}-${end.line}:${end.character}`);
    }
    return texts;
  };

  test("grows by what belongs together", () => {
    expect(grown(model("conv2d(8, [3, $05]) -> relu as h"))).toEqual(["5", "[3, 5]", "8, [3, 5]", "(8, [3, 5])", "conv2d(8, [3, 5])", "conv2d(8, [3, 5]) -> relu as h", "0:9-3:0", "0:8-3:1", "0:0-3:1"]);
    expect(grown("data d {\n  split = [0.$08, 0.1, 0.1]\n}").slice(0, 3)).toEqual(["0.8", "[0.8, 0.1, 0.1]", "split = [0.8, 0.1, 0.1]"]);
  });

  test("each range lies in the next, whatever the text", () => {
    const piece = fc.constantFrom("model M {", "}", "conv2d(", "3", ")", "->", "\n", "if x {", "let a =", "[", "concat {");
    fc.assert(fc.property(fc.array(piece, { maxLength: 25 }).map((p) => p.join(" ")), fc.nat(), (text, at) => {
      const before = text.slice(0, at % (text.length + 1)).split("\n");
      const order = (p: { line: number; character: number }): number => p.line * 1e6 + p.character;
      for (let s = ask("textDocument/selectionRange", text, { positions: [{ line: before.length - 1, character: before.at(-1)!.length }] })[0]; s?.parent; s = s.parent) {
        expect(order(s.parent.range.start)).toBeLessThanOrEqual(order(s.range.start));
        expect(order(s.parent.range.end)).toBeGreaterThanOrEqual(order(s.range.end));
      }
    }), { numRuns: 300, seed: 2 });
  });
});

test("links: to data and imports, without their quotes", () => {
  const text = 'import { A } from "./deep/a.nnet"\nimport { B } from "b.nnet"\ndata d {\n  source = csv("data/rows.csv")\n}\ndata e {\n  source = idx("a.gz", labels = "b.gz")\n  test = idx("c.gz", "d.gz")\n}';
  expect(ask("textDocument/documentLink", text, {})).toEqual([
    { range: { start: { line: 0, character: 19 }, end: { line: 0, character: 32 } }, target: "file:///deep/a.nnet" },
    { range: { start: { line: 3, character: 16 }, end: { line: 3, character: 29 } }, target: "file:///data/rows.csv" },
    ...[[6, 16, "a"], [6, 33, "b"], [7, 14, "c"], [7, 22, "d"]].map(([line, start, name]) => ({ range: { start: { line, character: start }, end: { line, character: (start as number) + 4 } }, target: `file:///${name as string}.gz` })),
  ]);
});

describe("linked editing", () => {
  const linked = (source: string): number | undefined => askAt("textDocument/linkedEditingRange", source)?.ranges.length;

  test.each([
    [model("let $0s = 3\n  dense(s) -> dense(s)"), 3],
    [model("let $0s = 3"), undefined],
    [model("den$0se(3) -> dense(3)"), undefined],
    ["model M(n$0 = 3) {\n  input x [n]\n}", 2],
    ["block B(n$0) {\n  dense(n)\n}", undefined],
    ["block B$0 {\n  relu\n}\nmodel M {\n  input x [4]\n  B\n}", undefined],
  ])("%s", (text, expected) => expect(linked(text)).toBe(expected));
});

describe("call hierarchy", () => {
  const texts = { "/blocks.nnet": library, "/main.nnet": user };
  const prepare = (texts: Record<string, string>) => askIn("textDocument/prepareCallHierarchy", texts)?.[0];
  const lines = (ranges: readonly { start: { line: number } }[]) => ranges.map((r) => r.start.line);

  test("who uses a block, over files; and what that uses", () => {
    const item = prepare({ ...texts, "/main.nnet": user.replace("  Residual(8)", "  Resi$0dual(8)") })!;
    expect(item).toMatchObject({ name: "Residual", uri: "file:///blocks.nnet", selectionRange: { start: { line: 0, character: 6 } } });
    const incoming = askWorkspace("callHierarchy/incomingCalls", texts, { item })!;
    expect(incoming.map((c) => [c.from.name, c.from.uri, lines(c.fromRanges)])).toEqual([["Twice", "file:///blocks.nnet", [5, 5]], ["Net", "file:///main.nnet", [3]]]);
    const above = askWorkspace("callHierarchy/incomingCalls", texts, { item: incoming[1]!.from })!;
    expect(above.map((c) => [c.from.name, c.from.detail])).toEqual([["Net", "train"]]);
    const outgoing = askWorkspace("callHierarchy/outgoingCalls", texts, { item: incoming[1]!.from })!;
    expect(outgoing.map((c) => [c.to.name, c.to.uri, lines(c.fromRanges)])).toEqual([["Residual", "file:///blocks.nnet", [3]], ["Twice", "file:///blocks.nnet", [4]]]);
  });

  test("is of blocks and models only, and of what is still there", () => {
    expect(prepare({ "/main.nnet": model("con$0v2d(1, 1)") })).toBeUndefined();
    const item = prepare({ "/blocks.nnet": library.replace("Res", "R$0es") })!;
    expect(askWorkspace("callHierarchy/incomingCalls", { "/blocks.nnet": "" }, { item })).toBeNull();
    expect(askWorkspace("callHierarchy/outgoingCalls", {}, { item })).toBeNull();
  });
});

describe("workspace symbols", () => {
  const texts = { "/blocks.nnet": library, "/main.nnet": `${user}\ndata digits {\n}`, "/data.csv": "a" };
  const names = (query: string) => askWorkspace("workspace/symbol", texts, { query }).map((s) => `${s.name} in ${s.containerName}`);

  test("by letters in their order, the nearest first", () => {
    expect(names("")).toEqual(["Net in main.nnet", "Residual in blocks.nnet", "Twice in blocks.nnet", "digits in main.nnet"]);
    expect(names("rsd")).toEqual(["Residual in blocks.nnet"]);
    expect(names("i")).toEqual(["digits in main.nnet", "Twice in blocks.nnet", "Residual in blocks.nnet"]);
    expect(names("xyz")).toEqual([]);
  });

  test("are not more than anyone looks through", () => {
    const many = { "/many.nnet": Array.from({ length: 2000 }, (_, i) => `block B${i} { relu }`).join("\n") };
    expect(askWorkspace("workspace/symbol", many, { query: "b" })).toHaveLength(500);
  });
});

test.each([
  ["a,b", ",", ["a 0-1", "b 2-3"]],
  ['"x, y","he said ""hi"""', ",", ["x, y 0-6", 'he said "hi" 7-23']],
  ["a;b;", ";", ["a 0-1", "b 2-3", " 4-4"]],
  ["", ",", [" 0-0"]],
])("columns of %s", (header, delimiter, expected) => expect(columnsOf(header, delimiter).map((c) => `${c.name} ${c.start}-${c.end}`)).toEqual(expected));
