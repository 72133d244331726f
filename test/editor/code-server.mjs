// Runs a suite inside code-server's VS Code, seen through a headless Chromium. Nothing is downloaded at run time.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SETTINGS = {
  "chat.disableAIFeatures": true,
  "editor.fontSize": 14,
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
  "window.commandCenter": false,
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

/**
 * @param tools what setup.mjs found
 * @param run name; extension: the folder of the extension under test; vsix: installed first; tests: the bundled suite;
 *   folder: the workspace; artifacts: where screenshots and logs go; trust: false leaves the folder
 *   untrusted (under tests the workbench asks nothing).
 * @returns the suite's exit code
 */
export async function runInCodeServer(tools, { name, extension, vsix, tests, folder, artifacts, trust = true, timeoutMs = 300_000 }) {
  // Short: a socket path may have 103 characters.
  const data = mkdtempSync(join(tmpdir(), "nnet-"));
  const main = join(tools.vscode, "out/server-main.js");
  const log = createWriteStream(join(artifacts, `${name}.log`));
  let server, browser;
  try {
    mkdirSync(join(data, "data/Machine"), { recursive: true });
    writeFileSync(join(data, "data/Machine/settings.json"), JSON.stringify(SETTINGS));
    const flags = ["--accept-server-license-terms", "--server-data-dir", data, "--disable-telemetry"];
    if (vsix) installVsix(main, vsix, flags);

    const port = await freePort();
    server = spawn(process.execPath, [main, "--host", "127.0.0.1", "--port", String(port), "--without-connection-token", ...flags, "--enable-smoke-test-driver", ...(trust ? ["--disable-workspace-trust"] : [])], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NNET_TEST_ARTIFACTS: artifacts, NNET_TEST_SCREENSHOTS: "1", XDG_RUNTIME_DIR: data },
    });
    server.stdout.pipe(log, { end: false });
    server.stderr.pipe(log, { end: false });
    await listening(port, server);

    browser = await tools.playwright.chromium.launch({ executablePath: tools.chromium, args: CHROMIUM_FLAGS });
    const page = await browser.newPage({ viewport: { width: 1280, height: 960 }, deviceScaleFactor: 2 });
    const exit = new Promise((resolve, reject) => {
      page.exposeFunction("codeAutomationExit", (code) => resolve(code));
      page.exposeFunction("codeAutomationLog", (_level, args) => take(page, artifacts, log, args));
      server.once("exit", (code, signal) => reject(new Error(`code-server stopped (${signal ?? code}); see ${name}.log`)));
      setTimeout(() => reject(new Error(`${name}: no result after ${timeoutMs / 1000} s; see ${name}.log and ${name}-late.png`)), timeoutMs).unref();
    });
    exit.catch(() => undefined);
    page.on("pageerror", (error) => log.write(`page: ${error.message}\n`));

    const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
    const payload = [["extensionDevelopmentPath", remote(extension)], ["extensionTestsPath", remote(tests)], ["skipWelcome", "true"]];
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    return await exit.catch(async (error) => {
      await page.screenshot({ path: join(artifacts, `${name}-late.png`) }).catch(() => undefined);
      throw error;
    });
  } finally {
    await browser?.close().catch(() => undefined);
    if (server) endGroup(server);
    log.end();
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The suite speaks through the console: `::screenshot name [x,y,width,height]` asks for a picture, `# …` is for the person who runs it. */
async function take(page, artifacts, log, args) {
  const text = (Array.isArray(args) ? args : [args]).map((a) => (typeof a === "string" ? a : JSON.stringify(a))).join(" ");
  log.write(`${text}\n`);
  const [, asked, part] = /::screenshot ([\w-]+)(?: ([\d,]+))?/.exec(text) ?? [];
  const [x, y, width, height] = part?.split(",").map(Number) ?? [];
  if (asked) await page.screenshot({ path: join(artifacts, `${asked}.png`), ...(part && { clip: { x, y, width, height } }) });
  const said = /# (.*)/s.exec(text)?.[1];
  if (said) console.log(`  ${said}`);
}

function installVsix(main, vsix, flags) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "--install-extension", vsix, ...flags], { encoding: "utf8" });
  if (status !== 0 || !/successfully installed/i.test(stdout)) throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function listening(port, server) {
  for (let i = 0; i < 300; i++) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((r) => setTimeout(r, 200));
  }
  throw new Error("code-server does not answer; see the log in the artifacts folder");
}

/** The server leads a process group: extension hosts, language servers and trainers end with it. */
function endGroup(server) {
  try {
    process.kill(-server.pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
