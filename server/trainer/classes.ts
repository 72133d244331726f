import type { TrainSettings } from "../language/index.ts";
import { batchesOf } from "./data/batches.ts";
import type { Part } from "./data/part.ts";
import { TrainerError } from "./errors.ts";
import type { Head } from "./plan.ts";
import { generator, shuffle } from "./random.ts";

/** Classes of unequal size: factors of the losses, and rows that come several times or not at all. */

const READ_AT_ONCE = 4096;

/** Rows of each class of an output among a part's. */
async function countsOf(part: Part, heads: readonly Head[], head: number): Promise<number[]> {
  const counts = Array.from({ length: classesOf(heads[head]!) }, () => 0);
  for (const piece of part.all(READ_AT_ONCE)) {
    const { y } = await piece.table();
    for (const rows of piece.batches) for (const row of rows) counts[y[row * heads.length + head]!]!++;
  }
  return counts;
}

const classesOf = ({ kind, outputs }: Head): number => (kind === "binary" ? 2 : outputs);

/** Numbers of the outputs whose labels are classes. */
const withClasses = (heads: readonly Head[]): readonly number[] => heads.flatMap(({ kind }, i) => (kind === "number" ? [] : [i]));

/** For each output a factor for each class; undefined where all are 1. */
export async function classWeights({ class_weight: given }: TrainSettings, heads: readonly Head[], train: Part): Promise<readonly (readonly number[] | undefined)[] | undefined> {
  if (given === undefined) return undefined;
  const own = withClasses(heads);
  if (given !== "balanced") return heads.map((_, i) => (i === own[0] ? given : undefined));
  const found: (readonly number[] | undefined)[] = heads.map(() => undefined);
  for (const i of own) {
    const counts = await countsOf(train, heads, i);
    found[i] = counts.map((n) => (n === 0 ? 0 : train.rows / (counts.length * n)));
  }
  return found;
}

/** The same part with its classes equally frequent. Throws `bad-setting` where its rows are not in one table. */
export async function balanced(part: Part, { balance }: TrainSettings, heads: readonly Head[]): Promise<Part> {
  if (balance === undefined) return part;
  const own = withClasses(heads);
  const pieces = part.all(READ_AT_ONCE);
  if (pieces.length !== 1 || pieces[0]!.passing) throw new TrainerError("bad-setting", "balance needs all training rows in memory, and these are more than memory = … allows; use class_weight = balanced, or give memory a larger number");
  const [piece] = pieces;
  const { y } = await piece!.table();
  const groups = new Map<number, number[]>();
  for (let row = 0; row < part.rows; row++) {
    const label = y[row * heads.length + own[0]!]!;
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
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
