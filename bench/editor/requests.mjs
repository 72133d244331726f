// Requests over stdio, right after an edit, as an editor asks them.
import { interleaved, median, quantile, spread, table } from "../statistics.mjs";
import { subject } from "./files.mjs";
import { openSession } from "./session.mjs";

const WARM = 20;
/** Lines that a window shows. */
const WINDOW = 60;

async function session({ text, line, character }, count) {
  const s = await openSession(text);
  const names = text.split("\n");
  const relu = names.findIndex((l, i) => i > line && /\brelu\b/.test(l));
  const asked = {
    completion: ["textDocument/completion", { position: { line, character: 3 } }],
    "hover on a convolution": ["textDocument/hover", { position: { line, character: character - 3 } }],
    "hover on an activation": ["textDocument/hover", { position: { line: relu, character: names[relu].search(/\brelu\b/) + 1 } }],
  };
  const times = Object.fromEntries(Object.keys(asked).map((k) => [k, []]));
  for (let i = 0; i < WARM + count; i++) {
    // The shapes change before each, so that no answer is that of the time before.
    await (i % 2 === 0 ? s.editAndAsk(line, character, character, "1") : s.editAndAsk(line, character, character + 1, ""));
    for (const [name, [method, parameters]] of Object.entries(asked)) {
      const { time, result } = await s.request(method, parameters);
      if (!result) throw new Error(`no ${name}`);
      times[name].push(time);
    }
  }
  s.end();
  return Object.fromEntries(Object.entries(times).map(([k, t]) => [k, t.slice(WARM)]));
}

/** Every request that reads a whole file or a window of it, once after each edit. */
async function whole({ text, line, character }, count) {
  const s = await openSession(text);
  const position = { line, character: character - 3 };
  const all = { start: { line: 0, character: 0 }, end: { line: text.split("\n").length, character: 0 } };
  const part = { start: { line, character: 0 }, end: { line: line + WINDOW, character: 0 } };
  let previousResultId = "";
  const asked = {
    "semantic tokens": ["textDocument/semanticTokens/full", () => ({})],
    "semantic tokens, what changed": ["textDocument/semanticTokens/full/delta", () => ({ previousResultId })],
    "semantic tokens of a window": ["textDocument/semanticTokens/range", () => ({ range: part })],
    "inlay hints": ["textDocument/inlayHint", () => ({ range: all })],
    "inlay hints of a window": ["textDocument/inlayHint", () => ({ range: part })],
    outline: ["textDocument/documentSymbol", () => ({})],
    "code lenses": ["textDocument/codeLens", () => ({})],
    folding: ["textDocument/foldingRange", () => ({})],
    "signature help": ["textDocument/signatureHelp", () => ({ position: { line, character } })],
    definition: ["textDocument/definition", () => ({ position })],
    references: ["textDocument/references", () => ({ position, context: { includeDeclaration: true } })],
    highlights: ["textDocument/documentHighlight", () => ({ position })],
    "selection ranges": ["textDocument/selectionRange", () => ({ positions: [position] })],
    "code actions": ["textDocument/codeAction", () => ({ range: { start: position, end: position }, context: { diagnostics: [] } })],
    "diagnostics, asked for": ["textDocument/diagnostic", () => ({})],
    formatting: ["textDocument/formatting", () => ({ options: { tabSize: 2, insertSpaces: true } })],
  };
  const times = Object.fromEntries(Object.keys(asked).map((k) => [k, []]));
  const cancelled = [];
  for (let i = 0; i < WARM / 2 + count; i++) {
    await (i % 2 === 0 ? s.editAndAsk(line, character, character, "1") : s.editAndAsk(line, character, character + 1, ""));
    for (const [name, [method, parameters]] of Object.entries(asked)) {
      const { time, result } = await s.request(method, parameters());
      if (method.includes("semanticTokens/full")) previousResultId = result.resultId;
      times[name].push(time);
    }
    // While one is worked on another one waits, and is taken back.
    const [, { time, taken }] = await Promise.all([s.request("textDocument/semanticTokens/full", {}), s.cancelled("textDocument/inlayHint", { range: all })]);
    cancelled.push({ time, taken });
  }
  s.end();
  return { times: Object.fromEntries(Object.entries(times).map(([k, t]) => [k, t.slice(WARM / 2)])), cancelled: cancelled.slice(WARM / 2) };
}

export const title = "Requests";

export async function run({ rounds, short }) {
  const count = short ? 50 : 200;
  const files = [undefined, 1000, 10_000].map(subject);
  const large = files[files.length - 1];
  const results = await interleaved({ ...Object.fromEntries(files.map((f) => [f.name, () => session(f, count)])), whole: () => whole(large, short ? 20 : 40) }, rounds);
  const over = (r, kind, q) => spread(results.get(r).map((t) => quantile(t[kind], q)));
  const kinds = Object.keys(results.get(large.name)[0]);
  const rows = files.map(({ name }) => [name, ...kinds.flatMap((k) => [0.5, 0.99].map((q) => over(name, k, q)))]);
  const readers = results.get("whole");
  const others = Object.keys(readers[0].times).map((k) => [k, ...[0.5, 1].map((q) => spread(readers.map((r) => quantile(r.times[k], q))))]);
  const slowest = Math.max(...readers.flatMap((r) => Object.values(r.times).map(median)));
  const cancelled = readers.flatMap((r) => r.cancelled);
  return [
    `Milliseconds from request to answer, each right after an edit of a size and the answer to what is wrong with it, as VS Code asks; ${rounds} rounds of ${count} requests: median over rounds (smallest–largest).`,
    "",
    table(["file", ...kinds.flatMap((k) => [`${k}: median`, "p99"])], rows),
    "",
    `The other requests in the file of ${large.name}, ${rounds} rounds of ${short ? 20 : 40}, each after an edit; a window is ${WINDOW} lines. The slowest median is ${slowest.toFixed(0)} ms. Inlay hints of the whole file that were taken back while semantic tokens were worked on: ${cancelled.filter((c) => c.taken).length} of ${cancelled.length} not worked on, answered after ${median(cancelled.map((c) => c.time)).toFixed(1)} ms.`,
    "",
    table(["request", "median", "slowest"], others),
  ].join("\n");
}
