// `npm run soak`: texts that nobody writes, by the hundred thousand, and what became of them.
//   npm run soak -- hostile damage    these alone
//   npm run soak -- --share 0.01      so much of each: a look, not a result
//   npm run soak -- --write           puts the tables into docs/robustness.md
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureBuild, ensureDependencies, nodePath } from "../../scripts/setup.mjs";

const names = ["texts", "edits", "damage", "generated", "hostile", "features"];
const page = fileURLToPath(new URL("../../docs/robustness.md", import.meta.url));

const { values, positionals } = parseArgs({ allowPositionals: true, options: { share: { type: "string", default: "1" }, write: { type: "boolean", default: false } } });
const unknown = positionals.filter((n) => !names.includes(n));
if (unknown.length > 0 || !(Number(values.share) > 0)) {
  console.error(`npm run soak -- [${names.join("|")}]… [--share 0.01] [--write]`);
  process.exit(2);
}
await ensureDependencies();
if (realpathSync(nodePath()) !== realpathSync(process.execPath)) process.exit(spawnSync(nodePath(), process.argv.slice(1), { stdio: "inherit" }).status ?? 1);
await ensureBuild();

let failed = false;
for (const name of positionals.length > 0 ? positionals : names) {
  const started = Date.now();
  const { title, run } = await import(`./${name}.ts`);
  const { text, wrong } = await run(Number(values.share));
  failed ||= wrong.length > 0;
  const section = [text, "", wrong.length === 0 ? "Nothing went wrong." : `**${wrong.length} went wrong**, the first: ${wrong.slice(0, 20).join("; ")}`, "", `${((Date.now() - started) / 1000).toFixed(0)} s, ${values.share === "1" ? "full size" : `${values.share} of the full size`}; ${cpus().length} cores, ${cpus()[0].model.trim()}, load average ${loadavg()[0].toFixed(1)}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`].join("\n");
  console.log(`## ${title}\n\n${section}\n`);
  if (values.write) write(name, section);
}
process.exit(failed ? 1 : 0);

/** Between the section's two marks. */
function write(name, section) {
  const text = readFileSync(page, "utf8");
  const [start, end] = [`<!-- soak:${name} -->`, `<!-- /soak:${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/robustness.md has no place for ${name}`);
  writeFileSync(page, `${text.slice(0, from)}${start}\n${section}\n${text.slice(to)}`);
}
