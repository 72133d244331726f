/** Of things that come one after another, up to `most` that lie evenly over all that have come: every so many-th, twice as many when they are too many. */
export class Spread<T> {
  private readonly most: number;
  private kept: T[] = [];
  private step = 1;
  private next = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether the one that comes now is kept; then `add` takes it. */
  takes(): boolean {
    return this.most > 0 && this.next++ % this.step === 0;
  }

  add(thing: T): void {
    if (this.kept.push(thing) < this.most) return;
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    this.step *= 2;
  }

  get all(): readonly T[] {
    return this.kept;
  }
}
