import { generator, shuffle } from "../random.ts";

export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * Shares of the rows, each row in just one part, drawn by the seed. With `classes` (the class of each row) every part
 * has each class in the same proportion, to within a row; a class of one row goes to training.
 */
export function split(rows: number, shares: readonly number[], seed: number, classes?: ArrayLike<number>): Split {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = classes ? classes[row]! : 0;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const parts: [Int32Array[], Int32Array[], Int32Array[]] = [[], [], []];
  const random = generator(seed, "split");
  // What rounding has left over in one class goes to the next, so that the parts' sizes are right as a whole.
  let [owedValidation, owedTest] = [0, 0];
  for (const key of [...groups.keys()].sort((a, b) => a - b)) {
    const group = shuffle(Int32Array.from(groups.get(key)!), random);
    owedValidation += group.length * (shares[1] ?? 0);
    owedTest += group.length * (shares[2] ?? 0);
    const test = within(Math.round(owedTest), group.length - 1);
    const validation = within(Math.round(owedValidation), group.length - 1 - test);
    owedTest -= test;
    owedValidation -= validation;
    parts[2].push(group.subarray(0, test));
    parts[1].push(group.subarray(test, test + validation));
    parts[0].push(group.subarray(test + validation));
  }
  // Classes stand one after another until here.
  const [train, validation, test] = parts.map((p) => shuffle(joined(p), random)) as [Int32Array, Int32Array, Int32Array];
  return { train, validation, test };
}

function joined(groups: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(groups.reduce((sum, g) => sum + g.length, 0));
  let at = 0;
  for (const group of groups) {
    all.set(group, at);
    at += group.length;
  }
  return all;
}

const within = (n: number, most: number) => Math.max(0, Math.min(n, most));
