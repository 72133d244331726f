/** A section of docs/robustness.md, and what went wrong. */
export interface Result {
  readonly text: string;
  readonly wrong: readonly string[];
}

export const count = (n: number): string => n.toLocaleString("en-US");

/** `work`, with what it throws as a finding of the soak. */
export function guarded(wrong: string[], what: () => string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    wrong.push(`${what()}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
}

export function quantile(values: ArrayLike<number> & Iterable<number>, q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
