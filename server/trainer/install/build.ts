/**
 * Compiles tfjs-node's addon. It uses Node-API only, so two files, a compiler and Node-API's headers are enough:
 * no node-gyp, no headers of the running Node.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { assets } from "./assets.ts";
import { run } from "./run.ts";
import { StageFailure, throwIfStopped, type Stage } from "./stages.ts";

/** The newest version that Node 20 and tfjs-node both know. */
const nodeApiVersion = 8;

/** A command that compiles C++, with its leading arguments. Asked before anything big is downloaded. */
export async function findCompiler(stage: Stage): Promise<readonly string[]> {
  const named = process.env["CXX"]?.trim().split(/\s+/).filter((w) => w !== "") ?? [];
  const candidates = [...(named.length ? [named] : []), ["c++"], ["g++"], ["clang++"]];
  for (const [command, ...args] of candidates) {
    const ran = await run(command!, [...args, "--version"], { signal: stage.signal, limitMs: 20_000 });
    throwIfStopped(stage.signal);
    if (ran.code === 0) return [command!, ...args];
  }
  throw new StageFailure(`no C++ compiler (looked for ${candidates.map((c) => c.join(" ")).join(", ")}; install g++ or clang, or set CXX)`);
}

export interface BuildInput {
  readonly compiler: readonly string[];
  /** Has tensorflow/c/c_api.h. */
  readonly include: string;
  readonly libraries: readonly string[];
  /** Where the libraries are, seen from the addon, for the loader. */
  readonly libraryFolder: string;
  readonly addon: string;
}

export async function buildAddon(stage: Stage, input: BuildInput): Promise<void> {
  stage.report({ stage: "build", message: `compiling the Node addon with ${input.compiler.join(" ")}` });
  const { tfjsNode, nodeApi } = assets();
  const binding = join(tfjsNode, "binding");
  const sources = (await readdir(binding)).filter((n) => n.endsWith(".cc")).map((n) => join(binding, n));
  const mac = process.platform === "darwin";
  const here = join(mac ? "@loader_path" : "$ORIGIN", input.libraryFolder);
  const args = [
    "-O2", "-std=c++17", "-fPIC", `-DNAPI_VERSION=${nodeApiVersion}`,
    `-I${nodeApi}`, `-I${input.include}`,
    // Node's own symbols are found when Node loads the addon.
    ...(mac ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]),
    `-Wl,-rpath,${here}`,
    ...sources, ...input.libraries,
    "-o", input.addon,
  ];
  const [command, ...before] = input.compiler;
  const ran = await run(command!, [...before, ...args], { signal: stage.signal });
  throwIfStopped(stage.signal);
  if (ran.code === 0) return;
  const line = ran.stderr.split("\n").find((l) => /error|undefined|cannot find/i.test(l)) ?? ran.failure ?? `exit code ${ran.code ?? "?"}`;
  throw new StageFailure(`the addon does not compile with ${input.compiler.join(" ")}: ${line.trim()}`);
}

/** Its name beside the addon; `engines/tensorflow/load.ts` uses it where it is there. */
export const PAGES = "pages.node";

/** Compiles what gives memory back, where there is something to give back; a compiler that can't is no reason to do without the library. */
export async function buildPages(stage: Stage, compiler: BuildInput["compiler"], folder: string): Promise<void> {
  if (process.platform !== "linux") return;
  const { nodeApi, pages } = assets();
  const [command, ...before] = compiler;
  await run(command!, [...before, "-O2", "-std=c++17", "-fPIC", `-DNAPI_VERSION=${nodeApiVersion}`, `-I${nodeApi}`, "-shared", pages, "-o", join(folder, PAGES)], { signal: stage.signal });
  throwIfStopped(stage.signal);
}

/** The headers that the addon's sources include, directly or not; a wheel holds 13,000. Asserted by the build itself. */
export function isNeededHeader(name: string): boolean {
  return /^(tensorflow\/c\/(eager\/)?\w+\.h|(tensorflow\/core|tensorflow\/tsl|tsl)\/platform\/ctstring\w*\.h|xla\/tsl\/c\/\w+\.h)$/.test(name);
}
