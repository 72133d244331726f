// What rehearsals of trainings find: of the networks of trained.mjs alone, as if there were no other check, and beside them.
// Thresholds of server/language/rehearsal/verdict.ts were set by the lists up to later.mjs.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { median, table } from "../statistics.mjs";
import { HEALTHY, kept, keyOf, SICK } from "./outcomes.mjs";
import { networks } from "./trained.mjs";

export const title = "Rehearsals against outcomes";

/** Outcomes are those of `npm run bench -- outcomes`, from scores.json; of networks that have none there, what their author meant. */
export async function run({ short }) {
  const { opened, probesOf } = await import("../../server/cli/files.ts");
  const { rehearsed } = await import("../../server/language/checks/rehearsed.ts");
  const scores = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const folder = mkdtempSync(join(tmpdir(), "nnet-rehearsed-"));
  cpSync(join(root, "samples/data"), folder, { recursive: true });
  try {
    const results = [];
    for (const [i, network] of networks.entries()) {
      if (short && i % 10 > 0) continue;
      const file = join(folder, `${i}.nnet`);
      writeFileSync(file, network.text);
      const { probes } = probesOf();
      const analysis = async (tries) => (await opened({ shown: file, path: file }, tries)).analysis();
      const flagged = ({ findings }) => findings.some((f) => f.severity === "error" || f.severity === "warning");
      const { rehearsals } = probesOf();
      const now = await analysis({ probes, rehearsals });
      const [train] = now.trains;
      let verdict;
      if (train.model) rehearsed(train, [], probesOf().rehearsals, (_train, { verdict: found }) => ((verdict = found?.kind), []));
      const of = Object.values(scores[keyOf(network)] ?? {});
      results.push({ ...network, score: of.length > 0 ? median(of) : undefined, verdict: verdict ?? "none", before: flagged(await analysis({ probes })), now: flagged(now) });
      process.stderr.write(`\r${i + 1} of ${networks.length} `);
    }
    process.stderr.write("\r");
    return report(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(results) {
  const best = (task) => Math.max(...results.flatMap((r) => (r.task === task && r.score !== undefined ? [r.score] : [])));
  const judged = results.map((r) => {
    const share = r.score === undefined ? undefined : r.score / best(r.task);
    return { ...r, outcome: share === undefined ? r.expect : share < SICK ? "sick" : share >= HEALTHY ? "healthy" : "between" };
  });
  const count = (outcome, is) => judged.filter((r) => r.outcome === outcome && is(r)).length;
  const outcomes = ["sick", "between", "healthy"];
  const told = (list) => list.map((r) => `${r.name} (${r.outcome}${r.score === undefined ? "" : `, ${r.score.toFixed(2)}`})`).join("; ");
  const wrong = judged.filter((r) => r.outcome !== "sick" && ["diverges", "stalls"].includes(r.verdict));
  const added = judged.filter((r) => r.now && !r.before);
  return [
    `${results.length} networks. Alone: what a rehearsal shows where no other check is asked. none: too few steps fit, or the labels of its rows are not known.`,
    "",
    table(["outcome", "diverges", "stalls", "learns", "none", "flagged by the other checks", "and by rehearsals"], outcomes.map((o) => [o, ...["diverges", "stalls", "learns", "none"].map((v) => count(o, (r) => r.verdict === v)), count(o, (r) => r.before), count(o, (r) => r.now)])),
    ...(wrong.length === 0 ? [] : ["", `Wrong alone: ${told(wrong)}.`]),
    ...(added.length === 0 ? [] : ["", `Only by a rehearsal: ${told(added)}.`]),
  ].join("\n");
}
