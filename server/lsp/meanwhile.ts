/** Nobody types any more. */
const QUIET_MS = 300;

/** Work that goes on in slices of some milliseconds, a message's turn between each two, once it has been quiet; until it is done or stopped. */
export class Meanwhile {
  private readonly slice: () => boolean;
  private readonly done: () => void;
  private readonly failed: (cause: unknown) => void;
  private waiting: NodeJS.Timeout | undefined;

  /** `slice` tells whether there was anything to do; `done` hears when all that there was is. */
  constructor(slice: () => boolean, done: () => void, failed: (cause: unknown) => void) {
    this.slice = slice;
    this.done = done;
    this.failed = failed;
  }

  /** After a while without another call of this. */
  soon(): void {
    this.stop();
    this.waiting = setTimeout(() => this.turn(this.waiting, false), QUIET_MS);
    this.waiting.unref();
  }

  stop(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  /** `worked`: something was done since it became quiet. */
  private turn(mine: NodeJS.Timeout | undefined, worked: boolean): void {
    if (this.waiting !== mine) return;
    try {
      if (this.slice()) setImmediate(() => this.turn(mine, true));
      else if (worked) this.done();
    } catch (cause) {
      this.failed(cause);
    }
  }
}
