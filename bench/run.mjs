// `npm run bench`: measures, side by side in one run, and prints tables.
//   npm run bench -- keystroke workloads     these alone
//   npm run bench -- --short              fewer rounds: a look, not a result
//   npm run bench -- --write              puts the tables into bench/README.md
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureBuild, ensureDependencies, ensureEngine, nodePath } from "../scripts/setup.mjs";

const benches = {
  keystroke: "./editor/keystroke.mjs",
  requests: "./editor/requests.mjs",
  incremental: "./editor/incremental.mjs",
  langium: "./editor/langium.mjs",
  process: "./editor/process.mjs",
  size: "./editor/size.mjs",
  workloads: "./training/workloads.mjs",
  memory: "./training/memory.mjs",
  accuracy: "./training/accuracy.mjs",
  costs: "./training/costs.mjs",
  outcomes: "./findings/outcomes.mjs",
  rehearsed: "./findings/rehearsed.mjs",
  signal: "./findings/signal.mjs",
};
const readme = fileURLToPath(new URL("README.md", import.meta.url));

const { values, positionals } = parseArgs({ allowPositionals: true, options: { short: { type: "boolean", default: false }, write: { type: "boolean", default: false } } });
const unknown = positionals.filter((n) => !benches[n]);
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(benches);
await ensureDependencies();
if (realpathSync(nodePath()) !== realpathSync(process.execPath)) {
  // What is measured runs on the Node that comes with the packages, and so does this.
  process.exit(spawnSync(nodePath(), process.argv.slice(1), { stdio: "inherit" }).status ?? 1);
}
await ensureBuild();
if (["workloads", "memory", "accuracy", "costs", "outcomes"].some((n) => chosen.includes(n))) await ensureEngine();
console.log(`${machine()}\n`);
for (const name of chosen) {
  const { title, run } = await import(benches[name]);
  const before = loadavg()[0];
  const text = await run({ rounds: values.short ? 2 : 5, short: values.short });
  const section = `${text}\n\n${machine()}; load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after.`;
  console.log(`## ${title}\n\n${section}\n`);
  if (values.write) write(name, section);
}

function machine() {
  const cores = cpus();
  return `${cores.length} cores, ${cores[0].model.trim()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Between the section's two marks. */
function write(name, section) {
  const text = readFileSync(readme, "utf8");
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench/README.md has no place for ${name}: ${start} … ${end}`);
  writeFileSync(readme, `${text.slice(0, from)}${start}\n${section}\n${text.slice(to)}`);
}
