// Completion and hover over stdio, right after an edit, as an editor asks them.
import { interleaved, quantile, spread, table } from "../statistics.mjs";
import { subject } from "./files.mjs";
import { openSession } from "./session.mjs";

const WARM = 20;

async function session({ text, line, character }, count) {
  const s = await openSession(text);
  const times = { completion: [], hover: [] };
  for (let i = 0; i < WARM + count; i++) {
    // The shapes change before each, so that no answer is that of the time before.
    await (i % 2 === 0 ? s.edit(line, character, character, "1") : s.edit(line, character, character + 1, ""));
    const hover = await s.request("textDocument/hover", line, character - 3);
    if (!hover.result) throw new Error("no hover");
    times.hover.push(hover.time);
    const completion = await s.request("textDocument/completion", line, 3);
    if (!completion.result) throw new Error("no completion");
    times.completion.push(completion.time);
  }
  s.end();
  return Object.fromEntries(Object.entries(times).map(([k, t]) => [k, t.slice(WARM)]));
}

export const title = "Completion and hover";

export async function run({ rounds, short }) {
  const count = short ? 50 : 200;
  const files = [undefined, 1000, 10_000].map(subject);
  const results = await interleaved(Object.fromEntries(files.map((f) => [f.name, () => session(f, count)])), rounds);
  const rows = files.map(({ name }) => [name, ...["completion", "hover"].flatMap((k) => [0.5, 0.99].map((q) => spread(results.get(name).map((r) => quantile(r[k], q)))))]);
  return [`Milliseconds from request to answer, each after an edit of a size; ${rounds} rounds of ${count} requests: median over rounds (smallest–largest).`, "", table(["file", "completion: median", "p99", "hover: median", "p99"], rows)].join("\n");
}
