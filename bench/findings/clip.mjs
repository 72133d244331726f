// Whether clip = norm(1.0) cures what exploding-gradient finds: networks that it flags, trained as they are and clipped.
//   node bench/findings/clip.mjs
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../editor/files.mjs";
import { table } from "../statistics.mjs";
import { classes, END, images, stack } from "./texts.mjs";

const networks = [
  images("sick", "simple_rnn over 64 pixels, orthogonal(3), sgd 0.1", `reshape([64, 1])\nsimple_rnn(32, recurrent_init = orthogonal(3))\n${END}`, { epochs: 10, optimizer: "sgd(lr = 0.1)" }),
  images("sick", "simple_rnn over 8 rows, orthogonal(4), sgd 0.1", `reshape([8, 8])\nsimple_rnn(48, recurrent_init = orthogonal(4))\n${END}`, { epochs: 20, optimizer: "sgd(lr = 0.1)" }),
  classes("sick", "eight ReLU layers, normal(1), adam", stack(8, "dense(128, init = normal(1)) -> relu")),
  classes("sick", "thirty layers, normal(0.5), sgd 0.01", stack(30, "dense(64, init = normal(0.5)) -> leaky_relu(0.5)"), { optimizer: "sgd(lr = 0.01)" }),
  classes("sick", "forty residual sums, he_normal, adam", `dense(64)\n${stack(40, "add { dense(64, init = he_normal) -> relu -> dense(64, init = he_normal) } { identity }")}`),
  classes("sick", "sixty residual sums, he_normal, sgd 0.01", `dense(48)\n${stack(60, "add { dense(48, init = he_normal) -> relu } { identity }")}`, { optimizer: "sgd(lr = 0.01)", epochs: 8 }),
  classes("sick", "two ReLU layers, normal(10), sgd 0.01", stack(2, "dense(64, init = normal(10)) -> relu"), { optimizer: "sgd(lr = 0.01)" }),
  classes("sick", "five elu layers, truncated_normal(2), sgd 0.01", stack(5, "dense(96, init = truncated_normal(2)) -> elu"), { optimizer: "sgd(lr = 0.01)" }),
];

const SEEDS = [1, 2];
const { runTraining } = await import("../../server/trainer/run.ts");
const folder = mkdtempSync(join(tmpdir(), "nnet-clip-"));
cpSync(join(root, "samples/data"), folder, { recursive: true });

/** Accuracy on the test rows by seed; 0 where the loss is not finite. */
async function scores(text) {
  const found = [];
  for (const seed of SEEDS) {
    const file = join(folder, "network.nnet");
    const seeded = text.replace("epochs =", `seed = ${seed}  epochs =`);
    writeFileSync(file, seeded);
    let end;
    await runTraining({ type: "train", file, text: seeded, out: "runs" }, { cancelled: () => false, emit: (e) => { if (e.event === "end") end = e; } }).catch(() => undefined);
    found.push((end?.testAccuracy ?? 0).toFixed(3));
  }
  return found.join(", ");
}

const rows = [];
for (const { name, text } of networks) rows.push([name, await scores(text), await scores(text.replace("epochs =", "clip = norm(1.0)  epochs ="))]);
rmSync(folder, { recursive: true, force: true });
console.log(table(["network", "as it is", "clip = norm(1.0)"], rows));
