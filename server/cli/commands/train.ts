import { resolve } from "node:path";
import { runName } from "../../language/index.ts";
import { launchTrainer } from "../../trainer/launch.ts";
import type { TrainerEvent } from "../../trainer/protocol.ts";
import { foundIn, rendered } from "../diagnostics.ts";
import { exit, type ExitCode, Misuse } from "../exit.ts";
import { type Named, opened } from "../files.ts";
import type { TrainOptions } from "../program.ts";
import { painter, widthOf } from "../text.ts";
import { type Reporter, terminal } from "../training/report.ts";

export async function train(name: string, options: TrainOptions): Promise<ExitCode> {
  const file: Named = { shown: name, path: resolve(name) };
  const document = await opened(file);
  const analysis = document.analysis();
  const trained = analysis.trains.map((t) => runName(t.declaration));
  if (options.model !== undefined && trained.length > 0 && !trained.includes(options.model) && !analysis.trains.some((t) => t.declaration.model.text === options.model)) throw new Misuse(`${name} does not train ${options.model}; it trains ${trained.join(", ")}`);
  const paint = painter(process.stderr);
  const errors = foundIn(file, document).filter((f) => f.diagnostic.severity === "error");
  for (const f of errors) {
    process.stderr.write(`${rendered(file, f, paint, process.stderr.isTTY ? widthOf(process.stderr) : undefined)}\n\n`);
  }
  const report: Reporter = options.json ? jsonLines() : await terminal({ layers: options.measure !== undefined });
  let code: ExitCode = exit.findings;
  const { cancel, done } = launchTrainer(
    {
      type: "train",
      file: file.path,
      engine: options.engine,
      ...(options.model !== undefined && { model: options.model }),
      ...(options.epochs !== undefined && { epochs: options.epochs }),
      ...(options.measure !== undefined && { measure: options.measure }),
      ...(options.resume && { resume: true }),
      ...(options.out !== undefined && { out: resolve(options.out) }),
    },
    (event) => {
      if (event.event === "end" && event.reason !== "cancelled") code = exit.fine;
      // For a person it stands above already, with its line.
      if (!options.json && errors.length > 0 && event.event === "error" && event.code === "file-has-errors") process.stderr.write("nnet: nothing was trained: correct the errors first\n");
      else report.event(event);
    },
  );
  const release = onStop(() => {
    report.stopping();
    cancel();
  });
  await done;
  release();
  return code;
}

/** The first Ctrl-C asks, the second one leaves: the trainer ends when its parent is gone. */
export function onStop(ask: () => void): () => void {
  let asked = false;
  const handler = (): void => {
    if (asked) process.exit(exit.findings);
    asked = true;
    ask();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const s of signals) process.on(s, handler);
  return () => signals.forEach((s) => process.off(s, handler));
}

function jsonLines(): Reporter {
  return {
    event(event: TrainerEvent) {
      if (event.event !== "step") process.stdout.write(`${JSON.stringify(event)}\n`);
    },
    stopping: () => undefined,
  };
}
