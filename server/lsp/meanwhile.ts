/** Work that goes on in slices of some milliseconds, a message's turn between each two, until it is done or stopped. */
export class Meanwhile {
  private readonly slice: () => boolean;
  private readonly failed: (cause: unknown) => void;
  private wanted = false;
  private running = false;

  /** `slice` tells whether more is left. */
  constructor(slice: () => boolean, failed: (cause: unknown) => void) {
    this.slice = slice;
    this.failed = failed;
  }

  start(): void {
    this.wanted = true;
    if (this.running) return;
    this.running = true;
    this.turn();
  }

  stop(): void {
    this.wanted = false;
  }

  private turn(): void {
    setImmediate(() => {
      try {
        if (this.wanted && this.slice()) return this.turn();
      } catch (cause) {
        this.failed(cause);
      }
      this.running = false;
    });
  }
}
