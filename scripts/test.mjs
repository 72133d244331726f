// `npm test`: sets up everything that the tests need, runs every stage, and ends with a line of counts.
// `npm test -- --only unit,editor` runs only these stages.
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuild, ensureDependencies, node, root } from "./setup.mjs";

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1].split(",") : undefined;
const logs = join(root, ".cache/logs");
mkdirSync(logs, { recursive: true });

const results = [];
let passed = 0;
let failed = 0;
let skipped = 0;

/** Runs one stage to its end, its output in a log; a failure shows the log's tail and lets the others run. */
async function stage(name, command, args, count = () => undefined) {
  if (only && !only.includes(name)) return;
  const started = Date.now();
  process.stdout.write(`${name} … `);
  const log = join(logs, `${name}.log`);
  const out = createWriteStream(log);
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FORCE_COLOR: "0" } });
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  const code = await new Promise((resolve) => {
    child.on("error", (e) => (out.write(String(e)), resolve(1)));
    child.on("close", resolve);
  });
  await new Promise((resolve) => out.end(resolve));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const counts = count();
  passed += counts ? counts.passed : code === 0 ? 1 : 0;
  failed += counts ? Math.max(counts.failed, code === 0 ? 0 : 1) : code === 0 ? 0 : 1;
  skipped += counts?.skipped ?? 0;
  results.push({ name, code, seconds });
  console.log(`${code === 0 ? "ok" : "FAILED"} (${seconds} s)${counts ? ` ${counts.passed} passed, ${counts.failed} failed` : ""}`);
  if (code !== 0) console.log(`${readFileSync(log, "utf8").split("\n").slice(-80).join("\n")}\n  (all of it: .cache/logs/${name}.log)`);
}

function fromJson(file) {
  return () => {
    const path = join(root, file);
    if (!existsSync(path)) return undefined;
    const r = JSON.parse(readFileSync(path, "utf8"));
    return { passed: r.numPassedTests ?? r.passed, failed: r.numFailedTests ?? r.failed, skipped: r.numPendingTests ?? r.skipped ?? 0 };
  };
}

ensureDependencies();
ensureBuild();
const bin = (name) => join(root, "node_modules/.bin", name);
if (existsSync(join(root, "scripts/nnet.mjs"))) await stage("engine", node(), ["scripts/nnet.mjs", "engine", "install"]);
await stage("types", bin("tsc"), ["-b"]);
if (existsSync(join(root, "eslint.config.mjs"))) await stage("lint", bin("eslint"), ["."]);
await stage("unit", node(), [join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json", "--outputFile.json=.cache/unit.json"], fromJson(".cache/unit.json"));
if (existsSync(join(root, "test/editor/ready"))) await stage("editor", node(), ["test/editor/run.mjs"], fromJson(".cache/editor.json"));

console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
