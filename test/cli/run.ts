import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** The bundled CLI as a process, in a folder of its own. */

export const root = join(import.meta.dirname, "../..");
export const cli = join(root, "dist/cli.cjs");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Folder {
  readonly path: string;
  write(name: string, text: string): string;
  run(...args: string[]): Ended;
  feed(input: string, ...args: string[]): Ended;
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "nnet-cli-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const feed = (input: string, ...args: string[]): Ended => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: path, input, encoding: "utf8", env: { ...process.env, FORCE_COLOR: undefined } });
    return { code: status, stdout, stderr };
  };
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    run: (...args) => feed("", ...args),
    feed,
  };
}

/** Starts it, and interrupts it at the first output that `when` accepts. */
export function interrupted(cwd: string, args: readonly string[], when: (stdout: string) => boolean): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, sent] = ["", "", false];
  child.stderr.on("data", (d) => (stderr += d));
  child.stdout.on("data", (d) => {
    stdout += d;
    if (!sent && when(stdout)) sent = child.kill("SIGINT");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

export const good = `model M(classes = 3) {
  input x [4]
  dense(8) -> relu
  dense(classes) -> softmax
}
`;

export const bad = `model M {
  input image [8, 8, 1]
  conv2d(16, 31) -> relu
  flatten
  dense(10) -> softmax
}
`;

export const broken = "model M {\n  input x [4]\n  dense(3\n}\n";
