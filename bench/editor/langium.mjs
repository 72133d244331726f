// The server against one that Langium generates for the same grammar, which lexes, parses and links only.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { langiumServer } from "../peers/langium/setup.mjs";
import { interleaved, median, quantile, spread, table } from "../statistics.mjs";
import { root, subject } from "./files.mjs";
import { openSession } from "./session.mjs";

const WARM = 20;
const OURS = ".nnet: diagnostics with shapes, counts and checks";
const PEER = "Langium: lexing, parsing, linking";

async function session({ text, line, character }, server, count) {
  const s = await openSession(text, { server });
  // A name that means nothing is found by both, or the comparison means nothing.
  const wrong = text.split("\n")[line].indexOf("(") - 1;
  await s.edit(line, wrong, wrong, "x");
  if (s.findings !== 1) throw new Error(`${server} reports ${s.findings} findings for one unknown layer`);
  await s.edit(line, wrong, wrong + 1, "");
  if (s.findings !== 0) throw new Error(`${server} reports ${s.findings} findings in a correct file`);
  const times = [];
  for (let i = 0; i < WARM + count; i += 2) times.push(await s.edit(line, character, character, String(1 + (i % 9))), await s.edit(line, character, character + 1, ""));
  s.end();
  return { times: times.slice(WARM), first: s.first };
}

/** Medians of one process: a whole text of 1,000 layers, new in every line. */
function fresh(count) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "bench/peers/langium/fresh.mjs"), "1000", String(count)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const times = JSON.parse(stdout);
  return { nnet: median(times.nnet.slice(10)), langium: median(times.langium.slice(10)) };
}

export const title = "Against a generated language server";

export async function run({ rounds, short }) {
  const servers = { [OURS]: join(root, "dist/server.cjs"), [PEER]: await langiumServer() };
  const files = [undefined, 1000].map(subject);
  const ways = Object.fromEntries(files.flatMap((f) => Object.entries(servers).map(([name, server]) => [`${f.name}|${name}`, () => session(f, server, short ? 30 : 60)])));
  const results = await interleaved(ways, rounds);
  const over = (file, name, of) => results.get(`${file.name}|${name}`).map(of);
  const half = (file, name) => over(file, name, (r) => quantile(r.times, 0.5));
  const rows = files.flatMap((f) => Object.keys(servers).map((name) => [`${f.name}, ${name}`, spread(half(f, name)), spread(over(f, name, (r) => quantile(r.times, 0.95))), spread(over(f, name, (r) => r.first), 0), `${(median(half(f, PEER)) / median(half(f, name))).toFixed(1)}`]));
  const whole = [];
  for (let i = 0; i < rounds; i++) whole.push(fresh(short ? 25 : 40));
  return [
    `Milliseconds from an edit of a size to its diagnostics, both over stdio with the same client; ${rounds} interleaved rounds of ${short ? 30 : 60} edits after ${WARM}: median over rounds (smallest–largest).`,
    "",
    table(["file, server", "median", "p95", "start to first diagnostics", "times as fast as Langium"], rows),
    "",
    `Without transport, a whole text of 1,000 layers, new in every line, in one warm process: .nnet ${spread(whole.map((w) => w.nnet))}, Langium ${spread(whole.map((w) => w.langium))}: ${(median(whole.map((w) => w.langium)) / median(whole.map((w) => w.nnet))).toFixed(1)} times as fast.`,
  ].join("\n");
}
