import { crc32, deflateRawSync } from "node:zlib";
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

/** An .npz file as numpy.savez and numpy.savez_compressed write one: arrays (.npy) by name. */
export function npzOf(arrays: Readonly<Record<string, Buffer>>, packed = false): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [key, bytes] of Object.entries(arrays)) {
    const [name, data] = [Buffer.from(`${key}.npy`), packed ? deflateRawSync(bytes) : bytes];
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(packed ? 8 : 0, 4);
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), about, place, name);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), about, name, data]);
    entries.push(entry);
    at += entry.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(arrays).length, 8);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...entries, listed, end]);
}

/** A .npy file of words, [rows]. */
export function npyWords(words: readonly string[]): Buffer {
  const most = Math.max(...words.map((w) => w.length));
  const codes = Uint32Array.from(words.flatMap((w) => Array.from({ length: most }, (_, i) => w.codePointAt(i) ?? 0)));
  const plain = npyOf([words.length], words.map(() => 0));
  const header = Buffer.from(plain.subarray(0, 10 + plain.readUInt16LE(8)).toString("latin1").replace("'<f4'", `'<U${most}'`).replace(" \n", "\n"), "latin1");
  header.writeUInt16LE(header.length - 10, 8);
  return Buffer.concat([header, Buffer.from(codes.buffer)]);
}
