/** Longer than this nobody is kept waiting, however fast messages come. */
const LONGEST_MS = 100;

interface Patience {
  /** Without another message for so many milliseconds; left out: for one turn of the event loop. */
  readonly quiet?: number;
  /** But it waits no longer than this. */
  readonly longest?: number;
}

/**
 * Work that several messages in a row ask for, done once when none of them is left in the queue. One message is
 * handled in each turn of the event loop, so a turn without any means that the queue is empty.
 */
export class Coalesced<K> {
  private readonly waiting = new Set<K>();
  private readonly work: (key: K) => void;
  private readonly failed: (cause: unknown) => void;
  private readonly patience: Patience;
  private asked = 0;
  private since = 0;
  private running = false;

  constructor(work: (key: K) => void, failed: (cause: unknown) => void, patience: Patience = {}) {
    this.work = work;
    this.failed = failed;
    this.patience = patience;
  }

  soon(key: K): void {
    this.waiting.add(key);
    this.asked++;
    if (this.running) return;
    this.running = true;
    this.since = Date.now();
    this.turn(-1);
  }

  forget(key: K): void {
    this.waiting.delete(key);
  }

  private turn(seen: number): void {
    const { quiet, longest = LONGEST_MS } = this.patience;
    const goOn = (): void => {
      if (this.asked !== seen && Date.now() - this.since < longest) return this.turn(this.asked);
      this.running = false;
      const keys = [...this.waiting];
      this.waiting.clear();
      for (const key of keys) {
        try {
          this.work(key);
        } catch (cause) {
          this.failed(cause);
        }
      }
    };
    if (quiet === undefined || seen < 0) setImmediate(goOn);
    else setTimeout(goOn, quiet);
  }
}
