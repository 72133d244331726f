// Keystroke to diagnostics, over stdio, with the real server: one character typed, until its diagnostics arrive.
import { exponent, interleaved, median, quantile, spread, table } from "../statistics.mjs";
import { subject } from "./files.mjs";
import { openSession } from "./session.mjs";

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

async function session(file, count) {
  const s = await openSession(file.text);
  const times = {};
  for (const [name, { type, undo }] of Object.entries(edits)) {
    times[name] = [];
    for (let i = 0; i < WARM + count; i += 2) times[name].push(await type(s, i, file), await undo(s, file));
    times[name] = times[name].slice(WARM);
  }
  s.end();
  return times;
}

export const title = "Keystroke to diagnostics";

export async function run({ rounds, short }) {
  const files = [undefined, 100, 316, 1000, 3162, 10_000].map(subject);
  const ways = Object.fromEntries(files.map((f) => [f.name, () => session(f, short ? 40 : 100)]));
  const results = await interleaved(ways, rounds);
  const over = (name, kind, q) => results.get(name).map((r) => quantile(r[kind], q));
  const kinds = Object.keys(edits);
  const rows = files.map(({ name }) => [name, ...kinds.flatMap((k) => [spread(over(name, k, 0.5)), spread(over(name, k, 0.95))])]);
  const slopes = kinds.map((k) => `${k} ${exponent(files.filter((f) => f.layers).map((f) => [f.layers, median(over(f.name, k, 0.5))])).toFixed(2)}`);
  return [
    `Milliseconds from sending the edit to receiving its diagnostics; ${rounds} rounds, each a new server and ${short ? 40 : 100} edits of a kind after ${WARM} to warm up: median over rounds (smallest–largest).`,
    "",
    table(["file", ...kinds.flatMap((k) => [`${k}: median`, "p95"])], rows),
    "",
    `Exponent of the median over 100 … 10,000 layers: ${slopes.join(", ")}.`,
  ].join("\n");
}
