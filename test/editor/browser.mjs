// Trains in a real browser's worker (server/trainer/browser.ts), in plain JavaScript and in wasm, and compares with Node's portable engine.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleForBrowser } from "../kit/browser.ts";
import { CHROMIUM_FLAGS } from "./code-server.mjs";
import { root } from "./prepare.mjs";

const sample = join(root, "samples/iris.nnet");
const twofold = join(root, "samples/two-outputs.nnet");
const EPOCHS = 20;
const TOLERANCE = 1e-5;

/** @returns 0 if each test passed, else 1 */
export async function runInBrowser(tools) {
  const expected = inNode(sample);
  const server = await serve((await bundleForBrowser()).code);
  const browser = await tools.playwright.chromium.launch({ executablePath: tools.chromium, args: CHROMIUM_FLAGS });
  let failed = 0;
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    for (const wasm of [undefined, server.address]) {
      const events = await page.evaluate(trainInWorker, { ...irises(), text: readFileSync(sample, "utf8"), epochs: EPOCHS, wasm });
      failed += report(`a browser's worker trains iris in ${wasm ? "wasm" : "plain JavaScript"} with Node's ${EPOCHS} losses, to ${TOLERANCE}`, different(events, expected, "dense_1/kernel"));
    }
    const both = await page.evaluate(trainInWorker, { ...flowers(), text: readFileSync(twofold, "utf8"), epochs: EPOCHS, wasm: server.address });
    failed += report(`a browser's worker trains two outputs in wasm with Node's ${EPOCHS} losses of each, to ${TOLERANCE}`, different(both, inNode(twofold), "length/kernel"));
    const events = await page.evaluate(trainInWorker, { text: "model M {\n  input x [4]\n  dense(3)\n}\n", rows: 1, x: [1, 2, 3, 4], y: [0] });
    failed += report("what stops a run in a worker is an error event", events.at(-1)?.code === "train-not-found" ? undefined : JSON.stringify(events.at(-1)));
  } finally {
    await browser.close();
    server.close();
  }
  return failed > 0 ? 1 : 0;
}

/** The first difference, or undefined. */
function different(events, expected, weights) {
  const error = events.find((e) => e.event === "error");
  if (error) return error.message;
  const epochs = events.filter((e) => e.event === "epoch");
  if (epochs.length !== EPOCHS || expected.length !== EPOCHS) return `${epochs.length} epochs in the browser, ${expected.length} in Node`;
  for (const [i, e] of epochs.entries()) {
    for (const [name, of] of [["", (x) => x], ...Object.keys(expected[i].outputs ?? {}).map((output) => [`${output} `, (x) => x.outputs?.[output] ?? {}])]) {
      for (const key of ["loss", "valLoss", "accuracy"]) {
        const [own, node] = [of(e)[key], of(expected[i])[key]];
        if (own !== node && !(Math.abs(own - node) <= TOLERANCE)) return `epoch ${i + 1}: ${name}${key} ${own} for Node's ${node}`;
      }
    }
  }
  if (events.at(-1).event !== "end" || !events.some((e) => e.event === "weights" && e.names.includes(weights))) return "the run does not end with weights";
  return undefined;
}

function inNode(sample) {
  const out = mkdtempSync(join(tmpdir(), "nnet-b-"));
  try {
    const text = execFileSync(process.execPath, [join(root, "dist/cli.cjs"), "train", sample, "--engine", "portable", "--epochs", String(EPOCHS), "--out", out, "--json"], { encoding: "utf8" });
    return text.trim().split("\n").map((line) => JSON.parse(line)).filter((e) => e.event === "epoch");
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const records = () => readFileSync(join(root, "samples/data/iris.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.trim().split(","));

function irises() {
  const rows = records();
  const classes = [...new Set(rows.map((r) => r.at(-1)))].sort();
  return { rows: rows.length, x: rows.flatMap((r) => r.slice(0, -1).map(Number)), y: rows.map((r) => classes.indexOf(r.at(-1))) };
}

/** The same for two outputs: what is predicted is the species and the third number. */
function flowers() {
  const { rows, y } = irises();
  const numbers = records().map((r) => r.slice(0, -1).map(Number));
  return { rows, x: numbers.flatMap(([a, b, , d]) => [a, b, d]), y: numbers.flatMap((r, i) => [y[i], r[2]]) };
}

/** Runs in the page. */
function trainInWorker({ x, y, ...request }) {
  return new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js");
    const events = [];
    worker.onerror = (e) => reject(new Error(e.message));
    worker.onmessage = ({ data }) => {
      events.push(data.event === "weights" ? { ...data, weights: undefined, names: [...data.weights.keys()] } : data);
      if (data.event !== "end" && data.event !== "error") return;
      worker.terminate();
      resolve(events);
    };
    worker.postMessage({ type: "train", ...request, x: Float32Array.from(x), y: Float32Array.from(y) });
  });
}

/** The worker, a page for it, and tfjs' .wasm files. */
function serve(code) {
  const files = {
    "/": () => ["text/html", "<!doctype html><title>.nnet</title>"],
    "/worker.js": () => ["text/javascript", code],
    ...Object.fromEntries(["", "-simd"].map((kind) => [`/tfjs-backend-wasm${kind}.wasm`, () => ["application/wasm", readFileSync(join(root, `dist/tfjs-backend-wasm${kind}.wasm`))]])),
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url]?.() ?? [undefined, undefined];
    if (type) response.writeHead(200, { "content-type": type }).end(body);
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() })));
}

/** As the suites do it: scripts/test.mjs counts these lines. */
function report(name, why) {
  console.log(why === undefined ? `  ok    ${name}` : `  FAIL  ${name}: ${why}`);
  return why === undefined ? 0 : 1;
}
