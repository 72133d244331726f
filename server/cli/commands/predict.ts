import { resolve } from "node:path";
import { launchTrainer } from "../../trainer/launch.ts";
import type { PredictionEvent } from "../../trainer/protocol.ts";
import { exit, type ExitCode } from "../exit.ts";
import { isFolder, readText } from "../files.ts";
import type { PredictOptions } from "../program.ts";
import { measure, painter, percent } from "../text.ts";
import { failure } from "../training/report.ts";
import { onStop } from "./train.ts";

export async function predict(name: string, options: PredictOptions): Promise<ExitCode> {
  // What is not there is said at once, the same way as everywhere.
  for (const shown of [name, ...(options.weights === undefined ? [] : [options.weights])]) exists(shown);
  isFolder(options.data);
  let code: ExitCode = exit.findings;
  let first = true;
  const { cancel, done } = launchTrainer(
    {
      type: "predict",
      file: resolve(name),
      data: resolve(options.data),
      engine: options.engine,
      ...(options.weights !== undefined && { weights: resolve(options.weights) }),
      ...(options.model !== undefined && { model: options.model }),
    },
    (event) => {
      if (event.event === "predicted") code = exit.fine;
      if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`);
      else if (event.event === "error") process.stderr.write(`${failure(event, painter(process.stderr))}\n`);
      else if (event.event === "prediction") {
        if (first) process.stdout.write(`${painter(process.stdout)("dim", `${"row".padStart(6)}  prediction`)}\n`);
        first = false;
        process.stdout.write(`${line(event)}\n`);
      } else if (event.event === "predicted") for (const note of event.notes ?? []) process.stderr.write(`${note}\n`);
    },
  );
  const release = onStop(cancel);
  await done;
  release();
  return code;
}

function exists(shown: string): void {
  readText({ shown, path: resolve(shown) });
}

type Answer = Pick<PredictionEvent, "value" | "probabilities">;

function line({ row, outputs, ...answer }: PredictionEvent): string {
  const said = outputs ? Object.entries(outputs).map(([name, own]) => `${name} ${text(own)}`).join("   ") : text(answer);
  return `${String(row).padStart(6)}  ${said}`;
}

function text({ value, probabilities }: Answer): string {
  const said = typeof value === "string" ? value : Array.isArray(value) ? value.map(measure).join("  ") : probabilities ? String(value) : measure(value as number);
  const sure = probabilities && probabilities.length > 0 ? `  ${percent(Math.max(...probabilities))}` : "";
  return `${said}${sure}`;
}
