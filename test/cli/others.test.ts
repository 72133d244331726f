import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli, folder, root } from "./run.ts";

const f = folder();

test("engine status says which engine runs, and why", () => {
  const { code, stdout } = f.run("engine", "status", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ engine: expect.stringMatching(/^(tensorflow|portable)$/), reason: expect.any(String), versions: expect.any(Object) });
  expect(f.run("engine", "status").stdout).toMatch(/engine/);
});

test("lsp answers an initialize over standard input and output", async () => {
  const child = spawn(process.execPath, [cli, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { processId: process.pid, rootUri: null, capabilities: {} } });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  let answer = "";
  await new Promise<void>((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`it ended with ${code}`)));
    child.stdout.on("data", (d) => {
      answer += d;
      if (answer.includes('"capabilities"')) resolve();
    });
  });
  child.removeAllListeners("exit");
  child.kill();
  expect(answer).toContain('"id":1');
});

test("scripts/nnet.mjs passes arguments and exit codes, and says nothing itself when all is there", () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [join(root, "scripts/nnet.mjs"), ...args], { cwd: f.path, encoding: "utf8" });
  expect(run("check", "absent.nnet")).toMatchObject({ status: 2, stdout: "", stderr: "nnet: absent.nnet: there is no such file\n" });
  expect(run("--version")).toMatchObject({ status: 0, stderr: "" });
});
