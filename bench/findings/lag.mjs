// Whether batch norm's moving averages are what makes a network that learns predict badly: each is trained with momentum 0.99
// and 0.9, which changes nothing of training itself, beside what server/language/checks/moving-averages.ts says of it.
//   node bench/findings/lag.mjs
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { table } from "../statistics.mjs";
import { A, B } from "./holdout.mjs";
import { more } from "./holdout-more.mjs";
import { classes, conv, END, images, stack } from "./texts.mjs";

const dense = (depth, epochs, init, settings) => classes("healthy", `${depth} dense layers, ${init}, ${epochs} epochs${settings ? `, ${settings.optimizer}` : ""}`, stack(depth, `dense(64, bias = false, init = ${init}) -> batch_norm -> relu`), { epochs, ...settings });
const CONV = `${conv(16, ", bias = false")} -> batch_norm -> relu`;
const pooled = (epochs) => images("healthy", `two convolutions, ${epochs} epochs`, `${CONV}\nmax_pool2d(2)\n${conv(32, ", bias = false")} -> batch_norm -> relu\nflatten\n${END}`, { epochs });
const deep = (epochs, settings) => images("healthy", `five convolutions, ${epochs} epochs${settings ? `, ${settings.optimizer}` : ""}`, `repeat 5 { ${CONV} }\nglobal_avg_pool\n${END}`, { epochs, ...settings });
const SGD = { optimizer: "sgd(lr = 0.1, momentum = 0.9)" };

const networks = [
  ...[...A, ...B, ...more].filter((n) => ["separable convolutions", "two residual blocks with batch norm", "thirty residual convs with batch norm"].includes(n.name)),
  dense(1, 4, "normal(0.01)"), dense(2, 4, "glorot_uniform"), dense(2, 8, "normal(0.02)"), dense(2, 12, "normal(0.02)"), dense(2, 8, "normal(0.005)"), dense(2, 12, "normal(0.005)"), dense(2, 8, "normal(0.02)", SGD),
  dense(6, 4, "glorot_uniform"), dense(6, 6, "glorot_uniform"), pooled(4), pooled(6), pooled(8), deep(4), deep(8), deep(12), deep(8, SGD),
  classes("healthy", "four sigmoid layers, 6 epochs", stack(4, "dense(64, bias = false) -> batch_norm -> sigmoid"), { epochs: 6 }),
];

const SEEDS = [1, 2];
const { runTraining } = await import("../../server/trainer/run.ts");
const { opened, probesOf } = await import("../../server/cli/files.ts");
const { lagsOf, together } = await import("../../server/language/checks/moving-averages.ts");
const { stepsOf } = await import("../../server/language/checks/rates.ts");
const folder = mkdtempSync(join(tmpdir(), "nnet-lag-"));
cpSync(join(root, "samples/data"), folder, { recursive: true });
const file = join(folder, "network.nnet");

/** Accuracy in the last epoch's training, and of the best weights on the test rows, by seed. */
async function scores(text) {
  const found = [];
  for (const seed of SEEDS) {
    let [end, last] = [];
    writeFileSync(file, text);
    await runTraining({ type: "train", file, text: text.replace("epochs =", `seed = ${seed}  epochs =`), out: "runs", measure: 0 }, { cancelled: () => false, emit: (e) => { if (e.event === "end") end = e; else if (e.event === "epoch") last = e; } });
    found.push([last.accuracy, end.testAccuracy]);
  }
  return [0, 1].map((i) => found.map((f) => f[i].toFixed(2)).join(", "));
}

const rows = [];
for (const { name, text } of networks) {
  writeFileSync(file, text);
  const { trains: [train], findings } = (await opened({ shown: file, path: file }, { probes: probesOf().probes })).analysis();
  const steps = stepsOf(train);
  const off = together(lagsOf(train, steps));
  const [[learned, slow], [, fast]] = [await scores(text), await scores(text.replaceAll("batch_norm", "batch_norm(momentum = 0.9)"))];
  rows.push([name, (0.99 ** steps).toFixed(3), off.toFixed(2), findings.some((f) => f.code === "moving-averages") ? "yes" : "", learned, slow, fast]);
  console.error(rows.at(-1).join(" | "));
}
rmSync(folder, { recursive: true, force: true });
console.log(table(["network", "0.99^steps", "deviations off", "flagged", "in training", "predicted, 0.99", "predicted, 0.9"], rows));
