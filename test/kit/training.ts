import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { tfjsEngine } from "../../server/trainer/engines/tfjs/engine.ts";
import { errorEvent } from "../../server/trainer/errors.ts";
import { runPrediction } from "../../server/trainer/predict.ts";
import type { ErrorEvent, PredictRequest, TrainerEvent, TrainRequest } from "../../server/trainer/protocol.ts";
import { runTraining } from "../../server/trainer/run.ts";
import { BACKENDS, tfOn } from "./tf.ts";

/** A folder of its own for a test, with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nnet-train-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

interface Options {
  readonly backend?: (typeof BACKENDS)[number];
  /** Asked between steps. */
  readonly cancelled?: (events: readonly TrainerEvent[]) => boolean;
  /** Bytes that are free. */
  readonly memory?: () => number;
}

/** Runs a request in this process; an error is the last event, as in the trainer's own. */
export async function run(request: TrainRequest | PredictRequest, { backend = "cpu", cancelled = () => false, memory }: Options = {}): Promise<TrainerEvent[]> {
  const events: TrainerEvent[] = [];
  const surroundings = {
    emit: (e: TrainerEvent) => void events.push(e),
    cancelled: () => cancelled(events),
    ...(memory && { memory }),
    engine: async () => tfjsEngine("portable", `tfjs on ${backend}`, { tf: await tfOn(backend), versions: {} }),
  };
  try {
    if (request.type === "train") await runTraining(request, surroundings);
    else await runPrediction(request, surroundings);
  } catch (e) {
    events.push(errorEvent(e));
  }
  return events;
}

export const of = <E extends TrainerEvent["event"]>(events: readonly TrainerEvent[], event: E) => events.filter((e): e is Extract<TrainerEvent, { event: E }> => e.event === event);
export const errorOf = (events: readonly TrainerEvent[]): ErrorEvent | undefined => of(events, "error")[0];

/** Three classes that two features tell apart, with a little noise. */
export function blobs(rows = 90): string {
  const centres = [[0, 0], [3, 0], [0, 3]];
  const lines = Array.from({ length: rows }, (_, i) => {
    const [x, y] = centres[i % 3]!;
    return `${(x! + Math.sin(i)).toFixed(4)},${(y! + Math.cos(2.3 * i)).toFixed(4)},${["red", "green", "blue"][i % 3]}`;
  });
  return `a,b,colour\n${lines.join("\n")}\n`;
}

export const SMALL = `data d {
  source = csv("d.csv")
  label = colour
}
model Small {
  input x [2]
  dense(8) -> tanh as hidden
  dropout(0.2)
  dense(3) -> softmax
}
train Small on d {
  optimizer = adam(lr = 0.02)
  epochs = 8
  seed = 3
}
`;
