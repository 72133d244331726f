/** MNIST's IDX files: arrays of numbers, big-endian. Format: LeCun, Cortes and Burges, "The MNIST database". */

/** Third byte of a file: how its values are written. */
const TYPES: Readonly<Record<number, IdxType>> = {
  0x08: { size: 1, read: (v, at) => v.getUint8(at) },
  0x09: { size: 1, read: (v, at) => v.getInt8(at) },
  0x0b: { size: 2, read: (v, at) => v.getInt16(at) },
  0x0c: { size: 4, read: (v, at) => v.getInt32(at) },
  0x0d: { size: 4, read: (v, at) => v.getFloat32(at) },
  0x0e: { size: 8, read: (v, at) => v.getFloat64(at) },
};

export interface IdxType {
  /** Bytes of a value. */
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

export interface IdxHeader {
  readonly type: IdxType;
  readonly sizes: readonly number[];
  /** Bytes before the first value. */
  readonly offset: number;
}

export class IdxError extends Error {}

/** The header that these bytes begin with; undefined where they end within it. Throws IdxError. */
export function readIdxHeader(bytes: Uint8Array): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const type = TYPES[bytes[2]!];
  const axes = bytes[3]!;
  if (bytes[0] !== 0 || bytes[1] !== 0 || !type || axes === 0) {
    throw new IdxError(`it begins with ${[...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}, and an IDX file with 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and a number of axes`);
  }
  const offset = 4 + 4 * axes;
  if (bytes.length < offset) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizes = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  if (sizes.includes(0)) throw new IdxError(`its sizes are ${sizes.join(" × ")}: it holds nothing`);
  return { type, sizes, offset };
}

/** Whether gzip wrote a file that begins with these bytes. */
export const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;
