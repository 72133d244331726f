// `npm test`: sets up everything that the tests need, runs every stage, and ends with a line of counts.
// `npm test -- --only unit,editor` runs these stages alone. Whole outputs are in .cache/logs.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureBuild, ensureDependencies, ensureEngine, nodePath } from "./setup.mjs";
import { root } from "./sources.mjs";
import { timed } from "./timed.mjs";

const TAIL = 80;
const logs = join(root, ".cache/logs");
const unitReport = join(root, ".cache/unit.json");

/** In this order; `count` reads passed, failed and skipped from the stage's output. Without it a stage is one test. */
const stages = {
  types: { args: ["node_modules/typescript/bin/tsc", "-b"] },
  lint: { args: ["node_modules/eslint/bin/eslint.js", "."] },
  unit: { args: ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${unitReport}`], count: unitCounts },
  package: { npm: ["run", "--silent", "package"] },
  editor: { args: ["test/editor/run.mjs"], count: editorCounts },
};

const chosen = choose(process.argv.slice(2));
try {
  await timed("packages", ensureDependencies);
  await timed("build", ensureBuild);
  await timed("engine", ensureEngine);
} catch (error) {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exit(1);
}

mkdirSync(logs, { recursive: true });
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const name of chosen) await run(name, stages[name]);
if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}; whole outputs are in .cache/logs`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function run(name, { args, npm, count }) {
  const log = join(logs, `${name}.log`);
  let result;
  await timed(name, async () => {
    rmSync(unitReport, { force: true });
    const code = await execute(npm ? "npm" : nodePath(), npm ?? args, log);
    const output = readFileSync(log, "utf8");
    const counts = count?.(output) ?? { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 };
    // A stage that fails without a failed test (it could not start, or was cut off) has failed all the same.
    if (code !== 0) counts.failed ||= 1;
    for (const key of Object.keys(totals)) totals[key] += counts[key];
    result = { failed: counts.failed > 0, output };
    return `${result.failed ? "FAILED" : "ok"}${count ? `, ${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ""}` : ""}`;
  });
  if (!result.failed) return;
  failures.push(name);
  console.log(result.output.trimEnd().split("\n").slice(-TAIL).map((l) => `    ${l}`).join("\n"));
}

/** The packages' own Node first on PATH, as npm does it. */
function execute(program, args, log) {
  const out = createWriteStream(log);
  const path = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, shell: process.platform === "win32" && program === "npm", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: path, NO_COLOR: "1", FORCE_COLOR: undefined } });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(out, { end: false });
    child.on("error", (error) => out.write(`${error.message}\n`));
    child.on("close", (code) => out.end(() => resolve(code ?? 1)));
  });
}

function unitCounts() {
  try {
    const report = JSON.parse(readFileSync(unitReport, "utf8"));
    // A file that can't be loaded has no tests in it.
    const broken = report.testResults.filter((f) => f.status === "failed" && f.assertionResults.every((t) => t.status !== "failed")).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken, skipped: report.numPendingTests + report.numTodoTests };
  } catch {
    return undefined;
  }
}

/** The suites say `ok` or `FAIL` and the test's name, one a line. */
function editorCounts(output) {
  const lines = (pattern) => [...output.matchAll(pattern)].length;
  return { passed: lines(/^ *ok {4}/gm), failed: lines(/^ *FAIL {2}/gm), skipped: 0 };
}

function choose(args) {
  const names = Object.keys(stages);
  if (args.length === 0) return names;
  const asked = (args[0] === "--only" ? args.slice(1) : args[0].startsWith("--only=") ? [args[0].slice(7), ...args.slice(1)] : [""]).flatMap((a) => a.split(","));
  const unknown = asked.filter((a) => !names.includes(a));
  if (asked.length === 0 || unknown.length > 0) {
    console.error(`npm test -- --only STAGE[,STAGE]; the stages are ${names.join(", ")}`);
    process.exit(2);
  }
  return names.filter((n) => asked.includes(n));
}
