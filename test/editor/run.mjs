// The editor tests: builds, then runs the suites in a real VS Code, and the trainer in a browser. `npm run test:editor [-- source untrusted vsix browser]`.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildReady, ensureBuild } from "../../scripts/setup.mjs";
import { runInBrowser } from "./browser.mjs";
import { runInCodeServer } from "./code-server.mjs";
import { artifacts, bundleSuites, root, suite, withWorkspace } from "./prepare.mjs";
import { setUp } from "./setup.mjs";

const vsix = join(root, "dist/nnet.vsix");

const runs = {
  source: () => ({ extension: root, tests: suite("index") }),
  untrusted: () => ({ extension: root, tests: suite("untrusted"), trust: false }),
  // Tests run only beside an extension under development: one that does nothing, so that the packaged one is tested.
  vsix: ({ bystander }) => ({ extension: bystander, vsix, tests: suite("smoke") }),
  /** No editor: the trainer's worker in the browser alone. */
  browser: undefined,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in runs));
if (unknown.length > 0) throw new Error(`no run is called ${unknown.join(", ")}; there are ${Object.keys(runs).join(", ")}`);

const tools = setUp();
await bundleSuites();
const failed = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(runs)) {
  await ensureBuild();
  if (name === "vsix" && !packaged()) execFileSync("npm", ["run", "--silent", "package"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  console.log(`editor tests: ${name}`);
  const inEditor = (w) => runInCodeServer(tools, { name: `editor-${name}`, artifacts, folder: w.folder, ...runs[name](w) });
  const code = await (name === "browser" ? runInBrowser(tools) : withWorkspace(inEditor)).catch((error) => {
    console.error(error.message);
    return 1;
  });
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`editor tests: failed: ${failed.join(", ")}; logs and pictures are in ${artifacts}`);
process.exit(failed.length === 0 ? 0 : 1);

/** Every build takes the package away, so only what is packed as it stands can be newer. */
function packaged() {
  const packed = ["package.json", ".vscodeignore", ...readdirSync(join(root, "syntaxes")).map((f) => `syntaxes/${f}`)];
  return buildReady() && existsSync(vsix) && packed.every((f) => statSync(join(root, f)).mtimeMs < statSync(vsix).mtimeMs);
}
