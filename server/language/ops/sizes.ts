import { type Dim, evaluate, formatShape, sub, symbolsOf } from "./dim.ts";
import type { Constraint } from "./shapes.ts";

export type Sizes = ReadonlyMap<string, number>;

/** What constraints leave of one symbol's sizes. */
export interface Bound {
  readonly symbol: string;
  readonly least: number;
  /** Undefined: any. */
  readonly most: number | undefined;
}

/** Sizes past this are not looked at: no axis of data is as long. */
const FARTHEST = 1 << 20;

/** `N-4 ≥ 1` as a bound of N. Undefined where several symbols decide, or where it does not grow or fall with the one. */
export function boundOf(constraint: Constraint): Bound | undefined {
  if (!known.has(constraint)) known.set(constraint, findBound(constraint));
  return known.get(constraint);
}

/** Constraints live as long as the layer that they come from stays the same. */
const known = new WeakMap<Constraint, Bound | undefined>();

function findBound({ dim, atLeast }: Constraint): Bound | undefined {
  const names = [...symbolsOf(dim)];
  if (names.length !== 1) return undefined;
  const symbol = names[0]!;
  const holds = (n: number): boolean => evaluate(dim, new Map([[symbol, n]]))! >= atLeast;
  const [first, last] = [holds(1), holds(FARTHEST)];
  if (!isMonotone(dim)) {
    // What comes and goes is no bound.
    let changes = 0;
    for (let n = 2; n <= 256; n++) if (holds(n) !== holds(n - 1)) changes++;
    if (changes > 1 || (changes === 1 && first === last)) return undefined;
  }
  if (first && last) return { symbol, least: 1, most: undefined };
  if (!first && !last) return undefined;
  let [low, high] = [1, FARTHEST];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle) === first) low = middle;
    else high = middle;
  }
  return first ? { symbol, least: 1, most: low } : { symbol, least: high, most: undefined };
}

/** Whether it is 0 or more, for every size or for none; undefined where that depends on the size. */
export function decide(dim: Dim): boolean | undefined {
  if (typeof dim === "number") return dim >= 0;
  const bound = boundOf({ dim, atLeast: 0 });
  if (bound) return bound.least === 1 && bound.most === undefined ? true : undefined;
  return boundOf({ dim: sub(-1, dim), atLeast: 0 })?.least === 1 ? false : undefined;
}

/** It only grows, or only falls, with every symbol. */
function isMonotone(dim: Dim): boolean {
  if (typeof dim === "number") return true;
  const signs = new Set([...dim.terms.values()].filter((t) => t.atoms.length > 0).map((t) => Math.sign(t.coefficient)));
  return signs.size === 1 && [...dim.terms.values()].every((t) => t.atoms.every((a) => "symbol" in a || isGrowing(a.numerator)));
}

function isGrowing(dim: Dim): boolean {
  return typeof dim === "number" || (isMonotone(dim) && [...dim.terms.values()].every((t) => t.atoms.length === 0 || t.coefficient > 0));
}

export interface Bounds {
  readonly bounds: readonly Bound[];
  /** What is no bound of one symbol, as it came up. */
  readonly others: readonly Constraint[];
}

/** Many constraints as few: for each symbol the most that is asked of it. What every size meets is left out. */
export function boundsOf(constraints: Iterable<Constraint>): Bounds {
  const bounds = new Map<string, Bound>();
  const others = new Map<string, Constraint>();
  for (const constraint of constraints) {
    const bound = boundOf(constraint);
    if (!bound) {
      others.set(`${constraint.dim} ${constraint.atLeast}`, constraint);
      continue;
    }
    const known = bounds.get(bound.symbol);
    bounds.set(bound.symbol, known ? both(known, bound) : bound);
  }
  return { bounds: [...bounds.values()].filter((b) => b.least > 1 || b.most !== undefined), others: [...others.values()].filter((c) => !holdsForSmallest(c)) };
}

export function both(a: Bound, b: Bound): Bound {
  const most = a.most === undefined ? b.most : b.most === undefined ? a.most : Math.min(a.most, b.most);
  return { symbol: a.symbol, least: Math.max(a.least, b.least), most };
}

/** Of sizes that grow with every symbol, `H*W ≥ 1` says nothing. */
function holdsForSmallest({ dim, atLeast }: Constraint): boolean {
  return typeof dim !== "number" && [...dim.terms.values()].every((t) => t.coefficient > 0) && evaluate(dim, new Map([...symbolsOf(dim)].map((s) => [s, 1])))! >= atLeast;
}

/** `N ≥ 5`, `5 ≤ N ≤ 64`, and what several symbols decide as it came up: `N*M-4 ≥ 1`. */
export function constraintTexts(constraints: Iterable<Constraint>): string[] {
  const { bounds, others } = boundsOf(constraints);
  const text = ({ symbol, least, most }: Bound): string => (most === undefined ? `${symbol} ≥ ${least}` : least <= 1 ? `${symbol} ≤ ${most}` : least === most ? `${symbol} = ${least}` : `${least} ≤ ${symbol} ≤ ${most}`);
  return [...bounds.map(text), ...others.map(({ dim, atLeast }) => `${dim} ≥ ${atLeast}`)];
}

/** Sizes that are tried for a counterexample. */
const MOST_TRIED = 5000;

/** The smallest sizes that meet the constraints and for which `is` holds; undefined where none was found. */
export function smallest(symbols: Iterable<string>, constraints: readonly Constraint[], is: (sizes: Sizes) => boolean): Sizes | undefined {
  const names = [...symbols];
  const { bounds, others } = boundsOf(constraints);
  const from = names.map((name) => bounds.find((b) => b.symbol === name)?.least ?? 1);
  const span = Math.max(2, Math.floor(MOST_TRIED ** (1 / Math.max(names.length, 1))));
  const total = span ** names.length;
  for (let i = 0; i < total; i++) {
    const sizes = new Map(names.map((name, k) => [name, from[k]! + (Math.floor(i / span ** k) % span)]));
    const meets = bounds.every((b) => (sizes.get(b.symbol) ?? b.least) <= (b.most ?? Infinity)) && others.every(({ dim, atLeast }) => (evaluate(dim, sizes) ?? atLeast) >= atLeast);
    if (meets && is(sizes)) return sizes;
  }
  return undefined;
}

/** "N = 6", "H = 1, W = 2". */
export function sizesText(sizes: Sizes): string {
  return [...sizes].map(([name, n]) => `${name} = ${n}`).join(", ");
}

/** Two shapes that do not fit each other for every size, and whether they do where all sizes are numbers. */
export interface Misfit {
  readonly shapes: readonly [readonly Dim[], readonly Dim[]];
  fits(a: readonly number[], b: readonly number[]): boolean;
}

export const equalShapes = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** "for N = 6 that is [3, 4] against [2, 4]": the smallest sizes for which two shapes do not fit. */
export function counterexample({ shapes: [a, b], fits }: Misfit, constraints: readonly Constraint[]): string | undefined {
  const symbols = new Set<string>();
  for (const d of [...a, ...b]) symbolsOf(d, symbols);
  if (symbols.size === 0) return undefined;
  const at = (shape: readonly Dim[], sizes: Sizes): number[] => shape.map((d) => evaluate(d, sizes)!);
  const sizes = smallest(symbols, constraints, (s) => !fits(at(a, s), at(b, s)));
  return sizes && `for ${sizesText(sizes)} that is ${formatShape(at(a, sizes))} against ${formatShape(at(b, sizes))}`;
}
