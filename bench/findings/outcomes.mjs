// Whether the checks' warnings come true: each network of trained.mjs is checked, then trained by the real trainer.
// An outcome is measured against the best network of its task, never against what the checker says.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../editor/files.mjs";
import { median, table } from "../statistics.mjs";
import { networks } from "./trained.mjs";

export const title = "Findings against outcomes";

/** Share of the best network's score (accuracy, or R²) below which a network is sick, and from which on it is healthy. */
export const SICK = 0.9;
export const HEALTHY = 0.93;

export const kept = fileURLToPath(new URL("scores.json", import.meta.url));

/**
 * A score depends on the network's text and the seed, not on what the checks say, so it is measured once and kept in
 * scores.json; a network whose text changes is trained again. Delete the file to measure all of them.
 */
export async function run({ short }) {
  const { runTraining } = await import("../../server/trainer/run.ts");
  const { opened, probesOf } = await import("../../server/cli/files.ts");
  const folder = mkdtempSync(join(tmpdir(), "nnet-outcomes-"));
  cpSync(join(root, "samples/data"), folder, { recursive: true });
  const seeds = short ? [1] : [1, 2, 3];
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const measured = {};
  try {
    const results = [];
    for (const [i, network] of networks.entries()) {
      const probes = probesOf();
      const file = join(folder, `${i}.nnet`);
      writeFileSync(file, network.text);
      const { findings } = (await opened({ shown: file, path: file }, probes)).analysis();
      const flagged = findings.filter((f) => f.severity === "error" || f.severity === "warning");
      const key = keyOf(network);
      const scores = (measured[key] = { ...known[key] });
      for (const seed of seeds) {
        if (scores[seed] !== undefined) continue;
        scores[seed] = Number((await score(runTraining, file, network.text.replace("epochs =", `seed = ${seed}  epochs =`), network.task)).toPrecision(6));
        writeFileSync(kept, written({ ...known, ...measured }));
      }
      results.push({ ...network, codes: [...new Set(flagged.map((f) => f.code))], score: median(seeds.map((s) => scores[s])) });
      process.stderr.write(`\r${i + 1} of ${networks.length} `);
    }
    process.stderr.write("\r");
    // Those of networks that are no more go.
    writeFileSync(kept, written(measured));
    return report(results, seeds.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By which scores.json has its scores. */
export const keyOf = ({ text }) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** A line for each network, so that a change of one is one line. */
function written(scores) {
  const lines = Object.entries(scores).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, of]) => `  ${JSON.stringify(key)}: ${JSON.stringify(of)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** Accuracy of the best weights on the test rows, or R² for numbers; 0 where training failed. */
export async function score(runTraining, file, text, task) {
  let end;
  let failed;
  try {
    await runTraining({ type: "train", file, text, out: "runs" }, { cancelled: () => false, emit: (e) => { if (e.event === "end") end = e; } });
  } catch (e) {
    failed = e;
  }
  // What the trainer refuses or stops (a loss that is not finite) has learned nothing.
  if (!end) return failed?.event === undefined ? Promise.reject(failed) : 0;
  if (task.startsWith(COPIED)) return 1 - end.testLoss / DIGITS_VARIANCE;
  return end.testMetrics?.r2 ?? end.testAccuracy;
}

const COPIED = "digits, copied";
/** Of a pixel over rows, in the mean over pixels, scaled to [0, 1]. */
const DIGITS_VARIANCE = 0.0734;

function report(results, seeds) {
  const best = (task) => Math.max(...results.filter((r) => r.task === task).map((r) => r.score));
  const judged = results.map((r) => {
    const share = r.score / best(r.task);
    return { ...r, outcome: share < SICK ? "sick" : share >= HEALTHY ? "healthy" : "between" };
  });
  const count = (outcome, flagged) => judged.filter((r) => r.outcome === outcome && r.codes.length > 0 === flagged).length;
  const [tp, fn, fp, tn] = [count("sick", true), count("sick", false), count("healthy", true), count("healthy", false)];
  const wrong = judged.filter((r) => (r.outcome === "sick") !== r.codes.length > 0 && r.outcome !== "between");
  return [
    `${results.length} networks on the samples' data, ${seeds} seed${seeds === 1 ? "" : "s"} each, trained by the real trainer. Sick: the median score (accuracy or R² on the test rows) is below ${SICK} of the best network's of its task; healthy: from ${HEALTHY} on. Flagged: an error or a warning.`,
    "",
    table(["outcome, measured", "flagged", "not flagged"], [["sick", tp, fn], ["healthy", fp, tn], ["between", count("between", true), count("between", false)]]),
    "",
    `Recall ${(tp / (tp + fn)).toFixed(3)}; false alarms ${fp} of ${fp + tn} healthy networks.`,
    ...(wrong.length === 0 ? [] : ["", "Where warning and outcome differ:", "", table(["network", "score", "outcome", "codes"], wrong.map((r) => [r.name, r.score.toFixed(3), r.outcome, r.codes.join(", ") || "none"]))]),
    "",
    "<details><summary>Each network</summary>",
    "",
    table(["network", "task", "score", "outcome", "codes"], judged.map((r) => [r.name, r.task, r.score.toFixed(3), r.outcome, r.codes.join(", ") || "none"])),
    "",
    "</details>",
  ].join("\n");
}
