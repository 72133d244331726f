import { replay } from "./checks.ts";
import { program } from "./programs.ts";
import { Random } from "./random.ts";
import { count, guarded, type Result } from "./result.ts";
import { sources } from "./sources.ts";

const EACH = 10;

export const title = "Edits replayed: incremental equals fresh";

export function run(share: number): Result {
  const wrong: string[] = [];
  const all = sources();
  const runs = Math.ceil((10_000 * share) / EACH);
  for (let seed = 0; seed < runs; seed++) {
    const text = seed % 2 === 0 ? all[(seed / 2) % all.length]!.text : program(seed);
    guarded(wrong, () => `seed ${seed}`, () => {
      const difference = replay(text, new Random(seed), EACH);
      if (difference !== undefined) wrong.push(`seed ${seed}: ${difference}`);
    });
  }
  return { wrong, text: `${count(runs * EACH)} random edits, ${EACH} one after another on ${count(runs)} texts (samples, fixtures, examples, generated programs): after each, findings, models, shapes, counts, receptive fields and places are those of a fresh reading.` };
}
