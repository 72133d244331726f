// Loaded into the server that is measured: on SIGUSR2 it collects garbage and writes down what is left.
import { writeFileSync } from "node:fs";

let asked = 0;
process.on("SIGUSR2", () => {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.NNET_SOAK_REPORT, JSON.stringify({ asked: ++asked, heap: heapUsed / 1e6, resident: rss / 1e6, seconds: (user + system) / 1e6 }));
});
