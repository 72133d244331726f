/** Something that is worked out in parts. */
interface Work {
  readonly over: boolean;
  complete(most: number): void;
}

interface Waiting<W> {
  readonly uri: string;
  readonly begin: () => W | undefined;
  readonly basis: readonly unknown[];
  work: W | undefined;
}

/** What the findings of texts wait for, by what it is about, and what it rests on besides. */
export class Wanted<K extends object, W extends Work> {
  private readonly waiting = new Map<K, Waiting<W>>();
  private readonly done = new WeakMap<K, { readonly basis: readonly unknown[]; readonly work: W | undefined }>();
  private readonly most: number;
  private readonly asked: () => void;

  /** `most`: of one text. `asked` hears that something is wanted. */
  constructor(most: number, asked: () => void) {
    this.most = most;
    this.asked = asked;
  }

  /** Nothing is computed here. */
  of(uri: string, about: K, begin: () => W | undefined, basis: readonly unknown[]): W | "later" | undefined {
    const known = this.done.get(about);
    if (known && alike(known.basis, basis)) return known.work;
    const before = this.waiting.get(about);
    if (!before && [...this.waiting.values()].filter((w) => w.uri === uri).length >= this.most) return undefined;
    this.waiting.set(about, { uri, begin, basis, work: before && alike(before.basis, basis) ? before.work : undefined });
    this.asked();
    return "later";
  }

  /** What this text wanted is not wanted any more. */
  leave(uri: string): void {
    for (const [about, { uri: whose }] of this.waiting) if (whose === uri) this.waiting.delete(about);
  }

  /** A part of the work; false where there was none. `ended` hears whose is over. */
  slice(most: number, ended: (uri: string) => void): boolean {
    for (const [about, waiting] of this.waiting) {
      const end = (work: W | undefined): void => {
        this.waiting.delete(about);
        this.done.set(about, { basis: waiting.basis, work });
        ended(waiting.uri);
      };
      try {
        const work = (waiting.work ??= waiting.begin());
        work?.complete(most);
        if (!work || work.over) end(work);
      } catch (cause) {
        // It would fail each time.
        end(undefined);
        throw cause;
      }
      return true;
    }
    return false;
  }
}

const alike = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
