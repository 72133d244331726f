// Loaded into the server that is measured: on SIGUSR2 it collects garbage and writes down what is left, and the processor
// time so far without that of these collections.
import { writeFileSync } from "node:fs";

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
  writeFileSync(process.env.NNET_SOAK_REPORT, JSON.stringify({ asked: ++asked, heap: heapUsed / 1e6, resident: rss / 1e6, seconds: seconds() - collecting }));
});
