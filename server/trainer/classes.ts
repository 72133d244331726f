import type { TrainSettings } from "../language/index.ts";
import { batchesOf } from "./data/batches.ts";
import type { Part } from "./data/part.ts";
import { TrainerError } from "./errors.ts";
import type { Head } from "./plan.ts";
import { generator, shuffle } from "./random.ts";

/** Classes of unequal size: factors of the losses, and rows that come several times or not at all. */

const READ_AT_ONCE = 4096;

/** Rows of each class among a part's. */
async function countsOf(part: Part, classes: number): Promise<number[]> {
  const counts = Array.from({ length: classes }, () => 0);
  for (const piece of part.all(READ_AT_ONCE)) {
    const { y } = await piece.table();
    for (const rows of piece.batches) for (const row of rows) counts[y[row]!]!++;
  }
  return counts;
}

const classesOf = ({ kind, outputs }: Head): number => (kind === "binary" ? 2 : outputs);

/** A factor for each class; undefined where all are 1. Throws `bad-setting` where they are none for this model. */
export async function classWeights({ class_weight: given }: TrainSettings, head: Head, train: Part): Promise<readonly number[] | undefined> {
  if (given === undefined) return undefined;
  if (head.kind === "number") throw new TrainerError("bad-setting", "class_weight is for classes, and the label is a number; leave it out");
  const classes = classesOf(head);
  if (given !== "balanced") {
    if (given.length !== classes) throw new TrainerError("bad-setting", `class_weight has ${given.length} numbers, and there are ${classes} classes; give one for each, or balanced`);
    return given;
  }
  const counts = await countsOf(train, classes);
  return counts.map((n) => (n === 0 ? 0 : train.rows / (classes * n)));
}

/** The same part with its classes equally frequent. Throws `bad-setting` where its rows are not in one table. */
export async function balanced(part: Part, { balance }: TrainSettings, head: Head): Promise<Part> {
  if (balance === undefined) return part;
  if (head.kind === "number") throw new TrainerError("bad-setting", "balance is for classes, and the label is a number; leave it out");
  const pieces = part.all(READ_AT_ONCE);
  if (pieces.length !== 1 || pieces[0]!.passing) throw new TrainerError("bad-setting", "balance needs all training rows in one table, and these are sentences or too many for memory; use class_weight = balanced");
  const [piece] = pieces;
  const { y } = await piece!.table();
  const groups = new Map<number, number[]>();
  for (let row = 0; row < y.length; row++) {
    const group = groups.get(y[row]!);
    if (group) group.push(row);
    else groups.set(y[row]!, [row]);
  }
  const sizes = [...groups.values()].map((g) => g.length);
  const size = balance === "oversample" ? Math.max(...sizes) : Math.min(...sizes);
  return {
    rows: size * groups.size,
    all: (batch) => part.all(batch),
    epoch(batch, seed, epoch) {
      const random = generator(seed, "balance", epoch);
      const rows = [...groups.values()].flatMap((group) => {
        // Every row as often as the others, and the rest drawn.
        const whole = Array.from({ length: Math.floor(size / group.length) }, () => group).flat();
        return [...whole, ...shuffle(Int32Array.from(group), random).subarray(0, size - whole.length)];
      });
      return [{ ...piece!, batches: batchesOf(shuffle(Int32Array.from(rows), generator(seed, "order", epoch)), batch) }];
    },
  };
}
