import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { idxOf, pngOf } from "../kit/arrays.ts";
import { Editor } from "../kit/editor.ts";
import { disk } from "../../server/lsp/disk.ts";
import { Workspace } from "../../server/lsp/workspace.ts";
import { Folder } from "../kit/folder.ts";

const main = 'import { Twice } from "./blocks.nnet"\nmodel M {\n  input x [4]\n  Twice(3)\n}\n';
const blocks = "block Twice(n) {\n  dense(n) -> tanh\n  dense(n) -> tanh\n}\n";

const used: { kill?: () => void; delete?: () => void }[] = [];
afterEach(() => used.splice(0).forEach((u) => (u.kill?.(), u.delete?.())));
const folderOf = (files: Record<string, string>): Folder => (used.push(new Folder(files)), used.at(-1) as Folder);

async function editorIn(folder: Folder, capabilities: object = {}): Promise<Editor> {
  const editor = new Editor();
  used.push(editor);
  await editor.start(capabilities, { workspaceFolders: [{ uri: folder.uri, name: "w" }] });
  return editor;
}

const codes = (editor: Editor, uri: string): (string | undefined)[] => (editor.published.findLast((p) => p.uri === uri)?.diagnostics ?? []).map((d) => d.code as string);

test("an imported file that changes on disk, goes and comes back is read again by its importers", async () => {
  const folder = folderOf({ "main.nnet": main, "blocks.nnet": blocks });
  const editor = await editorIn(folder, { workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, codeLens: { refreshSupport: true } } });
  const uri = folder.at("main.nnet");
  await editor.open(uri, main);
  expect(await editor.diagnostics(uri, 1)).toEqual([]);
  await expect.poll(() => editor.registered).toMatchObject([{ method: "workspace/didChangeWatchedFiles", registerOptions: { watchers: [{ globPattern: "**/*.{nnet,csv,tsv,tab,txt,npy,npz,idx,gz,idx1-ubyte,idx3-ubyte}" }] } }]);

  folder.write("blocks.nnet", "block Thrice(n) {\n  dense(n)\n}\n");
  await editor.touched(folder.at("blocks.nnet"));
  await expect.poll(() => codes(editor, uri)).toEqual(["unknown-import"]);
  expect(editor.refreshes).toContain("codeLens");
  folder.delete("blocks.nnet");
  await editor.touched(folder.at("blocks.nnet"));
  await expect.poll(() => codes(editor, uri)).toContain("import-not-found");
  folder.write("blocks.nnet", blocks);
  await editor.touched(folder.at("blocks.nnet"));
  await expect.poll(() => codes(editor, uri)).toEqual([]);
});

test("an open text counts before its file, as it is typed and until it is closed", async () => {
  const folder = folderOf({ "main.nnet": main, "blocks.nnet": blocks });
  const editor = await editorIn(folder);
  const [uri, other] = [folder.at("main.nnet"), folder.at("blocks.nnet")];
  await editor.open(uri, main);
  await editor.diagnostics(uri, 1);
  await editor.open(other, blocks);
  await editor.change(other, { range: { start: { line: 1, character: 2 }, end: { line: 1, character: 7 } }, text: "nothing" });
  await expect.poll(() => codes(editor, uri)).toContain("unknown-layer");
  await editor.close(other);
  await expect.poll(() => codes(editor, uri)).toEqual([]);
});

test("imports stay inside the workspace, links followed", async () => {
  const folder = folderOf({ "main.nnet": "" });
  const outside = folderOf({ "secret.nnet": blocks });
  symlinkSync(outside.path, join(folder.path, "link"));
  const editor = await editorIn(folder);
  const uri = folder.at("main.nnet");
  await editor.open(uri, main);
  const messages = async (path: string): Promise<string> => {
    const version = await editor.change(uri, { text: main.replace("./blocks.nnet", path) });
    return (await editor.diagnostics(uri, version)).map((d) => d.message).join("\n");
  };
  const etc = `${"../".repeat(20)}etc/passwd`;
  expect(await messages(etc)).toContain(`${etc} lies outside of the workspace; imports stay inside it`);
  expect(await messages(`../${outside.path.slice(tmpdir().length + 1)}/secret.nnet`)).toContain("lies outside of the workspace");
  expect(await messages("./link/secret.nnet")).toContain("lies outside of the workspace");
  expect(await messages("./none/at/all.nnet")).toContain("there is no file ./none/at/all.nnet");
});

test("a file opened without a folder reads beside and below itself only", async () => {
  const folder = folderOf({ "a/main.nnet": main, "a/blocks.nnet": blocks, "blocks.nnet": blocks });
  const editor = new Editor();
  used.push(editor);
  await editor.start();
  const uri = folder.at("a/main.nnet");
  await editor.open(uri, main);
  expect(await editor.diagnostics(uri, 1)).toEqual([]);
  await editor.open(folder.at("a/up.nnet"), main.replace("./", "../"));
  expect((await editor.diagnostics(folder.at("a/up.nnet"), 1)).map((d) => d.code)).toContain("import-not-found");
});

test("pulled diagnostics: nothing is sent unasked, what is as before is not sent again", async () => {
  const folder = folderOf({ "main.nnet": main, "blocks.nnet": blocks });
  const editor = await editorIn(folder, { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } });
  const uri = folder.at("main.nnet");
  const pull = (previousResultId?: string) => editor.ask("textDocument/diagnostic", { textDocument: { uri }, previousResultId });
  await editor.open(uri, main.replace("Twice(3)", "Twice()"));
  const first = await pull();
  expect(first).toMatchObject({ kind: "full", items: [{ code: "missing-argument", source: "nnet", severity: 1 }] });
  expect(first.items[0].codeDescription.href).toMatch(/missing-argument\.md$/);
  expect(await pull(first.resultId)).toEqual({ kind: "unchanged", resultId: first.resultId });
  await editor.change(uri, { range: { start: { line: 3, character: 8 }, end: { line: 3, character: 8 } }, text: "3" });
  expect(await pull(first.resultId)).toMatchObject({ kind: "full", items: [] });
  folder.delete("blocks.nnet");
  await editor.touched(folder.at("blocks.nnet"));
  await expect.poll(() => editor.refreshes).toContain("diagnostic");
  expect((await pull(first.resultId)).items[0].code).toBe("import-not-found");
  expect(editor.published).toEqual([]);
});

test("a data file is looked at in the background: findings come when it is read, and again when it changes", async () => {
  const text = 'data d {\n  source = csv("rows.csv")\n  label  = kind\n}\n\nmodel M {\n  input x [1]\n  dense(8) -> tanh\n  dense(3) -> softmax\n}\n\ntrain M on d { epochs = 2000 }\n';
  const rows = (...kinds: string[]): string => `a,kind\n${kinds.flatMap((k, c) => Array.from({ length: 40 }, (_, i) => `${(Math.sin(i) + c).toFixed(3)},${k}\n`)).join("")}`;
  const folder = folderOf({ "main.nnet": text, "rows.csv": rows("oak", "elm") });
  const editor = await editorIn(folder, { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
  const uri = folder.at("main.nnet");
  await editor.open(uri, text);
  await expect.poll(() => codes(editor, uri)).toEqual(["units-against-classes"]);
  folder.write("rows.csv", rows("oak", "elm", "ash"));
  await editor.touched(folder.at("rows.csv"));
  await expect.poll(() => codes(editor, uri)).toEqual([]);
});

test("arrays and folders of images are looked at in the background too", async () => {
  const text = (source: string, input: string): string => `data d {\n  source = ${source}\n  scale = 1 / 255\n}\nmodel M {\n  input x ${input}\n  flatten\n  dense(3) -> softmax\n}\ntrain M on d { epochs = 2000   early_stop = patience(90) }\n`;
  const folder = folderOf({});
  const rows = Uint8Array.from({ length: 200 * 4 }, (_, i) => i % 256);
  writeFileSync(join(folder.path, "x.gz"), gzipSync(idxOf([200, 2, 2], rows)));
  writeFileSync(join(folder.path, "y.gz"), gzipSync(idxOf([200], rows.subarray(0, 200).map((v) => v % 2))));
  const image = (path: string): void => (mkdirSync(join(folder.path, path, ".."), { recursive: true }), writeFileSync(join(folder.path, path), pngOf(2, 2, [path.includes("cats") ? 20 : 200, 100, 250])));
  for (const kind of ["cats", "dogs"]) for (let i = 0; i < 30; i++) image(`pets/${kind}/${i}.png`);
  const editor = await editorIn(folder);
  const [arrays, pets] = [folder.at("arrays.nnet"), folder.at("pets.nnet")];
  await editor.open(arrays, text('idx("x.gz", labels = "y.gz")', "[2, 2, 1]"));
  await editor.open(pets, text('folder("pets")\n  shape = [2, 2, 3]', "[2, 2, 3]"));
  await expect.poll(() => [codes(editor, arrays), codes(editor, pets)]).toEqual([["units-against-classes"], ["units-against-classes"]]);
  // Another folder is another class: seen when the text changes.
  image("pets/birds/1.png");
  await editor.change(pets, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "// pets\n" });
  await expect.poll(() => codes(editor, pets)).not.toContain("units-against-classes");
});

test("a data file outside of the workspace is not looked at", async () => {
  const outside = folderOf({ "rows.csv": "a,kind\n0.5,oak\n0.5,elm\n" });
  const text = `data d {\n  source = csv("${join(outside.path, "rows.csv")}")\n  label  = nothing\n}\n\nmodel M {\n  input x [1]\n  dense(8) -> tanh\n  dense(3) -> softmax\n}\n\ntrain M on d { epochs = 2000 }\n`;
  const inside = text.replace(/csv\("[^"]*"\)/, 'csv("rows.csv")');
  const folder = folderOf({ "main.nnet": text, "inside.nnet": inside, "rows.csv": "a,kind\n0.5,oak\n0.5,elm\n" });
  const editor = await editorIn(folder);
  await editor.open(folder.at("main.nnet"), text);
  await editor.open(folder.at("inside.nnet"), inside);
  await expect.poll(() => codes(editor, folder.at("inside.nnet"))).toContain("unknown-column");
  expect(codes(editor, folder.at("main.nnet"))).toEqual([]);
});

test("what a probe decides is told in a later round, with the sentences of the file; typing leaves it off", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `"${["a good film", "a bad film and a long one", "not so good a film"][i % 3]}",${i % 2 ? "u" : "v"}`);
  const folder = folderOf({ "r.csv": `said,y\n${rows.join("\n")}\n` });
  const text = 'data d {\n  source = text("r.csv", vocabulary = 40)\n  label = y\n}\nmodel M {\n  input words int [8]\n  embedding(40, 16)\n  repeat 9 { lstm(16, sequences = true) }\n  lstm(16)\n  dense(2) -> softmax\n}\ntrain M on d { }\n';
  const editor = await editorIn(folder);
  const uri = folder.at("probed.nnet");
  await editor.open(uri, text);
  const vanishing = (): string[] => (editor.published.findLast((p) => p.uri === uri)?.diagnostics ?? []).filter((d) => d.code === "vanishing-gradient").map((d) => d.message as string);
  await expect.poll(vanishing, { timeout: 15_000 }).toEqual([expect.stringMatching(/\(estimated, n = \d+ rows of r\.csv\)/)]);
  // Of the text as it was first nothing was said by an estimate.
  expect(editor.published.filter((p) => p.uri === uri).flatMap((p) => p.diagnostics).some((d) => /estimated for inputs/.test(d.message as string))).toBe(false);
  const version = await editor.change(uri, { range: { start: { line: 7, character: 9 }, end: { line: 7, character: 10 } }, text: "1" });
  // It stays until the new one is decided, and goes then.
  expect((await editor.diagnostics(uri, version)).map((d) => d.code)).toContain("vanishing-gradient");
  await expect.poll(vanishing).toEqual([]);
});

test("a data file that is not there is said until it comes, with one that is like it; a folder is not read again with each keystroke", async () => {
  const text = 'data d { source = csv("data/row.csv")   label = y }\nmodel M {\n  input x [1]\n  dense(2) -> softmax\n}\ntrain M on d { optimizer = adam(lr = 0.1)   epochs = 500 }\n';
  const rows = `x,y\n${Array.from({ length: 30 }, (_, i) => `${(i % 7) - 3},${i % 2 ? "a" : "b"}`).join("\n")}\n`;
  const folder = folderOf({ "main.nnet": text });
  const editor = await editorIn(folder);
  const uri = folder.at("main.nnet");
  const said = () => (editor.published.findLast((p) => p.uri === uri)?.diagnostics ?? []).map((d) => `${d.code} ${d.severity} ${/did you mean .*/.exec(String(d.message))?.[0] ?? ""}`);
  await editor.open(uri, text);
  await expect.poll(said).toEqual(["data-not-found 3 "]);
  mkdirSync(join(folder.path, "data"));
  folder.write("data/rows.csv", rows);
  await editor.touched(folder.at("data/rows.csv"));
  await editor.change(uri, { text: `${text}\n` });
  await expect.poll(said).toEqual(["data-not-found 2 did you mean data/rows.csv?"]);
  folder.write("data/row.csv", rows);
  await editor.touched(folder.at("data/row.csv"));
  await expect.poll(said).toEqual([]);
});

test("what stands around a file that is not there is read once until files change", () => {
  let [read, text] = [0, 'data d { source = csv("row.csv")   label = y }\nmodel M {\n  input x [1]\n  dense(2) -> softmax\n}\ntrain M on d { epochs = 500 }\n'];
  const workspace = new Workspace({ ...disk, isFile: () => true, contains: () => true, stamp: () => undefined, entries: () => (read++, [{ name: "rows.csv", folder: false }]) }, () => undefined);
  const opened = () => workspace.opened("file:///w/main.nnet")!.document.analysis().findings.filter((f) => f.code === "data-not-found").map((f) => f.severity);
  workspace.open("file:///w/main.nnet", text, 1);
  for (let version = 2; version < 12; version++) {
    expect(opened()).toEqual(["warning"]);
    workspace.change("file:///w/main.nnet", version, [{ text: (text += "\n") }]);
  }
  expect(read).toBe(1);
  workspace.changedOnDisk(["file:///w/other.csv"]);
  workspace.change("file:///w/main.nnet", 12, [{ text: `${text}\n` }]);
  expect(opened()).toEqual(["warning"]);
  expect(read).toBe(2);
});
