import { engineStatus, type EngineStatus, installEngine } from "../../trainer/install/index.ts";
import { exit, type ExitCode } from "../exit.ts";
import { painter, widthOf, wrap } from "../text.ts";

export async function status(options: { readonly json?: true }): Promise<ExitCode> {
  say(await engineStatus(), options.json);
  return exit.fine;
}

/** Fails (1) where the portable engine is what remains: that still trains. */
export async function install(options: { readonly json?: true; readonly offline?: true }): Promise<ExitCode> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const report = options.json ? (p: object) => process.stdout.write(`${JSON.stringify({ event: "progress", ...p })}\n`) : process.stderr.isTTY ? line() : plainLines();
  const result = await installEngine({ onProgress: report, signal: stop.signal, ...(options.offline && { offline: true }) });
  if (!options.json && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (options.json) process.stdout.write(`${JSON.stringify({ event: "end", ...result })}\n`);
  else say(result, undefined);
  return result.engine === "tensorflow" || process.env["NNET_ENGINE"] === "portable" ? exit.fine : exit.findings;
}

type Progress = Parameters<Parameters<typeof installEngine>[0]["onProgress"]>[0];

/** One line that changes. */
function line(): (p: Progress) => void {
  return ({ message, fraction }) => {
    const share = fraction === undefined ? "" : ` ${Math.round(100 * fraction)} %`;
    process.stderr.write(`\r\u001b[K${message.slice(0, widthOf(process.stderr) - share.length - 2)}${share}`);
  };
}

/** A line for each new message and each quarter. */
function plainLines(): (p: Progress) => void {
  let last = "";
  return ({ stage, message, fraction }) => {
    const quarter = fraction === undefined ? "" : ` ${25 * Math.floor(4 * fraction)} %`;
    const key = fraction === undefined ? message : `${stage}${quarter}`;
    if (key !== last) process.stderr.write(`${message}${quarter}\n`);
    last = key;
  };
}

function say(s: EngineStatus, json: true | undefined): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(s)}\n`);
    return;
  }
  const paint = painter(process.stdout);
  const width = widthOf(process.stdout);
  const lines = [wrap(s.reason, width), `${paint("dim", "versions:")} ${Object.entries(s.versions).map(([name, v]) => `${name} ${v}`).join(", ")}`];
  if (s.howToGetFaster) lines.push(wrap(`${paint("dim", "faster:")} ${s.howToGetFaster}`, width));
  process.stdout.write(`${lines.join("\n")}\n`);
}
