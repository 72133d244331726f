import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../server/features/index.ts";
import { analyse, Document } from "../../server/language/index.ts";
import { namesOf } from "../../server/features/support/names.ts";
import { ask, askAt, askIn, edited, filesOf } from "../kit/markers.ts";
import { goodTexts } from "../kit/samples.ts";

const model = (body: string): string => `model M {\n  input image [28, 28, 1]\n  ${body}\n}`;

describe("definition", () => {
  const line = (source: string): number | undefined => askAt("textDocument/definition", source)?.range.start.line;

  test.each([
    ["let s = in -> dense(1)\n  add($0s)", 2],
    ["dense(1) as h\n  add(h$0)", 2],
    ["add(ima$0ge)", 1],
    ["for f in [1] {\n    dense(f$0)\n  }", 2],
    ["let s$0 = 3", 2],
    ["let s = 3\n  repeat 2 {\n    let s = 4\n    dense($0s)\n  }", 4],
    ["let same = 3\n  conv2d(1, 1, padding = sa$0me)", undefined],
    ["let s = 3\n  conv2d(4, s$0, ", 2],
    ["conv2$0d(1, 1)", undefined],
  ])("%s", (body, expected) => expect(line(model(body))).toBe(expected));

  test("of declarations", () => {
    const text = "block B(f) {\n  dense(f)\n}\ndata d {\n}\nmodel M {\n  input x [1]\n  B(f = 2)\n}\ntrain M on d {\n}";
    const at = (mark: string) => text.replace(mark, (m) => `${m.slice(0, 1)}$0${m.slice(1)}`);
    expect(line(at("B(f ="))).toBe(0);
    expect(line(at("M on"))).toBe(9 - 4);
    expect(line(text.replace("on d", "on $0d"))).toBe(3);
    expect(line(at("f)\n}"))).toBe(0);
    expect(line(at("f = 2"))).toBe(0);
  });

  const blocks = "block Other(n) {\n  dense(n)\n}\nblock Twice(n) {\n  dense(n)\n}";
  test.each([
    ['import { Twi$0ce } from "./deep/blocks.nnet"', "file:///deep/blocks.nnet", 3],
    ['import { Twice } from "./deep/blo$0cks.nnet"', "file:///deep/blocks.nnet", 0],
    ['import { Twice } from "./deep/blocks.nnet"\nmodel M {\n  input x [4]\n  Tw$0ice(3)\n}', "file:///deep/blocks.nnet", 3],
    ['import { Twice } from "./deep/blocks.nnet"\nmodel M {\n  input x [4]\n  Twice($0n = 3)\n}', "file:///deep/blocks.nnet", 3],
  ])("%s", (main, uri, row) => expect(askIn("textDocument/definition", { "/main.nnet": main, "/deep/blocks.nnet": blocks })).toMatchObject({ uri, range: { start: { line: row } } }));

  test("a column stands in the header of its file", () => {
    const texts = { "/main.nnet": 'data d {\n  source = csv("rows.csv")\n  label = spe$0cies\n}', "/rows.csv": '"sepal, length",species\n1,2\n' };
    expect(askIn("textDocument/definition", texts)).toEqual({ uri: "file:///rows.csv", range: { start: { line: 0, character: 16 }, end: { line: 0, character: 23 } } });
    expect(askIn("textDocument/definition", { ...texts, "/main.nnet": 'data d {\n  source = csv("rows.csv")\n  features = ["sepal, len$0gth"]\n}' })).toMatchObject({ range: { start: { character: 0 }, end: { character: 15 } } });
    expect(askIn("textDocument/definition", { ...texts, "/rows.csv": "a;species" })).toBeNull();
    expect(askIn("textDocument/definition", { "/main.nnet": 'data d {\n  source = csv("rows.csv", delimiter = ";")\n  label = spe$0cies\n}', "/rows.csv": "a;species" })).toMatchObject({ range: { start: { character: 2 } } });
  });
});

/** `line:character` of each place, with the file before it where there are several. */
const places = (found: readonly { uri?: string; range: { start: { line: number; character: number } } }[]): string[] => found.map(({ uri, range }) => `${uri ? `${uri.slice("file:///".length)} ` : ""}${range.start.line}:${range.start.character}`);

const library = "block Residual(filters) {\n  conv2d(filters, 3, padding = same)\n  add(in)\n}";
const user = 'import { Residual } from "./blocks.nnet"\nmodel M(filters = 8) {\n  input x [8, 8, 8]\n  Residual(filters)\n  Residual(filters = 8)\n}';

describe("references", () => {
  const find = (texts: Record<string, string>, includeDeclaration = true) => places(askIn("textDocument/references", texts, { context: { includeDeclaration } }));

  test("of a block, in every file that uses it", () => {
    const all = ["blocks.nnet 0:6", "main.nnet 0:9", "main.nnet 3:2", "main.nnet 4:2"];
    expect(find({ "/blocks.nnet": library.replace("Res", "Res$0"), "/main.nnet": user, "/other.nnet": "block Residual { relu }" }).sort()).toEqual(all);
    expect(find({ "/blocks.nnet": library, "/main.nnet": user.replace("Residual(filters)", "Res$0idual(filters)") }).sort()).toEqual(all);
    expect(find({ "/blocks.nnet": library.replace("Res", "Res$0"), "/main.nnet": user }, false)).not.toContain("blocks.nnet 0:6");
  });

  test("of a block's parameter, by its name where it is used", () => {
    expect(find({ "/blocks.nnet": library.replace("(filters)", "(fil$0ters)"), "/main.nnet": user }).sort()).toEqual(["blocks.nnet 0:15", "blocks.nnet 1:9", "main.nnet 4:11"]);
    expect(find({ "/blocks.nnet": library, "/main.nnet": user.replace("M(filters", "M(fil$0ters") }).sort()).toEqual(["main.nnet 1:8", "main.nnet 3:11"]);
  });

  test("of a loop's variables, in a chain too", () => expect(find({ "/main.nnet": model("image -> for f, n$0 in [[8, 2]] { repeat n { dense(f) } } -> dense(n)") })).toEqual(["main.nnet 2:18", "main.nnet 2:41"]));
  test("of a layer: everywhere", () => expect(find({ "/blocks.nnet": library, "/main.nnet": `${user.slice(0, -1)}  con$0v2d(1, 1)\n}` }).sort()).toEqual(["blocks.nnet 1:2", "main.nnet 5:2"]));

  test("of what is in a statement with an error", () => expect(find({ "/main.nnet": model("let si$0ze = 3\n  conv2d(size, 3\n  dense(size)") })).toEqual(["main.nnet 2:6", "main.nnet 3:9", "main.nnet 4:8"]));
});

describe("highlights", () => {
  const kinds = (body: string): (string | undefined)[] | undefined => askAt("textDocument/documentHighlight", model(body))?.map((h) => `${h.range.start.line}:${h.range.start.character} ${["", "text", "read", "write"][h.kind ?? 1]}`);

  test("tell where a name is given from where it is read", () => {
    expect(kinds("let s$0 = 3\n  dense(s) -> dense(s)")).toEqual(["2:6 write", "3:8 read", "3:20 read"]);
    expect(kinds("dense(3) as $0h -> relu\n  repeat 2 {\n    let h = 4\n    dense(h)\n  }\n  add(h)")).toEqual(["2:14 write", "7:6 read"]);
    expect(kinds("let same = $0same")).toBeUndefined();
  });

  test("a symbolic size is one name over the whole model", () => {
    const found = askAt("textDocument/documentHighlight", "model M {\n  input a int [N]\n  input b int [$0N]\n  a -> embedding(N, 4) : [N, 4]\n}");
    expect(found?.map((h) => h.range.start)).toEqual([{ line: 1, character: 15 }, { line: 2, character: 15 }, { line: 3, character: 17 }, { line: 3, character: 26 }]);
  });
});

describe("rename", () => {
  const renamed = (texts: Record<string, string>, newName: string): Record<string, string> => {
    const plain = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text.replace("$0", "")]));
    const edit = askIn("textDocument/rename", texts, { newName });
    for (const change of edit?.documentChanges ?? []) {
      if (!("textDocument" in change)) throw new Error("only texts are edited");
      const path = change.textDocument.uri.slice("file://".length);
      plain[path] = edited(plain[path]!, change.edits as never);
    }
    return plain;
  };
  const inModel = (body: string, newName: string) => renamed({ "/main.nnet": model(body) }, newName)["/main.nnet"];

  test.each([
    ["let si$0ze = 3\n  dense(size)", "units", "let units = 3\n  dense(units)"],
    ["dense(3) as h\n  add(h$0)", "skip", "dense(3) as skip\n  add(skip)"],
    ["for f in [1] {\n    dense(f$0)\n  }", "n", "for n in [1] {\n    dense(n)\n  }"],
    ["let add_me = in\n  shared e = dense(2)\n  $0e -> e", "enc", "let add_me = in\n  shared enc = dense(2)\n  enc -> enc"],
    ["let s = 1\n  repeat 2 {\n    let s = s$0 + 1\n    dense(s)\n  }", "n", "let n = 1\n  repeat 2 {\n    let s = n + 1\n    dense(s)\n  }"],
    ["let same = 1\n  conv2d($0same, 1, padding = same)", "one", "let one = 1\n  conv2d(one, 1, padding = same)"],
    ["concat for k in [1, 3] {\n    conv2d(1, $0k, padding = same)\n  }", "size", "concat for size in [1, 3] {\n    conv2d(1, size, padding = same)\n  }"],
  ])("%s", (body, name, expected) => expect(inModel(body, name)).toBe(model(expected)));

  test("inputs, with the columns that flow into them; a train block's own name", () => {
    const text = (input: string, run: string) => `data d {\n  source = csv("d.csv")\n  label = y\n  features = inputs(${input} = [a], other = b)\n}\nmodel M {\n  input ${input} [1]\n  input other [1]\n  ${input} -> concat(other) -> dense(1)\n}\ntrain M on d as ${run} { loss = mse }\n`;
    const after = (source: string, name: string) => renamed({ "/main.nnet": source }, name)["/main.nnet"];
    expect(after(text("left", "quick").replace("inputs(left", "inputs(le$0ft"), "size")).toBe(text("size", "quick"));
    expect(after(text("left", "quick").replace("left ->", "le$0ft ->"), "size")).toBe(text("size", "quick"));
    expect(after(text("left", "quick").replace("quick", "qu$0ick"), "short")).toBe(text("left", "short"));
  });

  test("outputs, with their labels, losses and weights; an input of that name is another", () => {
    const text = (output: string) => `data d {\n  source = csv("d.csv")\n  label = outputs(${output} = a, other = b)\n  features = inputs(x = c)\n}\nmodel M {\n  input x [1]\n  dense(2) -> softmax as ${output}\n  let other = x -> dense(1)\n  output ${output}, other\n}\ntrain M on d {\n  loss = outputs(${output} = cross_entropy, other = mae)\n  loss_weight = outputs(${output} = 2)\n}\n`;
    const after = (source: string, name: string) => renamed({ "/main.nnet": source }, name)["/main.nnet"];
    for (const at of ["label = outputs(kind", "softmax as kind", "loss = outputs(kind", "output kind"]) expect(after(text("kind").replace(at, `${at.slice(0, -2)}$0${at.slice(-2)}`), "sort")).toBe(text("sort"));
  });

  test("inputs, and sizes that they bind", () => {
    expect(inModel("add(im$0age)", "x")).toBe(model("add(x)").replace("image", "x"));
    const text = "model M {\n  input words int [N$0]\n  embedding(9, 4) : [N, 4]\n}";
    expect(renamed({ "/m.nnet": text }, "length")["/m.nnet"]).toBe("model M {\n  input words int [length]\n  embedding(9, 4) : [length, 4]\n}");
  });

  test("models, data and a model's parameters, with what trains them", () => {
    const text = "data d {\n}\nmodel M(classes = 2) {\n  input x [4]\n  dense(classes)\n}\ntrain M(classes = 3) on d {\n}";
    const of = (mark: string, name: string) => renamed({ "/m.nnet": text.replace(mark, `$0${mark}`) }, name)["/m.nnet"];
    expect(of("M(classes = 3)", "Net")).toBe(text.replaceAll("M(", "Net("));
    expect(of("d {", "rows")).toBe(text.replaceAll("d {", "rows {"));
    expect(of("classes)", "n")).toBe(text.replaceAll("classes", "n"));
  });

  test("blocks across files, from either side; closed ones too", () => {
    const expected = { "/blocks.nnet": library.replaceAll("Residual", "Skip"), "/main.nnet": user.replaceAll("Residual", "Skip") };
    expect(renamed({ "/blocks.nnet": library.replace("Res", "Res$0"), "/main.nnet": user }, "Skip")).toEqual(expected);
    expect(renamed({ "/blocks.nnet": library, "/main.nnet": user.replace("{ Res", "{ $0Res") }, "Skip")).toEqual(expected);
  });

  test("a block's parameter, where it is named in a use", () => {
    expect(renamed({ "/blocks.nnet": library, "/main.nnet": user.replace("(filters = 8)\n", "($0filters = 8)\n") }, "f")).toEqual({
      "/blocks.nnet": library.replaceAll("filters", "f"),
      "/main.nnet": user.replace("Residual(filters = 8)", "Residual(f = 8)"),
    });
  });

  test("edits name the version that they are for, or are plain where the editor takes no versions", () => {
    const changes = askIn("textDocument/rename", { "/blocks.nnet": library.replace("Res", "Res$0"), "/main.nnet": user }, { newName: "Skip" })?.documentChanges;
    expect(changes).toMatchObject([{ textDocument: { uri: "file:///blocks.nnet", version: 1 } }, { textDocument: { uri: "file:///main.nnet", version: null } }]);
    expect(ask("textDocument/rename", model("relu as h"), { position: { line: 2, character: 10 }, newName: "g" }, { versionedEdits: false, files: filesOf({}, new Document("/test.nnet", model("relu as h"))) })).toMatchObject({ changes: { "file:///test.nnet": [{ newText: "g" }] } });
  });

  test.each([
    ["let $0s = 3", "for", "for is a word of the language"],
    ["let $0s = 3", "input", "input is a word of the language"],
    ["let $0s = 3", "dense", "dense is the name of a layer"],
    ["let $0s = 3", "channels", "channels is the name of a function"],
    ["let $0s = 3", "1x", 'received "1x"'],
    ["let $0s = 3", "a b", 'received "a b"'],
    ["let $0s = 3", "", 'received ""'],
    ["let $0s = 3", "x // y", "received"],
    ["let $0s = 3", "é", "received"],
    ["let $0s = 3\n  let q = 4", "q", "q is the name of a let already, given in line 4 of main.nnet"],
    ["let q = 4\n  let s = 3\n  repeat 2 {\n    dense(q)\n    let $0t = q\n  }", "s", undefined],
    ["let q = 4\n  repeat 2 {\n    let $0t = 3\n    dense(q) -> dense(t)\n  }", "q", "q in line 6 of main.nnet would then mean a let that is renamed"],
    ["let $0s = 3\n  repeat 2 {\n    let t = 4\n    dense(s)\n  }", "t", "t is the name of a let already, given in line 5 of main.nnet: line 6 would then mean that"],
    ["let $0s = 3\n  conv2d(1, 1, padding = s)", "same", "something else in line 4"],
    ["de$0nse(3)", "thick", "dense belongs to the language"],
    ["re$0peat 2 {\n  }", "again", "repeat is a word of the language"],
    ["dense(noth$0ing)", "x", "nothing is called nothing here"],
  ])("refused with the reason: %s to %s", (body, name, reason) => {
    const attempt = () => inModel(body, name);
    if (reason === undefined) return expect(attempt()).toContain(name);
    expect(attempt).toThrow(Refusal);
    expect(attempt).toThrow(reason);
  });

  test("refused: a second declaration of the name, here or where it is imported", () => {
    expect(() => renamed({ "/blocks.nnet": `${library}\nblock Other { relu }`.replace("Res", "$0Res"), "/main.nnet": user }, "Other")).toThrow("there is a block called Other already, in line 5 of blocks.nnet");
    expect(() => renamed({ "/blocks.nnet": library.replace("Res", "$0Res"), "/main.nnet": `${user}\nblock Mine { relu }` }, "Mine")).toThrow("there is a block called Mine already, in line 7 of main.nnet");
    expect(() => renamed({ "/main.nnet": 'data d {\n  source = csv("a.csv")\n  label = spe$0cies\n}' }, "x")).toThrow("species is a column of the data file");
  });

  test("prepare: the name and its place, or the reason", () => {
    expect(askIn("textDocument/prepareRename", { "/main.nnet": model("let si$0ze = 3") })).toEqual({ range: { start: { line: 2, character: 6 }, end: { line: 2, character: 10 } }, placeholder: "size" });
    expect(() => askIn("textDocument/prepareRename", { "/main.nnet": model("con$0v2d(1, 1)") })).toThrow("conv2d belongs to the language");
    expect(askIn("textDocument/prepareRename", { "/main.nnet": model("dense(1$01)") })).toBeNull();
  });

  test("any name of any sample: a new name changes no meaning, and the way back gives the text again", () => {
    // Read alone, an import leads nowhere.
    const good = goodTexts().map(({ name, text }) => ({ name, text: text.replaceAll("\r\n", "\n") })).filter(({ text }) => !text.startsWith("import"));
    fc.assert(fc.property(fc.constantFrom(...good), fc.nat(), ({ text }, pick) => {
      const document = new Document("/test.nnet", text);
      const { declarations } = document.analysis().syntax;
      const named = new Set(declarations.flatMap((d) => ("name" in d ? [d.name.text] : [])));
      // A word given to a block might have been a block's name.
      const uses = declarations.flatMap((d) => namesOf(d, (n) => document.lineText(n))).filter(({ means, name }) => means.kind === "local" || means.kind === "argument" || (means.kind === "declared" && named.has(name)));
      const use = uses[pick % uses.length]!;
      const position = { line: use.line.number + use.span.line, character: use.span.start };
      const once = apply(text, ask("textDocument/rename", text, { position, newName: "fresh_name" }));
      expect(once).not.toBe(text);
      expect(picture(once)).toEqual(picture(text));
      const again = { line: position.line, character: once.split("\n")[position.line]!.indexOf("fresh_name") };
      expect(apply(once, ask("textDocument/rename", once, { position: again, newName: use.name }))).toBe(text);
    }), { numRuns: 100, seed: 3 });
  });
});

const apply = (text: string, edit: { documentChanges?: unknown } | null): string => ((edit?.documentChanges ?? []) as { edits: never[] }[]).reduce((t, { edits }) => edited(t, edits), text);

function picture(text: string): unknown {
  const { findings, models } = analyse("/test.nnet", text);
  return [findings.map((f) => f.code), models.map((m) => [m.model.totals.params, m.model.nodes.map((n) => n.type?.shape.map((d) => String(d).replaceAll("fresh_name", "?").length > 0))])];
}
