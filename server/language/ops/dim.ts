import { grouped } from "../digits.ts";

/**
 * Exact sizes: a number, or a polynomial with integer coefficients over symbols and floor divisions.
 * Polynomials are kept in one normal form, so that equal expressions are equal objects up to `key`:
 * N-3+1 and N-2 have the same key.
 */

export type Dim = number | Poly;

/** What a polynomial is built of: a symbol bound by an input, or ⌊numerator / divisor⌋. */
type Atom = { readonly symbol: string } | { readonly numerator: Poly; readonly divisor: number };

interface Term {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

/** Sizes that do not fit. Thrown by products of sizes and interpreters of `Ops`, caught where a layer is added to the graph. */
export class ShapeError extends Error {}

/** Products of more terms are no architecture's; unbounded, they double with every layer. */
const MOST_TERMS = 10_000;

export class Poly {
  /** Sorted by key of the atoms' product; the constant, whose key is "", stands last when printed. */
  readonly terms: ReadonlyMap<string, Term>;
  readonly key: string;

  constructor(terms: Map<string, Term>) {
    this.terms = new Map([...terms].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.key = [...this.terms].map(([k, t]) => `${t.coefficient}·${k}`).join("+");
  }

  toString(): string {
    return format(this);
  }

  toJSON(): string {
    return format(this);
  }
}

export function symbol(name: string): Poly {
  const atom: Atom = { symbol: name };
  return new Poly(new Map([[name, { coefficient: 1, atoms: [atom] }]]));
}

export function add(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const sum = new Map(termsOf(a));
  for (const [key, t] of termsOf(b)) {
    const coefficient = (sum.get(key)?.coefficient ?? 0) + t.coefficient;
    if (coefficient === 0) sum.delete(key);
    else sum.set(key, { coefficient, atoms: t.atoms });
  }
  return normal(sum);
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, mul(b, -1));
}

export function mul(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const [left, right] = [termsOf(a), termsOf(b)];
  if (left.size * right.size > MOST_TERMS) throw new ShapeError(`a product of ${left.size} by ${right.size} terms is too long to be worked out`);
  const product = new Map<string, Term>();
  for (const s of left.values()) {
    for (const t of right.values()) {
      const atoms = [...s.atoms, ...t.atoms].sort((p, q) => (atomKey(p) < atomKey(q) ? -1 : 1));
      const key = atoms.map(atomKey).join("*");
      const coefficient = (product.get(key)?.coefficient ?? 0) + s.coefficient * t.coefficient;
      if (coefficient === 0) product.delete(key);
      else if (!Number.isFinite(coefficient)) throw new ShapeError("a size this large can't be worked out");
      else product.set(key, { coefficient, atoms });
    }
  }
  return normal(product);
}

/** ⌊a / divisor⌋ for a whole divisor ≥ 1. What divides evenly leaves the floor: ⌊(2N+3)/2⌋ = N+1. */
export function floorDiv(a: Dim, divisor: number): Dim {
  if (typeof a === "number") return Math.floor(a / divisor);
  if (divisor === 1) return a;
  let whole: Dim = 0;
  const rest = new Map<string, Term>();
  for (const [key, t] of a.terms) {
    const quotient = Math.floor(t.coefficient / divisor);
    const remainder = t.coefficient - quotient * divisor;
    if (quotient !== 0) whole = add(whole, normal(new Map([[key, { coefficient: quotient, atoms: t.atoms }]])));
    if (remainder !== 0) rest.set(key, { coefficient: remainder, atoms: t.atoms });
  }
  const inner = normal(rest);
  if (typeof inner === "number") return add(whole, Math.floor(inner / divisor));
  // ⌊(⌊x/a⌋ + c) / b⌋ = ⌊(x + a·c) / (a·b)⌋
  const nested = singleFloor(inner);
  if (nested) {
    return add(whole, floorDiv(add(nested.atom.numerator, nested.atom.divisor * nested.constant), nested.atom.divisor * divisor));
  }
  // ⌊(g·x + c) / (g·d)⌋ = ⌊(x + ⌊c/g⌋) / d⌋
  const common = [...inner.terms.values()].reduce((g, t) => (t.atoms.length === 0 ? g : gcd(g, t.coefficient)), divisor);
  if (common > 1) return add(whole, floorDiv(normal(new Map([...inner.terms].map(([key, t]) => [key, { coefficient: Math.floor(t.coefficient / common), atoms: t.atoms }] as const).filter(([, t]) => t.coefficient !== 0))), divisor / common));
  const atom: Atom = { numerator: inner, divisor };
  return add(whole, new Poly(new Map([[atomKey(atom), { coefficient: 1, atoms: [atom] }]])));
}

/** The largest whole number up to `most` that divides `n`; exact for n up to 10^10. */
export function largestDivisor(n: number, most: number): number {
  let best = 1;
  for (let d = 1; d <= 100_000 && d * d <= n; d++) {
    if (n % d !== 0) continue;
    if (n / d <= most) return n / d;
    if (d <= most) best = d;
  }
  return best;
}

export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export function ceilDiv(a: Dim, divisor: number): Dim {
  return floorDiv(add(a, divisor - 1), divisor);
}

/** True or false where it holds for every size; undefined where it depends on the symbols. */
export function equal(a: Dim, b: Dim): boolean | undefined {
  if (typeof a === "number" && typeof b === "number") return a === b;
  const difference = sub(a, b);
  if (typeof difference === "number") return difference === 0;
  return vanishes(difference) ? true : undefined;
}

/** Points at which a size with floor divisions is compared with 0 at most. */
const MOST_POINTS = 20_000;

/**
 * Whether it is 0 for every size: the normal form of ⌊N/2⌋ + ⌊(N+1)/2⌋ − N is not 0, and its value is. For sizes that
 * leave the same remainders a floor division is a polynomial, so it is enough to look at degree + 1 sizes of each
 * remainder. False where that would take long.
 */
function vanishes(p: Poly): boolean {
  if (![...p.terms.values()].some((t) => t.atoms.some((a) => "numerator" in a))) return false;
  const names = [...symbolsOf(p)];
  const spans = names.map((name) => periodOf(p, name) * (degreeOf(p, name) + 1));
  if (spans.reduce((n, s) => n * s, 1) > MOST_POINTS) return false;
  const sizes = new Map(names.map((name) => [name, 1]));
  const zero = (at: number): boolean => {
    if (at === names.length) return evaluate(p, sizes) === 0;
    for (let n = 1; n <= spans[at]!; n++) {
      sizes.set(names[at]!, n);
      if (!zero(at + 1)) return false;
    }
    return true;
  };
  return zero(0);
}

/** Adding this many to the symbol changes no remainder. */
function periodOf(p: Poly, name: string): number {
  let period = 1;
  for (const t of p.terms.values()) {
    for (const atom of t.atoms) if ("numerator" in atom && symbolsOf(atom.numerator).has(name)) period = leastMultiple(period, atom.divisor * periodOf(atom.numerator, name));
  }
  return period;
}

function degreeOf(p: Poly, name?: string): number {
  const ofAtom = (a: Atom): number => ("symbol" in a ? (name === undefined || a.symbol === name ? 1 : 0) : degreeOf(a.numerator, name));
  return Math.max(0, ...[...p.terms.values()].map((t) => t.atoms.reduce((sum, a) => sum + ofAtom(a), 0)));
}

function leastMultiple(a: number, b: number): number {
  if (a === Infinity || b === Infinity) return Infinity;
  return (a / gcd(a, b)) * b;
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((d, i) => equal(d, b[i]!) === true);
}

export function product(dims: readonly Dim[]): Dim {
  let p: Dim = 1;
  for (const d of dims) p = mul(p, d);
  return p;
}

export function symbolsOf(a: Dim, into: Set<string> = new Set()): Set<string> {
  if (typeof a === "number") return into;
  for (const t of a.terms.values()) {
    for (const atom of t.atoms) {
      if ("symbol" in atom) into.add(atom.symbol);
      else symbolsOf(atom.numerator, into);
    }
  }
  return into;
}

/** The largest number in it: past 2^53 it is not exact. */
export function largestNumber(a: Dim): number {
  if (typeof a === "number") return Math.abs(a);
  return Math.max(...[...a.terms.values()].map((t) => Math.max(Math.abs(t.coefficient), ...t.atoms.map((k) => ("symbol" in k ? 0 : largestNumber(k.numerator))))));
}

/** The number that `a` is for these sizes; undefined where a symbol has none. */
export function evaluate(a: Dim, sizes: ReadonlyMap<string, number>): number | undefined {
  if (typeof a === "number") return a;
  let sum = 0;
  for (const t of a.terms.values()) {
    let p = t.coefficient;
    for (const atom of t.atoms) {
      const value = "symbol" in atom ? sizes.get(atom.symbol) : evaluate(atom.numerator, sizes);
      if (value === undefined) return undefined;
      p *= "symbol" in atom ? value : Math.floor(value / atom.divisor);
    }
    sum += p;
  }
  return sum;
}

/** 1,234,567; past 2^53, where a number is no longer exact, ≈1.28e+16. */
export function countText(n: number): string {
  return Math.abs(n) > Number.MAX_SAFE_INTEGER ? `≈${n.toPrecision(3)}` : grouped(n);
}

export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(String).join(", ")}]`;
}

function termsOf(a: Dim): ReadonlyMap<string, Term> {
  if (typeof a !== "number") return a.terms;
  return a === 0 ? new Map() : new Map([["", { coefficient: a, atoms: [] }]]);
}

function normal(terms: Map<string, Term>): Dim {
  if (terms.size === 0) return 0;
  if (terms.size === 1 && terms.has("")) return terms.get("")!.coefficient;
  return new Poly(terms);
}

function atomKey(atom: Atom): string {
  return "symbol" in atom ? atom.symbol : `⌊${atom.numerator.key}/${atom.divisor}⌋`;
}

function singleFloor(p: Poly): { atom: { numerator: Poly; divisor: number }; constant: number } | undefined {
  let constant = 0;
  let found: { numerator: Poly; divisor: number } | undefined;
  for (const t of p.terms.values()) {
    const atom = t.atoms[0];
    if (t.atoms.length === 0) constant = t.coefficient;
    else if (t.atoms.length === 1 && t.coefficient === 1 && atom && "numerator" in atom && !found) found = atom;
    else return undefined;
  }
  return found && { atom: found, constant };
}

/** Highest powers first, the constant last, and no minus in front where something is added: 8*H*W-16*H+32, 64-N. */
function format(p: Poly): string {
  const terms = [...p.terms.values()].map((t) => ({ t, degree: t.atoms.reduce((sum, a) => sum + ("symbol" in a ? 1 : degreeOf(a.numerator)), 0) }));
  terms.sort((a, b) => b.degree - a.degree);
  const first = terms.findIndex(({ t }) => t.coefficient > 0);
  if (first > 0) terms.unshift(...terms.splice(first, 1));
  const [only] = terms;
  if (terms.length === 1 && only!.t.coefficient === 1 && only!.t.atoms.length === 1) return formatAtom(only!.t.atoms[0]!, true);
  let text = "";
  for (const { t } of terms) {
    const size = Math.abs(t.coefficient);
    const body = t.atoms.length === 0 ? String(size) : size === 1 ? formatAtoms(t.atoms) : `${size}*${formatAtoms(t.atoms)}`;
    text += t.coefficient < 0 ? `-${body}` : text === "" ? body : `+${body}`;
  }
  return text;
}

/** Equal ones lie side by side. */
function formatAtoms(atoms: readonly Atom[]): string {
  const powers: { text: string; times: number }[] = [];
  for (const text of atoms.map((a) => formatAtom(a, false))) {
    const before = powers[powers.length - 1];
    if (before?.text === text) before.times++;
    else powers.push({ text, times: 1 });
  }
  return powers.map(({ text, times }) => (times > 1 ? `${text}**${times}` : text)).join("*");
}

/** A name longer than this is said in part. */
const LONGEST_SYMBOL = 80;

/** In the language's own words, so that a shown shape can be typed back: `(N+1) div 2`. */
function formatAtom(atom: Atom, alone: boolean): string {
  if ("symbol" in atom) return atom.symbol.length > LONGEST_SYMBOL ? `${atom.symbol.slice(0, LONGEST_SYMBOL)}…` : atom.symbol;
  const { numerator, divisor } = atom;
  const text = `${numerator.terms.size === 1 ? format(numerator) : `(${format(numerator)})`} div ${divisor}`;
  return alone ? text : `(${text})`;
}
