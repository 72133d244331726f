// `npm start`: from a fresh clone to a trained model. Can be run again: what is there stays.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuild, ensureDependencies, ensureEngine, nodePath } from "./setup.mjs";
import { root } from "./sources.mjs";
import { timed } from "./timed.mjs";

const SAMPLE = "samples/digits.nnet";
// Ctrl-C is for the training: it stops, keeps its weights and says so.
process.on("SIGINT", () => undefined);

try {
  console.log("Setting up");
  await timed("  packages", ensureDependencies);
  await timed("  build", ensureBuild);
  // TensorFlow's library where it can be had, and the reason where it can't.
  await timed("  engine", ensureEngine);

  console.log(`\nChecking ${SAMPLE}`);
  nnet("check", SAMPLE);
  nnet("summary", SAMPLE);

  console.log(`\nTraining ${SAMPLE}`);
  nnet("train", SAMPLE);

  console.log(`
Next
  In VS Code:    code .    then press F5: a window with the samples opens
  To install it: npm run package && code --install-extension dist/nnet.vsix
  On the command line:
                 npm run -s nnet -- check samples
                 npm run -s nnet -- --help`);
} catch (error) {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
}

function nnet(...args) {
  const { status, signal } = spawnSync(nodePath(), [join(root, "dist/cli.cjs"), ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`nnet ${args.join(" ")} ${signal ? `was ended by ${signal}` : `ended with exit code ${status}`}`);
}
