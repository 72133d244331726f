// Loaded into the server that is measured: on SIGUSR2 it collects garbage and writes down what is left, and the processor
// time so far without that of these collections.
import { writeFileSync } from "node:fs";
import v8 from "node:v8";

/** V8's spaces of what it has compiled: they fill as functions are found to be used often. */
const COMPILED = new Set(["code_space", "code_large_object_space", "trusted_space", "trusted_large_object_space"]);

let asked = 0;
let collecting = 0;
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
process.on("SIGUSR2", () => {
  const before = seconds();
  globalThis.gc();
  collecting += seconds() - before;
  const { heapUsed, rss } = process.memoryUsage();
  const code = v8.getHeapSpaceStatistics().reduce((sum, s) => sum + (COMPILED.has(s.space_name) ? s.space_used_size : 0), 0);
  writeFileSync(process.env.NNET_SOAK_REPORT, JSON.stringify({ asked: ++asked, heap: heapUsed / 1e6, code: code / 1e6, resident: rss / 1e6, seconds: seconds() - collecting }));
});
