/** Downloads a pinned wheel by the user's own pip, so that its index, proxy and certificates are the user's. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesIn } from "./files.ts";
import { run, type Ran } from "./run.ts";
import { megabytes, StageFailure, throwIfStopped, type Stage } from "./stages.ts";
import { pythonTag, type Wheel } from "./wheels.ts";

/** A command that is pip, with its leading arguments. */
export async function findPip(stage: Stage): Promise<readonly string[]> {
  const python = process.env["NNET_PYTHON"];
  const pythons = [...(python ? [python] : []), "python3", "python", "py"];
  for (const [command, ...args] of [...pythons.map((p) => [p, "-m", "pip"]), ["pip3"], ["pip"]]) {
    const ran = await run(command!, [...args, "--version"], { signal: stage.signal, limitMs: 30_000 });
    throwIfStopped(stage.signal);
    if (ran.code === 0) return [command!, ...args];
  }
  throw new StageFailure(`no pip (looked for ${pythons.join(", ")} with pip, pip3, pip; install Python with pip, or set NNET_PYTHON)`);
}

/** The path of the downloaded wheel. */
export async function downloadWheel(stage: Stage, pip: readonly string[], wheel: Wheel, folder: string): Promise<string> {
  const temporary = join(folder, "pip");
  const target = join(folder, "wheel");
  await mkdir(temporary, { recursive: true });
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, `${wheel.package}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const args = [
    "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", requirements,
    "--python-version", pythonTag.version, "--implementation", pythonTag.implementation, "--abi", pythonTag.abi, "--platform", wheel.platform,
    "-d", target, ...(stage.offline ? ["--no-index"] : []),
  ];
  // pip's own progress bar needs a terminal; what it has written so far tells as much.
  const say = (bytes: number): void =>
    stage.report({ stage: "wheel", message: `downloading ${wheel.package} ${wheel.version} through pip (${megabytes(wheel.bytes)})`, fraction: Math.min(1, bytes / wheel.bytes) });
  say(0);
  const watch = setInterval(() => void bytesIn(temporary).then((bytes) => bytes > 0 && say(bytes)), 500);
  // TMPDIR: /tmp is often small. PIP_RETRIES: five retries without a network take minutes.
  const env = { PIP_RETRIES: "1", ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const [command, ...before] = pip;
  const ran = await run(command!, [...before, ...args], { signal: stage.signal, env }).finally(() => clearInterval(watch));
  throwIfStopped(stage.signal);
  const [name] = ran.code === 0 ? await readdir(target) : [];
  if (name === undefined) throw new StageFailure(reasonOf(ran, wheel));
  return join(target, name);
}

function reasonOf(ran: Ran, wheel: Wheel): string {
  const what = `${wheel.package} ${wheel.version}`;
  if (ran.stderr.includes("DO NOT MATCH THE HASHES")) return `the ${what} wheel that pip got is not the expected one (sha256 differs), so it is not used`;
  if (/No space left/i.test(ran.stderr)) return `no space left for the ${what} wheel`;
  if (/connection|timed out|ProxyError|SSLError|resolve|HTTP error/i.test(ran.stderr)) return `pip can't reach its package index for ${what}`;
  if (/No matching distribution/i.test(ran.stderr)) return `pip's package index has no ${what} for this machine`;
  const error = ran.stderr.split("\n").filter((l) => /error/i.test(l)).at(-1) ?? ran.stderr.trim().split("\n").at(-1);
  return `pip failed: ${error?.replace(/^ERROR:\s*/, "").trim() || ran.failure || `exit code ${ran.code ?? "?"}`}`;
}
