/** Float32 values of unknown number, in blocks: nothing is copied until the end, and then block by block. */
export class Growing {
  length = 0;
  private readonly blocks: Float32Array[] = [];
  private static readonly BLOCK = 1 << 16;

  push(value: number): void {
    const at = this.length++ % Growing.BLOCK;
    if (at === 0) this.blocks.push(new Float32Array(Growing.BLOCK));
    this.blocks[this.blocks.length - 1]![at] = value;
  }

  /** Everything in one array; the blocks are given up. */
  take(): Float32Array {
    const all = new Float32Array(this.length);
    let at = 0;
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) {
      all.set(block.subarray(0, Math.min(block.length, this.length - at)), at);
      at += block.length;
    }
    return all;
  }
}
