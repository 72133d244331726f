// What an edit makes the language do again, counted by the language itself, in a file of many declarations.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interleaved, median, spread, table } from "../statistics.mjs";
import { root } from "./files.mjs";

const DECLARATIONS = [50, 500];
const LAYERS = 20;

/** One process: the file opened, then edits of each kind. Gives per kind the work of one edit and the milliseconds of all. */
async function measure(declarations, count) {
  const { Document } = await import(join(root, "server/language/index.ts"));
  const { work } = await import(join(root, "server/language/work.ts"));
  const { text, lineOf, blockLine } = subject(declarations);
  let document;
  const around = (step) => {
    const before = { ...work };
    const start = performance.now();
    step();
    void document.analysis().findings;
    return { ms: performance.now() - start, work: Object.fromEntries(Object.entries(work).map(([k, n]) => [k, n - before[k]])) };
  };
  const at = (line, from, to = from) => ({ start: { line, character: from }, end: { line, character: to } });
  const opening = around(() => (document = new Document("/bench.nnet", text)));
  const middle = lineOf(Math.floor(declarations / 2));
  const size = document.lineText(middle).indexOf("(") + 1;
  const kinds = {
    "a size in the first layer of a model": [(i) => document.edit(at(middle, size), String(1 + (i % 9))), () => document.edit(at(middle, size, size + 1), "")],
    "a size in its last layer": [(i) => document.edit(at(middle + LAYERS - 2, size), String(1 + (i % 9))), () => document.edit(at(middle + LAYERS - 2, size, size + 1), "")],
    "a new line, every line below moves": [() => document.edit(at(middle, 0), "  dropout(0.5)\n"), () => document.edit({ start: { line: middle, character: 0 }, end: { line: middle + 1, character: 0 } }, "")],
    "a comment between declarations": [() => document.edit(at(middle - 3, 0), "// "), () => document.edit(at(middle - 3, 0, 3), "")],
    "a layer in a block that a tenth of the models uses": [(i) => document.edit(at(blockLine, size), String(1 + (i % 9))), () => document.edit(at(blockLine, size, size + 1), "")],
  };
  const edits = {};
  for (const [name, [type, undo]] of Object.entries(kinds)) {
    const done = [];
    for (let i = 0; i < count; i += 2) done.push(around(() => type(i)), around(undo));
    const later = done.slice(done.length / 2);
    // The work of one size typed: of those that are typed for the first time, the most.
    const most = Object.fromEntries(Object.keys(work).map((k) => [k, Math.max(...done.map((d) => d.work[k]))]));
    edits[name] = { work: most, ms: median(later.map((d) => d.ms)) };
  }
  return { opening, edits };
}

/** Models of 20 layers each, one in ten of which uses a block. */
function subject(declarations) {
  const block = ["block Shared {", "  conv2d(16, 3, padding = same)", "}"];
  const model = (d) => [`model M${d} {`, "  input image [64, 64, 8]", ...Array.from({ length: LAYERS }, (_, i) => (i === 2 && d % 10 === 0 ? "  Shared" : i % 2 === 0 ? `  conv2d(${8 + (((i + d) * 7) % 57)}, 3, padding = same)` : "  relu")), "}", ""];
  const lines = [...block, ""];
  const starts = [];
  for (let d = 0; d < declarations; d++) {
    starts.push(lines.length);
    lines.push(...model(d));
  }
  return { text: lines.join("\n"), lineOf: (d) => starts[d] + 2, blockLine: 1 };
}

export const title = "What an edit makes anew";

export async function run({ rounds, short }) {
  const count = short ? 20 : 60;
  const results = await interleaved(Object.fromEntries(DECLARATIONS.map((n) => [n, () => inProcess(n, count)])), rounds);
  const largest = DECLARATIONS[DECLARATIONS.length - 1];
  const [first] = results.get(String(largest));
  const counts = ({ lines, statements, models, layers, shapes, checked }) => [lines, statements, models, layers, shapes, checked].map((n) => n.toLocaleString("en-US"));
  const ms = (n, of) => spread(results.get(String(n)).map(of), 2);
  const kinds = Object.keys(first.edits);
  const both = (of) => DECLARATIONS.map((n) => ms(n, of));
  const rows = [
    ["opening the file", ...counts(first.opening.work), ...both((r) => r.opening.ms)],
    ...kinds.map((k) => [k, ...counts(first.edits[k].work), ...both((r) => r.edits[k].ms)]),
  ];
  return [
    `A file of ${largest} models of ${LAYERS} layers and one block, without transport. Counted by the language (server/language/work.ts): the most that one edit of the kind made anew. Milliseconds from the edit to its analysis, ${rounds} processes of ${count} edits a kind, the second half of them: median over processes (smallest–largest).`,
    "",
    table(["edit", "lines cut", "statements parsed", "models expanded", "layers made", "shapes inferred", "models checked", ...DECLARATIONS.map((n) => `ms, ${n} models`)], rows),
  ].join("\n");
}

function inProcess(declarations, count) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(declarations), String(count)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await measure(Number(process.argv[2]), Number(process.argv[3]))));
