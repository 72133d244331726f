import { type Dim, evaluate, symbolsOf } from "./dim.ts";

/** What the sizes of data say of the symbols that an input binds: [4*H, 8] by [32, 8] says H = 8. */

/** A size that only grows with its one symbol, so that it says what that is; N div 2 does not. */
function tells(dim: Dim, known: ReadonlySet<string>): string | undefined {
  if (typeof dim === "number") return undefined;
  const open = [...symbolsOf(dim)].filter((s) => !known.has(s));
  const grows = [...dim.terms.values()].every((t) => t.atoms.length === 0 || (t.coefficient > 0 && t.atoms.every((a) => "symbol" in a)));
  return open.length === 1 && grows ? open[0] : undefined;
}

/** The sizes that do not say what all their symbols are, by their place. */
export function untold(asked: readonly Dim[], given: Iterable<string> = []): readonly number[] {
  const known = new Set(given);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const dim of asked) {
      const symbol = tells(dim, known);
      if (symbol !== undefined) known.add(symbol);
    }
  }
  return asked.flatMap((dim, i) => ([...symbolsOf(dim)].every((s) => known.has(s)) ? [] : [i]));
}

/** What the symbols are where these sizes are what is asked for; undefined where they are not. */
export function sizesFor(shape: readonly number[], asked: readonly Dim[]): Map<string, number> | undefined {
  if (shape.length !== asked.length) return undefined;
  const sizes = new Map<string, number>();
  for (let before = -1; before !== sizes.size;) {
    before = sizes.size;
    for (const [i, dim] of asked.entries()) {
      const symbol = tells(dim, new Set(sizes.keys()));
      if (symbol !== undefined) sizes.set(symbol, least(shape[i]!, (n) => evaluate(dim, new Map([...sizes, [symbol, n]]))! >= shape[i]!));
    }
  }
  return asked.every((dim, i) => evaluate(dim, sizes) === shape[i]) ? sizes : undefined;
}

/** Whether an array of this shape is what is asked for. A symbol takes any size, the same one everywhere. */
export function fitsShape(shape: readonly number[], asked: readonly Dim[]): boolean {
  return sizesFor(shape, asked) !== undefined;
}

/** A number for each symbol, so that a size of one symbol is `length` or just above. */
export function usualSizes(asked: readonly Dim[], length: number): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const dim of asked) {
    for (const symbol of symbolsOf(dim)) {
      const own = tells(dim, new Set()) === symbol ? least(length, (n) => evaluate(dim, new Map([[symbol, n]]))! >= length) : length;
      sizes.set(symbol, Math.min(own, sizes.get(symbol) ?? own));
    }
  }
  return sizes;
}

/** Shapes that together have so many entries, where one symbol at most is in them, or all have one size. */
export function shapesFor(width: number, asked: readonly (readonly Dim[])[], alike = false): readonly (readonly number[])[] | undefined {
  const symbols = new Set(asked.flatMap((shape) => shape.flatMap((d) => [...symbolsOf(d)])));
  if (symbols.size > 1 && !alike) return undefined;
  const at = (n: number) => asked.map((shape) => shape.map((d) => evaluate(d, new Map([...symbols].map((s) => [s, n])))!));
  const total = (shapes: readonly (readonly number[])[]) => (shapes.flat().every((d) => d >= 1) ? shapes.reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0) : 0);
  const shapes = at(symbols.size === 0 ? 1 : least(width, (n) => total(at(n)) >= width));
  return total(shapes) === width ? shapes : undefined;
}

/** The least n ≥ 1 for which it holds, as it does from some n on; `about` is near enough to begin with. */
function least(about: number, holds: (n: number) => boolean): number {
  let [low, high] = [0, Math.max(1, about)];
  for (let i = 0; i < 60 && !holds(high); i++) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
