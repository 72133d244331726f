import { fork } from "node:child_process";
import { join } from "node:path";
import type { Lane, Run } from "./lane.ts";
import { count, quantile, type Result } from "./result.ts";

const PROGRAMS = 100_000;
/** Of the heap without compiled code, in MB, between the first fifth of the texts and the last. */
const MOST_GROWN = 2;
/** Side by side: one for each core of the machine that the figures are from. */
const LANES = 2;

export const title = "Generated programs, through the real server";

export async function run(share: number): Promise<Result> {
  const programs = Math.ceil(PROGRAMS * share);
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, first) => walked({ first, step: LANES, programs })));
  const sum = (of: (run: Run) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
  const wrong = lanes.flatMap((lane) => lane.wrong);
  const times = Float64Array.from(lanes.flatMap((lane) => [...lane.times])).sort();
  for (const [i, { usages }] of lanes.entries()) {
    const [first, last] = [usages[0]!, usages.at(-1)!];
    const grown = last.heap - last.code - (first.heap - first.code);
    if (share === 1 && grown > MOST_GROWN) wrong.push(`lane ${i}: what texts leave behind grew by ${grown.toFixed(1)} MB`);
  }
  return { wrong, text: [
    `${count(programs)} programs made by the grammar from seeds: a tenth without a mistake, of the others half as they are written, two fifths damaged and a tenth soup; ${count(sum((l) => l.errors))} have errors. Each was opened, diagnosed and closed in one of ${LANES} servers, each with a process that asks and judges between its requests; of ${count(sum((l) => l.requests))} further requests (hover, completion, signature, symbols, tokens, hints, actions, lenses, rename, formatting, folding, references) none failed unless it says so below. ${count(sum((l) => l.formatted))} programs were formatted: idempotent, with the same words, comments, models, counts and findings.`,
    "",
    `Milliseconds from asking to the answer: median ${quantile(times, 0.5).toFixed(1)}, 99.9 % within ${quantile(times, 0.999).toFixed(1)}, 99.99 % within ${quantile(times, 0.9999).toFixed(1)}, the longest ${quantile(times, 1).toFixed(0)}.`,
    "",
    `| texts opened and closed by each | ${lanes.map((_, i) => `server ${i + 1}: heap after a collection, MB | of it compiled code | resident, MB`).join(" | ")} |`, `|---|${"---:|---:|---:|".repeat(LANES)}`,
    ...lanes[0]!.usages.map((_, i) => `| ${count((i + 1) * lanes[0]!.every)} | ${lanes.map(({ usages }) => (usages[i] ? `${usages[i].heap.toFixed(1)} | ${usages[i].code.toFixed(1)} | ${usages[i].resident.toFixed(0)}` : "– | – | –")).join(" | ")} |`),
  ].join("\n") };
}

function walked(lane: Lane): Promise<Run> {
  const child = fork(join(import.meta.dirname, "lane.ts"), { serialization: "advanced" });
  child.send(lane);
  return new Promise((resolve, reject) => {
    child.on("message", (run) => resolve(run as Run));
    child.on("exit", (code) => reject(new Error(`lane ${lane.first} has ended with ${code}`)));
  });
}
