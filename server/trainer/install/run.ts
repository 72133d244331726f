/** Child processes: run to their end, stopped with the installation, their words kept for a failure's reason. */
import { spawn } from "node:child_process";

export interface Ran {
  /** null where it was killed by a signal or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code: "ENOENT", "SIGILL", "time limit", … */
  readonly failure?: string;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly limitMs?: number;
}

export type Runner = (command: string, args: readonly string[], options: RunOptions) => Promise<Ran>;

export const run: Runner = (command, args, { signal, env, cwd, limitMs }) =>
  new Promise((resolve) => {
    const limit = AbortSignal.any([signal, ...(limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)])]);
    const child = spawn(command, args, { env: env ?? process.env, cwd, signal: limit, windowsHide: true, stdio: ["ignore", "pipe", "pipe"], killSignal: "SIGTERM" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (s: string) => (stdout = (stdout + s).slice(-100_000)));
    child.stderr.setEncoding("utf8").on("data", (s: string) => (stderr = (stderr + s).slice(-100_000)));
    child.on("error", (e: NodeJS.ErrnoException) => {
      // Its own children may hold the pipes open for long after it.
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
      resolve({ code: null, stdout, stderr, failure: e.name === "AbortError" ? (signal.aborted ? "stopped" : "time limit") : (e.code ?? e.message) });
    });
    child.on("close", (code, by) => resolve(by === null ? { code, stdout, stderr } : { code: null, stdout, stderr, failure: by }));
  });
