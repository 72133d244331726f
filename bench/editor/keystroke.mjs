// Keystroke to diagnostics, over stdio, with the real server: one character typed, until its diagnostics arrive.
import { exponent, interleaved, median, quantile, spread, table } from "../statistics.mjs";
import { subject } from "./files.mjs";
import { openSession } from "./session.mjs";
import { serverWithout } from "./unchecked.mjs";

const WARM = 20;
/** A session's first edits run code that is not compiled yet: they are told apart, and so many are made before the others. */
const FIRST = 60;
const SETTLED = 300;

/** Milliseconds that a keystroke may take, p95. */
const LIMITS = { "ResNet-50": 5, "1,000 layers": 16, "10,000 layers": 100 };

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
  const asked = {};
  const digit = edits["a digit"];
  const early = [];
  for (let i = 0; i < (file.layers > 2000 ? FIRST : SETTLED); i += 2) early.push(await digit.type(s, i, file), await digit.undo(s, file));
  const asking = { edit: (...edit) => s.editAndAsk(...edit) };
  for (const [name, { type, undo }] of Object.entries(edits)) {
    asked[name] = [];
    let before = 0;
    for (let i = 0; i < WARM + count; i += 2) {
      if (i === WARM) before = s.processor();
      asked[name].push(await type(asking, i, file), await undo(asking, file));
    }
    processor[name] = (s.processor() - before) / count;
    asked[name] = asked[name].slice(WARM);
    times[name] = [];
    for (let i = 0; i < WARM + count; i += 2) times[name].push(await type(s, i, file), await undo(s, file));
    times[name] = times[name].slice(WARM);
  }
  s.end();
  return { times, asked, processor, early: early.slice(0, FIRST), all: [...early, ...Object.values(times).flat()] };
}

export const title = "Keystroke to diagnostics";

export async function run({ rounds, short }) {
  const files = [undefined, 100, 316, 1000, 3162, 10_000].map(subject);
  const count = short ? 40 : 100;
  const compared = files.filter((f) => f.layers === undefined || f.layers === 1000 || f.layers === 10_000);
  const lesser = { unchecked: await serverWithout("unchecked"), "without-signal": await serverWithout("without-signal") };
  const without = (f, what) => `${f.name}, ${what}`;
  const ways = Object.fromEntries(files.flatMap((f) => [[f.name, () => session(f, count)], ...(compared.includes(f) ? Object.entries(lesser).map(([what, server]) => [without(f, what), () => session(f, count, server)]) : [])]));
  const results = await interleaved(ways, rounds);
  const over = (name, kind, q) => results.get(name).map((r) => quantile(r.times[kind], q));
  const kinds = Object.keys(edits);
  const early = (name, q) => results.get(name).map((r) => quantile(r.early, q));
  const session95 = (name) => results.get(name).map((r) => quantile(r.all, 0.95));
  const rows = files.map(({ name }) => [name, spread(early(name, 0.5)), spread(early(name, 0.95)), spread(session95(name)), ...kinds.flatMap((k) => [spread(over(name, k, 0.5)), spread(over(name, k, 0.95))])]);
  const processor = (name, kind) => results.get(name).map((r) => r.processor[kind]);
  const typical = (name, kind) => over(name, kind, 0.5);
  const whole = (name, kind) => results.get(name).map((r) => quantile(r.asked[kind], 0.5));
  const ratio = (of, f, k, what) => (median(of(f.name, k)) / median(of(without(f, what), k))).toFixed(2);
  /** Of the time that a keystroke may take. */
  const share = (f, k, what) => `${((100 * (median(whole(f.name, k)) - median(whole(without(f, what), k)))) / LIMITS[f.name]).toFixed(0)} %`;
  const costs = compared.flatMap((f) => kinds.map((k) => [
    `${f.name} (≤ ${LIMITS[f.name]}), ${k}`,
    spread(whole(f.name, k)),
    ...Object.keys(lesser).reverse().flatMap((what) => [ratio(whole, f, k, what), ratio(processor, f, k, what), share(f, k, what)]),
    ratio(typical, f, k, "unchecked"),
  ]));
  const slopes = kinds.map((k) => `${k} ${exponent(files.filter((f) => f.layers).map((f) => [f.layers, median(over(f.name, k, 0.5))])).toFixed(2)}`);
  return [
    `Milliseconds from sending the edit to receiving its diagnostics; ${rounds} rounds, each a new server and ${count} edits of a kind. Code is compiled as it is used: the first ${FIRST} edits of a session stand by themselves, and the next column has all of a session together, its first included; the others come after ${SETTLED} of them (${FIRST} in the two longest files) and ${WARM} of their own kind. Median over rounds (smallest–largest).`,
    "",
    table(["file", `first ${FIRST}: median`, "p95", "all edits: p95", ...kinds.flatMap((k) => [`${k}: median`, "p95"])], rows),
    "",
    `Exponent of the median over 100 … 10,000 layers: ${slopes.join(", ")}.`,
    "",
    "What signal propagation and all checks cost: the median of an edit whose diagnostics are asked for in the same breath, as VS Code does, so that the answer waits for the checks, against servers without the checks that read signals, and without any, in rounds between the others. × is the multiple of that server's median, processor that of its processor time (all threads: compiling and collecting run beside it), and the share is what is added of the limit in the first column. Until errors: the same multiple for diagnostics that the server sends unasked; of a large model what the checks find follows once nothing else is waiting.",
    "",
    table(["file (limit, ms), edit", "ms", "signals: ×", "processor ×", "of the limit", "all checks: ×", "processor ×", "of the limit", "until errors ×"], costs),
  ].join("\n");
}
