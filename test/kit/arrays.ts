import { PNG } from "pngjs";

/** An IDX file of unsigned bytes. */
export function idxOf(sizes: readonly number[], values: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.set([0, 0, 8, sizes.length]);
  for (const [i, size] of sizes.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([head, values]);
}

/** A .npy file, version 1, of little-endian floats or 64-bit integers. */
export function npyOf(shape: readonly number[], values: readonly number[], type: "<f4" | "<i8" = "<f4"): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`.padEnd(117) + "\n";
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length);
  const data = type === "<f4" ? Buffer.from(Float32Array.from(values).buffer) : Buffer.from(BigInt64Array.from(values, BigInt).buffer);
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]), size, Buffer.from(header, "latin1"), data]);
}

/** A PNG of one colour. */
export function pngOf(width: number, height: number, [r, g, b]: readonly [number, number, number]): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) image.data.set([r, g, b, 255], 4 * i);
  return PNG.sync.write(image);
}
