// Keystroke to diagnostics, over stdio, with the real server: one character typed, until its diagnostics arrive.
import { exponent, interleaved, median, quantile, spread, table } from "../statistics.mjs";
import { subject } from "./files.mjs";
import { openSession } from "./session.mjs";
import { uncheckedServer } from "./unchecked.mjs";

const WARM = 20;

/** What is typed, and then taken back. */
const edits = {
  /** A digit of a size: shapes and counts change. */
  "a digit": { type: (s, i, { line, character }) => s.edit(line, character, character, String(1 + (i % 9))), undo: (s, { line, character }) => s.edit(line, character, character + 1, "") },
  /** A new line: every line below moves. */
  "a new line": { type: (s, _i, { line }) => s.edit(line, 0, 0, "  dropout(0.5)\n"), undo: (s, { line }) => s.edit(line, 0, 0, "", line + 1) },
  /** A letter in a layer's name: it means nothing, and no shape below is known. */
  "a broken name": { type: (s, _i, { line }) => s.edit(line, 2, 2, "x"), undo: (s, { line }) => s.edit(line, 2, 3, "") },
};

async function session(file, count, server) {
  const s = await openSession(file.text, server && { server });
  const times = {};
  const processor = {};
  for (const [name, { type, undo }] of Object.entries(edits)) {
    times[name] = [];
    let before = 0;
    for (let i = 0; i < WARM + count; i += 2) {
      if (i === WARM) before = s.processor();
      times[name].push(await type(s, i, file), await undo(s, file));
    }
    processor[name] = (s.processor() - before) / count;
    times[name] = times[name].slice(WARM);
  }
  s.end();
  return { times, processor };
}

export const title = "Keystroke to diagnostics";

export async function run({ rounds, short }) {
  const files = [undefined, 100, 316, 1000, 3162, 10_000].map(subject);
  const count = short ? 40 : 100;
  const unchecked = await uncheckedServer();
  const compared = files.filter((f) => f.layers === undefined || f.layers === 1000 || f.layers === 10_000);
  const without = (f) => `${f.name}, no checks`;
  const ways = Object.fromEntries(files.flatMap((f) => [[f.name, () => session(f, count)], ...(compared.includes(f) ? [[without(f), () => session(f, count, unchecked)]] : [])]));
  const results = await interleaved(ways, rounds);
  const over = (name, kind, q) => results.get(name).map((r) => quantile(r.times[kind], q));
  const kinds = Object.keys(edits);
  const rows = files.map(({ name }) => [name, ...kinds.flatMap((k) => [spread(over(name, k, 0.5)), spread(over(name, k, 0.95))])]);
  const processor = (name, kind) => results.get(name).map((r) => r.processor[kind]);
  const costs = compared.map((f) => [f.name, ...kinds.flatMap((k) => [spread(processor(f.name, k)), (median(processor(f.name, k)) / median(processor(without(f), k))).toFixed(2)])]);
  const slopes = kinds.map((k) => `${k} ${exponent(files.filter((f) => f.layers).map((f) => [f.layers, median(over(f.name, k, 0.5))])).toFixed(2)}`);
  return [
    `Milliseconds from sending the edit to receiving its diagnostics; ${rounds} rounds, each a new server and ${count} edits of a kind after ${WARM} to warm up: median over rounds (smallest–largest).`,
    "",
    table(["file", ...kinds.flatMap((k) => [`${k}: median`, "p95"])], rows),
    "",
    `Exponent of the median over 100 … 10,000 layers: ${slopes.join(", ")}.`,
    "",
    "What the checks cost: milliseconds of processor time that an edit takes the server, all its threads together, and that as a multiple of what a server takes that is built without checks, in rounds between the others. It says less of the waiting, and depends less on what else the machine does.",
    "",
    table(["file", ...kinds.flatMap((k) => [`${k}: processor`, "× without checks"])], costs),
  ].join("\n");
}
